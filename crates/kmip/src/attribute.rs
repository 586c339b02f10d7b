//! Attributes of managed objects, in the style of 1.x: a name, an index, a value (KMIP 1.0, 2.1.1).
//!
//! One structure per file. May touch: nothing.

pub mod attribute_name;

mod application_specific_information;
mod cryptographic_parameters;
mod digest;
mod name;
mod name_of_attribute;
mod revocation_reason;
mod template_attribute;
mod value;

use strongroom_ttlv::{Fields, Tag, Writer};

pub use application_specific_information::ApplicationSpecificInformation;
pub use cryptographic_parameters::CryptographicParameters;
pub use digest::Digest;
pub use name::Name;
pub use name_of_attribute::AttributeName;
pub use revocation_reason::RevocationReason;
pub use template_attribute::TemplateAttribute;
pub use value::AttributeValue;

use crate::ProtocolVersion;
use crate::error::{Element, EncodeError, MessageError};
use crate::field::Field;
use crate::reader::{self, Mode, Reader};
use crate::tag;

/// One attribute instance (KMIP 1.0, 2.1.1).
///
/// ```text
/// Attribute 0x420008 Structure
///   Attribute Name  0x42000A Text String   required
///   Attribute Index 0x420009 Integer       absent: 0
///   Attribute Value 0x42000B by the name   required
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attribute {
    /// Which instance, where an attribute may have several; counted from 0.
    pub index: Option<u32>,
    /// What it says.
    pub value: AttributeValue,
}

impl Attribute {
    /// An attribute without an index.
    #[must_use]
    pub const fn new(value: AttributeValue) -> Self {
        Self { index: None, value }
    }

    /// The same attribute as instance `index`.
    #[must_use]
    pub fn with_index(self, index: u32) -> Self {
        Self {
            index: Some(index),
            ..self
        }
    }

    /// The attribute's name, as it stands in `Attribute Name`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.value.name()
    }

    pub(crate) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let name = fields.need(tag::ATTRIBUTE_NAME, Fields::text)?;
        let index = match fields.opt(tag::ATTRIBUTE_INDEX, Fields::integer)? {
            None => None,
            Some(index) => Some(u32::try_from(index).map_err(|_| MessageError::Range {
                field: "Attribute Index",
                found: index.into(),
            })?),
        };
        let value = decode_value(name, &mut fields)?;
        fields.finish()?;
        Ok(Self { index, value })
    }

    pub(crate) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.structure(tag::ATTRIBUTE, |out| {
            out.text(tag::ATTRIBUTE_NAME, self.name());
            if let Some(index) = self.index {
                // An Integer ends at 2^31 - 1; no object has that many instances.
                out.integer(
                    tag::ATTRIBUTE_INDEX,
                    i32::try_from(index).unwrap_or(i32::MAX),
                );
            }
            self.value.encode(out, version);
        });
    }

    /// Refuses what `version` does not have, in a request.
    pub(crate) fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        let known = match &self.value {
            AttributeValue::CryptographicParameters(parameters) => {
                version.knows(Some(parameters.since()))
            }
            AttributeValue::CryptographicUsageMask(mask) => mask.in_version(version) == *mask,
            _ => true,
        };
        if known && version.knows(self.value.since()) {
            Ok(())
        } else {
            Err(EncodeError::NotInVersion {
                what: Element::Attribute(self.name().to_owned()),
                version,
            })
        }
    }
}

impl Field for Attribute {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Self::decode(fields.structure(tag)?)
    }

    fn write(&self, out: &mut Writer<'_>, _: Tag, version: ProtocolVersion) {
        self.encode(out, version);
    }

    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Self::check(self, version)
    }

    fn is_in(&self, version: ProtocolVersion) -> bool {
        version.knows(self.value.since())
    }
}

impl From<AttributeValue> for Attribute {
    fn from(value: AttributeValue) -> Self {
        Self::new(value)
    }
}

impl From<Name> for Attribute {
    fn from(name: Name) -> Self {
        Self::new(AttributeValue::Name(name))
    }
}

/// Writes those of `attributes` that `version` has (I10).
pub(crate) fn encode_all(attributes: &[Attribute], out: &mut Writer<'_>, version: ProtocolVersion) {
    for attribute in attributes {
        if version.knows(attribute.value.since()) {
            attribute.encode(out, version);
        }
    }
}

fn decode_value(name: &str, fields: &mut Reader<'_>) -> Result<AttributeValue, MessageError> {
    // In a response, a value that is not of the specification's shape must not hide the others.
    let mut ahead = fields.clone();
    match AttributeValue::decode_known(name, &mut ahead) {
        Ok(Some(value)) => {
            *fields = ahead;
            return Ok(value);
        }
        Err(error) if fields.mode() == Mode::Strict => return Err(error),
        Ok(None) | Err(_) => {}
    }
    let value = fields
        .need(tag::ATTRIBUTE_VALUE, reader::any_item)?
        .to_owned_item();
    Ok(AttributeValue::Other {
        name: name.to_owned(),
        value,
    })
}
