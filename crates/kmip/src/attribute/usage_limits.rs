//! The `Usage Limits` attribute (KMIP 1.0, 3.16).
//!
//! May touch: nothing.

use crate::enumeration::UsageLimitsUnit;
use crate::value::LongInteger;

structure! {
    /// How much may be processed with a key (KMIP 1.0, 3.16).
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct UsageLimits {
        /// In all, in `unit`.
        total: LongInteger = USAGE_LIMITS_TOTAL,
        /// What is left of it, in `unit`; the server's to say.
        count: Option<LongInteger> = USAGE_LIMITS_COUNT,
        /// What is counted.
        unit: UsageLimitsUnit = USAGE_LIMITS_UNIT,
    }
}

impl UsageLimits {
    /// `total` octets or objects in all.
    #[must_use]
    pub const fn new(total: i64, unit: UsageLimitsUnit) -> Self {
        Self {
            total: LongInteger(total),
            count: None,
            unit,
        }
    }
}
