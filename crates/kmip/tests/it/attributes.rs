//! Attributes in the style of 1.x and of 2.x: known answers for every one, what a version has, the
//! way from one style to the other, names, indexes, and what no version names.

mod changes;
mod names;
mod odd;
mod places;
mod published;
mod random;
mod samples;
mod versions;

use strongroom_kmip::{
    Attribute, AttributeValue, Limits, MessageError, ProtocolVersion, TemplateAttribute,
};

use crate::tree;

/// One attribute alone.
fn template(value: AttributeValue) -> TemplateAttribute {
    TemplateAttribute::new(vec![Attribute::new(value)])
}

/// Read strictly, as in a request.
fn read(version: ProtocolVersion, bytes: &[u8]) -> Result<TemplateAttribute, MessageError> {
    TemplateAttribute::from_ttlv(bytes, version, &Limits::default())
}

/// What stands around attributes in `version`.
fn around(version: ProtocolVersion, items: &[Vec<u8>]) -> Vec<u8> {
    let tag = if version < ProtocolVersion::V2_0 {
        0x42_0091
    } else {
        0x42_0125
    };
    tree::structure(tag, items)
}

/// An attribute of a vendor in 2.x.
fn vendor(vendor: &str, name: &str, value: Vec<u8>) -> Vec<u8> {
    let names = [tree::text(0x42_009D, vendor), tree::text(0x42_000A, name)];
    tree::structure(0x42_0008, &[names.concat(), value])
}
