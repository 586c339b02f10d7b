//! Why bytes are not what was asked for, and where.

use alloc::vec::Vec;
use core::fmt;

use crate::decode;
use crate::item::{HEADER_LEN, ItemType, Tag};
use crate::limits::Limits;

/// Why bytes are not the TTLV that was asked for, and where.
///
/// Tags, types, lengths and offsets only: nothing of a value is in here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {offset} of the message ({path})")]
#[non_exhaustive]
pub struct DecodeError {
    /// What is wrong.
    pub kind: DecodeErrorKind,
    /// Octets from the start of the message to the item at fault; for a missing item, to
    /// the place where it should begin.
    pub offset: usize,
    /// The structures around that place and, where it can be read, the item at fault.
    pub path: TagPath,
}

impl DecodeError {
    /// The error of the item at `offset` of `message`. Walks the message to find the path.
    #[cold]
    pub(crate) fn at_item(kind: DecodeErrorKind, message: &[u8], offset: usize) -> Self {
        let mut path = TagPath::to(message, offset);
        if matches!(kind, DecodeErrorKind::Truncated { .. }) {
            path.tags.truncate(path.structures);
        }
        Self { kind, offset, path }
    }

    /// The error at the end, `offset`, of the structure whose header is at `structure`.
    #[cold]
    pub(crate) fn at_end(
        kind: DecodeErrorKind,
        message: &[u8],
        offset: usize,
        structure: usize,
    ) -> Self {
        let mut path = TagPath::to(message, structure);
        path.structures = path.tags.len();
        Self { kind, offset, path }
    }

    /// The error of the message as a whole, found at `offset`.
    #[cold]
    pub(crate) fn of_message(kind: DecodeErrorKind, offset: usize) -> Self {
        Self {
            kind,
            offset,
            path: TagPath::default(),
        }
    }

    /// The innermost structure around the place at fault, if there is one.
    #[must_use]
    pub fn within(&self) -> Option<Tag> {
        self.path.structures().last().copied()
    }
}

/// What is wrong with the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// There is no octet at all.
    #[error("empty message")]
    Empty,
    /// Fewer octets are left than an item's header has.
    #[error("truncated: {left} octets where an item header of 8 must be")]
    Truncated {
        /// Octets left in the structure or message.
        left: usize,
    },
    /// The length field says more than the structure or message still holds.
    #[error("length {length} runs past the end: {left} octets are left")]
    BeyondEnd {
        /// What the length field says.
        length: u32,
        /// Octets left in the structure or message.
        left: usize,
    },
    /// No item type has this code.
    #[error("unknown item type {code:#04X}, must be 01 to 0B")]
    UnknownType {
        /// The code.
        code: u8,
    },
    /// The length field does not fit the item type.
    #[error("{item_type} of {length} octets, must have {}", item_type.length_rule())]
    BadLength {
        /// The item's type.
        item_type: ItemType,
        /// What the length field says.
        length: u32,
    },
    /// A padding octet is not zero.
    #[error("padding is not zero")]
    NonZeroPadding,
    /// A Boolean is neither 0 nor 1.
    #[error("Boolean is neither 0 nor 1")]
    BadBoolean,
    /// A Text String is not UTF-8.
    #[error("text is not UTF-8")]
    NotUtf8,
    /// Octets follow the message.
    #[error("{count} octets follow the message")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// The message is longer than the limit.
    #[error("message of {len} octets exceeds the limit of {limit}")]
    MessageTooLong {
        /// Octets of the message.
        len: usize,
        /// [`Limits::message_len`].
        limit: usize,
    },
    /// Structures are nested deeper than the limit.
    #[error("structures nest deeper than the limit of {limit}")]
    TooDeep {
        /// [`Limits::depth`].
        limit: usize,
    },
    /// The message has more items than the limit.
    #[error("more items than the limit of {limit}")]
    TooManyItems {
        /// [`Limits::items`].
        limit: usize,
    },
    /// A Text String is longer than the limit.
    #[error("text of {len} octets exceeds the limit of {limit}")]
    TextTooLong {
        /// Octets of the text.
        len: usize,
        /// [`Limits::text_len`].
        limit: usize,
    },
    /// A Byte String or Big Integer is longer than the limit.
    #[error("value of {len} octets exceeds the limit of {limit}")]
    BytesTooLong {
        /// Octets of the value.
        len: usize,
        /// [`Limits::bytes_len`].
        limit: usize,
    },
    /// The structure ends where an item must be.
    #[error("{expected} is missing")]
    Missing {
        /// The tag that must be here.
        expected: Tag,
    },
    /// Another tag stands where this one must.
    #[error("expected {expected}, found {found}")]
    UnexpectedTag {
        /// The tag that must be here.
        expected: Tag,
        /// The tag that is here.
        found: Tag,
    },
    /// The tag is right and the type is not.
    #[error("{tag} is {found}, must be {expected}")]
    WrongType {
        /// The tag in question.
        tag: Tag,
        /// The type it must have.
        expected: ItemType,
        /// The type it has.
        found: ItemType,
    },
    /// An item is left after the last field of the structure.
    #[error("unexpected further item {found}")]
    Unread {
        /// Its tag.
        found: Tag,
    },
    /// An item stands twice where it may stand once. For readers of any order.
    #[error("{tag} stands twice")]
    Duplicate {
        /// Its tag.
        tag: Tag,
    },
    /// The item is well formed and its value is not one that may stand here.
    #[error("{tag} has a value that is not allowed here")]
    BadValue {
        /// Its tag.
        tag: Tag,
    },
}

impl DecodeErrorKind {
    /// Whether a larger [`Limits`] would let the bytes through this check.
    #[must_use]
    pub const fn is_limit(&self) -> bool {
        matches!(
            self,
            Self::MessageTooLong { .. }
                | Self::TooDeep { .. }
                | Self::TooManyItems { .. }
                | Self::TextTooLong { .. }
                | Self::BytesTooLong { .. }
        )
    }
}

/// The way from the message to an item: the tags of the structures around it, outermost
/// first, then its own where it can be read.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TagPath {
    tags: Vec<Tag>,
    structures: usize,
}

impl TagPath {
    /// All tags, outermost first.
    #[must_use]
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// The structures around the item, without the item itself.
    #[must_use]
    pub fn structures(&self) -> &[Tag] {
        self.tags.get(..self.structures).unwrap_or_default()
    }

    /// Goes down from the message's start to the item at `offset`, at most
    /// [`Limits::MAX_DEPTH`] levels: deeper ones are left out.
    fn to(message: &[u8], offset: usize) -> Self {
        let mut path = Self::default();
        let mut at = 0_usize;
        while let Some(header) = decode::header_at(message, at) {
            if at >= offset {
                path.tags.push(header.tag);
                break;
            }
            let value_at = at.saturating_add(HEADER_LEN);
            let next = value_at.saturating_add(header.padded_len());
            if header.code != ItemType::Structure.code() || offset >= next {
                at = next;
            } else if path.tags.len() < Limits::MAX_DEPTH {
                path.tags.push(header.tag);
                path.structures = path.tags.len();
                at = value_at;
            } else {
                break;
            }
        }
        path
    }
}

impl fmt::Display for TagPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, tag) in self.tags.iter().enumerate() {
            if position > 0 {
                f.write_str("/")?;
            }
            write!(f, "{tag}")?;
        }
        if self.tags.is_empty() {
            f.write_str("no tag")?;
        }
        Ok(())
    }
}
