//! `Template-Attribute`: the attributes of a Create or Register (KMIP 1.0, 2.1.8).
//!
//! May touch: nothing.

use strongroom_ttlv::{Tag, Writer};

use super::{Attribute, Name};
use crate::ProtocolVersion;
use crate::error::{EncodeError, MessageError};
use crate::field::Field;
use crate::reader::Reader;
use crate::tag;

/// Names of templates, and attributes (KMIP 1.0, 2.1.8).
///
/// ```text
/// Template-Attribute 0x420091 Structure
///   Name      0x420053 Structure   any number, of templates
///   Attribute 0x420008 Structure   any number
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TemplateAttribute {
    /// Names of templates whose attributes are taken over.
    pub names: Vec<Name>,
    /// The attributes themselves.
    pub attributes: Vec<Attribute>,
}

impl TemplateAttribute {
    /// These attributes, no templates.
    #[must_use]
    pub const fn new(attributes: Vec<Attribute>) -> Self {
        Self {
            names: Vec::new(),
            attributes,
        }
    }

    pub(crate) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let names = fields.structures(tag::NAME, Name::decode)?;
        let attributes = fields.structures(tag::ATTRIBUTE, Attribute::decode)?;
        fields.finish()?;
        Ok(Self { names, attributes })
    }

    pub(crate) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.structure(tag::TEMPLATE_ATTRIBUTE, |out| {
            for name in &self.names {
                out.structure(tag::NAME, |out| name.encode_fields(out));
            }
            super::encode_all(&self.attributes, out, version);
        });
    }

    pub(crate) fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        self.attributes
            .iter()
            .try_for_each(|attribute| attribute.check(version))
    }
}

impl Field for TemplateAttribute {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Self::decode(fields.structure(tag)?)
    }

    fn write(&self, out: &mut Writer<'_>, _: Tag, version: ProtocolVersion) {
        self.encode(out, version);
    }

    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Self::check(self, version)
    }
}

impl From<Vec<Attribute>> for TemplateAttribute {
    fn from(attributes: Vec<Attribute>) -> Self {
        Self::new(attributes)
    }
}
