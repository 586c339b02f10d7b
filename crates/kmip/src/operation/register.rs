//! The operation `Register` (KMIP 1.0, 4.3).
//!
//! May touch: key octets, in wiped memory only.

use strongroom_ttlv::Writer;

use crate::attribute::TemplateAttribute;
use crate::enumeration::ObjectType;
use crate::error::{EncodeError, MessageError};
use crate::field::{Field, Place, Slot, Structure};
use crate::object::ManagedObject;
use crate::reader::Reader;
use crate::structure::ProtectionStorageMasks;
use crate::{ProtocolVersion, UniqueIdentifier, tag};

/// Gives an object to the server (KMIP 1.0, 4.3).
///
/// ```text
/// Request Payload 0x420079 Structure
///   Object Type        0x420057 Enumeration   required
///   Template-Attribute 0x420091 Structure     required
///   the object, see ManagedObject             required
///   Protection Storage Masks 0x42015F Structure   KMIP 2.0 on
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct RegisterRequest {
    /// Attributes of the object.
    pub template_attribute: TemplateAttribute,
    /// The object; `Object Type` is written from it.
    pub object: ManagedObject,
    /// Where it may be stored (2.0 on); absent: anywhere.
    pub protection_storage_masks: Option<ProtectionStorageMasks>,
}

const STORAGE: Place = Place::of(tag::PROTECTION_STORAGE_MASKS);

impl RegisterRequest {
    /// Registers `object` with these attributes.
    #[must_use]
    pub fn new(object: ManagedObject, template_attribute: impl Into<TemplateAttribute>) -> Self {
        Self {
            template_attribute: template_attribute.into(),
            object,
            protection_storage_masks: None,
        }
    }
}

impl Structure for RegisterRequest {
    fn read_fields(fields: &mut Reader<'_>) -> Result<Self, MessageError> {
        let object_type = ObjectType::read(fields, tag::OBJECT_TYPE)?;
        let template_attribute = Slot::take(fields, Place::of(tag::TEMPLATE_ATTRIBUTE))?;
        let object = ManagedObject::decode(object_type, fields)?;
        Ok(Self {
            template_attribute,
            object,
            protection_storage_masks: Slot::take(fields, STORAGE)?,
        })
    }

    fn write_fields(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.enumeration(tag::OBJECT_TYPE, self.object.object_type());
        self.template_attribute
            .put(out, Place::of(tag::TEMPLATE_ATTRIBUTE), version);
        self.object.encode(out, version);
        self.protection_storage_masks.put(out, STORAGE, version);
    }

    fn check_fields(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        self.object.check(version)?;
        Slot::check(&self.protection_storage_masks, STORAGE, version)?;
        Slot::check(
            &self.template_attribute,
            Place::of(tag::TEMPLATE_ATTRIBUTE),
            version,
        )
    }
}

structure! {
    /// The object is registered (KMIP 1.0, 4.3).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RegisterResponse {
        /// Its identifier on this server.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
        /// Attributes that the server set by itself.
        template_attribute: Option<TemplateAttribute> = TEMPLATE_ATTRIBUTE until V1_4,
    }
}

impl RegisterResponse {
    /// The object is registered as `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            template_attribute: None,
        }
    }
}
