//! The `Name` attribute (KMIP 1.0, 3.2).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Writer};

use crate::enumeration::NameType;
use crate::error::MessageError;
use crate::reader::Reader;
use crate::tag;

/// The name that a client gave to a managed object (KMIP 1.0, 3.2).
///
/// ```text
/// Attribute Value 0x42000B (in Template-Attribute: Name 0x420053) Structure
///   Name Value 0x420055 Text String   required
///   Name Type  0x420054 Enumeration   required
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Name {
    /// The name itself. Servers compare it octet by octet; so do we.
    pub value: String,
    /// How to read `value`.
    pub name_type: NameType,
}

impl Name {
    /// A name that is plain text, as nearly every client uses it.
    #[must_use]
    pub fn text(value: impl Into<String>) -> Self {
        Self::new(value, NameType::UNINTERPRETED_TEXT_STRING)
    }

    /// A name of any type.
    #[must_use]
    pub fn new(value: impl Into<String>, name_type: NameType) -> Self {
        Self {
            value: value.into(),
            name_type,
        }
    }

    pub(crate) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let value = fields.need(tag::NAME_VALUE, Fields::text)?.to_owned();
        let name_type = fields.need(tag::NAME_TYPE, Fields::enumeration)?;
        // Extra items are refused, not skipped: a field that we do not understand may narrow
        // what the name means.
        fields.finish()?;
        Ok(Self { value, name_type })
    }

    pub(crate) fn encode_fields(&self, out: &mut Writer<'_>) {
        out.text(tag::NAME_VALUE, &self.value);
        out.enumeration(tag::NAME_TYPE, self.name_type);
    }
}
