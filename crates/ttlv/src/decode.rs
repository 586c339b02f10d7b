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

impl Fault {
    #[cold]
    const fn at(input: &[u8], kind: DecodeErrorKind) -> Self {
        let left = input.len();
        Self { kind, left }
    }
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
    let fault = |kind| Err::Error(Fault::at(input, kind));
    let (rest, raw) = parse(input).map_err(fault)?;
    match check_value(&raw) {
        Ok(()) => Ok((rest, raw)),
        Err(kind) => Err(fault(kind)),
    }
}

/// What [`item`] says to `input`, without what is wrong: half the code where it is inlined.
#[inline(always)]
pub(crate) fn item_opt(input: &[u8]) -> Option<(&[u8], RawItem<'_>)> {
    let (rest, raw) = parse(input).ok()?;
    check_value(&raw).ok()?;
    Some((rest, raw))
}

/// [`item_opt`] without a look at the value.
#[inline(always)]
pub(crate) fn shape_opt(input: &[u8]) -> Option<(&[u8], RawItem<'_>)> {
    parse(input).ok()
}

/// What is wrong with the item at the front of `input`, which [`item_opt`] refused.
#[cold]
pub(crate) fn diagnose(input: &[u8]) -> DecodeErrorKind {
    match item(input) {
        Err(Err::Error(fault) | Err::Failure(fault)) => fault.kind,
        // Not reached: both are the same code, and it makes no `Incomplete`.
        Err(Err::Incomplete(_)) | Ok(_) => DecodeErrorKind::Truncated { left: input.len() },
    }
}

/// The whole grammar of an item but for its value. Inlined everywhere, so that each caller
/// keeps only the part of the result that it looks at.
#[inline(always)]
fn parse(input: &[u8]) -> Result<(&[u8], RawItem<'_>), DecodeErrorKind> {
    let Some((header, body)) = input.split_first_chunk::<HEADER_LEN>() else {
        return Err(DecodeErrorKind::Truncated { left: input.len() });
    };
    let Header { tag, code, length } = Header::read(header);
    let Some(item_type) = ItemType::from_code(code) else {
        return Err(DecodeErrorKind::UnknownType { code });
    };
    let beyond = DecodeErrorKind::BeyondEnd {
        length,
        left: body.len(),
    };
    let len = usize::try_from(length).map_err(|_| beyond)?;
    let fits = match item_type {
        ItemType::Structure => len.is_multiple_of(ALIGN),
        ItemType::Integer | ItemType::Enumeration | ItemType::Interval => len == 4,
        ItemType::LongInteger
        | ItemType::Boolean
        | ItemType::DateTime
        | ItemType::DateTimeExtended => len == 8,
        ItemType::BigInteger => len.is_multiple_of(ALIGN) && len != 0,
        ItemType::TextString | ItemType::ByteString => true,
    };
    if !fits {
        return Err(DecodeErrorKind::BadLength { item_type, length });
    }
    let taken = len.checked_next_multiple_of(ALIGN).ok_or(beyond)?;
    let (field, rest) = body.split_at_checked(taken).ok_or(beyond)?;
    let mask = PADDING.get(len % ALIGN).copied().unwrap_or_default();
    let last = field
        .last_chunk()
        .map_or(0, |word| u64::from_be_bytes(*word));
    if last & mask != 0 {
        return Err(DecodeErrorKind::NonZeroPadding);
    }
    // `len` is at most `taken`: the slice is there.
    let value = field.get(..len).unwrap_or_default();
    let raw = RawItem {
        tag,
        item_type,
        value,
    };
    Ok((rest, raw))
}

/// The rules about values: Booleans are 0 or 1, text is UTF-8.
#[inline(always)]
fn check_value(raw: &RawItem<'_>) -> Result<(), DecodeErrorKind> {
    match raw.item_type {
        ItemType::Boolean if boolean(raw.value).is_none() => Err(DecodeErrorKind::BadBoolean),
        ItemType::TextString if core::str::from_utf8(raw.value).is_err() => {
            Err(DecodeErrorKind::NotUtf8)
        }
        _ => Ok(()),
    }
}

/// The Boolean that `value` says, if it says one.
#[inline(always)]
pub(crate) fn boolean(value: &[u8]) -> Option<bool> {
    match u64::from_be_bytes(*value.first_chunk()?) {
        0 => Some(false),
        1 => Some(true),
        _ => None,
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
    #[inline(always)]
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
#[inline]
pub(crate) fn header_at(message: &[u8], at: usize) -> Option<Header> {
    Some(Header::read(message.get(at..)?.first_chunk()?))
}

/// The one item that `message` is, whose inside was checked before.
pub(crate) fn checked_item(message: &[u8]) -> Result<Item<'_>, DecodeError> {
    let Some((_, raw)) = shape_opt(message) else {
        return Err(DecodeError::at_item(diagnose(message), message, 0));
    };
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

/// The four octets of a value whose length [`parse`] checked.
#[inline(always)]
pub(crate) fn four(value: &[u8]) -> [u8; 4] {
    value.first_chunk().copied().unwrap_or_default()
}

/// The eight octets of a value whose length [`parse`] checked.
#[inline(always)]
pub(crate) fn eight(value: &[u8]) -> [u8; 8] {
    value.first_chunk().copied().unwrap_or_default()
}
