//! Sign and Signature Verify: RSA with the signature of openssl, ECDSA with that of RFC 6979 and
//! with ring as the judge.
//!
//! May touch: the player's connection.

use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::enumeration::{
    DigitalSignatureAlgorithm, HashingAlgorithm, PaddingMethod, ValidityIndicator,
};
use strongroom_kmip::object::{KeyBlock, ManagedObject};
use strongroom_kmip::operation::{Data, RegisterRequest, SignRequest, SignatureVerifyRequest};
use strongroom_kmip::{
    CryptographicAlgorithm, CryptographicUsageMask as Usage, KeyFormatType, UniqueIdentifier,
};
use strongroom_secret::SecretBytes;

use super::super::player::{Played, Player, must, same, there};
use super::keys::{described, pair};
use super::objects::rsa_key;

/// What the vectors signed.
const MESSAGE: &[u8] = b"sample";

fn rsa() -> CryptographicParameters {
    CryptographicParameters {
        padding_method: Some(PaddingMethod::PKCS1_V1_5),
        hashing_algorithm: Some(HashingAlgorithm::SHA_256),
        digital_signature_algorithm: Some(DigitalSignatureAlgorithm::SHA_256_WITH_RSA_ENCRYPTION),
        cryptographic_algorithm: Some(CryptographicAlgorithm::RSA),
        ..CryptographicParameters::default()
    }
}

fn ecdsa() -> CryptographicParameters {
    CryptographicParameters {
        hashing_algorithm: Some(HashingAlgorithm::SHA_256),
        digital_signature_algorithm: Some(DigitalSignatureAlgorithm::ECDSA_WITH_SHA256),
        cryptographic_algorithm: Some(CryptographicAlgorithm::ECDSA),
        ..CryptographicParameters::default()
    }
}

fn signed(
    player: &mut Player,
    key: UniqueIdentifier,
    how: CryptographicParameters,
) -> Played<Vec<u8>> {
    let mut request = SignRequest::new(key, Data::copy_from(MESSAGE));
    request.cryptographic_parameters = Some(Box::new(how));
    there(
        "Signature Data",
        player.session.sign(request)?.signature_data,
    )
}

/// The signature fits the message, and no other one.
fn verified(
    player: &mut Player,
    key: &UniqueIdentifier,
    how: &CryptographicParameters,
    signature: &[u8],
) -> Played {
    for (message, wanted) in [
        (MESSAGE, ValidityIndicator::VALID),
        (b"another message", ValidityIndicator::INVALID),
    ] {
        let data = Data::copy_from(message);
        let mut request = SignatureVerifyRequest::new(key.clone(), data, signature.to_vec());
        request.cryptographic_parameters = Some(Box::new(how.clone()));
        let found = player.session.signature_verify(request)?.validity_indicator;
        same("Validity Indicator", &found, &Some(wanted))?;
    }
    Ok(())
}

pub(in super::super) fn sign_rsa(player: &mut Player) -> Played {
    let key = rsa_key(player, true)?;
    let key = player.active(key)?;
    let found = signed(player, key, rsa())?;
    let wanted = player.vector("rsa pkcs1 signature")?;
    must(found == wanted, "the signature is not that of openssl")
}

pub(in super::super) fn verify_rsa(player: &mut Player) -> Played {
    let key = rsa_key(player, false)?;
    let key = player.active(key)?;
    let signature = player.vector("rsa pkcs1 signature")?;
    verified(player, &key, &rsa(), &signature)
}

/// With a pair that the server made.
pub(in super::super) fn sign_p256(player: &mut Player) -> Played {
    let (private, public) = pair(player, CryptographicAlgorithm::ECDSA, 256)?;
    player.session.activate(private.clone())?;
    let signature = signed(player, private, ecdsa())?;
    let object = player.session.get(public)?.object;
    let block = there("the key block", object.key_block())?;
    let key = there("the public key", block.plain_key())?.expose();
    // A Subject Public Key Info ends with the point (RFC 5480, 2.2).
    let point = there("the point", key.last_chunk::<65>())?;
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point);
    let good = key.verify(MESSAGE, &signature).is_ok();
    must(good, "ring says that the signature is not good")?;
    let other = key.verify(b"another message", &signature).is_err();
    must(other, "the signature fits another message")
}

pub(in super::super) fn verify_p256(player: &mut Player) -> Played {
    let key = SecretBytes::copy_from(&player.vector("p256 public x509")?);
    let mut block = KeyBlock::new(KeyFormatType::X_509, key);
    block.cryptographic_algorithm = Some(CryptographicAlgorithm::ECDSA);
    block.cryptographic_length = Some(256);
    let name = player.name("object");
    let attributes = described(&name, CryptographicAlgorithm::ECDSA, 256, Usage::VERIFY);
    let object = ManagedObject::PublicKey(block);
    let key = player.active(RegisterRequest::new(object, attributes))?;
    let signature = player.vector("p256 signature")?;
    verified(player, &key, &ecdsa(), &signature)
}
