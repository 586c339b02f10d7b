//! The operation `RNG Retrieve` (KMIP 1.2, 4.35; KMIP 2.1, 6.1.49).
//!
//! May touch: random octets, in wiped memory only.

use strongroom_secret::SecretBytes;

structure! {
    /// Asks for random octets (KMIP 1.2, 4.35; KMIP 2.1, 6.1.49).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RngRetrieveRequest {
        /// How many octets.
        data_length: i32 = DATA_LENGTH,
    }
}

impl RngRetrieveRequest {
    /// Asks for `data_length` octets.
    #[must_use]
    pub const fn new(data_length: i32) -> Self {
        Self { data_length }
    }
}

structure! {
    /// Random octets (KMIP 1.2, 4.35; KMIP 2.1, 6.1.49).
    #[derive(Debug, Default)]
    #[non_exhaustive]
    pub struct RngRetrieveResponse {
        /// The octets; absent only in the answer to an item that is Ephemeral (2.0 on).
        data: Option<SecretBytes> = DATA,
    }
}

impl RngRetrieveResponse {
    /// These octets.
    #[must_use]
    pub const fn new(data: SecretBytes) -> Self {
        Self { data: Some(data) }
    }
}
