//! The operation `RNG Seed` (KMIP 1.2, 4.36; KMIP 2.1, 6.1.50).
//!
//! May touch: seeds, in wiped memory only.

use super::Data;

structure! {
    /// Gives the server's random number generator a seed (KMIP 1.2, 4.36; KMIP 2.1, 6.1.50).
    #[derive(Debug)]
    pub struct RngSeedRequest {
        /// The seed.
        data: Data = DATA,
    }
}

impl RngSeedRequest {
    /// Gives `data` as a seed.
    #[must_use]
    pub fn new(data: impl Into<Data>) -> Self {
        Self { data: data.into() }
    }
}

structure! {
    /// How much of the seed was used (KMIP 1.2, 4.36; KMIP 2.1, 6.1.50).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RngSeedResponse {
        /// Octets used; may be fewer than were given, or none.
        data_length: i32 = DATA_LENGTH,
    }
}

impl RngSeedResponse {
    /// `data_length` octets were used.
    #[must_use]
    pub const fn new(data_length: i32) -> Self {
        Self { data_length }
    }
}
