//! What an answer of another server holds against the specification.
//!
//! May touch: the octets of the answer. strongroom-kmip writes no field that the version does not
//! have, so these are put in afterwards.

use strongroom_kmip::enumeration::{ObjectType, Operation, ResultStatus};
use strongroom_kmip::tag;

use crate::items::{Spot, find, insert, number, spot, spots};

/// A Text String as an item.
fn text(tag: u32, value: &str) -> Option<Vec<u8>> {
    let mut out = head(tag, 7, value.len())?;
    out.extend_from_slice(value.as_bytes());
    out.resize(out.len().checked_next_multiple_of(8)?, 0);
    Some(out)
}

fn head(tag: u32, kind: u8, len: usize) -> Option<Vec<u8>> {
    let [_, a, b, c] = tag.to_be_bytes();
    let mut out = vec![a, b, c, kind];
    out.extend_from_slice(&u32::try_from(len).ok()?.to_be_bytes());
    Some(out)
}

/// Puts a Server Correlation Value before the Batch Count of the header, if there is none yet.
pub(crate) fn correlate(answer: &mut Vec<u8>, value: &str) -> Option<()> {
    if find(answer, tag::SERVER_CORRELATION_VALUE).is_some() {
        return None;
    }
    let message = spot(answer, 0)?;
    let header = spot(answer, message.value)?;
    let at = find(answer, tag::BATCH_COUNT)?.value.checked_sub(8)?;
    let item = text(tag::SERVER_CORRELATION_VALUE.value(), value)?;
    insert(answer, at, &item, &[message, header])
}

/// Puts an Object Type first into the payload of each Register that succeeded; `types` are those
/// of the objects, in their order.
pub(crate) fn type_registered(answer: &mut Vec<u8>, types: &[ObjectType]) -> Option<()> {
    // From the last to the first, so that what is put in moves nothing that is still to come.
    let payloads = registered(answer);
    for ((batch_item, payload), object_type) in payloads.into_iter().zip(types).rev() {
        let mut item = head(tag::OBJECT_TYPE.value(), 5, 4)?;
        item.extend_from_slice(&object_type.value().to_be_bytes());
        item.extend_from_slice(&[0; 4]);
        // Read anew: an earlier insertion made it longer.
        let message = spot(answer, 0)?;
        insert(
            answer,
            payload.value,
            &item,
            &[message, batch_item, payload],
        )?;
    }
    Some(())
}

/// Batch item and payload of each Register that succeeded.
fn registered(answer: &[u8]) -> Vec<(Spot, Spot)> {
    let is = |spot: &Spot, tag: strongroom_ttlv::Tag| spot.tag == tag.value();
    let mut out = Vec::new();
    let (mut item, mut register, mut succeeded) = (None, false, false);
    for spot in spots(answer) {
        if is(&spot, tag::BATCH_ITEM) {
            (item, register, succeeded) = (Some(spot), false, false);
        } else if is(&spot, tag::OPERATION) {
            register = number(answer, spot) == Some(Operation::REGISTER.value());
        } else if is(&spot, tag::RESULT_STATUS) {
            succeeded = number(answer, spot) == Some(ResultStatus::SUCCESS.value());
        } else if is(&spot, tag::RESPONSE_PAYLOAD)
            && register
            && succeeded
            && let Some(item) = item
        {
            out.push((item, spot));
        }
    }
    out
}
