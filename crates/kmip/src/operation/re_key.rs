//! The operation `Re-key` (KMIP 1.0, 4.4; KMIP 2.1, 6.1.46).
//!
//! May touch: nothing.

use crate::attribute::TemplateAttribute;
use crate::structure::ProtectionStorageMasks;
use crate::{Interval, UniqueIdentifier};

structure! {
    /// Lets the server make a key in place of a symmetric key (KMIP 1.0, 4.4; KMIP 2.1, 6.1.46).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ReKeyRequest {
        /// The key to be replaced; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// From the new key's Initial Date to its Activation Date; absent: the dates of the old
        /// key.
        offset: Option<Interval> = OFFSET,
        /// Attributes of the new key.
        template_attribute: Option<TemplateAttribute> = TEMPLATE_ATTRIBUTE,
        /// Where the new key may be stored.
        protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS,
    }
}

impl ReKeyRequest {
    /// Replaces the key `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            ..Self::default()
        }
    }
}

structure! {
    /// The key in place of the old one (KMIP 1.0, 4.4; KMIP 2.1, 6.1.46).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ReKeyResponse {
        /// The new key.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
        /// Attributes that the server set by itself.
        template_attribute: Option<TemplateAttribute> = TEMPLATE_ATTRIBUTE until V1_4,
    }
}

impl ReKeyResponse {
    /// The new key is `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            template_attribute: None,
        }
    }
}
