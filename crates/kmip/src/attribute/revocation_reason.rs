//! The `Revocation Reason` attribute and request field (KMIP 1.0, 3.26).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Tag, Writer};

use crate::enumeration::RevocationReasonCode;
use crate::error::MessageError;
use crate::field::Field;
use crate::reader::Reader;
use crate::{ProtocolVersion, tag};

/// Why an object was revoked (KMIP 1.0, 3.26).
///
/// ```text
/// Revocation Reason 0x420081 Structure
///   Revocation Reason Code 0x420082 Enumeration   required
///   Revocation Message     0x420080 Text String
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RevocationReason {
    /// The reason as a code. Key Compromise and CA Compromise lead to the state Compromised,
    /// all others to Deactivated.
    pub code: RevocationReasonCode,
    /// The reason in words.
    pub message: Option<String>,
}

impl RevocationReason {
    /// A reason without words.
    #[must_use]
    pub const fn new(code: RevocationReasonCode) -> Self {
        Self {
            code,
            message: None,
        }
    }

    pub(crate) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let code = fields.need(tag::REVOCATION_REASON_CODE, Fields::enumeration)?;
        let message = fields.opt(tag::REVOCATION_MESSAGE, Fields::text)?;
        fields.finish()?;
        Ok(Self {
            code,
            message: message.map(str::to_owned),
        })
    }

    pub(crate) fn encode_fields(&self, out: &mut Writer<'_>) {
        out.enumeration(tag::REVOCATION_REASON_CODE, self.code);
        if let Some(message) = &self.message {
            out.text(tag::REVOCATION_MESSAGE, message);
        }
    }
}

impl Field for RevocationReason {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Self::decode(fields.structure(tag)?)
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
        out.structure(tag, |out| self.encode_fields(out));
    }
}
