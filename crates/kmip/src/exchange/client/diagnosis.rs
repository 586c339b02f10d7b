//! Which quirks an answer shows, for tools: every field is looked at.
//!
//! May touch: the message's bytes, through `strongroom_ttlv::Fields`.

use strongroom_ttlv::{Fields, Tag, Value};

use super::Exchange;
use super::quirk::{Quirk, Quirks};
use crate::ProtocolVersion;
use crate::enumeration::{Operation, ResultReason, ResultStatus};
use crate::error::MessageError;
use crate::message::{ResponseItem, ResponseMessage};
use crate::{Limits, tag};

/// The quirks of the answer `message`, whose octets are `bytes`, to the request of `exchange`.
pub(super) fn quirks(
    message: &ResponseMessage,
    bytes: &[u8],
    (exchange, limits): (&Exchange, &Limits),
) -> Result<Quirks, MessageError> {
    let found = message.header.protocol_version;
    let mut quirks = Quirks::NONE;
    for item in &message.batch {
        of_item(&mut quirks, item, (exchange.version(), found));
    }
    let mut walk = Walk {
        version: found,
        registers: exchange.operation() == Operation::REGISTER,
        quirks,
    };
    let fields = Fields::message(tag::RESPONSE_MESSAGE, bytes, limits)?;
    walk.fields(fields, tag::RESPONSE_MESSAGE)?;
    Ok(walk.quirks)
}

fn of_item(
    quirks: &mut Quirks,
    item: &ResponseItem,
    (asked, found): (ProtocolVersion, ProtocolVersion),
) {
    let success = item.result_status == ResultStatus::SUCCESS;
    let (nameless, other) = (item.operation.is_none(), asked != found);
    quirks.note(Quirk::SuccessWithoutOperation, success && nameless);
    quirks.note(Quirk::RefusalWithoutOperation, !success && nameless);
    quirks.note(Quirk::AnswerInOtherVersion, success && other);
    quirks.note(Quirk::RefusalInOtherVersion, !success && other);
    let foreign = item.unique_batch_item_id.is_some();
    quirks.note(Quirk::ForeignBatchItemId, foreign);
    let invalid = item.result_reason == Some(ResultReason::INVALID_MESSAGE);
    quirks.note(
        Quirk::InvalidForUnsupported,
        !success && nameless && invalid,
    );
    let later = |reason: ResultReason| !found.has(reason.versions());
    quirks.note(Quirk::LaterReason, item.result_reason.is_some_and(later));
}

/// Looks at each field of a message.
struct Walk {
    version: ProtocolVersion,
    registers: bool,
    quirks: Quirks,
}

impl Walk {
    /// The fields of the structure `within`; the limits of the message bound the depth.
    fn fields(&mut self, mut fields: Fields<'_>, within: Tag) -> Result<(), MessageError> {
        while let Some(item) = fields.next_item()? {
            self.note(item.tag, within);
            match item.value {
                // What vendors put there is theirs.
                Value::Structure(inner) if item.tag != tag::MESSAGE_EXTENSION => {
                    self.fields(inner, item.tag)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn note(&mut self, found: Tag, within: Tag) {
        let known = tag::term(found);
        let later = known.is_none_or(|term| !self.version.has(Some(term.versions)));
        let quirk = match found {
            tag::SERVER_CORRELATION_VALUE if later => Quirk::EarlyServerCorrelationValue,
            tag::OBJECT_TYPE if self.registers && within == tag::RESPONSE_PAYLOAD => {
                Quirk::ObjectTypeOfRegistered
            }
            tag::ATTRIBUTE | tag::ATTRIBUTES if within == tag::KEY_VALUE => {
                Quirk::AttributesInKeyValue
            }
            _ if later => Quirk::LaterField,
            _ => return,
        };
        self.quirks.note(quirk, true);
    }
}
