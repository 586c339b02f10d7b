//! MAC Verify (KMIP 1.2, 4.34): HMAC, in one part.

use ring::hmac;
use strongroom_kmip::enumeration::{CryptographicUsageMask, ValidityIndicator};
use strongroom_kmip::operation::{MacVerifyRequest, MacVerifyResponse};

use super::Context;
use super::usable::{Use, parameters, whole_data};
use crate::crypto::hash;
use crate::refusal::Refusal;

impl Context<'_> {
    /// A code that does not fit is an answer, not a failure.
    pub(crate) fn mac_verify(
        &self,
        request: &MacVerifyRequest,
    ) -> Result<MacVerifyResponse, Refusal> {
        let mask = CryptographicUsageMask::MAC_VERIFY;
        let uid = request.unique_identifier.as_ref();
        let (object, material) = self.usable(uid, mask, Use::Process)?;
        let parameters = parameters(&object, request.cryptographic_parameters.as_deref());
        let key = hash::hmac_key(&object, &material, parameters.as_ref())?;
        let data = whole_data!(request)?;
        let code = request.mac_data.as_deref().ok_or(Refusal::NoData)?;
        let validity = match hmac::verify(&key, data.expose(), code) {
            Ok(()) => ValidityIndicator::VALID,
            Err(_) => ValidityIndicator::INVALID,
        };
        Ok(MacVerifyResponse::new(object.uid.clone(), validity))
    }
}
