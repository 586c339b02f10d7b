//! The operation `Get Constraints` (KMIP 2.1, 6.1.22).
//!
//! May touch: nothing.

use super::Constraints;

structure! {
    /// Asks which objects the server takes (KMIP 2.1, 6.1.22).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct GetConstraintsRequest {}
}

structure! {
    /// Which objects the server takes (KMIP 2.1, 6.1.22).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct GetConstraintsResponse {
        /// The constraints. The specification wants the field; the published case TC-MD-21-21
        /// leaves it out where there are none.
        constraints: Option<Constraints> = CONSTRAINTS,
    }
}

impl GetConstraintsResponse {
    /// These constraints.
    #[must_use]
    pub const fn new(constraints: Constraints) -> Self {
        Self {
            constraints: Some(constraints),
        }
    }
}
