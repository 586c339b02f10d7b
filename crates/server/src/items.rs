//! Items of a message in octets: where they stand, and one put between them.
//!
//! May touch: the octets that it is given. For faults and quirks, which make messages that the
//! types of strongroom-kmip cannot express.

use strongroom_kmip::enumeration::Operation;
use strongroom_kmip::tag;
use strongroom_ttlv::Tag;

/// Tag, type, length.
const HEADER_LEN: usize = 8;
/// The type octet of a Structure.
pub(crate) const STRUCTURE: u8 = 1;

/// One item: where it stands, and how many octets its value has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) tag: u32,
    pub(crate) kind: u8,
    pub(crate) value: usize,
    pub(crate) len: usize,
}

/// The item at `offset`; `None` where the octets are no item.
pub(crate) fn spot(octets: &[u8], offset: usize) -> Option<Spot> {
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
pub(crate) fn spots(octets: &[u8]) -> impl Iterator<Item = Spot> {
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

pub(crate) fn find(octets: &[u8], tag: Tag) -> Option<Spot> {
    spots(octets).find(|spot| spot.tag == tag.value())
}

/// The operations that a message names, in its order.
pub(crate) fn operations(message: &[u8]) -> Vec<Operation> {
    spots(message)
        .filter(|spot| spot.tag == tag::OPERATION.value())
        .filter_map(|spot| number(message, spot))
        .map(Operation::new)
        .collect()
}

/// The first four octets of a value as a number.
pub(crate) fn number(octets: &[u8], spot: Spot) -> Option<u32> {
    let value = octets.get(spot.value..)?.first_chunk()?;
    Some(u32::from_be_bytes(*value))
}

/// Puts an item at `at`, inside of all `enclosing` structures. `None` where that is no place;
/// the octets are then of no use.
pub(crate) fn insert(
    octets: &mut Vec<u8>,
    at: usize,
    item: &[u8],
    enclosing: &[Spot],
) -> Option<()> {
    for grown in enclosing {
        let len = u32::try_from(grown.len.checked_add(item.len())?).ok()?;
        let end = grown.value;
        octets
            .get_mut(end.checked_sub(4)?..end)?
            .copy_from_slice(&len.to_be_bytes());
    }
    if at > octets.len() {
        return None;
    }
    let rest = octets.split_off(at);
    octets.extend_from_slice(item);
    octets.extend_from_slice(&rest);
    Some(())
}
