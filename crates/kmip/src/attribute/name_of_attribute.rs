//! `Attribute Name` and `Attribute Reference`: which attribute is meant (KMIP 1.0, 2.1.1;
//! KMIP 2.0, 7).
//!
//! May touch: constant tables.

use std::fmt;
use std::ops::Deref;

use strongroom_ttlv::{Fields, ItemType, Tag, Writer};

use super::style;
use crate::ProtocolVersion;
use crate::error::{Element, EncodeError, MessageError};
use crate::field::Field;
use crate::reader::Reader;
use crate::tag;
use crate::vocabulary::{ATTRIBUTES, AttributeTerm, attribute_by_tag, hex_number};

/// Which attribute is meant (KMIP 1.0, 2.1.1; KMIP 2.0, 7).
///
/// | attribute | 1.x: Attribute Name | 2.x: Attribute Reference | here, as text |
/// |---|---|---|---|
/// | of the specification | its name | Enumeration: its tag | its name |
/// | custom | `x-` or `y-` and more | structure: vendor `x` or `y`, name | `x-` or `y-` and more |
/// | of a vendor | - | structure: vendor, name | vendor, `-`, name |
/// | another one | the text | - | the text |
/// | with a tag that is none of these | - | Enumeration: the tag | `0x` and 6 digits in hex |
///
/// Make one from text, such as those in [`attribute_name`](crate::attribute_name), from a tag or
/// with [`AttributeName::vendor`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttributeName {
    text: String,
    /// Octets of `text` that are the Vendor Identification; `None` for `x` and `y` too, whose
    /// text says it all.
    vendor_len: Option<usize>,
}

impl AttributeName {
    /// The attribute `name` of a vendor (KMIP 2.0, 4). Vendors `x` and `y` are the custom
    /// attributes of 1.x.
    #[must_use]
    pub fn vendor(vendor_identification: &str, name: &str) -> Self {
        let custom = matches!(vendor_identification, "x" | "y");
        Self {
            text: format!("{vendor_identification}-{name}"),
            vendor_len: (!custom).then_some(vendor_identification.len()),
        }
    }

    /// The name as text: see the table above.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Vendor Identification and Attribute Name in 2.x; `None` for what is no vendor's.
    #[must_use]
    pub fn vendor_parts(&self) -> Option<(&str, &str)> {
        let Some(len) = self.vendor_len else {
            return custom_parts(&self.text);
        };
        let (vendor, rest) = self.text.split_at_checked(len)?;
        Some((vendor, rest.strip_prefix('-')?))
    }

    /// Whether it is an attribute of a vendor beside `x` and `y`, which 1.x does not have.
    pub(super) const fn is_of_another_vendor(&self) -> bool {
        self.vendor_len.is_some()
    }

    /// The tag in 2.x; `None` for what has none, such as a vendor's attribute.
    #[must_use]
    pub fn tag(&self) -> Option<Tag> {
        if self.vendor_len.is_some() {
            return None;
        }
        tag_of(&self.text)
    }

    /// What the specification says of the attribute; `None` for one that it does not name.
    #[must_use]
    pub fn term(&self) -> Option<&'static AttributeTerm> {
        match self.vendor_len {
            None => term(&self.text),
            Some(_) => None,
        }
    }

    /// Whether a message of `version` can name the attribute.
    #[must_use]
    pub fn is_in(&self, version: ProtocolVersion) -> bool {
        match self.vendor_len {
            None => text_is_in(&self.text, version),
            Some(_) => style::is_typed(version),
        }
    }
}

impl From<AttributeName> for String {
    /// The name as text.
    fn from(name: AttributeName) -> Self {
        name.text
    }
}

/// The custom attribute `x-name` or `y-name` as vendor and name.
pub(super) fn custom_parts(text: &str) -> Option<(&str, &str)> {
    let (vendor, name) = text.split_once('-')?;
    matches!(vendor, "x" | "y").then_some((vendor, name))
}

/// What the specification says of the attribute with this name; `None` also for its headings that
/// stand for several attributes.
pub(super) fn term(text: &str) -> Option<&'static AttributeTerm> {
    let found = ATTRIBUTES.binary_search_by_key(&text, |term| term.name);
    let term = ATTRIBUTES.get(found.ok()?)?;
    (term.attribute_name.is_some() || term.tag.is_some()).then_some(term)
}

/// The tag in 2.x of the attribute with this name, or the tag that the name is.
pub(super) fn tag_of(text: &str) -> Option<Tag> {
    match term(text) {
        Some(term) => term.tag,
        None => tag_in_hex(text),
    }
}

/// The tag of a name that `text_of` made.
fn tag_in_hex(text: &str) -> Option<Tag> {
    let small = |octet: u8| octet.is_ascii_lowercase() && octet != b'x';
    if text.len() != 8 || text.bytes().any(small) {
        return None;
    }
    hex_number(text).map(Tag::new)
}

/// The name of the attribute that stands under `tag` in 2.x, or the tag in hex.
pub(super) fn text_of(tag: Tag) -> String {
    match attribute_by_tag(tag) {
        Some(term) => term.name.to_owned(),
        None => format!("0x{:06X}", tag.value()),
    }
}

/// Whether a message of `version` can hold the attribute with this name, which is not of a vendor
/// beside `x` and `y`.
pub(super) fn text_is_in(text: &str, version: ProtocolVersion) -> bool {
    if custom_parts(text).is_some() {
        return true;
    }
    if let Some(term) = term(text) {
        return version.has(Some(term.versions));
    }
    match tag_in_hex(text) {
        Some(tag) => style::is_typed(version) && version.has(tag::versions(tag)),
        None => !style::is_typed(version),
    }
}

impl Deref for AttributeName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl From<String> for AttributeName {
    fn from(text: String) -> Self {
        let vendor_len = None;
        Self { text, vendor_len }
    }
}

impl From<&str> for AttributeName {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Tag> for AttributeName {
    /// The attribute that stands under this tag in 2.x.
    fn from(tag: Tag) -> Self {
        text_of(tag).into()
    }
}

impl fmt::Display for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.vendor_len, self.vendor_parts()) {
            (Some(_), Some((vendor, name))) => write!(f, "AttributeName({vendor:?}, {name:?})"),
            _ => write!(f, "AttributeName({:?})", self.text),
        }
    }
}

impl Field for AttributeName {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        if !style::is_typed(fields.version()) {
            return String::read(fields, tag).map(Self::from);
        }
        if fields.type_of(tag)? == Some(ItemType::Structure) {
            let mut fields = fields.structure(tag)?;
            let vendor = fields.need(tag::VENDOR_IDENTIFICATION, Fields::text)?;
            let name = fields.need(tag::ATTRIBUTE_NAME, Fields::text)?;
            fields.finish()?;
            return Ok(Self::vendor(vendor, name));
        }
        let number: u32 = fields.need(tag, Fields::enumeration)?;
        if number > Tag::MAX {
            return Err(MessageError::Range {
                field: "Attribute Reference",
                found: number.into(),
            });
        }
        Ok(Tag::new(number).into())
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        if !style::is_typed(version) {
            out.text(tag, &self.text);
        } else if let Some((vendor, name)) = self.vendor_parts() {
            out.structure(tag, |out| {
                out.text(tag::VENDOR_IDENTIFICATION, vendor);
                out.text(tag::ATTRIBUTE_NAME, name);
            });
        } else if let Some(attribute) = self.tag() {
            out.enumeration(tag, attribute.value());
        }
    }

    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        if self.is_in(version) {
            return Ok(());
        }
        let what = Element::Attribute(self.text.clone());
        Err(EncodeError::NotInVersion { what, version })
    }

    fn is_in(&self, version: ProtocolVersion) -> bool {
        Self::is_in(self, version)
    }

    fn tag_in(tag: Tag, version: ProtocolVersion) -> Tag {
        style::reference(tag, version)
    }
}
