//! Get with a Key Wrapping Specification.

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt, KeyInit};
use strongroom_kmip::attribute::{Attribute, AttributeValue, CryptographicParameters};
use strongroom_kmip::enumeration::{BlockCipherMode, EncodingOption, WrappingMethod};
use strongroom_kmip::object::{
    KeyInformation, KeyMaterial, KeyValue, KeyWrappingSpecification, ManagedObject,
};
use strongroom_kmip::operation::{GetRequest, Request, Response};
use strongroom_kmip::{CryptographicUsageMask, ProtocolVersion, ResultReason};
use strongroom_server::testing::TestServer;

use crate::calls::*;
use crate::client::Client;

/// The key that wraps in RFC 3394, 4.6, and the key that is wrapped there.
fn keys() -> ([u8; 32], [u8; 32]) {
    let kek = std::array::from_fn(|at| u8::try_from(at).unwrap());
    let key = std::array::from_fn(|at| match u8::try_from(at).unwrap() {
        at @ 0..16 => at * 0x11,
        at => at - 16,
    });
    (kek, key)
}

/// RFC 3394, 2.2.2, under the key of 4.6.
fn unwrapped(wrapped: &[u8]) -> Vec<u8> {
    let cipher = Aes256::new_from_slice(&keys().0).unwrap();
    let mut first: [u8; 8] = wrapped[..8].try_into().unwrap();
    let mut halves: Vec<[u8; 8]> = wrapped[8..].as_chunks().0.to_vec();
    for round in (0..6).rev() {
        for at in (0..halves.len()).rev() {
            let step = u64::try_from(halves.len() * round + at + 1).unwrap();
            let counted = u64::from_be_bytes(first) ^ step;
            let both = [counted.to_be_bytes(), halves[at]].concat();
            let mut block = aes::Block::try_from(&both[..]).unwrap();
            cipher.decrypt_block(&mut block);
            first = block[..8].try_into().unwrap();
            halves[at] = block[8..].try_into().unwrap();
        }
    }
    assert_eq!(first, [0xA6; 8]);
    halves.concat()
}

async fn brought(client: &mut Client, octets: &[u8], mask: u32, more: Vec<Attribute>) -> String {
    let mut request = register(ManagedObject::SymmetricKey(raw(octets)), more);
    if let Request::Register(request) = &mut request {
        let mask = AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(mask));
        request.template_attribute.attributes[0] = mask.into();
    }
    match client.send(request).await.unwrap() {
        Response::Register(made) => made.unique_identifier.to_string(),
        other => panic!("{other:?}"),
    }
}

fn how(uid: &str, encoding: Option<EncodingOption>) -> KeyWrappingSpecification {
    let mut out = KeyWrappingSpecification::new(WrappingMethod::ENCRYPT);
    let mut key = KeyInformation::new(uid);
    key.cryptographic_parameters = Some(CryptographicParameters {
        block_cipher_mode: Some(BlockCipherMode::NISTKEYWRAP),
        ..CryptographicParameters::default()
    });
    out.encryption_key_information = Some(key);
    out.encoding_option = encoding;
    out
}

async fn got(
    client: &mut Client,
    uid: &str,
    how: KeyWrappingSpecification,
) -> Result<Vec<u8>, ResultReason> {
    let mut request = GetRequest::new(uid);
    request.key_wrapping_specification = Some(Box::new(how.clone()));
    let answer = match client.send(Request::Get(request)).await {
        Ok(Response::Get(answer)) => answer,
        Ok(other) => panic!("{other:?}"),
        Err(error) => return Err(error.reason().unwrap()),
    };
    let block = answer.object.key_block().unwrap();
    let data = block.key_wrapping_data.as_ref().unwrap();
    assert_eq!(data.wrapping_method, WrappingMethod::ENCRYPT);
    assert_eq!(data.encoding_option, how.encoding_option);
    assert_eq!(
        data.encryption_key_information,
        how.encryption_key_information
    );
    match block.key_value.as_ref().unwrap() {
        KeyValue::Wrapped(octets) => {
            assert_ne!(how.encoding_option, Some(EncodingOption::NO_ENCODING));
            Ok(octets.expose().to_vec())
        }
        KeyValue::Plain {
            material: KeyMaterial::Bytes(octets),
            ..
        } => {
            assert_eq!(how.encoding_option, Some(EncodingOption::NO_ENCODING));
            Ok(octets.expose().to_vec())
        }
        other => panic!("{other:?}"),
    }
}

/// RFC 3394, 4.6, on the wire, where the key has its place as in the published cases TC-WRAP of
/// OASIS; and the Key Value as TTLV, which is what no option means.
#[tokio::test]
async fn a_key_is_given_wrapped_bare_or_as_ttlv_at_every_version() {
    let server = TestServer::start().await.unwrap();
    let (kek, key) = keys();
    let expected = [
        0x28C9_F404_C4B8_10F4_u64,
        0xCBCC_B35C_FB87_F826,
        0x3F57_86E2_D80E_D326,
        0xCBC7_F0E7_1A99_F43B,
        0xFB98_8B9B_7A02_DD21,
    ]
    .map(u64::to_be_bytes)
    .concat();
    for version in VERSIONS {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let wrapping = brought(&mut client, &kek, 0x10, vec![]).await;
        activate(&mut client, &wrapping).await.unwrap();
        let uid = brought(&mut client, &key, 12, vec![]).await;
        if version >= ProtocolVersion::V1_1 {
            let bare = how(&wrapping, Some(EncodingOption::NO_ENCODING));
            let found = got(&mut client, &uid, bare).await;
            assert_eq!(found, Ok(expected.clone()), "{version}");
        }
        let found = got(&mut client, &uid, how(&wrapping, None)).await.unwrap();
        // Key Value, in it Key Material.
        let mut value = b"\x42\0\x45\x01\0\0\0\x28\x42\0\x43\x08\0\0\0\x20".to_vec();
        value.extend(key);
        assert_eq!(unwrapped(&found), value, "{version}");
    }
}

#[tokio::test]
async fn a_sensitive_key_leaves_wrapped_and_one_that_is_not_extractable_never() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let (kek, key_octets) = keys();
    let wrapping = brought(&mut client, &kek, 0x10, vec![]).await;
    activate(&mut client, &wrapping).await.unwrap();
    let sensitive = vec![AttributeValue::Sensitive(true).into()];
    let sensitive = brought(&mut client, &key_octets, 12, sensitive).await;
    assert_eq!(
        reason(key(&mut client, &sensitive).await),
        ResultReason::SENSITIVE
    );
    got(&mut client, &sensitive, how(&wrapping, None))
        .await
        .unwrap();
    let inside = vec![AttributeValue::Extractable(false).into()];
    let inside = brought(&mut client, &key_octets, 12, inside).await;
    let refused = got(&mut client, &inside, how(&wrapping, None)).await;
    assert_eq!(refused, Err(ResultReason::NOT_EXTRACTABLE));
}

#[tokio::test]
async fn what_cannot_wrap_is_refused_and_2_x_says_that_it_is_the_wrapping_key() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let (kek, key_octets) = keys();
    let uid = brought(&mut client, &key_octets, 12, vec![]).await;
    let early = brought(&mut client, &kek, 0x10, vec![]).await;
    let unmasked = brought(&mut client, &kek, 12, vec![]).await;
    activate(&mut client, &unmasked).await.unwrap();
    let good = brought(&mut client, &kek, 0x10, vec![]).await;
    activate(&mut client, &good).await.unwrap();
    let mut other_mode = how(&good, None);
    let information = other_mode.encryption_key_information.as_mut().unwrap();
    information.cryptographic_parameters = None;
    let mut mac = how(&good, None);
    mac.mac_signature_key_information = Some(KeyInformation::new(&*good));
    let (denied, feature) = (
        ResultReason::PERMISSION_DENIED,
        ResultReason::FEATURE_NOT_SUPPORTED,
    );
    for (how, expected) in [
        (how(&early, None), denied),
        (how(&unmasked, None), denied),
        (how("absent", None), ResultReason::ITEM_NOT_FOUND),
        (other_mode, feature),
        (mac, feature),
        (
            KeyWrappingSpecification::new(WrappingMethod::ENCRYPT),
            feature,
        ),
    ] {
        assert_eq!(got(&mut client, &uid, how).await, Err(expected));
    }
    let mut client = client.at(ProtocolVersion::V2_1);
    let absent = got(&mut client, &uid, how("absent", None)).await;
    assert_eq!(absent, Err(ResultReason::WRAPPING_OBJECT_NOT_FOUND));
}
