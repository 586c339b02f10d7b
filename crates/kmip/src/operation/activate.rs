//! The operation `Activate` (KMIP 1.0, 4.18).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;

structure! {
    /// Makes a Pre-Active object Active (KMIP 1.0, 4.18).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ActivateRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
    }
}

impl ActivateRequest {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
        }
    }
}

structure! {
    /// The object is Active (KMIP 1.0, 4.18).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ActivateResponse {
        /// The object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
    }
}

impl ActivateResponse {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
        }
    }
}
