//! The operation `Validate` (KMIP 1.0, 4.23; KMIP 2.1, 6.1.57).
//!
//! May touch: nothing.

use crate::enumeration::ValidityIndicator;
use crate::object::Certificate;
use crate::{DateTime, UniqueIdentifier};

structure! {
    /// Asks whether certificates make a valid chain (KMIP 1.0, 4.23; KMIP 2.1, 6.1.57).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ValidateRequest {
        /// Certificates of the chain.
        certificates: Vec<Certificate> = CERTIFICATE,
        /// Certificates of the chain that the server keeps.
        unique_identifiers: Vec<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// When the chain shall be valid; absent: now.
        validity_date: Option<DateTime> = VALIDITY_DATE,
    }
}

structure! {
    /// Whether the chain is valid (KMIP 1.0, 4.23; KMIP 2.1, 6.1.57).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ValidateResponse {
        /// Valid, invalid or unknown.
        validity_indicator: ValidityIndicator = VALIDITY_INDICATOR,
    }
}

impl ValidateResponse {
    /// The chain is that.
    #[must_use]
    pub const fn new(validity_indicator: ValidityIndicator) -> Self {
        Self { validity_indicator }
    }
}
