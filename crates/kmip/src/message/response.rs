//! `Response Message` and its batch items (KMIP 1.0, 7.1 and 7.2).
//!
//! May touch: what the payloads touch.

use strongroom_ttlv::{Fields, OwnedItem, Writer};
use zeroize::Zeroizing;

use super::{Aside, MessageExtension, ResponseHeader};
use crate::enumeration::{Operation, ResultReason, ResultStatus};
use crate::error::{EncodeError, MessageError};
use crate::field::Field;
use crate::operation::Response;
use crate::reader::{self, Mode, Reader, Record};
use crate::write::{self, opt};
use crate::{Limits, ProtocolVersion, tag};

/// A response (KMIP 1.0, 7.1).
///
/// ```text
/// Response Message 0x42007B Structure
///   Response Header 0x42007A Structure   required
///   Batch Item      0x42000F Structure   one or more
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct ResponseMessage {
    /// The header.
    pub header: ResponseHeader,
    /// The batch items.
    pub batch: Vec<ResponseItem>,
}

/// One batch item of a response (KMIP 1.0, 7.2).
///
/// ```text
/// Batch Item 0x42000F Structure
///   Operation                      0x42005C Enumeration   absent in some errors
///   Unique Batch Item ID           0x420093 Byte String   as in the request
///   Result Status                  0x42007F Enumeration   required
///   Result Reason                  0x42007E Enumeration   when failed
///   Result Message                 0x42007D Text String
///   Asynchronous Correlation Value 0x420006 Byte String   when pending
///   Response Payload               0x42007C Structure     when not failed
///   Message Extension              0x420051 Structure     any number
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct ResponseItem {
    /// The operation; some servers leave it out of errors.
    pub operation: Option<Operation>,
    /// The client's mark on the item.
    pub unique_batch_item_id: Option<Vec<u8>>,
    /// How it ended.
    pub result_status: ResultStatus,
    /// Why it failed.
    pub result_reason: Option<ResultReason>,
    /// The server's words about it.
    pub result_message: Option<String>,
    /// The handle of an operation that is not finished.
    pub asynchronous_correlation_value: Option<Vec<u8>>,
    /// What came of it; only ever read when the status is Success, or Undone (what was done before
    /// that), and the operation is named. Boxed: the longest answers are long, and an item is handed
    /// on by value.
    pub response: Option<Box<Response>>,
    /// The payload of an item with status Undone that is not what its operation answers, as it
    /// came.
    pub unread_payload: Option<OwnedItem>,
    /// What vendors add.
    pub message_extensions: Vec<MessageExtension>,
}

impl ResponseItem {
    /// An operation that succeeded.
    #[must_use]
    pub fn success(response: Response) -> Self {
        Self {
            operation: Some(response.operation()),
            unique_batch_item_id: None,
            result_status: ResultStatus::SUCCESS,
            result_reason: None,
            result_message: None,
            asynchronous_correlation_value: None,
            response: Some(Box::new(response)),
            unread_payload: None,
            message_extensions: Vec::new(),
        }
    }

    /// An operation that failed, or a message that could not be read (`operation` is `None`).
    #[must_use]
    pub const fn failure(
        operation: Option<Operation>,
        reason: ResultReason,
        message: Option<String>,
    ) -> Self {
        Self {
            operation,
            unique_batch_item_id: None,
            result_status: ResultStatus::OPERATION_FAILED,
            result_reason: Some(reason),
            result_message: message,
            asynchronous_correlation_value: None,
            response: None,
            unread_payload: None,
            message_extensions: Vec::new(),
        }
    }

    fn decode(mut fields: Reader<'_>, assumed: Option<Operation>) -> Result<Self, MessageError> {
        let f = &mut fields;
        let operation = f.opt(tag::OPERATION, Fields::enumeration)?;
        let id = f.opt(tag::UNIQUE_BATCH_ITEM_ID, Fields::bytes)?;
        let status = f.need(tag::RESULT_STATUS, Fields::enumeration)?;
        let reason = f.opt(tag::RESULT_REASON, Fields::enumeration)?;
        let message = f.opt(tag::RESULT_MESSAGE, Fields::text)?;
        let handle = f.opt(tag::ASYNCHRONOUS_CORRELATION_VALUE, Fields::bytes)?;
        // The status comes first: what stands in the payload of a failed item is not an answer.
        let (response, unread_payload) = match status {
            ResultStatus::SUCCESS => (payload(operation.or(assumed), f)?, None),
            ResultStatus::OPERATION_UNDONE => undone_payload(operation, f)?,
            _ => (None, None),
        };
        // A vendor's extension that is not whole is no reason to lose the answer.
        let extension = |item: &mut Reader<'_>| {
            Ok(item.attempt(|item| Field::read(item, tag::MESSAGE_EXTENSION)))
        };
        let message_extensions = f.fields(tag::MESSAGE_EXTENSION, extension)?;
        fields.finish()?;
        Ok(Self {
            operation,
            unique_batch_item_id: id.map(<[u8]>::to_vec),
            result_status: status,
            result_reason: reason,
            result_message: message.map(str::to_owned),
            asynchronous_correlation_value: handle.map(<[u8]>::to_vec),
            response,
            unread_payload,
            message_extensions: message_extensions.into_iter().flatten().collect(),
        })
    }

    fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.structure(tag::BATCH_ITEM, |out| {
            opt(out, tag::OPERATION, self.operation, Writer::enumeration);
            let id = self.unique_batch_item_id.as_deref();
            opt(out, tag::UNIQUE_BATCH_ITEM_ID, id, Writer::bytes);
            out.enumeration(tag::RESULT_STATUS, self.result_status);
            let reason = self.result_reason.map(|reason| reason.in_version(version));
            opt(out, tag::RESULT_REASON, reason, Writer::enumeration);
            let message = self.result_message.as_deref();
            opt(out, tag::RESULT_MESSAGE, message, Writer::text);
            let handle = self.asynchronous_correlation_value.as_deref();
            opt(
                out,
                tag::ASYNCHRONOUS_CORRELATION_VALUE,
                handle,
                Writer::bytes,
            );
            if let Some(response) = &self.response {
                out.structure(tag::RESPONSE_PAYLOAD, |out| response.encode(out, version));
            } else if let Some(payload) = &self.unread_payload {
                write::owned_item_as(out, tag::RESPONSE_PAYLOAD, payload);
            }
            let extensions = &self.message_extensions;
            Field::write_list(extensions, out, tag::MESSAGE_EXTENSION, version);
        });
    }
}

/// The answer in the payload, where the operation is named.
fn payload(
    operation: Option<Operation>,
    item: &mut Reader<'_>,
) -> Result<Option<Box<Response>>, MessageError> {
    let Some(operation) = operation else {
        return Ok(None);
    };
    let payload = item.structure_opt(tag::RESPONSE_PAYLOAD)?;
    payload
        .map(|payload| Response::decode(operation, payload).map(Box::new))
        .transpose()
}

/// What was done before it was undone: told by some servers, and no answer either. One that cannot
/// be read is kept as it came.
fn undone_payload(
    operation: Option<Operation>,
    item: &mut Reader<'_>,
) -> Result<(Option<Box<Response>>, Option<OwnedItem>), MessageError> {
    if let Some(Some(response)) = item.attempt(|item| payload(operation, item)) {
        return Ok((Some(response), None));
    }
    let unread = item.opt(tag::RESPONSE_PAYLOAD, reader::any_item)?;
    Ok((None, unread.map(|item| item.to_owned_item())))
}

impl ResponseMessage {
    /// A message of these items.
    #[must_use]
    pub const fn new(header: ResponseHeader, batch: Vec<ResponseItem>) -> Self {
        Self { header, batch }
    }

    /// Reads a response by tag: unknown fields are passed over and order does not matter, in
    /// headers and payloads, never in objects.
    ///
    /// # Errors
    ///
    /// [`MessageError`]: the bytes are not such a message, or a field has another shape than it
    /// must have.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Self, MessageError> {
        Self::decode_as(bytes, limits, None)
    }

    /// As [`Self::decode`]; an item that names no operation is read as one of `assumed`.
    pub(crate) fn decode_as(
        bytes: &[u8],
        limits: &Limits,
        assumed: Option<Operation>,
    ) -> Result<Self, MessageError> {
        let fields = Fields::message(tag::RESPONSE_MESSAGE, bytes, limits)?;
        Self::read(Reader::new(fields, Mode::Tolerant), assumed)
    }

    /// Reads a response as [`Self::decode`] does, and keeps aside what that passes over: fields of
    /// a later version than the types here, of a vendor, or that stand twice. For logs and
    /// diagnosis; it takes longer.
    ///
    /// A field that a type here has is in that type, also where it came after the message's own
    /// version.
    ///
    /// # Errors
    ///
    /// As [`Self::decode`].
    pub fn decode_keeping(
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<(Self, Vec<Aside>), MessageError> {
        Self::decode_keeping_as(bytes, limits, None)
    }

    /// As [`Self::decode_keeping`]; an item that names no operation is read as one of `assumed`.
    pub(crate) fn decode_keeping_as(
        bytes: &[u8],
        limits: &Limits,
        assumed: Option<Operation>,
    ) -> Result<(Self, Vec<Aside>), MessageError> {
        let fields = Fields::message(tag::RESPONSE_MESSAGE, bytes, limits)?;
        let record = Record::default();
        let reader = Reader::new(fields.clone(), Mode::Tolerant);
        let message = Self::read(reader.recorded(Some(&record)), assumed)?;
        Ok((message, Aside::all(record, fields)?))
    }

    fn read(mut fields: Reader<'_>, assumed: Option<Operation>) -> Result<Self, MessageError> {
        let (header, count) = ResponseHeader::decode(fields.structure(tag::RESPONSE_HEADER)?)?;
        let mut fields = fields.of_version(header.protocol_version);
        let batch =
            fields.structures(tag::BATCH_ITEM, |item| ResponseItem::decode(item, assumed))?;
        fields.finish()?;
        if usize::try_from(count) != Ok(batch.len()) {
            return Err(MessageError::BatchCount {
                claimed: count,
                found: batch.len(),
            });
        }
        Ok(Self { header, batch })
    }

    /// Writes the message into a wiped buffer of its exact size, without what its version does
    /// not know (I10).
    ///
    /// # Errors
    ///
    /// [`EncodeError::NotInVersion`] names the operation, or the required field whose value the
    /// version does not have; else when something does not fit the wire.
    pub fn encode(&self) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
        self.encode_by(self.header.protocol_version)
    }

    /// Writes the message by the rules of `version`, whatever version its header names: for tools
    /// that write again what others wrote with the fields of a later version.
    ///
    /// # Errors
    ///
    /// [`EncodeError`], as [`Self::encode`] gives it, of `version`.
    pub fn encode_by(&self, version: ProtocolVersion) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
        if !version.is_supported() {
            return Err(EncodeError::UnsupportedVersion { version });
        }
        let responses = self.batch.iter().filter_map(|item| item.response.as_ref());
        for response in responses {
            response.check(version)?;
        }
        let count = i32::try_from(self.batch.len()).map_err(|_| EncodeError::BatchTooLong)?;
        Ok(strongroom_ttlv::encode(|out| {
            out.structure(tag::RESPONSE_MESSAGE, |out| {
                self.header.encode(count, out, version);
                for item in &self.batch {
                    item.encode(out, version);
                }
            });
        })?)
    }
}
