//! The operation `Export` (KMIP 1.4, 4.40; KMIP 2.1, 6.1.18).
//!
//! May touch: key octets, in wiped memory only.

use strongroom_ttlv::Writer;

use crate::attribute::Attribute;
use crate::enumeration::{KeyCompressionType, KeyFormatType, KeyWrapType, ObjectType};
use crate::error::{EncodeError, MessageError};
use crate::field::{Field, Place, Slot, Structure};
use crate::object::{KeyWrappingSpecification, ManagedObject};
use crate::reader::Reader;
use crate::{ProtocolVersion, UniqueIdentifier, tag};

structure! {
    /// Asks for an object with all its attributes (KMIP 1.4, 4.40; KMIP 2.1, 6.1.18).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ExportRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// The form the key shall have; absent: as it was registered.
        key_format_type: Option<KeyFormatType> = KEY_FORMAT_TYPE,
        /// As registered, or unwrapped.
        key_wrap_type: Option<KeyWrapType> = KEY_WRAP_TYPE,
        /// Compression of a public key.
        key_compression_type: Option<KeyCompressionType> = KEY_COMPRESSION_TYPE,
        /// How the server shall wrap the key.
        key_wrapping_specification: Option<Box<KeyWrappingSpecification>> =
            KEY_WRAPPING_SPECIFICATION,
    }
}

impl ExportRequest {
    /// Asks for the object `unique_identifier` as it was registered.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            ..Self::default()
        }
    }
}

/// The object that was asked for (KMIP 1.4, 4.40; KMIP 2.1, 6.1.18).
///
/// ```text
/// Response Payload 0x42007C Structure
///   Object Type       0x420057 Enumeration   required
///   Unique Identifier 0x420094 Text String   required
///   1.4: Attribute    0x420008 Structure     any number
///   2.x: Attributes   0x420125 Structure     required
///   the object, see ManagedObject            required
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct ExportResponse {
    /// The object's identifier.
    pub unique_identifier: UniqueIdentifier,
    /// All attributes of the object.
    pub attributes: Vec<Attribute>,
    /// The object; `Object Type` is written from it and checked against it.
    pub object: ManagedObject,
}

const ATTRIBUTES: Place = Place::of(tag::ATTRIBUTES);

impl ExportResponse {
    /// The object `unique_identifier` with these attributes.
    #[must_use]
    pub fn new(
        unique_identifier: impl Into<UniqueIdentifier>,
        object: ManagedObject,
        attributes: Vec<Attribute>,
    ) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            attributes,
            object,
        }
    }
}

impl Structure for ExportResponse {
    fn read_fields(fields: &mut Reader<'_>) -> Result<Self, MessageError> {
        let object_type = ObjectType::read(fields, tag::OBJECT_TYPE)?;
        Ok(Self {
            unique_identifier: UniqueIdentifier::read(fields, tag::UNIQUE_IDENTIFIER)?,
            attributes: Slot::take(fields, ATTRIBUTES)?,
            object: ManagedObject::decode(object_type, fields)?,
        })
    }

    fn write_fields(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.enumeration(tag::OBJECT_TYPE, self.object.object_type());
        self.unique_identifier
            .write(out, tag::UNIQUE_IDENTIFIER, version);
        self.attributes.put(out, ATTRIBUTES, version);
        self.object.encode(out, version);
    }

    fn check_fields(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Field::check(&self.unique_identifier, version)?;
        Slot::check(&self.attributes, ATTRIBUTES, version)?;
        self.object.check(version)
    }

    fn check_whole(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Field::require(&self.unique_identifier, tag::UNIQUE_IDENTIFIER, version)?;
        self.object.check_whole(version)
    }
}
