//! Whom we trust: the certificates of the one configured CA file, or pinned certificates; never
//! the system's roots.
//!
//! May touch: the files it is told to read.

mod crl;
mod error;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;

use crate::certificate::{Details, Expiry, ExpiryOf};
use crate::fingerprint::Fingerprint;
use crate::pem;
use crate::stamp::Stamp;
pub(crate) use crl::RevocationLists;
pub use error::{TrustError, TrustErrorKind, TrustFile};

/// Whose certificates a server may show: those of the CAs of one file, or pinned ones.
#[derive(Clone)]
pub struct Trust {
    anchors: Anchors,
    revoked: Option<RevocationLists>,
}

/// What a server's certificate is held against.
#[derive(Clone)]
pub(crate) enum Anchors {
    /// It must descend from one of these.
    Authorities(Authorities),
    /// It must be one of these.
    Pins(Arc<[Fingerprint]>),
}

/// The certificates of a CA file.
#[derive(Clone)]
pub(crate) struct Authorities {
    file: PathBuf,
    stamp: Stamp,
    pub(crate) roots: Arc<RootCertStore>,
    details: Arc<[Details]>,
    subjects: Vec<String>,
}

impl Trust {
    /// Trusts what the CAs in this PEM file signed: all its `CERTIFICATE` sections count.
    ///
    /// # Errors
    ///
    /// [`TrustError`] names the file: not readable, not PEM, no certificate in it, or a section
    /// that is not a certificate.
    pub fn from_ca_file(path: impl AsRef<Path>) -> Result<Self, TrustError> {
        Ok(Self {
            anchors: Anchors::Authorities(Authorities::read(path.as_ref())?),
            revoked: None,
        })
    }

    /// Trusts these certificates of servers, by their SHA-256, and no CA.
    ///
    /// That replaces the chain alone: host name, dates, extended key usage and the signature of
    /// the handshake are checked as for any other certificate. Name the next certificate too
    /// before a renewal, and take the old one out afterwards. Without a fingerprint no server is
    /// trusted.
    #[must_use]
    pub fn from_pins(pins: impl IntoIterator<Item = Fingerprint>) -> Self {
        Self {
            anchors: Anchors::Pins(pins.into_iter().collect()),
            revoked: None,
        }
    }

    /// Refuses what the certificate revocation lists (CRL) in this file revoke. The file is PEM
    /// (`X509 CRL` sections) or one list in DER.
    ///
    /// Each certificate of a chain below the CA needs a list of its issuer; without one, or with
    /// one whose Next Update is past, the server is refused: a list that is not renewed must not
    /// become a way around it.
    ///
    /// # Errors
    ///
    /// [`TrustError`] names the file: not readable, no list in it, a section that is not a list,
    /// or a list of a kind that is not supported; also when certificates are pinned, since their
    /// issuer is not known then.
    pub fn with_crl_file(mut self, path: impl AsRef<Path>) -> Result<Self, TrustError> {
        let path = path.as_ref();
        let Anchors::Authorities(authorities) = &self.anchors else {
            let kind = TrustErrorKind::RevocationListWithPin;
            return Err(TrustError::new(TrustFile::RevocationLists, path, kind));
        };
        self.revoked = Some(RevocationLists::read(path, &authorities.roots)?);
        Ok(self)
    }

    /// Reads the same files again.
    pub(crate) fn again(&self) -> Result<Self, TrustError> {
        let anchors = match &self.anchors {
            Anchors::Authorities(old) => Anchors::Authorities(Authorities::read(&old.file)?),
            pins @ Anchors::Pins(_) => pins.clone(),
        };
        let fresh = Self {
            anchors,
            revoked: None,
        };
        match &self.revoked {
            Some(lists) => fresh.with_crl_file(&lists.file),
            None => Ok(fresh),
        }
    }

    /// The CA file; `None` with pinned certificates.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.authorities().map(|authorities| &*authorities.file)
    }

    /// The file with the revocation lists, if there is one.
    #[must_use]
    pub fn crl_file(&self) -> Option<&Path> {
        self.revoked.as_ref().map(|lists| &*lists.file)
    }

    /// Distinguished names of the CA certificates, in the order of the file; none with pins.
    #[must_use]
    pub fn subjects(&self) -> &[String] {
        self.authorities()
            .map_or(&[], |authorities| &authorities.subjects)
    }

    /// The pinned certificates; none with a CA file.
    #[must_use]
    pub fn pins(&self) -> &[Fingerprint] {
        match &self.anchors {
            Anchors::Pins(pins) => pins,
            Anchors::Authorities(_) => &[],
        }
    }

    /// When the CA certificates and the revocation lists run out. A list without Next Update
    /// does not.
    #[must_use]
    pub fn expiries(&self) -> Vec<Expiry> {
        let mut expiries = Vec::new();
        if let Some(authorities) = self.authorities() {
            expiries.extend(authorities.details.iter().map(|details| {
                let file = Some(authorities.file.clone());
                Expiry::of_certificate(ExpiryOf::CaCertificate, &details.facts, file)
            }));
        }
        expiries.extend(self.revoked.iter().flat_map(RevocationLists::expiries));
        expiries
    }

    pub(crate) fn anchors(&self) -> &Anchors {
        &self.anchors
    }

    pub(crate) fn revoked(&self) -> Option<&RevocationLists> {
        self.revoked.as_ref()
    }

    /// Facts and keys of the CA certificates.
    pub(crate) fn details(&self) -> &[Details] {
        self.authorities()
            .map_or(&[], |authorities| &authorities.details)
    }

    /// The files, as they were when they were read.
    pub(crate) fn stamps(&self) -> impl Iterator<Item = &Stamp> {
        let lists = self.revoked.iter().map(|lists| &lists.stamp);
        self.authorities()
            .map(|authorities| &authorities.stamp)
            .into_iter()
            .chain(lists)
    }

    fn authorities(&self) -> Option<&Authorities> {
        match &self.anchors {
            Anchors::Authorities(authorities) => Some(authorities),
            Anchors::Pins(_) => None,
        }
    }
}

impl Authorities {
    fn read(path: &Path) -> Result<Self, TrustError> {
        let fail = |kind| TrustError::new(TrustFile::Authorities, path, kind);
        let stamp = Stamp::of(path);
        let text = pem::read_file(path).map_err(|error| fail(TrustErrorKind::Read(error)))?;
        let sections = pem::sections(&text).map_err(|error| fail(TrustErrorKind::Pem(error)))?;
        let mut roots = RootCertStore::empty();
        let mut details = Vec::new();
        for section in sections {
            if section.label != "CERTIFICATE" && section.label != "TRUSTED CERTIFICATE" {
                continue;
            }
            let der = section.der.expose();
            let line = section.line;
            roots
                .add(CertificateDer::from(der))
                .map_err(|_| fail(TrustErrorKind::BadCertificate { line }))?;
            details.extend(Details::read(der));
        }
        if roots.is_empty() {
            return Err(fail(TrustErrorKind::NoCertificate));
        }
        let subjects = details.iter().map(|details| details.facts.subject.clone());
        Ok(Self {
            file: path.to_owned(),
            stamp,
            roots: Arc::new(roots),
            subjects: subjects.collect(),
            details: details.into(),
        })
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust")
            .field("file", &self.file())
            .field("subjects", &self.subjects())
            .field("pins", &self.pins())
            .field("crl_file", &self.crl_file())
            .finish_non_exhaustive()
    }
}
