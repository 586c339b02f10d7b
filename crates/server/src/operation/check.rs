//! Check (KMIP 1.0, 4.9; KMIP 2.1, 6.1.7): may the object be used so?

use strongroom_kmip::operation::{CheckRequest, CheckResponse};
use strongroom_kmip::{CryptographicUsageMask, ProtocolVersion};

use super::Context;
use crate::refusal::Refusal;

impl Context<'_> {
    /// In 1.x an answer without Unique Identifier names the uses that are denied; in 2.x the
    /// operation fails. Nothing here limits how often or how long an object is used.
    pub(crate) fn check(&self, request: &CheckRequest) -> Result<CheckResponse, Refusal> {
        let object = self.object(request.unique_identifier.as_ref())?;
        object.refuse_destroyed(self.now)?;
        object.refuse_archived()?;
        let mut response = CheckResponse::new(object.uid.clone());
        if let Some(wanted) = request.cryptographic_usage_mask {
            let missing = wanted.bits() & !object.usage_mask.unwrap_or_default();
            if missing != 0 && self.version >= ProtocolVersion::V2_0 {
                return Err(Refusal::Checked);
            }
            if missing != 0 {
                response.unique_identifier = None;
                response.cryptographic_usage_mask = Some(CryptographicUsageMask::new(missing));
            }
        }
        Ok(response)
    }
}
