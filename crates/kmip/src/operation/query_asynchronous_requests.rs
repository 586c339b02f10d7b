//! The operation `Query Asynchronous Requests` (KMIP 2.1, 6.1.41).
//!
//! May touch: nothing.

use super::Operations;
use crate::DateTimeExtended;
use crate::enumeration::{Operation, ProcessingStage};

structure! {
    /// Asks for the asynchronous requests whose answers were not polled yet (KMIP 2.1, 6.1.41).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct QueryAsynchronousRequestsRequest {
        /// These requests alone; absent: all.
        asynchronous_correlation_values: Option<AsynchronousCorrelationValues> =
            ASYNCHRONOUS_CORRELATION_VALUES,
        /// Requests for these operations alone; absent: all.
        operations: Option<Operations> = OPERATIONS,
    }
}

structure! {
    /// Handles of asynchronous requests (KMIP 2.1, 7.1).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct AsynchronousCorrelationValues {
        /// The handles, as the server gave them.
        values: Vec<Vec<u8>> = ASYNCHRONOUS_CORRELATION_VALUE,
    }
}

impl AsynchronousCorrelationValues {
    /// These handles.
    #[must_use]
    pub const fn new(values: Vec<Vec<u8>>) -> Self {
        Self { values }
    }
}

structure! {
    /// The asynchronous requests (KMIP 2.1, 6.1.41).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct QueryAsynchronousRequestsResponse {
        /// One for each request.
        asynchronous_requests: Vec<AsynchronousRequest> = ASYNCHRONOUS_REQUEST,
    }
}

impl QueryAsynchronousRequestsResponse {
    /// These requests.
    #[must_use]
    pub const fn new(asynchronous_requests: Vec<AsynchronousRequest>) -> Self {
        Self {
            asynchronous_requests,
        }
    }
}

structure! {
    /// An asynchronous request (KMIP 2.1, 7.2).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AsynchronousRequest {
        /// Its handle.
        asynchronous_correlation_value: Vec<u8> = ASYNCHRONOUS_CORRELATION_VALUE,
        /// What it asks for.
        operation: Operation = OPERATION,
        /// When it came.
        submission_date: DateTimeExtended = SUBMISSION_DATE,
        /// How far it is.
        processing_stage: ProcessingStage = PROCESSING_STAGE,
    }
}
