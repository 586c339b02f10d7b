//! The operation `Destroy` (KMIP 1.0, 4.20).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;

structure! {
    /// Destroys the key material of an object that is not Active (KMIP 1.0, 4.20).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct DestroyRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
    }
}

impl DestroyRequest {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
        }
    }
}

structure! {
    /// The object is destroyed (KMIP 1.0, 4.20).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DestroyResponse {
        /// The object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
    }
}

impl DestroyResponse {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
        }
    }
}
