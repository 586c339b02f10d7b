//! Certificate revocation lists (RFC 5280, 5).
//!
//! May touch: the file it is told to read.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::server::VerifierBuilderError;
use rustls_pki_types::CertificateRevocationListDer;
use x509_cert::crl::CertificateList;
use x509_cert::der::Decode as _;

use super::{TrustError, TrustErrorKind, TrustFile};
use crate::certificate::{Expiry, ExpiryOf};
use crate::pem;
use crate::stamp::Stamp;

/// The lists of one file.
#[derive(Clone)]
pub(crate) struct RevocationLists {
    pub(crate) file: PathBuf,
    pub(crate) stamp: Stamp,
    lists: Vec<List>,
}

#[derive(Clone)]
struct List {
    der: CertificateRevocationListDer<'static>,
    issuer: String,
    this_update: SystemTime,
    next_update: Option<SystemTime>,
}

impl RevocationLists {
    pub(super) fn read(path: &Path, roots: &Arc<RootCertStore>) -> Result<Self, TrustError> {
        let fail = |kind| TrustError::new(TrustFile::RevocationLists, path, kind);
        let stamp = Stamp::of(path);
        let text = pem::read_file(path).map_err(|error| fail(TrustErrorKind::Read(error)))?;
        let mut lists = Vec::new();
        // DER begins with a SEQUENCE; PEM and the text around it do not begin with a zero.
        if text.first() == Some(&0x30) && !text.is_ascii() {
            lists.push(List::read(&text, 1, roots).map_err(fail)?);
        } else {
            let sections =
                pem::sections(&text).map_err(|error| fail(TrustErrorKind::Pem(error)))?;
            for section in sections
                .iter()
                .filter(|section| section.label == "X509 CRL")
            {
                let list = List::read(section.der.expose(), section.line, roots);
                lists.push(list.map_err(fail)?);
            }
        }
        if lists.is_empty() {
            return Err(fail(TrustErrorKind::NoRevocationList));
        }
        Ok(Self {
            file: path.to_owned(),
            stamp,
            lists,
        })
    }

    /// The lists in DER.
    pub(crate) fn ders(&self) -> impl Iterator<Item = CertificateRevocationListDer<'static>> {
        self.lists.iter().map(|list| list.der.clone())
    }

    /// Whose lists these are, in the order of the file.
    pub(crate) fn issuers(&self) -> Vec<String> {
        self.lists.iter().map(|list| list.issuer.clone()).collect()
    }

    pub(super) fn expiries(&self) -> impl Iterator<Item = Expiry> {
        self.lists.iter().filter_map(|list| {
            Some(Expiry {
                of: ExpiryOf::RevocationList,
                subject: list.issuer.clone(),
                file: Some(self.file.clone()),
                not_before: list.this_update,
                not_after: list.next_update?,
            })
        })
    }
}

impl List {
    fn read(der: &[u8], line: usize, roots: &Arc<RootCertStore>) -> Result<Self, TrustErrorKind> {
        let bad = |what: String| TrustErrorKind::BadRevocationList { line, what };
        let der = CertificateRevocationListDer::from(der.to_vec());
        // The TLS library's reader has the last word on what it can use.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        WebPkiServerVerifier::builder_with_provider(Arc::clone(roots), provider)
            .with_crls([der.clone()])
            .build()
            .map_err(|error| match error {
                VerifierBuilderError::InvalidCrl(error) => bad(format!("{error:?}")),
                other => bad(other.to_string()),
            })?;
        let list = CertificateList::<x509_cert::certificate::Rfc5280>::from_der(&der)
            .map_err(|error| bad(error.to_string()))?;
        let fields = list.tbs_cert_list;
        Ok(Self {
            der,
            issuer: fields.issuer.to_string(),
            this_update: fields.this_update.to_system_time(),
            next_update: fields.next_update.map(|time| time.to_system_time()),
        })
    }
}
