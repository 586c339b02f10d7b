//! What a dump may show: the items of a message in their order, each with the word whether its
//! value is hidden, and the fault that ends the walk.
//!
//! Hidden twice over where the format allows it: a Password is hidden by its own tag and by the
//! Credential around it, a Byte String by its type and mostly by its tag. So one damaged octet
//! uncovers nothing.

use core::fmt;

use crate::decode::RawItem;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::item::{ALIGN, HEADER_LEN, ItemType, Tag};
use crate::limits::Limits;
use crate::validate::{Ends, Visit, Walk};

/// Tags whose value, and all that is in it, is hidden, whatever the type. Byte Strings and Big
/// Integers are hidden everywhere.
const SECRET: [Tag; 11] = [
    Tag::new(0x42_0023), // Credential (KMIP 1.0, 2.1.2)
    Tag::new(0x42_0025), // Credential Value (KMIP 1.0, 2.1.2)
    Tag::new(0x42_0043), // Key Material (KMIP 1.0, 2.1.4)
    Tag::new(0x42_0045), // Key Value (KMIP 1.0, 2.1.4)
    Tag::new(0x42_005A), // Opaque Data Value (KMIP 1.0, 2.2.8)
    Tag::new(0x42_00A1), // Password (KMIP 1.0, 2.1.2)
    Tag::new(0x42_00C2), // Data (KMIP 1.2): the plaintext of Encrypt and Decrypt
    Tag::new(0x42_014B), // Ticket Value (KMIP 2.0)
    Tag::new(0x42_0155), // Server Hashed Password (KMIP 2.0)
    Tag::new(0x42_0156), // One Time Password (KMIP 2.0)
    Tag::new(0x42_0157), // Hashed Password (KMIP 2.0)
];

/// Items that are shown: bounds the output for any input, with [`TEXT_SHOWN`].
const ITEMS_SHOWN: usize = 100_000;

/// Characters of a text that are shown, or octets.
pub(super) const TEXT_SHOWN: usize = 256;

/// What comes next in a message.
pub(super) enum Entry<'a> {
    /// A sound item; of a structure, its header.
    Item {
        visit: Visit<'a>,
        /// Whether its value is hidden.
        hidden: bool,
    },
    /// The last entry of bytes that are no message.
    Fault(Fault<'a>),
}

/// Goes over `message` once.
pub(super) fn each(message: &[u8], mut show: impl FnMut(Entry<'_>) -> fmt::Result) -> fmt::Result {
    let limits = Limits::FORMAT.with_items(ITEMS_SHOWN);
    let mut ends = Ends::default();
    let mut walk = Walk::new(message, &limits, &mut ends);
    let mut cover = Cover::default();
    loop {
        match walk.step() {
            Ok(Some(visit)) => {
                let hidden = cover.hides(&visit);
                show(Entry::Item { visit, hidden })?;
            }
            Ok(None) => return Ok(()),
            Err(kind) => {
                let rest = message.get(walk.offset()..).unwrap_or_default();
                return show(Entry::Fault(Fault::new(walk.error(kind), rest, &cover)));
            }
        }
    }
}

/// Which values are hidden, and where octets of one can have been taken for headers.
#[derive(Default)]
struct Cover {
    /// Items at this depth and deeper are hidden, until the walk leaves it: those in an item with
    /// a secret tag, and those behind a value that swallowed headers, which may be the inside of
    /// such an item.
    hidden_from: Option<usize>,
    /// Depth of the first hidden item of a structure that the walk has not left. If that item's
    /// length or type is damaged, the headers after it, or in it, are made of its value. A
    /// structure that ends where it says took no harm.
    doubt_from: Option<usize>,
}

impl Cover {
    fn hides(&mut self, visit: &Visit<'_>) -> bool {
        let Visit { raw, depth, .. } = visit;
        self.hidden_from = self.hidden_from.filter(|from| depth >= from);
        self.doubt_from = self.doubt_from.filter(|from| depth >= from);
        let is_secret = SECRET.contains(&raw.tag);
        let has_swallowed = has_swallowed_headers(raw);
        let is_opaque = matches!(raw.item_type, ItemType::ByteString | ItemType::BigInteger);
        let hidden = self.hidden_from.is_some() || is_secret || has_swallowed || is_opaque;
        if has_swallowed {
            self.hidden_from.get_or_insert(*depth);
        } else if is_secret {
            self.hidden_from.get_or_insert(depth.saturating_add(1));
        }
        if hidden {
            self.doubt_from.get_or_insert(*depth);
        }
        hidden
    }

    fn doubts(&self, depth: usize) -> bool {
        self.doubt_from.is_some_and(|from| depth >= from)
    }
}

/// Whether a string's length looks damaged: too large, so that it runs over the items behind it.
/// Their headers stand at multiples of 8 and are not text: each has a zero octet.
fn has_swallowed_headers(raw: &RawItem<'_>) -> bool {
    match raw.item_type {
        ItemType::TextString => raw.value.contains(&0),
        ItemType::ByteString | ItemType::BigInteger => raw.value.chunks(ALIGN).any(|word| {
            let has_type = word
                .get(3)
                .is_some_and(|code| ItemType::from_code(*code).is_some());
            // No item has 16 MiB.
            has_type && has_known_tag(word) && word.get(4).is_none_or(|octet| *octet == 0)
        }),
        _ => false,
    }
}

/// Where bytes stop being a message. Displayed without an octet that may be of a hidden value.
pub(super) struct Fault<'a> {
    error: DecodeError,
    /// The header at fault, if it is surely one.
    pub(super) header: &'a [u8],
    /// What follows, to the end; hidden.
    pub(super) rest: &'a [u8],
}

impl<'a> Fault<'a> {
    fn new(error: DecodeError, rest: &'a [u8], cover: &Cover) -> Self {
        let depth = error.path.structures().len();
        let split = rest
            .split_at_checked(HEADER_LEN)
            .filter(|(header, _)| is_of_item(&error.kind) && has_known_tag(header))
            .filter(|_| !cover.doubts(depth));
        let (header, rest) = split.unwrap_or((&[], rest));
        Self {
            error,
            header,
            rest,
        }
    }

    /// Octets from the start of the message to the fault.
    pub(super) fn offset(&self) -> usize {
        self.error.offset
    }
}

impl fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DecodeError {
            kind, offset, path, ..
        } = &self.error;
        if self.header.is_empty() {
            write!(f, "{} at byte {offset} of the message", bare(kind))?;
            for (position, tag) in path.structures().iter().enumerate() {
                let before = if position == 0 { ", in " } else { "/" };
                write!(f, "{before}{tag}")?;
            }
        } else {
            write!(f, "{}", self.error)?;
        }
        match self.rest.len() {
            0 => Ok(()),
            count => write!(f, "; {count} octets not shown"),
        }
    }
}

/// Whether an item was read, and found wrong.
const fn is_of_item(kind: &DecodeErrorKind) -> bool {
    matches!(
        kind,
        DecodeErrorKind::BeyondEnd { .. }
            | DecodeErrorKind::UnknownType { .. }
            | DecodeErrorKind::BadLength { .. }
            | DecodeErrorKind::NonZeroPadding
            | DecodeErrorKind::BadBoolean
            | DecodeErrorKind::NotUtf8
            | DecodeErrorKind::TooDeep { .. }
    )
}

/// Whether the tag is from the ranges that are in use (KMIP 1.0, 9.1.3.1): assigned, extensions.
const fn has_known_tag(header: &[u8]) -> bool {
    matches!(header, [0x42, 0x00 | 0x01, ..] | [0x54, ..])
}

/// The kind without a number from the bytes at fault: they may be of a hidden value.
const fn bare(kind: &DecodeErrorKind) -> &'static str {
    match kind {
        DecodeErrorKind::Empty => "empty message",
        DecodeErrorKind::Truncated { .. } => "truncated: no room for an item header",
        DecodeErrorKind::BeyondEnd { .. } => "length runs past the end",
        DecodeErrorKind::UnknownType { .. } => "unknown item type",
        DecodeErrorKind::BadLength { .. } => "length does not fit the type",
        DecodeErrorKind::NonZeroPadding => "non-zero padding",
        DecodeErrorKind::BadBoolean => "Boolean is neither 0 nor 1",
        DecodeErrorKind::NotUtf8 => "text is not UTF-8",
        DecodeErrorKind::TrailingBytes { .. } => "octets follow the message",
        DecodeErrorKind::TooManyItems { .. } => "more items than are printed",
        DecodeErrorKind::TooDeep { .. } => "structures nest too deep",
        _ => "not well formed",
    }
}
