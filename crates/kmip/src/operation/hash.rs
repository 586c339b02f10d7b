//! The operation `Hash` (KMIP 1.2, 4.37; KMIP 2.1, 6.1.24).
//!
//! May touch: data that is hashed, in wiped memory only.

use super::Data;
use crate::attribute::CryptographicParameters;

structure! {
    /// Hashes data; no key is needed (KMIP 1.2, 4.37; KMIP 2.1, 6.1.24).
    #[derive(Debug)]
    pub struct HashRequest {
        /// The Hashing Algorithm.
        cryptographic_parameters: Box<CryptographicParameters> = CRYPTOGRAPHIC_PARAMETERS,
        /// What to hash; may be absent in a request of several parts.
        data: Option<Data> = DATA,
        /// The server's mark on an operation of several parts, from the answer to its first one.
        correlation_value: Option<Vec<u8>> = CORRELATION_VALUE,
        /// True: the first part of several.
        init_indicator: Option<bool> = INIT_INDICATOR,
        /// True: the last part of several.
        final_indicator: Option<bool> = FINAL_INDICATOR,
    }
}

impl HashRequest {
    /// Hashes `data` in one part, as these parameters say.
    #[must_use]
    pub fn new(cryptographic_parameters: CryptographicParameters, data: impl Into<Data>) -> Self {
        Self {
            cryptographic_parameters: Box::new(cryptographic_parameters),
            data: Some(data.into()),
            correlation_value: None,
            init_indicator: None,
            final_indicator: None,
        }
    }
}

structure! {
    /// The digest (KMIP 1.2, 4.37; KMIP 2.1, 6.1.24).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct HashResponse {
        /// The digest; absent until the last part.
        data: Option<Vec<u8>> = DATA,
        /// The mark for the next part.
        correlation_value: Option<Vec<u8>> = CORRELATION_VALUE,
    }
}

impl HashResponse {
    /// `data` is the digest.
    #[must_use]
    pub fn new(data: Vec<u8>) -> Self {
        Self {
            data: Some(data),
            ..Self::default()
        }
    }
}
