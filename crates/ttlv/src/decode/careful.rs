//! The rules of [`super::sound_item`] once more, each with the name of its breach, and with the
//! breaches that a reader was told to take.

use super::{Header, RawItem, last_word, padding_mask};
use crate::error::DecodeErrorKind;
use crate::item::{ALIGN, HEADER_LEN, ItemType};
use crate::tolerance::{Tolerance, Tolerances};

/// The item at the front of `input`, or what is wrong with it beyond `tolerances`.
#[cold]
pub(crate) fn item(
    input: &[u8],
    tolerances: Tolerances,
) -> Result<(&[u8], RawItem<'_>), DecodeErrorKind> {
    let Some((header, body)) = input.split_first_chunk::<HEADER_LEN>() else {
        return Err(DecodeErrorKind::Truncated { left: input.len() });
    };
    let Header { tag, code, length } = Header::read(header);
    let item_type = ItemType::from_code(code).ok_or(DecodeErrorKind::UnknownType { code })?;
    let (left, found) = (body.len(), length);
    let beyond = DecodeErrorKind::BeyondEnd { length, left };
    let len = usize::try_from(length).map_err(|_| beyond)?;
    let len = value_len(item_type, len, tolerances).ok_or(DecodeErrorKind::BadLength {
        item_type,
        length: found,
    })?;
    let taken = len.checked_next_multiple_of(ALIGN).ok_or(beyond)?;
    let (field, rest) = body.split_at_checked(taken).ok_or(beyond)?;
    if last_word(field) & padding_mask(len) != 0 {
        return Err(DecodeErrorKind::NonZeroPadding);
    }
    // `len` is at most `taken`: the slice is there.
    let value = field.get(..len).unwrap_or_default();
    check_value(item_type, value, tolerances)?;
    let raw = RawItem {
        tag,
        item_type,
        value,
    };
    Ok((rest, raw))
}

/// Octets of the value, if the length field `len` may stand with this type.
fn value_len(item_type: ItemType, len: usize, tolerances: Tolerances) -> Option<usize> {
    match item_type {
        ItemType::Structure if len.is_multiple_of(ALIGN) => Some(len),
        ItemType::BigInteger if len.is_multiple_of(ALIGN) && len != 0 => Some(len),
        ItemType::Integer | ItemType::Enumeration | ItemType::Interval => match len {
            4 => Some(4),
            8 if tolerances.has(Tolerance::LengthCountsPadding) => Some(4),
            _ => None,
        },
        ItemType::LongInteger
        | ItemType::Boolean
        | ItemType::DateTime
        | ItemType::DateTimeExtended
            if len == 8 =>
        {
            Some(8)
        }
        ItemType::TextString | ItemType::ByteString => Some(len),
        _ => None,
    }
}

/// The rules about values: Booleans are 0 or 1, text is UTF-8.
fn check_value(
    item_type: ItemType,
    value: &[u8],
    tolerances: Tolerances,
) -> Result<(), DecodeErrorKind> {
    match item_type {
        ItemType::Boolean if last_word(value) > 1 && !tolerances.has(Tolerance::AnyTrue) => {
            Err(DecodeErrorKind::BadBoolean)
        }
        ItemType::TextString if core::str::from_utf8(value).is_err() => {
            Err(DecodeErrorKind::NotUtf8)
        }
        _ => Ok(()),
    }
}
