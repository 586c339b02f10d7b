//! Taking the next item of [`Fields`] if it has a tag and a type. The message was checked
//! before, so one look at the header is the quick way. What it does not take, an item of
//! another tag or type or one that was tolerated, `Fields::take_slowly` looks at again.

use super::Fields;
use crate::decode::value::{eight, four};
use crate::decode::{Header, RawItem, careful, sound_item};
use crate::error::{DecodeError, DecodeErrorKind};
use crate::item::{ALIGN, HEADER_LEN, ItemType, Tag};

impl<'a> Fields<'a> {
    /// The value of a type of four octets.
    #[inline(always)]
    pub(super) fn half_word(&mut self, tag: Tag, kind: ItemType) -> Result<[u8; 4], DecodeError> {
        match self.quick_word(tag, kind, 4) {
            Some(word) => Ok(four(word)),
            None => self.or_slowly(tag, kind).map(four),
        }
    }

    /// The value of a type of four octets if it is next.
    #[inline(always)]
    pub(super) fn half_word_opt(
        &mut self,
        tag: Tag,
        kind: ItemType,
    ) -> Result<Option<[u8; 4]>, DecodeError> {
        self.is_next(tag)
            .then(|| self.half_word(tag, kind))
            .transpose()
    }

    /// The value of a type of eight octets.
    #[inline(always)]
    pub(super) fn word(&mut self, tag: Tag, kind: ItemType) -> Result<[u8; 8], DecodeError> {
        match self.quick_word(tag, kind, 8) {
            Some(word) => Ok(*word),
            None => self.or_slowly(tag, kind).map(eight),
        }
    }

    /// The value of a type of eight octets if it is next.
    #[inline(always)]
    pub(super) fn word_opt(
        &mut self,
        tag: Tag,
        kind: ItemType,
    ) -> Result<Option<[u8; 8]>, DecodeError> {
        self.is_next(tag).then(|| self.word(tag, kind)).transpose()
    }

    /// The value of a type of any length.
    #[inline(always)]
    pub(super) fn octets(&mut self, tag: Tag, kind: ItemType) -> Result<&'a [u8], DecodeError> {
        match self.quick_octets(tag, kind) {
            Some(octets) => Ok(octets),
            None => self.or_slowly(tag, kind),
        }
    }

    /// The value of a type of any length if it is next.
    #[inline(always)]
    pub(super) fn octets_opt(
        &mut self,
        tag: Tag,
        kind: ItemType,
    ) -> Result<Option<&'a [u8]>, DecodeError> {
        self.is_next(tag)
            .then(|| self.octets(tag, kind))
            .transpose()
    }

    #[inline(always)]
    fn is_next(&self, tag: Tag) -> bool {
        let [_, a, b, c] = tag.value().to_be_bytes();
        matches!(self.rest.first_chunk(), Some(front) if *front == [a, b, c]) && tag.is_sound()
    }

    #[inline(always)]
    fn quick_word(&mut self, tag: Tag, kind: ItemType, length: u32) -> Option<&'a [u8; 8]> {
        let (header, body) = self.rest.split_first_chunk::<HEADER_LEN>()?;
        if *header != Header::octets(tag, kind, length)? {
            return None;
        }
        let (word, rest) = body.split_first_chunk::<ALIGN>()?;
        self.rest = rest;
        Some(word)
    }

    #[inline(always)]
    pub(super) fn quick_octets(&mut self, tag: Tag, kind: ItemType) -> Option<&'a [u8]> {
        let (header, body) = self.rest.split_first_chunk::<HEADER_LEN>()?;
        let [a, b, c, code, _, _, _, _] = Header::octets(tag, kind, 0)?;
        let [d, e, f, found, length @ ..] = *header;
        if [d, e, f, found] != [a, b, c, code] {
            return None;
        }
        let len = usize::try_from(u32::from_be_bytes(length)).ok()?;
        if kind == ItemType::Structure {
            let (inside, rest) = body.split_at_checked(len)?;
            self.rest = rest;
            return Some(inside);
        }
        let taken = len.div_ceil(ALIGN).checked_mul(ALIGN)?;
        let (field, rest) = body.split_at_checked(taken)?;
        self.rest = rest;
        field.get(..len)
    }

    /// The value of the next item, which must have this tag and this type.
    #[inline(always)]
    fn or_slowly(&mut self, tag: Tag, kind: ItemType) -> Result<&'a [u8], DecodeError> {
        // A copy goes there, so that `self` need not lie in memory.
        let (rest, raw) = self.clone().take_slowly(tag, kind)?;
        self.rest = rest;
        Ok(raw.value)
    }

    /// The next item, which must have this tag and this type, and what follows it.
    #[cold]
    #[inline(never)]
    fn take_slowly(
        self,
        tag: Tag,
        expected: ItemType,
    ) -> Result<(&'a [u8], RawItem<'a>), DecodeError> {
        let kind = match self.peek() {
            None => DecodeErrorKind::Missing { expected: tag },
            Some(found) if found != tag => DecodeErrorKind::UnexpectedTag {
                expected: tag,
                found,
            },
            Some(_) => {
                let (rest, raw) = self.sound_or_tolerated()?;
                if raw.item_type == expected {
                    return Ok((rest, raw));
                }
                DecodeErrorKind::WrongType {
                    tag,
                    expected,
                    found: raw.item_type,
                }
            }
        };
        Err(self.error(kind))
    }

    /// The next item of a structure that is not at its end, and what follows it.
    pub(super) fn sound_or_tolerated(&self) -> Result<(&'a [u8], RawItem<'a>), DecodeError> {
        match sound_item(self.rest) {
            Some(found) => Ok(found),
            None => careful::item(self.rest, self.tolerances).map_err(|kind| self.error(kind)),
        }
    }
}
