//! The operation `Create` (KMIP 1.0, 4.1).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;
use crate::attribute::{AttributeValue, TemplateAttribute};
use crate::enumeration::{CryptographicAlgorithm, CryptographicUsageMask, ObjectType};
use crate::structure::ProtectionStorageMasks;

structure! {
    /// Lets the server make a symmetric key (KMIP 1.0, 4.1; KMIP 2.1, 6.1.8).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CreateRequest {
        /// Symmetric Key, in every version of 1.x.
        object_type: ObjectType = OBJECT_TYPE,
        /// Algorithm, length, usage mask, names and so on.
        template_attribute: TemplateAttribute = TEMPLATE_ATTRIBUTE,
        /// Where it may be stored; absent: anywhere.
        protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS,
    }
}

impl CreateRequest {
    /// Asks for a symmetric key with these attributes.
    #[must_use]
    pub fn symmetric_key(template_attribute: impl Into<TemplateAttribute>) -> Self {
        Self::new(ObjectType::SYMMETRIC_KEY, template_attribute)
    }

    /// Asks for an AES key of so many bits, for these uses.
    #[must_use]
    pub fn aes(length: i32, usage: CryptographicUsageMask) -> Self {
        Self::symmetric_key(vec![
            AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into(),
            AttributeValue::CryptographicLength(length).into(),
            AttributeValue::CryptographicUsageMask(usage).into(),
        ])
    }

    /// Asks for an object with these attributes.
    #[must_use]
    pub fn new(object_type: ObjectType, template_attribute: impl Into<TemplateAttribute>) -> Self {
        Self {
            object_type,
            template_attribute: template_attribute.into(),
            protection_storage_masks: None,
        }
    }
}

structure! {
    /// The key that the server made (KMIP 1.0, 4.1).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CreateResponse {
        /// Kind of the object.
        object_type: ObjectType = OBJECT_TYPE,
        /// Its identifier on this server.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
        /// Attributes that the server set by itself.
        template_attribute: Option<TemplateAttribute> = TEMPLATE_ATTRIBUTE until V1_4,
    }
}

impl CreateResponse {
    /// The object `unique_identifier` was made.
    #[must_use]
    pub fn new(object_type: ObjectType, unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            object_type,
            unique_identifier: unique_identifier.into(),
            template_attribute: None,
        }
    }
}
