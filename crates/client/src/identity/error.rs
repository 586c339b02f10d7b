//! Why a client certificate or key cannot be used, and the mend.
//!
//! May touch: nothing.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustls::{CertificateError, Error as TlsError, InconsistentKeys};

use crate::certificate::Moment;
use crate::pem::PemError;

/// The client certificate or its key cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("client certificate or key file {}: {kind}", file.display())]
#[non_exhaustive]
pub struct IdentityError {
    /// The file at fault.
    pub file: PathBuf,
    /// What is wrong with it.
    #[source]
    pub kind: IdentityErrorKind,
}

impl IdentityError {
    pub(super) fn new(file: &Path, kind: IdentityErrorKind) -> Self {
        Self {
            file: file.to_owned(),
            kind,
        }
    }

    /// What the operator can do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        self.kind.help()
    }
}

/// What is wrong with a client certificate or key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityErrorKind {
    /// The file could not be read.
    #[error("not readable: {0}")]
    Read(#[source] io::Error),
    /// The file is not whole PEM.
    #[error("{0}")]
    Pem(#[source] PemError),
    /// No `CERTIFICATE` section.
    #[error("there is no PEM certificate in it")]
    NoCertificate,
    /// The certificate is not one, or cannot be read.
    #[error("its certificate is not a readable X.509 certificate")]
    BadCertificate,
    /// The certificate is X.509 version 1.
    #[error("its certificate is X.509 version 1, which TLS libraries no longer take")]
    CertificateVersion1,
    /// No section whose label ends in `PRIVATE KEY`.
    #[error("there is no PEM private key in it")]
    NoKey,
    /// More than one private key in one file.
    #[error("line {line}: a second private key stands in it")]
    SeveralKeys {
        /// The line of the second key's `BEGIN`, counted from 1.
        line: usize,
    },
    /// The certificate file holds a key, and the key file holds another one.
    #[error("it holds a private key, and {} holds another one", key_file.display())]
    OtherKey {
        /// The key file.
        key_file: PathBuf,
    },
    /// `ENCRYPTED PRIVATE KEY`, and no password was given.
    #[error("the private key is encrypted and no password is given")]
    PasswordMissing,
    /// The password does not open the key.
    #[error("wrong password, or a damaged private key")]
    WrongPassword,
    /// `Proc-Type: 4,ENCRYPTED` (RFC 1421).
    #[error("the private key is encrypted in the old PEM way (Proc-Type: 4,ENCRYPTED)")]
    LegacyEncryption,
    /// PBES1, or a cipher that is not supported.
    #[error("the private key is encrypted in a way that is not supported")]
    UnsupportedEncryption,
    /// An encrypted key, and the feature `encrypted-keys` is off.
    #[error("the private key is encrypted, and this build cannot read encrypted keys")]
    EncryptedKeysOff,
    /// The encrypted key is not DER.
    #[error("the encrypted private key is damaged")]
    DamagedKey,
    /// Not RSA, ECDSA on P-256 or P-384, or Ed25519; or damaged.
    #[error("the private key is damaged, or not RSA, ECDSA P-256, ECDSA P-384 or Ed25519")]
    UnsupportedKey,
    /// An ECDSA key on P-521, which ring lacks.
    #[error("the private key is an ECDSA P-521 key, which is not supported")]
    P521Key,
    /// Public keys of certificate and private key differ.
    #[error("the private key does not belong to the first certificate in it")]
    KeyMismatch,
    /// The certificate is past its time. Met only at a renewal: the first one goes to the server
    /// as it is, since this machine's clock may be wrong.
    #[error("its certificate expired on {}", Moment(*since))]
    Expired {
        /// The last moment of validity.
        since: SystemTime,
    },
    /// The key fits a later certificate of the file.
    #[error("the private key belongs to a later certificate in it, not to the first")]
    LeafNotFirst,
}

impl IdentityErrorKind {
    /// Why chain and key do not go together; `other_fits` when a later certificate does.
    pub(super) fn of_mismatch(error: &TlsError, other_fits: bool) -> Self {
        match error {
            TlsError::InconsistentKeys(InconsistentKeys::KeyMismatch) if other_fits => {
                Self::LeafNotFirst
            }
            TlsError::InconsistentKeys(_) => Self::KeyMismatch,
            TlsError::InvalidCertificate(CertificateError::Other(other))
                if is_version_1(&*other.0) =>
            {
                Self::CertificateVersion1
            }
            _ => Self::BadCertificate,
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Self::Read(_) => "check the path and the permissions of the file",
            Self::Pem(_) | Self::BadCertificate | Self::DamagedKey => {
                "write the file again from its source; each section runs from -----BEGIN X----- to -----END X-----"
            }
            Self::NoCertificate => {
                "put the client certificate in PEM there; from PKCS#12: openssl pkcs12 -in FILE.p12 -nodes -out client.pem"
            }
            Self::CertificateVersion1 => {
                "issue the client certificate as version 3: openssl x509 -req with -extfile, extendedKeyUsage=clientAuth"
            }
            Self::NoKey => {
                "append the private key to the certificate file, or name the key file (clientKeyFile)"
            }
            Self::SeveralKeys { .. } => "leave only the key that belongs to the client certificate",
            Self::OtherKey { .. } => {
                "remove one of the two keys, or leave out the key file (clientKeyFile)"
            }
            Self::PasswordMissing => {
                "give the password (clientCertificatePassword), or decrypt the key: openssl pkcs8 -in KEY -out client.key"
            }
            Self::WrongPassword => {
                "check the password (clientCertificatePassword) with: openssl pkcs8 -in KEY -noout"
            }
            Self::LegacyEncryption | Self::UnsupportedEncryption => {
                "convert the key: openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out client.key"
            }
            Self::EncryptedKeysOff => "build with the feature encrypted-keys, or decrypt the key",
            Self::UnsupportedKey => {
                "use a P-256, P-384, RSA or Ed25519 key in PKCS#8, PKCS#1 or SEC1 form; check it: openssl pkey -in KEY -noout -text"
            }
            Self::P521Key => {
                "use a P-256, P-384, RSA or Ed25519 key (Vault makes P-521 keys unless default_tls_client_key_bits=256 is set there), or build with the feature aws-lc-rs and choose that provider"
            }
            Self::KeyMismatch => {
                "use the key the certificate was made for; compare: openssl x509 -in CERT -noout -pubkey, openssl pkey -in KEY -pubout"
            }
            Self::Expired { .. } => "put the renewed client certificate there",
            Self::LeafNotFirst => {
                "put the client certificate first, then the certificates that signed it"
            }
        }
    }
}

/// rustls passes webpki's verdict on as an opaque error; its Debug form is the only name it has.
pub(crate) fn is_version_1(error: &dyn std::error::Error) -> bool {
    format!("{error:?}") == "UnsupportedCertVersion"
}
