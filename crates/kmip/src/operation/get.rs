//! The operation `Get` (KMIP 1.0, 4.10).
//!
//! May touch: key octets, in wiped memory only.

use strongroom_ttlv::{Fields, Writer};

use crate::ProtocolVersion;
use crate::enumeration::{KeyCompressionType, KeyFormatType, KeyWrapType, ObjectType};
use crate::error::{Element, EncodeError, MessageError};
use crate::object::{KeyWrappingSpecification, ManagedObject};
use crate::reader::Reader;
use crate::tag;
use crate::write::{opt, opt_enumeration};

/// Asks for an object (KMIP 1.0, 4.10).
///
/// ```text
/// Request Payload 0x420079 Structure
///   Unique Identifier          0x420094 Text String   absent: the ID Placeholder of the batch
///   Key Format Type            0x420042 Enumeration
///   Key Wrap Type              0x4200F8 Enumeration   KMIP 1.4 on
///   Key Compression Type       0x420041 Enumeration
///   Key Wrapping Specification 0x420047 Structure
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetRequest {
    /// The object; absent: the ID Placeholder of the batch.
    pub unique_identifier: Option<String>,
    /// The form the key shall have; absent: as it was registered.
    pub key_format_type: Option<KeyFormatType>,
    /// As registered, or unwrapped (1.4 on).
    pub key_wrap_type: Option<KeyWrapType>,
    /// Compression of a public key.
    pub key_compression_type: Option<KeyCompressionType>,
    /// How the server shall wrap the key.
    pub key_wrapping_specification: Option<Box<KeyWrappingSpecification>>,
}

impl GetRequest {
    /// Asks for the object `unique_identifier` as it was registered.
    #[must_use]
    pub fn new(unique_identifier: impl Into<String>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            ..Self::default()
        }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let f = &mut fields;
        let request = Self {
            unique_identifier: f
                .opt(tag::UNIQUE_IDENTIFIER, Fields::text)?
                .map(str::to_owned),
            key_format_type: f.opt(tag::KEY_FORMAT_TYPE, Fields::enumeration)?,
            key_wrap_type: f.opt(tag::KEY_WRAP_TYPE, Fields::enumeration)?,
            key_compression_type: f.opt(tag::KEY_COMPRESSION_TYPE, Fields::enumeration)?,
            key_wrapping_specification: match f.structure_opt(tag::KEY_WRAPPING_SPECIFICATION)? {
                Some(fields) => Some(Box::new(KeyWrappingSpecification::decode(fields)?)),
                None => None,
            },
        };
        fields.finish()?;
        Ok(request)
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        let id = self.unique_identifier.as_deref();
        opt(out, tag::UNIQUE_IDENTIFIER, id, Writer::text);
        opt_enumeration(out, tag::KEY_FORMAT_TYPE, self.key_format_type, version);
        if version >= ProtocolVersion::V1_4 {
            opt_enumeration(out, tag::KEY_WRAP_TYPE, self.key_wrap_type, version);
        }
        let compression = self.key_compression_type;
        opt_enumeration(out, tag::KEY_COMPRESSION_TYPE, compression, version);
        if let Some(specification) = &self.key_wrapping_specification {
            specification.encode(out, version);
        }
    }

    pub(super) fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        if let Some(wrap_type) = self.key_wrap_type {
            let since = Some(ProtocolVersion::V1_4).max(wrap_type.since());
            EncodeError::require(version, since, || Element::Field("Key Wrap Type"))?;
        }
        if let Some(format) = self.key_format_type {
            EncodeError::require(version, format.since(), || {
                Element::Value(format.name().unwrap_or("Key Format Type"))
            })?;
        }
        match &self.key_wrapping_specification {
            Some(specification) => specification.check(version),
            None => Ok(()),
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
    pub unique_identifier: String,
    /// The object; `Object Type` is written from it and checked against it.
    pub object: ManagedObject,
}

impl GetResponse {
    /// The object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<String>, object: ManagedObject) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            object,
        }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let object_type: ObjectType = fields.need(tag::OBJECT_TYPE, Fields::enumeration)?;
        let unique_identifier = fields
            .need(tag::UNIQUE_IDENTIFIER, Fields::text)?
            .to_owned();
        let object = ManagedObject::decode(object_type, &mut fields)?;
        fields.finish()?;
        Ok(Self {
            unique_identifier,
            object,
        })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.enumeration(tag::OBJECT_TYPE, self.object.object_type());
        out.text(tag::UNIQUE_IDENTIFIER, &self.unique_identifier);
        self.object.encode(out, version);
    }
}
