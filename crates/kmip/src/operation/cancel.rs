//! The operation `Cancel` (KMIP 1.0, 4.25; KMIP 2.1, 6.1.5).
//!
//! May touch: nothing.

use crate::enumeration::CancellationResult;

structure! {
    /// Takes back an operation that the server has not done yet (KMIP 1.0, 4.25;
    /// KMIP 2.1, 6.1.5).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CancelRequest {
        /// What the server gave with the result Operation Pending.
        asynchronous_correlation_value: Vec<u8> = ASYNCHRONOUS_CORRELATION_VALUE,
    }
}

impl CancelRequest {
    /// Takes back the operation that the server named so.
    #[must_use]
    pub const fn new(asynchronous_correlation_value: Vec<u8>) -> Self {
        Self {
            asynchronous_correlation_value,
        }
    }
}

structure! {
    /// What became of the operation (KMIP 1.0, 4.25; KMIP 2.1, 6.1.5).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CancelResponse {
        /// As in the request.
        asynchronous_correlation_value: Vec<u8> = ASYNCHRONOUS_CORRELATION_VALUE,
        /// Whether it was taken back in time.
        cancellation_result: CancellationResult = CANCELLATION_RESULT,
    }
}

impl CancelResponse {
    /// The operation `asynchronous_correlation_value` ended so.
    #[must_use]
    pub const fn new(
        asynchronous_correlation_value: Vec<u8>,
        cancellation_result: CancellationResult,
    ) -> Self {
        Self {
            asynchronous_correlation_value,
            cancellation_result,
        }
    }
}
