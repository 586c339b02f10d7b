//! AES-256-GCM-SIV (RFC 8452) by the `aes-gcm-siv` crate.
//!
//! May touch: memory only.

use std::mem::ManuallyDrop;

use aes_gcm_siv::{AeadInOut as _, Aes256GcmSiv, KeyInit as _};
use strongroom_secret::{WipedBox, scrubbed_shallow};

use super::{KEY_LEN, Nonce, Tag, UnitKey};
use crate::error::ProviderError;

/// The key that generates a key for each nonce, in key memory. Not dropped but overwritten there:
/// it owns nothing elsewhere.
pub(super) struct GcmSivKey(WipedBox<ManuallyDrop<Aes256GcmSiv>>);

impl GcmSivKey {
    pub(super) fn new(key: &[u8; KEY_LEN]) -> Self {
        Self(WipedBox::new(|| {
            ManuallyDrop::new(Aes256GcmSiv::new(&(*key).into()))
        }))
    }

    fn key(&self) -> Result<&Aes256GcmSiv, ProviderError> {
        self.0.get().map(|key| &**key).ok_or(ProviderError::KeyLost)
    }
}

impl UnitKey for GcmSivKey {
    fn seal(&self, nonce: &mut Nonce, aad: &[u8], buffer: &mut [u8]) -> Result<Tag, ProviderError> {
        let key = self.key()?;
        // The keys of this nonce lie on the stack.
        let sealed =
            scrubbed_shallow(|| key.encrypt_inout_detached(&(*nonce).into(), aad, buffer.into()));
        sealed.map(Tag::from).map_err(|_| ProviderError::Length)
    }

    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        buffer: &mut [u8],
        tag: &Tag,
    ) -> Result<bool, ProviderError> {
        let key = self.key()?;
        let opened = scrubbed_shallow(|| {
            let (nonce, tag) = ((*nonce).into(), (*tag).into());
            key.decrypt_inout_detached(&nonce, aad, buffer.into(), &tag)
        });
        Ok(opened.is_ok())
    }
}
