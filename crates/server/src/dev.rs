//! Certificates for development and tests: a small CA with server and client certificates.
//!
//! May touch: the folder it is given, the random source, the clock when asked to.

mod authority;
mod files;

pub use authority::{Authority, Issued, Leaf};
pub use files::{DevFiles, ensure_certificates, ensure_certificates_at, issue_client};

use std::io;
use std::path::PathBuf;

/// CN of the client certificate that [`ensure_certificates`] makes.
pub const CLIENT_NAME: &str = "strongroom-dev";

/// Why development certificates could not be made or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DevError {
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A certificate stands without its key, and a new pair would overwrite it.
    #[error(
        "{} is there but {} is not: restore the key, or remove the certificate to have a new pair made",
        certificate.display(), key.display()
    )]
    KeyMissing {
        /// The certificate that is there.
        certificate: PathBuf,
        /// The key that is not.
        key: PathBuf,
    },
    /// Certificates are missing and the CA that must sign them has no key here.
    #[error(
        "{} is missing and cannot be issued without {}: restore the CA key, or use another folder",
        missing.display(), key.display()
    )]
    CannotIssue {
        /// The certificate that is missing.
        missing: PathBuf,
        /// The CA key that is not there.
        key: PathBuf,
    },
    /// A file does not hold what its name says, or a certificate and a key do not fit.
    #[error("{}: {what}; put the right file there, or use another folder", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A certificate is out of date.
    #[error(
        "{} is not valid now: remove the certificates and keys of this folder to have new ones made",
        path.display()
    )]
    Expired {
        /// The certificate.
        path: PathBuf,
    },
    /// The clock reads a time for which no certificate can be made.
    #[error("the clock is before 1970 or after 9998; set it")]
    Clock,
    /// Key generation or signing failed.
    #[error("certificate generation failed")]
    Generation(#[source] rcgen::Error),
}
