//! The server's side: the bytes of a request in, the bytes of the answer out.
//!
//! Everything that is the protocol's is done here: batches, the ID Placeholder, versions, the
//! Maximum Response Size, answers to what cannot be read. What an operation does is the
//! handler's. May touch: what the payloads touch.

mod refusal;

use strongroom_ttlv::Limits;
use zeroize::Zeroizing;

use super::placeholder::{Placeholder, Unresolved};
use crate::ProtocolVersion;
use crate::enumeration::{BatchErrorContinuationOption, Operation, ResultReason};
use crate::error::EncodeError;
use crate::message::{
    Authentication, RequestHeader, RequestItem, RequestMessage, ResponseHeader, ResponseItem,
    ResponseMessage,
};
use crate::operation::{Request, Response};

/// What the server gives to each call of [`dispatch`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Settings<'a> {
    /// Limits for the request.
    pub limits: Limits,
    /// The server's clock, in seconds since 1970, for the response header.
    pub time_stamp: i64,
    /// The versions that the server answers; a subset of [`ProtocolVersion::SUPPORTED`].
    pub versions: &'a [ProtocolVersion],
    /// The longest answer, in octets, whatever the client would take.
    pub maximum_response_len: usize,
    /// Server Correlation Value of the answer, for logs; written from 1.4 on.
    pub server_correlation_value: Option<&'a str>,
}

impl Settings<'_> {
    /// All versions, default limits, answers up to 1 MiB.
    #[must_use]
    pub fn new(time_stamp: i64) -> Self {
        Self {
            limits: Limits::default(),
            time_stamp,
            versions: ProtocolVersion::SUPPORTED,
            maximum_response_len: 1 << 20,
            server_correlation_value: None,
        }
    }
}

/// What a handler knows of the item beside its request.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ItemContext<'a> {
    /// The version of the request.
    pub version: ProtocolVersion,
    /// Credentials in the request's header.
    pub authentication: Option<&'a Authentication>,
    /// The item's position in the batch, from 0.
    pub index: usize,
    /// Items in the batch.
    pub count: usize,
}

/// Why an operation fails; becomes Result Reason and Result Message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The reason. One that the request's version does not have is put as the nearest it has.
    pub reason: ResultReason,
    /// Words for the client's log; no secrets.
    pub message: Option<String>,
}

impl Failure {
    /// A failure with words.
    #[must_use]
    pub fn new(reason: ResultReason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: Some(message.into()),
        }
    }
}

impl<'a> ItemContext<'a> {
    /// The only item of a message of `version`, without credentials.
    #[must_use]
    pub const fn single(version: ProtocolVersion) -> Self {
        Self {
            version,
            authentication: None,
            index: 0,
            count: 1,
        }
    }

    /// The same with credentials.
    #[must_use]
    pub const fn with_authentication(self, authentication: &'a Authentication) -> Self {
        Self {
            authentication: Some(authentication),
            ..self
        }
    }
}

impl From<ResultReason> for Failure {
    fn from(reason: ResultReason) -> Self {
        Self {
            reason,
            message: None,
        }
    }
}

/// Does the operations.
pub trait Handler {
    /// Refuses an operation that is not done here, whatever its request says: asked before the
    /// request is missed an object that it leaves out. By default nothing is refused.
    ///
    /// # Errors
    ///
    /// [`Failure`], with reason Operation Not Supported where it is that; [`Self::handle`] is then
    /// not called.
    fn admit(&mut self, context: &ItemContext<'_>, operation: Operation) -> Result<(), Failure> {
        let _ = (context, operation);
        Ok(())
    }

    /// Does one operation.
    ///
    /// A Unique Identifier that the request left out has been filled in from the ID Placeholder.
    /// [`Request::Unsupported`] comes here too.
    ///
    /// # Errors
    ///
    /// [`Failure`] when the operation fails; it must then have changed nothing.
    fn handle(&mut self, context: &ItemContext<'_>, request: Request) -> Result<Response, Failure>;
}

/// Answers one request message.
///
/// Whatever the bytes are there is an answer: one that cannot be read gets a failed item with
/// reason Invalid Message and no operation, in the request's version where that can be seen and
/// is supported, else in 1.0.
///
/// # Errors
///
/// [`EncodeError`] when the answer does not fit the wire and the error that says so does not
/// either; the connection is then best closed.
pub fn dispatch(
    request: &[u8],
    settings: &Settings<'_>,
    handler: &mut (impl Handler + ?Sized),
) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
    let message = match RequestMessage::decode(request, &settings.limits) {
        Ok(message) => message,
        Err(error) => return refusal::of_message(request, settings, &error),
    };
    let header = message.header;
    if let Some(failure) = refusal::of_header(&header, settings) {
        return refusal::answer(&header, settings, failure);
    }
    if let Some(item) = refusal::of_extensions(&message.batch) {
        let header_out = response_header(&header, settings);
        return ResponseMessage::new(header_out, vec![item]).encode();
    }
    if let Some(failure) = refusal::of_size(&header, (&message.batch, request.len()), settings) {
        return refusal::answer(&header, settings, failure);
    }
    // An answer to several operations fails as a whole, so it names none.
    let operation = match message.batch.as_slice() {
        [item] => Some(item.request.operation()),
        _ => None,
    };
    let batch = run(&header, message.batch, handler);
    let header_out = response_header(&header, settings);
    let most = longest(&header, settings);
    match ResponseMessage::new(header_out, batch).encode() {
        Ok(bytes) if bytes.len() <= most => Ok(bytes),
        Ok(_) => refusal::too_large(&header, settings, (most, operation)),
        Err(error) => refusal::unwritable(&header, settings, &error),
    }
}

/// Does the items in their order, until one fails and the batch is to stop.
fn run(
    header: &RequestHeader,
    batch: Vec<RequestItem>,
    handler: &mut (impl Handler + ?Sized),
) -> Vec<ResponseItem> {
    let goes_on =
        header.batch_error_continuation_option == Some(BatchErrorContinuationOption::CONTINUE);
    let count = batch.len();
    let mut placeholder = Placeholder::default();
    let mut answers = Vec::new();
    for (index, item) in batch.into_iter().enumerate() {
        let context = ItemContext {
            version: header.protocol_version,
            authentication: header.authentication.as_ref(),
            index,
            count,
        };
        let answer = run_item(&context, item, &mut placeholder, handler);
        let failed = answer.response.is_none();
        answers.push(answer);
        if failed && !goes_on {
            break;
        }
    }
    answers
}

fn run_item(
    context: &ItemContext<'_>,
    item: RequestItem,
    placeholder: &mut Placeholder,
    handler: &mut (impl Handler + ?Sized),
) -> ResponseItem {
    let operation = item.request.operation();
    let mut answer = match perform(context, item.request, placeholder, handler) {
        Ok(response) => {
            placeholder.note(&response);
            ResponseItem::success(response)
        }
        Err(failure) => {
            placeholder.clear();
            ResponseItem::failure(Some(operation), failure.reason, failure.message)
        }
    };
    answer.unique_batch_item_id = item.unique_batch_item_id;
    answer
}

/// The operation first: what is not supported is not asked for the object that it leaves out.
fn perform(
    context: &ItemContext<'_>,
    mut request: Request,
    placeholder: &Placeholder,
    handler: &mut (impl Handler + ?Sized),
) -> Result<Response, Failure> {
    let operation = request.operation();
    if !context.version.has(operation.versions()) {
        return Err(refusal::not_in_version(operation, context.version));
    }
    handler.admit(context, operation)?;
    placeholder.fill(&mut request)?;
    let response = handler.handle(context, request)?;
    refusal::check_response(operation, context.version, response)
}

impl From<Unresolved> for Failure {
    fn from(unresolved: Unresolved) -> Self {
        let reason = match unresolved {
            Unresolved::Empty => ResultReason::MISSING_DATA,
            Unresolved::Reference(_) => ResultReason::INVALID_FIELD,
        };
        Self::new(reason, unresolved.to_string())
    }
}

/// The header of the answer: the request's version, the server's clock, and from 1.4 on the
/// correlation values.
fn response_header(request: &RequestHeader, settings: &Settings<'_>) -> ResponseHeader {
    ResponseHeader {
        client_correlation_value: request.client_correlation_value.clone(),
        ..plain_header(request.protocol_version, settings)
    }
}

/// The header of the answer to a request whose header may not be readable.
fn plain_header(version: ProtocolVersion, settings: &Settings<'_>) -> ResponseHeader {
    ResponseHeader {
        server_correlation_value: settings.server_correlation_value.map(str::to_owned),
        ..ResponseHeader::new(version, settings.time_stamp)
    }
}

/// The longest answer that server and client take, in octets.
fn longest(header: &RequestHeader, settings: &Settings<'_>) -> usize {
    match header.maximum_response_size {
        // A size below zero makes no sense; nothing fits it.
        Some(size) => usize::try_from(size)
            .unwrap_or(0)
            .min(settings.maximum_response_len),
        None => settings.maximum_response_len,
    }
}
