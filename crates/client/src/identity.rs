//! Who we are: the client certificate, its chain and its private key.
//!
//! May touch: the one or two files it is told to read. Key octets stand in wiped memory until ring
//! has its own form of them.

#[cfg(feature = "encrypted-keys")]
mod encrypted;
mod error;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::sign::{CertifiedKey, SigningKey};
use rustls_pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer,
};
use strongroom_secret::SecretBytes;

use crate::certificate::CertificateFacts;
use crate::pem::{self, Section};
pub(crate) use error::is_version_1;
pub use error::{IdentityError, IdentityErrorKind};

/// The client certificate with its chain, and the private key that fits it.
#[derive(Clone)]
pub struct Identity {
    certified: Arc<CertifiedKey>,
    file: PathBuf,
    facts: Option<CertificateFacts>,
}

impl Identity {
    /// Reads certificate and key from PEM files.
    ///
    /// `certificate` holds the client certificate, first, then its chain, and the key unless `key`
    /// names another file; certificate and key may stand in either order. The key is PKCS#8,
    /// PKCS#1 or SEC1. A key in encrypted PKCS#8 needs `password` and the feature
    /// `encrypted-keys`; the password is wiped before this returns.
    ///
    /// # Errors
    ///
    /// [`IdentityError`] names the file: not readable, not PEM, no certificate, no key, several
    /// keys, a key that is encrypted in a way that cannot be read, a missing or wrong password, a
    /// key that does not fit the certificate. [`IdentityError::help`] has the mend.
    pub fn from_files(
        certificate: impl AsRef<Path>,
        key: Option<&Path>,
        password: Option<SecretBytes>,
    ) -> Result<Self, IdentityError> {
        let certificate = certificate.as_ref();
        let sections = read(certificate)?;
        let chain = chain(&sections, certificate)?;
        let (key_file, key) = match key {
            Some(key_file) if key_file != certificate => {
                let own = only_key(read(key_file)?, key_file)?;
                let key =
                    own.ok_or_else(|| IdentityError::new(key_file, IdentityErrorKind::NoKey))?;
                if let Some(other) = only_key(sections, certificate)?
                    && !other.der.ct_eq(key.der.expose())
                {
                    let kind = IdentityErrorKind::OtherKey {
                        key_file: key_file.to_owned(),
                    };
                    return Err(IdentityError::new(certificate, kind));
                }
                (key_file, key)
            }
            _ => {
                let key = only_key(sections, certificate)?;
                let missing = || IdentityError::new(certificate, IdentityErrorKind::NoKey);
                (certificate, key.ok_or_else(missing)?)
            }
        };
        let key =
            load_key(key, password.as_ref()).map_err(|kind| IdentityError::new(key_file, kind))?;
        Self::matching(chain, key, certificate)
    }

    /// Joins chain and key when they belong together.
    fn matching(
        chain: Vec<CertificateDer<'static>>,
        key: Arc<dyn SigningKey>,
        file: &Path,
    ) -> Result<Self, IdentityError> {
        let facts = chain.first().and_then(|leaf| CertificateFacts::read(leaf));
        let certified = CertifiedKey::new(chain, key);
        certified.keys_match().map_err(|error| {
            let other_fits = certified.cert.iter().skip(1).any(|other| {
                CertifiedKey::new(vec![other.clone()], Arc::clone(&certified.key))
                    .keys_match()
                    .is_ok()
            });
            IdentityError::new(file, IdentityErrorKind::of_mismatch(&error, other_fits))
        })?;
        Ok(Self {
            certified: Arc::new(certified),
            file: file.to_owned(),
            facts,
        })
    }

    /// The file of the certificate.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Subject and dates of our certificate, when they could be read.
    #[must_use]
    pub fn certificate(&self) -> Option<&CertificateFacts> {
        self.facts.as_ref()
    }

    pub(crate) fn certified(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.certified)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("file", &self.file)
            .field("certificate", &self.facts)
            .finish_non_exhaustive()
    }
}

fn read(file: &Path) -> Result<Vec<Section>, IdentityError> {
    let text = pem::read_file(file)
        .map_err(|error| IdentityError::new(file, IdentityErrorKind::Read(error)))?;
    pem::sections(&text).map_err(|error| IdentityError::new(file, IdentityErrorKind::Pem(error)))
}

fn chain(sections: &[Section], file: &Path) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
    let chain: Vec<_> = sections
        .iter()
        .filter(|section| section.label == "CERTIFICATE")
        .map(|section| CertificateDer::from(section.der.expose().to_vec()))
        .collect();
    if chain.is_empty() {
        return Err(IdentityError::new(file, IdentityErrorKind::NoCertificate));
    }
    Ok(chain)
}

/// The private key among `sections`, if there is one.
fn only_key(sections: Vec<Section>, file: &Path) -> Result<Option<Section>, IdentityError> {
    let mut keys = sections
        .into_iter()
        .filter(|section| section.label.ends_with("PRIVATE KEY"));
    let key = keys.next();
    match keys.next() {
        Some(second) => Err(IdentityError::new(
            file,
            IdentityErrorKind::SeveralKeys { line: second.line },
        )),
        None => Ok(key),
    }
}

fn load_key(
    section: Section,
    password: Option<&SecretBytes>,
) -> Result<Arc<dyn SigningKey>, IdentityErrorKind> {
    if section.legacy_encryption {
        return Err(IdentityErrorKind::LegacyEncryption);
    }
    let octets = section.der.expose();
    match section.label.as_str() {
        "PRIVATE KEY" => sign_with(PrivatePkcs8KeyDer::from(octets).into()),
        "RSA PRIVATE KEY" => sign_with(PrivatePkcs1KeyDer::from(octets).into()),
        "EC PRIVATE KEY" => sign_with(PrivateSec1KeyDer::from(octets).into()),
        "ENCRYPTED PRIVATE KEY" => {
            let password = password.ok_or(IdentityErrorKind::PasswordMissing)?;
            let plain = decrypt(octets, password)?;
            sign_with(PrivatePkcs8KeyDer::from(plain.expose()).into())
        }
        _ => Err(IdentityErrorKind::UnsupportedKey),
    }
}

#[cfg(feature = "encrypted-keys")]
use encrypted::decrypt;

#[cfg(not(feature = "encrypted-keys"))]
fn decrypt(_: &[u8], _: &SecretBytes) -> Result<SecretBytes, IdentityErrorKind> {
    Err(IdentityErrorKind::EncryptedKeysOff)
}

/// Borrows the octets, so that the only other copy is the one inside ring.
fn sign_with(key: PrivateKeyDer<'_>) -> Result<Arc<dyn SigningKey>, IdentityErrorKind> {
    rustls::crypto::ring::sign::any_supported_type(&key).map_err(|_| {
        if names_p521(key.secret_der()) {
            IdentityErrorKind::P521Key
        } else {
            IdentityErrorKind::UnsupportedKey
        }
    })
}

/// Whether the object identifier of P-521 (1.3.132.0.35, RFC 5480, 2.1.1.1) stands in a key.
fn names_p521(der: &[u8]) -> bool {
    const SECP521R1: &[u8] = b"\x06\x05\x2B\x81\x04\x00\x23";
    der.windows(SECP521R1.len()).any(|part| part == SECP521R1)
}
