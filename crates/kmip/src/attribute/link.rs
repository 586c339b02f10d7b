//! The `Link` attribute (KMIP 1.0, 3.29).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;
use crate::enumeration::LinkType;

structure! {
    /// Another object that belongs to this one (KMIP 1.0, 3.29).
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct Link {
        /// What the other object is to this one.
        link_type: LinkType = LINK_TYPE,
        /// The other object.
        linked_object_identifier: UniqueIdentifier = LINKED_OBJECT_IDENTIFIER,
    }
}

impl Link {
    /// The object `linked_object_identifier` is the `link_type` of this one.
    #[must_use]
    pub fn new(link_type: LinkType, linked_object_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            link_type,
            linked_object_identifier: linked_object_identifier.into(),
        }
    }
}
