//! `Constraints` and `Constraint`: which objects a server takes (KMIP 2.1, 7.6 and 7.7).
//!
//! May touch: nothing.

use crate::attribute::TemplateAttribute;
use crate::structure::{ObjectGroups, ObjectTypes};

structure! {
    /// Which objects a server takes: those that meet one of these (KMIP 2.1, 7.7).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Constraints {
        /// The constraints.
        constraints: Vec<Constraint> = CONSTRAINT,
    }
}

impl Constraints {
    /// These constraints.
    #[must_use]
    pub const fn new(constraints: Vec<Constraint>) -> Self {
        Self { constraints }
    }
}

structure! {
    /// What an object must be like (KMIP 2.1, 7.6). What is absent does not matter.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Constraint {
        /// For objects of these types.
        object_types: Option<ObjectTypes> = OBJECT_TYPES,
        /// For objects of these groups.
        object_groups: Option<ObjectGroups> = OBJECT_GROUPS,
        /// The attributes that they must have.
        attributes: Option<TemplateAttribute> = TEMPLATE_ATTRIBUTE,
    }
}
