//! The operation `Set Attribute` (KMIP 2.0, 6.1.47; KMIP 2.1, 6.1.51).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;
use crate::attribute::Attribute;

structure! {
    /// Sets an attribute of which the object has one instance at most (KMIP 2.0, 6.1.47;
    /// KMIP 2.1, 6.1.51).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SetAttributeRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// The attribute and its new value.
        new_attribute: Attribute = NEW_ATTRIBUTE,
    }
}

impl SetAttributeRequest {
    /// Sets `new_attribute` of the object `unique_identifier`.
    #[must_use]
    pub fn new(
        unique_identifier: impl Into<UniqueIdentifier>,
        new_attribute: impl Into<Attribute>,
    ) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            new_attribute: new_attribute.into(),
        }
    }
}

structure! {
    /// The attribute is set (KMIP 2.0, 6.1.47; KMIP 2.1, 6.1.51).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SetAttributeResponse {
        /// The object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
    }
}

impl SetAttributeResponse {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
        }
    }
}
