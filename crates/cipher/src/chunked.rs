//! Long messages in chunks: Cobblestone-256 (c2sp.org/chunked-encryption, SHA-512 and AES-256-GCM)
//! under a key derived from a DEK (`docs/formats/file.md`).
//!
//! May touch: memory only. Who draws the salt and who reads or writes files is the caller.

use std::fmt;

use ring::hkdf;
use strongroom_secret::{SecretBytes, scrubbed};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::error::ProviderError;
use crate::meta::TAG_LEN;
use crate::provider::{self, KEY_LEN, NONCE_LEN, Nonce, Provider, Tag, UnitKey};
use crate::suite::Suite;

/// Octets of a salt.
pub const SALT_LEN: usize = 24;
/// Octets of a commitment.
pub const COMMITMENT_LEN: usize = 32;
/// Octets of plaintext in a chunk; the last chunk of a message has fewer, perhaps none.
pub const CHUNK_LEN: usize = 16 * 1024;
/// Octets of a whole chunk with its tag.
pub const SEALED_CHUNK_LEN: usize = CHUNK_LEN + TAG_LEN;
/// Most chunks of a message: 2^38, which are 4 PiB.
pub const CHUNKS_MAX: u64 = 1 << 38;

/// What stands before salt and context in the derivation.
const INFO: &[u8] = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0";
/// Key, base nonce, commitment.
const OUTPUT_LEN: usize = KEY_LEN + NONCE_LEN + COMMITMENT_LEN;

/// The key of one message: seals each chunk once, opens any.
pub struct ChunkedKey {
    key: Box<dyn UnitKey>,
    base_nonce: Nonce,
    commitment: [u8; COMMITMENT_LEN],
}

impl ChunkedKey {
    /// The key of the message with this `salt` and `context`, of an input key of 32 random octets.
    ///
    /// To seal, draw the salt for this message alone ([`Provider::random`]).
    ///
    /// # Errors
    ///
    /// [`ProviderError::Length`] when the input key does not have 32 octets; [`ProviderError::KeyLost`]
    /// when it was made before this process was forked.
    ///
    /// # Specification
    ///
    /// c2sp.org/chunked-encryption, "Key derivation".
    pub fn derive(
        provider: &dyn Provider,
        input_key: &SecretBytes,
        salt: &[u8; SALT_LEN],
        context: &[u8],
    ) -> Result<Self, ProviderError> {
        if input_key.is_lost() {
            return Err(ProviderError::KeyLost);
        }
        if input_key.len() != KEY_LEN {
            return Err(ProviderError::Length);
        }
        scrubbed(|| {
            let prk = hkdf::Prk::new_less_safe(hkdf::HKDF_SHA512, input_key.expose());
            let mut output = Zeroizing::new([0; OUTPUT_LEN]);
            provider::expand(&prk, &[INFO, salt, context], output.as_mut_slice())?;
            let parts = output.split_first_chunk().and_then(|(key, rest)| {
                let (base_nonce, rest) = rest.split_first_chunk()?;
                Some((key, *base_nonce, *rest.first_chunk()?))
            });
            let (key, base_nonce, commitment) = parts.ok_or(ProviderError::Length)?;
            Ok(Self {
                key: provider.unit_key(Suite::Aes256Gcm, key)?,
                base_nonce,
                commitment,
            })
        })
    }

    /// What stands before the first chunk and fixes the key. Public.
    #[must_use]
    pub const fn commitment(&self) -> &[u8; COMMITMENT_LEN] {
        &self.commitment
    }

    /// Whether `commitment` is the one of this key, compared in constant time. To be asked before the
    /// first chunk is opened.
    #[must_use]
    pub fn is_committed_to(&self, commitment: &[u8; COMMITMENT_LEN]) -> bool {
        self.commitment.ct_eq(commitment).into()
    }

    /// Seals chunk number `at` in place: `octets` is the plaintext and behind it room for the tag.
    ///
    /// Each number once: two chunks sealed with one number betray each other.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Length`] when there are fewer than 16 octets or more than
    /// [`SEALED_CHUNK_LEN`], or `at` is not below [`CHUNKS_MAX`]; [`ProviderError::KeyLost`] in a child
    /// forked since the key was made.
    pub fn seal_chunk(&self, at: u64, octets: &mut [u8]) -> Result<(), ProviderError> {
        let mut nonce = self.nonce(at)?;
        let (body, tag) = parts(octets)?;
        *tag = self.key.seal(&mut nonce, &[], body)?;
        Ok(())
    }

    /// Opens chunk number `at` in place: `octets` is what [`Self::seal_chunk`] made, and then the
    /// plaintext, 16 octets shorter, with the tag behind it. `false`, and `octets` zeroed, when the tag
    /// does not verify.
    ///
    /// # Errors
    ///
    /// As [`Self::seal_chunk`]; `octets` is zeroed.
    pub fn open_chunk(&self, at: u64, octets: &mut [u8]) -> Result<bool, ProviderError> {
        let opened = self.open_in_place(at, octets);
        if !matches!(opened, Ok(true)) {
            octets.fill(0);
        }
        opened
    }

    fn open_in_place(&self, at: u64, octets: &mut [u8]) -> Result<bool, ProviderError> {
        let nonce = self.nonce(at)?;
        let (body, tag) = parts(octets)?;
        self.key.open(&nonce, &[], body, tag)
    }

    /// The base nonce XOR the number ("AEAD usage").
    fn nonce(&self, at: u64) -> Result<Nonce, ProviderError> {
        if at >= CHUNKS_MAX {
            return Err(ProviderError::Length);
        }
        let mut nonce = self.base_nonce;
        let end = nonce.iter_mut().rev();
        for (octet, of_number) in end.zip(at.to_be_bytes().iter().rev()) {
            *octet ^= of_number;
        }
        Ok(nonce)
    }
}

/// The octets of a chunk, and those of its tag.
fn parts(octets: &mut [u8]) -> Result<(&mut [u8], &mut Tag), ProviderError> {
    (octets.split_last_chunk_mut())
        .filter(|(body, _)| body.len() <= CHUNK_LEN)
        .ok_or(ProviderError::Length)
}

impl fmt::Debug for ChunkedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChunkedKey(..)")
    }
}
