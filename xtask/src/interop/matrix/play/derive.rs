//! Derive Key: the answers of the standards, got back by Get.
//!
//! May touch: the player's connection.

use strongroom_kmip::attribute::{Attribute, CryptographicParameters};
use strongroom_kmip::enumeration::{
    BlockCipherMode, DerivationMethod, HashingAlgorithm, PaddingMethod, SecretDataType,
};
use strongroom_kmip::object::{KeyBlock, ManagedObject, SecretData};
use strongroom_kmip::operation::{DeriveKeyRequest, RegisterRequest};
use strongroom_kmip::structure::DerivationParameters;
use strongroom_kmip::{
    AttributeValue, CryptographicAlgorithm, CryptographicUsageMask as Usage, KeyFormatType, Name,
    ObjectType, UniqueIdentifier,
};
use strongroom_secret::SecretBytes;

use super::super::player::{Played, Player, must, there};
use super::keys::known;
use super::objects::content;
use super::octets;

fn hashed(algorithm: HashingAlgorithm) -> CryptographicParameters {
    CryptographicParameters {
        hashing_algorithm: Some(algorithm),
        ..CryptographicParameters::default()
    }
}

/// Secret Data to derive from.
fn secret(player: &mut Player, octets: &[u8]) -> Played<UniqueIdentifier> {
    let block = KeyBlock::new(KeyFormatType::OPAQUE, SecretBytes::copy_from(octets));
    let secret = SecretData::new(SecretDataType::PASSWORD, block);
    let attributes: Vec<Attribute> = vec![
        Name::text(player.name("base")).into(),
        AttributeValue::CryptographicUsageMask(Usage::DERIVE_KEY).into(),
    ];
    player.active(RegisterRequest::new(
        ManagedObject::SecretData(secret),
        attributes,
    ))
}

/// Derives Secret Data of the answer's length, which must be the answer.
fn derive(
    player: &mut Player,
    base: UniqueIdentifier,
    (method, parameters): (DerivationMethod, DerivationParameters),
    answer: &[u8],
) -> Played {
    let bits = i32::try_from(answer.len())
        .unwrap_or_default()
        .saturating_mul(8);
    let attributes: Vec<Attribute> = vec![
        Name::text(player.name("derived")).into(),
        AttributeValue::CryptographicLength(bits).into(),
        AttributeValue::CryptographicUsageMask(Usage::DERIVE_KEY).into(),
    ];
    let derived = player.session.derive_key(DeriveKeyRequest {
        object_type: ObjectType::SECRET_DATA,
        unique_identifiers: vec![base],
        derivation_method: method,
        derivation_parameters: parameters,
        template_attribute: attributes.into(),
    })?;
    let object = player.session.get(derived.unique_identifier)?.object;
    let found = there("the octets", content(&object))?;
    must(
        found == answer,
        "the derived octets are not those of the standard",
    )
}

/// RFC 6070, 2, the first vector.
pub(in super::super) fn pbkdf2(player: &mut Player) -> Played {
    let base = secret(player, b"password")?;
    let mut parameters = DerivationParameters::default();
    parameters.cryptographic_parameters = Some(hashed(HashingAlgorithm::SHA_1));
    parameters.salt = Some(b"salt".to_vec());
    parameters.iteration_count = Some(1);
    let answer = octets("0c60c80f961f0e71f3a9b524af6012062fe037a6");
    derive(
        player,
        base,
        (DerivationMethod::PBKDF2, parameters),
        &answer,
    )
}

/// FIPS 180-4's example: SHA-256 of "abc".
pub(in super::super) fn hash(player: &mut Player) -> Played {
    let base = secret(player, b"abc")?;
    let mut parameters = DerivationParameters::default();
    parameters.cryptographic_parameters = Some(hashed(HashingAlgorithm::SHA_256));
    let answer = octets("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    derive(player, base, (DerivationMethod::HASH, parameters), &answer)
}

/// RFC 4231, 4.2.
pub(in super::super) fn hmac(player: &mut Player) -> Played {
    let base = secret(player, &[0x0b; 20])?;
    let mut parameters = DerivationParameters::default();
    parameters.cryptographic_parameters = Some(hashed(HashingAlgorithm::SHA_256));
    parameters.derivation_data = vec![SecretBytes::copy_from(b"Hi There")];
    let answer = octets("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    derive(player, base, (DerivationMethod::HMAC, parameters), &answer)
}

/// NIST SP 800-38A, F.2.1, the first block; what padding adds is cut off.
pub(in super::super) fn encrypt(player: &mut Player) -> Played {
    let name = player.name("base");
    let key = octets("2b7e151628aed2a6abf7158809cf4f3c");
    let key = known(&name, CryptographicAlgorithm::AES, &key, Usage::DERIVE_KEY);
    let base = player.active(key)?;
    let mut parameters = DerivationParameters::default();
    let mut how = CryptographicParameters {
        block_cipher_mode: Some(BlockCipherMode::CBC),
        padding_method: Some(PaddingMethod::PKCS5),
        ..CryptographicParameters::default()
    };
    if player.version >= strongroom_kmip::ProtocolVersion::V1_2 {
        how.cryptographic_algorithm = Some(CryptographicAlgorithm::AES);
    }
    parameters.cryptographic_parameters = Some(how);
    parameters.initialization_vector = Some(octets("000102030405060708090a0b0c0d0e0f"));
    let data = octets("6bc1bee22e409f96e93d7e117393172a");
    parameters.derivation_data = vec![SecretBytes::copy_from(&data)];
    let answer = octets("7649abac8119b246cee98e9b12e9197d");
    derive(
        player,
        base,
        (DerivationMethod::ENCRYPT, parameters),
        &answer,
    )
}
