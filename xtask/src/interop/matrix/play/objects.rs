//! Register, once for each object type; each object comes back by Get as it went.
//!
//! May touch: the player's connection.

use strongroom_kmip::attribute::Attribute;
use strongroom_kmip::enumeration::{
    CertificateRequestType, CertificateType, OpaqueDataType, SecretDataType, SplitKeyMethod,
};
use strongroom_kmip::object::{
    Certificate, CertificateRequest, KeyBlock, ManagedObject, OpaqueObject, PgpKey, SecretData,
    SplitKey, Template,
};
use strongroom_kmip::operation::RegisterRequest;
use strongroom_kmip::{
    AttributeValue, CryptographicAlgorithm, CryptographicUsageMask as Usage, KeyFormatType, Name,
};
use strongroom_secret::SecretBytes;

use super::super::player::{Played, Player, must, same, there};
use super::keys::described;
use super::octets;

/// The octets of an object, whatever it is.
pub(in super::super) fn content(object: &ManagedObject) -> Option<&[u8]> {
    match object {
        ManagedObject::Certificate(certificate) => Some(&certificate.value),
        ManagedObject::OpaqueObject(opaque) => Some(opaque.value.expose()),
        ManagedObject::CertificateRequest(request) => Some(&request.certificate_request_value),
        other => Some(other.key_block()?.plain_key()?.expose()),
    }
}

/// Registers the object and gets it back.
fn round_trip(player: &mut Player, object: ManagedObject, attributes: Vec<Attribute>) -> Played {
    let sent = object.duplicate();
    let request = RegisterRequest::new(object, attributes);
    let id = player.session.register(request)?.unique_identifier;
    let found = player.session.get(id)?.object;
    same("object type", &found.object_type(), &sent.object_type())?;
    let length = |object: &ManagedObject| object.key_block()?.cryptographic_length;
    same("length", &length(&found), &length(&sent))?;
    let found = there("the octets", content(&found))?;
    must(Some(found) == content(&sent), "Get gives other octets")
}

fn named(player: &mut Player, usage: Usage) -> Vec<Attribute> {
    vec![
        Name::text(player.name("object")).into(),
        AttributeValue::CryptographicUsageMask(usage).into(),
    ]
}

fn key_of_128_bits() -> KeyBlock {
    // NIST SP 800-38A, F.1.1
    let key = octets("2b7e151628aed2a6abf7158809cf4f3c");
    KeyBlock::raw(CryptographicAlgorithm::AES, SecretBytes::copy_from(&key))
}

pub(in super::super) fn symmetric_key(player: &mut Player) -> Played {
    let name = player.name("object");
    let attributes = described(&name, CryptographicAlgorithm::AES, 128, Usage::ENCRYPT);
    round_trip(
        player,
        ManagedObject::SymmetricKey(key_of_128_bits()),
        attributes,
    )
}

/// An RSA key of the vectors as PKCS#1, with its attributes.
pub(in super::super) fn rsa_key(player: &mut Player, private: bool) -> Played<RegisterRequest> {
    let name = if private {
        "rsa private pkcs1"
    } else {
        "rsa public pkcs1"
    };
    let key = SecretBytes::copy_from(&player.vector(name)?);
    let mut block = KeyBlock::new(KeyFormatType::PKCS_1, key);
    block.cryptographic_algorithm = Some(CryptographicAlgorithm::RSA);
    block.cryptographic_length = Some(2048);
    let (object, usage) = if private {
        (ManagedObject::PrivateKey(block), Usage::SIGN)
    } else {
        (ManagedObject::PublicKey(block), Usage::VERIFY)
    };
    let name = player.name("object");
    let attributes = described(&name, CryptographicAlgorithm::RSA, 2048, usage);
    Ok(RegisterRequest::new(object, attributes))
}

fn half(player: &mut Player, private: bool) -> Played {
    let request = rsa_key(player, private)?;
    round_trip(
        player,
        request.object,
        request.template_attribute.attributes,
    )
}

pub(in super::super) fn private_key(player: &mut Player) -> Played {
    half(player, true)
}

pub(in super::super) fn public_key(player: &mut Player) -> Played {
    half(player, false)
}

pub(in super::super) fn certificate(player: &mut Player) -> Played {
    let der = player.certificate.clone();
    let attributes = named(player, Usage::VERIFY);
    let object = ManagedObject::Certificate(Certificate::new(CertificateType::X_509, der));
    round_trip(player, object, attributes)
}

pub(in super::super) fn secret_data(player: &mut Player) -> Played {
    let block = KeyBlock::new(KeyFormatType::OPAQUE, SecretBytes::copy_from(b"a password"));
    let secret = SecretData::new(SecretDataType::PASSWORD, block);
    let attributes = named(player, Usage::DERIVE_KEY);
    round_trip(player, ManagedObject::SecretData(secret), attributes)
}

pub(in super::super) fn opaque_object(player: &mut Player) -> Played {
    let value = SecretBytes::copy_from(b"octets that mean nothing to the server");
    // No value of Opaque Data Type is in the specification; those of vendors begin with 8.
    let opaque = OpaqueObject::new(OpaqueDataType::new(0x8000_0000), value);
    let attributes = vec![Name::text(player.name("object")).into()];
    round_trip(player, ManagedObject::OpaqueObject(opaque), attributes)
}

pub(in super::super) fn split_key(player: &mut Player) -> Played {
    let split = SplitKey {
        split_key_parts: 3,
        key_part_identifier: 1,
        split_key_threshold: 3,
        split_key_method: SplitKeyMethod::XOR,
        prime_field_size: None,
        key_block: key_of_128_bits(),
    };
    let name = player.name("object");
    let attributes = described(&name, CryptographicAlgorithm::AES, 128, Usage::ENCRYPT);
    round_trip(player, ManagedObject::SplitKey(Box::new(split)), attributes)
}

pub(in super::super) fn template(player: &mut Player) -> Played {
    let length = AttributeValue::CryptographicLength(256);
    let object = ManagedObject::Template(Template {
        attributes: vec![length.into()],
    });
    let attributes: Vec<Attribute> = vec![Name::text(player.name("object")).into()];
    let request = RegisterRequest::new(object, attributes);
    let id = player.session.register(request)?.unique_identifier;
    let ManagedObject::Template(found) = player.session.get(id)?.object else {
        return must(false, "the object is no Template");
    };
    let length = AttributeValue::CryptographicLength(256);
    let has = found.attributes.iter().any(|one| one.value == length);
    must(has, "the Template lost its attribute")
}

pub(in super::super) fn pgp_key(player: &mut Player) -> Played {
    let block = KeyBlock::new(KeyFormatType::RAW, SecretBytes::copy_from(b"a packet"));
    let key = ManagedObject::PgpKey(PgpKey {
        pgp_key_version: 4,
        key_block: block,
    });
    let attributes = named(player, Usage::VERIFY);
    round_trip(player, key, attributes)
}

pub(in super::super) fn certificate_request(player: &mut Player) -> Played {
    let request = ManagedObject::CertificateRequest(CertificateRequest {
        certificate_request_type: CertificateRequestType::PKCS_10,
        certificate_request_value: octets("3003020100"),
    });
    let attributes = vec![Name::text(player.name("object")).into()];
    round_trip(player, request, attributes)
}
