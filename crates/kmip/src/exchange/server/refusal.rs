//! Answers to messages that are not carried out, as a whole or at all.
//!
//! May touch: nothing.

use zeroize::Zeroizing;

use super::{Failure, Settings, longest, plain_header, response_header};
use crate::ProtocolVersion;
use crate::enumeration::{BatchErrorContinuationOption, Operation, ResultReason};
use crate::error::{EncodeError, MessageError};
use crate::message::{RequestHeader, RequestItem, ResponseHeader, ResponseItem, ResponseMessage};
use crate::operation::{Request, Response};

/// The answer to bytes that are not a request that can be read.
pub(super) fn of_message(
    request: &[u8],
    settings: &Settings<'_>,
    error: &MessageError,
) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
    let version = readable_version(request)
        .filter(|version| settings.versions.contains(version))
        .unwrap_or(ProtocolVersion::V1_0);
    let reason = match error {
        // Readable, and wrong in what it says: not the way to say "unknown operation".
        MessageError::ObjectMismatch { .. }
        | MessageError::KeyFormat { .. }
        | MessageError::ValueNotInVersion { .. }
        | MessageError::Range { .. } => ResultReason::INVALID_FIELD,
        _ => ResultReason::INVALID_MESSAGE,
    };
    let failure = Failure::new(reason, error.to_string());
    one_item(plain_header(version, settings), failure)
}

/// Why a request is not carried out although it can be read.
pub(super) fn of_header(header: &RequestHeader, settings: &Settings<'_>) -> Option<Failure> {
    if !settings.versions.contains(&header.protocol_version) {
        let version = header.protocol_version;
        let words = format!("protocol version {version} is not supported here");
        return Some(Failure::new(ResultReason::INVALID_MESSAGE, words));
    }
    if header.batch_error_continuation_option == Some(BatchErrorContinuationOption::UNDO) {
        let words = "Batch Error Continuation Option Undo is not supported";
        return Some(Failure::new(ResultReason::FEATURE_NOT_SUPPORTED, words));
    }
    None
}

/// Refuses the whole message when an item has an extension that must be understood: none is known
/// here (KMIP 1.0, 6.16).
pub(super) fn of_extensions(batch: &[RequestItem]) -> Option<ResponseItem> {
    let item = batch
        .iter()
        .find(|item| item.critical_extension().is_some())?;
    let words = "a critical message extension is not known here".to_owned();
    let operation = Some(item.request.operation());
    let reason = ResultReason::FEATURE_NOT_SUPPORTED;
    let mut answer = ResponseItem::failure(operation, reason, Some(words));
    answer
        .unique_batch_item_id
        .clone_from(&item.unique_batch_item_id);
    Some(answer)
}

/// The answer to a request that is not carried out although it can be read.
pub(super) fn answer(
    header: &RequestHeader,
    settings: &Settings<'_>,
    failure: Failure,
) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
    let mut answer = response_header(header, settings);
    if !settings.versions.contains(&answer.protocol_version) {
        answer.protocol_version = ProtocolVersion::V1_0;
    }
    one_item(answer, failure)
}

/// The answer in place of one that is longer than `most` octets.
pub(super) fn too_large(
    header: &RequestHeader,
    settings: &Settings<'_>,
    (most, operation): (usize, Option<Operation>),
) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
    let words = format!("the answer is longer than {most} octets");
    let reason = ResultReason::RESPONSE_TOO_LARGE;
    let item = ResponseItem::failure(operation, reason, Some(words));
    ResponseMessage::new(response_header(header, settings), vec![item]).encode()
}

/// The answer in place of one that cannot be written.
pub(super) fn unwritable(
    header: &RequestHeader,
    settings: &Settings<'_>,
    error: &EncodeError,
) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
    let words = format!("the answer cannot be written: {error}");
    answer(
        header,
        settings,
        Failure::new(ResultReason::GENERAL_FAILURE, words),
    )
}

/// Refuses, before anything is done, a batch that changes something and whose client would not
/// take the answer: it would not learn what was done.
///
/// An answer to one changing operation has up to 216 octets with an identifier of 36, to each
/// further one up to 128, and to one that makes a pair twice that; correlation values come on top. Add and Modify Attribute repeat the
/// attribute, so their answer grows with the request of `len` octets. The length of what Delete
/// Attribute gives back is not known here.
pub(super) fn of_size(
    header: &RequestHeader,
    (batch, len): (&[RequestItem], usize),
    settings: &Settings<'_>,
) -> Option<Failure> {
    const HEADER_LEN: usize = 128;
    const ITEM_LEN: usize = 128;
    let repeats = |item: &RequestItem| {
        matches!(
            item.request,
            Request::AddAttribute(_) | Request::ModifyAttribute(_)
        )
    };
    if !batch.iter().any(|item| changes(&item.request)) {
        return None;
    }
    let repeated = match batch.iter().any(repeats) {
        true => len,
        false => 0,
    };
    // Their answers name two objects.
    let pair = |item: &&RequestItem| {
        matches!(
            item.request,
            Request::CreateKeyPair(_) | Request::ReKeyKeyPair(_)
        )
    };
    let pairs = batch.iter().filter(pair).count();
    let needed = batch
        .len()
        .saturating_add(pairs)
        .saturating_mul(ITEM_LEN)
        .saturating_add(HEADER_LEN)
        .saturating_add(correlation_len(header, settings))
        .saturating_add(repeated);
    if longest(header, settings) >= needed {
        return None;
    }
    let words = format!("a Maximum Response Size of at least {needed} octets is needed here");
    Some(Failure::new(ResultReason::RESPONSE_TOO_LARGE, words))
}

const fn changes(request: &Request) -> bool {
    matches!(
        request,
        Request::Create(_)
            | Request::Register(_)
            | Request::Activate(_)
            | Request::Revoke(_)
            | Request::Destroy(_)
            | Request::AddAttribute(_)
            | Request::ModifyAttribute(_)
            | Request::DeleteAttribute(_)
            | Request::SetAttribute(_)
            | Request::CreateKeyPair(_)
            | Request::ReKey(_)
            | Request::ReKeyKeyPair(_)
            | Request::DeriveKey(_)
            | Request::Archive(_)
            | Request::Recover(_)
            | Request::Import(_)
    )
}

/// Octets of the correlation values in the answer's header, item headers and padding included.
fn correlation_len(header: &RequestHeader, settings: &Settings<'_>) -> usize {
    let client = header.client_correlation_value.as_deref();
    let values = [client, settings.server_correlation_value];
    let lens = values.iter().flatten().map(|text| text.len());
    lens.fold(0, |sum, len| sum.saturating_add(len).saturating_add(15))
}

/// Refuses an answer that does not belong to the request, or that its version cannot express.
pub(super) fn check_response(
    operation: Operation,
    version: ProtocolVersion,
    response: Response,
) -> Result<Response, Failure> {
    if response.operation() != operation {
        let words = "the server answered another operation";
        return Err(Failure::new(ResultReason::GENERAL_FAILURE, words));
    }
    match &response {
        Response::Get(get) if get.object.check(version).is_err() => {
            let object_type = get.object.object_type();
            let words = format!("KMIP {version} cannot express this {object_type}");
            Err(Failure::new(
                ResultReason::KEY_FORMAT_TYPE_NOT_SUPPORTED,
                words,
            ))
        }
        _ => Ok(response),
    }
}

/// The failure of an operation that the request's own version does not have.
pub(super) fn not_in_version(operation: Operation, version: ProtocolVersion) -> Failure {
    let words = format!("{operation} does not exist in KMIP {version}");
    Failure::new(ResultReason::OPERATION_NOT_SUPPORTED, words)
}

fn one_item(header: ResponseHeader, failure: Failure) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
    let item = ResponseItem::failure(None, failure.reason, failure.message);
    ResponseMessage::new(header, vec![item]).encode()
}

/// The version at its fixed place in a request, even where the rest cannot be read.
///
/// ```text
///  0  42 00 78 01 length    Request Message
///  8  42 00 77 01 length    Request Header
/// 16  42 00 69 01 00000020  Protocol Version
/// 24  42 00 6A 02 00000004  major, 4 octets of padding
/// 40  42 00 6B 02 00000004  minor, 4 octets of padding
/// ```
fn readable_version(request: &[u8]) -> Option<ProtocolVersion> {
    let integer = |at: usize, header: &[u8; 8]| {
        let item = request.get(at..)?.first_chunk::<12>()?;
        let (found, value) = item.split_first_chunk::<8>()?;
        (found == header).then_some(())?;
        Some(i32::from_be_bytes(value.try_into().ok()?))
    };
    let starts = |at: usize, header: &[u8]| request.get(at..)?.starts_with(header).then_some(());
    starts(0, b"\x42\x00\x78\x01")?;
    starts(8, b"\x42\x00\x77\x01")?;
    starts(16, b"\x42\x00\x69\x01\x00\x00\x00\x20")?;
    let major = integer(24, b"\x42\x00\x6A\x02\x00\x00\x00\x04")?;
    let minor = integer(40, b"\x42\x00\x6B\x02\x00\x00\x00\x04")?;
    Some(ProtocolVersion { major, minor })
}
