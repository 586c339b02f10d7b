//! Managed objects (KMIP 1.0, 2.2) and what they are made of.
//!
//! Key material lives in `SecretBytes` from the moment it is decoded. Everything here is read
//! strictly, also inside a response: a field that is not understood may change what a key is.
//! One structure per file. May touch: key octets, in wiped memory only.

#[macro_use]
mod duplicate;

mod certificate;
mod certificate_request;
mod key_block;
mod key_material;
mod key_wrapping_data;
mod key_wrapping_specification;
mod opaque_object;
mod pgp_key;
mod secret_data;
mod split_key;
mod template;
pub mod transparent_key;

use strongroom_ttlv::{Fields, OwnedItem, Tag, Writer};
use zeroize::Zeroizing;

pub use certificate::Certificate;
pub use certificate_request::CertificateRequest;
pub use key_block::{KeyBlock, KeyValue};
pub use key_material::KeyMaterial;
pub use key_wrapping_data::{KeyInformation, KeyWrappingData};
pub use key_wrapping_specification::KeyWrappingSpecification;
pub use opaque_object::{OpaqueDataType, OpaqueObject};
pub use pgp_key::PgpKey;
pub use secret_data::SecretData;
pub use split_key::SplitKey;
pub use template::Template;

use crate::ProtocolVersion;
use crate::enumeration::ObjectType;
use crate::error::{EncodeError, MessageError};
use crate::field::{Field, Structure};
use crate::reader::{Mode, Reader};
use crate::{Limits, tag, write};

/// Key Block 0x420040 and nothing else, in Symmetric Key, Public Key and Private Key.
struct Key(KeyBlock);

impl Structure for Key {
    fn read_fields(fields: &mut Reader<'_>) -> Result<Self, MessageError> {
        KeyBlock::read(fields, tag::KEY_BLOCK).map(Self)
    }

    fn write_fields(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        write_key(&self.0, out, version);
    }

    fn check_fields(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Field::check(&self.0, version)
    }
}

fn write_key(block: &KeyBlock, out: &mut Writer<'_>, version: ProtocolVersion) {
    block.write(out, tag::KEY_BLOCK, version);
}

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
    /// One part of a key (2.2.5).
    SplitKey(Box<SplitKey>),
    /// Attributes for new objects (2.2.6); not in 2.x.
    Template(Template),
    /// A key of PGP (KMIP 1.2, 2.2.9).
    PgpKey(PgpKey),
    /// A request for a certificate (KMIP 2.0).
    CertificateRequest(CertificateRequest),
    /// An object of a type that this crate does not know: kept as it came, in wiped memory.
    Other {
        /// Its type.
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
            Self::SplitKey(_) => ObjectType::SPLIT_KEY,
            Self::Template(_) => ObjectType::TEMPLATE,
            Self::PgpKey(_) => ObjectType::PGP_KEY,
            Self::CertificateRequest(_) => ObjectType::CERTIFICATE_REQUEST,
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
            Self::SplitKey(split) => Some(&split.key_block),
            Self::PgpKey(key) => Some(&key.key_block),
            Self::Certificate(_)
            | Self::OpaqueObject(_)
            | Self::Template(_)
            | Self::CertificateRequest(_)
            | Self::Other { .. } => None,
        }
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
            Self::SplitKey(split) => Self::SplitKey(Box::new(split.duplicate())),
            Self::Template(template) => Self::Template(template.clone()),
            Self::PgpKey(key) => Self::PgpKey(key.duplicate()),
            Self::CertificateRequest(request) => Self::CertificateRequest(request.clone()),
            Self::Other { object_type, item } => Self::Other {
                object_type: *object_type,
                item: item.clone(),
            },
        }
    }

    /// Refuses an object, or a part of it, that `version` does not have.
    pub(crate) fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Field::check(&self.object_type(), version)?;
        match self {
            Self::SymmetricKey(block) | Self::PublicKey(block) | Self::PrivateKey(block) => {
                Field::check(block, version)
            }
            Self::Certificate(certificate) => Field::check(certificate, version),
            Self::SecretData(secret) => Field::check(secret, version),
            Self::OpaqueObject(opaque) => Field::check(opaque, version),
            Self::SplitKey(split) => Field::check(split, version),
            Self::Template(template) => Field::check(template, version),
            Self::PgpKey(key) => Field::check(key, version),
            Self::CertificateRequest(request) => Field::check(request, version),
            Self::Other { .. } => Ok(()),
        }
    }

    /// Refuses an object that would lack a required field in `version`, or whose type `version`
    /// does not have.
    pub(crate) fn check_whole(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Field::require(&self.object_type(), tag::OBJECT_TYPE, version)?;
        match self {
            Self::SymmetricKey(block) | Self::PublicKey(block) | Self::PrivateKey(block) => {
                block.check_whole(version)
            }
            Self::Certificate(certificate) => certificate.check_whole(version),
            Self::SecretData(secret) => secret.check_whole(version),
            Self::OpaqueObject(opaque) => opaque.check_whole(version),
            Self::SplitKey(split) => Structure::check_whole(&**split, version),
            Self::Template(template) => template.check_whole(version),
            Self::PgpKey(key) => key.check_whole(version),
            Self::CertificateRequest(request) => request.check_whole(version),
            Self::Other { .. } => Ok(()),
        }
    }

    /// The object alone as TTLV of `version`, for instance for a server's store.
    ///
    /// # Errors
    ///
    /// [`EncodeError::NotInVersion`] names the required field whose value `version` does not have;
    /// [`EncodeError::Ttlv`] when a value is too long for its length field.
    pub fn to_ttlv(&self, version: ProtocolVersion) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
        self.check_whole(version)?;
        Ok(strongroom_ttlv::encode(|out| self.encode(out, version))?)
    }

    /// Reads what [`Self::to_ttlv`] wrote in `version`.
    ///
    /// # Errors
    ///
    /// [`MessageError`] when the bytes are not one object of type `object_type`.
    pub fn from_ttlv(
        object_type: ObjectType,
        version: ProtocolVersion,
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
        let fields = Fields::message(tag, bytes, limits)?;
        let fields = Reader::new(fields, Mode::Strict).of_version(version);
        Self::decode_fields(object_type, fields)
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
        Self::decode_fields(object_type, fields.structure(tag)?.strict())
    }

    fn decode_fields(object_type: ObjectType, fields: Reader<'_>) -> Result<Self, MessageError> {
        Ok(match object_type {
            ObjectType::SYMMETRIC_KEY => Self::SymmetricKey(Key::decode(fields)?.0),
            ObjectType::PUBLIC_KEY => Self::PublicKey(Key::decode(fields)?.0),
            ObjectType::PRIVATE_KEY => Self::PrivateKey(Key::decode(fields)?.0),
            ObjectType::CERTIFICATE => Self::Certificate(Certificate::decode(fields)?),
            ObjectType::SECRET_DATA => Self::SecretData(SecretData::decode(fields)?),
            ObjectType::OPAQUE_OBJECT => Self::OpaqueObject(OpaqueObject::decode(fields)?),
            ObjectType::SPLIT_KEY => Self::SplitKey(Box::new(SplitKey::decode(fields)?)),
            ObjectType::TEMPLATE => Self::Template(Template::decode(fields)?),
            ObjectType::PGP_KEY => Self::PgpKey(PgpKey::decode(fields)?),
            ObjectType::CERTIFICATE_REQUEST => {
                Self::CertificateRequest(CertificateRequest::decode(fields)?)
            }
            _ => return Err(MessageError::ObjectMismatch { object_type }),
        })
    }

    pub(crate) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        let key = |out: &mut Writer<'_>, tag, block| {
            out.structure(tag, |out| write_key(block, out, version));
        };
        match self {
            Self::SymmetricKey(block) => key(out, tag::SYMMETRIC_KEY, block),
            Self::PublicKey(block) => key(out, tag::PUBLIC_KEY, block),
            Self::PrivateKey(block) => key(out, tag::PRIVATE_KEY, block),
            Self::Certificate(certificate) => certificate.write(out, tag::CERTIFICATE, version),
            Self::SecretData(secret) => secret.write(out, tag::SECRET_DATA, version),
            Self::OpaqueObject(opaque) => opaque.write(out, tag::OPAQUE_OBJECT, version),
            Self::SplitKey(split) => split.write(out, tag::SPLIT_KEY, version),
            Self::Template(template) => template.write(out, tag::TEMPLATE, version),
            Self::PgpKey(key) => key.write(out, tag::PGP_KEY, version),
            Self::CertificateRequest(request) => {
                request.write(out, tag::CERTIFICATE_REQUEST, version);
            }
            Self::Other { item, .. } => write::owned_item(out, item),
        }
    }
}

/// The tag of the structure that holds an object of this type.
pub(crate) const fn tag_of(object_type: ObjectType) -> Option<Tag> {
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
        ObjectType::CERTIFICATE_REQUEST => tag::CERTIFICATE_REQUEST,
        _ => return None,
    })
}
