//! Why an exchange brought no answer.
//!
//! May touch: nothing. A server's own words are shown escaped: they end in logs.

use std::fmt;

use crate::ProtocolVersion;
use crate::enumeration::{Operation, ResultReason, ResultStatus};
use crate::error::MessageError;

/// Why an exchange brought no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// What the server sent is not a response.
    #[error("the server's answer cannot be read: {0}")]
    Decode(#[from] MessageError),
    /// The server refused, or has undone what it did.
    #[error("the server refused {operation}: {}", Words { status: *status, reason: *reason, message: message.as_deref() })]
    Refused {
        /// The operation that was asked for.
        operation: Operation,
        /// Operation Failed, or Operation Undone.
        status: ResultStatus,
        /// Why.
        reason: Option<ResultReason>,
        /// The server's words. Not to be trusted: show them escaped.
        message: Option<String>,
        /// The operation that the answer names; `None` where the server could not even read
        /// which one was meant.
        echoed: Option<Operation>,
    },
    /// The server has taken the request and answers later: ask with [`Exchange::poll`].
    ///
    /// [`Exchange::poll`]: super::Exchange::poll
    #[error("the server has not finished {operation} yet")]
    Pending {
        /// The operation that was asked for.
        operation: Operation,
        /// What the answer is asked for with.
        asynchronous_correlation_value: Vec<u8>,
    },
    /// The server answered something else than was asked.
    #[error("the answer does not belong to the request: {0}")]
    Mismatch(#[from] Mismatch),
}

/// How an answer does not belong to its request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// More batch items than were asked for, or none.
    #[error("{found} batch items instead of {asked}")]
    BatchCount {
        /// Batch items in the request.
        asked: usize,
        /// Batch items in the answer.
        found: usize,
    },
    /// Another protocol version.
    #[error("protocol version {found} instead of {asked}")]
    Version {
        /// The request's.
        asked: ProtocolVersion,
        /// The answer's.
        found: ProtocolVersion,
    },
    /// Another operation.
    #[error("operation {found} instead of {asked}")]
    Operation {
        /// The request's.
        asked: Operation,
        /// The answer's.
        found: Operation,
    },
    /// A success that does not say of which operation.
    #[error("success without an operation")]
    NoOperation,
    /// A success without a payload.
    #[error("success without a payload")]
    NoPayload,
    /// One of several batch items without an id.
    #[error("batch item {index} has no Unique Batch Item ID")]
    NoBatchItemId {
        /// Its position in the answer, from 0.
        index: usize,
    },
    /// A batch item with an id that the request does not have.
    #[error("batch item {index} has a Unique Batch Item ID that was not asked for")]
    ForeignBatchItemId {
        /// Its position in the answer, from 0.
        index: usize,
    },
    /// Two batch items with the same id.
    #[error("batch item {index} repeats a Unique Batch Item ID")]
    DoubledBatchItemId {
        /// The position of the second one, from 0.
        index: usize,
    },
    /// A pending operation that cannot be polled, for lack of its handle.
    #[error("a pending operation without an Asynchronous Correlation Value")]
    NoCorrelationValue,
    /// A cancellation of something else.
    #[error("another Asynchronous Correlation Value than was asked for")]
    CorrelationValue,
    /// An object that no earlier item of the batch made or found.
    #[error("object {found:?} instead of none: no item of the batch made or found one")]
    Placeholder {
        /// The answer's.
        found: String,
    },
    /// Another object.
    #[error("object {found:?} instead of {asked:?}")]
    UniqueIdentifier {
        /// The request's.
        asked: String,
        /// The answer's.
        found: String,
    },
}

impl ExchangeError {
    /// The server's reason, if it refused and gave one.
    #[must_use]
    pub const fn reason(&self) -> Option<ResultReason> {
        match self {
            Self::Refused { reason, .. } => *reason,
            Self::Decode(_) | Self::Pending { .. } | Self::Mismatch(_) => None,
        }
    }

    /// The server says that there is no such object.
    ///
    /// Some servers give the reasons of 2.x to a client of 1.x. That server alone has spoken;
    /// "not there" may still be wrong elsewhere.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(
            self.reason(),
            Some(
                ResultReason::ITEM_NOT_FOUND
                    | ResultReason::OBJECT_NOT_FOUND
                    | ResultReason::OBJECT_DESTROYED
            )
        )
    }

    /// The server says that we may not, or that the object's state does not allow it.
    #[must_use]
    pub fn is_permission_denied(&self) -> bool {
        matches!(
            self.reason(),
            Some(
                ResultReason::PERMISSION_DENIED
                    | ResultReason::NOT_AUTHORISED
                    | ResultReason::WRONG_KEY_LIFECYCLE_STATE
            )
        )
    }

    /// The server does not know the operation.
    ///
    /// Either it says so, or it could not read the message at all and names no operation
    /// (PyKMIP's way for every operation that it does not have).
    #[must_use]
    pub fn is_operation_not_supported(&self) -> bool {
        match self {
            Self::Refused { reason, echoed, .. } => match *reason {
                Some(ResultReason::OPERATION_NOT_SUPPORTED) => true,
                Some(ResultReason::INVALID_MESSAGE) => echoed.is_none(),
                _ => false,
            },
            Self::Decode(_) | Self::Pending { .. } | Self::Mismatch(_) => false,
        }
    }

    /// The server does not accept who we are.
    #[must_use]
    pub fn is_authentication(&self) -> bool {
        self.reason() == Some(ResultReason::AUTHENTICATION_NOT_SUCCESSFUL)
    }
}

/// What the server said, in one line.
struct Words<'a> {
    status: ResultStatus,
    reason: Option<ResultReason>,
    message: Option<&'a str>,
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            Some(reason) => write!(f, "{reason}")?,
            None => write!(f, "{}", self.status)?,
        }
        match self.message {
            Some(message) => write!(f, " ({})", message.escape_debug()),
            None => Ok(()),
        }
    }
}
