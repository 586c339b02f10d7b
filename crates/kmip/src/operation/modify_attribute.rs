//! The operation `Modify Attribute` (KMIP 1.0, 4.14; KMIP 2.1, 6.1.34).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;
use crate::attribute::Attribute;

structure! {
    /// Gives an attribute of an object another value (KMIP 1.0, 4.14; KMIP 2.1, 6.1.34).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ModifyAttributeRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// From 2.0 on: the instance that is meant, where there are several. Up to 1.4 the new
        /// attribute's index says so.
        current_attribute: Option<Attribute> = CURRENT_ATTRIBUTE,
        /// The attribute as it shall be; New Attribute from 2.0 on.
        attribute: Attribute = ATTRIBUTE,
    }
}

impl ModifyAttributeRequest {
    /// Gives the object `unique_identifier` this attribute in place of what it has.
    #[must_use]
    pub fn new(
        unique_identifier: impl Into<UniqueIdentifier>,
        attribute: impl Into<Attribute>,
    ) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            current_attribute: None,
            attribute: attribute.into(),
        }
    }
}

structure! {
    /// The attribute is changed (KMIP 1.0, 4.14; KMIP 2.1, 6.1.34).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ModifyAttributeResponse {
        /// The object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
        /// The attribute as it is now; always there up to 1.4.
        attribute: Option<Attribute> = ATTRIBUTE until V1_4,
    }
}

impl ModifyAttributeResponse {
    /// The object `unique_identifier` has this attribute; 2.x does not repeat it.
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
