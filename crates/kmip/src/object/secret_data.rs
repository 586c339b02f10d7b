//! The object `Secret Data` (KMIP 1.0, 2.2.7).
//!
//! May touch: key octets, in wiped memory only.

use strongroom_ttlv::{Fields, Writer};

use super::KeyBlock;
use crate::ProtocolVersion;
use crate::enumeration::SecretDataType;
use crate::error::MessageError;
use crate::reader::Reader;
use crate::tag;

/// A password, a seed and the like (KMIP 1.0, 2.2.7).
///
/// ```text
/// Secret Data 0x420085 Structure
///   Secret Data Type 0x420086 Enumeration   required
///   Key Block        0x420040 Structure     required
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct SecretData {
    /// What kind of secret.
    pub secret_data_type: SecretDataType,
    /// The secret. Servers differ in which Key Format Type they take: Raw or Opaque.
    pub key_block: KeyBlock,
}

impl SecretData {
    /// A secret of this kind.
    #[must_use]
    pub const fn new(secret_data_type: SecretDataType, key_block: KeyBlock) -> Self {
        Self {
            secret_data_type,
            key_block,
        }
    }

    /// A second copy; asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self::new(self.secret_data_type, self.key_block.duplicate())
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let secret_data_type = fields.need(tag::SECRET_DATA_TYPE, Fields::enumeration)?;
        let key_block = KeyBlock::decode(fields.structure(tag::KEY_BLOCK)?)?;
        fields.finish()?;
        Ok(Self {
            secret_data_type,
            key_block,
        })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.structure(tag::SECRET_DATA, |out| {
            out.enumeration(tag::SECRET_DATA_TYPE, self.secret_data_type);
            self.key_block.encode(out, version);
        });
    }
}
