//! `Rights` and `Right`: what a delegated login may do (KMIP 2.1, 7.34 and 7.35).
//!
//! May touch: nothing.

use super::Operations;
use crate::UniqueIdentifier;
use crate::attribute::UsageLimits;
use crate::structure::ObjectGroups;

structure! {
    /// What a delegated login may do: whatever one of these allows (KMIP 2.1, 7.35).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Rights {
        /// The rights.
        rights: Vec<Right> = RIGHT,
    }
}

impl Rights {
    /// Whatever one of these allows.
    #[must_use]
    pub const fn new(rights: Vec<Right>) -> Self {
        Self { rights }
    }
}

structure! {
    /// Operations on objects; what is absent is not limited (KMIP 2.1, 7.34).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Right {
        /// How much.
        usage_limits: Option<UsageLimits> = USAGE_LIMITS,
        /// These operations alone.
        operations: Option<Operations> = OPERATIONS,
        /// On these objects alone.
        objects: Option<Objects> = OBJECTS,
        /// On objects of these groups alone.
        object_groups: Option<ObjectGroups> = OBJECT_GROUPS,
    }
}

structure! {
    /// A list of objects (KMIP 2.1, 7.21).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Objects {
        /// Their identifiers.
        unique_identifiers: Vec<UniqueIdentifier> = UNIQUE_IDENTIFIER,
    }
}

impl Objects {
    /// The objects with these identifiers.
    #[must_use]
    pub const fn new(unique_identifiers: Vec<UniqueIdentifier>) -> Self {
        Self { unique_identifiers }
    }
}
