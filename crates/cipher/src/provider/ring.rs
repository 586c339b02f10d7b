//! The default provider: ring, and `aes-gcm-siv` for the suite that ring does not have.
//!
//! May touch: the operating system's random generator.

use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce as RingNonce, UnboundKey},
    hkdf,
    rand::{SecureRandom as _, SystemRandom},
};
use strongroom_secret::WipedBox;

use super::gcm_siv::GcmSivKey;
use super::{KEY_LEN, Nonce, Provider, Tag, UnitKey};
use crate::error::ProviderError;
use crate::suite::Suite;

/// ring, and the `aes-gcm-siv` crate for AES-256-GCM-SIV.
///
/// Keys lie in key memory. Sealing from one buffer into another copies first: ring works in place.
#[derive(Clone, Copy, Debug, Default)]
pub struct RingProvider;

impl Provider for RingProvider {
    fn name(&self) -> &'static str {
        "ring"
    }

    fn knows(&self, _: Suite) -> bool {
        true
    }

    fn random(&self, octets: &mut [u8]) -> Result<(), ProviderError> {
        SystemRandom::new()
            .fill(octets)
            .map_err(|_| ProviderError::Random)
    }

    fn unit_key(
        &self,
        suite: Suite,
        key: &[u8; KEY_LEN],
    ) -> Result<Box<dyn UnitKey>, ProviderError> {
        Ok(match suite {
            Suite::Aes256Gcm => Box::new(GcmKey::new(key)?),
            Suite::Aes256GcmSiv => Box::new(GcmSivKey::new(key)),
            Suite::Aes256GcmDrawnNonce => Box::new(DrawingKey(GcmKey::new(key)?)),
        })
    }
}

/// An output length for ring's HKDF.
struct OutputLen(usize);

impl hkdf::KeyType for OutputLen {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF-Expand (RFC 5869, 2.3) into `out`. Leaves copies on the stack: run it inside
/// [`strongroom_secret::scrubbed`] or a [`WipedBox`] when the output is a key.
pub(crate) fn expand(prk: &hkdf::Prk, info: &[&[u8]], out: &mut [u8]) -> Result<(), ProviderError> {
    prk.expand(info, OutputLen(out.len()))
        .and_then(|okm| okm.fill(out))
        .map_err(|_| ProviderError::Length)
}

/// An AES-256-GCM key schedule in key memory.
pub(crate) struct GcmKey(WipedBox<LessSafeKey>);

impl GcmKey {
    /// From 32 octets.
    pub(crate) fn new(key: &[u8]) -> Result<Self, ProviderError> {
        WipedBox::try_new(|| {
            UnboundKey::new(&AES_256_GCM, key)
                .map(LessSafeKey::new)
                .map_err(|_| ProviderError::Length)
        })
        .map(Self)
    }

    fn key(&self) -> Result<&LessSafeKey, ProviderError> {
        self.0.get().ok_or(ProviderError::KeyLost)
    }
}

impl UnitKey for GcmKey {
    fn seal(&self, nonce: &mut Nonce, aad: &[u8], buffer: &mut [u8]) -> Result<Tag, ProviderError> {
        let nonce = RingNonce::assume_unique_for_key(*nonce);
        let tag = (self.key()?)
            .seal_in_place_separate_tag(nonce, Aad::from(aad), buffer)
            .map_err(|_| ProviderError::Length)?;
        tag.as_ref().try_into().map_err(|_| ProviderError::Length)
    }

    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        buffer: &mut [u8],
        tag: &Tag,
    ) -> Result<bool, ProviderError> {
        let nonce = RingNonce::assume_unique_for_key(*nonce);
        let opened = (self.key()?)
            .open_in_place_separate_tag(nonce, Aad::from(aad), (*tag).into(), buffer, 0..)
            .is_ok();
        Ok(opened)
    }
}

/// Draws its nonces from the operating system.
struct DrawingKey(GcmKey);

impl UnitKey for DrawingKey {
    fn seal(&self, nonce: &mut Nonce, aad: &[u8], buffer: &mut [u8]) -> Result<Tag, ProviderError> {
        RingProvider.random(nonce)?;
        self.0.seal(nonce, aad, buffer)
    }

    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        buffer: &mut [u8],
        tag: &Tag,
    ) -> Result<bool, ProviderError> {
        self.0.open(nonce, aad, buffer, tag)
    }
}
