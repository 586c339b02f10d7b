//! The operation `Get Attribute List` (KMIP 1.0, 4.12; KMIP 2.1, 6.1.21).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;
use crate::attribute::AttributeName;

structure! {
    /// Asks which attributes an object has (KMIP 1.0, 4.12; KMIP 2.1, 6.1.21).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct GetAttributeListRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
    }
}

impl GetAttributeListRequest {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
        }
    }
}

structure! {
    /// The attributes that the object has (KMIP 1.0, 4.12; KMIP 2.1, 6.1.21).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct GetAttributeListResponse {
        /// The object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
        /// Their names, each once; Attribute References from 2.0 on.
        attribute_names: Vec<AttributeName> = ATTRIBUTE_NAME,
    }
}

impl GetAttributeListResponse {
    /// The object `unique_identifier` has these attributes.
    #[must_use]
    pub fn new(
        unique_identifier: impl Into<UniqueIdentifier>,
        attribute_names: Vec<AttributeName>,
    ) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            attribute_names,
        }
    }
}
