//! What the octets of a checked item say.

use super::{Header, RawItem, careful, sound_item};
use crate::error::{DecodeError, DecodeErrorKind};
use crate::fields::Fields;
use crate::item::{HEADER_LEN, Item, ItemType, Value};
use crate::tolerance::Tolerances;

/// The one item that `message` is, whose inside was checked before under `tolerances`.
#[inline]
pub(crate) fn whole(message: &[u8], tolerances: Tolerances) -> Result<Item<'_>, DecodeError> {
    match message.split_first_chunk::<HEADER_LEN>() {
        Some((header, inside)) if Header::read(header).code == ItemType::Structure.code() => {
            Ok(Item {
                tag: Header::read(header).tag,
                offset: 0,
                value: Value::Structure(Fields::of(message, inside, 0, tolerances)),
                encoded: message,
                tolerances,
            })
        }
        _ => no_structure(message, tolerances),
    }
}

#[cold]
fn no_structure(message: &[u8], tolerances: Tolerances) -> Result<Item<'_>, DecodeError> {
    let at_top = |kind| DecodeError::at_item(kind, message, 0);
    let (_, raw) = match sound_item(message) {
        Some(found) => found,
        None => careful::item(message, tolerances).map_err(at_top)?,
    };
    let value = of(&raw, || Fields::of(message, raw.value, 0, tolerances));
    Ok(Item {
        tag: raw.tag,
        offset: 0,
        value: value.map_err(at_top)?,
        encoded: message,
        tolerances,
    })
}

/// The value of an item; `fields` makes those of a structure.
#[inline]
pub(crate) fn of<'a>(
    raw: &RawItem<'a>,
    fields: impl FnOnce() -> Fields<'a>,
) -> Result<Value<'a>, DecodeErrorKind> {
    let value = raw.value;
    Ok(match raw.item_type {
        ItemType::Structure => Value::Structure(fields()),
        ItemType::Integer => Value::Integer(i32::from_be_bytes(four(value))),
        ItemType::LongInteger => Value::LongInteger(i64::from_be_bytes(eight(value))),
        ItemType::BigInteger => Value::BigInteger(value),
        ItemType::Enumeration => Value::Enumeration(u32::from_be_bytes(four(value))),
        ItemType::Boolean => Value::Boolean(truth(value)),
        ItemType::TextString => Value::Text(text(value)?),
        ItemType::ByteString => Value::Bytes(value),
        ItemType::DateTime => Value::DateTime(i64::from_be_bytes(eight(value))),
        ItemType::Interval => Value::Interval(u32::from_be_bytes(four(value))),
        ItemType::DateTimeExtended => Value::DateTimeExtended(i64::from_be_bytes(eight(value))),
    })
}

/// What a Boolean says whose value was checked: anything but 0 is true.
#[inline(always)]
pub(crate) fn truth(value: &[u8]) -> bool {
    u64::from_be_bytes(eight(value)) != 0
}

#[inline(always)]
pub(crate) fn text(value: &[u8]) -> Result<&str, DecodeErrorKind> {
    core::str::from_utf8(value).map_err(|_| DecodeErrorKind::NotUtf8)
}

/// The four octets of a value whose length was checked.
#[inline(always)]
pub(crate) fn four(value: &[u8]) -> [u8; 4] {
    value.first_chunk().copied().unwrap_or_default()
}

/// The eight octets of a value whose length was checked.
#[inline(always)]
pub(crate) fn eight(value: &[u8]) -> [u8; 8] {
    value.first_chunk().copied().unwrap_or_default()
}
