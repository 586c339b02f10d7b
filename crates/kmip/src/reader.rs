//! Reads the fields of one structure: strictly in order, or by tag.
//!
//! Requests are read strictly, so that nothing that a client asks for is overlooked. Responses
//! are read by tag: servers add fields and change their order (vault #9147, #24309), and a
//! client must go on. Values that carry keys are read strictly in both directions.
//! May touch: the message's bytes, through `strongroom_ttlv::Fields`.

mod record;

use strongroom_ttlv::{DecodeError, DecodeErrorKind, Fields, Item, ItemType, Tag};

use record::Extent;
pub(crate) use record::Record;

use crate::error::MessageError;
use crate::{ProtocolVersion, Versions, tag};

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
    /// The fields not read yet. Tolerant: those after the last one that was read, where the next is
    /// looked for first, for most servers keep to the order.
    fields: Fields<'a>,
    /// Where the first of all fields stands. Not a second `Fields`: readers are handed on by value.
    first: usize,
    /// Tolerant: the tags before `fields`.
    before: Tags,
    /// Tolerant: the tags from `fields` on.
    ahead: Tags,
    mode: Mode,
    /// The version of the message.
    version: ProtocolVersion,
    /// Whether fields that the version does not have are read all the same: an object in a
    /// response is read strictly, but its server may put newer fields into it.
    any_version: bool,
    /// Where it is noted what was read, if somebody wants to know.
    record: Option<&'a Record>,
}

/// A set of tags that may hold more than it was given, never less.
#[derive(Clone, Copy, Debug)]
struct Tags(u64);

impl Tags {
    const NONE: Self = Self(0);
    const ANY: Self = Self(u64::MAX);

    /// Neighbours in the table of tags, which stand in one structure, have bits of their own.
    const fn of(tag: Tag) -> Self {
        Self(1_u64.rotate_left(tag.value()))
    }

    const fn with(self, tag: Tag) -> Self {
        Self(self.0 | Self::of(tag).0)
    }

    const fn may_hold(self, tag: Tag) -> bool {
        self.0 & Self::of(tag).0 != 0
    }
}

impl<'a> Reader<'a> {
    /// A reader of the fields of a whole message, whose version is not known yet.
    pub(crate) fn new(fields: Fields<'a>, mode: Mode) -> Self {
        let version = ProtocolVersion::V2_1;
        Self {
            first: fields.offset(),
            fields,
            before: Tags::NONE,
            ahead: Tags::ANY,
            mode,
            version,
            any_version: matches!(mode, Mode::Tolerant),
            record: None,
        }
    }

    /// The same; what is read is noted in `record`.
    pub(crate) const fn recorded(self, record: Option<&'a Record>) -> Self {
        Self { record, ..self }
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

    /// Refuses, in a strict message, a field whose tag its version does not have.
    pub(crate) fn admit_tags(&self) -> Result<(), MessageError> {
        let mut ahead = self.fields.clone();
        while let Some(tag) = ahead.peek() {
            if self.refuses(tag::versions(tag)) {
                let version = self.version;
                return Err(MessageError::NotInVersion { tag, version });
            }
            ahead.skip()?;
        }
        Ok(())
    }

    /// Refuses, in a strict message, a value of the field `tag` that its version does not have.
    pub(crate) fn admit_value(
        &self,
        tag: Tag,
        versions: Option<Versions>,
        value: &'static str,
    ) -> Result<(), MessageError> {
        if self.refuses(versions) {
            let version = self.version;
            return Err(MessageError::ValueNotInVersion {
                tag,
                value,
                version,
            });
        }
        Ok(())
    }

    /// The version of the message.
    pub(crate) const fn version(&self) -> ProtocolVersion {
        self.version
    }

    /// These fields, read in the same way.
    fn inner(&self, fields: Fields<'a>) -> Self {
        let Self {
            mode,
            version,
            any_version,
            record,
            ..
        } = *self;
        Self {
            first: fields.offset(),
            fields,
            before: Tags::NONE,
            ahead: Tags::ANY,
            mode,
            version,
            any_version,
            record,
        }
    }

    #[inline]
    fn note(&self, offset: usize, extent: Extent) {
        if let Some(record) = self.record {
            record.note(offset, extent);
        }
    }

    /// What `read` makes of the fields; where it fails, as if it had read nothing of them.
    pub(crate) fn attempt<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, MessageError>,
    ) -> Option<T> {
        let mark = self.record.map(Record::mark);
        let outcome = read(self).ok();
        if let (None, Some(record), Some(mark)) = (&outcome, self.record, mark) {
            record.roll_back(mark);
        }
        outcome
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
        self.need_as(Extent::Whole, tag, read)
    }

    fn need_as<T>(
        &mut self,
        extent: Extent,
        tag: Tag,
        read: impl FnOnce(&mut Fields<'a>, Tag) -> Result<T, DecodeError>,
    ) -> Result<T, MessageError> {
        let mut passed = match self.comes_next(tag) || self.go_to(tag)? {
            true => None,
            // `read` says so where it is missing.
            false => Some(self.first_of(tag)?),
        };
        let is_next = passed.is_none();
        let fields = passed.as_mut().unwrap_or(&mut self.fields);
        let offset = fields.offset();
        let value = read(fields, tag)?;
        self.note(offset, extent);
        if is_next && self.mode == Mode::Tolerant {
            self.before = self.before.with(tag);
        }
        Ok(value)
    }

    /// As [`Self::need`], where the field may be absent.
    pub(crate) fn opt<T>(
        &mut self,
        tag: Tag,
        read: impl FnOnce(&mut Fields<'a>, Tag) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, MessageError> {
        self.opt_as(Extent::Whole, tag, read)
    }

    fn opt_as<T>(
        &mut self,
        extent: Extent,
        tag: Tag,
        read: impl FnOnce(&mut Fields<'a>, Tag) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, MessageError> {
        match self.has(tag)? {
            true => self.need_as(extent, tag, read).map(Some),
            false => Ok(None),
        }
    }

    /// Whether the next field is `tag`, as nearly always, and none before it was.
    #[inline]
    fn comes_next(&self, tag: Tag) -> bool {
        self.fields.peek() == Some(tag) && !self.before.may_hold(tag)
    }

    /// Tolerant: goes on to the first field `tag`, where there is one ahead and none was passed.
    #[inline]
    fn go_to(&mut self, tag: Tag) -> Result<bool, MessageError> {
        let may_be_ahead = !self.before.may_hold(tag) && self.ahead.may_hold(tag);
        Ok(may_be_ahead && self.mode == Mode::Tolerant && self.pass_to(tag)?)
    }

    /// Not in line: most fields come next, or are known to be absent.
    #[cold]
    #[inline(never)]
    fn pass_to(&mut self, tag: Tag) -> Result<bool, MessageError> {
        let (mut fields, mut passed, mut seen) = (self.fields.clone(), self.before, Tags::NONE);
        while let Some(next) = fields.peek() {
            if next == tag {
                (self.before, self.fields) = (passed, fields);
                return Ok(true);
            }
            (passed, seen) = (passed.with(next), seen.with(next));
            fields.skip()?;
        }
        self.ahead = seen;
        Ok(false)
    }

    /// The fields that are left (strict), or all from the first `tag` on, none where there is none
    /// (tolerant).
    #[cold]
    #[inline(never)]
    fn first_of(&self, tag: Tag) -> Result<Fields<'a>, MessageError> {
        match self.mode {
            Mode::Strict => Ok(self.fields.clone()),
            Mode::Tolerant => first(self.all_fields(), tag),
        }
    }

    /// Reads every field `tag`: the run of them that comes next, or all there are.
    fn each_as<T, E>(
        &mut self,
        extent: Extent,
        tag: Tag,
        mut read: impl FnMut(&mut Fields<'a>, Tag) -> Result<T, E>,
    ) -> Result<Vec<T>, MessageError>
    where
        MessageError: From<E>,
    {
        let mut found = Vec::new();
        match self.mode {
            Mode::Strict => {
                while self.fields.peek() == Some(tag) {
                    self.note(self.fields.offset(), extent);
                    found.push(read(&mut self.fields, tag)?);
                }
            }
            Mode::Tolerant => {
                let mut fields = self.all_fields();
                while let Some(next) = fields.peek() {
                    if next == tag {
                        self.note(fields.offset(), extent);
                        found.push(read(&mut fields, tag)?);
                    } else {
                        fields.skip()?;
                    }
                }
            }
        }
        Ok(found)
    }

    /// The structure `tag`, to be read in the same way.
    pub(crate) fn structure(&mut self, tag: Tag) -> Result<Self, MessageError> {
        let fields = self.need_as(Extent::Fields, tag, Fields::structure)?;
        Ok(self.inner(fields))
    }

    /// As [`Self::structure`], where it may be absent.
    pub(crate) fn structure_opt(&mut self, tag: Tag) -> Result<Option<Self>, MessageError> {
        let fields = self.opt_as(Extent::Fields, tag, Fields::structure)?;
        Ok(fields.map(|fields| self.inner(fields)))
    }

    /// Every structure `tag`, read by `read`.
    pub(crate) fn structures<T>(
        &mut self,
        tag: Tag,
        mut read: impl FnMut(Self) -> Result<T, MessageError>,
    ) -> Result<Vec<T>, MessageError> {
        let like = self.clone();
        self.each_as(Extent::Fields, tag, |fields, tag| {
            read(like.inner(fields.structure(tag)?))
        })
    }

    /// Every field `tag`: the run of them that comes next, or all there are, each read by
    /// `read` from a reader that stands before it.
    pub(crate) fn fields<T>(
        &mut self,
        tag: Tag,
        mut read: impl FnMut(&mut Self) -> Result<T, MessageError>,
    ) -> Result<Vec<T>, MessageError> {
        let mut found = Vec::new();
        if !self.has(tag)? {
            return Ok(found);
        }
        let mut ahead = self.left();
        while let Some(next) = ahead.peek() {
            if next == tag {
                found.push(read(&mut self.inner(ahead.clone()))?);
            } else if self.mode == Mode::Strict {
                break;
            }
            ahead.skip()?;
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
        let mut ahead = self.left();
        while let Some(tag) = ahead.peek() {
            found.push(read(&mut self.inner(ahead.clone()), tag)?);
            ahead.skip()?;
        }
        Ok(found)
    }

    /// A strict reader that stands before the field `tag`, where there is one.
    pub(crate) fn before(&self, tag: Tag) -> Result<Self, MessageError> {
        Ok(self.inner(self.first_of(tag)?).strict())
    }

    /// The same structure, strict from here on.
    pub(crate) fn strict(self) -> Self {
        Self {
            mode: Mode::Strict,
            ..self.inner(self.left())
        }
    }

    /// The same structure, by tag from here on: for what is kept and not acted upon.
    pub(crate) fn tolerant(self) -> Self {
        Self {
            mode: Mode::Tolerant,
            ..self.inner(self.left())
        }
    }

    /// The next field that is left (strict), or the first one (tolerant).
    pub(crate) fn peek(&self) -> Option<Tag> {
        match self.mode {
            Mode::Strict => self.fields.peek(),
            Mode::Tolerant => self.all_fields().peek(),
        }
    }

    /// All fields, read or not.
    #[inline]
    fn all_fields(&self) -> Fields<'a> {
        self.fields.back_to(self.first)
    }

    /// What is left to read (strict), or all fields (tolerant).
    fn left(&self) -> Fields<'a> {
        match self.mode {
            Mode::Strict => self.fields.clone(),
            Mode::Tolerant => self.all_fields(),
        }
    }

    /// The type of the field `tag`, where it comes next (strict) or anywhere (tolerant).
    pub(crate) fn type_of(&mut self, tag: Tag) -> Result<Option<ItemType>, MessageError> {
        if self.comes_next(tag) {
            return Ok(self.fields.peek_type());
        }
        match self.has(tag)? {
            true => Ok(self.first_of(tag)?.peek_type()),
            false => Ok(None),
        }
    }

    /// Whether a field `tag` comes next (strict) or anywhere (tolerant).
    pub(crate) fn has(&mut self, tag: Tag) -> Result<bool, MessageError> {
        if self.comes_next(tag) || self.go_to(tag)? {
            return Ok(true);
        }
        Ok(self.before.may_hold(tag) && self.first_of(tag)?.peek() == Some(tag))
    }

    /// Ends the structure; strict: nothing may be left.
    pub(crate) fn finish(self) -> Result<(), MessageError> {
        match self.mode {
            Mode::Strict => Ok(self.fields.finish()?),
            Mode::Tolerant => Ok(()),
        }
    }
}

/// Those of `all` from the first `tag` on, or none.
fn first(mut fields: Fields<'_>, tag: Tag) -> Result<Fields<'_>, MessageError> {
    while fields.peek().is_some_and(|next| next != tag) {
        fields.skip()?;
    }
    Ok(fields)
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

#[cfg(test)]
mod tests;
