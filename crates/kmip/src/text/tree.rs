//! A message between text and TTLV.
//!
//! May touch: key octets; the octets of strings are wiped when dropped.

use strongroom_ttlv::{ItemType, Limits, Tag, Writer};
use zeroize::Zeroizing;

use super::error::{TextError, TextErrorKind};

/// One item.
pub(super) struct Node {
    pub(super) tag: Tag,
    pub(super) value: NodeValue,
}

/// What an item says.
pub(super) enum NodeValue {
    Structure(Vec<Node>),
    Integer(i32),
    LongInteger(i64),
    BigInteger(Zeroizing<Vec<u8>>),
    Enumeration(u32),
    Boolean(bool),
    Text(Zeroizing<String>),
    Bytes(Zeroizing<Vec<u8>>),
    DateTime(i64),
    Interval(u32),
    DateTimeExtended(i64),
}

impl Node {
    /// Writes the item. Its depth is that of the text, which was bounded.
    pub(super) fn write(&self, out: &mut Writer<'_>) {
        let tag = self.tag;
        match &self.value {
            NodeValue::Structure(items) => out.structure(tag, |out| {
                for item in items {
                    item.write(out);
                }
            }),
            NodeValue::Integer(value) => out.integer(tag, *value),
            NodeValue::LongInteger(value) => out.long_integer(tag, *value),
            NodeValue::BigInteger(octets) => out.big_integer(tag, octets),
            NodeValue::Enumeration(value) => out.enumeration(tag, *value),
            NodeValue::Boolean(value) => out.boolean(tag, *value),
            NodeValue::Text(text) => out.text(tag, text),
            NodeValue::Bytes(octets) => out.bytes(tag, octets),
            NodeValue::DateTime(seconds) => out.date_time(tag, *seconds),
            NodeValue::Interval(seconds) => out.interval(tag, *seconds),
            NodeValue::DateTimeExtended(value) => out.date_time_extended(tag, *value),
        }
    }

    /// The message of this item.
    pub(super) fn to_ttlv(&self) -> Result<Zeroizing<Vec<u8>>, TextError> {
        Ok(strongroom_ttlv::encode(|out| self.write(out))?)
    }
}

/// What is left of the limits while a text is read.
pub(super) struct Budget {
    limits: Limits,
    items: usize,
}

impl Budget {
    /// The limits of the TTLV form hold for its text too; `text` itself may be as long as the
    /// longest message in its longest spelling.
    pub(super) fn new(text: &str, limits: Limits) -> Result<Self, TextError> {
        // An item of 16 octets in XML has some 80 characters; 32 each leave room for blanks.
        const CHARACTERS_PER_OCTET: usize = 32;
        let limit = limits.message_len.saturating_mul(CHARACTERS_PER_OCTET);
        if text.len() > limit {
            let what = "characters";
            return Err(TextErrorKind::Limit { what, limit }.into());
        }
        let items = limits.items;
        Ok(Self { limits, items })
    }

    /// Takes one item at `depth`, the message itself being at 1.
    pub(super) fn take(&mut self, depth: usize) -> Result<(), TextError> {
        let limit = self.limits.depth.min(Limits::MAX_DEPTH);
        if depth > limit.saturating_add(1) {
            let what = "levels";
            return Err(TextErrorKind::Limit { what, limit }.into());
        }
        let Some(items) = self.items.checked_sub(1) else {
            let (what, limit) = ("items", self.limits.items);
            return Err(TextErrorKind::Limit { what, limit }.into());
        };
        self.items = items;
        Ok(())
    }
}

/// The refusal of a value.
pub(super) fn bad(item_type: ItemType, expected: &'static str) -> TextError {
    TextErrorKind::BadValue {
        item_type,
        expected,
    }
    .into()
}
