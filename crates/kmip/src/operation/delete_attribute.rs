//! The operation `Delete Attribute` (KMIP 1.0, 4.15; KMIP 2.1, 6.1.13).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;
use crate::attribute::{Attribute, AttributeName};

structure! {
    /// Takes an attribute from an object (KMIP 1.0, 4.15; KMIP 2.1, 6.1.13).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DeleteAttributeRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// From 2.0 on: the instance, by its value.
        current_attribute: Option<Attribute> = CURRENT_ATTRIBUTE,
        /// The attribute, by its name: always there up to 1.4; from 2.0 on an Attribute
        /// Reference, which means all instances.
        attribute_name: Option<AttributeName> = ATTRIBUTE_NAME,
        /// Up to 1.4: the instance, by its index; absent: 0.
        attribute_index: Option<i32> = ATTRIBUTE_INDEX,
    }
}

impl DeleteAttributeRequest {
    /// Takes the attribute `attribute_name` from the object `unique_identifier`.
    #[must_use]
    pub fn new(
        unique_identifier: impl Into<UniqueIdentifier>,
        attribute_name: impl Into<AttributeName>,
    ) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            attribute_name: Some(attribute_name.into()),
            ..Self::default()
        }
    }
}

structure! {
    /// The object does not have the attribute any more (KMIP 1.0, 4.15; KMIP 2.1, 6.1.13).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DeleteAttributeResponse {
        /// The object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
        /// The attribute that was deleted; always there up to 1.4.
        attribute: Option<Attribute> = ATTRIBUTE until V1_4,
    }
}

impl DeleteAttributeResponse {
    /// The object `unique_identifier` had this attribute; 2.x does not repeat it.
    #[must_use]
    pub fn new(
        unique_identifier: impl Into<UniqueIdentifier>,
        attribute: impl Into<Attribute>,
    ) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            attribute: Some(attribute.into()),
        }
    }
}
