//! `Extension Information`: a tag of the vendor's own (KMIP 1.1, 2.1.9; KMIP 2.1, 7.13).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Tag, Writer};

use crate::ProtocolVersion;
use crate::enumeration::ItemTypeEnumeration;
use crate::error::MessageError;
use crate::field::Field;
use crate::reader::Reader;

structure! {
    /// A tag of the vendor's own (KMIP 1.1, 2.1.9; KMIP 2.1, 7.13).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ExtensionInformation {
        /// Its name.
        name: String = EXTENSION_NAME,
        /// Its number; told where Query Extension Map asks.
        tag: Option<i32> = EXTENSION_TAG,
        /// The type of its items; told where Query Extension Map asks.
        extension_type: Option<ExtensionType> = EXTENSION_TYPE,
        /// The number that stands for it in an enumeration.
        enumeration: Option<i32> = EXTENSION_ENUMERATION,
        /// Whether it is an attribute.
        attribute: Option<bool> = EXTENSION_ATTRIBUTE,
        /// The structure that it stands in.
        parent_structure_tag: Option<i32> = EXTENSION_PARENT_STRUCTURE_TAG,
        /// What it is for.
        description: Option<String> = EXTENSION_DESCRIPTION,
    }
}

impl ExtensionInformation {
    /// The extension with this name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            tag: None,
            extension_type: None,
            enumeration: None,
            attribute: None,
            parent_structure_tag: None,
            description: None,
        }
    }
}

/// The type of an extension's items: an Integer up to 1.4, an Enumeration from 2.0 on, with the
/// same numbers (KMIP 1.1, 2.1.9; KMIP 2.1, 11.23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExtensionType(
    /// The type.
    pub ItemTypeEnumeration,
);

impl Field for ExtensionType {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        let number = if fields.version() >= ProtocolVersion::V2_0 {
            fields.need(tag, Fields::enumeration)?
        } else {
            fields.need(tag, Fields::integer)?.cast_unsigned()
        };
        Ok(Self(number.into()))
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        if version >= ProtocolVersion::V2_0 {
            out.enumeration(tag, self.0);
        } else {
            out.integer(tag, self.0.value().cast_signed());
        }
    }
}
