//! The operation `Re-key Key Pair` (KMIP 1.1, 4.5; KMIP 2.1, 6.1.47).
//!
//! May touch: nothing.

use crate::attribute::TemplateAttribute;
use crate::structure::ProtectionStorageMasks;
use crate::{Interval, UniqueIdentifier};

structure! {
    /// Lets the server make a key pair in place of another (KMIP 1.1, 4.5; KMIP 2.1, 6.1.47).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ReKeyKeyPairRequest {
        /// The private key of the pair to be replaced; absent: the ID Placeholder of the batch.
        private_key_unique_identifier: Option<UniqueIdentifier> = PRIVATE_KEY_UNIQUE_IDENTIFIER,
        /// From the new keys' Initial Date to their Activation Date; absent: the dates of the old
        /// keys.
        offset: Option<Interval> = OFFSET,
        /// Attributes of both new keys.
        common_attributes: Option<TemplateAttribute> = COMMON_TEMPLATE_ATTRIBUTE,
        /// Attributes of the new private key.
        private_key_attributes: Option<TemplateAttribute> = PRIVATE_KEY_TEMPLATE_ATTRIBUTE,
        /// Attributes of the new public key.
        public_key_attributes: Option<TemplateAttribute> = PUBLIC_KEY_TEMPLATE_ATTRIBUTE,
        /// Where both new keys may be stored.
        common_storage_masks: Option<ProtectionStorageMasks> = COMMON_PROTECTION_STORAGE_MASKS,
        /// Where the new private key may be stored.
        private_storage_masks: Option<ProtectionStorageMasks> = PRIVATE_PROTECTION_STORAGE_MASKS,
        /// Where the new public key may be stored.
        public_storage_masks: Option<ProtectionStorageMasks> = PUBLIC_PROTECTION_STORAGE_MASKS,
    }
}

impl ReKeyKeyPairRequest {
    /// Replaces the pair of the private key `private_key`.
    #[must_use]
    pub fn new(private_key: impl Into<UniqueIdentifier>) -> Self {
        Self {
            private_key_unique_identifier: Some(private_key.into()),
            ..Self::default()
        }
    }
}

structure! {
    /// The keys in place of the old ones (KMIP 1.1, 4.5; KMIP 2.1, 6.1.47).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ReKeyKeyPairResponse {
        /// The new private key; it becomes the ID Placeholder of the batch.
        private_key_unique_identifier: UniqueIdentifier = PRIVATE_KEY_UNIQUE_IDENTIFIER,
        /// The new public key.
        public_key_unique_identifier: UniqueIdentifier = PUBLIC_KEY_UNIQUE_IDENTIFIER,
        /// Attributes of the private key that the server set by itself.
        private_key_attributes: Option<TemplateAttribute> =
            PRIVATE_KEY_TEMPLATE_ATTRIBUTE until V1_4,
        /// Attributes of the public key that the server set by itself.
        public_key_attributes: Option<TemplateAttribute> =
            PUBLIC_KEY_TEMPLATE_ATTRIBUTE until V1_4,
    }
}

impl ReKeyKeyPairResponse {
    /// These two keys were made.
    #[must_use]
    pub fn new(private_key: UniqueIdentifier, public_key: UniqueIdentifier) -> Self {
        Self {
            private_key_unique_identifier: private_key,
            public_key_unique_identifier: public_key,
            private_key_attributes: None,
            public_key_attributes: None,
        }
    }
}
