//! `Protocol Version` (KMIP 1.0, 6.1).
//!
//! ```text
//! Protocol Version 0x420069 Structure
//!   Protocol Version Major 0x42006A Integer   required
//!   Protocol Version Minor 0x42006B Integer   required
//! ```
//! May touch: nothing.

use strongroom_ttlv::{Fields, Tag, Writer};

use crate::error::MessageError;
use crate::field::Field;
use crate::reader::Reader;
use crate::{ProtocolVersion, tag};

pub(crate) fn decode(mut fields: Reader<'_>) -> Result<ProtocolVersion, MessageError> {
    let major = fields.need(tag::PROTOCOL_VERSION_MAJOR, Fields::integer)?;
    let minor = fields.need(tag::PROTOCOL_VERSION_MINOR, Fields::integer)?;
    fields.finish()?;
    Ok(ProtocolVersion { major, minor })
}

pub(crate) fn encode(version: ProtocolVersion, out: &mut Writer<'_>) {
    out.structure(tag::PROTOCOL_VERSION, |out| {
        out.integer(tag::PROTOCOL_VERSION_MAJOR, version.major);
        out.integer(tag::PROTOCOL_VERSION_MINOR, version.minor);
    });
}

impl Field for ProtocolVersion {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        decode(fields.structure(tag)?)
    }

    fn write(&self, out: &mut Writer<'_>, _: Tag, _: ProtocolVersion) {
        encode(*self, out);
    }
}
