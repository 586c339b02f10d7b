//! The operation `Add Attribute` (KMIP 1.0, 4.13; KMIP 2.1, 6.1.2).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;
use crate::attribute::Attribute;

structure! {
    /// Gives an object a further attribute, or an attribute a further instance (KMIP 1.0, 4.13;
    /// KMIP 2.1, 6.1.2).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AddAttributeRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// The attribute, without index; New Attribute from 2.0 on.
        attribute: Attribute = ATTRIBUTE,
    }
}

impl AddAttributeRequest {
    /// Gives the object `unique_identifier` this attribute.
    #[must_use]
    pub fn new(
        unique_identifier: impl Into<UniqueIdentifier>,
        attribute: impl Into<Attribute>,
    ) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            attribute: attribute.into(),
        }
    }
}

structure! {
    /// The object has the attribute (KMIP 1.0, 4.13; KMIP 2.1, 6.1.2).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AddAttributeResponse {
        /// The object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
        /// The attribute with the index that it got; always there up to 1.4.
        attribute: Option<Attribute> = ATTRIBUTE until V1_4,
    }
}

impl AddAttributeResponse {
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
