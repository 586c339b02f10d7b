//! The client's side: one request, and the check that an answer belongs to it.
//!
//! May touch: what the payloads touch.

mod error;

use strongroom_ttlv::Limits;
use zeroize::Zeroizing;

pub use error::{ExchangeError, Mismatch};

use crate::ProtocolVersion;
use crate::UniqueIdentifier;
use crate::enumeration::{Operation, ResultStatus};
use crate::error::EncodeError;
use crate::message::{RequestHeader, ResponseItem, ResponseMessage, encode_request};
use crate::operation::{Request, Response};

/// What a request's header holds beside version and batch count.
///
/// By default nothing: PyKMIP refuses a Time Stamp that its own clock does not like, and any
/// Client Correlation Value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestOptions {
    /// The longest answer that is taken, in octets.
    pub maximum_response_size: Option<i32>,
    /// The time, in seconds since 1970.
    pub time_stamp: Option<i64>,
}

impl RequestOptions {
    /// The same with a maximum response size, in octets.
    #[must_use]
    pub const fn with_maximum_response_size(self, octets: i32) -> Self {
        Self {
            maximum_response_size: Some(octets),
            ..self
        }
    }
}

/// One request of one item that was written, waiting for its answer.
#[derive(Debug)]
#[must_use]
pub struct Exchange {
    version: ProtocolVersion,
    operation: Operation,
    unique_identifier: Option<String>,
    limits: Limits,
}

impl Exchange {
    /// Writes `request` as a message of `version`: this, and the bytes to send.
    ///
    /// # Errors
    ///
    /// [`EncodeError::NotInVersion`] when `version` does not have what is asked for.
    pub fn new(
        version: ProtocolVersion,
        request: &Request,
    ) -> Result<(Self, Zeroizing<Vec<u8>>), EncodeError> {
        Self::with_options(version, request, RequestOptions::default())
    }

    /// As [`Self::new`], with more in the header.
    ///
    /// # Errors
    ///
    /// As [`Self::new`].
    pub fn with_options(
        version: ProtocolVersion,
        request: &Request,
        options: RequestOptions,
    ) -> Result<(Self, Zeroizing<Vec<u8>>), EncodeError> {
        let header = RequestHeader {
            maximum_response_size: options.maximum_response_size,
            time_stamp: options.time_stamp,
            ..RequestHeader::new(version)
        };
        let bytes = encode_request(&header, &[(None, request)])?;
        let exchange = Self {
            version,
            operation: request.operation(),
            unique_identifier: named(request.unique_identifier()),
            limits: Limits::default(),
        };
        Ok((exchange, bytes))
    }

    /// The same with other limits for the answer.
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The operation that was asked for.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        self.operation
    }

    /// The version of the request.
    #[must_use]
    pub const fn version(&self) -> ProtocolVersion {
        self.version
    }

    /// Reads the answer and checks that it answers this request.
    ///
    /// # Errors
    ///
    /// [`ExchangeError::Decode`]: not a response. [`ExchangeError::Refused`]: the server says
    /// no. [`ExchangeError::Mismatch`]: it answers something else; after a request that changes
    /// the server's state the outcome is then unknown.
    pub fn finish(&self, bytes: &[u8]) -> Result<Response, ExchangeError> {
        let message = ResponseMessage::decode(bytes, &self.limits)?;
        let version = message.header.protocol_version;
        let found = message.batch.len();
        let mut items = message.batch.into_iter();
        let (Some(item), None) = (items.next(), items.next()) else {
            return Err(Mismatch::BatchCount { found }.into());
        };
        self.check_operation(item.operation)?;
        if item.result_status != ResultStatus::SUCCESS {
            return Err(self.refused(item));
        }
        // Errors come in the server's own version from some; an answer must be in ours.
        if version != self.version {
            let (asked, found) = (self.version, version);
            return Err(Mismatch::Version { asked, found }.into());
        }
        if item.operation.is_none() {
            return Err(Mismatch::NoOperation.into());
        }
        let response = item.response.ok_or(Mismatch::NoPayload)?;
        self.check_identifier(&response)?;
        Ok(response)
    }

    fn check_operation(&self, found: Option<Operation>) -> Result<(), Mismatch> {
        match found {
            Some(found) if found != self.operation => Err(Mismatch::Operation {
                asked: self.operation,
                found,
            }),
            Some(_) | None => Ok(()),
        }
    }

    fn check_identifier(&self, response: &Response) -> Result<(), Mismatch> {
        // Only text names the same object on both sides: the rest points into the batch.
        let found = response
            .unique_identifier()
            .and_then(UniqueIdentifier::as_text);
        match (self.unique_identifier.as_deref(), found) {
            (Some(asked), Some(found)) if asked != found => Err(Mismatch::UniqueIdentifier {
                asked: asked.to_owned(),
                found: found.to_owned(),
            }),
            _ => Ok(()),
        }
    }

    fn refused(&self, item: ResponseItem) -> ExchangeError {
        ExchangeError::Refused {
            operation: self.operation,
            status: item.result_status,
            reason: item.result_reason,
            message: item.result_message,
            echoed: item.operation,
        }
    }
}

fn named(unique_identifier: Option<&UniqueIdentifier>) -> Option<String> {
    unique_identifier
        .and_then(UniqueIdentifier::as_text)
        .map(str::to_owned)
}
