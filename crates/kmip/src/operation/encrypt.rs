//! The operation `Encrypt` (KMIP 1.2, 4.29; KMIP 2.1, 6.1.17).
//!
//! May touch: plaintext, in wiped memory only.

use super::Data;
use crate::UniqueIdentifier;
use crate::attribute::CryptographicParameters;

structure! {
    /// Encrypts with a key of the server (KMIP 1.2, 4.29; KMIP 2.1, 6.1.17).
    #[derive(Debug, Default)]
    #[non_exhaustive]
    pub struct EncryptRequest {
        /// The key; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// How; absent: as the key's own Cryptographic Parameters say.
        cryptographic_parameters: Option<Box<CryptographicParameters>> = CRYPTOGRAPHIC_PARAMETERS,
        /// The plaintext; may be absent in a request of several parts.
        data: Option<Data> = DATA,
        /// Absent where Random IV lets the server draw it.
        iv_counter_nonce: Option<Vec<u8>> = IV_COUNTER_NONCE,
        /// The server's mark on an operation of several parts, from the answer to its first one.
        correlation_value: Option<Vec<u8>> = CORRELATION_VALUE,
        /// True: the first part of several.
        init_indicator: Option<bool> = INIT_INDICATOR,
        /// True: the last part of several.
        final_indicator: Option<bool> = FINAL_INDICATOR,
        /// Authenticated together with the plaintext, not encrypted.
        authenticated_encryption_additional_data: Option<Vec<u8>> =
            AUTHENTICATED_ENCRYPTION_ADDITIONAL_DATA,
    }
}

impl EncryptRequest {
    /// Encrypts `data` with the key `unique_identifier`, in one part.
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
    /// What was encrypted (KMIP 1.2, 4.29; KMIP 2.1, 6.1.17).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct EncryptResponse {
        /// The key; absent only in the answer to an item that is Ephemeral (2.0 on).
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// The ciphertext, as far as there is some yet.
        data: Option<Vec<u8>> = DATA,
        /// What the server drew, where the request left it to the server.
        iv_counter_nonce: Option<Vec<u8>> = IV_COUNTER_NONCE,
        /// The mark for the next part.
        correlation_value: Option<Vec<u8>> = CORRELATION_VALUE,
        /// The tag of an authenticated mode. Before 1.4 there is no field for it: a ciphertext
        /// without it cannot be decrypted.
        authenticated_encryption_tag: Option<Vec<u8>> = AUTHENTICATED_ENCRYPTION_TAG,
    }
}

impl EncryptResponse {
    /// `data` is the ciphertext under the key `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>, data: Vec<u8>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            data: Some(data),
            ..Self::default()
        }
    }
}
