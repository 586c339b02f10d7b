//! The operation `Obtain Lease` (KMIP 1.0, 4.16; KMIP 2.1, 6.1.35).
//!
//! May touch: nothing.

use crate::{DateTime, Interval, UniqueIdentifier};

structure! {
    /// Asks for how long the client may use an object (KMIP 1.0, 4.16; KMIP 2.1, 6.1.35).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ObtainLeaseRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
    }
}

impl ObtainLeaseRequest {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
        }
    }
}

structure! {
    /// For how long the client may use the object (KMIP 1.0, 4.16; KMIP 2.1, 6.1.35).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ObtainLeaseResponse {
        /// The object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
        /// For so long; then a new lease is due. 0: for ever.
        lease_time: Interval = LEASE_TIME,
        /// When the object or one of its attributes last changed.
        last_change_date: DateTime = LAST_CHANGE_DATE,
    }
}

impl ObtainLeaseResponse {
    /// The object `unique_identifier`, unchanged since `last_change_date`, for `lease_time`.
    #[must_use]
    pub fn new(
        unique_identifier: impl Into<UniqueIdentifier>,
        lease_time: Interval,
        last_change_date: DateTime,
    ) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            lease_time,
            last_change_date,
        }
    }
}
