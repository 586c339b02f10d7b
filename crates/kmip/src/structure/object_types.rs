//! `Object Types`: kinds of objects (KMIP 2.1, 7.24).
//!
//! May touch: nothing.

use crate::enumeration::ObjectType;

structure! {
    /// Kinds of objects (KMIP 2.1, 7.24).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ObjectTypes {
        /// The kinds.
        object_types: Vec<ObjectType> = OBJECT_TYPE,
    }
}

impl ObjectTypes {
    /// These kinds.
    #[must_use]
    pub const fn new(object_types: Vec<ObjectType>) -> Self {
        Self { object_types }
    }
}
