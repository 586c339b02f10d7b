//! The few primitives that key files need: randomness, SHA-256, HKDF, HMAC, sealing once.
//!
//! For `strongroom-keystore` and the KMIP server, which call no cryptographic library themselves.
//! May touch: the operating system's random generator.

use ring::{digest, hkdf, hmac};
use strongroom_secret::{SecretBytes, WipedBox, scrubbed};
use zeroize::Zeroizing;

use crate::error::ProviderError;
use crate::meta::TAG_LEN;
use crate::provider::{self, GcmKey, NONCE_LEN, Provider as _, RingProvider, UnitKey as _};

/// Octets of a SHA-256 digest, an HMAC-SHA-256 and an HKDF-SHA-256 key.
pub const DIGEST_LEN: usize = 32;

/// Overwrites `octets` with random ones of the operating system.
///
/// # Errors
///
/// [`ProviderError::Random`].
pub fn random(octets: &mut [u8]) -> Result<(), ProviderError> {
    RingProvider.random(octets)
}

/// A fresh random secret of `len` octets.
///
/// # Errors
///
/// [`ProviderError::Random`].
pub fn random_secret(len: usize) -> Result<SecretBytes, ProviderError> {
    SecretBytes::try_build(len, random)
}

/// SHA-256 (FIPS 180-4) of the concatenated `parts`.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> [u8; DIGEST_LEN] {
    let mut context = digest::Context::new(&digest::SHA256);
    parts.iter().for_each(|part| context.update(part));
    array(context.finish().as_ref())
}

/// HKDF with SHA-256 (RFC 5869); the pseudorandom key lies in wiped memory.
///
/// ```
/// use strongroom_cipher::envelope::Hkdf;
///
/// let hkdf = Hkdf::extract(b"salt", b"input keying material")?;
/// let mac_key = hkdf.expand_secret(&[b"mac"], 32)?;
/// let wrap_key = hkdf.expand_secret(&[b"wrap"], 32)?;
/// assert!(!mac_key.ct_eq(wrap_key.expose()));
/// # Ok::<(), strongroom_cipher::ProviderError>(())
/// ```
#[derive(Debug)]
pub struct Hkdf(WipedBox<hkdf::Prk>);

impl Hkdf {
    /// HKDF-Extract (RFC 5869, 2.2).
    ///
    /// # Errors
    ///
    /// [`ProviderError::Length`] when `secret` is empty: everybody knows what comes out then. So is
    /// a [`SecretBytes`] that a forked child lost.
    pub fn extract(salt: &[u8], secret: &[u8]) -> Result<Self, ProviderError> {
        if secret.is_empty() {
            return Err(ProviderError::Length);
        }
        Ok(Self(WipedBox::new(|| {
            hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret)
        })))
    }

    /// Takes `key`, uniformly random, as the pseudorandom key itself (RFC 5869, 3.3).
    ///
    /// # Errors
    ///
    /// [`ProviderError::Length`] when `key` has fewer than 32 octets (RFC 5869, 2.3).
    pub fn from_prk(key: &[u8]) -> Result<Self, ProviderError> {
        if key.len() < DIGEST_LEN {
            return Err(ProviderError::Length);
        }
        Ok(Self(WipedBox::new(|| {
            hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, key)
        })))
    }

    /// HKDF-Expand (RFC 5869, 2.3) with the concatenated parts of `info`, into all of `out`.
    ///
    /// Parts of variable length need a length before them: the concatenation has no borders.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Length`] when `out` has more than 8,160 octets; [`ProviderError::KeyLost`].
    pub fn expand(&self, info: &[&[u8]], out: &mut [u8]) -> Result<(), ProviderError> {
        let prk = self.prk()?;
        scrubbed(|| provider::expand(prk, info, out))
    }

    /// As [`Self::expand`], into a new secret of `len` octets.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Length`] when `len` is above 8,160; [`ProviderError::KeyLost`].
    pub fn expand_secret(&self, info: &[&[u8]], len: usize) -> Result<SecretBytes, ProviderError> {
        SecretBytes::try_build(len, |out| self.expand(info, out))
    }

    pub(crate) fn prk(&self) -> Result<&hkdf::Prk, ProviderError> {
        self.0.get().ok_or(ProviderError::KeyLost)
    }
}

/// HMAC with SHA-256 (RFC 2104, FIPS 198-1); the key lies in wiped memory.
#[derive(Debug)]
pub struct HmacSha256(WipedBox<hmac::Key>);

impl HmacSha256 {
    /// Under `key`.
    ///
    /// # Errors
    ///
    /// [`ProviderError::KeyLost`] when `key` was made before this process was forked.
    pub fn new(key: &SecretBytes) -> Result<Self, ProviderError> {
        if key.is_lost() {
            return Err(ProviderError::KeyLost);
        }
        Ok(Self(WipedBox::new(|| {
            hmac::Key::new(hmac::HMAC_SHA256, key.expose())
        })))
    }

    /// The MAC of the concatenated `parts`.
    ///
    /// # Errors
    ///
    /// [`ProviderError::KeyLost`] in a child forked since the key was made.
    pub fn sign(&self, parts: &[&[u8]]) -> Result<[u8; DIGEST_LEN], ProviderError> {
        self.tag(parts).map(|tag| array(tag.as_ref()))
    }

    /// Whether `mac` is the MAC of the concatenated `parts`, compared in constant time. A
    /// shortened `mac` is refused, and so is every one where the key is lost.
    #[must_use]
    pub fn verify(&self, parts: &[&[u8]], mac: &[u8]) -> bool {
        self.tag(parts)
            .is_ok_and(|tag| SecretBytes::copy_from(tag.as_ref()).ct_eq(mac))
    }

    fn tag(&self, parts: &[&[u8]]) -> Result<hmac::Tag, ProviderError> {
        let key = self.0.get().ok_or(ProviderError::KeyLost)?;
        let mut context = hmac::Context::with_key(key);
        parts.iter().for_each(|part| context.update(part));
        Ok(context.sign())
    }
}

/// Seals `plaintext` with AES-256-GCM under a key that seals nothing else.
///
/// The nonce is zero, so the key is taken by value: derive one per sealing, with a fresh random
/// salt, and keep none. A key of [`Hkdf::expand_secret`] with a salt that may repeat (after a
/// restored backup, in a copy) is *not* used once.
///
/// # Shapes
///
/// | argument | octets | content                        |
/// |----------|-------:|--------------------------------|
/// | `key`    |     32 | AES-256 key                    |
/// | result   |   n+16 | ciphertext (n), tag (16)       |
///
/// # Errors
///
/// [`ProviderError::Length`] when `key` does not have 32 octets.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a key that has sealed once is gone"
)]
pub fn seal_once(key: SecretBytes, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, ProviderError> {
    let gcm = GcmKey::new(key.expose())?;
    let len = plaintext.len().checked_add(TAG_LEN);
    let mut sealed = Zeroizing::new(Vec::with_capacity(len.ok_or(ProviderError::Length)?));
    sealed.extend_from_slice(plaintext);
    let tag = gcm.seal(&mut [0; NONCE_LEN], aad, &mut sealed)?;
    sealed.extend_from_slice(&tag);
    Ok(std::mem::take(&mut *sealed))
}

/// Opens what [`seal_once`] made with the same key and `aad`.
///
/// # Errors
///
/// [`OpenOnceError::WrongTag`] for another key, another `aad` and damage alike: they look the same
/// by design. [`OpenOnceError::TooShort`], [`OpenOnceError::Provider`] when the key does not have
/// 32 octets.
pub fn open_once(
    key: &SecretBytes,
    aad: &[u8],
    sealed: &[u8],
) -> Result<SecretBytes, OpenOnceError> {
    let (ciphertext, tag) = sealed
        .split_last_chunk::<TAG_LEN>()
        .ok_or(OpenOnceError::TooShort { len: sealed.len() })?;
    let gcm = GcmKey::new(key.expose())?;
    SecretBytes::try_build(ciphertext.len(), |buffer| {
        buffer.copy_from_slice(ciphertext);
        match gcm.open(&[0; NONCE_LEN], aad, buffer, tag)? {
            true => Ok(()),
            false => Err(OpenOnceError::WrongTag),
        }
    })
}

/// [`open_once`] refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenOnceError {
    /// Another key, another AAD, or damage.
    #[error("the tag does not verify")]
    WrongTag,
    /// Not even a tag.
    #[error("{len} octets are fewer than a tag has")]
    TooShort {
        /// Its length in octets.
        len: usize,
    },
    /// See [`ProviderError`].
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

/// The first 32 octets of a 32-octet output of ring.
fn array(octets: &[u8]) -> [u8; DIGEST_LEN] {
    let mut octets = octets.iter().copied();
    std::array::from_fn(|_| octets.next().unwrap_or_default())
}
