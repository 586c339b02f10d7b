//! One item a line, for people.

use alloc::string::String;
use core::fmt::{self, Write as _};

use super::listing::{self, Entry, TEXT_SHOWN};
use crate::decode::RawItem;
use crate::item::{ItemType, Tag};
use crate::validate::Visit;

pub(super) fn write(
    out: &mut String,
    message: &[u8],
    name: &dyn Fn(Tag) -> Option<&'static str>,
) -> fmt::Result {
    listing::each(message, |entry| match entry {
        Entry::Item { visit, hidden } => write_item(out, &visit, hidden, name),
        Entry::Fault(fault) => writeln!(out, "{:08x} error: {fault}", fault.offset()),
    })
}

fn write_item(
    out: &mut String,
    visit: &Visit<'_>,
    hidden: bool,
    name: &dyn Fn(Tag) -> Option<&'static str>,
) -> fmt::Result {
    let Visit { raw, offset, depth } = visit;
    // The walk goes no deeper than 64.
    let indent = depth.saturating_mul(2);
    write!(out, "{offset:08x} {:indent$}{}", "", raw.tag)?;
    if let Some(name) = name(raw.tag) {
        write!(out, " {name}")?;
    }
    write!(out, " {} {}", raw.item_type, raw.value.len())?;
    if raw.item_type != ItemType::Structure {
        out.write_str(": ")?;
        if hidden || write_value(out, raw).is_none() {
            out.write_str("(not shown)")?;
        }
    }
    out.write_char('\n')
}

/// `None`, and nothing written, for a value that is not printed.
fn write_value(out: &mut String, raw: &RawItem<'_>) -> Option<()> {
    let four = || raw.value.first_chunk().copied();
    let eight = || raw.value.first_chunk().copied();
    let written = match raw.item_type {
        ItemType::Integer => write!(out, "{}", i32::from_be_bytes(four()?)),
        ItemType::Enumeration => write!(out, "{:#010x}", u32::from_be_bytes(four()?)),
        ItemType::Interval => write!(out, "{}", u32::from_be_bytes(four()?)),
        ItemType::LongInteger | ItemType::DateTime | ItemType::DateTimeExtended => {
            write!(out, "{}", i64::from_be_bytes(eight()?))
        }
        ItemType::Boolean => write!(out, "{}", u64::from_be_bytes(eight()?) != 0),
        ItemType::TextString => write_text(out, core::str::from_utf8(raw.value).ok()?),
        ItemType::Structure | ItemType::BigInteger | ItemType::ByteString => return None,
    };
    written.ok()
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
