//! The operation `Get` (KMIP 1.0, 4.10).
//!
//! May touch: key octets, in wiped memory only.

use strongroom_ttlv::{Fields, Writer};

use crate::enumeration::{KeyCompressionType, KeyFormatType, KeyWrapType, ObjectType};
use crate::error::{EncodeError, MessageError};
use crate::field::{Field, Structure};
use crate::object::{KeyWrappingSpecification, ManagedObject};
use crate::reader::Reader;
use crate::{ProtocolVersion, UniqueIdentifier, tag};

structure! {
    /// Asks for an object (KMIP 1.0, 4.10).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct GetRequest {
        /// The object; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// The form the key shall have; absent: as it was registered.
        key_format_type: Option<KeyFormatType> = KEY_FORMAT_TYPE,
        /// As registered, or unwrapped.
        key_wrap_type: Option<KeyWrapType> = KEY_WRAP_TYPE since V1_4,
        /// Compression of a public key.
        key_compression_type: Option<KeyCompressionType> = KEY_COMPRESSION_TYPE,
        /// How the server shall wrap the key.
        key_wrapping_specification: Option<Box<KeyWrappingSpecification>> =
            KEY_WRAPPING_SPECIFICATION,
    }
}

impl GetRequest {
    /// Asks for the object `unique_identifier` as it was registered.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            ..Self::default()
        }
    }
}

/// The object that was asked for (KMIP 1.0, 4.10).
///
/// ```text
/// Response Payload 0x42007C Structure
///   Object Type       0x420057 Enumeration   required
///   Unique Identifier 0x420094 Text String   required
///   the object, see ManagedObject            required
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct GetResponse {
    /// The object's identifier.
    pub unique_identifier: UniqueIdentifier,
    /// The object; `Object Type` is written from it and checked against it.
    pub object: ManagedObject,
}

impl GetResponse {
    /// The object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>, object: ManagedObject) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            object,
        }
    }
}

impl Structure for GetResponse {
    fn read_fields(fields: &mut Reader<'_>) -> Result<Self, MessageError> {
        let object_type: ObjectType = fields.need(tag::OBJECT_TYPE, Fields::enumeration)?;
        let unique_identifier = UniqueIdentifier::read(fields, tag::UNIQUE_IDENTIFIER)?;
        let object = ManagedObject::decode(object_type, fields)?;
        Ok(Self {
            unique_identifier,
            object,
        })
    }

    fn write_fields(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.enumeration(tag::OBJECT_TYPE, self.object.object_type());
        self.unique_identifier
            .write(out, tag::UNIQUE_IDENTIFIER, version);
        self.object.encode(out, version);
    }

    fn check_fields(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        self.object.check(version)
    }

    fn check_whole(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Field::require(&self.unique_identifier, tag::UNIQUE_IDENTIFIER, version)?;
        self.object.check_whole(version)
    }
}
