//! The `Digest` attribute (KMIP 1.0, 3.12).
//!
//! May touch: nothing.

use crate::enumeration::{HashingAlgorithm, KeyFormatType};

structure! {
    /// A digest that the server made of an object (KMIP 1.0, 3.12).
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct Digest {
        /// The hash function.
        hashing_algorithm: HashingAlgorithm = HASHING_ALGORITHM,
        /// The digest, as long as the hash function makes it.
        value: Option<Vec<u8>> = DIGEST_VALUE,
        /// The key format that was hashed.
        key_format_type: Option<KeyFormatType> = KEY_FORMAT_TYPE since V1_1,
    }
}

impl Digest {
    /// The digest `value`.
    #[must_use]
    pub const fn new(hashing_algorithm: HashingAlgorithm, value: Vec<u8>) -> Self {
        Self {
            hashing_algorithm,
            value: Some(value),
            key_format_type: None,
        }
    }
}
