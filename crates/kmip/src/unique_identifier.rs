//! `Unique Identifier`: which object is meant (KMIP 1.0, 3.1; KMIP 2.0, 4.63).
//!
//! May touch: nothing.

use std::fmt;

use strongroom_ttlv::{Fields, ItemType, Tag, Writer};

use crate::ProtocolVersion;
use crate::error::{Element, EncodeError, MessageError};
use crate::field::Field;
use crate::reader::Reader;

/// Which object is meant.
///
/// Up to 1.4 it is the text that the server gave the object. From 2.0 on a request may also point
/// into its own batch: to the ID Placeholder or to what another item answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum UniqueIdentifier {
    /// The identifier that the server gave the object.
    Text(String),
    /// A value of the enumeration `Unique Identifier` (KMIP 2.0, 11.62), such as ID Placeholder 1.
    Enumeration(u32),
    /// The position of a Unique Identifier in the answer to the batch, from 0; -1 is the one before
    /// the current item's (KMIP 2.0, 4.63).
    Index(i32),
}

impl UniqueIdentifier {
    /// The identifier, if it is text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Enumeration(_) | Self::Index(_) => None,
        }
    }

    /// The identifier, if it is text.
    #[must_use]
    pub fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Enumeration(_) | Self::Index(_) => None,
        }
    }
}

impl From<String> for UniqueIdentifier {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for UniqueIdentifier {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for UniqueIdentifier {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&Self> for UniqueIdentifier {
    fn from(other: &Self) -> Self {
        other.clone()
    }
}

impl PartialEq<str> for UniqueIdentifier {
    fn eq(&self, other: &str) -> bool {
        self.as_text() == Some(other)
    }
}

impl PartialEq<&str> for UniqueIdentifier {
    fn eq(&self, other: &&str) -> bool {
        self.as_text() == Some(other)
    }
}

impl PartialEq<String> for UniqueIdentifier {
    fn eq(&self, other: &String) -> bool {
        self.as_text() == Some(other)
    }
}

impl fmt::Display for UniqueIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Enumeration(1) => f.write_str("ID Placeholder"),
            Self::Enumeration(value) => write!(f, "{value:#010x}"),
            Self::Index(index) => write!(f, "Unique Identifier {index} of the batch"),
        }
    }
}

impl Field for UniqueIdentifier {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        let later = fields.version() >= ProtocolVersion::V2_0;
        Ok(match fields.type_of(tag)? {
            Some(ItemType::Enumeration) if later => {
                Self::Enumeration(fields.need(tag, Fields::enumeration)?)
            }
            Some(ItemType::Integer) if later => Self::Index(fields.need(tag, Fields::integer)?),
            _ => Self::Text(fields.need(tag, Fields::text)?.to_owned()),
        })
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        match self {
            Self::Text(text) => out.text(tag, text),
            Self::Enumeration(value) => out.enumeration(tag, *value),
            Self::Index(index) => out.integer(tag, *index),
        }
    }

    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        if self.is_in(version) {
            return Ok(());
        }
        let what = Element::Field("a Unique Identifier that is no text");
        Err(EncodeError::NotInVersion { what, version })
    }

    fn is_in(&self, version: ProtocolVersion) -> bool {
        self.as_text().is_some() || version >= ProtocolVersion::V2_0
    }
}
