//! Octets of messages for faults: which operations a request names, and a wrong octet in an answer.
//!
//! May touch: the octets that it is given.

use strongroom_kmip::enumeration::Operation;
use strongroom_kmip::tag;
use strongroom_ttlv::Tag;

use super::FaultAction;

/// Tag, type, length.
const HEADER_LEN: usize = 8;
const STRUCTURE: u8 = 1;
/// An item of up to eight octets, padded: header and value.
const SHORT_LEN: usize = 16;
/// Offset of the last octet of Protocol Version Major in any response: headers of the message,
/// of the response header, of the version, of the number, then its four octets.
const VERSION_MAJOR_OFFSET: usize = 8 + 8 + 8 + 8 + 3;
/// An id that no client of ours sends.
const OTHER_ID: [u8; SHORT_LEN] = *b"\x42\x00\x93\x08\x00\x00\x00\x01\xEE\0\0\0\0\0\0\0";

/// One item: where it stands, and how many octets its value has.
#[derive(Clone, Copy)]
struct Spot {
    tag: u32,
    kind: u8,
    value: usize,
    len: usize,
}

/// The item at `offset`; `None` where the octets are no item.
fn spot(octets: &[u8], offset: usize) -> Option<Spot> {
    let header = octets.get(offset..)?.first_chunk::<HEADER_LEN>()?;
    let [a, b, c, kind, len @ ..] = *header;
    let len = usize::try_from(u32::from_be_bytes(len)).ok()?;
    Some(Spot {
        tag: u32::from_be_bytes([0, a, b, c]),
        kind,
        value: offset.checked_add(HEADER_LEN)?,
        len,
    })
}

/// All items in the order in which they stand, the inner ones after their structure.
fn spots(octets: &[u8]) -> impl Iterator<Item = Spot> {
    let mut offset = 0_usize;
    std::iter::from_fn(move || {
        let spot = spot(octets, offset)?;
        offset = match spot.kind {
            STRUCTURE => spot.value,
            _ => spot
                .value
                .checked_add(spot.len.checked_next_multiple_of(8)?)?,
        };
        Some(spot)
    })
}

fn find(octets: &[u8], tag: Tag) -> Option<Spot> {
    spots(octets).find(|spot| spot.tag == tag.value())
}

/// The operations that a request names, in its order.
pub(crate) fn operations(request: &[u8]) -> Vec<Operation> {
    spots(request)
        .filter(|spot| spot.tag == tag::OPERATION.value())
        .filter_map(|spot| request.get(spot.value..)?.first_chunk())
        .map(|number| Operation::new(u32::from_be_bytes(*number)))
        .collect()
}

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
    for grown in [message, item] {
        let len = u32::try_from(grown.len.checked_add(SHORT_LEN)?).ok()?;
        let end = grown.value;
        octets
            .get_mut(end.checked_sub(4)?..end)?
            .copy_from_slice(&len.to_be_bytes());
    }
    let rest = octets.split_off(at.min(octets.len()));
    octets.extend_from_slice(&OTHER_ID);
    octets.extend_from_slice(&rest);
    Some(())
}
