//! Whom we trust: the certificates of the one configured CA file, never the system's roots.
//!
//! May touch: the file it is told to read.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;

use crate::certificate::CertificateFacts;
use crate::pem::{self, PemError};

/// The CA certificates that may have signed a server's certificate.
#[derive(Clone)]
pub struct Trust {
    file: PathBuf,
    roots: Arc<RootCertStore>,
    subjects: Vec<String>,
}

impl Trust {
    /// Reads all `CERTIFICATE` sections of a PEM file.
    ///
    /// # Errors
    ///
    /// [`TrustError`] names the file: not readable, not PEM, no certificate in it, or a section
    /// that is not a certificate.
    pub fn from_ca_file(path: impl AsRef<Path>) -> Result<Self, TrustError> {
        let path = path.as_ref();
        let fail = |kind| TrustError {
            file: path.to_owned(),
            kind,
        };
        let text = pem::read_file(path).map_err(|error| fail(TrustErrorKind::Read(error)))?;
        let sections = pem::sections(&text).map_err(|error| fail(TrustErrorKind::Pem(error)))?;
        let mut roots = RootCertStore::empty();
        let mut subjects = Vec::new();
        for section in sections {
            if section.label != "CERTIFICATE" && section.label != "TRUSTED CERTIFICATE" {
                continue;
            }
            let der = section.der.expose();
            let line = section.line;
            roots
                .add(CertificateDer::from(der))
                .map_err(|_| fail(TrustErrorKind::BadCertificate { line }))?;
            subjects.extend(CertificateFacts::read(der).map(|facts| facts.subject));
        }
        if roots.is_empty() {
            return Err(fail(TrustErrorKind::NoCertificate));
        }
        Ok(Self {
            file: path.to_owned(),
            roots: Arc::new(roots),
            subjects,
        })
    }

    /// The file the certificates came from.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Distinguished names of the CA certificates, in the order of the file.
    #[must_use]
    pub fn subjects(&self) -> &[String] {
        &self.subjects
    }

    pub(crate) fn roots(&self) -> Arc<RootCertStore> {
        Arc::clone(&self.roots)
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust")
            .field("file", &self.file)
            .field("subjects", &self.subjects)
            .finish_non_exhaustive()
    }
}

/// The CA file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("CA file {}: {kind}", file.display())]
#[non_exhaustive]
pub struct TrustError {
    /// The file as given.
    pub file: PathBuf,
    /// What is wrong with it.
    #[source]
    pub kind: TrustErrorKind,
}

impl TrustError {
    /// What the operator can do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self.kind {
            TrustErrorKind::Read(_) => "check the path and the permissions of the CA file",
            TrustErrorKind::Pem(_) | TrustErrorKind::BadCertificate { .. } => {
                "write the CA certificate again, as `openssl x509 -in CA -out ca.pem` does"
            }
            TrustErrorKind::NoCertificate => {
                "put the PEM certificate of the CA that signed the KMIP server's certificate there; the system's own CAs are never used"
            }
        }
    }
}

/// What is wrong with a CA file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustErrorKind {
    /// The file could not be read.
    #[error("not readable: {0}")]
    Read(#[source] io::Error),
    /// The file is not whole PEM.
    #[error("{0}")]
    Pem(#[source] PemError),
    /// No `CERTIFICATE` section.
    #[error("there is no PEM certificate in it")]
    NoCertificate,
    /// A section that is not an X.509 certificate.
    #[error("line {line}: this section is not an X.509 certificate")]
    BadCertificate {
        /// The line of `BEGIN`, counted from 1.
        line: usize,
    },
}
