//! The operation `Check` (KMIP 1.0, 4.9; KMIP 2.1, 6.1.7).
//!
//! May touch: nothing.

use crate::enumeration::CryptographicUsageMask;
use crate::{Interval, LongInteger, UniqueIdentifier};

structure! {
    /// Asks whether the server's policy lets an object be used so (KMIP 1.0, 4.9;
    /// KMIP 2.1, 6.1.7).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CheckRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// For so many units (octets or objects).
        usage_limits_count: Option<LongInteger> = USAGE_LIMITS_COUNT,
        /// For these uses.
        cryptographic_usage_mask: Option<CryptographicUsageMask> = CRYPTOGRAPHIC_USAGE_MASK,
        /// For so long.
        lease_time: Option<Interval> = LEASE_TIME,
    }
}

impl CheckRequest {
    /// Asks about the object `unique_identifier`; what it is wanted for is set afterwards.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            ..Self::default()
        }
    }
}

structure! {
    /// The policy allows it; in a failed item, what it refuses (KMIP 1.0, 4.9; KMIP 2.1, 6.1.7).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CheckResponse {
        /// The object; always there unless the check failed.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// The most units that are allowed, where more were asked for.
        usage_limits_count: Option<LongInteger> = USAGE_LIMITS_COUNT,
        /// The uses that are refused.
        cryptographic_usage_mask: Option<CryptographicUsageMask> = CRYPTOGRAPHIC_USAGE_MASK,
        /// The longest time that is allowed, where more was asked for.
        lease_time: Option<Interval> = LEASE_TIME,
    }
}

impl CheckResponse {
    /// The object `unique_identifier` may be used as asked.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            ..Self::default()
        }
    }
}
