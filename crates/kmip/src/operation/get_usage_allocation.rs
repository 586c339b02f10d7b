//! The operation `Get Usage Allocation` (KMIP 1.0, 4.17; KMIP 2.1, 6.1.23).
//!
//! May touch: nothing.

use crate::{LongInteger, UniqueIdentifier};

structure! {
    /// Asks for a part of what a key's Usage Limits still allow (KMIP 1.0, 4.17;
    /// KMIP 2.1, 6.1.23).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct GetUsageAllocationRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// How many units (octets or objects) the client means to protect.
        usage_limits_count: LongInteger = USAGE_LIMITS_COUNT,
    }
}

impl GetUsageAllocationRequest {
    /// Asks for `usage_limits_count` units of the object `unique_identifier`.
    #[must_use]
    pub fn new(
        unique_identifier: impl Into<UniqueIdentifier>,
        usage_limits_count: LongInteger,
    ) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            usage_limits_count,
        }
    }
}

structure! {
    /// The units are the client's (KMIP 1.0, 4.17; KMIP 2.1, 6.1.23).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct GetUsageAllocationResponse {
        /// The object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
    }
}

impl GetUsageAllocationResponse {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
        }
    }
}
