//! Managed objects (KMIP 1.0, 2.2) and what they are made of.
//!
//! Key material lives in `SecretBytes` from the moment it is decoded. Everything here is read
//! strictly, also inside a response: a field that is not understood may change what a key is.
//! One structure per file. May touch: key octets, in wiped memory only.

mod certificate;
mod key_block;
mod key_wrapping_data;
mod key_wrapping_specification;
mod opaque_object;
mod secret_data;

use strongroom_ttlv::{Fields, OwnedItem, Tag, Writer};
use zeroize::Zeroizing;

pub use certificate::Certificate;
pub use key_block::{KeyBlock, KeyMaterial, KeyValue};
pub use key_wrapping_data::{KeyInformation, KeyWrappingData};
pub use key_wrapping_specification::KeyWrappingSpecification;
pub use opaque_object::{OpaqueDataType, OpaqueObject};
pub use secret_data::SecretData;

use crate::ProtocolVersion;
use crate::enumeration::ObjectType;
use crate::error::{EncodeError, MessageError};
use crate::reader::{self, Mode, Reader};
use crate::{Limits, tag, write};

/// A managed object (KMIP 1.0, 2.2). `Debug` shows no key octets.
#[derive(Debug)]
#[non_exhaustive]
pub enum ManagedObject {
    /// A symmetric key (2.2.2).
    SymmetricKey(KeyBlock),
    /// A public key (2.2.3).
    PublicKey(KeyBlock),
    /// A private key (2.2.4).
    PrivateKey(KeyBlock),
    /// A certificate (2.2.1).
    Certificate(Certificate),
    /// A password, seed and the like (2.2.7).
    SecretData(SecretData),
    /// Octets that the server does not look into (2.2.8).
    OpaqueObject(OpaqueObject),
    /// A split key, template or PGP key: kept as it came, in wiped memory.
    Other {
        /// Which of them.
        object_type: ObjectType,
        /// The object's structure.
        item: OwnedItem,
    },
}

impl ManagedObject {
    /// What `Object Type` says of it.
    #[must_use]
    pub const fn object_type(&self) -> ObjectType {
        match self {
            Self::SymmetricKey(_) => ObjectType::SYMMETRIC_KEY,
            Self::PublicKey(_) => ObjectType::PUBLIC_KEY,
            Self::PrivateKey(_) => ObjectType::PRIVATE_KEY,
            Self::Certificate(_) => ObjectType::CERTIFICATE,
            Self::SecretData(_) => ObjectType::SECRET_DATA,
            Self::OpaqueObject(_) => ObjectType::OPAQUE_OBJECT,
            Self::Other { object_type, .. } => *object_type,
        }
    }

    /// The key block, of objects that have one.
    #[must_use]
    pub const fn key_block(&self) -> Option<&KeyBlock> {
        match self {
            Self::SymmetricKey(block) | Self::PublicKey(block) | Self::PrivateKey(block) => {
                Some(block)
            }
            Self::SecretData(secret) => Some(&secret.key_block),
            Self::Certificate(_) | Self::OpaqueObject(_) | Self::Other { .. } => None,
        }
    }

    /// The first version that has such an object; `None` where no version names it.
    #[must_use]
    pub fn since(&self) -> Option<ProtocolVersion> {
        self.object_type()
            .since()
            .max(self.key_block().and_then(KeyBlock::since))
    }

    /// A second copy, keys included; asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        match self {
            Self::SymmetricKey(block) => Self::SymmetricKey(block.duplicate()),
            Self::PublicKey(block) => Self::PublicKey(block.duplicate()),
            Self::PrivateKey(block) => Self::PrivateKey(block.duplicate()),
            Self::Certificate(certificate) => Self::Certificate(certificate.clone()),
            Self::SecretData(secret) => Self::SecretData(secret.duplicate()),
            Self::OpaqueObject(opaque) => Self::OpaqueObject(opaque.duplicate()),
            Self::Other { object_type, item } => Self::Other {
                object_type: *object_type,
                item: item.clone(),
            },
        }
    }

    /// The object alone as TTLV of `version`, for instance for a server's store.
    ///
    /// # Errors
    ///
    /// [`EncodeError::Ttlv`] when a value is too long for its length field.
    pub fn to_ttlv(&self, version: ProtocolVersion) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
        Ok(strongroom_ttlv::encode(|out| self.encode(out, version))?)
    }

    /// Reads what [`Self::to_ttlv`] wrote.
    ///
    /// # Errors
    ///
    /// [`MessageError`] when the bytes are not one object of type `object_type`.
    pub fn from_ttlv(
        object_type: ObjectType,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Self, MessageError> {
        let Some(tag) = tag_of(object_type) else {
            return Err(MessageError::ObjectMismatch { object_type });
        };
        let item = Fields::item(bytes, limits)?;
        if item.tag != tag {
            return Err(MessageError::ObjectMismatch { object_type });
        }
        if is_untyped(object_type) {
            return Ok(Self::Other {
                object_type,
                item: item.to_owned_item(),
            });
        }
        let fields = Fields::message(tag, bytes, limits)?;
        Self::decode_fields(object_type, Reader::new(fields, Mode::Strict))
    }

    /// Reads the object that must follow, of type `object_type`.
    pub(crate) fn decode(
        object_type: ObjectType,
        fields: &mut Reader<'_>,
    ) -> Result<Self, MessageError> {
        let mismatch = MessageError::ObjectMismatch { object_type };
        let tag = tag_of(object_type).ok_or(mismatch.clone())?;
        if !fields.has(tag)? {
            return Err(mismatch);
        }
        if is_untyped(object_type) {
            let item = fields.need(tag, reader::any_item)?.to_owned_item();
            return Ok(Self::Other { object_type, item });
        }
        Self::decode_fields(object_type, fields.structure(tag)?.strict())
    }

    fn decode_fields(object_type: ObjectType, fields: Reader<'_>) -> Result<Self, MessageError> {
        Ok(match object_type {
            ObjectType::SYMMETRIC_KEY => Self::SymmetricKey(key_block::decode_only(fields)?),
            ObjectType::PUBLIC_KEY => Self::PublicKey(key_block::decode_only(fields)?),
            ObjectType::PRIVATE_KEY => Self::PrivateKey(key_block::decode_only(fields)?),
            ObjectType::CERTIFICATE => Self::Certificate(Certificate::decode(fields)?),
            ObjectType::SECRET_DATA => Self::SecretData(SecretData::decode(fields)?),
            ObjectType::OPAQUE_OBJECT => Self::OpaqueObject(OpaqueObject::decode(fields)?),
            _ => return Err(MessageError::ObjectMismatch { object_type }),
        })
    }

    pub(crate) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        match self {
            Self::SymmetricKey(block) => {
                out.structure(tag::SYMMETRIC_KEY, |out| block.encode(out, version));
            }
            Self::PublicKey(block) => {
                out.structure(tag::PUBLIC_KEY, |out| block.encode(out, version));
            }
            Self::PrivateKey(block) => {
                out.structure(tag::PRIVATE_KEY, |out| block.encode(out, version));
            }
            Self::Certificate(certificate) => certificate.encode(out),
            Self::SecretData(secret) => secret.encode(out, version),
            Self::OpaqueObject(opaque) => opaque.encode(out),
            Self::Other { item, .. } => write::owned_item(out, item),
        }
    }
}

/// The tag of the structure that holds an object of this type.
const fn tag_of(object_type: ObjectType) -> Option<Tag> {
    Some(match object_type {
        ObjectType::CERTIFICATE => tag::CERTIFICATE,
        ObjectType::SYMMETRIC_KEY => tag::SYMMETRIC_KEY,
        ObjectType::PUBLIC_KEY => tag::PUBLIC_KEY,
        ObjectType::PRIVATE_KEY => tag::PRIVATE_KEY,
        ObjectType::SPLIT_KEY => tag::SPLIT_KEY,
        ObjectType::TEMPLATE => tag::TEMPLATE,
        ObjectType::SECRET_DATA => tag::SECRET_DATA,
        ObjectType::OPAQUE_OBJECT => tag::OPAQUE_OBJECT,
        ObjectType::PGP_KEY => tag::PGP_KEY,
        _ => return None,
    })
}

const fn is_untyped(object_type: ObjectType) -> bool {
    matches!(
        object_type,
        ObjectType::SPLIT_KEY | ObjectType::TEMPLATE | ObjectType::PGP_KEY
    )
}
