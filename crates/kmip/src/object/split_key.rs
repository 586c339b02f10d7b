//! The object `Split Key` (KMIP 1.0, 2.2.5).
//!
//! May touch: key octets, in wiped memory only.

use super::KeyBlock;
use crate::BigInteger;
use crate::enumeration::SplitKeyMethod;

structure! {
    /// One part of a key that several are needed to put together (KMIP 1.0, 2.2.5).
    #[derive(Debug)]
    pub struct SplitKey {
        /// Into how many parts the key is split.
        split_key_parts: i32 = SPLIT_KEY_PARTS,
        /// Which of them this is, from 1.
        key_part_identifier: i32 = KEY_PART_IDENTIFIER,
        /// How many of them make the key.
        split_key_threshold: i32 = SPLIT_KEY_THRESHOLD,
        /// How it is split.
        split_key_method: SplitKeyMethod = SPLIT_KEY_METHOD,
        /// The prime field, for polynomial sharing in one.
        prime_field_size: Option<BigInteger> = PRIME_FIELD_SIZE,
        /// The part.
        key_block: KeyBlock = KEY_BLOCK,
    }
}

impl SplitKey {
    /// A second copy; asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            prime_field_size: self.prime_field_size.as_ref().map(BigInteger::duplicate),
            key_block: self.key_block.duplicate(),
            ..*self
        }
    }
}
