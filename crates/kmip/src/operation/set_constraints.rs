//! The operation `Set Constraints` (KMIP 2.1, 6.1.52).
//!
//! May touch: nothing.

use super::Constraints;

structure! {
    /// Says which objects the server shall take from now on (KMIP 2.1, 6.1.52).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct SetConstraintsRequest {
        /// The constraints, in place of all there are. The specification wants the field; the
        /// published case TC-MD-24-21 leaves it out to have none.
        constraints: Option<Constraints> = CONSTRAINTS,
    }
}

impl SetConstraintsRequest {
    /// These constraints, in place of all there are.
    #[must_use]
    pub const fn new(constraints: Constraints) -> Self {
        Self {
            constraints: Some(constraints),
        }
    }
}

structure! {
    /// The constraints are set (KMIP 2.1, 6.1.52).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct SetConstraintsResponse {}
}
