//! `Defaults Information`: attributes that the server sets where a client names none
//! (KMIP 2.0, 7.8; KMIP 2.1, 7.11).
//!
//! May touch: nothing.

use super::{ObjectGroups, ObjectTypes};
use crate::attribute::Attribute;
use crate::enumeration::ObjectType;

structure! {
    /// Attributes that the server sets where a client names none (KMIP 2.0, 7.8; KMIP 2.1, 7.11).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DefaultsInformation {
        /// The defaults of one kind of object each, or of several.
        object_defaults: Vec<ObjectDefaults> = OBJECT_DEFAULTS,
    }
}

impl DefaultsInformation {
    /// These defaults.
    #[must_use]
    pub const fn new(object_defaults: Vec<ObjectDefaults>) -> Self {
        Self { object_defaults }
    }
}

structure! {
    /// Attributes of new objects (KMIP 2.0, 7.14; KMIP 2.1, 7.22).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ObjectDefaults {
        /// The kind of the objects; from 2.1 on `object_types` may name several instead.
        object_type: Option<ObjectType> = OBJECT_TYPE,
        /// The kinds of the objects.
        object_types: Option<ObjectTypes> = OBJECT_TYPES,
        /// What they get.
        attributes: Vec<Attribute> = ATTRIBUTES,
        /// Where they are in one of these groups.
        object_groups: Option<ObjectGroups> = OBJECT_GROUPS,
    }
}

impl ObjectDefaults {
    /// What objects of this kind get.
    #[must_use]
    pub fn new(object_type: ObjectType, attributes: Vec<Attribute>) -> Self {
        Self {
            object_type: Some(object_type),
            attributes,
            ..Self::default()
        }
    }
}
