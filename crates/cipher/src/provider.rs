//! The cryptographic libraries behind one trait: what draws randomness and calls the AES.
//!
//! May touch: the operating system's random generator. The libraries' types stay inside this module.

#[cfg(feature = "aws-lc")]
mod aws_lc;
mod gcm_siv;
mod ring;

use std::fmt;

use crate::error::ProviderError;
use crate::meta::TAG_LEN;
use crate::suite::Suite;

#[cfg(feature = "aws-lc")]
pub use self::aws_lc::AwsLcProvider;
pub use self::ring::RingProvider;
pub(crate) use self::ring::{GcmKey, expand};

/// Octets of a key.
pub const KEY_LEN: usize = 32;
/// Octets of a nonce.
pub const NONCE_LEN: usize = 12;

/// A nonce.
pub type Nonce = [u8; NONCE_LEN];
/// A tag.
pub type Tag = [u8; TAG_LEN];

/// A cryptographic library, as a [`KeyRing`](crate::KeyRing) uses it.
pub trait Provider: fmt::Debug + Send + Sync {
    /// Its name, for people.
    fn name(&self) -> &'static str;

    /// Whether its keys can seal and open under `suite`.
    fn knows(&self, suite: Suite) -> bool;

    /// Overwrites all of `octets` with random ones, for epoch ids.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Random`].
    fn random(&self, octets: &mut [u8]) -> Result<(), ProviderError>;

    /// A key for units of `suite`. It runs where the stack is overwritten afterwards, and must leave
    /// no other copy of `key` than the one it keeps.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Suite`] when it does not know the suite.
    fn unit_key(
        &self,
        suite: Suite,
        key: &[u8; KEY_LEN],
    ) -> Result<Box<dyn UnitKey>, ProviderError>;
}

/// A key of a [`Provider`], wiped when it is dropped.
///
/// The ring asks for nothing in a forked child before a new epoch has begun there, so a key need not
/// notice forks.
pub trait UnitKey: Send + Sync {
    /// Encrypts `buffer` in place and gives the tag.
    ///
    /// `nonce` is used as it is where the suite's [`NonceMode`](crate::NonceMode) is `Caller`, and
    /// overwritten with the one that was drawn where it is `Provider`.
    ///
    /// # Errors
    ///
    /// [`ProviderError`].
    fn seal(&self, nonce: &mut Nonce, aad: &[u8], buffer: &mut [u8]) -> Result<Tag, ProviderError>;

    /// Decrypts `buffer` in place; `false` when the tag does not verify. Whatever is in `buffer`
    /// then, and after an error, is overwritten by the caller.
    ///
    /// # Errors
    ///
    /// [`ProviderError`].
    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        buffer: &mut [u8],
        tag: &Tag,
    ) -> Result<bool, ProviderError>;

    /// As [`Self::seal`], from `src` into `dst` of the same length. Copies unless the library can
    /// do better.
    ///
    /// # Errors
    ///
    /// [`ProviderError`].
    fn seal_into(
        &self,
        nonce: &mut Nonce,
        aad: &[u8],
        src: &[u8],
        dst: &mut [u8],
    ) -> Result<Tag, ProviderError> {
        copy(src, dst)?;
        self.seal(nonce, aad, dst)
    }

    /// As [`Self::open`], from `src` into `dst` of the same length.
    ///
    /// # Errors
    ///
    /// [`ProviderError`].
    fn open_into(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        (src, tag): (&[u8], &Tag),
        dst: &mut [u8],
    ) -> Result<bool, ProviderError> {
        copy(src, dst)?;
        self.open(nonce, aad, dst, tag)
    }
}

fn copy(src: &[u8], dst: &mut [u8]) -> Result<(), ProviderError> {
    if src.len() != dst.len() {
        return Err(ProviderError::Length);
    }
    dst.copy_from_slice(src);
    Ok(())
}

#[cfg(test)]
mod tests;
