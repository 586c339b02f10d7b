//! `Vendor Attribute`: an attribute that a vendor made up (KMIP 2.0, 4).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, OwnedItem};

use super::{AttributeName, AttributeValue};
use crate::error::MessageError;
use crate::reader::{self, Reader};
use crate::tag;

/// An attribute of a vendor beside `x` and `y` (KMIP 2.0, 4). Those two are the custom attributes
/// of 1.x, [`AttributeValue::Other`].
///
/// ```text
/// Attribute 0x420008 Structure
///   Vendor Identification 0x42009D Text String   required
///   Attribute Name        0x42000A Text String   required
///   Attribute Value       0x42000B any           required
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorAttribute {
    name: AttributeName,
    value: OwnedItem,
}

impl VendorAttribute {
    pub(super) fn new(vendor_identification: &str, name: &str, value: OwnedItem) -> Self {
        let name = AttributeName::vendor(vendor_identification, name);
        Self { name, value }
    }

    /// Vendor Identification and Attribute Name.
    #[must_use]
    pub fn parts(&self) -> Option<(&str, &str)> {
        self.name.vendor_parts()
    }

    /// Both, as the attribute's name.
    #[must_use]
    pub const fn attribute_name(&self) -> &AttributeName {
        &self.name
    }

    pub(super) fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The item with the value.
    #[must_use]
    pub const fn value(&self) -> &OwnedItem {
        &self.value
    }

    /// Reads the structure `Attribute` of 2.x.
    pub(super) fn read(fields: &mut Reader<'_>) -> Result<Self, MessageError> {
        let mut fields = fields.structure(tag::ATTRIBUTE)?;
        let vendor = fields.need(tag::VENDOR_IDENTIFICATION, Fields::text)?;
        let name = fields.need(tag::ATTRIBUTE_NAME, Fields::text)?;
        let value = fields.need(tag::ATTRIBUTE_VALUE, reader::any_item)?;
        let attribute = Self::new(vendor, name, value.to_owned_item());
        fields.finish()?;
        Ok(attribute)
    }
}

impl From<VendorAttribute> for AttributeValue {
    fn from(attribute: VendorAttribute) -> Self {
        if attribute.name.is_of_another_vendor() {
            return Self::VendorAttribute(attribute);
        }
        let VendorAttribute { name, value } = attribute;
        let name = name.into();
        Self::Other { name, value }
    }
}
