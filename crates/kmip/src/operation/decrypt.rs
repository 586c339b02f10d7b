//! The operation `Decrypt` (KMIP 1.2, 4.30; KMIP 2.1, 6.1.11).
//!
//! May touch: plaintext, in wiped memory only.

use strongroom_secret::SecretBytes;

use super::Data;
use crate::UniqueIdentifier;
use crate::attribute::CryptographicParameters;

structure! {
    /// Decrypts with a key of the server (KMIP 1.2, 4.30; KMIP 2.1, 6.1.11).
    #[derive(Debug, Default)]
    #[non_exhaustive]
    pub struct DecryptRequest {
        /// The key; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// How; absent: as the key's own Cryptographic Parameters say.
        cryptographic_parameters: Option<Box<CryptographicParameters>> = CRYPTOGRAPHIC_PARAMETERS,
        /// The ciphertext; may be absent in a request of several parts.
        data: Option<Data> = DATA,
        /// As in the encryption.
        iv_counter_nonce: Option<Vec<u8>> = IV_COUNTER_NONCE,
        /// The server's mark on an operation of several parts, from the answer to its first one.
        correlation_value: Option<Vec<u8>> = CORRELATION_VALUE,
        /// True: the first part of several.
        init_indicator: Option<bool> = INIT_INDICATOR,
        /// True: the last part of several.
        final_indicator: Option<bool> = FINAL_INDICATOR,
        /// As in the encryption.
        authenticated_encryption_additional_data: Option<Vec<u8>> =
            AUTHENTICATED_ENCRYPTION_ADDITIONAL_DATA,
        /// The tag that the encryption gave.
        authenticated_encryption_tag: Option<Vec<u8>> = AUTHENTICATED_ENCRYPTION_TAG,
    }
}

impl DecryptRequest {
    /// Decrypts `data` with the key `unique_identifier`, in one part.
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
    /// What was decrypted (KMIP 1.2, 4.30; KMIP 2.1, 6.1.11).
    #[derive(Debug, Default)]
    #[non_exhaustive]
    pub struct DecryptResponse {
        /// The key; absent only in the answer to an item that is Ephemeral (2.0 on).
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// The plaintext, as far as there is some yet.
        data: Option<SecretBytes> = DATA,
        /// The mark for the next part.
        correlation_value: Option<Vec<u8>> = CORRELATION_VALUE,
    }
}

impl DecryptResponse {
    /// `data` is the plaintext, decrypted with the key `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>, data: SecretBytes) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            data: Some(data),
            ..Self::default()
        }
    }
}
