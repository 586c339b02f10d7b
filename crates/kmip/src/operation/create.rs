//! The operation `Create` (KMIP 1.0, 4.1).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Writer};

use crate::ProtocolVersion;
use crate::attribute::TemplateAttribute;
use crate::enumeration::ObjectType;
use crate::error::{Element, EncodeError, MessageError};
use crate::reader::Reader;
use crate::tag;

/// Lets the server make a symmetric key (KMIP 1.0, 4.1).
///
/// ```text
/// Request Payload 0x420079 Structure
///   Object Type        0x420057 Enumeration   required
///   Template-Attribute 0x420091 Structure     required
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreateRequest {
    /// Symmetric Key, in every version of 1.x.
    pub object_type: ObjectType,
    /// Algorithm, length, usage mask, names and so on.
    pub template_attribute: TemplateAttribute,
}

impl CreateRequest {
    /// Asks for a symmetric key with these attributes.
    #[must_use]
    pub fn symmetric_key(template_attribute: impl Into<TemplateAttribute>) -> Self {
        Self::new(ObjectType::SYMMETRIC_KEY, template_attribute)
    }

    /// Asks for an object with these attributes.
    #[must_use]
    pub fn new(object_type: ObjectType, template_attribute: impl Into<TemplateAttribute>) -> Self {
        Self {
            object_type,
            template_attribute: template_attribute.into(),
        }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let object_type = fields.need(tag::OBJECT_TYPE, Fields::enumeration)?;
        let template = TemplateAttribute::decode(fields.structure(tag::TEMPLATE_ATTRIBUTE)?)?;
        fields.finish()?;
        Ok(Self {
            object_type,
            template_attribute: template,
        })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.enumeration(tag::OBJECT_TYPE, self.object_type);
        self.template_attribute.encode(out, version);
    }

    pub(super) fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        EncodeError::require(version, self.object_type.since(), || {
            Element::Object(self.object_type)
        })?;
        self.template_attribute.check(version)
    }
}

/// The key that the server made (KMIP 1.0, 4.1).
///
/// ```text
/// Response Payload 0x42007C Structure
///   Object Type        0x420057 Enumeration   required
///   Unique Identifier  0x420094 Text String   required
///   Template-Attribute 0x420091 Structure     attributes that the server set by itself
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreateResponse {
    /// Kind of the object.
    pub object_type: ObjectType,
    /// Its identifier on this server.
    pub unique_identifier: String,
    /// Attributes that the server set by itself.
    pub template_attribute: Option<TemplateAttribute>,
}

impl CreateResponse {
    /// The object `unique_identifier` was made.
    #[must_use]
    pub fn new(object_type: ObjectType, unique_identifier: impl Into<String>) -> Self {
        Self {
            object_type,
            unique_identifier: unique_identifier.into(),
            template_attribute: None,
        }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let object_type = fields.need(tag::OBJECT_TYPE, Fields::enumeration)?;
        let unique_identifier = fields
            .need(tag::UNIQUE_IDENTIFIER, Fields::text)?
            .to_owned();
        let template_attribute = TemplateAttribute::decode_opt(&mut fields)?;
        fields.finish()?;
        Ok(Self {
            object_type,
            unique_identifier,
            template_attribute,
        })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.enumeration(tag::OBJECT_TYPE, self.object_type);
        out.text(tag::UNIQUE_IDENTIFIER, &self.unique_identifier);
        if let Some(template) = &self.template_attribute {
            template.encode(out, version);
        }
    }
}
