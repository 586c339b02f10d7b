//! The operation `Activate` (KMIP 1.0, 4.18).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Writer};

use crate::error::MessageError;
use crate::reader::Reader;
use crate::tag;
use crate::write::opt;

/// Makes a Pre-Active object Active (KMIP 1.0, 4.18).
///
/// ```text
/// Request Payload 0x420079 Structure
///   Unique Identifier 0x420094 Text String   absent: the ID Placeholder of the batch
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActivateRequest {
    /// The object; absent: the ID Placeholder of the batch.
    pub unique_identifier: Option<String>,
}

impl ActivateRequest {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<String>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
        }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let unique_identifier = fields.opt(tag::UNIQUE_IDENTIFIER, Fields::text)?;
        let unique_identifier = unique_identifier.map(str::to_owned);
        fields.finish()?;
        Ok(Self { unique_identifier })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        let id = self.unique_identifier.as_deref();
        opt(out, tag::UNIQUE_IDENTIFIER, id, Writer::text);
    }
}

/// The object is Active (KMIP 1.0, 4.18).
///
/// ```text
/// Response Payload 0x42007C Structure
///   Unique Identifier 0x420094 Text String   required
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActivateResponse {
    /// The object.
    pub unique_identifier: String,
}

impl ActivateResponse {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<String>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
        }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let unique_identifier = fields
            .need(tag::UNIQUE_IDENTIFIER, Fields::text)?
            .to_owned();
        fields.finish()?;
        Ok(Self { unique_identifier })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        out.text(tag::UNIQUE_IDENTIFIER, &self.unique_identifier);
    }
}
