//! `Key Wrapping Specification`: how Get shall wrap a key (KMIP 1.0, 2.1.6).
//!
//! May touch: nothing.

use super::KeyInformation;
use crate::attribute::AttributeName;
use crate::enumeration::{EncodingOption, WrappingMethod};

structure! {
    /// How a server shall wrap a key that it gives out (KMIP 1.0, 2.1.6).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct KeyWrappingSpecification {
        /// Encryption, MAC, or both.
        wrapping_method: WrappingMethod = WRAPPING_METHOD,
        /// The key that encrypts, and how.
        encryption_key_information: Option<KeyInformation> = ENCRYPTION_KEY_INFORMATION,
        /// The key that authenticates, and how.
        mac_signature_key_information: Option<KeyInformation> = MAC_SIGNATURE_KEY_INFORMATION,
        /// Attributes to wrap together with the key.
        attribute_names: Vec<AttributeName> = ATTRIBUTE_NAME,
        /// Whether TTLV or the bare key is wrapped.
        encoding_option: Option<EncodingOption> = ENCODING_OPTION since V1_1,
    }
}

impl KeyWrappingSpecification {
    /// Wrap by this method; everything else absent.
    #[must_use]
    pub const fn new(wrapping_method: WrappingMethod) -> Self {
        Self {
            wrapping_method,
            encryption_key_information: None,
            mac_signature_key_information: None,
            attribute_names: Vec::new(),
            encoding_option: None,
        }
    }
}
