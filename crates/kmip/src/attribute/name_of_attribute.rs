//! `Attribute Name`: which attribute is meant (KMIP 1.0, 2.1.1).
//!
//! May touch: nothing.

use std::fmt;
use std::ops::Deref;

use strongroom_ttlv::{Tag, Writer};

use super::attribute_name;
use crate::ProtocolVersion;
use crate::error::{Element, EncodeError, MessageError};
use crate::field::Field;
use crate::reader::Reader;

/// Which attribute is meant, by its name in 1.x, such as those in
/// [`attribute_name`](crate::attribute_name).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttributeName(String);

impl Deref for AttributeName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<String> for AttributeName {
    fn from(name: String) -> Self {
        Self(name)
    }
}

impl From<&str> for AttributeName {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl fmt::Display for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Field for AttributeName {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        String::read(fields, tag).map(Self)
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        out.text(tag, &self.0);
    }

    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        if version.knows(attribute_name::since(&self.0)) {
            return Ok(());
        }
        let what = Element::Attribute(self.0.clone());
        Err(EncodeError::NotInVersion { what, version })
    }
}
