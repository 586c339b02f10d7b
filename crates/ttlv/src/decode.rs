//! One item from the front of a slice: the grammar of TTLV as one function with nom's
//! signature. Header, length, bounds and padding are checked in one go, because combinators
//! for each of them took twice the time.

pub(crate) mod careful;
pub(crate) mod value;

use nom::error::{ErrorKind, ParseError};
use nom::{Err, IResult};

use crate::error::DecodeErrorKind;
use crate::item::{ALIGN, HEADER_LEN, ItemType, Tag};
use crate::tolerance::Tolerances;

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
    match sound_item(input) {
        Some(found) => Ok(found),
        None => fault(input),
    }
}

#[cold]
fn fault(input: &[u8]) -> IResult<&[u8], RawItem<'_>, Fault> {
    let left = input.len();
    careful::item(input, Tolerances::NONE).map_err(|kind| Err::Error(Fault { kind, left }))
}

/// The item at the front of `input` if it is sound. Of any other, [`careful::item`] says what
/// is wrong or what it is taken for: the same rules in two places, because a function that
/// can name each fault takes twice the time of one that cannot. Tests hold them together.
///
/// Inlined everywhere, so that each caller keeps only the part of the result that it looks at.
#[inline(always)]
pub(crate) fn sound_item(input: &[u8]) -> Option<(&[u8], RawItem<'_>)> {
    let (header, body) = input.split_first_chunk::<HEADER_LEN>()?;
    let Header { tag, code, length } = Header::read(header);
    let len = usize::try_from(length).ok()?;
    let item_type = ItemType::from_code(code)?;
    let (value, rest) = match item_type {
        ItemType::Structure => whole_words(body, len)?,
        ItemType::BigInteger if len != 0 => whole_words(body, len)?,
        ItemType::Integer | ItemType::Enumeration | ItemType::Interval if len == 4 => {
            half_word(body)?
        }
        ItemType::LongInteger | ItemType::DateTime | ItemType::DateTimeExtended if len == 8 => {
            word(body)?
        }
        ItemType::Boolean if len == 8 => boolean(body)?,
        ItemType::TextString => text(body, len)?,
        ItemType::ByteString => padded(body, len)?,
        _ => return None,
    };
    let raw = RawItem {
        tag,
        item_type,
        value,
    };
    Some((rest, raw))
}

/// A value and what follows its padding.
type Split<'a> = Option<(&'a [u8], &'a [u8])>;

#[inline(always)]
fn whole_words(body: &[u8], len: usize) -> Split<'_> {
    len.is_multiple_of(ALIGN)
        .then(|| body.split_at_checked(len))
        .flatten()
}

#[inline(always)]
fn half_word(body: &[u8]) -> Split<'_> {
    let (field, rest) = body.split_first_chunk::<ALIGN>()?;
    let (value, padding) = field.split_first_chunk::<4>()?;
    (*padding == [0; 4]).then_some((value, rest))
}

#[inline(always)]
fn word(body: &[u8]) -> Split<'_> {
    let (value, rest) = body.split_first_chunk::<ALIGN>()?;
    Some((value, rest))
}

#[inline(always)]
fn boolean(body: &[u8]) -> Split<'_> {
    let (value, rest) = body.split_first_chunk::<ALIGN>()?;
    (u64::from_be_bytes(*value) <= 1).then_some((value, rest))
}

#[inline(always)]
fn text(body: &[u8], len: usize) -> Split<'_> {
    let (value, rest) = padded(body, len)?;
    core::str::from_utf8(value).ok()?;
    Some((value, rest))
}

#[inline(always)]
fn padded(body: &[u8], len: usize) -> Split<'_> {
    let taken = len.checked_next_multiple_of(ALIGN)?;
    let (field, rest) = body.split_at_checked(taken)?;
    let value = field.get(..len)?;
    (last_word(field) & padding_mask(len) == 0).then_some((value, rest))
}

/// The last eight octets of a padded value, 0 of an empty one.
#[inline(always)]
fn last_word(field: &[u8]) -> u64 {
    field
        .last_chunk()
        .map_or(0, |octets| u64::from_be_bytes(*octets))
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

#[inline(always)]
fn padding_mask(len: usize) -> u64 {
    PADDING.get(len % ALIGN).copied().unwrap_or_default()
}

/// Tag, type code and length, not checked.
#[derive(Clone, Copy)]
pub(crate) struct Header {
    pub(crate) tag: Tag,
    pub(crate) code: u8,
    pub(crate) length: u32,
}

impl Header {
    /// The header at the front of `octets`, if 8 are there.
    #[inline(always)]
    pub(crate) fn of(octets: &[u8]) -> Option<Self> {
        octets.first_chunk().map(Self::read)
    }

    #[inline(always)]
    pub(crate) const fn read(octets: &[u8; HEADER_LEN]) -> Self {
        let [a, b, c, code, e, f, g, h] = *octets;
        Self {
            tag: Tag::new(u32::from_be_bytes([0, a, b, c])),
            code,
            length: u32::from_be_bytes([e, f, g, h]),
        }
    }

    /// The octets of a header. None for a tag that does not fit.
    #[inline(always)]
    pub(crate) const fn octets(tag: Tag, item_type: ItemType, length: u32) -> Option<[u8; 8]> {
        if !tag.is_sound() {
            return None;
        }
        let [_, a, b, c] = tag.value().to_be_bytes();
        let [e, f, g, h] = length.to_be_bytes();
        Some([a, b, c, item_type.code(), e, f, g, h])
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
