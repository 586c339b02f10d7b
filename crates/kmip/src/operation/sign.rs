//! The operation `Sign` (KMIP 1.2, 4.31; KMIP 2.1, 6.1.55).
//!
//! May touch: data that is signed, in wiped memory only.

use super::Data;
use crate::UniqueIdentifier;
use crate::attribute::CryptographicParameters;

structure! {
    /// Signs with a private key of the server (KMIP 1.2, 4.31; KMIP 2.1, 6.1.55).
    #[derive(Debug, Default)]
    #[non_exhaustive]
    pub struct SignRequest {
        /// The key; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// How; absent: as the key's own Cryptographic Parameters say.
        cryptographic_parameters: Option<Box<CryptographicParameters>> = CRYPTOGRAPHIC_PARAMETERS,
        /// What to sign; absent where its digest is given, or in a request of several parts.
        data: Option<Data> = DATA,
        /// The digest of what to sign, in place of it.
        digested_data: Option<Vec<u8>> = DIGESTED_DATA,
        /// The server's mark on an operation of several parts, from the answer to its first one.
        correlation_value: Option<Vec<u8>> = CORRELATION_VALUE,
        /// True: the first part of several.
        init_indicator: Option<bool> = INIT_INDICATOR,
        /// True: the last part of several.
        final_indicator: Option<bool> = FINAL_INDICATOR,
    }
}

impl SignRequest {
    /// Signs `data` with the key `unique_identifier`, in one part.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>, data: impl Into<Data>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            data: Some(data.into()),
            ..Self::default()
        }
    }
}

structure! {
    /// What was signed (KMIP 1.2, 4.31; KMIP 2.1, 6.1.55).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct SignResponse {
        /// The key; absent only in the answer to an item that is Ephemeral (2.0 on).
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// The signature; absent until the last part.
        signature_data: Option<Vec<u8>> = SIGNATURE_DATA,
        /// The mark for the next part.
        correlation_value: Option<Vec<u8>> = CORRELATION_VALUE,
    }
}

impl SignResponse {
    /// `signature_data` is the signature, made with the key `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>, signature_data: Vec<u8>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            signature_data: Some(signature_data),
            ..Self::default()
        }
    }
}
