//! `Key Block` and `Key Value` (KMIP 1.0, 2.1.3 and 2.1.4).
//!
//! May touch: key octets, in wiped memory only.

use strongroom_secret::SecretBytes;
use strongroom_ttlv::{ItemType, Writer};

use super::{KeyMaterial, KeyWrappingData};
use crate::ProtocolVersion;
use crate::attribute::{self, Attribute};
use crate::enumeration::{CryptographicAlgorithm, KeyCompressionType, KeyFormatType};
use crate::error::{EncodeError, MessageError};
use crate::field::{Field, Place, Slot, Structure};
use crate::reader::Reader;
use crate::tag;

/// A key with what is needed to use it (KMIP 1.0, 2.1.3).
///
/// ```text
/// Key Block 0x420040 Structure
///   Key Format Type         0x420042 Enumeration   required
///   Key Compression Type    0x420041 Enumeration   for public keys; libkmip sends it always
///   Key Value               0x420045 Structure, or Byte String when wrapped
///   Cryptographic Algorithm 0x420028 Enumeration
///   Cryptographic Length    0x42002A Integer       bits
///   Key Wrapping Data       0x420046 Structure     only when wrapped
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct KeyBlock {
    /// Form of the key material.
    pub key_format_type: KeyFormatType,
    /// Compression of a public key.
    pub key_compression_type: Option<KeyCompressionType>,
    /// The key; absent where only its description is sent (KMIP 1.2 on).
    pub key_value: Option<KeyValue>,
    /// Algorithm the key is for.
    pub cryptographic_algorithm: Option<CryptographicAlgorithm>,
    /// Length of the key in bits.
    pub cryptographic_length: Option<i32>,
    /// How the key is wrapped, when it is.
    pub key_wrapping_data: Option<Box<KeyWrappingData>>,
}

/// The key itself (KMIP 1.0, 2.1.4).
#[derive(Debug)]
#[non_exhaustive]
pub enum KeyValue {
    /// Key Value 0x420045 as a structure: the material, and attributes beside it.
    Plain {
        /// Key Material 0x420043.
        material: KeyMaterial,
        /// Attributes that travel with the key.
        attributes: Vec<Attribute>,
    },
    /// Key Value 0x420045 as a Byte String: wrapped octets, TTLV inside.
    Wrapped(SecretBytes),
}

impl KeyBlock {
    /// A symmetric key in format Raw, as PSMDB registers it: octets, algorithm, length.
    ///
    /// A key of more than 2^31 / 8 octets gets no length.
    #[must_use]
    pub fn raw(algorithm: CryptographicAlgorithm, key: SecretBytes) -> Self {
        let bits = i32::try_from(key.len())
            .ok()
            .and_then(|octets| octets.checked_mul(8));
        Self {
            cryptographic_algorithm: Some(algorithm),
            cryptographic_length: bits,
            ..Self::new(KeyFormatType::RAW, key)
        }
    }

    /// Octets in some format; no algorithm, no length.
    #[must_use]
    pub const fn new(key_format_type: KeyFormatType, octets: SecretBytes) -> Self {
        Self {
            key_format_type,
            key_compression_type: None,
            key_value: Some(KeyValue::Plain {
                material: KeyMaterial::Bytes(octets),
                attributes: Vec::new(),
            }),
            cryptographic_algorithm: None,
            cryptographic_length: None,
            key_wrapping_data: None,
        }
    }

    /// The key's octets, where they stand here unwrapped: as bytes or as a Transparent
    /// Symmetric Key.
    #[must_use]
    pub const fn plain_key(&self) -> Option<&SecretBytes> {
        match &self.key_value {
            _ if self.key_wrapping_data.is_some() => None,
            Some(KeyValue::Plain { material, .. }) => match material {
                KeyMaterial::Bytes(octets) | KeyMaterial::TransparentSymmetricKey(octets) => {
                    Some(octets)
                }
                _ => None,
            },
            Some(KeyValue::Wrapped(_)) | None => None,
        }
    }

    /// A second copy, keys included; asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            key_value: self.key_value.as_ref().map(KeyValue::duplicate),
            key_wrapping_data: self.key_wrapping_data.clone(),
            ..*self
        }
    }
}

impl Structure for KeyBlock {
    fn read_fields(fields: &mut Reader<'_>) -> Result<Self, MessageError> {
        let format = KeyFormatType::read(fields, tag::KEY_FORMAT_TYPE)?;
        let block = Self {
            key_format_type: format,
            key_compression_type: Slot::take(fields, COMPRESSION)?,
            key_value: KeyValue::decode(format, fields)?,
            cryptographic_algorithm: Slot::take(fields, ALGORITHM)?,
            cryptographic_length: Slot::take(fields, LENGTH)?,
            key_wrapping_data: Slot::take(fields, WRAPPING)?,
        };
        // A PKCS#12 file is wrapped by its own password.
        if matches!(block.key_value, Some(KeyValue::Wrapped(_)))
            && block.key_wrapping_data.is_none()
            && format != KeyFormatType::PKCS_12
        {
            return Err(MessageError::KeyFormat { format });
        }
        Ok(block)
    }

    fn write_fields(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.enumeration(tag::KEY_FORMAT_TYPE, self.key_format_type);
        self.key_compression_type.put(out, COMPRESSION, version);
        if let Some(key_value) = &self.key_value {
            key_value.encode(out, version);
        }
        self.cryptographic_algorithm.put(out, ALGORITHM, version);
        self.cryptographic_length.put(out, LENGTH, version);
        self.key_wrapping_data.put(out, WRAPPING, version);
    }

    fn check_fields(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Field::check(&self.key_format_type, version)?;
        Slot::check(&self.key_compression_type, COMPRESSION, version)?;
        if let Some(KeyValue::Plain {
            material,
            attributes,
        }) = &self.key_value
        {
            material.check(version)?;
            Slot::check(attributes, Place::of(tag::ATTRIBUTE), version)?;
        }
        Slot::check(&self.cryptographic_algorithm, ALGORITHM, version)?;
        Slot::check(&self.cryptographic_length, LENGTH, version)?;
        Slot::check(&self.key_wrapping_data, WRAPPING, version)
    }

    fn check_whole(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        let format = &self.key_format_type;
        Field::require(format, tag::KEY_FORMAT_TYPE, version)?;
        match &self.key_value {
            Some(KeyValue::Plain { material, .. }) => material.check_whole(version),
            _ => Ok(()),
        }
    }
}

structure_field!(KeyBlock);

const COMPRESSION: Place = Place::of(tag::KEY_COMPRESSION_TYPE);
const ALGORITHM: Place = Place::of(tag::CRYPTOGRAPHIC_ALGORITHM);
const LENGTH: Place = Place::of(tag::CRYPTOGRAPHIC_LENGTH);
const WRAPPING: Place = Place::of(tag::KEY_WRAPPING_DATA);

impl KeyValue {
    fn decode(format: KeyFormatType, block: &mut Reader<'_>) -> Result<Option<Self>, MessageError> {
        match block.type_of(tag::KEY_VALUE)? {
            None => return Ok(None),
            Some(ItemType::ByteString) => {
                let octets = SecretBytes::read(block, tag::KEY_VALUE)?;
                return Ok(Some(Self::Wrapped(octets)));
            }
            Some(_) => {}
        }
        let mut fields = block.structure(tag::KEY_VALUE)?;
        let material = KeyMaterial::decode(format, &mut fields)?;
        // Servers put attributes of their own here; nothing depends on their shape.
        let attributes = attribute::decode_all_loosely(&mut fields)?;
        fields.finish()?;
        Ok(Some(Self::Plain {
            material,
            attributes,
        }))
    }

    fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        match self {
            Self::Wrapped(octets) => out.bytes(tag::KEY_VALUE, octets.expose()),
            Self::Plain {
                material,
                attributes,
            } => out.structure(tag::KEY_VALUE, |out| {
                material.encode(out, version);
                attribute::encode_all(attributes, out, version);
            }),
        }
    }

    fn duplicate(&self) -> Self {
        match self {
            Self::Wrapped(octets) => Self::Wrapped(octets.duplicate()),
            Self::Plain {
                material,
                attributes,
            } => Self::Plain {
                material: material.duplicate(),
                attributes: attributes.clone(),
            },
        }
    }
}
