//! The cryptographic library (ring): the only place that draws randomness and calls the AES.
//!
//! May touch: the operating system's random generator. ring's types stay inside this crate.

use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf,
    rand::{SecureRandom as _, SystemRandom},
};
use strongroom_secret::WipedBox;
use zeroize::Zeroizing;

use crate::error::ProviderError;
use crate::meta::TAG_LEN;

pub(crate) const KEY_LEN: usize = 32;
pub(crate) const NONCE_LEN: usize = 12;

/// Where random octets come from.
pub(crate) trait Entropy: Send + Sync {
    /// Overwrites all of `octets`.
    fn fill(&self, octets: &mut [u8]) -> Result<(), ProviderError>;
}

/// The operating system's generator.
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, octets: &mut [u8]) -> Result<(), ProviderError> {
        SystemRandom::new()
            .fill(octets)
            .map_err(|_| ProviderError::Random)
    }
}

/// An output length for ring's HKDF.
pub(crate) struct OutputLen(pub(crate) usize);

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

/// An AES-256-GCM key schedule in wiped memory.
pub(crate) struct GcmKey(WipedBox<LessSafeKey>);

impl GcmKey {
    /// From 32 octets.
    pub(crate) fn new(key: &[u8]) -> Result<Self, ProviderError> {
        WipedBox::try_new(|| schedule(key)).map(Self)
    }

    /// From the HKDF-Expand of `prk` with `info`.
    pub(crate) fn derive(prk: &hkdf::Prk, info: &[&[u8]]) -> Result<Self, ProviderError> {
        WipedBox::try_new(|| {
            let mut key = Zeroizing::new([0; KEY_LEN]);
            expand(prk, info, key.as_mut_slice())?;
            schedule(key.as_slice())
        })
        .map(Self)
    }

    /// Encrypts `buffer` in place and gives the tag.
    pub(crate) fn seal(
        &self,
        nonce: [u8; NONCE_LEN],
        aad: &[u8],
        buffer: &mut [u8],
    ) -> Result<[u8; TAG_LEN], ProviderError> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let key = self.0.get().ok_or(ProviderError::KeyLost)?;
        let tag = key
            .seal_in_place_separate_tag(nonce, Aad::from(aad), buffer)
            .map_err(|_| ProviderError::Length)?;
        tag.as_ref().try_into().map_err(|_| ProviderError::Length)
    }

    /// Decrypts `buffer` in place; `false` when the tag does not verify, with `buffer` zeroed, as it
    /// is after an error.
    pub(crate) fn open(
        &self,
        nonce: [u8; NONCE_LEN],
        aad: &[u8],
        buffer: &mut [u8],
        tag: [u8; TAG_LEN],
    ) -> Result<bool, ProviderError> {
        let Some(key) = self.0.get() else {
            buffer.fill(0);
            return Err(ProviderError::KeyLost);
        };
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = key
            .open_in_place_separate_tag(nonce, Aad::from(aad), tag.into(), buffer, 0..)
            .is_ok();
        if !opened {
            buffer.fill(0);
        }
        Ok(opened)
    }
}

fn schedule(key: &[u8]) -> Result<LessSafeKey, ProviderError> {
    UnboundKey::new(&AES_256_GCM, key)
        .map(LessSafeKey::new)
        .map_err(|_| ProviderError::Length)
}

#[cfg(test)]
mod tests;
