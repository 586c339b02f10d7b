//! Reads the fields of one structure: strictly in order, or by tag.
//!
//! Requests are read strictly, so that nothing that a client asks for is overlooked. Responses
//! are read by tag: servers add fields and change their order (vault #9147, #24309), and a
//! client must go on. Values that carry keys are read strictly in both directions.
//! May touch: the message's bytes, through `strongroom_ttlv::Fields`.

use strongroom_ttlv::{DecodeError, DecodeErrorKind, Fields, Item, ItemType, Tag};

use crate::error::MessageError;
use crate::{ProtocolVersion, Versions};

/// How much a reader puts up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Fields in the specification's order, nothing else.
    Strict,
    /// Fields in any order, unknown ones are skipped.
    Tolerant,
}

/// The fields of one structure.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    /// Strict: the fields not read yet. Tolerant: all fields.
    fields: Fields<'a>,
    mode: Mode,
    /// The version of the message.
    version: ProtocolVersion,
    /// Whether fields that the version does not have are read all the same: an object in a
    /// response is read strictly, but its server may put newer fields into it.
    any_version: bool,
}

impl<'a> Reader<'a> {
    /// A reader of the fields of a whole message, whose version is not known yet.
    pub(crate) const fn new(fields: Fields<'a>, mode: Mode) -> Self {
        let version = ProtocolVersion::V2_1;
        Self {
            fields,
            mode,
            version,
            any_version: matches!(mode, Mode::Tolerant),
        }
    }

    /// The same, for a message of `version`.
    pub(crate) fn of_version(self, version: ProtocolVersion) -> Self {
        Self { version, ..self }
    }

    /// Whether fields that the version does not have are read all the same.
    pub(crate) const fn takes_any_version(&self) -> bool {
        self.any_version
    }

    /// Whether the version has nothing of the kind, and that matters.
    pub(crate) fn refuses(&self, versions: Option<Versions>) -> bool {
        !self.any_version && !self.version.has(versions)
    }

    /// The version of the message.
    pub(crate) const fn version(&self) -> ProtocolVersion {
        self.version
    }

    /// These fields, read in the same way.
    const fn inner(&self, fields: Fields<'a>) -> Self {
        let Self {
            mode,
            version,
            any_version,
            ..
        } = *self;
        Self {
            fields,
            mode,
            version,
            any_version,
        }
    }

    pub(crate) const fn mode(&self) -> Mode {
        self.mode
    }

    /// Reads the field `tag` with `read`, one of the methods of `Fields`.
    pub(crate) fn need<T>(
        &mut self,
        tag: Tag,
        read: impl FnOnce(&mut Fields<'a>, Tag) -> Result<T, DecodeError>,
    ) -> Result<T, MessageError> {
        match self.mode {
            Mode::Strict => Ok(read(&mut self.fields, tag)?),
            // Where nothing is found, `read` stands at the end and says what is missing.
            Mode::Tolerant => Ok(read(&mut self.at(tag)?, tag)?),
        }
    }

    /// As [`Self::need`], where the field may be absent.
    pub(crate) fn opt<T>(
        &mut self,
        tag: Tag,
        read: impl FnOnce(&mut Fields<'a>, Tag) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, MessageError> {
        match self.mode {
            Mode::Strict if self.fields.peek() == Some(tag) => {
                Ok(Some(read(&mut self.fields, tag)?))
            }
            Mode::Strict => Ok(None),
            Mode::Tolerant => {
                let mut fields = self.at(tag)?;
                match fields.peek() {
                    Some(_) => Ok(Some(read(&mut fields, tag)?)),
                    None => Ok(None),
                }
            }
        }
    }

    /// Reads every field `tag`: the run of them that comes next, or all there are.
    pub(crate) fn each<T>(
        &mut self,
        tag: Tag,
        mut read: impl FnMut(&mut Fields<'a>, Tag) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, MessageError> {
        let mut found = Vec::new();
        match self.mode {
            Mode::Strict => {
                while self.fields.peek() == Some(tag) {
                    found.push(read(&mut self.fields, tag)?);
                }
            }
            Mode::Tolerant => {
                let mut fields = self.fields.clone();
                while let Some(next) = fields.peek() {
                    if next == tag {
                        found.push(read(&mut fields, tag)?);
                    } else {
                        fields.next_item()?;
                    }
                }
            }
        }
        Ok(found)
    }

    /// The structure `tag`, to be read in the same way.
    pub(crate) fn structure(&mut self, tag: Tag) -> Result<Self, MessageError> {
        let fields = self.need(tag, Fields::structure)?;
        Ok(self.inner(fields))
    }

    /// As [`Self::structure`], where it may be absent.
    pub(crate) fn structure_opt(&mut self, tag: Tag) -> Result<Option<Self>, MessageError> {
        let fields = self.opt(tag, Fields::structure)?;
        Ok(fields.map(|fields| self.inner(fields)))
    }

    /// Every structure `tag`, read by `read`.
    pub(crate) fn structures<T>(
        &mut self,
        tag: Tag,
        mut read: impl FnMut(Self) -> Result<T, MessageError>,
    ) -> Result<Vec<T>, MessageError> {
        self.each(tag, Fields::structure)?
            .into_iter()
            .map(|fields| read(self.inner(fields)))
            .collect()
    }

    /// Every field `tag`: the run of them that comes next, or all there are, each read by
    /// `read` from a reader that stands before it.
    pub(crate) fn fields<T>(
        &mut self,
        tag: Tag,
        mut read: impl FnMut(&mut Self) -> Result<T, MessageError>,
    ) -> Result<Vec<T>, MessageError> {
        let mut found = Vec::new();
        let mut ahead = self.fields.clone();
        while let Some(next) = ahead.peek() {
            if next == tag {
                found.push(read(&mut self.inner(ahead.clone()))?);
            } else if self.mode == Mode::Strict {
                break;
            }
            ahead.next_item()?;
            if self.mode == Mode::Strict {
                self.fields = ahead.clone();
            }
        }
        Ok(found)
    }

    /// Every field, whatever its tag, read by `read` from a reader that stands before it.
    pub(crate) fn all<T>(
        self,
        mut read: impl FnMut(&mut Self, Tag) -> Result<T, MessageError>,
    ) -> Result<Vec<T>, MessageError> {
        let mut found = Vec::new();
        let mut ahead = self.fields.clone();
        while let Some(tag) = ahead.peek() {
            found.push(read(&mut self.inner(ahead.clone()), tag)?);
            ahead.next_item()?;
        }
        Ok(found)
    }

    /// A strict reader that stands before the field `tag`, where there is one.
    pub(crate) fn before(&self, tag: Tag) -> Result<Self, MessageError> {
        let fields = match self.mode {
            Mode::Strict => self.fields.clone(),
            Mode::Tolerant => self.at(tag)?,
        };
        Ok(self.inner(fields).strict())
    }

    /// The same structure, strict from here on.
    pub(crate) fn strict(self) -> Self {
        let mode = Mode::Strict;
        Self { mode, ..self }
    }

    /// The same structure, by tag from here on: for what is kept and not acted upon.
    pub(crate) fn tolerant(self) -> Self {
        let mode = Mode::Tolerant;
        Self { mode, ..self }
    }

    /// The next field that is left (strict), or the first one (tolerant).
    pub(crate) fn peek(&self) -> Option<Tag> {
        self.fields.peek()
    }

    /// The type of the field `tag`, where it comes next (strict) or anywhere (tolerant).
    pub(crate) fn type_of(&self, tag: Tag) -> Result<Option<ItemType>, MessageError> {
        match self.mode {
            Mode::Strict if self.fields.peek() != Some(tag) => Ok(None),
            Mode::Strict => Ok(self.fields.peek_type()),
            Mode::Tolerant => Ok(self.at(tag)?.peek_type()),
        }
    }

    /// Whether a field `tag` comes next (strict) or anywhere (tolerant).
    pub(crate) fn has(&self, tag: Tag) -> Result<bool, MessageError> {
        match self.mode {
            Mode::Strict => Ok(self.fields.peek() == Some(tag)),
            Mode::Tolerant => Ok(self.at(tag)?.peek().is_some()),
        }
    }

    /// Ends the structure; strict: nothing may be left.
    pub(crate) fn finish(self) -> Result<(), MessageError> {
        match self.mode {
            Mode::Strict => Ok(self.fields.finish()?),
            Mode::Tolerant => Ok(()),
        }
    }

    /// The fields from the first `tag` on, or none.
    fn at(&self, tag: Tag) -> Result<Fields<'a>, MessageError> {
        let mut fields = self.fields.clone();
        while fields.peek().is_some_and(|next| next != tag) {
            fields.next_item()?;
        }
        Ok(fields)
    }
}

/// Takes the item `tag`, whatever its type; for `Reader::need` and its twins.
pub(crate) fn any_item<'a>(fields: &mut Fields<'a>, tag: Tag) -> Result<Item<'a>, DecodeError> {
    let missing = fields.error(match fields.peek() {
        Some(found) => DecodeErrorKind::UnexpectedTag {
            expected: tag,
            found,
        },
        None => DecodeErrorKind::Missing { expected: tag },
    });
    if fields.peek() == Some(tag) {
        fields.next_item()?.ok_or(missing)
    } else {
        Err(missing)
    }
}
