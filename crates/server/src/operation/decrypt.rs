//! Decrypt (KMIP 1.2, 4.30): AES in GCM, CBC or ECB, in one part.

use strongroom_kmip::enumeration::{BlockCipherMode, CryptographicUsageMask};
use strongroom_kmip::operation::{DecryptRequest, DecryptResponse};

use super::Context;
use super::usable::{Use, parameters, whole_data};
use crate::crypto::{self, cbc, ecb, gcm};
use crate::refusal::Refusal;

impl Context<'_> {
    pub(crate) fn decrypt(&self, request: &DecryptRequest) -> Result<DecryptResponse, Refusal> {
        let mask = CryptographicUsageMask::DECRYPT;
        let uid = request.unique_identifier.as_ref();
        let (object, key) = self.usable(uid, mask, Use::Process)?;
        let given = request.cryptographic_parameters.as_deref();
        let parameters = parameters(&object, given);
        let mode = crypto::mode(&object, parameters.as_ref())?;
        let parameters = parameters.unwrap_or_default();
        let data = whole_data!(request)?;
        let iv = || request.iv_counter_nonce.as_deref().ok_or(Refusal::NoIv);
        let text = match mode {
            BlockCipherMode::GCM => {
                self.refuse_lost_tag()?;
                gcm::check(&parameters)?;
                let aad = request.authenticated_encryption_additional_data.as_deref();
                let tag = request.authenticated_encryption_tag.as_deref();
                let tag = tag.ok_or(Refusal::Parameter(
                    "Authenticated Encryption Tag is required",
                ))?;
                gcm::open(&key, iv()?, aad.unwrap_or_default(), (data, tag))?
            }
            BlockCipherMode::CBC => cbc::decrypt(&key, iv()?, cbc::padding(&parameters)?, data)?,
            BlockCipherMode::ECB => ecb::decrypt(&key, cbc::padding(&parameters)?, data)?,
            _ => return Err(crypto::MODES),
        };
        Ok(DecryptResponse::new(object.uid.clone(), text))
    }
}
