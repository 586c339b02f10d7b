//! The operation `Poll` (KMIP 1.0, 4.26; KMIP 2.1, 6.1.38).
//!
//! May touch: nothing.

structure! {
    /// Asks for the answer to an operation that was pending (KMIP 1.0, 4.26; KMIP 2.1, 6.1.38).
    ///
    /// When the operation is done, the server answers as it would have answered at once: with that
    /// operation in the item, and with its payload. Until then the item has the result Operation
    /// Pending and no payload.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PollRequest {
        /// What the server gave with the result Operation Pending.
        asynchronous_correlation_value: Vec<u8> = ASYNCHRONOUS_CORRELATION_VALUE,
    }
}

impl PollRequest {
    /// Asks for the answer that the server named so.
    #[must_use]
    pub const fn new(asynchronous_correlation_value: Vec<u8>) -> Self {
        Self {
            asynchronous_correlation_value,
        }
    }
}

structure! {
    /// An answer that still bears the operation Poll: the specification gives it no fields
    /// (KMIP 1.0, 4.26; KMIP 2.1, 6.1.38).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct PollResponse {}
}
