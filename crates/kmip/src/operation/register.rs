//! The operation `Register` (KMIP 1.0, 4.3).
//!
//! May touch: key octets, in wiped memory only.

use strongroom_ttlv::{Fields, Writer};

use crate::ProtocolVersion;
use crate::attribute::TemplateAttribute;
use crate::enumeration::ObjectType;
use crate::error::{Element, EncodeError, MessageError};
use crate::object::ManagedObject;
use crate::reader::Reader;
use crate::tag;

/// Gives an object to the server (KMIP 1.0, 4.3).
///
/// ```text
/// Request Payload 0x420079 Structure
///   Object Type        0x420057 Enumeration   required
///   Template-Attribute 0x420091 Structure     required
///   the object, see ManagedObject             required
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct RegisterRequest {
    /// Attributes of the object.
    pub template_attribute: TemplateAttribute,
    /// The object; `Object Type` is written from it.
    pub object: ManagedObject,
}

impl RegisterRequest {
    /// Registers `object` with these attributes.
    #[must_use]
    pub fn new(object: ManagedObject, template_attribute: impl Into<TemplateAttribute>) -> Self {
        Self {
            template_attribute: template_attribute.into(),
            object,
        }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let object_type: ObjectType = fields.need(tag::OBJECT_TYPE, Fields::enumeration)?;
        let template = TemplateAttribute::decode(fields.structure(tag::TEMPLATE_ATTRIBUTE)?)?;
        let object = ManagedObject::decode(object_type, &mut fields)?;
        fields.finish()?;
        Ok(Self {
            template_attribute: template,
            object,
        })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.enumeration(tag::OBJECT_TYPE, self.object.object_type());
        self.template_attribute.encode(out, version);
        self.object.encode(out, version);
    }

    pub(super) fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        EncodeError::require(version, self.object.since(), || {
            Element::Object(self.object.object_type())
        })?;
        self.template_attribute.check(version)
    }
}

/// The object is registered (KMIP 1.0, 4.3).
///
/// ```text
/// Response Payload 0x42007C Structure
///   Unique Identifier  0x420094 Text String   required
///   Template-Attribute 0x420091 Structure     attributes that the server set by itself
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegisterResponse {
    /// Its identifier on this server.
    pub unique_identifier: String,
    /// Attributes that the server set by itself.
    pub template_attribute: Option<TemplateAttribute>,
}

impl RegisterResponse {
    /// The object is registered as `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<String>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            template_attribute: None,
        }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let unique_identifier = fields
            .need(tag::UNIQUE_IDENTIFIER, Fields::text)?
            .to_owned();
        let template_attribute = TemplateAttribute::decode_opt(&mut fields)?;
        fields.finish()?;
        Ok(Self {
            unique_identifier,
            template_attribute,
        })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.text(tag::UNIQUE_IDENTIFIER, &self.unique_identifier);
        if let Some(template) = &self.template_attribute {
            template.encode(out, version);
        }
    }
}
