//! Wrong octets in an answer, for faults.
//!
//! May touch: the octets that it is given.

use strongroom_kmip::tag;
use strongroom_ttlv::Tag;

use super::FaultAction;
use crate::items::{STRUCTURE, find, insert, spot, spots};

/// An item of up to eight octets, padded: header and value.
const SHORT_LEN: usize = 16;
/// Offset of the last octet of Protocol Version Major in any response: headers of the message,
/// of the response header, of the version, of the number, then its four octets.
const VERSION_MAJOR_OFFSET: usize = 8 + 8 + 8 + 8 + 3;
/// An id that no client of ours sends.
const OTHER_ID: [u8; SHORT_LEN] = *b"\x42\x00\x93\x08\x00\x00\x00\x01\xEE\0\0\0\0\0\0\0";

/// Makes the answer wrong as `fault` says; the others do nothing to octets.
pub(crate) fn change(fault: FaultAction, octets: &mut Vec<u8>) {
    match fault {
        FaultAction::WrongVersion => {
            if let Some(octet) = octets.get_mut(VERSION_MAJOR_OFFSET) {
                *octet = 9;
            }
        }
        FaultAction::Garbage => {
            if let Some(octet) = octets.first_mut() {
                *octet ^= 0xFF;
            }
        }
        FaultAction::WrongField(tag) => wrong_field(tag, octets),
        FaultAction::WrongBatchId if find(octets, tag::UNIQUE_BATCH_ITEM_ID).is_some() => {
            wrong_field(tag::UNIQUE_BATCH_ITEM_ID, octets);
        }
        // Nothing is changed where there is no item to put it into.
        FaultAction::WrongBatchId => drop(put_batch_id(octets)),
        _ => {}
    }
}

fn wrong_field(tag: Tag, octets: &mut [u8]) {
    let mut fields = spots(octets);
    let field =
        fields.find(|spot| spot.tag == tag.value() && spot.kind != STRUCTURE && spot.len > 0);
    drop(fields);
    let last = field.and_then(|spot| spot.value.checked_add(spot.len)?.checked_sub(1));
    if let Some(octet) = last.and_then(|at| octets.get_mut(at)) {
        *octet ^= 1;
    }
}

/// Puts an id into the first item, after its operation.
fn put_batch_id(octets: &mut Vec<u8>) -> Option<()> {
    let message = spot(octets, 0)?;
    let item = find(octets, tag::BATCH_ITEM)?;
    let first = spot(octets, item.value)?;
    let at = match first.tag == tag::OPERATION.value() {
        true => item.value.checked_add(SHORT_LEN)?,
        false => item.value,
    };
    insert(octets, at, &OTHER_ID, &[message, item])
}
