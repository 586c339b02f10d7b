//! The item types that are no structures.
//!
//! May touch: key octets, in wiped memory only.

use strongroom_secret::SecretBytes;
use strongroom_ttlv::{Fields, OwnedItem, Tag, Writer};

use super::Field;
use crate::ProtocolVersion;
use crate::error::MessageError;
use crate::reader::{self, Reader};
use crate::value::{BigInteger, DateTime, DateTimeExtended, Interval, LongInteger, SecretText};
use crate::write;

impl Field for i32 {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        fields.need(tag, Fields::integer)
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        out.integer(tag, *self);
    }
}

impl Field for LongInteger {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Ok(Self(fields.need(tag, Fields::long_integer)?))
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        out.long_integer(tag, self.0);
    }
}

impl Field for BigInteger {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        let octets = fields.need(tag, Fields::big_integer)?;
        Ok(Self::from_octets(octets))
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        out.big_integer(tag, self.octets());
    }
}

impl Field for bool {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        fields.need(tag, Fields::boolean)
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        out.boolean(tag, *self);
    }
}

impl Field for String {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Ok(fields.need(tag, Fields::text)?.to_owned())
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        out.text(tag, self);
    }
}

impl Field for Vec<u8> {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Ok(fields.need(tag, Fields::bytes)?.to_vec())
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        out.bytes(tag, self);
    }
}

impl Field for SecretBytes {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Ok(Self::copy_from(fields.need(tag, Fields::bytes)?))
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        out.bytes(tag, self.expose());
    }
}

impl Field for SecretText {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Ok(Self::copy_from(fields.need(tag, Fields::text)?))
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        out.text(tag, self.expose());
    }
}

impl Field for DateTime {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Ok(Self(fields.need(tag, Fields::date_time)?))
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        out.date_time(tag, self.0);
    }
}

impl Field for DateTimeExtended {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Ok(Self(fields.need(tag, Fields::date_time_extended)?))
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        out.date_time_extended(tag, self.0);
    }
}

impl Field for Interval {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Ok(Self(fields.need(tag, Fields::interval)?))
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        out.interval(tag, self.0);
    }
}

/// Whatever stands there, as it came.
impl Field for OwnedItem {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Ok(fields.need(tag, reader::any_item)?.to_owned_item())
    }

    fn write(&self, out: &mut Writer<'_>, _: Tag, _: ProtocolVersion) {
        write::owned_item(out, self);
    }
}
