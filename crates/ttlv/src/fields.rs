//! Reading the fields of a structure, in order, from a message that was checked as a whole.

mod typed;

use core::fmt;

use crate::decode::{self, RawItem};
use crate::error::{DecodeError, DecodeErrorKind};
use crate::item::{HEADER_LEN, Item, ItemType, Tag, Value};
use crate::limits::Limits;
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
    at: usize,
    end: usize,
}

impl<'a> Fields<'a> {
    /// Checks the whole `message` against the format and `limits`, then gives the fields of
    /// the one structure `tag` that it must be.
    ///
    /// # Errors
    ///
    /// The first fault of the bytes anywhere in the message; after that, that the message is
    /// no structure or has another tag.
    pub fn message(tag: Tag, message: &'a [u8], limits: &Limits) -> Result<Self, DecodeError> {
        let item = Self::item(message, limits)?;
        let at_top = |kind| DecodeError::at_item(kind, message, 0);
        if item.tag != tag {
            let (expected, found) = (tag, item.tag);
            return Err(at_top(DecodeErrorKind::UnexpectedTag { expected, found }));
        }
        match item.value {
            Value::Structure(fields) => Ok(fields),
            other => Err(at_top(DecodeErrorKind::WrongType {
                tag,
                expected: ItemType::Structure,
                found: other.item_type(),
            })),
        }
    }

    /// Checks the whole `message` and gives the one item that it must be, whatever its tag.
    ///
    /// # Errors
    ///
    /// The first fault of the bytes.
    pub fn item(message: &'a [u8], limits: &Limits) -> Result<Item<'a>, DecodeError> {
        validate(message, limits)?;
        decode::checked_item(message)
    }

    /// The structure at `start` of a checked message, which ends at `end`.
    #[inline(always)]
    pub(crate) const fn of(message: &'a [u8], start: usize, end: usize) -> Self {
        Self {
            message,
            start,
            at: start.saturating_add(HEADER_LEN),
            end,
        }
    }

    /// The tag of the structure that is being read.
    #[must_use]
    pub fn within(&self) -> Tag {
        decode::header_at(self.message, self.start).map_or(Tag::new(0), |header| header.tag)
    }

    /// Where the next item stands in the message, or where the structure ends.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.at
    }

    /// Octets of the structure that are not read yet. Each item has at least 8: a bound
    /// for what a reader may reserve.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.end.saturating_sub(self.at)
    }

    /// The tag of the next item, if there is one.
    #[must_use]
    #[inline]
    pub fn peek(&self) -> Option<Tag> {
        Some(decode::header_at(self.rest(), 0)?.tag)
    }

    /// The type of the next item, if there is one.
    #[must_use]
    pub fn peek_type(&self) -> Option<ItemType> {
        ItemType::from_code(decode::header_at(self.rest(), 0)?.code)
    }

    /// Takes the next item, whatever it is; `None` at the end of the structure.
    ///
    /// # Errors
    ///
    /// None in a message that was checked; the type says that the octets are read again.
    pub fn next_item(&mut self) -> Result<Option<Item<'a>>, DecodeError> {
        if self.at >= self.end {
            return Ok(None);
        }
        let (offset, rest) = (self.at, self.rest());
        let Some((after, raw)) = decode::shape_opt(rest) else {
            return Err(self.error(decode::diagnose(rest)));
        };
        self.at = self.end.saturating_sub(after.len());
        let end = offset
            .saturating_add(HEADER_LEN)
            .saturating_add(raw.value.len());
        let value = decode::value(&raw, || Fields::of(self.message, offset, end))
            .map_err(|kind| DecodeError::at_item(kind, self.message, offset))?;
        Ok(Some(Item {
            tag: raw.tag,
            offset,
            value,
            encoded: self.message.get(offset..self.at).unwrap_or_default(),
        }))
    }

    /// Passes over the next item, if there is one, and gives its tag.
    ///
    /// # Errors
    ///
    /// None in a message that was checked.
    pub fn skip(&mut self) -> Result<Option<Tag>, DecodeError> {
        Ok(self.next_item()?.map(|item| item.tag))
    }

    /// Passes over all items that are left.
    pub fn skip_rest(mut self) {
        self.at = self.end;
    }

    /// Ends the structure.
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Unread`] when an item is left.
    #[inline]
    pub fn finish(self) -> Result<(), DecodeError> {
        match self.peek() {
            None => Ok(()),
            Some(found) => Err(self.error(DecodeErrorKind::Unread { found })),
        }
    }

    /// The error `kind` at the next item, or at the end of the structure when none is left.
    #[must_use]
    pub fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        if self.at < self.end {
            DecodeError::at_item(kind, self.message, self.at)
        } else {
            DecodeError::at_end(kind, self.message, self.at, self.start)
        }
    }

    /// The error `kind` at `offset`, the [`Item::offset`] of an item that was read already.
    #[must_use]
    pub fn error_at(&self, kind: DecodeErrorKind, offset: usize) -> DecodeError {
        DecodeError::at_item(kind, self.message, offset)
    }

    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.message.get(self.at..self.end).unwrap_or_default()
    }

    /// Takes the next item, which must have this tag and type.
    fn take(&mut self, tag: Tag, expected: ItemType) -> Result<RawItem<'a>, DecodeError> {
        if let Some(raw) = self.take_if(tag, expected) {
            return Ok(raw);
        }
        self.not_taken(tag, expected)?;
        Err(self.missing(tag))
    }

    /// Takes the next item if it has this tag; then it must have this type.
    fn take_opt(
        &mut self,
        tag: Tag,
        expected: ItemType,
    ) -> Result<Option<RawItem<'a>>, DecodeError> {
        let taken = self.take_if(tag, expected);
        if taken.is_none() {
            self.not_taken(tag, expected)?;
        }
        Ok(taken)
    }

    /// Takes the next item if it is sound and has this tag and this type.
    #[inline(always)]
    fn take_if(&mut self, tag: Tag, item_type: ItemType) -> Option<RawItem<'a>> {
        let (after, raw) = decode::shape_opt(self.rest())?;
        if raw.tag != tag || raw.item_type != item_type {
            return None;
        }
        self.at = self.end.saturating_sub(after.len());
        Some(raw)
    }

    /// Nothing to complain of if the structure is at its end or another tag is next.
    #[inline(never)]
    fn not_taken(&self, tag: Tag, expected: ItemType) -> Result<(), DecodeError> {
        let rest = self.rest();
        match decode::shape_opt(rest) {
            _ if rest.is_empty() => Ok(()),
            None => Err(self.error(decode::diagnose(rest))),
            Some((_, raw)) if raw.tag != tag => Ok(()),
            Some((_, raw)) => Err(self.error(DecodeErrorKind::WrongType {
                tag,
                expected,
                found: raw.item_type,
            })),
        }
    }

    /// The error for a field `expected` that is not the next item.
    #[cold]
    fn missing(&self, expected: Tag) -> DecodeError {
        self.error(match self.peek() {
            None => DecodeErrorKind::Missing { expected },
            Some(found) => DecodeErrorKind::UnexpectedTag { expected, found },
        })
    }
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (within, at, end) = (self.within(), self.at, self.end);
        write!(f, "Fields({within}, at {at} of {end})")
    }
}
