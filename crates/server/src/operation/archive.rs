//! Archive and Recover (KMIP 1.0, 4.21 and 4.22; KMIP 2.1, 6.1.5 and 6.1.42).
//!
//! Nothing moves: an archived object has an Archive Date, and everything but its attributes waits
//! until it is recovered.

use strongroom_kmip::DateTime;
use strongroom_kmip::attribute::AttributeValue;
use strongroom_kmip::operation::{
    ArchiveRequest, ArchiveResponse, RecoverRequest, RecoverResponse,
};

use super::Context;
use crate::refusal::Refusal;

impl Context<'_> {
    pub(crate) fn archive(&self, request: &ArchiveRequest) -> Result<ArchiveResponse, Refusal> {
        let object = self.change(request.unique_identifier.as_ref(), |object| {
            object.refuse_destroyed(self.now)?;
            let date = AttributeValue::ArchiveDate(DateTime(self.now));
            object.further.set(&date)?;
            object.life.last_change = self.now;
            Ok(())
        })?;
        Ok(ArchiveResponse::new(object.uid.clone()))
    }

    /// What is not archived is on-line already.
    pub(crate) fn recover(&self, request: &RecoverRequest) -> Result<RecoverResponse, Refusal> {
        let uid = request.unique_identifier.as_ref();
        let known = self.object(uid)?;
        if !known.is_archived() {
            return Ok(RecoverResponse::new(known.uid.clone()));
        }
        let object = self.change_any(uid, |object| {
            let dated = |value: &AttributeValue| matches!(value, AttributeValue::ArchiveDate(_));
            object.further.retain(|value| !dated(value))?;
            object.life.last_change = self.now;
            Ok(())
        })?;
        Ok(RecoverResponse::new(object.uid.clone()))
    }
}
