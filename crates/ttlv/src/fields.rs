//! Reading the fields of a structure, in order, from a message that was checked as a whole.

mod take;
mod typed;

use core::fmt;

use crate::decode::{self, value};
use crate::error::{DecodeError, DecodeErrorKind};
use crate::item::{HEADER_LEN, Item, ItemType, Tag};
use crate::limits::Limits;
use crate::tolerance::Tolerances;
use crate::validate::validate;

/// The fields of one structure, read one after the other.
///
/// A typed reader such as [`Fields::integer`] takes the next item and wants it to have the
/// given tag. Its `_opt` twin takes the next item only if it has that tag. [`Fields::next_item`] takes
/// whatever comes. At the end [`Fields::finish`] refuses items that nobody took.
///
/// A clone reads on from the same place on its own. `Debug` shows no value.
#[derive(Clone)]
#[must_use]
pub struct Fields<'a> {
    message: &'a [u8],
    /// Where the structure's header stands.
    start: usize,
    /// The items that are not read yet.
    rest: &'a [u8],
    /// Octets of the message behind the structure.
    behind: usize,
    tolerances: Tolerances,
}

impl<'a> Fields<'a> {
    /// Checks the whole `message` against the format and `limits`, then gives the fields of
    /// the one structure `tag` that it must be.
    ///
    /// # Errors
    ///
    /// The first fault of the bytes anywhere in the message; after that, that the message is
    /// no structure or has another tag.
    #[inline]
    pub fn message(tag: Tag, message: &'a [u8], limits: &Limits) -> Result<Self, DecodeError> {
        validate(message, limits)?;
        let mut top = Self::of(message, message, 0, limits.tolerances);
        match top.quick_octets(tag, ItemType::Structure) {
            Some(inside) => Ok(top.inner(inside)),
            None => Err(Self::no_such_message(tag, message, limits.tolerances)),
        }
    }

    /// Why a checked `message` is not the structure `tag`.
    #[cold]
    fn no_such_message(tag: Tag, message: &[u8], tolerances: Tolerances) -> DecodeError {
        let item = match value::whole(message, tolerances) {
            Ok(item) => item,
            Err(error) => return error,
        };
        let kind = if item.tag == tag {
            DecodeErrorKind::WrongType {
                tag,
                expected: ItemType::Structure,
                found: item.value.item_type(),
            }
        } else {
            DecodeErrorKind::UnexpectedTag {
                expected: tag,
                found: item.tag,
            }
        };
        DecodeError::at_item(kind, message, 0)
    }

    /// Checks the whole `message` and gives the one item that it must be, whatever its tag.
    ///
    /// # Errors
    ///
    /// The first fault of the bytes.
    #[inline]
    pub fn item(message: &'a [u8], limits: &Limits) -> Result<Item<'a>, DecodeError> {
        validate(message, limits)?;
        value::whole(message, limits.tolerances)
    }

    /// The structure of a checked message whose items are `inside`; `behind` octets of the
    /// message follow them.
    #[inline(always)]
    pub(crate) const fn of(
        message: &'a [u8],
        inside: &'a [u8],
        behind: usize,
        tolerances: Tolerances,
    ) -> Self {
        let items = message
            .len()
            .wrapping_sub(behind.wrapping_add(inside.len()));
        Self {
            message,
            // In front of the items, which are a part of the message.
            start: items.wrapping_sub(HEADER_LEN),
            rest: inside,
            behind,
            tolerances,
        }
    }

    /// Where the structure ends.
    #[inline]
    const fn end(&self) -> usize {
        self.message.len().saturating_sub(self.behind)
    }

    /// The tag of the structure that is being read.
    #[must_use]
    pub fn within(&self) -> Tag {
        decode::header_at(self.message, self.start).map_or(Tag::new(0), |header| header.tag)
    }

    /// Where the next item stands in the message, or where the structure ends.
    #[must_use]
    #[inline]
    pub const fn offset(&self) -> usize {
        self.end().saturating_sub(self.rest.len())
    }

    /// Octets of the structure that are not read yet. Each item has at least 8: a bound
    /// for what a reader may reserve.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The tag of the next item, if there is one.
    #[must_use]
    #[inline]
    pub fn peek(&self) -> Option<Tag> {
        Some(decode::header_at(self.rest, 0)?.tag)
    }

    /// The type of the next item, if there is one.
    #[must_use]
    pub fn peek_type(&self) -> Option<ItemType> {
        ItemType::from_code(decode::header_at(self.rest, 0)?.code)
    }

    /// Takes the next item, whatever it is; `None` at the end of the structure.
    ///
    /// # Errors
    ///
    /// None in a message that was checked; the type says that the octets are read again.
    pub fn next_item(&mut self) -> Result<Option<Item<'a>>, DecodeError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (offset, before) = (self.offset(), self.rest);
        let (rest, raw) = self.sound_or_tolerated()?;
        // A structure has no padding: what follows it begins where it ends.
        let behind = self.behind.wrapping_add(rest.len());
        let inner = || Fields::of(self.message, raw.value, behind, self.tolerances);
        let value = value::of(&raw, inner).map_err(|kind| self.error_at(kind, offset))?;
        self.rest = rest;
        let taken = before.len().saturating_sub(rest.len());
        Ok(Some(Item {
            tag: raw.tag,
            offset,
            value,
            encoded: before.get(..taken).unwrap_or_default(),
            tolerances: self.tolerances,
        }))
    }

    /// Passes over the next item, if there is one, and gives its tag.
    ///
    /// # Errors
    ///
    /// None in a message that was checked.
    #[inline]
    pub fn skip(&mut self) -> Result<Option<Tag>, DecodeError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (rest, raw) = self.sound_or_tolerated()?;
        self.rest = rest;
        Ok(Some(raw.tag))
    }

    /// The same structure from `offset` on, which an earlier [`Fields::offset`] gave.
    #[inline]
    pub fn back_to(&self, offset: usize) -> Self {
        Self {
            rest: self.message.get(offset..self.end()).unwrap_or_default(),
            ..*self
        }
    }

    /// Passes over all items that are left.
    pub fn skip_rest(mut self) {
        self.rest = &[];
    }

    /// Ends the structure.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Unread`] when an item is left.
    #[inline]
    pub fn finish(self) -> Result<(), DecodeError> {
        match self.rest {
            [] => Ok(()),
            rest => Err(unread(self.message, rest, self.behind)),
        }
    }

    /// The error `kind` at the next item, or at the end of the structure when none is left.
    #[must_use]
    #[cold]
    pub fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        if self.rest.is_empty() {
            DecodeError::at_end(kind, self.message, self.end(), self.start)
        } else {
            DecodeError::at_item(kind, self.message, self.offset())
        }
    }

    /// The error `kind` at `offset`, the [`Item::offset`] of an item that was read already.
    #[must_use]
    #[cold]
    pub fn error_at(&self, kind: DecodeErrorKind, offset: usize) -> DecodeError {
        DecodeError::at_item(kind, self.message, offset)
    }
}

/// The error at the first item of `rest`, which `behind` octets follow in `message`. Takes what it
/// needs one by one: a whole `Fields` would have to lie in memory for it, read or not.
#[cold]
#[inline(never)]
fn unread(message: &[u8], rest: &[u8], behind: usize) -> DecodeError {
    let fields = Fields::of(message, rest, behind, Tolerances::NONE);
    let found = fields.peek().unwrap_or(Tag::new(0));
    fields.error(DecodeErrorKind::Unread { found })
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (within, at, end) = (self.within(), self.offset(), self.end());
        write!(f, "Fields({within}, at {at} of {end})")
    }
}
