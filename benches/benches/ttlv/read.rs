//! What a caller reads out of an answer, with the generic readers of `Fields`.

use std::hint::black_box;

use strongroom_ttlv::{DecodeError, Fields, Item, Limits, item};

use crate::messages::tag;

/// What an answer's header says.
pub(crate) struct Header {
    pub(crate) version: (i32, i32),
    pub(crate) time: i64,
    pub(crate) count: i32,
}

/// What a Get brought.
pub(crate) struct Got<'a> {
    pub(crate) operation: u32,
    pub(crate) batch_item: Option<&'a [u8]>,
    pub(crate) status: u32,
    pub(crate) object_type: u32,
    pub(crate) id: &'a str,
    pub(crate) format: u32,
    pub(crate) material: &'a [u8],
    pub(crate) algorithm: u32,
    pub(crate) bits: i32,
}

/// Checks all of `message`, then reads the answer to one Get.
pub(crate) fn get<'a>(
    message: &'a [u8],
    limits: &Limits,
) -> Result<(Header, Got<'a>), DecodeError> {
    let mut fields = Fields::message(tag(0x7B), message, limits)?;
    let header = header(&mut fields)?;
    let got = got(&mut fields)?;
    fields.finish()?;
    Ok((header, got))
}

/// Checks all of `message`, then reads the answers to Gets, as many as the header says.
pub(crate) fn batch(message: &[u8], limits: &Limits) -> Result<i32, DecodeError> {
    let mut fields = Fields::message(tag(0x7B), message, limits)?;
    let header = header(&mut fields)?;
    for _ in 0..header.count {
        black_box(got(&mut fields)?);
    }
    fields.finish()?;
    Ok(header.count)
}

/// Checks all of `message`, then reads an answer to Get Attributes. Gives the number of
/// attributes.
pub(crate) fn attributes(message: &[u8], limits: &Limits) -> Result<usize, DecodeError> {
    let mut fields = Fields::message(tag(0x7B), message, limits)?;
    black_box(header(&mut fields)?);
    let mut item = fields.structure(tag(0x0F))?;
    black_box(item.enumeration::<u32>(tag(0x5C))?);
    black_box(item.enumeration::<u32>(tag(0x7F))?);
    let mut payload = item.structure(tag(0x7C))?;
    black_box(payload.text(tag(0x94))?);
    let mut count = 0_usize;
    while let Some(mut attribute) = payload.structure_opt(tag(0x08))? {
        let name = attribute.text(tag(0x0A))?;
        if name == "Name" {
            let mut value = attribute.structure(tag(0x0B))?;
            black_box((
                name,
                value.text(tag(0x55))?,
                value.enumeration::<u32>(tag(0x54))?,
            ));
            value.finish()?;
        } else {
            black_box((name, attribute.next_item()?));
        }
        attribute.finish()?;
        count = count.saturating_add(1);
    }
    for fields in [payload, item, fields] {
        fields.finish()?;
    }
    Ok(count)
}

#[inline(always)]
fn header(fields: &mut Fields<'_>) -> Result<Header, DecodeError> {
    let mut header = fields.structure(tag(0x7A))?;
    let mut version = header.structure(tag(0x69))?;
    let (major, minor) = (version.integer(tag(0x6A))?, version.integer(tag(0x6B))?);
    version.finish()?;
    let time = header.date_time(tag(0x92))?;
    let count = header.integer(tag(0x0D))?;
    header.finish()?;
    Ok(Header {
        version: (major, minor),
        time,
        count,
    })
}

#[inline(always)]
fn got<'a>(fields: &mut Fields<'a>) -> Result<Got<'a>, DecodeError> {
    let mut item = fields.structure(tag(0x0F))?;
    let operation = item.enumeration(tag(0x5C))?;
    let batch_item = item.bytes_opt(tag(0x93))?;
    let status = item.enumeration(tag(0x7F))?;
    let mut payload = item.structure(tag(0x7C))?;
    let object_type = payload.enumeration(tag(0x57))?;
    let id = payload.text(tag(0x94))?;
    let mut object = payload.structure(tag(0x8F))?;
    let mut block = object.structure(tag(0x40))?;
    let format = block.enumeration(tag(0x42))?;
    let mut value = block.structure(tag(0x45))?;
    let material = value.bytes(tag(0x43))?;
    let algorithm = block.enumeration(tag(0x28))?;
    let bits = block.integer(tag(0x2A))?;
    value.finish()?;
    block.finish()?;
    object.finish()?;
    payload.finish()?;
    item.finish()?;
    Ok(Got {
        operation,
        batch_item,
        status,
        object_type,
        id,
        format,
        material,
        algorithm,
        bits,
    })
}

/// The whole message checked, and its one item as a view.
pub(crate) fn view<'a>(message: &'a [u8], limits: &Limits) -> Result<Item<'a>, DecodeError> {
    Fields::item(message, limits)
}

/// Structures inside one another that [`item_walk`] follows.
const DEPTH: usize = 32;

/// A walk made of the nom parser `item` alone, as the yardstick is made of words.
#[inline(never)]
pub(crate) fn item_walk(message: &[u8]) -> bool {
    let mut outer: [&[u8]; DEPTH] = [&[]; DEPTH];
    let mut depth = 0_usize;
    let Ok((&[], _)) = item(message) else {
        return false;
    };
    let mut rest = message;
    loop {
        while rest.is_empty() {
            let Some(up) = depth.checked_sub(1) else {
                return true;
            };
            depth = up;
            rest = outer.get(depth).copied().unwrap_or_default();
        }
        let Ok((after, raw)) = item(rest) else {
            return false;
        };
        rest = after;
        if raw.item_type == strongroom_ttlv::ItemType::Structure {
            let Some(slot) = outer.get_mut(depth) else {
                return false;
            };
            *slot = after;
            depth = depth.wrapping_add(1);
            rest = raw.value;
        }
    }
}
