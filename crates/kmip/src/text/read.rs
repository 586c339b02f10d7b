//! Values from their text, in the spellings that XML and JSON share.
//!
//! May touch: key octets.

use strongroom_ttlv::{ItemType, Tag};
use zeroize::Zeroizing;

use super::date;
use super::error::{TextError, TextErrorKind};
use super::names::Beside;
use super::tree::{NodeValue, bad};
use crate::tag;
use crate::vocabulary::{Kind, attribute_by_name};

/// The value that `text` says, of an item with this tag and type.
pub(super) fn value(
    (tag, item_type): (Tag, ItemType),
    text: &str,
    beside: Beside<'_>,
) -> Result<NodeValue, TextError> {
    let number = text.trim();
    Ok(match item_type {
        ItemType::Integer => NodeValue::Integer(integer(tag, number, beside)?),
        ItemType::LongInteger => NodeValue::LongInteger(
            signed(number).ok_or_else(|| bad(item_type, "a number, or 0x and 16 digits"))?,
        ),
        ItemType::BigInteger => NodeValue::BigInteger(
            big_integer(number).ok_or_else(|| bad(item_type, "hexadecimal digits"))?,
        ),
        ItemType::Enumeration => NodeValue::Enumeration(enumeration(tag, number, beside)?),
        ItemType::Boolean => NodeValue::Boolean(match number {
            "true" | "1" | "0x0000000000000001" => true,
            "false" | "0" | "0x0000000000000000" => false,
            _ => return Err(bad(item_type, "true or false")),
        }),
        ItemType::TextString => NodeValue::Text(Zeroizing::new(text_string(tag, text))),
        ItemType::ByteString => NodeValue::Bytes(
            octets(number).ok_or_else(|| bad(item_type, "hexadecimal digits, two an octet"))?,
        ),
        ItemType::DateTime => NodeValue::DateTime(
            hex64(number)
                .or_else(|| date::seconds(number))
                .ok_or_else(|| bad(item_type, "a date, or 0x and 16 digits"))?,
        ),
        ItemType::Interval => NodeValue::Interval(
            hex32(number)
                .or_else(|| number.parse().ok())
                .ok_or_else(|| bad(item_type, "seconds, or 0x and 8 digits"))?,
        ),
        ItemType::DateTimeExtended => NodeValue::DateTimeExtended(
            signed(number)
                .or_else(|| date::microseconds(number))
                .ok_or_else(|| bad(item_type, "a date, a number, or 0x and 16 digits"))?,
        ),
        _ => return Err(TextErrorKind::NoValue.into()),
    })
}

fn integer(tag: Tag, text: &str, beside: Beside<'_>) -> Result<i32, TextError> {
    let mask = || beside.vocabulary(tag, Kind::Mask);
    hex32(text)
        .map(u32::cast_signed)
        .or_else(|| text.parse().ok())
        .or_else(|| Some(mask()?.mask_from_text(text)?.cast_signed()))
        .ok_or_else(|| {
            bad(
                ItemType::Integer,
                "a number, 0x and 8 digits, or names of bits",
            )
        })
}

fn enumeration(tag: Tag, text: &str, beside: Beside<'_>) -> Result<u32, TextError> {
    let named = || {
        beside
            .vocabulary(tag, Kind::Enumeration)?
            .number_from_text(text)
    };
    hex32(text)
        .or_else(named)
        .or_else(|| text.parse().ok())
        .ok_or_else(|| bad(ItemType::Enumeration, "a name, or 0x and 8 digits"))
}

/// Attribute names of some published cases have blanks doubled by a word processor. Names that are
/// none of KMIP's are kept as they are.
fn text_string(tag: Tag, text: &str) -> String {
    if tag != tag::ATTRIBUTE_NAME || !text.contains("  ") {
        return text.to_owned();
    }
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let name = words.join(" ");
    if attribute_by_name(&name).is_some() {
        name
    } else {
        text.to_owned()
    }
}

fn signed(text: &str) -> Option<i64> {
    hex64(text).or_else(|| text.parse().ok())
}

/// `0x` and one to eight digits: the specification's own example has seven.
fn hex32(text: &str) -> Option<u32> {
    crate::vocabulary::hex_number(text)
}

fn hex64(text: &str) -> Option<i64> {
    let digits = text.strip_prefix("0x")?;
    let sound = digits.len() <= 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = sound
        .then(|| u64::from_str_radix(digits, 16).ok())
        .flatten()?;
    Some(number.cast_signed())
}

/// Two's complement, the sign extended to a multiple of eight octets.
fn big_integer(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let found = octets(digits)?;
    let first = *found.first()?;
    let len = found.len().checked_next_multiple_of(8)?;
    let fill = if first < 0x80 { 0 } else { 0xFF };
    let mut extended = Zeroizing::new(vec![fill; len]);
    let start = len.saturating_sub(found.len());
    extended.get_mut(start..)?.copy_from_slice(&found);
    Some(extended)
}

fn octets(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let mut octets = Zeroizing::new(Vec::with_capacity(pairs.len()));
    for [high, low] in pairs {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        let octet = digit(*high)?.checked_mul(16)?.checked_add(digit(*low)?)?;
        octets.push(u8::try_from(octet).ok()?);
    }
    Some(octets)
}
