//! Encrypt (KMIP 1.2, 4.29): AES in GCM, CBC or ECB, in one part.

use strongroom_kmip::ProtocolVersion;
use strongroom_kmip::enumeration::{BlockCipherMode, CryptographicUsageMask};
use strongroom_kmip::operation::{EncryptRequest, EncryptResponse};

use super::Context;
use super::usable::{Use, parameters, whole_data};
use crate::crypto::{self, cbc, ecb, gcm};
use crate::refusal::Refusal;

impl Context<'_> {
    /// An IV that the request leaves out is drawn here and answered.
    pub(crate) fn encrypt(&self, request: &EncryptRequest) -> Result<EncryptResponse, Refusal> {
        let mask = CryptographicUsageMask::ENCRYPT;
        let uid = request.unique_identifier.as_ref();
        let (object, key) = self.usable(uid, mask, Use::Protect)?;
        let given = request.cryptographic_parameters.as_deref();
        let parameters = parameters(&object, given);
        let mode = crypto::mode(&object, parameters.as_ref())?;
        let parameters = parameters.unwrap_or_default();
        let data = whole_data!(request)?;
        let given = request.iv_counter_nonce.as_deref();
        let aad = request.authenticated_encryption_additional_data.as_deref();
        let (iv, text, tag) = match mode {
            BlockCipherMode::GCM => {
                self.refuse_lost_tag()?;
                gcm::check(&parameters)?;
                let iv = iv::<{ gcm::NONCE_LEN }>(given)?;
                let (text, tag) = gcm::seal(&key, &iv, aad.unwrap_or_default(), data)?;
                (iv, text, Some(tag))
            }
            BlockCipherMode::CBC => {
                let iv = iv::<{ cbc::BLOCK_LEN }>(given)?;
                let text = cbc::encrypt(&key, &iv, cbc::padding(&parameters)?, data)?;
                (iv, text, None)
            }
            BlockCipherMode::ECB => {
                let text = ecb::encrypt(&key, cbc::padding(&parameters)?, data)?;
                return Ok(EncryptResponse::new(object.uid.clone(), text));
            }
            _ => return Err(crypto::MODES),
        };
        let mut response = EncryptResponse::new(object.uid.clone(), text);
        response.iv_counter_nonce = given.is_none().then_some(iv);
        response.authenticated_encryption_tag = tag;
        Ok(response)
    }

    /// Before 1.4 an answer has no place for the tag: what is encrypted could never be decrypted.
    pub(super) fn refuse_lost_tag(&self) -> Result<(), Refusal> {
        if self.version < ProtocolVersion::V1_4 {
            return Err(Refusal::Parameter(
                "GCM needs KMIP 1.4: earlier versions have no field for the tag",
            ));
        }
        Ok(())
    }
}

/// The IV of the request, or a new one of `N` octets.
fn iv<const N: usize>(given: Option<&[u8]>) -> Result<Vec<u8>, Refusal> {
    match given {
        Some(iv) => Ok(iv.to_vec()),
        None => crypto::random::<N>().map(Vec::from),
    }
}
