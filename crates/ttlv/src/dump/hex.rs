//! The octets in their order, 16 a line, with dots for those that are hidden.

use alloc::string::{String, ToString as _};
use core::fmt::{self, Write as _};

use super::listing::{self, Entry, TEXT_SHOWN};
use crate::decode::RawItem;
use crate::item::{ALIGN, HEADER_LEN, ItemType};
use crate::validate::Visit;

const LINE_LEN: usize = 16;

pub(super) fn write(out: &mut String, message: &[u8]) -> fmt::Result {
    let mut lines = Lines::new(out);
    let mut error = None;
    listing::each(message, |entry| match entry {
        Entry::Item { visit, hidden } => write_item(&mut lines, message, &visit, hidden),
        Entry::Fault(fault) => {
            lines.show(fault.header)?;
            lines.hide(fault.rest.len())?;
            error = Some(fault.to_string());
            Ok(())
        }
    })?;
    lines.finish()?;
    error.map_or(Ok(()), |error| writeln!(out, "error: {error}"))
}

/// Header, value and padding; of a structure, the header: its items come after it.
fn write_item(
    lines: &mut Lines<'_>,
    message: &[u8],
    visit: &Visit<'_>,
    hidden: bool,
) -> fmt::Result {
    let raw = &visit.raw;
    let header = message.get(visit.offset..).unwrap_or_default();
    lines.show(header.get(..HEADER_LEN).unwrap_or_default())?;
    if raw.item_type == ItemType::Structure {
        return Ok(());
    }
    let shown = if hidden { 0 } else { shown_len(raw) };
    let (value, rest) = raw
        .value
        .split_at_checked(shown)
        .unwrap_or((raw.value, &[]));
    lines.show(value)?;
    lines.hide(rest.len())?;
    // All of them are zeros, or the item were not sound.
    let padded = raw.value.len().next_multiple_of(ALIGN);
    let padding = [0; ALIGN];
    lines.show(
        padding
            .get(..padded.saturating_sub(raw.value.len()))
            .unwrap_or_default(),
    )
}

/// Octets of a value that are shown.
fn shown_len(raw: &RawItem<'_>) -> usize {
    match raw.item_type {
        ItemType::BigInteger | ItemType::ByteString => 0,
        _ => raw.value.len().min(TEXT_SHOWN),
    }
}

/// Lays octets out in lines, and puts `*` for lines that are all dots like the one before.
struct Lines<'o> {
    out: &'o mut String,
    /// The line at hand; `None` is a hidden octet.
    line: [Option<u8>; LINE_LEN],
    /// Octets of the line that are there.
    len: usize,
    /// Where the line begins in the message.
    offset: usize,
    /// Lines in a row up to here that were all dots.
    dotted: usize,
}

impl<'o> Lines<'o> {
    fn new(out: &'o mut String) -> Self {
        Self {
            out,
            line: [None; LINE_LEN],
            len: 0,
            offset: 0,
            dotted: 0,
        }
    }

    fn show(&mut self, octets: &[u8]) -> fmt::Result {
        octets.iter().try_for_each(|&octet| self.put(Some(octet)))
    }

    fn hide(&mut self, count: usize) -> fmt::Result {
        (0..count).try_for_each(|_| self.put(None))
    }

    fn put(&mut self, octet: Option<u8>) -> fmt::Result {
        if let Some(slot) = self.line.get_mut(self.len) {
            *slot = octet;
            self.len = self.len.saturating_add(1);
        }
        if self.len == LINE_LEN {
            return self.end_line();
        }
        Ok(())
    }

    fn end_line(&mut self) -> fmt::Result {
        let line = self.line.get(..self.len).unwrap_or_default();
        let is_dotted = self.len == LINE_LEN && line.iter().all(Option::is_none);
        self.dotted = if is_dotted {
            self.dotted.saturating_add(1)
        } else {
            0
        };
        match self.dotted {
            0 | 1 => write_line(self.out, self.offset, line)?,
            2 => self.out.write_str("*\n")?,
            _ => {}
        }
        self.offset = self.offset.saturating_add(self.len);
        self.len = 0;
        Ok(())
    }

    /// Prints what is left and the offset of the end.
    fn finish(mut self) -> fmt::Result {
        if self.len > 0 {
            self.end_line()?;
        }
        writeln!(self.out, "{:08x}", self.offset)
    }
}

fn write_line(out: &mut String, offset: usize, line: &[Option<u8>]) -> fmt::Result {
    write!(out, "{offset:08x}")?;
    for (position, octet) in line.iter().enumerate() {
        if position.is_multiple_of(ALIGN) {
            out.write_char(' ')?;
        }
        match octet {
            Some(octet) => write!(out, " {octet:02x}")?,
            None => out.write_str(" ..")?,
        }
    }
    out.write_char('\n')
}
