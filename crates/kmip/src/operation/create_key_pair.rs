//! The operation `Create Key Pair` (KMIP 1.0, 4.2; KMIP 2.1, 6.1.9).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;
use crate::attribute::TemplateAttribute;
use crate::structure::ProtectionStorageMasks;

structure! {
    /// Lets the server make a private key and its public key (KMIP 1.0, 4.2; KMIP 2.1, 6.1.9).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CreateKeyPairRequest {
        /// Attributes of both keys: algorithm, length and so on.
        common_attributes: Option<TemplateAttribute> = COMMON_TEMPLATE_ATTRIBUTE,
        /// Attributes of the private key.
        private_key_attributes: Option<TemplateAttribute> = PRIVATE_KEY_TEMPLATE_ATTRIBUTE,
        /// Attributes of the public key.
        public_key_attributes: Option<TemplateAttribute> = PUBLIC_KEY_TEMPLATE_ATTRIBUTE,
        /// Where both keys may be stored.
        common_storage_masks: Option<ProtectionStorageMasks> = COMMON_PROTECTION_STORAGE_MASKS,
        /// Where the private key may be stored.
        private_storage_masks: Option<ProtectionStorageMasks> = PRIVATE_PROTECTION_STORAGE_MASKS,
        /// Where the public key may be stored.
        public_storage_masks: Option<ProtectionStorageMasks> = PUBLIC_PROTECTION_STORAGE_MASKS,
    }
}

impl CreateKeyPairRequest {
    /// Asks for a pair with these attributes of both keys.
    #[must_use]
    pub fn new(common_attributes: impl Into<TemplateAttribute>) -> Self {
        Self {
            common_attributes: Some(common_attributes.into()),
            ..Self::default()
        }
    }
}

structure! {
    /// The keys that the server made (KMIP 1.0, 4.2; KMIP 2.1, 6.1.9).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CreateKeyPairResponse {
        /// The private key; it becomes the ID Placeholder of the batch.
        private_key_unique_identifier: UniqueIdentifier = PRIVATE_KEY_UNIQUE_IDENTIFIER,
        /// The public key.
        public_key_unique_identifier: UniqueIdentifier = PUBLIC_KEY_UNIQUE_IDENTIFIER,
        /// Attributes of the private key that the server set by itself.
        private_key_attributes: Option<TemplateAttribute> =
            PRIVATE_KEY_TEMPLATE_ATTRIBUTE until V1_4,
        /// Attributes of the public key that the server set by itself.
        public_key_attributes: Option<TemplateAttribute> =
            PUBLIC_KEY_TEMPLATE_ATTRIBUTE until V1_4,
    }
}

impl CreateKeyPairResponse {
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
