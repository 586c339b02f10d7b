//! The `Digest` attribute (KMIP 1.0, 3.12).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Writer};

use crate::ProtocolVersion;
use crate::enumeration::{HashingAlgorithm, KeyFormatType};
use crate::error::MessageError;
use crate::reader::Reader;
use crate::tag;

/// A digest that the server made of an object (KMIP 1.0, 3.12).
///
/// ```text
/// Attribute Value 0x42000B Structure
///   Hashing Algorithm 0x420038 Enumeration   required
///   Digest Value      0x420035 Byte String
///   Key Format Type   0x420042 Enumeration   KMIP 1.1 on
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Digest {
    /// The hash function.
    pub hashing_algorithm: HashingAlgorithm,
    /// The digest, as long as the hash function makes it.
    pub value: Option<Vec<u8>>,
    /// The key format that was hashed.
    pub key_format_type: Option<KeyFormatType>,
}

impl Digest {
    /// The digest `value`.
    #[must_use]
    pub const fn new(hashing_algorithm: HashingAlgorithm, value: Vec<u8>) -> Self {
        Self {
            hashing_algorithm,
            value: Some(value),
            key_format_type: None,
        }
    }

    pub(crate) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let hashing_algorithm = fields.need(tag::HASHING_ALGORITHM, Fields::enumeration)?;
        let value = fields.opt(tag::DIGEST_VALUE, Fields::bytes)?;
        let key_format_type = fields.opt(tag::KEY_FORMAT_TYPE, Fields::enumeration)?;
        fields.finish()?;
        Ok(Self {
            hashing_algorithm,
            value: value.map(<[u8]>::to_vec),
            key_format_type,
        })
    }

    pub(crate) fn encode_fields(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.enumeration(tag::HASHING_ALGORITHM, self.hashing_algorithm);
        if let Some(value) = &self.value {
            out.bytes(tag::DIGEST_VALUE, value);
        }
        if let Some(format) = self.key_format_type
            && version >= ProtocolVersion::V1_1
        {
            out.enumeration(tag::KEY_FORMAT_TYPE, format);
        }
    }
}
