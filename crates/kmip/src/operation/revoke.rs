//! The operation `Revoke` (KMIP 1.0, 4.19).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Writer};

use crate::attribute::RevocationReason;
use crate::error::MessageError;
use crate::reader::Reader;
use crate::tag;
use crate::write::opt;

/// Takes an object out of use, for a reason (KMIP 1.0, 4.19).
///
/// ```text
/// Request Payload 0x420079 Structure
///   Unique Identifier          0x420094 Text String   absent: the ID Placeholder of the batch
///   Revocation Reason          0x420081 Structure     required
///   Compromise Occurrence Date 0x420021 Date-Time     with the reasons of a compromise
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevokeRequest {
    /// The object; absent: the ID Placeholder of the batch.
    pub unique_identifier: Option<String>,
    /// The reason.
    pub revocation_reason: RevocationReason,
    /// When the compromise is thought to have happened, in seconds since 1970.
    pub compromise_occurrence_date: Option<i64>,
}

impl RevokeRequest {
    /// For the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<String>, revocation_reason: RevocationReason) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            revocation_reason,
            compromise_occurrence_date: None,
        }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let id = fields.opt(tag::UNIQUE_IDENTIFIER, Fields::text)?;
        let reason = RevocationReason::decode(fields.structure(tag::REVOCATION_REASON)?)?;
        let date = fields.opt(tag::COMPROMISE_OCCURRENCE_DATE, Fields::date_time)?;
        fields.finish()?;
        Ok(Self {
            unique_identifier: id.map(str::to_owned),
            revocation_reason: reason,
            compromise_occurrence_date: date,
        })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>) {
        let id = self.unique_identifier.as_deref();
        opt(out, tag::UNIQUE_IDENTIFIER, id, Writer::text);
        out.structure(tag::REVOCATION_REASON, |out| {
            self.revocation_reason.encode_fields(out);
        });
        let date = self.compromise_occurrence_date;
        opt(
            out,
            tag::COMPROMISE_OCCURRENCE_DATE,
            date,
            Writer::date_time,
        );
    }
}

/// The object is Deactivated or Compromised (KMIP 1.0, 4.19).
///
/// ```text
/// Response Payload 0x42007C Structure
///   Unique Identifier 0x420094 Text String   required
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevokeResponse {
    /// The object.
    pub unique_identifier: String,
}

impl RevokeResponse {
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
