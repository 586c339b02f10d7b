//! How often a field may stand in its structure, and in which versions.
//!
//! May touch: the message's bytes, through `Reader` and `Writer`.

use strongroom_ttlv::{Tag, Writer};

use super::Field;
use crate::error::{Element, EncodeError, MessageError};
use crate::reader::Reader;
use crate::version::Versions;
use crate::{ProtocolVersion, attribute, tag};

/// Where a field stands: its tag, and the versions that have it there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) tag: Tag,
    versions: Versions,
}

impl Place {
    /// In all versions that have the tag, or the tag that is its other form in 1.x or 2.x.
    pub(crate) const fn of(tag: Tag) -> Self {
        let all = Versions::new(ProtocolVersion::V1_0, ProtocolVersion::V2_1);
        let versions = match (attribute::other_form(tag), tag::versions(tag)) {
            (None, Some(versions)) => versions,
            _ => all,
        };
        Self { tag, versions }
    }

    /// From this version on.
    pub(crate) const fn since(self, first: ProtocolVersion) -> Self {
        let versions = Versions::new(first, self.versions.last());
        Self { versions, ..self }
    }

    /// Up to this version.
    pub(crate) const fn until(self, last: ProtocolVersion) -> Self {
        let versions = Versions::new(self.versions.first(), last);
        Self { versions, ..self }
    }

    pub(crate) fn is_in(self, version: ProtocolVersion) -> bool {
        self.versions.contains(version)
    }

    /// Refuses to write the field in a version that does not have it.
    fn require(self, version: ProtocolVersion) -> Result<(), EncodeError> {
        if self.is_in(version) {
            return Ok(());
        }
        Err(EncodeError::NotInVersion {
            what: Element::Tag(self.tag),
            version,
        })
    }

    /// Refuses to read, from a strict message, a field that its version does not have.
    fn admit(self, fields: &Reader<'_>) -> Result<(), MessageError> {
        let version = fields.version();
        if fields.takes_any_version() || self.is_in(version) {
            return Ok(());
        }
        Err(MessageError::NotInVersion {
            tag: self.tag,
            version,
        })
    }
}

/// A field of a structure: one value, perhaps one, or any number.
pub(crate) trait Slot: Sized {
    /// Reads the field where it comes next (strict) or wherever it is (tolerant).
    fn take(fields: &mut Reader<'_>, place: Place) -> Result<Self, MessageError>;

    /// Writes the field if `version` has it.
    fn put(&self, out: &mut Writer<'_>, place: Place, version: ProtocolVersion);

    /// Refuses the field, or something in it, that `version` does not have.
    fn check(&self, place: Place, version: ProtocolVersion) -> Result<(), EncodeError>;

    /// Refuses a value that `version` does not have in a field that it cannot do without.
    fn check_whole(&self, place: Place, version: ProtocolVersion) -> Result<(), EncodeError> {
        let _ = (place, version);
        Ok(())
    }
}

impl<T: Field> Slot for T {
    fn take(fields: &mut Reader<'_>, place: Place) -> Result<Self, MessageError> {
        let value = T::read(fields, T::tag_in(place.tag, fields.version()));
        // Where the field itself is too new, its value is not what to name.
        if let Ok(_) | Err(MessageError::ValueNotInVersion { .. }) = value {
            place.admit(fields)?;
        }
        value
    }

    fn put(&self, out: &mut Writer<'_>, place: Place, version: ProtocolVersion) {
        if place.is_in(version) && self.is_in(version) {
            self.write(out, T::tag_in(place.tag, version), version);
        }
    }

    fn check(&self, place: Place, version: ProtocolVersion) -> Result<(), EncodeError> {
        place.require(version)?;
        self.check(version)
    }

    fn check_whole(&self, place: Place, version: ProtocolVersion) -> Result<(), EncodeError> {
        if place.is_in(version) {
            self.require(T::tag_in(place.tag, version), version)?;
        }
        Ok(())
    }
}

impl<T: Field> Slot for Option<T> {
    fn take(fields: &mut Reader<'_>, place: Place) -> Result<Self, MessageError> {
        if !fields.has(T::tag_in(place.tag, fields.version()))? {
            return Ok(None);
        }
        T::take(fields, place).map(Some)
    }

    fn put(&self, out: &mut Writer<'_>, place: Place, version: ProtocolVersion) {
        if let Some(value) = self {
            value.put(out, place, version);
        }
    }

    fn check(&self, place: Place, version: ProtocolVersion) -> Result<(), EncodeError> {
        match self {
            Some(value) => Slot::check(value, place, version),
            None => Ok(()),
        }
    }
}

impl<T: Field> Slot for Vec<T> {
    fn take(fields: &mut Reader<'_>, place: Place) -> Result<Self, MessageError> {
        let values = T::read_list(fields, place.tag)?;
        if !values.is_empty() {
            place.admit(fields)?;
        }
        Ok(values)
    }

    fn put(&self, out: &mut Writer<'_>, place: Place, version: ProtocolVersion) {
        if place.is_in(version) {
            T::write_list(self, out, place.tag, version);
        }
    }

    fn check(&self, place: Place, version: ProtocolVersion) -> Result<(), EncodeError> {
        self.iter()
            .try_for_each(|value| Slot::check(value, place, version))
    }
}
