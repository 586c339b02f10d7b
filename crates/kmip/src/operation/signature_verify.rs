//! The operation `Signature Verify` (KMIP 1.2, 4.32; KMIP 2.1, 6.1.56).
//!
//! May touch: data that was signed, in wiped memory only.

use super::Data;
use crate::UniqueIdentifier;
use crate::attribute::CryptographicParameters;
use crate::enumeration::ValidityIndicator;

structure! {
    /// Verifies a signature with a public key of the server (KMIP 1.2, 4.32; KMIP 2.1, 6.1.56).
    #[derive(Debug, Default)]
    #[non_exhaustive]
    pub struct SignatureVerifyRequest {
        /// The key; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// How; absent: as the key's own Cryptographic Parameters say.
        cryptographic_parameters: Option<Box<CryptographicParameters>> = CRYPTOGRAPHIC_PARAMETERS,
        /// What was signed; absent where its digest is given, or where the signature holds it.
        data: Option<Data> = DATA,
        /// The digest of what was signed, in place of it.
        digested_data: Option<Vec<u8>> = DIGESTED_DATA,
        /// The signature; may be absent in a request of several parts.
        signature_data: Option<Vec<u8>> = SIGNATURE_DATA,
        /// The server's mark on an operation of several parts, from the answer to its first one.
        correlation_value: Option<Vec<u8>> = CORRELATION_VALUE,
        /// True: the first part of several.
        init_indicator: Option<bool> = INIT_INDICATOR,
        /// True: the last part of several.
        final_indicator: Option<bool> = FINAL_INDICATOR,
    }
}

impl SignatureVerifyRequest {
    /// Verifies the signature `signature_data` of `data` with the key `unique_identifier`, in one
    /// part.
    #[must_use]
    pub fn new(
        unique_identifier: impl Into<UniqueIdentifier>,
        data: impl Into<Data>,
        signature_data: Vec<u8>,
    ) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            data: Some(data.into()),
            signature_data: Some(signature_data),
            ..Self::default()
        }
    }
}

structure! {
    /// Whether the signature is valid (KMIP 1.2, 4.32; KMIP 2.1, 6.1.56). An invalid one is no
    /// failure of the operation: look at `validity_indicator`.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct SignatureVerifyResponse {
        /// The key; absent only in the answer to an item that is Ephemeral (2.0 on).
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// Valid, Invalid or Unknown; absent until the last part.
        validity_indicator: Option<ValidityIndicator> = VALIDITY_INDICATOR,
        /// What was signed, where the signature holds it.
        data: Option<Vec<u8>> = DATA,
        /// The mark for the next part.
        correlation_value: Option<Vec<u8>> = CORRELATION_VALUE,
    }
}

impl SignatureVerifyResponse {
    /// The result of a verification with the key `unique_identifier`.
    #[must_use]
    pub fn new(
        unique_identifier: impl Into<UniqueIdentifier>,
        validity_indicator: ValidityIndicator,
    ) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            validity_indicator: Some(validity_indicator),
            ..Self::default()
        }
    }
}
