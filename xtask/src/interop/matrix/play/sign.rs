//! Sign and Signature Verify with an RSA pair of the server; ring judges the signature.
//!
//! May touch: the player's connection.

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::enumeration::{
    DigitalSignatureAlgorithm, HashingAlgorithm, PaddingMethod, ValidityIndicator,
};
use strongroom_kmip::operation::{Data, SignRequest, SignatureVerifyRequest};
use strongroom_kmip::{CryptographicAlgorithm, KeyFormatType, UniqueIdentifier};

use super::super::player::{Played, Player, must, same, there};

const MESSAGE: &[u8] = b"signed by the key server";

fn parameters() -> Option<Box<CryptographicParameters>> {
    Some(Box::new(CryptographicParameters {
        padding_method: Some(PaddingMethod::PKCS1_V1_5),
        hashing_algorithm: Some(HashingAlgorithm::SHA_256),
        digital_signature_algorithm: Some(DigitalSignatureAlgorithm::SHA_256_WITH_RSA_ENCRYPTION),
        cryptographic_algorithm: Some(CryptographicAlgorithm::RSA),
        ..CryptographicParameters::default()
    }))
}

/// A signature, and the public key that fits it.
fn signed(player: &mut Player) -> Played<(Vec<u8>, UniqueIdentifier)> {
    let (private, public) = player.pair()?;
    let mut request = SignRequest::new(private, Data::copy_from(MESSAGE));
    request.cryptographic_parameters = parameters();
    let signature = player.session.sign(request)?.signature_data;
    Ok((there("Signature Data", signature)?, public))
}

pub(in super::super) fn sign(player: &mut Player) -> Played {
    let (signature, public) = signed(player)?;
    let object = player.session.get(public)?.object;
    let block = there("the key block", object.key_block())?;
    let format = block.key_format_type;
    same("format of the public key", &format, &KeyFormatType::PKCS_1)?;
    let key = there("the public key", block.plain_key())?;
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.expose());
    let good = key.verify(MESSAGE, &signature).is_ok();
    must(good, "ring says that the signature is not good")?;
    let other = key.verify(b"another message", &signature).is_err();
    must(other, "the signature fits another message")
}

pub(in super::super) fn signature_verify(player: &mut Player) -> Played {
    let (signature, public) = signed(player)?;
    for (message, wanted) in [
        (MESSAGE, ValidityIndicator::VALID),
        (b"another message", ValidityIndicator::INVALID),
    ] {
        let data = Data::copy_from(message);
        let mut request = SignatureVerifyRequest::new(public.clone(), data, signature.clone());
        request.cryptographic_parameters = parameters();
        let found = player.session.signature_verify(request)?.validity_indicator;
        same("Validity Indicator", &found, &Some(wanted))?;
    }
    Ok(())
}
