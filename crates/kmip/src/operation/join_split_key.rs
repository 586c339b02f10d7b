//! The operation `Join Split Key` (KMIP 1.2, 4.39; KMIP 2.1, 6.1.27).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;
use crate::attribute::TemplateAttribute;
use crate::enumeration::{ObjectType, SecretDataType};
use crate::structure::ProtectionStorageMasks;

structure! {
    /// Makes a key of its parts (KMIP 1.2, 4.39; KMIP 2.1, 6.1.27).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct JoinSplitKeyRequest {
        /// What shall come of it.
        object_type: ObjectType = OBJECT_TYPE,
        /// The parts.
        unique_identifiers: Vec<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// Which kind of Secret Data, where it shall be that.
        secret_data_type: Option<SecretDataType> = SECRET_DATA_TYPE,
        /// Attributes of the key.
        template_attribute: Option<TemplateAttribute> = TEMPLATE_ATTRIBUTE,
        /// Where the key may be stored.
        protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS,
    }
}

impl JoinSplitKeyRequest {
    /// Makes an object of this type of these parts.
    #[must_use]
    pub const fn new(object_type: ObjectType, unique_identifiers: Vec<UniqueIdentifier>) -> Self {
        Self {
            object_type,
            unique_identifiers,
            secret_data_type: None,
            template_attribute: None,
            protection_storage_masks: None,
        }
    }
}

structure! {
    /// The key (KMIP 1.2, 4.39; KMIP 2.1, 6.1.27).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct JoinSplitKeyResponse {
        /// Its identifier.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
        /// Attributes that the server set by itself.
        template_attribute: Option<TemplateAttribute> = TEMPLATE_ATTRIBUTE until V1_4,
    }
}

impl JoinSplitKeyResponse {
    /// The key is the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            template_attribute: None,
        }
    }
}
