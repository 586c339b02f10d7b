//! How an attribute's value is read and written in either style.
//!
//! May touch: the message's bytes, through `Reader` and `Writer`.

use strongroom_ttlv::{ItemType, Tag, Writer};

use super::{AttributeValue, naming};
use crate::attribute::{CertificateAttribute, VendorAttribute};
use crate::error::MessageError;
use crate::reader::{self, Mode, Reader};
use crate::vocabulary::attribute_by_tag;
use crate::{ProtocolVersion, tag, write};

impl AttributeValue {
    /// Reads the Attribute Value of the attribute `name` in 1.x.
    ///
    /// In a request a name that the version does not have is a name like any other; a known one
    /// must have its shape. An answer with a value of another shape must not hide the others.
    pub(in crate::attribute) fn read_named(
        name: &str,
        fields: &mut Reader<'_>,
    ) -> Result<Self, MessageError> {
        let tag = tag::ATTRIBUTE_VALUE;
        let known = if fields.mode() == Mode::Tolerant {
            Self::read_loosely(fields, tag, |field| Self::read_known(name, field, tag))?
        } else if naming::text_is_in(name, fields.version()) {
            Self::read_strictly(fields, tag, |field| Self::read_known(name, field, tag))?
        } else {
            None
        };
        match known {
            Some(value) => Ok(value),
            None => Self::read_other(name.to_owned(), fields, tag),
        }
    }

    /// Reads the attribute that stands under `tag`, the next field, in 2.x.
    pub(in crate::attribute) fn read_typed(
        fields: &mut Reader<'_>,
        tag: Tag,
    ) -> Result<Self, MessageError> {
        let known = if fields.mode() == Mode::Tolerant {
            Self::read_loosely(fields, tag, |field| Self::read_tagged(field, tag))?
        } else {
            Self::read_strictly(fields, tag, |field| Self::read_tagged(field, tag))?
        };
        match known {
            Some(value) => Ok(value),
            None => Self::read_other(naming::text_of(tag), fields, tag),
        }
    }

    /// Reads the field `tag` with `read`, and passes over it where it gives something.
    fn read_strictly(
        fields: &mut Reader<'_>,
        tag: Tag,
        read: impl FnOnce(&mut Reader<'_>) -> Result<Option<Self>, MessageError>,
    ) -> Result<Option<Self>, MessageError> {
        let mut field = fields.before(tag)?;
        let value = read(&mut field)?;
        if value.is_some() {
            *fields = field;
        }
        Ok(value)
    }

    /// Reads the field `tag` with `read`; `None` too where the value has another shape.
    fn read_loosely(
        fields: &Reader<'_>,
        tag: Tag,
        read: impl FnOnce(&mut Reader<'_>) -> Result<Option<Self>, MessageError>,
    ) -> Result<Option<Self>, MessageError> {
        let mut field = fields.before(tag)?;
        Ok(field.attempt(read).flatten())
    }

    /// Reads the attribute under `tag` in 2.x; `None` where no attribute stands there.
    fn read_tagged(fields: &mut Reader<'_>, tag: Tag) -> Result<Option<Self>, MessageError> {
        let Some(term) = attribute_by_tag(tag) else {
            return Ok(None);
        };
        let version = fields.version();
        if !fields.takes_any_version() && !version.has(Some(term.versions)) {
            return Err(MessageError::NotInVersion { tag, version });
        }
        if tag == tag::ATTRIBUTE && fields.type_of(tag)? == Some(ItemType::Structure) {
            return VendorAttribute::read(fields).map(|attribute| Some(attribute.into()));
        }
        Self::read_known(term.name, fields, tag)
    }

    /// Reads the item `tag` as the value of the attribute `name`; `None` for an unknown name.
    fn read_known(
        name: &str,
        fields: &mut Reader<'_>,
        tag: Tag,
    ) -> Result<Option<Self>, MessageError> {
        if let Some(value) = Self::read_row(name, fields, tag)? {
            return Ok(Some(value));
        }
        let attribute = CertificateAttribute::read(name, fields, tag)?;
        Ok(attribute.map(Self::CertificateAttribute))
    }

    fn read_other(name: String, fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        let value = fields.need(tag, reader::any_item)?.to_owned_item();
        Ok(Self::Other { name, value })
    }

    /// Writes the value as the item `tag`.
    pub(in crate::attribute) fn write_at(
        &self,
        out: &mut Writer<'_>,
        tag: Tag,
        version: ProtocolVersion,
    ) {
        match self {
            Self::CertificateAttribute(attribute) => out.text(tag, &attribute.value),
            Self::VendorAttribute(attribute) => write::owned_item_as(out, tag, attribute.value()),
            Self::Other { value, .. } => write::owned_item_as(out, tag, value),
            known => {
                known.write_row(out, tag, version);
            }
        }
    }

    /// Writes the attribute as it stands among Attributes of 2.x.
    pub(in crate::attribute) fn write_typed(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        let parts = match self {
            Self::VendorAttribute(attribute) => attribute.parts(),
            Self::Other { name, .. } => naming::custom_parts(name),
            _ => None,
        };
        if let Some((vendor, name)) = parts {
            out.structure(tag::ATTRIBUTE, |out| {
                out.text(tag::VENDOR_IDENTIFICATION, vendor);
                out.text(tag::ATTRIBUTE_NAME, name);
                self.write_at(out, tag::ATTRIBUTE_VALUE, version);
            });
        } else if let Some(tag) = self.tag() {
            self.write_at(out, tag, version);
        }
    }

    /// The tag in 2.x; `None` for what has none, such as a vendor's attribute.
    fn tag(&self) -> Option<Tag> {
        match self {
            Self::CertificateAttribute(attribute) => Some(attribute.part.tag()),
            Self::VendorAttribute(_) => None,
            Self::Other { name, .. } => naming::tag_of(name),
            known => known.row().map(|(_, tag)| tag),
        }
    }
}

#[cfg(test)]
mod tests {
    use strongroom_ttlv::Fields;

    use super::*;
    use crate::Limits;
    use crate::attribute::list;

    /// Attributes { Rotate Automatic (of 2.1) true, State "on" } by hand.
    const ATTRIBUTES: &[u8] = b"\x42\x01\x25\x01\0\0\0\x20\
        \x42\x01\x6B\x06\0\0\0\x08\0\0\0\0\0\0\0\x01\
        \x42\x00\x8D\x07\0\0\0\x02on\0\0\0\0\0\0";

    fn read(mode: Mode) -> Result<Vec<String>, MessageError> {
        let fields = Fields::message(tag::ATTRIBUTES, ATTRIBUTES, &Limits::FORMAT)?;
        let reader = Reader::new(fields, mode).of_version(ProtocolVersion::V2_0);
        let read = list::read_typed(reader)?;
        Ok(read.iter().map(|found| format!("{found:?}")).collect())
    }

    #[test]
    fn an_answer_of_2_x_may_hold_later_attributes_and_odd_values() {
        let read = read(Mode::Tolerant).unwrap();
        assert!(read[0].contains("RotateAutomatic(true)"), "{read:?}");
        assert!(read[1].contains("name: \"State\""), "{read:?}");
    }

    #[test]
    fn a_request_of_2_x_may_not() {
        let (tag, version) = (tag::ROTATE_AUTOMATIC, ProtocolVersion::V2_0);
        let error = MessageError::NotInVersion { tag, version };
        assert_eq!(read(Mode::Strict), Err(error));
    }
}
