//! MAC (KMIP 1.2, 4.33): HMAC, in one part.

use ring::hmac;
use strongroom_kmip::enumeration::CryptographicUsageMask;
use strongroom_kmip::operation::{MacRequest, MacResponse};

use super::Context;
use super::usable::{Use, parameters, whole_data};
use crate::crypto::hash;
use crate::refusal::Refusal;

impl Context<'_> {
    pub(crate) fn mac(&self, request: &MacRequest) -> Result<MacResponse, Refusal> {
        let mask = CryptographicUsageMask::MAC_GENERATE;
        let uid = request.unique_identifier.as_ref();
        let (object, material) = self.usable(uid, mask, Use::Protect)?;
        let parameters = parameters(&object, request.cryptographic_parameters.as_deref());
        let key = hash::hmac_key(&object, &material, parameters.as_ref())?;
        let data = whole_data!(request)?;
        let code = hmac::sign(&key, data.expose()).as_ref().to_vec();
        Ok(MacResponse::new(object.uid.clone(), code))
    }
}
