//! The operation `Archive` (KMIP 1.0, 4.21).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;

structure! {
    /// Lets the server put an object where it takes longer to get (KMIP 1.0, 4.21).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ArchiveRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
    }
}

impl ArchiveRequest {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
        }
    }
}

structure! {
    /// The object is archived (KMIP 1.0, 4.21).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ArchiveResponse {
        /// The object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
    }
}

impl ArchiveResponse {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
        }
    }
}
