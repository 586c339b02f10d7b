//! The object `PGP Key` (KMIP 1.2, 2.2.9).
//!
//! May touch: key octets, in wiped memory only.

use super::KeyBlock;

structure! {
    /// A key of PGP (KMIP 1.2, 2.2.9).
    #[derive(Debug)]
    pub struct PgpKey {
        /// The version of the key's format, such as 4.
        pgp_key_version: i32 = PGP_KEY_VERSION,
        /// The key.
        key_block: KeyBlock = KEY_BLOCK,
    }
}

impl PgpKey {
    /// A second copy; asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            key_block: self.key_block.duplicate(),
            ..*self
        }
    }
}
