//! The `Revocation Reason` attribute and request field (KMIP 1.0, 3.26).
//!
//! May touch: nothing.

use crate::enumeration::RevocationReasonCode;

structure! {
    /// Why an object was revoked (KMIP 1.0, 3.26).
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct RevocationReason {
        /// The reason as a code. Key Compromise and CA Compromise lead to the state Compromised,
        /// all others to Deactivated.
        code: RevocationReasonCode = REVOCATION_REASON_CODE,
        /// The reason in words.
        message: Option<String> = REVOCATION_MESSAGE,
    }
}

impl RevocationReason {
    /// A reason without words.
    #[must_use]
    pub const fn new(code: RevocationReasonCode) -> Self {
        let message = None;
        Self { code, message }
    }
}
