//! Keys of long messages, from the DEKs of a ring (`docs/formats/file.md`, section 3).
//!
//! May touch: memory, and the provider's random generator for a salt.

use super::KeyRing;
use crate::chunked::{ChunkedKey, SALT_LEN};
use crate::error::{KeyRingError, ProviderError};
use crate::id::DekGeneration;
use crate::provider::KEY_LEN;

/// Domain of the input keys.
const INPUT_KEY_LABEL: &[u8] = b"strongroom file input key v1";

impl KeyRing {
    /// A key to seal one message, under the active generation, with a salt drawn for it. `context` is
    /// given the generation and makes what both sides must agree on.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Provider`]; [`KeyRingError::Forked`] in a child that has begun no epoch.
    pub fn new_chunked_key(
        &self,
        context: impl FnOnce(DekGeneration) -> Vec<u8>,
    ) -> Result<(DekGeneration, [u8; SALT_LEN], ChunkedKey), KeyRingError> {
        let generation = self.active();
        let mut salt = [0; SALT_LEN];
        (self.provider.random(&mut salt)).map_err(|source| self.provider_failed(source))?;
        let key = self.chunked_key(generation, &salt, &context(generation))?;
        Ok((generation, salt, key))
    }

    /// The key of the message that was sealed under `generation` with this salt and context.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::UnknownGeneration`], [`KeyRingError::Provider`]; [`KeyRingError::Forked`] in a
    /// child that has begun no epoch.
    pub fn chunked_key(
        &self,
        generation: DekGeneration,
        salt: &[u8; SALT_LEN],
        context: &[u8],
    ) -> Result<ChunkedKey, KeyRingError> {
        let key_id = || self.scope.key_id.clone();
        let state = self.state.load();
        if !self.is_here(&state) {
            return Err(KeyRingError::Forked { key_id: key_id() });
        }
        let dek = (state.deks.get(&generation)).ok_or_else(|| KeyRingError::UnknownGeneration {
            key_id: key_id(),
            generation,
        })?;
        let info: [&[u8]; 5] = [
            INPUT_KEY_LABEL,
            self.scope.store_id.octets(),
            &[self.scope.key_id.length_octet()],
            self.scope.key_id.as_str().as_bytes(),
            &generation.value().to_be_bytes(),
        ];
        let derived: Result<_, ProviderError> = (dek.expand_secret(&info, KEY_LEN))
            .and_then(|input| ChunkedKey::derive(&*self.provider, &input, salt, context));
        derived.map_err(|source| self.provider_failed(source))
    }
}
