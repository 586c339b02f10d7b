//! Values as text, in the spellings that XML and JSON share.
//!
//! May touch: key octets.

use std::fmt::Write as _;

use strongroom_ttlv::{Tag, Value};

use super::date;
use super::names::Beside;
use crate::vocabulary::{Kind, Part};

/// How two forms differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Decimal numbers, bits with blanks between them.
    Xml,
    /// Hexadecimal numbers, bits with `|` between them.
    Json,
}

/// A value that is no structure, as text; what is not a string in JSON either is one there.
pub(super) fn value(form: Form, tag: Tag, value: &Value<'_>, beside: Beside<'_>) -> String {
    match value {
        Value::Integer(number) => integer(form, tag, *number, beside),
        Value::LongInteger(number) => match form {
            Form::Xml => number.to_string(),
            Form::Json => format!("{number:#018x}"),
        },
        Value::BigInteger(octets) => match form {
            Form::Xml => hex(octets),
            Form::Json => format!("0x{}", hex(octets)),
        },
        Value::Enumeration(number) => beside
            .vocabulary(tag, Kind::Enumeration)
            .and_then(|vocabulary| vocabulary.by_number(*number))
            .map_or_else(
                || format!("{number:#010x}"),
                |term| term.text_name.to_owned(),
            ),
        Value::Boolean(value) => value.to_string(),
        Value::Text(text) => (*text).to_owned(),
        Value::Bytes(octets) => hex(octets),
        Value::DateTime(seconds) => {
            date::from_seconds(*seconds).unwrap_or_else(|| format!("{seconds:#018x}"))
        }
        Value::Interval(seconds) => match form {
            Form::Xml => seconds.to_string(),
            Form::Json => format!("{seconds:#010x}"),
        },
        Value::DateTimeExtended(microseconds) => date::from_microseconds(*microseconds)
            .unwrap_or_else(|| format!("{microseconds:#018x}")),
        _ => String::new(),
    }
}

fn integer(form: Form, tag: Tag, number: i32, beside: Beside<'_>) -> String {
    let Some(mask) = beside.vocabulary(tag, Kind::Mask) else {
        return match form {
            Form::Xml => number.to_string(),
            Form::Json => format!("{number:#010x}"),
        };
    };
    let separator = match form {
        Form::Xml => " ",
        Form::Json => "|",
    };
    let parts: Vec<String> = mask
        .parts(number.cast_unsigned())
        .map(|part| match part {
            Part::Named(term) => term.text_name.to_owned(),
            Part::Unnamed(bits) => format!("{bits:#010x}"),
        })
        .collect();
    if parts.is_empty() {
        return "0x00000000".to_owned();
    }
    parts.join(separator)
}

fn hex(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len().saturating_mul(2));
    for octet in octets {
        // Writing to a `String` does not fail.
        let _ = write!(text, "{octet:02x}");
    }
    text
}
