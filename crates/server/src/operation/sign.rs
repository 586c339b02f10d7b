//! Sign and Signature Verify (KMIP 1.2, 4.31 and 4.32; KMIP 2.1, 6.1.55 and 6.1.56), in one part.

use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::enumeration::{CryptographicUsageMask, ObjectType, ValidityIndicator};
use strongroom_kmip::operation::{
    SignRequest, SignResponse, SignatureVerifyRequest, SignatureVerifyResponse,
};

use super::Context;
use super::usable::{Use, parameters, whole_data};
use crate::crypto::signature::{self, Scheme};
use crate::object::Object;
use crate::refusal::Refusal;

impl Context<'_> {
    pub(crate) fn sign(&self, request: &SignRequest) -> Result<SignResponse, Refusal> {
        let uid = request.unique_identifier.as_ref();
        let (object, key) = self.usable(uid, CryptographicUsageMask::SIGN, Use::Protect)?;
        refuse_other(&object, ObjectType::PRIVATE_KEY)?;
        refuse_digested(request.digested_data.as_deref())?;
        let scheme = scheme(&object, request.cryptographic_parameters.as_deref())?;
        let data = whole_data!(request)?;
        let signature = signature::sign(&object, &key, scheme, data.expose())?;
        Ok(SignResponse::new(object.uid.clone(), signature))
    }

    /// A signature that does not fit is an answer, not a failure.
    pub(crate) fn signature_verify(
        &self,
        request: &SignatureVerifyRequest,
    ) -> Result<SignatureVerifyResponse, Refusal> {
        let uid = request.unique_identifier.as_ref();
        let (object, key) = self.usable(uid, CryptographicUsageMask::VERIFY, Use::Process)?;
        refuse_other(&object, ObjectType::PUBLIC_KEY)?;
        refuse_digested(request.digested_data.as_deref())?;
        let scheme = scheme(&object, request.cryptographic_parameters.as_deref())?;
        let data = whole_data!(request)?;
        let signed = request.signature_data.as_deref().ok_or(Refusal::NoData)?;
        let validity = match signature::verify(&object, &key, scheme, (data.expose(), signed))? {
            true => ValidityIndicator::VALID,
            false => ValidityIndicator::INVALID,
        };
        let uid = object.uid.clone();
        Ok(SignatureVerifyResponse::new(uid, validity))
    }
}

fn scheme(object: &Object, given: Option<&CryptographicParameters>) -> Result<Scheme, Refusal> {
    signature::scheme(object, &parameters(object, given).unwrap_or_default())
}

fn refuse_other(object: &Object, wanted: ObjectType) -> Result<(), Refusal> {
    match ObjectType::new(object.object_type) {
        object_type if object_type == wanted => Ok(()),
        other => Err(Refusal::ObjectType(other)),
    }
}

fn refuse_digested(digest: Option<&[u8]>) -> Result<(), Refusal> {
    match digest {
        Some(_) => Err(Refusal::Parameter(
            "Digested Data is not supported; send the data",
        )),
        None => Ok(()),
    }
}
