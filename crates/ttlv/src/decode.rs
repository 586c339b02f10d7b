//! One item from the front of a slice: the grammar of TTLV as one function with nom's
//! signature. Header, length, bounds and padding are checked in one go, because combinators
//! for each of them took twice the time.

use nom::error::{ErrorKind, ParseError};
use nom::{Err, IResult};

use crate::error::{DecodeError, DecodeErrorKind};
use crate::fields::Fields;
use crate::item::{ALIGN, HEADER_LEN, Item, ItemType, Tag, Value};

/// What [`item`] and nom's combinators around it report: small, without a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// What is wrong. A combinator's own complaint is [`DecodeErrorKind::Empty`] at the end
    /// of the input and [`DecodeErrorKind::Truncated`] elsewhere.
    pub kind: DecodeErrorKind,
    /// Octets of input from the item at fault to the end.
    pub left: usize,
}

impl ParseError<&[u8]> for Fault {
    fn from_error_kind(input: &[u8], _: ErrorKind) -> Self {
        let left = input.len();
        let kind = if left == 0 {
            DecodeErrorKind::Empty
        } else {
            DecodeErrorKind::Truncated { left }
        };
        Self { kind, left }
    }

    fn append(_: &[u8], _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// An item as it lies on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RawItem<'a> {
    /// The tag.
    pub tag: Tag,
    /// The type.
    pub item_type: ItemType,
    /// The value without padding; of a structure, the items in it.
    pub value: &'a [u8],
}

impl core::fmt::Debug for RawItem<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self {
            tag,
            item_type,
            value,
        } = self;
        write!(f, "{tag} {item_type} ({} octets)", value.len())
    }
}

/// The padding octets of the last word of a value, by the value's length modulo 8.
const PADDING: [u64; ALIGN] = [
    0,
    0x00FF_FFFF_FFFF_FFFF,
    0x0000_FFFF_FFFF_FFFF,
    0x0000_00FF_FFFF_FFFF,
    0x0000_0000_FFFF_FFFF,
    0x0000_0000_00FF_FFFF,
    0x0000_0000_0000_FFFF,
    0x0000_0000_0000_00FF,
];

/// Parses one item from the front of `input`: a nom parser (KMIP 1.0, 9.1.1).
///
/// Checks the type code, the length against the type, the bounds, the padding, that a Boolean is
/// 0 or 1 and that text is UTF-8. The items inside a structure are not looked at.
///
/// # Errors
///
/// [`Err::Error`] with a [`Fault`]; never [`Err::Incomplete`], because a message is
/// complete before it is parsed.
#[inline]
pub fn item(input: &[u8]) -> IResult<&[u8], RawItem<'_>, Fault> {
    let (rest, raw) = shape(input)?;
    let sound = match raw.item_type {
        ItemType::Boolean if boolean(raw.value).is_none() => DecodeErrorKind::BadBoolean,
        ItemType::TextString if core::str::from_utf8(raw.value).is_err() => {
            DecodeErrorKind::NotUtf8
        }
        _ => return Ok((rest, raw)),
    };
    fault(input, sound)
}

/// [`item`] without a look at the value.
#[inline]
pub(crate) fn shape(input: &[u8]) -> IResult<&[u8], RawItem<'_>, Fault> {
    let Some((header, body)) = input.split_first_chunk::<HEADER_LEN>() else {
        return short(input);
    };
    let header = Header::read(header);
    let Some(item_type) = ItemType::from_code(header.code) else {
        return fault(input, DecodeErrorKind::UnknownType { code: header.code });
    };
    let Ok(len) = usize::try_from(header.length) else {
        return beyond(input, header.length, body.len());
    };
    let taken = match item_type {
        ItemType::Structure if len.is_multiple_of(ALIGN) => len,
        ItemType::Integer | ItemType::Enumeration | ItemType::Interval if len == 4 => 8,
        ItemType::LongInteger
        | ItemType::Boolean
        | ItemType::DateTime
        | ItemType::DateTimeExtended
            if len == 8 =>
        {
            8
        }
        ItemType::BigInteger if len.is_multiple_of(ALIGN) && len != 0 => len,
        ItemType::TextString | ItemType::ByteString => {
            let Some(taken) = len.checked_next_multiple_of(ALIGN) else {
                return beyond(input, header.length, body.len());
            };
            taken
        }
        _ => return bad_length(input, item_type, header.length),
    };
    let Some((field, rest)) = body.split_at_checked(taken) else {
        return beyond(input, header.length, body.len());
    };
    let mask = PADDING.get(len % ALIGN).copied().unwrap_or_default();
    let last = field
        .last_chunk()
        .map_or(0, |word| u64::from_be_bytes(*word));
    if last & mask != 0 {
        return fault(input, DecodeErrorKind::NonZeroPadding);
    }
    // `len` is at most `taken`: the slice is there.
    let value = field.get(..len).unwrap_or_default();
    Ok((
        rest,
        RawItem {
            tag: header.tag,
            item_type,
            value,
        },
    ))
}

/// The Boolean that `value` says, if it says one.
pub(crate) fn boolean(value: &[u8]) -> Option<bool> {
    match u64::from_be_bytes(*value.first_chunk()?) {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

#[cold]
fn fault<T>(input: &[u8], kind: DecodeErrorKind) -> Result<T, Err<Fault>> {
    let left = input.len();
    Err(Err::Error(Fault { kind, left }))
}

#[cold]
fn short<T>(input: &[u8]) -> Result<T, Err<Fault>> {
    fault(input, DecodeErrorKind::Truncated { left: input.len() })
}

#[cold]
fn beyond<T>(input: &[u8], length: u32, left: usize) -> Result<T, Err<Fault>> {
    fault(input, DecodeErrorKind::BeyondEnd { length, left })
}

#[cold]
fn bad_length<T>(input: &[u8], item_type: ItemType, length: u32) -> Result<T, Err<Fault>> {
    fault(input, DecodeErrorKind::BadLength { item_type, length })
}

/// The kind inside nom's wrapper. [`item`] makes no `Incomplete`.
pub(crate) fn kind_of(error: Err<Fault>) -> DecodeErrorKind {
    match error {
        Err::Error(fault) | Err::Failure(fault) => fault.kind,
        Err::Incomplete(_) => DecodeErrorKind::Empty,
    }
}

/// Tag, type code and length, not checked.
#[derive(Clone, Copy)]
pub(crate) struct Header {
    pub(crate) tag: Tag,
    pub(crate) code: u8,
    pub(crate) length: u32,
}

impl Header {
    pub(crate) const fn read(octets: &[u8; HEADER_LEN]) -> Self {
        let [a, b, c, code, e, f, g, h] = *octets;
        Self {
            tag: Tag::new(u32::from_be_bytes([0, a, b, c])),
            code,
            length: u32::from_be_bytes([e, f, g, h]),
        }
    }

    /// Octets of the value with its padding, as far as they can be counted.
    pub(crate) fn padded_len(self) -> usize {
        usize::try_from(self.length)
            .ok()
            .and_then(|length| length.checked_next_multiple_of(ALIGN))
            .unwrap_or(usize::MAX)
    }
}

/// The header at offset `at` of `message`, if 8 octets are there.
pub(crate) fn header_at(message: &[u8], at: usize) -> Option<Header> {
    Some(Header::read(message.get(at..)?.first_chunk()?))
}

/// The one item that `message` is, whose inside was checked before.
pub(crate) fn checked_item(message: &[u8]) -> Result<Item<'_>, DecodeError> {
    let (_, raw) =
        shape(message).map_err(|error| DecodeError::at_item(kind_of(error), message, 0))?;
    let end = HEADER_LEN.saturating_add(raw.value.len());
    let value = value(&raw, || Fields::of(message, 0, end))
        .map_err(|kind| DecodeError::at_item(kind, message, 0))?;
    Ok(Item {
        tag: raw.tag,
        offset: 0,
        value,
        encoded: message,
    })
}

/// The value of an item; `fields` makes those of a structure.
pub(crate) fn value<'a>(
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
        ItemType::Boolean => Value::Boolean(boolean(value).ok_or(DecodeErrorKind::BadBoolean)?),
        ItemType::TextString => {
            Value::Text(core::str::from_utf8(value).map_err(|_| DecodeErrorKind::NotUtf8)?)
        }
        ItemType::ByteString => Value::Bytes(value),
        ItemType::DateTime => Value::DateTime(i64::from_be_bytes(eight(value))),
        ItemType::Interval => Value::Interval(u32::from_be_bytes(four(value))),
        ItemType::DateTimeExtended => Value::DateTimeExtended(i64::from_be_bytes(eight(value))),
    })
}

/// The four octets of a value whose length [`shape`] checked.
pub(crate) fn four(value: &[u8]) -> [u8; 4] {
    value.first_chunk().copied().unwrap_or_default()
}

/// The eight octets of a value whose length [`shape`] checked.
pub(crate) fn eight(value: &[u8]) -> [u8; 8] {
    value.first_chunk().copied().unwrap_or_default()
}
