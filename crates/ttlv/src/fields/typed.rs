//! The typed readers of [`Fields`], each with its `_opt` twin.
//!
//! All alike: a plain reader fails with [`Missing`](crate::DecodeErrorKind::Missing) or
//! [`UnexpectedTag`](crate::DecodeErrorKind::UnexpectedTag) where the tag is not next; the twin
//! gives `None` there and takes nothing; both fail with
//! [`WrongType`](crate::DecodeErrorKind::WrongType) where the tag is right and the type is not.

use super::Fields;
use crate::decode::value;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::item::{ALIGN, HEADER_LEN, ItemType, Tag};

impl<'a> Fields<'a> {
    /// Takes a structure and gives its fields.
    ///
    /// # Errors
    ///
    /// When the next item is not a structure with this tag.
    #[inline(always)]
    pub fn structure(&mut self, tag: Tag) -> Result<Self, DecodeError> {
        let inside = self.octets(tag, ItemType::Structure)?;
        Ok(self.inner(inside))
    }

    /// Takes a structure if it is next, and gives its fields.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is no structure.
    #[inline(always)]
    pub fn structure_opt(&mut self, tag: Tag) -> Result<Option<Self>, DecodeError> {
        let found = self.octets_opt(tag, ItemType::Structure)?;
        Ok(found.map(|inside| self.inner(inside)))
    }

    /// The fields of the structure that was just taken: it has no padding, so it ends where
    /// the rest begins.
    #[inline(always)]
    pub(super) const fn inner(&self, inside: &'a [u8]) -> Self {
        let behind = self.behind.wrapping_add(self.rest.len());
        Fields::of(self.message, inside, behind, self.tolerances)
    }

    /// Takes an Integer.
    ///
    /// # Errors
    ///
    /// When the next item is not an Integer with this tag.
    #[inline]
    pub fn integer(&mut self, tag: Tag) -> Result<i32, DecodeError> {
        let value = self.half_word(tag, ItemType::Integer)?;
        Ok(i32::from_be_bytes(value))
    }

    /// Takes an Integer if it is next.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not an Integer.
    #[inline]
    pub fn integer_opt(&mut self, tag: Tag) -> Result<Option<i32>, DecodeError> {
        let found = self.half_word_opt(tag, ItemType::Integer)?;
        Ok(found.map(i32::from_be_bytes))
    }

    /// Takes a Long Integer.
    ///
    /// # Errors
    ///
    /// When the next item is not a Long Integer with this tag.
    #[inline]
    pub fn long_integer(&mut self, tag: Tag) -> Result<i64, DecodeError> {
        let value = self.word(tag, ItemType::LongInteger)?;
        Ok(i64::from_be_bytes(value))
    }

    /// Takes a Long Integer if it is next.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not a Long Integer.
    #[inline]
    pub fn long_integer_opt(&mut self, tag: Tag) -> Result<Option<i64>, DecodeError> {
        let found = self.word_opt(tag, ItemType::LongInteger)?;
        Ok(found.map(i64::from_be_bytes))
    }

    /// Takes a Big Integer. Two's complement, big endian.
    ///
    /// # Errors
    ///
    /// When the next item is not a Big Integer with this tag.
    #[inline]
    pub fn big_integer(&mut self, tag: Tag) -> Result<&'a [u8], DecodeError> {
        self.octets(tag, ItemType::BigInteger)
    }

    /// Takes a Big Integer if it is next. Two's complement, big endian.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not a Big Integer.
    #[inline]
    pub fn big_integer_opt(&mut self, tag: Tag) -> Result<Option<&'a [u8]>, DecodeError> {
        self.octets_opt(tag, ItemType::BigInteger)
    }

    /// Takes an Enumeration.
    ///
    /// # Errors
    ///
    /// When the next item is not an Enumeration with this tag.
    #[inline]
    pub fn enumeration<T: From<u32>>(&mut self, tag: Tag) -> Result<T, DecodeError> {
        let value = self.half_word(tag, ItemType::Enumeration)?;
        Ok(T::from(u32::from_be_bytes(value)))
    }

    /// Takes an Enumeration if it is next.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not an Enumeration.
    #[inline]
    pub fn enumeration_opt<T: From<u32>>(&mut self, tag: Tag) -> Result<Option<T>, DecodeError> {
        let found = self.half_word_opt(tag, ItemType::Enumeration)?;
        Ok(found.map(|value| T::from(u32::from_be_bytes(value))))
    }

    /// Takes a Byte String.
    ///
    /// # Errors
    ///
    /// When the next item is not a Byte String with this tag.
    #[inline]
    pub fn bytes(&mut self, tag: Tag) -> Result<&'a [u8], DecodeError> {
        self.octets(tag, ItemType::ByteString)
    }

    /// Takes a Byte String if it is next.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not a Byte String.
    #[inline]
    pub fn bytes_opt(&mut self, tag: Tag) -> Result<Option<&'a [u8]>, DecodeError> {
        self.octets_opt(tag, ItemType::ByteString)
    }

    /// Takes a Date-Time. Seconds since 1970.
    ///
    /// # Errors
    ///
    /// When the next item is not a Date-Time with this tag.
    #[inline]
    pub fn date_time(&mut self, tag: Tag) -> Result<i64, DecodeError> {
        let value = self.word(tag, ItemType::DateTime)?;
        Ok(i64::from_be_bytes(value))
    }

    /// Takes a Date-Time if it is next. Seconds since 1970.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not a Date-Time.
    #[inline]
    pub fn date_time_opt(&mut self, tag: Tag) -> Result<Option<i64>, DecodeError> {
        let found = self.word_opt(tag, ItemType::DateTime)?;
        Ok(found.map(i64::from_be_bytes))
    }

    /// Takes an Interval. Seconds.
    ///
    /// # Errors
    ///
    /// When the next item is not an Interval with this tag.
    #[inline]
    pub fn interval(&mut self, tag: Tag) -> Result<u32, DecodeError> {
        let value = self.half_word(tag, ItemType::Interval)?;
        Ok(u32::from_be_bytes(value))
    }

    /// Takes an Interval if it is next. Seconds.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not an Interval.
    #[inline]
    pub fn interval_opt(&mut self, tag: Tag) -> Result<Option<u32>, DecodeError> {
        let found = self.half_word_opt(tag, ItemType::Interval)?;
        Ok(found.map(u32::from_be_bytes))
    }

    /// Takes a Date-Time Extended. Microseconds since 1970.
    ///
    /// # Errors
    ///
    /// When the next item is not a Date-Time Extended with this tag.
    #[inline]
    pub fn date_time_extended(&mut self, tag: Tag) -> Result<i64, DecodeError> {
        let value = self.word(tag, ItemType::DateTimeExtended)?;
        Ok(i64::from_be_bytes(value))
    }

    /// Takes a Date-Time Extended if it is next. Microseconds since 1970.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not a Date-Time Extended.
    #[inline]
    pub fn date_time_extended_opt(&mut self, tag: Tag) -> Result<Option<i64>, DecodeError> {
        let found = self.word_opt(tag, ItemType::DateTimeExtended)?;
        Ok(found.map(i64::from_be_bytes))
    }

    /// Takes a Boolean.
    ///
    /// # Errors
    ///
    /// When the next item is not a Boolean with this tag.
    #[inline]
    pub fn boolean(&mut self, tag: Tag) -> Result<bool, DecodeError> {
        let value = self.word(tag, ItemType::Boolean)?;
        Ok(value::truth(&value))
    }

    /// Takes a Boolean if it is next.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not a Boolean.
    #[inline]
    pub fn boolean_opt(&mut self, tag: Tag) -> Result<Option<bool>, DecodeError> {
        let found = self.word_opt(tag, ItemType::Boolean)?;
        Ok(found.map(|value| value::truth(&value)))
    }

    /// Takes a Text String.
    ///
    /// # Errors
    ///
    /// When the next item is not a Text String with this tag.
    #[inline(always)]
    pub fn text(&mut self, tag: Tag) -> Result<&'a str, DecodeError> {
        let octets = self.octets(tag, ItemType::TextString)?;
        value::text(octets).map_err(|kind| self.clone().error_in_last(kind, octets))
    }

    /// Takes a Text String if it is next.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not a Text String.
    #[inline]
    pub fn text_opt(&mut self, tag: Tag) -> Result<Option<&'a str>, DecodeError> {
        match self.octets_opt(tag, ItemType::TextString)? {
            Some(octets) => value::text(octets)
                .map(Some)
                .map_err(|kind| self.clone().error_in_last(kind, octets)),
            None => Ok(None),
        }
    }

    /// The error `kind` at the item with `value` that was just taken.
    #[cold]
    #[inline(never)]
    fn error_in_last(self, kind: DecodeErrorKind, value: &[u8]) -> DecodeError {
        let padded = value.len().div_ceil(ALIGN).saturating_mul(ALIGN);
        let taken = padded.saturating_add(HEADER_LEN);
        self.error_at(kind, self.offset().saturating_sub(taken))
    }
}
