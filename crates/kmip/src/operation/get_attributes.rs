//! The operation `Get Attributes` (KMIP 1.0, 4.11; KMIP 2.1, 6.1.20).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;
use crate::attribute::{Attribute, AttributeName, AttributeValue};
use crate::enumeration::State;

structure! {
    /// Asks for attributes of an object (KMIP 1.0, 4.11; KMIP 2.1, 6.1.20).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct GetAttributesRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// Names, as in [`attribute_name`](crate::attribute_name); none: all attributes. Attribute
        /// References from 2.0 on.
        attribute_names: Vec<AttributeName> = ATTRIBUTE_NAME,
    }
}

impl GetAttributesRequest {
    /// Asks for these attributes of the object `unique_identifier`; for all when none is named.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>, attribute_names: &[&str]) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            attribute_names: attribute_names
                .iter()
                .map(|&name| AttributeName::from(name))
                .collect(),
        }
    }
}

structure! {
    /// Attributes of the object (KMIP 1.0, 4.11; KMIP 2.1, 6.1.20).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct GetAttributesResponse {
        /// The object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
        /// Those attributes asked for that the object has.
        attributes: Vec<Attribute> = ATTRIBUTES,
    }
}

impl GetAttributesResponse {
    /// These attributes of the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>, attributes: Vec<Attribute>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            attributes,
        }
    }

    /// The object's state, if the server told it.
    #[must_use]
    pub fn state(&self) -> Option<State> {
        self.attributes
            .iter()
            .find_map(|attribute| match attribute.value {
                AttributeValue::State(state) => Some(state),
                _ => None,
            })
    }
}
