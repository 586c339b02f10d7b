//! The operation `Adjust Attribute` (KMIP 2.0, 6.1.3; KMIP 2.1, 6.1.3).
//!
//! May touch: nothing.

use strongroom_ttlv::{ItemType, OwnedItem, Tag, Writer};

use crate::attribute::AttributeName;
use crate::enumeration::AdjustmentType;
use crate::error::MessageError;
use crate::field::Field;
use crate::reader::Reader;
use crate::{Interval, LongInteger, ProtocolVersion, UniqueIdentifier};

structure! {
    /// Asks the server to make an attribute greater or less by something, or to negate it
    /// (KMIP 2.0, 6.1.3; KMIP 2.1, 6.1.3).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AdjustAttributeRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// The attribute, of which the object has one instance at most.
        attribute_reference: AttributeName = ATTRIBUTE_REFERENCE,
        /// What to do with it.
        adjustment_type: AdjustmentType = ADJUSTMENT_TYPE,
        /// By how much.
        adjustment_value: Option<AdjustmentValue> = ADJUSTMENT_VALUE,
    }
}

impl AdjustAttributeRequest {
    /// Does this with an attribute of the object `unique_identifier`, without a value.
    #[must_use]
    pub fn new(
        unique_identifier: impl Into<UniqueIdentifier>,
        attribute_reference: impl Into<AttributeName>,
        adjustment_type: AdjustmentType,
    ) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            attribute_reference: attribute_reference.into(),
            adjustment_type,
            adjustment_value: None,
        }
    }
}

structure! {
    /// The attribute is adjusted (KMIP 2.0, 6.1.3; KMIP 2.1, 6.1.3).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AdjustAttributeResponse {
        /// The object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
    }
}

impl AdjustAttributeResponse {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
        }
    }
}

/// By how much an attribute is adjusted: of the attribute's own type (KMIP 2.1, 6.1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AdjustmentValue {
    /// Of an Integer.
    Integer(i32),
    /// Of a Long Integer.
    LongInteger(LongInteger),
    /// Of an Interval.
    Interval(Interval),
    /// Of another type, as it came: the item Adjustment Value.
    Other(OwnedItem),
}

impl Field for AdjustmentValue {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Ok(match fields.type_of(tag)? {
            Some(ItemType::Integer) => Self::Integer(i32::read(fields, tag)?),
            Some(ItemType::LongInteger) => Self::LongInteger(LongInteger::read(fields, tag)?),
            Some(ItemType::Interval) => Self::Interval(Interval::read(fields, tag)?),
            _ => Self::Other(OwnedItem::read(fields, tag)?),
        })
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        match self {
            Self::Integer(value) => value.write(out, tag, version),
            Self::LongInteger(value) => value.write(out, tag, version),
            Self::Interval(value) => value.write(out, tag, version),
            Self::Other(item) => item.write(out, tag, version),
        }
    }
}
