//! The object `Secret Data` (KMIP 1.0, 2.2.7).
//!
//! May touch: key octets, in wiped memory only.

use super::KeyBlock;
use crate::enumeration::SecretDataType;

structure! {
    /// A password, a seed and the like (KMIP 1.0, 2.2.7).
    #[derive(Debug)]
    pub struct SecretData {
        /// What kind of secret.
        secret_data_type: SecretDataType = SECRET_DATA_TYPE,
        /// The secret. Servers differ in which Key Format Type they take: Raw or Opaque.
        key_block: KeyBlock = KEY_BLOCK,
    }
}

impl SecretData {
    /// A secret of this kind.
    #[must_use]
    pub const fn new(secret_data_type: SecretDataType, key_block: KeyBlock) -> Self {
        Self {
            secret_data_type,
            key_block,
        }
    }

    /// A second copy; asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self::new(self.secret_data_type, self.key_block.duplicate())
    }
}
