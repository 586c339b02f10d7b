//! The operation `Revoke` (KMIP 1.0, 4.19).
//!
//! May touch: nothing.

use crate::attribute::RevocationReason;
use crate::{DateTime, UniqueIdentifier};

structure! {
    /// Takes an object out of use, for a reason (KMIP 1.0, 4.19).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RevokeRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// The reason.
        revocation_reason: RevocationReason = REVOCATION_REASON,
        /// When the compromise is thought to have happened; with the reasons of a compromise.
        compromise_occurrence_date: Option<DateTime> = COMPROMISE_OCCURRENCE_DATE,
    }
}

impl RevokeRequest {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(
        unique_identifier: impl Into<UniqueIdentifier>,
        revocation_reason: RevocationReason,
    ) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            revocation_reason,
            compromise_occurrence_date: None,
        }
    }
}

structure! {
    /// The object is Deactivated or Compromised (KMIP 1.0, 4.19).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RevokeResponse {
        /// The object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
    }
}

impl RevokeResponse {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
        }
    }
}
