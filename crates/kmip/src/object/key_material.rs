//! `Key Material`: the key itself, in the form that Key Format Type names (KMIP 1.0, 2.1.4).
//!
//! May touch: key octets, in wiped memory only.

use strongroom_secret::SecretBytes;
use strongroom_ttlv::{Fields, ItemType, OwnedItem, Writer};

use super::duplicate::Duplicate;
use super::transparent_key::{
    DhPrivateKey, DhPublicKey, DsaPrivateKey, DsaPublicKey, EcPrivateKey, EcPublicKey,
    RsaPrivateKey, RsaPublicKey, TransparentSymmetricKey,
};
use crate::enumeration::KeyFormatType;
use crate::error::{EncodeError, MessageError};
use crate::field::{Field, Structure};
use crate::reader::{self, Reader};
use crate::{ProtocolVersion, tag, write};

/// Defines the transparent forms: `Variant(type): formats;`.
macro_rules! key_material {
    ($($(#[$doc:meta])* $name:ident($key:ty): $($format:ident)|+;)*) => {
        /// `Key Material` (KMIP 1.0, 2.1.4). `Debug` shows no key octets.
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum KeyMaterial {
            /// Octets in the block's Key Format Type: Raw, Opaque, PKCS#1, PKCS#8, X.509 and so on.
            Bytes(SecretBytes),
            /// A Transparent Symmetric Key (2.1.7.1): a structure that holds the key's octets.
            TransparentSymmetricKey(SecretBytes),
            $($(#[$doc])* $name(Box<$key>),)*
            /// A structure of a format that this crate does not know, as it came.
            Transparent(OwnedItem),
        }

        impl KeyMaterial {
            /// Reads the material of a key in `format`.
            pub(super) fn decode(
                format: KeyFormatType,
                fields: &mut Reader<'_>,
            ) -> Result<Self, MessageError> {
                let is_structure = fields.type_of(tag::KEY_MATERIAL)? == Some(ItemType::Structure);
                match format {
                    KeyFormatType::TRANSPARENT_SYMMETRIC_KEY => {
                        let key = TransparentSymmetricKey::read(fields, tag::KEY_MATERIAL)?;
                        Ok(Self::TransparentSymmetricKey(key.key))
                    }
                    $($(KeyFormatType::$format)|+ => {
                        Box::<$key>::read(fields, tag::KEY_MATERIAL).map(Self::$name)
                    })*
                    _ if !is_structure => {
                        let octets = fields.need(tag::KEY_MATERIAL, Fields::bytes)?;
                        Ok(Self::Bytes(SecretBytes::copy_from(octets)))
                    }
                    // The formats of the specification that are octets.
                    _ if format.name().is_some() => Err(MessageError::KeyFormat { format }),
                    _ => {
                        let item = fields.need(tag::KEY_MATERIAL, reader::any_item)?;
                        Ok(Self::Transparent(item.to_owned_item()))
                    }
                }
            }

            pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
                match self {
                    Self::Bytes(octets) => out.bytes(tag::KEY_MATERIAL, octets.expose()),
                    Self::TransparentSymmetricKey(key) => out.structure(tag::KEY_MATERIAL, |out| {
                        out.bytes(tag::KEY, key.expose());
                    }),
                    $(Self::$name(key) => out.structure(tag::KEY_MATERIAL, |out| {
                        key.write_fields(out, version);
                    }),)*
                    Self::Transparent(item) => write::owned_item(out, item),
                }
            }

            /// Refuses what `version` does not have in the material.
            pub(super) fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
                match self {
                    $(Self::$name(key) => key.check_fields(version),)*
                    _ => Ok(()),
                }
            }

            /// Refuses a material that would lack a required field in `version`.
            pub(super) fn check_whole(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
                match self {
                    $(Self::$name(key) => Structure::check_whole(&**key, version),)*
                    _ => Ok(()),
                }
            }

            pub(super) fn duplicate(&self) -> Self {
                match self {
                    Self::Bytes(octets) => Self::Bytes(octets.duplicate()),
                    Self::TransparentSymmetricKey(key) => {
                        Self::TransparentSymmetricKey(key.duplicate())
                    }
                    $(Self::$name(key) => Self::$name(key.second()),)*
                    Self::Transparent(item) => Self::Transparent(item.clone()),
                }
            }
        }
    };
}

key_material! {
    /// A private key of DSA.
    DsaPrivateKey(DsaPrivateKey): TRANSPARENT_DSA_PRIVATE_KEY;
    /// A public key of DSA.
    DsaPublicKey(DsaPublicKey): TRANSPARENT_DSA_PUBLIC_KEY;
    /// A private key of RSA.
    RsaPrivateKey(RsaPrivateKey): TRANSPARENT_RSA_PRIVATE_KEY;
    /// A public key of RSA.
    RsaPublicKey(RsaPublicKey): TRANSPARENT_RSA_PUBLIC_KEY;
    /// A private key of Diffie and Hellman.
    DhPrivateKey(DhPrivateKey): TRANSPARENT_DH_PRIVATE_KEY;
    /// A public key of Diffie and Hellman.
    DhPublicKey(DhPublicKey): TRANSPARENT_DH_PUBLIC_KEY;
    /// A private key on an elliptic curve.
    EcPrivateKey(EcPrivateKey): TRANSPARENT_ECDSA_PRIVATE_KEY | TRANSPARENT_ECDH_PRIVATE_KEY
        | TRANSPARENT_ECMQV_PRIVATE_KEY | TRANSPARENT_EC_PRIVATE_KEY;
    /// A public key on an elliptic curve.
    EcPublicKey(EcPublicKey): TRANSPARENT_ECDSA_PUBLIC_KEY | TRANSPARENT_ECDH_PUBLIC_KEY
        | TRANSPARENT_ECMQV_PUBLIC_KEY | TRANSPARENT_EC_PUBLIC_KEY;
}
