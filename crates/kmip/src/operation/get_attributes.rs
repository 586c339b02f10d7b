//! The operation `Get Attributes` (KMIP 1.0, 4.11).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Writer};

use crate::ProtocolVersion;
use crate::attribute::{self, Attribute, AttributeValue, attribute_name};
use crate::enumeration::State;
use crate::error::{Element, EncodeError, MessageError};
use crate::reader::Reader;
use crate::tag;
use crate::write::opt;

/// Asks for attributes of an object (KMIP 1.0, 4.11).
///
/// ```text
/// Request Payload 0x420079 Structure
///   Unique Identifier 0x420094 Text String   absent: the ID Placeholder of the batch
///   Attribute Name    0x42000A Text String   any number; none: all attributes
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetAttributesRequest {
    /// The object; absent: the ID Placeholder of the batch.
    pub unique_identifier: Option<String>,
    /// Names, as in [`attribute_name`]; none: all attributes.
    pub attribute_names: Vec<String>,
}

impl GetAttributesRequest {
    /// Asks for these attributes of the object `unique_identifier`; for all when none is named.
    #[must_use]
    pub fn new(unique_identifier: impl Into<String>, attribute_names: &[&str]) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            attribute_names: attribute_names
                .iter()
                .map(|&name| name.to_owned())
                .collect(),
        }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let id = fields.opt(tag::UNIQUE_IDENTIFIER, Fields::text)?;
        let names = fields.each(tag::ATTRIBUTE_NAME, Fields::text)?;
        fields.finish()?;
        Ok(Self {
            unique_identifier: id.map(str::to_owned),
            attribute_names: names.into_iter().map(str::to_owned).collect(),
        })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        let id = self.unique_identifier.as_deref();
        opt(out, tag::UNIQUE_IDENTIFIER, id, Writer::text);
        for name in &self.attribute_names {
            out.text(tag::ATTRIBUTE_NAME, name);
        }
    }

    pub(super) fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        let newer = |name: &&String| !version.knows(attribute_name::since(name));
        match self.attribute_names.iter().find(newer) {
            Some(name) => Err(EncodeError::NotInVersion {
                what: Element::Attribute(name.clone()),
                version,
            }),
            None => Ok(()),
        }
    }
}

/// Attributes of the object (KMIP 1.0, 4.11).
///
/// ```text
/// Response Payload 0x42007C Structure
///   Unique Identifier 0x420094 Text String   required
///   Attribute         0x420008 Structure     any number: those asked for that the object has
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetAttributesResponse {
    /// The object.
    pub unique_identifier: String,
    /// Those attributes asked for that the object has.
    pub attributes: Vec<Attribute>,
}

impl GetAttributesResponse {
    /// These attributes of the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<String>, attributes: Vec<Attribute>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            attributes,
        }
    }

    /// The object's state, if the server told it.
    #[must_use]
    pub fn state(&self) -> Option<State> {
        self.attributes
            .iter()
            .find_map(|attribute| match attribute.value {
                AttributeValue::State(state) => Some(state),
                _ => None,
            })
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let unique_identifier = fields
            .need(tag::UNIQUE_IDENTIFIER, Fields::text)?
            .to_owned();
        let attributes = fields.structures(tag::ATTRIBUTE, Attribute::decode)?;
        fields.finish()?;
        Ok(Self {
            unique_identifier,
            attributes,
        })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.text(tag::UNIQUE_IDENTIFIER, &self.unique_identifier);
        attribute::encode_all(&self.attributes, out, version);
    }
}
