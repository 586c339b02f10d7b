//! The operation `Create Split Key` (KMIP 1.2, 4.38; KMIP 2.1, 6.1.10).
//!
//! May touch: nothing.

use crate::attribute::TemplateAttribute;
use crate::enumeration::{ObjectType, SplitKeyMethod};
use crate::structure::ProtectionStorageMasks;
use crate::{BigInteger, UniqueIdentifier};

structure! {
    /// Asks the server to split a key, or to make a new one in parts (KMIP 1.2, 4.38;
    /// KMIP 2.1, 6.1.10).
    #[derive(Debug, PartialEq, Eq)]
    pub struct CreateSplitKeyRequest {
        /// What the parts are: Split Key.
        object_type: ObjectType = OBJECT_TYPE,
        /// The key to split; absent: a new one.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// How many parts.
        split_key_parts: i32 = SPLIT_KEY_PARTS,
        /// How many of them make the key again.
        split_key_threshold: i32 = SPLIT_KEY_THRESHOLD,
        /// How the key is split.
        split_key_method: SplitKeyMethod = SPLIT_KEY_METHOD,
        /// The prime of Polynomial Sharing Prime Field.
        prime_field_size: Option<BigInteger> = PRIME_FIELD_SIZE,
        /// Attributes of the parts.
        template_attribute: TemplateAttribute = TEMPLATE_ATTRIBUTE,
        /// Where the parts may be stored.
        protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS,
    }
}

impl CreateSplitKeyRequest {
    /// A new key in `parts` parts, of which `threshold` make it again; no attributes yet.
    #[must_use]
    pub fn new(split_key_method: SplitKeyMethod, parts: i32, threshold: i32) -> Self {
        Self {
            object_type: ObjectType::SPLIT_KEY,
            unique_identifier: None,
            split_key_parts: parts,
            split_key_threshold: threshold,
            split_key_method,
            prime_field_size: None,
            template_attribute: TemplateAttribute::default(),
            protection_storage_masks: None,
        }
    }
}

structure! {
    /// The parts (KMIP 1.2, 4.38; KMIP 2.1, 6.1.10).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CreateSplitKeyResponse {
        /// Their identifiers, in the order of the parts.
        unique_identifiers: Vec<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// Attributes that the server set by itself.
        template_attribute: Option<TemplateAttribute> = TEMPLATE_ATTRIBUTE until V1_4,
    }
}

impl CreateSplitKeyResponse {
    /// The parts with these identifiers.
    #[must_use]
    pub const fn new(unique_identifiers: Vec<UniqueIdentifier>) -> Self {
        Self {
            unique_identifiers,
            template_attribute: None,
        }
    }
}
