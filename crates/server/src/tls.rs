//! The TLS side: certificates in, a rustls configuration out.
//!
//! May touch: the certificate files that it is given. The provider is ring, named explicitly.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use zeroize::Zeroizing;

use crate::dev::{DevFiles, Issued};

/// Certificate and key of the server, and the CA that client certificates must come from.
///
/// A client without a certificate of that CA is refused in the handshake; so is one whose
/// certificate has extended key usages without clientAuth. There is no way to switch this off.
pub struct TlsOptions {
    certificate: Source,
    key: Source,
    client_ca: Source,
}

enum Source {
    File(PathBuf),
    Pem(Zeroizing<Vec<u8>>),
}

impl TlsOptions {
    /// From PEM files: the server's certificate chain, its key (PKCS #8, SEC 1 or PKCS #1), the
    /// CA certificates for clients. They are read by [`crate::Server::bind`].
    #[must_use]
    pub fn from_files(
        certificate: impl AsRef<Path>,
        key: impl AsRef<Path>,
        client_ca: impl AsRef<Path>,
    ) -> Self {
        let file = |path: &Path| Source::File(path.to_owned());
        Self {
            certificate: file(certificate.as_ref()),
            key: file(key.as_ref()),
            client_ca: file(client_ca.as_ref()),
        }
    }

    /// From the files that [`crate::dev::ensure_certificates`] made.
    #[must_use]
    pub fn from_dev_files(files: &DevFiles) -> Self {
        Self::from_files(&files.server_cert, &files.server_key, &files.ca)
    }

    /// From certificates in memory.
    #[must_use]
    pub fn from_issued(server: &Issued, client_ca_pem: &str) -> Self {
        let text = |text: &str| Source::Pem(Zeroizing::new(text.as_bytes().to_vec()));
        Self {
            certificate: text(server.certificate_pem()),
            key: text(server.key_pem()),
            client_ca: text(client_ca_pem),
        }
    }

    /// Reads the files and builds the configuration.
    pub(crate) fn config(&self, tls12_only: bool) -> Result<Arc<ServerConfig>, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        for ca in self.client_ca.certificates()? {
            roots
                .add(ca)
                .map_err(|source| self.client_ca.rejected(source))?;
        }
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .map_err(|_| self.client_ca.unusable("holds no CA certificate"))?;
        let versions: &[_] = if tls12_only {
            &[&TLS12]
        } else {
            &[&TLS13, &TLS12]
        };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(|source| self.key.rejected(source))?
            .with_client_cert_verifier(verifier)
            .with_single_cert(self.certificate.certificates()?, self.key.key()?)
            .map_err(|source| self.key.rejected(source))?;
        // No resumption: each connection proves its certificate anew.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Arc::new(config))
    }
}

impl fmt::Debug for TlsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsOptions")
            .field("certificate", &self.certificate.path())
            .field("key", &self.key.path())
            .field("client_ca", &self.client_ca.path())
            .finish()
    }
}

impl Source {
    fn path(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Pem(_) => PathBuf::from("(memory)"),
        }
    }

    fn unusable(&self, what: &'static str) -> TlsError {
        TlsError::Unusable {
            path: self.path(),
            what,
        }
    }

    fn rejected(&self, source: rustls::Error) -> TlsError {
        TlsError::Rejected {
            path: self.path(),
            source,
        }
    }

    fn pem_error(&self, what: &'static str) -> impl Fn(pem::Error) -> TlsError + '_ {
        move |error| match error {
            pem::Error::Io(source) => TlsError::Io {
                path: self.path(),
                source,
            },
            _ => self.unusable(what),
        }
    }

    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let what = "is not PEM";
        let certificates: Vec<_> = match self {
            Self::File(path) => CertificateDer::pem_file_iter(path)
                .map_err(self.pem_error(what))?
                .collect::<Result<_, _>>(),
            Self::Pem(text) => CertificateDer::pem_slice_iter(text).collect(),
        }
        .map_err(self.pem_error(what))?;
        if certificates.is_empty() {
            return Err(self.unusable("holds no certificate"));
        }
        Ok(certificates)
    }

    fn key(&self) -> Result<PrivateKeyDer<'static>, TlsError> {
        match self {
            Self::File(path) => PrivateKeyDer::from_pem_file(path),
            Self::Pem(text) => PrivateKeyDer::from_pem_slice(text),
        }
        .map_err(self.pem_error("holds no unencrypted private key as PEM"))
    }
}

/// Why the certificates cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file could not be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error("{} {what}; put the right file there", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// TLS does not take it: certificate and key do not fit, or an algorithm is missing.
    #[error("{} was refused by TLS: {source}; P-256, P-384, Ed25519 and RSA keys work", path.display())]
    Rejected {
        /// The file.
        path: PathBuf,
        /// What rustls said.
        source: rustls::Error,
    },
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::dev::{Authority, Leaf};

    #[test]
    fn unusable_certificates_are_named_by_file_and_kind() {
        let root = tempfile::tempdir().unwrap();
        let files = crate::dev::ensure_certificates(root.path()).unwrap();
        let rubbish = root.path().join("rubbish");
        std::fs::write(&rubbish, "no PEM").unwrap();
        let absent = root.path().join("absent");
        let (pem, key, ca) = (&files.server_cert, &files.server_key, &files.ca);
        TlsOptions::from_dev_files(&files).config(false).unwrap();
        let config = |pem, key, ca| {
            TlsOptions::from_files(pem, key, ca)
                .config(false)
                .unwrap_err()
        };
        for error in [
            config(&absent, key, ca),
            config(pem, &absent, ca),
            config(pem, key, &absent),
        ] {
            assert!(
                matches!(&error, TlsError::Io { path, .. } if *path == absent),
                "{error}"
            );
        }
        for error in [
            config(&rubbish, key, ca),
            config(pem, &rubbish, ca),
            config(pem, key, &rubbish),
        ] {
            assert!(
                matches!(&error, TlsError::Unusable { path, .. } if *path == rubbish),
                "{error}"
            );
        }
        let error = config(pem, &files.client_key, ca);
        assert!(
            matches!(&error, TlsError::Rejected { path, .. } if *path == files.client_key),
            "{error}"
        );
    }

    #[test]
    fn no_key_octets_in_debug() {
        let authority = Authority::generate(SystemTime::now()).unwrap();
        let issued = authority.issue(&Leaf::server()).unwrap();
        let options = TlsOptions::from_issued(&issued, authority.certificate_pem());
        assert!(!format!("{options:?}{issued:?}").contains("BEGIN"));
    }
}
