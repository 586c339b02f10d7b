//! `Object Groups`: names of groups (KMIP 2.1, 7.23).
//!
//! May touch: nothing.

structure! {
    /// Names of groups (KMIP 2.1, 7.23).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ObjectGroups {
        /// The names.
        object_groups: Vec<String> = OBJECT_GROUP,
    }
}

impl ObjectGroups {
    /// These groups.
    #[must_use]
    pub const fn new(object_groups: Vec<String>) -> Self {
        Self { object_groups }
    }
}
