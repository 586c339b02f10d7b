//! The client's side: one request or a batch, and the check that an answer belongs to it.
//!
//! May touch: what the payloads touch.

mod batch;
mod diagnosis;
mod error;
mod expected;
mod quirk;

use strongroom_ttlv::Limits;
use zeroize::Zeroizing;

pub use batch::{BatchError, BatchExchange, BatchOptions, ItemOutcome};
pub use error::{ExchangeError, Mismatch};
pub use quirk::{Quirk, Quirks};

use expected::{Expected, Terms};

use crate::ProtocolVersion;
use crate::enumeration::{AsynchronousIndicator, Operation};
use crate::error::{EncodeError, MessageError};
use crate::message::{Aside, RequestHeader, ResponseMessage, encode_request};
use crate::operation::{PollRequest, Request, Response};

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
    /// Whether the server may answer later; absent: it may not.
    pub asynchronous_indicator: Option<AsynchronousIndicator>,
}

impl RequestOptions {
    fn header(self, version: ProtocolVersion) -> RequestHeader {
        RequestHeader {
            maximum_response_size: self.maximum_response_size,
            time_stamp: self.time_stamp,
            asynchronous_indicator: self.asynchronous_indicator,
            ..RequestHeader::new(version)
        }
    }

    /// The same, and whether the server may answer later.
    #[must_use]
    pub const fn with_asynchronous_indicator(self, indicator: AsynchronousIndicator) -> Self {
        Self {
            asynchronous_indicator: Some(indicator),
            ..self
        }
    }

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
    expected: Expected,
    limits: Limits,
    tolerated: Quirks,
}

/// An answer with all that came beside it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Kept {
    /// What [`Exchange::finish`] gives.
    pub answer: Result<Response, ExchangeError>,
    /// What no type here has a field for.
    pub asides: Vec<Aside>,
    /// Where the message departs from the specification, put up with or not.
    pub quirks: Quirks,
}

impl Exchange {
    /// Writes `request` as a message of `version`: this, and the bytes to send.
    ///
    /// The answer to a Poll bears the operation that was polled, and may be of any; where the
    /// exchange that is pending is still there, [`Self::poll`] knows what to expect.
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
        let bytes = encode_request(&options.header(version), &[(None, request)])?;
        let exchange = Self {
            version,
            expected: Expected::of(request),
            limits: Limits::default(),
            tolerated: Quirks::NONE,
        };
        Ok((exchange, bytes))
    }

    /// Asks for the answer that was pending under this value ([`ExchangeError::Pending`]); it is
    /// checked against the first request.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] when the value does not fit the wire.
    pub fn poll(
        &self,
        asynchronous_correlation_value: Vec<u8>,
    ) -> Result<(Self, Zeroizing<Vec<u8>>), EncodeError> {
        let request = PollRequest::new(asynchronous_correlation_value).into();
        let (exchange, bytes) = Self::new(self.version, &request)?;
        let exchange = Self {
            expected: self.expected.polled(),
            limits: self.limits,
            tolerated: self.tolerated,
            ..exchange
        };
        Ok((exchange, bytes))
    }

    /// The same with other limits for the answer.
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same, which puts up with these quirks too; see [`Quirk`].
    pub fn tolerating(self, tolerated: Quirks) -> Self {
        Self { tolerated, ..self }
    }

    /// The operation that was asked for; after [`Self::poll`] the one that is polled.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        self.expected.operation()
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
    /// no. [`ExchangeError::Pending`]: it has not finished. [`ExchangeError::Mismatch`]: it answers
    /// something else; after a request that changes the server's state the outcome is then unknown.
    pub fn finish(&self, bytes: &[u8]) -> Result<Response, ExchangeError> {
        let message = ResponseMessage::decode_as(bytes, &self.limits, self.assumed())?;
        self.judge(message)
    }

    /// The operation of an answer that names none.
    fn assumed(&self) -> Option<Operation> {
        let assumes = self.tolerated.contains(Quirk::SuccessWithoutOperation);
        assumes.then_some(self.operation())
    }

    /// As [`Self::finish`]; beside the answer, or the refusal, stands what the message holds that no
    /// type here has a field for ([`ResponseMessage::decode_keeping`]), and the quirks that it
    /// shows. For logs and diagnosis: every field is looked at.
    ///
    /// # Errors
    ///
    /// [`MessageError`]: not a response.
    pub fn finish_keeping(&self, bytes: &[u8]) -> Result<Kept, MessageError> {
        let assumed = self.assumed();
        let (message, asides) = ResponseMessage::decode_keeping_as(bytes, &self.limits, assumed)?;
        let quirks = diagnosis::quirks(&message, bytes, (self, &self.limits))?;
        Ok(Kept {
            answer: self.judge(message),
            asides,
            quirks,
        })
    }

    fn judge(&self, message: ResponseMessage) -> Result<Response, ExchangeError> {
        let terms = Terms {
            asked: self.version,
            found: message.header.protocol_version,
            tolerated: self.tolerated,
        };
        let mut batch = message.batch;
        // Where it lies: an item is long, and would be copied at each step of the way.
        match batch.as_mut_slice() {
            [item] => self.expected.judge_only(item, terms),
            items => {
                let (asked, found) = (1, items.len());
                Err(Mismatch::BatchCount { asked, found }.into())
            }
        }
    }
}
