//! `Key Block` and `Key Value` (KMIP 1.0, 2.1.3 and 2.1.4).
//!
//! May touch: key octets, in wiped memory only.

use strongroom_secret::SecretBytes;
use strongroom_ttlv::{Fields, ItemType, Writer};

use super::KeyWrappingData;
use crate::ProtocolVersion;
use crate::attribute::{self, Attribute};
use crate::enumeration::{CryptographicAlgorithm, KeyCompressionType, KeyFormatType};
use crate::error::MessageError;
use crate::reader::Reader;
use crate::tag;
use crate::write::{opt, opt_enumeration};

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

/// `Key Material` (KMIP 1.0, 2.1.4).
#[derive(Debug)]
#[non_exhaustive]
pub enum KeyMaterial {
    /// Octets in the block's Key Format Type: Raw, Opaque, PKCS#1, PKCS#8, X.509 and so on.
    Bytes(SecretBytes),
    /// A Transparent Symmetric Key (2.1.7.1): a structure that holds the key's octets.
    TransparentSymmetricKey(SecretBytes),
    /// Another transparent key, kept as it came in wiped memory.
    Transparent(strongroom_ttlv::OwnedItem),
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
                KeyMaterial::Transparent(_) => None,
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

    /// The first version that has the key's format and algorithm.
    pub(crate) fn since(&self) -> Option<ProtocolVersion> {
        let algorithm = self.cryptographic_algorithm;
        self.key_format_type
            .since()
            .max(algorithm.and_then(CryptographicAlgorithm::since))
    }

    pub(crate) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let format = fields.need(tag::KEY_FORMAT_TYPE, Fields::enumeration)?;
        let compression = fields.opt(tag::KEY_COMPRESSION_TYPE, Fields::enumeration)?;
        let key_value = KeyValue::decode(format, &mut fields)?;
        let algorithm = fields.opt(tag::CRYPTOGRAPHIC_ALGORITHM, Fields::enumeration)?;
        let length = fields.opt(tag::CRYPTOGRAPHIC_LENGTH, Fields::integer)?;
        let wrapping = match fields.structure_opt(tag::KEY_WRAPPING_DATA)? {
            Some(fields) => Some(Box::new(KeyWrappingData::decode(fields)?)),
            None => None,
        };
        fields.finish()?;
        if matches!(key_value, Some(KeyValue::Wrapped(_))) && wrapping.is_none() {
            return Err(MessageError::KeyFormat { format });
        }
        Ok(Self {
            key_format_type: format,
            key_compression_type: compression,
            key_value,
            cryptographic_algorithm: algorithm,
            cryptographic_length: length,
            key_wrapping_data: wrapping,
        })
    }

    pub(crate) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.structure(tag::KEY_BLOCK, |out| {
            out.enumeration(tag::KEY_FORMAT_TYPE, self.key_format_type);
            let compression = self.key_compression_type;
            opt_enumeration(out, tag::KEY_COMPRESSION_TYPE, compression, version);
            if let Some(key_value) = &self.key_value {
                key_value.encode(out, version);
            }
            let algorithm = self.cryptographic_algorithm;
            opt_enumeration(out, tag::CRYPTOGRAPHIC_ALGORITHM, algorithm, version);
            let length = self.cryptographic_length;
            opt(out, tag::CRYPTOGRAPHIC_LENGTH, length, Writer::integer);
            if let Some(wrapping) = &self.key_wrapping_data {
                wrapping.encode(out, version);
            }
        });
    }
}

impl KeyValue {
    fn decode(format: KeyFormatType, block: &mut Reader<'_>) -> Result<Option<Self>, MessageError> {
        if block.peek() != Some(tag::KEY_VALUE) {
            return Ok(None);
        }
        if block.peek_type() == Some(ItemType::ByteString) {
            let octets = block.need(tag::KEY_VALUE, Fields::bytes)?;
            return Ok(Some(Self::Wrapped(SecretBytes::copy_from(octets))));
        }
        let mut fields = block.structure(tag::KEY_VALUE)?;
        let material = KeyMaterial::decode(format, &mut fields)?;
        let attributes = fields.structures(tag::ATTRIBUTE, |attribute| {
            // Servers put attributes of their own here; nothing depends on their shape.
            Attribute::decode(attribute.tolerant())
        })?;
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
                material.encode(out);
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

impl KeyMaterial {
    fn decode(format: KeyFormatType, fields: &mut Reader<'_>) -> Result<Self, MessageError> {
        let is_structure = fields.peek_type() == Some(ItemType::Structure);
        match (format, is_structure) {
            (KeyFormatType::TRANSPARENT_SYMMETRIC_KEY, _) => {
                let mut material = fields.structure(tag::KEY_MATERIAL)?;
                let key = SecretBytes::copy_from(material.need(tag::KEY, Fields::bytes)?);
                material.finish()?;
                Ok(Self::TransparentSymmetricKey(key))
            }
            (_, true) if format < KeyFormatType::TRANSPARENT_SYMMETRIC_KEY => {
                Err(MessageError::KeyFormat { format })
            }
            (_, true) => {
                let item = fields.need(tag::KEY_MATERIAL, crate::reader::any_item)?;
                Ok(Self::Transparent(item.to_owned_item()))
            }
            (_, false) => {
                let octets = fields.need(tag::KEY_MATERIAL, Fields::bytes)?;
                Ok(Self::Bytes(SecretBytes::copy_from(octets)))
            }
        }
    }

    fn encode(&self, out: &mut Writer<'_>) {
        match self {
            Self::Bytes(octets) => out.bytes(tag::KEY_MATERIAL, octets.expose()),
            Self::TransparentSymmetricKey(key) => out.structure(tag::KEY_MATERIAL, |out| {
                out.bytes(tag::KEY, key.expose());
            }),
            Self::Transparent(item) => crate::write::owned_item(out, item),
        }
    }

    fn duplicate(&self) -> Self {
        match self {
            Self::Bytes(octets) => Self::Bytes(octets.duplicate()),
            Self::TransparentSymmetricKey(key) => Self::TransparentSymmetricKey(key.duplicate()),
            Self::Transparent(item) => Self::Transparent(item.clone()),
        }
    }
}

/// Reads the fields of an object that has a key block and nothing else.
pub(super) fn decode_only(mut fields: Reader<'_>) -> Result<KeyBlock, MessageError> {
    let block = KeyBlock::decode(fields.structure(tag::KEY_BLOCK)?)?;
    fields.finish()?;
    Ok(block)
}
