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
use std::time::SystemTime;

use rustls::sign::{CertifiedKey, SigningKey};
use rustls_pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer,
};
use strongroom_secret::SecretBytes;

use crate::certificate::{CertificateFacts, Expiry, ExpiryOf};
use crate::pem::{self, Section};
use crate::stamp::Stamp;
use crate::tls::TlsProvider;
pub(crate) use error::is_version_1;
pub use error::{IdentityError, IdentityErrorKind};

/// The client certificate with its chain, and the private key that fits it.
#[derive(Clone)]
pub struct Identity {
    certified: Arc<CertifiedKey>,
    facts: Option<CertificateFacts>,
    source: Arc<Source>,
    stamps: Vec<Stamp>,
}

/// Where an identity comes from, so that it can be read again after a renewal.
struct Source {
    certificate: PathBuf,
    key: Option<PathBuf>,
    password: Option<SecretBytes>,
    provider: TlsProvider,
}

impl Identity {
    /// Reads certificate and key from PEM files.
    ///
    /// `certificate` holds the client certificate, first, then its chain, and the key unless `key`
    /// names another file; certificate and key may stand in either order. The key is PKCS#8,
    /// PKCS#1 or SEC1. A key in encrypted PKCS#8 needs `password` and the feature
    /// `encrypted-keys`; the password stays in locked memory, for a renewed key.
    ///
    /// ring does the cryptography; see [`Self::from_files_with`] for another provider.
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
        Self::from_files_with(TlsProvider::Ring, certificate, key, password)
    }

    /// As [`Self::from_files`]; `provider` holds the key and does the cryptography of the client
    /// that this identity goes to.
    ///
    /// # Errors
    ///
    /// As [`Self::from_files`].
    pub fn from_files_with(
        provider: TlsProvider,
        certificate: impl AsRef<Path>,
        key: Option<&Path>,
        password: Option<SecretBytes>,
    ) -> Result<Self, IdentityError> {
        Self::read(Arc::new(Source {
            certificate: certificate.as_ref().to_owned(),
            key: key.map(Path::to_owned),
            password,
            provider,
        }))
    }

    /// Reads the same files again; `now` decides whether what they hold is an improvement.
    ///
    /// # Errors
    ///
    /// As [`Self::from_files`], and [`IdentityErrorKind::Expired`] when the certificate in them
    /// has expired and this one has not.
    pub(crate) fn again(&self, now: SystemTime) -> Result<Self, IdentityError> {
        let fresh = Self::read(Arc::clone(&self.source))?;
        let good_now = self.facts.as_ref().is_none_or(|facts| !facts.expired(now));
        if let Some(facts) = fresh.facts.as_ref().filter(|facts| facts.expired(now))
            && good_now
        {
            let since = facts.not_after;
            let kind = IdentityErrorKind::Expired { since };
            return Err(IdentityError::new(self.file(), kind));
        }
        Ok(fresh)
    }

    fn read(source: Arc<Source>) -> Result<Self, IdentityError> {
        let certificate = source.certificate.as_path();
        let mut stamps = vec![Stamp::of(certificate)];
        let sections = read(certificate)?;
        let chain = chain(&sections, certificate)?;
        let (key_file, key) = match source.key.as_deref() {
            Some(key_file) if key_file != certificate => {
                stamps.push(Stamp::of(key_file));
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
        let key = load_key(key, source.password.as_ref(), source.provider)
            .map_err(|kind| IdentityError::new(key_file, kind))?;
        let (certified, facts) = matching(chain, key, certificate)?;
        Ok(Self {
            certified: Arc::new(certified),
            facts,
            source,
            stamps,
        })
    }

    /// The file of the certificate.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.source.certificate
    }

    /// Which library holds the key.
    #[must_use]
    pub fn provider(&self) -> TlsProvider {
        self.source.provider
    }

    /// When our certificate runs out.
    #[must_use]
    pub fn expiry(&self) -> Option<Expiry> {
        let file = Some(self.file().to_owned());
        let facts = self.facts.as_ref()?;
        Some(Expiry::of_certificate(
            ExpiryOf::ClientCertificate,
            facts,
            file,
        ))
    }

    /// Subject and dates of our certificate, when they could be read.
    #[must_use]
    pub fn certificate(&self) -> Option<&CertificateFacts> {
        self.facts.as_ref()
    }

    pub(crate) fn certified(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.certified)
    }

    /// The files, as they were when they were read.
    pub(crate) fn stamps(&self) -> &[Stamp] {
        &self.stamps
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("file", &self.file())
            .field("certificate", &self.facts)
            .finish_non_exhaustive()
    }
}

/// Joins chain and key when they belong together.
fn matching(
    chain: Vec<CertificateDer<'static>>,
    key: Arc<dyn SigningKey>,
    file: &Path,
) -> Result<(CertifiedKey, Option<CertificateFacts>), IdentityError> {
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
    Ok((certified, facts))
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
    provider: TlsProvider,
) -> Result<Arc<dyn SigningKey>, IdentityErrorKind> {
    let sign_with = |key| sign_with(key, provider);
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

fn sign_with(
    key: PrivateKeyDer<'_>,
    provider: TlsProvider,
) -> Result<Arc<dyn SigningKey>, IdentityErrorKind> {
    provider.sign_with(&key).map_err(|_| {
        if !provider.has_p521() && names_p521(key.secret_der()) {
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
