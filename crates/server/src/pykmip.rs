//! Messages that PyKMIP 0.11 refuses as a whole, whatever else is in them.
//!
//! May touch: the octets of the request.

use strongroom_kmip::Limits;
use strongroom_kmip::enumeration::{BatchErrorContinuationOption, Operation};
use strongroom_kmip::message::RequestMessage;
use strongroom_kmip::operation::Request;

/// Seconds after which a Time Stamp is too old.
const STALE: i64 = 60;

/// Operations that it reads although it does not do them, or that it does and this server does
/// not: these are refused as items.
const READ: [Operation; 4] = [
    Operation::RE_KEY,
    Operation::CHECK,
    Operation::RE_KEY_KEY_PAIR,
    Operation::CREATE_KEY_PAIR,
];

/// Why the whole message is answered with Invalid Message, in version 1.0 and without an
/// operation; `known` are the operations that are done.
pub(crate) fn refuse(
    request: &[u8],
    limits: &Limits,
    known: &[Operation],
    now: i64,
) -> Option<&'static str> {
    const UNREADABLE: &str = "the message cannot be parsed";
    let Ok(message) = RequestMessage::decode(request, limits) else {
        return Some(UNREADABLE);
    };
    let header = &message.header;
    let undo = Some(BatchErrorContinuationOption::UNDO);
    if header.batch_error_continuation_option == undo {
        return Some("Undo option for batch handling is not supported.");
    }
    match header.time_stamp.map(|stamp| now.saturating_sub(stamp)) {
        Some(..0) => return Some("Future request rejected by server."),
        Some(STALE..) => return Some("Stale request rejected by server."),
        _ => {}
    }
    let unreadable = |request: &Request| {
        let operation = request.operation();
        let bare =
            matches!(request, Request::Activate(request) if request.unique_identifier.is_none());
        bare || !(known.contains(&operation) || READ.contains(&operation))
    };
    let refused = header.client_correlation_value.is_some()
        || message
            .batch
            .iter()
            .any(|item| !item.message_extensions.is_empty() || unreadable(&item.request));
    refused.then_some(UNREADABLE)
}
