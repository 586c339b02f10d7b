//! The operation `MAC` (KMIP 1.2, 4.33; KMIP 2.1, 6.1.32).
//!
//! May touch: data that is authenticated, in wiped memory only.

use super::Data;
use crate::UniqueIdentifier;
use crate::attribute::CryptographicParameters;

structure! {
    /// Computes a message authentication code with a key of the server (KMIP 1.2, 4.33;
    /// KMIP 2.1, 6.1.32).
    #[derive(Debug, Default)]
    #[non_exhaustive]
    pub struct MacRequest {
        /// The key; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// How; absent: as the key's own Cryptographic Parameters say.
        cryptographic_parameters: Option<Box<CryptographicParameters>> = CRYPTOGRAPHIC_PARAMETERS,
        /// What to authenticate; may be absent in a request of several parts.
        data: Option<Data> = DATA,
        /// The server's mark on an operation of several parts, from the answer to its first one.
        correlation_value: Option<Vec<u8>> = CORRELATION_VALUE,
        /// True: the first part of several.
        init_indicator: Option<bool> = INIT_INDICATOR,
        /// True: the last part of several.
        final_indicator: Option<bool> = FINAL_INDICATOR,
    }
}

impl MacRequest {
    /// The code of `data` with the key `unique_identifier`, in one part.
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
    /// The code (KMIP 1.2, 4.33; KMIP 2.1, 6.1.32).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct MacResponse {
        /// The key; absent only in the answer to an item that is Ephemeral (2.0 on).
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// The code; absent until the last part.
        mac_data: Option<Vec<u8>> = MAC_DATA,
        /// The mark for the next part.
        correlation_value: Option<Vec<u8>> = CORRELATION_VALUE,
    }
}

impl MacResponse {
    /// `mac_data` is the code, made with the key `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>, mac_data: Vec<u8>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            mac_data: Some(mac_data),
            ..Self::default()
        }
    }
}
