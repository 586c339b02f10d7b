//! A message as text for people: offsets, tags, types, lengths, and values that are no secret.

use alloc::string::String;
use core::fmt::{self, Write as _};

use crate::decode::value;
use crate::item::{ItemType, Tag, Value};
use crate::limits::Limits;
use crate::tolerance::Tolerances;
use crate::validate::{Ends, Visit, Walk};

/// Tags whose value, and all that is in it, is never printed, whatever the type. Byte Strings and Big
/// Integers are not printed anywhere.
const SECRET: [Tag; 7] = [
    Tag::new(0x42_0025), // Credential Value (KMIP 1.0, 2.1.2)
    Tag::new(0x42_0043), // Key Material (KMIP 1.0, 2.1.4)
    Tag::new(0x42_00A1), // Password (KMIP 1.0, 2.1.2)
    Tag::new(0x42_014B), // Ticket Value (KMIP 2.0)
    Tag::new(0x42_0155), // Server Hashed Password (KMIP 2.0)
    Tag::new(0x42_0156), // One Time Password (KMIP 2.0)
    Tag::new(0x42_0157), // Hashed Password (KMIP 2.0)
];

/// Characters of a text that are printed.
const TEXT_SHOWN: usize = 256;

/// Lines that are printed: with [`TEXT_SHOWN`], what bounds the output for any input.
const ITEMS_SHOWN: usize = 100_000;

/// Prints `message`, one item a line: hexadecimal offset, tag, type, octets, value.
///
/// Byte Strings, Big Integers, and everything in Key Material, Credential Value, Password,
/// Ticket Value and the password tags of KMIP 2.0 show their length only. Of bytes that are no
/// well-formed message the readable part is printed, then the error.
///
/// ```text
/// 00000000 420078 Structure 40
/// 00000008   42000D Integer 4: 1
/// 00000018   420043 Byte String 16: (not shown)
/// ```
#[must_use]
pub fn dump(message: &[u8]) -> String {
    dump_named(message, |_| None)
}

/// [`dump`] with the name that `name` knows for a tag behind its number.
#[must_use]
pub fn dump_named(message: &[u8], name: impl Fn(Tag) -> Option<&'static str>) -> String {
    let mut out = String::new();
    // Writing to a `String` does not fail.
    let _ = write_dump(&mut out, message, &name);
    out
}

fn write_dump(
    out: &mut String,
    message: &[u8],
    name: &dyn Fn(Tag) -> Option<&'static str>,
) -> fmt::Result {
    let limits = Limits::FORMAT.with_items(ITEMS_SHOWN);
    let mut ends = Ends::default();
    let mut walk = Walk::new(message, &limits, &mut ends);
    // Depth of the outermost secret structure that is open.
    let mut hidden_at: Option<usize> = None;
    loop {
        match walk.step() {
            Ok(Some(visit)) => {
                hidden_at = hidden_at.filter(|&depth| visit.depth > depth);
                let hidden = hidden_at.is_some() || SECRET.contains(&visit.raw.tag);
                if hidden && hidden_at.is_none() {
                    hidden_at = Some(visit.depth);
                }
                write_item(out, &visit, hidden, name)?;
            }
            Ok(None) => return Ok(()),
            Err(kind) => {
                let offset = walk.offset();
                let error = walk.error(kind);
                return writeln!(out, "{offset:08x} error: {error}");
            }
        }
    }
}

fn write_item(
    out: &mut String,
    visit: &Visit<'_>,
    hidden: bool,
    name: &dyn Fn(Tag) -> Option<&'static str>,
) -> fmt::Result {
    let Visit { raw, offset, depth } = visit;
    let indent = depth.saturating_mul(2);
    write!(out, "{offset:08x} {:indent$}{}", "", raw.tag)?;
    if let Some(name) = name(raw.tag) {
        write!(out, " {name}")?;
    }
    write!(out, " {} {}", raw.item_type, raw.value.len())?;
    if raw.item_type != ItemType::Structure {
        out.write_str(": ")?;
        write_value(out, visit, hidden)?;
    }
    out.write_char('\n')
}

fn write_value(out: &mut String, visit: &Visit<'_>, hidden: bool) -> fmt::Result {
    let nothing = || crate::fields::Fields::of(&[], 0, &[], Tolerances::NONE);
    let value = value::of(&visit.raw, nothing);
    match value {
        _ if hidden => out.write_str("(not shown)"),
        Ok(Value::Integer(value)) => write!(out, "{value}"),
        Ok(Value::LongInteger(value) | Value::DateTime(value) | Value::DateTimeExtended(value)) => {
            write!(out, "{value}")
        }
        Ok(Value::Enumeration(value)) => write!(out, "{value:#010x}"),
        Ok(Value::Boolean(value)) => write!(out, "{value}"),
        Ok(Value::Interval(value)) => write!(out, "{value}"),
        Ok(Value::Text(text)) => write_text(out, text),
        Ok(Value::Structure(_) | Value::BigInteger(_) | Value::Bytes(_)) | Err(_) => {
            out.write_str("(not shown)")
        }
    }
}

/// Quoted, with escapes for whatever is not printable, cut at [`TEXT_SHOWN`] characters.
fn write_text(out: &mut String, text: &str) -> fmt::Result {
    let cut = text.char_indices().nth(TEXT_SHOWN).map(|(at, _)| at);
    let shown = cut.and_then(|at| text.get(..at)).unwrap_or(text);
    write!(out, "\"{}\"", shown.escape_debug())?;
    if cut.is_some() {
        out.write_str(" (cut)")?;
    }
    Ok(())
}
