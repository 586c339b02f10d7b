//! The operation `Recover` (KMIP 1.0, 4.22; KMIP 2.1, 6.1.42).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;

structure! {
    /// Brings an archived object back, so that Get gives it (KMIP 1.0, 4.22; KMIP 2.1, 6.1.42).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct RecoverRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
    }
}

impl RecoverRequest {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
        }
    }
}

structure! {
    /// The object is on-line again (KMIP 1.0, 4.22; KMIP 2.1, 6.1.42).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RecoverResponse {
        /// The object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
    }
}

impl RecoverResponse {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
        }
    }
}
