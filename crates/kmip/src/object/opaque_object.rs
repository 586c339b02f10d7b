//! The object `Opaque Object` (KMIP 1.0, 2.2.8).
//!
//! May touch: the object's octets, in wiped memory only.

use strongroom_secret::SecretBytes;
use strongroom_ttlv::{Fields, Writer};

use crate::error::MessageError;
use crate::reader::Reader;
use crate::tag;

pub use crate::enumeration::OpaqueDataType;

/// Octets that the server does not look into (KMIP 1.0, 2.2.8).
///
/// ```text
/// Opaque Object 0x42005B Structure
///   Opaque Data Type  0x420059 Enumeration   required
///   Opaque Data Value 0x42005A Byte String   required
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct OpaqueObject {
    /// What kind of octets.
    pub opaque_data_type: OpaqueDataType,
    /// The octets; treated as a secret, since nobody says what they are.
    pub value: SecretBytes,
}

impl OpaqueObject {
    /// Octets of this kind.
    #[must_use]
    pub const fn new(opaque_data_type: OpaqueDataType, value: SecretBytes) -> Self {
        Self {
            opaque_data_type,
            value,
        }
    }

    /// A second copy; asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self::new(self.opaque_data_type, self.value.duplicate())
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let opaque_data_type = fields.need(tag::OPAQUE_DATA_TYPE, Fields::enumeration)?;
        let value = fields.need(tag::OPAQUE_DATA_VALUE, Fields::bytes)?;
        let value = SecretBytes::copy_from(value);
        fields.finish()?;
        Ok(Self {
            opaque_data_type,
            value,
        })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        out.structure(tag::OPAQUE_OBJECT, |out| {
            out.enumeration(tag::OPAQUE_DATA_TYPE, self.opaque_data_type);
            out.bytes(tag::OPAQUE_DATA_VALUE, self.value.expose());
        });
    }
}
