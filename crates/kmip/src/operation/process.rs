//! The operation `Process` (KMIP 2.1, 6.1.39).
//!
//! May touch: nothing.

structure! {
    /// Asks the server to do an asynchronous request now, so that the next Poll has its answer
    /// (KMIP 2.1, 6.1.39).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ProcessRequest {
        /// The handle of the request.
        asynchronous_correlation_value: Vec<u8> = ASYNCHRONOUS_CORRELATION_VALUE,
    }
}

impl ProcessRequest {
    /// The request with this handle.
    #[must_use]
    pub const fn new(asynchronous_correlation_value: Vec<u8>) -> Self {
        Self {
            asynchronous_correlation_value,
        }
    }
}

structure! {
    /// The server does the request (KMIP 2.1, 6.1.39).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ProcessResponse {
        /// The handle of the request. The specification's table has no field here; the published
        /// cases of 2.1 (TC-ASYNC) have this one.
        asynchronous_correlation_value: Option<Vec<u8>> = ASYNCHRONOUS_CORRELATION_VALUE,
    }
}
