//! Create, Create Key Pair, Re-key, Get plain and wrapped.
//!
//! May touch: the player's connection.

use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::enumeration::{BlockCipherMode, EncodingOption, WrappingMethod};
use strongroom_kmip::object::{
    KeyBlock, KeyInformation, KeyMaterial, KeyValue, KeyWrappingSpecification, ManagedObject,
};
use strongroom_kmip::operation::{
    CreateKeyPairRequest, CreateRequest, GetRequest, ReKeyRequest, RegisterRequest,
};
use strongroom_kmip::{
    Attribute, AttributeValue, CryptographicAlgorithm, CryptographicUsageMask as Usage, Name,
    ObjectType, TemplateAttribute, UniqueIdentifier,
};
use strongroom_secret::SecretBytes;

use super::super::player::{Played, Player, must, same, there};
use super::octets;

/// Attributes of a key with a Name.
pub(in super::super) fn described(
    name: &str,
    algorithm: CryptographicAlgorithm,
    length: i32,
    usage: Usage,
) -> Vec<Attribute> {
    vec![
        Name::text(name).into(),
        AttributeValue::CryptographicAlgorithm(algorithm).into(),
        AttributeValue::CryptographicLength(length).into(),
        AttributeValue::CryptographicUsageMask(usage).into(),
    ]
}

/// Create of an AES key.
pub(in super::super) fn aes(name: &str, length: i32, usage: Usage) -> CreateRequest {
    CreateRequest::symmetric_key(described(name, CryptographicAlgorithm::AES, length, usage))
}

/// Register of a symmetric key whose octets are known.
pub(in super::super) fn known(
    name: &str,
    algorithm: CryptographicAlgorithm,
    key: &[u8],
    usage: Usage,
) -> RegisterRequest {
    let length = i32::try_from(key.len())
        .unwrap_or_default()
        .saturating_mul(8);
    RegisterRequest::new(
        ManagedObject::SymmetricKey(KeyBlock::raw(algorithm, SecretBytes::copy_from(key))),
        described(name, algorithm, length, usage),
    )
}

pub(in super::super) fn create(player: &mut Player) -> Played {
    let id = player.created(256, Usage::ENCRYPT | Usage::DECRYPT)?;
    let other = player.created(256, Usage::ENCRYPT | Usage::DECRYPT)?;
    must(id != other, "two keys have one Unique Identifier")?;
    let mut keys = Vec::new();
    for id in [id, other] {
        let answer = player.session.get(id.clone())?;
        same("Unique Identifier", &answer.unique_identifier, &id)?;
        let ManagedObject::SymmetricKey(block) = answer.object else {
            return must(false, "the object is no Symmetric Key");
        };
        let algorithm = block.cryptographic_algorithm;
        same("algorithm", &algorithm, &Some(CryptographicAlgorithm::AES))?;
        keys.push(there("the key", block.plain_key())?.duplicate());
    }
    must(
        keys.iter().all(|key| key.len() == 32),
        "a key has not 256 bits",
    )?;
    must(
        keys.first().map(SecretBytes::expose) != keys.last().map(SecretBytes::expose),
        "two keys have the same octets",
    )
}

/// A pair for signatures: private and public key.
pub(in super::super) fn pair(
    player: &mut Player,
    algorithm: CryptographicAlgorithm,
    length: i32,
) -> Played<(UniqueIdentifier, UniqueIdentifier)> {
    let mut request = CreateKeyPairRequest::new(vec![
        AttributeValue::CryptographicAlgorithm(algorithm).into(),
        AttributeValue::CryptographicLength(length).into(),
    ]);
    let half = |name: String, usage| -> Option<TemplateAttribute> {
        let usage = AttributeValue::CryptographicUsageMask(usage);
        Some(vec![Name::text(name).into(), usage.into()].into())
    };
    request.private_key_attributes = half(player.name("private"), Usage::SIGN);
    request.public_key_attributes = half(player.name("public"), Usage::VERIFY);
    let answer = player.session.create_key_pair(request)?;
    Ok((
        answer.private_key_unique_identifier,
        answer.public_key_unique_identifier,
    ))
}

/// Makes a pair, gets both keys, and gives their octets, which say algorithm and length.
fn created_pair(
    player: &mut Player,
    algorithm: CryptographicAlgorithm,
    length: i32,
) -> Played<(SecretBytes, SecretBytes)> {
    let (private, public) = pair(player, algorithm, length)?;
    must(private != public, "both keys have one Unique Identifier")?;
    let mut get = |id, wanted| -> Played<SecretBytes> {
        let object = player.session.get(id)?.object;
        same("object type", &object.object_type(), &wanted)?;
        let block = there("the key block", object.key_block())?;
        same(
            "algorithm",
            &block.cryptographic_algorithm,
            &Some(algorithm),
        )?;
        same("length", &block.cryptographic_length, &Some(length))?;
        Ok(there("the key", block.plain_key())?.duplicate())
    };
    Ok((
        get(private, ObjectType::PRIVATE_KEY)?,
        get(public, ObjectType::PUBLIC_KEY)?,
    ))
}

pub(in super::super) fn create_rsa_pair(player: &mut Player) -> Played {
    let (private, public) = created_pair(player, CryptographicAlgorithm::RSA, 2048)?;
    // RSAPublicKey of RFC 8017, A.1.1: two heads and a zero octet, then the modulus.
    let modulus = there("the modulus", public.expose().get(9..265))?;
    let mut parts = private.expose().windows(modulus.len());
    must(parts.any(|part| part == modulus), "the keys are no pair")
}

pub(in super::super) fn create_p256_pair(player: &mut Player) -> Played {
    let (private, public) = created_pair(player, CryptographicAlgorithm::ECDSA, 256)?;
    // Both end with the public point (RFC 5480, 2.2, and RFC 5915, 3).
    let point = there("the point", public.expose().last_chunk::<65>())?;
    must(private.expose().ends_with(point), "the keys are no pair")
}

pub(in super::super) fn re_key(player: &mut Player) -> Played {
    let old = player.created(256, Usage::ENCRYPT)?;
    player.session.activate(old.clone())?;
    let answer = player.session.re_key(ReKeyRequest::new(old.clone()))?;
    let new = answer.unique_identifier;
    must(new != old, "the new key has the old identifier")?;
    let mut keys = Vec::new();
    for id in [old, new] {
        let object = player.session.get(id)?.object;
        let block = there("the key block", object.key_block())?;
        keys.push(there("the key", block.plain_key())?.duplicate());
    }
    must(
        keys.first().map(SecretBytes::expose) != keys.last().map(SecretBytes::expose),
        "the new key has the old octets",
    )
}

/// RFC 3394, 4.1: 128 bits of key data under a KEK of 128 bits.
pub(in super::super) fn get_wrapped(player: &mut Player) -> Played {
    let name = player.name("kek");
    let kek = octets("000102030405060708090A0B0C0D0E0F");
    let usage = Usage::WRAP_KEY | Usage::UNWRAP_KEY;
    let kek = player.active(known(&name, CryptographicAlgorithm::AES, &kek, usage))?;
    let name = player.name("wrapped");
    let key = octets("00112233445566778899AABBCCDDEEFF");
    let key = known(&name, CryptographicAlgorithm::AES, &key, Usage::ENCRYPT);
    let key = player.session.register(key)?.unique_identifier;

    let mut how = KeyWrappingSpecification::new(WrappingMethod::ENCRYPT);
    how.encryption_key_information = Some(KeyInformation {
        unique_identifier: kek,
        cryptographic_parameters: Some(CryptographicParameters {
            block_cipher_mode: Some(BlockCipherMode::NISTKEYWRAP),
            ..CryptographicParameters::default()
        }),
    });
    how.encoding_option = Some(EncodingOption::NO_ENCODING);
    let mut request = GetRequest::new(key);
    request.key_wrapping_specification = Some(Box::new(how));
    let object = player.session.call(request)?.object;
    let block = there("the key block", object.key_block())?;
    let method = block
        .key_wrapping_data
        .as_ref()
        .map(|data| data.wrapping_method);
    same("wrapping method", &method, &Some(WrappingMethod::ENCRYPT))?;
    let wrapped = match &block.key_value {
        Some(KeyValue::Plain {
            material: KeyMaterial::Bytes(octets),
            ..
        }) => Some(octets.expose()),
        Some(KeyValue::Wrapped(octets)) => Some(octets.expose()),
        _ => None,
    };
    let wrapped = there("the wrapped key", wrapped)?;
    let wanted = octets("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5");
    must(wrapped == wanted, "the wrapped key is not that of RFC 3394")
}
