//! Attributes of managed objects, in both styles: a name, an index and a value (KMIP 1.0, 2.1.1),
//! or a typed field of `Attributes` (KMIP 2.0, 4).
//!
//! One value type serves both: the version of a message decides how a value stands in it.
//!
//! | here | 1.x | 2.x |
//! |---|---|---|
//! | [`TemplateAttribute`] | Template-Attribute | Attributes |
//! | the same, for a key pair | Common, Private Key, Public Key Template-Attribute | Common, Private Key, Public Key Attributes |
//! | `Vec` of [`Attribute`] | Attribute, any number | Attributes, where it must be there or is not empty |
//! | [`Attribute`] | Attribute | New Attribute, Current Attribute |
//! | [`AttributeName`] | Attribute Name | Attribute Reference |
//! | a custom attribute `x-name` or `y-name` | Attribute with that name | Attribute of vendor `x` or `y` |
//!
//! A table of fields says `TEMPLATE_ATTRIBUTE` (or one of its three others) for the first two,
//! `ATTRIBUTE` for a list or one attribute, `ATTRIBUTES` for a list whose structure must be there in
//! 2.x, `ATTRIBUTE_NAME` for a name; `NEW_ATTRIBUTE` and `CURRENT_ATTRIBUTE` are of 2.x alone.
//!
//! One structure per file. May touch: nothing.

pub mod attribute_name;

mod list;
mod name_of_attribute;
mod style;
#[macro_use]
mod table;
mod template_attribute;
mod value;

mod alternative_name;
mod application_specific_information;
mod certificate_attribute;
mod certificate_identifier;
mod certificate_issuer;
mod certificate_subject;
mod cryptographic_domain_parameters;
mod cryptographic_parameters;
mod digest;
mod key_value_location;
mod link;
mod name;
mod revocation_reason;
mod rotate_name;
mod usage_limits;
mod vendor_attribute;
mod x_509_certificate_identifier;
mod x_509_certificate_issuer;
mod x_509_certificate_subject;

use strongroom_ttlv::{Fields, Tag, Writer};

pub use alternative_name::AlternativeName;
pub use application_specific_information::ApplicationSpecificInformation;
pub use certificate_attribute::{CertificateAttribute, CertificatePart};
pub use certificate_identifier::CertificateIdentifier;
pub use certificate_issuer::CertificateIssuer;
pub use certificate_subject::CertificateSubject;
pub use cryptographic_domain_parameters::CryptographicDomainParameters;
pub use cryptographic_parameters::CryptographicParameters;
pub use digest::Digest;
pub use key_value_location::KeyValueLocation;
pub use link::Link;
pub use name::Name;
pub use name_of_attribute::AttributeName;
pub use revocation_reason::RevocationReason;
pub use rotate_name::RotateName;
pub(crate) use style::other_form;
pub use template_attribute::TemplateAttribute;
pub use usage_limits::UsageLimits;
pub use value::AttributeValue;
pub use vendor_attribute::VendorAttribute;
pub use x_509_certificate_identifier::X509CertificateIdentifier;
pub use x_509_certificate_issuer::X509CertificateIssuer;
pub use x_509_certificate_subject::X509CertificateSubject;

use crate::ProtocolVersion;
use crate::error::{Element, EncodeError, MessageError};
use crate::field::Field;
use crate::reader::Reader;
use crate::tag;

/// One attribute instance (KMIP 1.0, 2.1.1; KMIP 2.0, 4).
///
/// ```text
/// 1.x: Attribute 0x420008 Structure
///        Attribute Name  0x42000A Text String   required
///        Attribute Index 0x420009 Integer       absent: 0
///        Attribute Value 0x42000B by the name   required
/// 2.x: the value, under the attribute's own tag, in Attributes 0x420125, New Attribute 0x42013D
///      or Current Attribute 0x42013C
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attribute {
    /// Which instance, where an attribute may have several; counted from 0. Up to 1.4 only: a
    /// request of 2.x with an index cannot be written, an answer is written without it.
    pub index: Option<u32>,
    /// What it says.
    pub value: AttributeValue,
}

impl Attribute {
    /// An attribute without an index.
    #[must_use]
    pub const fn new(value: AttributeValue) -> Self {
        Self { index: None, value }
    }

    /// The same attribute as instance `index`.
    #[must_use]
    pub fn with_index(self, index: u32) -> Self {
        Self {
            index: Some(index),
            ..self
        }
    }

    /// The attribute's name; see [`AttributeValue::name`].
    #[must_use]
    pub fn name(&self) -> &str {
        self.value.name()
    }

    /// Whether `version` has the attribute; if not, answers of `version` are written without it.
    #[must_use]
    pub fn is_in(&self, version: ProtocolVersion) -> bool {
        self.value.is_in(version)
    }

    /// Refuses what `version` does not have, as it is done before a request is written.
    ///
    /// # Errors
    ///
    /// [`EncodeError::NotInVersion`] with the attribute, or with what in it does not exist.
    pub fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        self.value.check(version)?;
        if style::is_typed(version) && self.index.is_some() {
            let what = Element::Tag(tag::ATTRIBUTE_INDEX);
            return Err(EncodeError::NotInVersion { what, version });
        }
        Ok(())
    }

    /// Reads the three fields of 1.x.
    pub(crate) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let name = fields.need(tag::ATTRIBUTE_NAME, Fields::text)?;
        let index = match fields.opt(tag::ATTRIBUTE_INDEX, Fields::integer)? {
            None => None,
            Some(index) => Some(u32::try_from(index).map_err(|_| MessageError::Range {
                field: "Attribute Index",
                found: index.into(),
            })?),
        };
        let value = AttributeValue::read_named(name, &mut fields)?;
        fields.finish()?;
        Ok(Self { index, value })
    }

    /// Writes the three fields of 1.x.
    fn encode_fields(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.text(tag::ATTRIBUTE_NAME, self.name());
        if let Some(index) = self.index {
            // An Integer ends at 2^31 - 1; no object has that many instances.
            let index = i32::try_from(index).unwrap_or(i32::MAX);
            out.integer(tag::ATTRIBUTE_INDEX, index);
        }
        self.value.write_at(out, tag::ATTRIBUTE_VALUE, version);
    }
}

impl Field for Attribute {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        let inside = fields.structure(tag)?;
        if style::is_typed(fields.version()) {
            list::read_one(inside)
        } else {
            Self::decode(inside)
        }
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        out.structure(tag, |out| {
            if style::is_typed(version) {
                self.value.write_typed(out, version);
            } else {
                self.encode_fields(out, version);
            }
        });
    }

    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Self::check(self, version)
    }

    fn is_in(&self, version: ProtocolVersion) -> bool {
        Self::is_in(self, version)
    }

    fn tag_in(tag: Tag, version: ProtocolVersion) -> Tag {
        style::single(tag, version)
    }

    fn read_list(fields: &mut Reader<'_>, _: Tag) -> Result<Vec<Self>, MessageError> {
        list::read(fields)
    }

    fn write_list(list: &[Self], out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        list::write(list, out, tag, version);
    }
}

impl From<AttributeValue> for Attribute {
    fn from(value: AttributeValue) -> Self {
        Self::new(value)
    }
}

impl From<Name> for Attribute {
    fn from(name: Name) -> Self {
        Self::new(AttributeValue::Name(name))
    }
}

/// Writes those of `attributes` that `version` has (I10), for a place where there may be none.
pub(crate) fn encode_all(attributes: &[Attribute], out: &mut Writer<'_>, version: ProtocolVersion) {
    list::write(attributes, out, tag::ATTRIBUTE, version);
}

/// Reads the attributes beside a key, which may be anything.
pub(crate) fn decode_all_loosely(fields: &mut Reader<'_>) -> Result<Vec<Attribute>, MessageError> {
    list::read_loosely(fields)
}
