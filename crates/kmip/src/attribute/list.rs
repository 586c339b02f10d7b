//! Several attributes in one structure.
//!
//! ```text
//! 1.x: Attribute  0x420008 Structure, any number
//! 2.x: Attributes 0x420125 Structure: one field for each, under the attribute's own tag
//! ```
//!
//! May touch: the message's bytes, through `Reader` and `Writer`.

use strongroom_ttlv::{Tag, Writer};

use super::{Attribute, AttributeValue, style};
use crate::error::MessageError;
use crate::field::Field;
use crate::reader::Reader;
use crate::{ProtocolVersion, tag};

/// Reads the list; an absent one is empty.
pub(super) fn read(fields: &mut Reader<'_>) -> Result<Vec<Attribute>, MessageError> {
    if !style::is_typed(fields.version()) {
        return fields.structures(tag::ATTRIBUTE, Attribute::decode);
    }
    match fields.structure_opt(tag::ATTRIBUTES)? {
        Some(inside) => read_typed(inside),
        None => Ok(Vec::new()),
    }
}

/// Reads the list, and puts up with any value.
pub(super) fn read_loosely(fields: &mut Reader<'_>) -> Result<Vec<Attribute>, MessageError> {
    if !style::is_typed(fields.version()) {
        return fields.structures(tag::ATTRIBUTE, |inside| {
            Attribute::decode(inside.tolerant())
        });
    }
    match fields.structure_opt(tag::ATTRIBUTES)? {
        Some(inside) => read_typed(inside.tolerant()),
        None => Ok(Vec::new()),
    }
}

/// Reads the fields of Attributes, or of another structure of that kind.
pub(super) fn read_typed(inside: Reader<'_>) -> Result<Vec<Attribute>, MessageError> {
    inside.all(|field, tag| AttributeValue::read_typed(field, tag).map(Attribute::new))
}

/// Reads the one field of New Attribute or Current Attribute.
pub(super) fn read_one(mut inside: Reader<'_>) -> Result<Attribute, MessageError> {
    // Where nothing stands, what reads says so.
    let tag = inside.peek().unwrap_or(tag::ATTRIBUTE);
    let value = AttributeValue::read_typed(&mut inside, tag)?;
    inside.finish()?;
    Ok(Attribute::new(value))
}

/// Writes those attributes that `version` has (I10). Where `place` is `ATTRIBUTES`, the structure
/// of 2.x is there even when it is empty.
pub(super) fn write(
    list: &[Attribute],
    out: &mut Writer<'_>,
    place: Tag,
    version: ProtocolVersion,
) {
    let any = list.iter().any(|attribute| attribute.is_in(version));
    if !style::is_typed(version) {
        write_items(list, out, version);
    } else if any || place == tag::ATTRIBUTES {
        out.structure(tag::ATTRIBUTES, |out| write_items(list, out, version));
    }
}

/// Writes those attributes that `version` has, one item each.
pub(super) fn write_items(list: &[Attribute], out: &mut Writer<'_>, version: ProtocolVersion) {
    for attribute in list.iter().filter(|attribute| attribute.is_in(version)) {
        if style::is_typed(version) {
            attribute.value.write_typed(out, version);
        } else {
            attribute.write(out, tag::ATTRIBUTE, version);
        }
    }
}
