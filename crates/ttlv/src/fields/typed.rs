//! The typed readers of [`Fields`], each with its `_opt` twin.
//!
//! All alike: a plain reader fails with [`Missing`](DecodeErrorKind::Missing) or
//! [`UnexpectedTag`](DecodeErrorKind::UnexpectedTag) where the tag is not next; the twin
//! gives `None` there and takes nothing; both fail with
//! [`WrongType`](DecodeErrorKind::WrongType) where the tag is right and the type is not.

use super::Fields;
use crate::decode::{self, RawItem};
use crate::error::{DecodeError, DecodeErrorKind};
use crate::item::{HEADER_LEN, ItemType, Tag};

impl<'a> Fields<'a> {
    /// Takes a structure and gives its fields.
    ///
    /// # Errors
    ///
    /// When the next item is not a structure with this tag.
    #[inline]
    pub fn structure(&mut self, tag: Tag) -> Result<Self, DecodeError> {
        let start = self.at;
        let raw = self.take(tag, ItemType::Structure)?;
        Ok(self.inner(start, &raw))
    }

    /// Takes a structure if it is next, and gives its fields.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is no structure.
    #[inline]
    pub fn structure_opt(&mut self, tag: Tag) -> Result<Option<Self>, DecodeError> {
        let start = self.at;
        let found = self.take_opt(tag, ItemType::Structure)?;
        Ok(found.map(|raw| self.inner(start, &raw)))
    }

    /// The fields of the structure `raw` whose header is at `start`.
    #[inline(always)]
    fn inner(&self, start: usize, raw: &RawItem<'a>) -> Self {
        let value_at = start.saturating_add(HEADER_LEN);
        Fields::of(
            self.message,
            start,
            value_at.saturating_add(raw.value.len()),
        )
    }

    /// Takes an Integer.
    ///
    /// # Errors
    ///
    /// When the next item is not an Integer with this tag.
    #[inline]
    pub fn integer(&mut self, tag: Tag) -> Result<i32, DecodeError> {
        let raw = self.take(tag, ItemType::Integer)?;
        Ok(i32::from_be_bytes(decode::four(raw.value)))
    }

    /// Takes an Integer if it is next.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not an Integer.
    #[inline]
    pub fn integer_opt(&mut self, tag: Tag) -> Result<Option<i32>, DecodeError> {
        let found = self.take_opt(tag, ItemType::Integer)?;
        Ok(found.map(|raw| i32::from_be_bytes(decode::four(raw.value))))
    }

    /// Takes a Long Integer.
    ///
    /// # Errors
    ///
    /// When the next item is not a Long Integer with this tag.
    #[inline]
    pub fn long_integer(&mut self, tag: Tag) -> Result<i64, DecodeError> {
        let raw = self.take(tag, ItemType::LongInteger)?;
        Ok(i64::from_be_bytes(decode::eight(raw.value)))
    }

    /// Takes a Long Integer if it is next.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not a Long Integer.
    #[inline]
    pub fn long_integer_opt(&mut self, tag: Tag) -> Result<Option<i64>, DecodeError> {
        let found = self.take_opt(tag, ItemType::LongInteger)?;
        Ok(found.map(|raw| i64::from_be_bytes(decode::eight(raw.value))))
    }

    /// Takes a Big Integer. Two's complement, big endian.
    ///
    /// # Errors
    ///
    /// When the next item is not a Big Integer with this tag.
    #[inline]
    pub fn big_integer(&mut self, tag: Tag) -> Result<&'a [u8], DecodeError> {
        let raw = self.take(tag, ItemType::BigInteger)?;
        Ok(raw.value)
    }

    /// Takes a Big Integer if it is next. Two's complement, big endian.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not a Big Integer.
    #[inline]
    pub fn big_integer_opt(&mut self, tag: Tag) -> Result<Option<&'a [u8]>, DecodeError> {
        let found = self.take_opt(tag, ItemType::BigInteger)?;
        Ok(found.map(|raw| raw.value))
    }

    /// Takes an Enumeration.
    ///
    /// # Errors
    ///
    /// When the next item is not an Enumeration with this tag.
    #[inline]
    pub fn enumeration<T: From<u32>>(&mut self, tag: Tag) -> Result<T, DecodeError> {
        let raw = self.take(tag, ItemType::Enumeration)?;
        Ok(T::from(u32::from_be_bytes(decode::four(raw.value))))
    }

    /// Takes an Enumeration if it is next.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not an Enumeration.
    #[inline]
    pub fn enumeration_opt<T: From<u32>>(&mut self, tag: Tag) -> Result<Option<T>, DecodeError> {
        let found = self.take_opt(tag, ItemType::Enumeration)?;
        Ok(found.map(|raw| T::from(u32::from_be_bytes(decode::four(raw.value)))))
    }

    /// Takes a Byte String.
    ///
    /// # Errors
    ///
    /// When the next item is not a Byte String with this tag.
    #[inline]
    pub fn bytes(&mut self, tag: Tag) -> Result<&'a [u8], DecodeError> {
        let raw = self.take(tag, ItemType::ByteString)?;
        Ok(raw.value)
    }

    /// Takes a Byte String if it is next.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not a Byte String.
    #[inline]
    pub fn bytes_opt(&mut self, tag: Tag) -> Result<Option<&'a [u8]>, DecodeError> {
        let found = self.take_opt(tag, ItemType::ByteString)?;
        Ok(found.map(|raw| raw.value))
    }

    /// Takes a Date-Time. Seconds since 1970.
    ///
    /// # Errors
    ///
    /// When the next item is not a Date-Time with this tag.
    #[inline]
    pub fn date_time(&mut self, tag: Tag) -> Result<i64, DecodeError> {
        let raw = self.take(tag, ItemType::DateTime)?;
        Ok(i64::from_be_bytes(decode::eight(raw.value)))
    }

    /// Takes a Date-Time if it is next. Seconds since 1970.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not a Date-Time.
    #[inline]
    pub fn date_time_opt(&mut self, tag: Tag) -> Result<Option<i64>, DecodeError> {
        let found = self.take_opt(tag, ItemType::DateTime)?;
        Ok(found.map(|raw| i64::from_be_bytes(decode::eight(raw.value))))
    }

    /// Takes an Interval. Seconds.
    ///
    /// # Errors
    ///
    /// When the next item is not an Interval with this tag.
    #[inline]
    pub fn interval(&mut self, tag: Tag) -> Result<u32, DecodeError> {
        let raw = self.take(tag, ItemType::Interval)?;
        Ok(u32::from_be_bytes(decode::four(raw.value)))
    }

    /// Takes an Interval if it is next. Seconds.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not an Interval.
    #[inline]
    pub fn interval_opt(&mut self, tag: Tag) -> Result<Option<u32>, DecodeError> {
        let found = self.take_opt(tag, ItemType::Interval)?;
        Ok(found.map(|raw| u32::from_be_bytes(decode::four(raw.value))))
    }

    /// Takes a Date-Time Extended. Microseconds since 1970.
    ///
    /// # Errors
    ///
    /// When the next item is not a Date-Time Extended with this tag.
    #[inline]
    pub fn date_time_extended(&mut self, tag: Tag) -> Result<i64, DecodeError> {
        self.date_time_extended_opt(tag)?
            .ok_or_else(|| self.missing(tag))
    }

    /// Takes a Date-Time Extended if it is next. Microseconds since 1970.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not a Date-Time Extended.
    #[inline]
    pub fn date_time_extended_opt(&mut self, tag: Tag) -> Result<Option<i64>, DecodeError> {
        let found = self.take_opt(tag, ItemType::DateTimeExtended)?;
        Ok(found.map(|raw| i64::from_be_bytes(decode::eight(raw.value))))
    }

    /// Takes a Boolean.
    ///
    /// # Errors
    ///
    /// When the next item is not a Boolean with this tag.
    #[inline]
    pub fn boolean(&mut self, tag: Tag) -> Result<bool, DecodeError> {
        let start = self.at;
        let raw = self.take(tag, ItemType::Boolean)?;
        decode::boolean(raw.value).ok_or_else(|| self.error_at(DecodeErrorKind::BadBoolean, start))
    }

    /// Takes a Boolean if it is next.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not a Boolean.
    #[inline]
    pub fn boolean_opt(&mut self, tag: Tag) -> Result<Option<bool>, DecodeError> {
        let start = self.at;
        let Some(raw) = self.take_opt(tag, ItemType::Boolean)? else {
            return Ok(None);
        };
        self.convert(&raw, start, decode::boolean, DecodeErrorKind::BadBoolean)
    }

    /// Takes a Text String.
    ///
    /// # Errors
    ///
    /// When the next item is not a Text String with this tag.
    #[inline]
    pub fn text(&mut self, tag: Tag) -> Result<&'a str, DecodeError> {
        let start = self.at;
        let raw = self.take(tag, ItemType::TextString)?;
        core::str::from_utf8(raw.value).map_err(|_| self.error_at(DecodeErrorKind::NotUtf8, start))
    }

    /// Takes a Text String if it is next.
    ///
    /// # Errors
    ///
    /// When the next item has this tag and is not a Text String.
    #[inline]
    pub fn text_opt(&mut self, tag: Tag) -> Result<Option<&'a str>, DecodeError> {
        let start = self.at;
        let Some(raw) = self.take_opt(tag, ItemType::TextString)? else {
            return Ok(None);
        };
        self.convert(
            &raw,
            start,
            |value| core::str::from_utf8(value).ok(),
            DecodeErrorKind::NotUtf8,
        )
    }

    /// The value of the item at `start` by `read`, which fails with `kind`.
    fn convert<T>(
        &self,
        raw: &RawItem<'a>,
        start: usize,
        read: impl FnOnce(&'a [u8]) -> Option<T>,
        kind: DecodeErrorKind,
    ) -> Result<Option<T>, DecodeError> {
        match read(raw.value) {
            None => Err(self.error_at(kind, start)),
            value => Ok(value),
        }
    }
}
