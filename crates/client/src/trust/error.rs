//! Why a CA file or a CRL file cannot be used, and the mend.
//!
//! May touch: nothing.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::pem::PemError;

/// The CA file or the CRL file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{what} {}: {kind}", file.display())]
#[non_exhaustive]
pub struct TrustError {
    /// Which of the two.
    pub what: TrustFile,
    /// The file as given.
    pub file: PathBuf,
    /// What is wrong with it.
    #[source]
    pub kind: TrustErrorKind,
}

/// A file that trust comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrustFile {
    /// The CA certificates.
    Authorities,
    /// The certificate revocation lists.
    RevocationLists,
}

impl fmt::Display for TrustFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Authorities => "CA file",
            Self::RevocationLists => "CRL file",
        })
    }
}

impl TrustError {
    pub(super) fn new(what: TrustFile, file: &Path, kind: TrustErrorKind) -> Self {
        Self {
            what,
            file: file.to_owned(),
            kind,
        }
    }

    /// What the operator can do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match (&self.kind, self.what) {
            (TrustErrorKind::Read(_), _) => "check the path and the permissions of the file",
            (TrustErrorKind::Pem(_), TrustFile::RevocationLists)
            | (TrustErrorKind::BadRevocationList { .. }, _) => {
                "fetch the list again from the CA; check it with: openssl crl -in FILE -noout -text"
            }
            (TrustErrorKind::Pem(_) | TrustErrorKind::BadCertificate { .. }, _) => {
                "write the CA certificate again, as `openssl x509 -in CA -out ca.pem` does"
            }
            (TrustErrorKind::NoCertificate, _) => {
                "put the PEM certificate of the CA that signed the KMIP server's certificate there; the system's own CAs are never used"
            }
            (TrustErrorKind::NoRevocationList, _) => {
                "put the CA's list there, PEM or DER; from DER: openssl crl -inform DER -in FILE -out crl.pem"
            }
            (TrustErrorKind::RevocationListWithPin, _) => {
                "give the CA file in place of the pin, or leave out the CRL file and take the pin out when the certificate is revoked"
            }
        }
    }
}

/// What is wrong with a CA file or a CRL file.
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
    /// Neither an `X509 CRL` section nor DER.
    #[error("there is no certificate revocation list in it, neither PEM nor DER")]
    NoRevocationList,
    /// A list that cannot be read, or is of another kind than a whole list by its issuer.
    #[error("line {line}: this is not a certificate revocation list that can be used ({what})")]
    BadRevocationList {
        /// The line of `BEGIN`, counted from 1; 1 for DER.
        line: usize,
        /// In the TLS library's words, such as `UnsupportedDeltaCrl`.
        what: String,
    },
    /// Pinned certificates and revocation lists do not go together.
    #[error("a pinned certificate has no issuer that a revocation list could be held against")]
    RevocationListWithPin,
}
