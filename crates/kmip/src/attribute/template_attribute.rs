//! `Template-Attribute`, and `Attributes`, which it became: the attributes of an object that is
//! about to be (KMIP 1.0, 2.1.8; KMIP 2.0, 7).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Tag, Writer};
use zeroize::Zeroizing;

use super::{Attribute, Name, list, style};
use crate::error::{EncodeError, MessageError};
use crate::field::{Field, Place, Slot};
use crate::reader::{Mode, Reader};
use crate::{Limits, ProtocolVersion, tag};

/// Attributes of an object, and in 1.x names of templates (KMIP 1.0, 2.1.8; KMIP 2.0, 7).
///
/// ```text
/// 1.x: Template-Attribute 0x420091 Structure
///        Name      0x420053 Structure   any number, of templates
///        Attribute 0x420008 Structure   any number
/// 2.x: Attributes 0x420125 Structure
///        any number of attributes, each under its own tag
/// ```
///
/// The Common, Private Key and Public Key Template-Attribute of a key pair became Common, Private
/// Key and Public Key Attributes in the same way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TemplateAttribute {
    /// Names of templates whose attributes are taken over; up to 1.4.
    pub names: Vec<Name>,
    /// The attributes themselves.
    pub attributes: Vec<Attribute>,
}

const NAMES: Place = Place::of(tag::NAME).until(ProtocolVersion::V1_4);

impl TemplateAttribute {
    /// These attributes, no templates.
    #[must_use]
    pub const fn new(attributes: Vec<Attribute>) -> Self {
        Self {
            names: Vec::new(),
            attributes,
        }
    }

    /// Refuses what `version` does not have, as it is done before a request is written.
    ///
    /// # Errors
    ///
    /// [`EncodeError::NotInVersion`] with what does not exist.
    pub fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Slot::check(&self.names, NAMES, version)?;
        self.attributes
            .iter()
            .try_for_each(|attribute| attribute.check(version))
    }

    /// The attributes alone as TTLV in the style of `version`, for instance for a server's store:
    /// a Template-Attribute or Attributes, without what `version` does not have.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Ttlv`] when a value is too long for its length field.
    pub fn to_ttlv(&self, version: ProtocolVersion) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
        let tag = style::template(tag::TEMPLATE_ATTRIBUTE, version);
        Ok(strongroom_ttlv::encode(|out| {
            self.write(out, tag, version);
        })?)
    }

    /// Reads what [`Self::to_ttlv`] wrote in the style of `version`, strictly.
    ///
    /// # Errors
    ///
    /// [`MessageError`] when the bytes are not such attributes, or of another version.
    pub fn from_ttlv(
        bytes: &[u8],
        version: ProtocolVersion,
        limits: &Limits,
    ) -> Result<Self, MessageError> {
        let tag = style::template(tag::TEMPLATE_ATTRIBUTE, version);
        let fields = Fields::message(tag, bytes, limits)?;
        Self::decode(Reader::new(fields, Mode::Strict).of_version(version))
    }

    fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        if style::is_typed(fields.version()) {
            return list::read_typed(fields).map(Self::new);
        }
        let names = Slot::take(&mut fields, NAMES)?;
        let attributes = fields.structures(tag::ATTRIBUTE, Attribute::decode)?;
        fields.finish()?;
        Ok(Self { names, attributes })
    }
}

impl Field for TemplateAttribute {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Self::decode(fields.structure(tag)?)
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        out.structure(tag, |out| {
            self.names.put(out, NAMES, version);
            list::write_items(&self.attributes, out, version);
        });
    }

    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Self::check(self, version)
    }

    fn tag_in(tag: Tag, version: ProtocolVersion) -> Tag {
        style::template(tag, version)
    }
}

impl From<Vec<Attribute>> for TemplateAttribute {
    fn from(attributes: Vec<Attribute>) -> Self {
        Self::new(attributes)
    }
}
