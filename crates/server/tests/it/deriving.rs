//! Derive Key against published answers, Export and Import.

use strongroom_kmip::attribute::{Attribute, AttributeValue, CryptographicParameters, Link};
use strongroom_kmip::enumeration::{
    BlockCipherMode, DerivationMethod, HashingAlgorithm, LinkType, ObjectType, SecretDataType,
    State,
};
use strongroom_kmip::object::{KeyBlock, ManagedObject, SecretData};
use strongroom_kmip::operation::{
    DeriveKeyRequest, ExportRequest, ExportResponse, GetRequest, ImportRequest, Request, Response,
};
use strongroom_kmip::structure::DerivationParameters;
use strongroom_kmip::{
    CryptographicAlgorithm, CryptographicUsageMask, DateTime, KeyFormatType, ProtocolVersion,
    ResultReason, RevocationReasonCode, TemplateAttribute,
};
use strongroom_secret::SecretBytes;
use strongroom_server::testing::TestServer;

use crate::calls::*;
use crate::client::{Client, name};

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// Registers Secret Data from which may be derived, and activates it.
async fn base(client: &mut Client, octets: &[u8]) -> String {
    let block = KeyBlock::new(KeyFormatType::OPAQUE, SecretBytes::copy_from(octets));
    let object = ManagedObject::SecretData(SecretData::new(SecretDataType::SEED, block));
    let mask = AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(0x200));
    let mut request = register(object, vec![]);
    if let Request::Register(request) = &mut request {
        request.template_attribute = TemplateAttribute::new(vec![mask.into()]);
    }
    let Response::Register(made) = client.send(request).await.unwrap() else {
        panic!("not an answer to Register");
    };
    let uid = made.unique_identifier.to_string();
    activate(client, &uid).await.unwrap();
    uid
}

fn wanted(
    uids: &[&str],
    method: DerivationMethod,
    parameters: DerivationParameters,
    bits: i32,
) -> DeriveKeyRequest {
    DeriveKeyRequest {
        object_type: ObjectType::SECRET_DATA,
        unique_identifiers: uids.iter().map(|uid| (*uid).into()).collect(),
        derivation_method: method,
        derivation_parameters: parameters,
        template_attribute: TemplateAttribute::new(vec![
            AttributeValue::CryptographicLength(bits).into(),
        ]),
    }
}

async fn derive(client: &mut Client, request: DeriveKeyRequest) -> Result<String, ResultReason> {
    match client.send(Request::DeriveKey(request)).await {
        Ok(Response::DeriveKey(made)) => Ok(made.unique_identifier.to_string()),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.reason().unwrap()),
    }
}

fn with(hash: Option<HashingAlgorithm>, data: Option<&[u8]>) -> DerivationParameters {
    let mut out = DerivationParameters::default();
    out.cryptographic_parameters = hash.map(|hash| CryptographicParameters {
        hashing_algorithm: Some(hash),
        ..CryptographicParameters::default()
    });
    out.derivation_data = data.map(SecretBytes::copy_from).into_iter().collect();
    out
}

const SHA_256: Option<HashingAlgorithm> = Some(HashingAlgorithm::SHA_256);

fn salted(hash: Option<HashingAlgorithm>, rounds: i32) -> DerivationParameters {
    let mut out = with(hash, None);
    out.salt = Some(b"salt".to_vec());
    out.iteration_count = Some(rounds);
    out
}

/// RFC 6070 and the published cases TC-DERIVEKEY-1 and 5 of OASIS; RFC 4231, 4.2; the first of
/// NIST's vectors for counter mode with HMAC-SHA-256 and a counter of 32 bits before the fixed
/// input; NIST SP 800-38A, F.2.1.
#[tokio::test]
async fn derived_keys_are_the_published_ones_at_every_version() {
    let mut cbc = with(None, Some(&hex("6bc1bee22e409f96e93d7e117393172a")));
    cbc.cryptographic_parameters = Some(CryptographicParameters {
        block_cipher_mode: Some(BlockCipherMode::CBC),
        ..CryptographicParameters::default()
    });
    cbc.initialization_vector = Some(hex("000102030405060708090a0b0c0d0e0f"));
    let fixed = hex(concat!(
        "01322b96b30acd197979444e468e1c5c6859bf1b1cf951b7e725303e237e46b864a145fab25e517b0",
        "8f8683d0315bb2911d80a0e8aba17f3b413faac"
    ));
    let rows = [
        (
            DerivationMethod::PBKDF2,
            b"password".to_vec(),
            salted(None, 4096),
            "4b007901b765489abead49d926f721d0",
        ),
        (
            DerivationMethod::PBKDF2,
            b"password".to_vec(),
            salted(SHA_256, 4096),
            "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a",
        ),
        (
            DerivationMethod::HASH,
            hex("00112233445566778899aabbccddeeff"),
            with(SHA_256, None),
            "a8faed6abbf35c12a4b26e40f6feb19d",
        ),
        (
            DerivationMethod::HMAC,
            vec![0x0B; 20],
            with(SHA_256, Some(b"Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            DerivationMethod::NIST800_108_C,
            hex("dd1d91b7d90b2bd3138533ce92b272fbf8a369316aefe242e659cc0ae238afe0"),
            with(SHA_256, Some(&fixed)),
            "10621342bfb0fd40046c0e29f2cfdbf0",
        ),
        (
            DerivationMethod::ENCRYPT,
            hex("2b7e151628aed2a6abf7158809cf4f3c"),
            cbc,
            "7649abac8119b246cee98e9b12e9197d",
        ),
    ];
    let server = TestServer::start().await.unwrap();
    for (method, key_octets, parameters, expected) in &rows {
        let mut client = Client::connect(&server, "node-1").await;
        let uid = base(&mut client, key_octets).await;
        for version in VERSIONS {
            let mut client = Client::connect(&server, "node-1").await.at(version);
            let mut copy = with(None, None);
            copy.cryptographic_parameters
                .clone_from(&parameters.cryptographic_parameters);
            copy.salt.clone_from(&parameters.salt);
            copy.iteration_count = parameters.iteration_count;
            copy.initialization_vector
                .clone_from(&parameters.initialization_vector);
            let data = parameters.derivation_data.iter();
            copy.derivation_data = data.map(SecretBytes::duplicate).collect();
            let bits = i32::try_from(expected.len() * 4).unwrap();
            let made = derive(&mut client, wanted(&[&uid], *method, copy, bits)).await;
            let made = made.unwrap();
            let found = key(&mut client, &made).await.unwrap();
            assert_eq!(found, hex(expected), "{method} {version}");
            let links = attributes(&mut client, &made, &["Link"]).await;
            let link = Link::new(LinkType::DERIVATION_BASE_OBJECT_LINK, uid.as_str());
            assert_eq!(links, [AttributeValue::Link(link)]);
            let links = attributes(&mut client, &uid, &["Link"]).await;
            let link = Link::new(LinkType::DERIVED_KEY_LINK, made.as_str());
            assert_eq!(links.last(), Some(&AttributeValue::Link(link)));
        }
    }
}

/// RFC 5869, A.1. HKDF came with KMIP 2.0.
#[tokio::test]
async fn hkdf_gives_the_published_answer() {
    let server = TestServer::start().await.unwrap();
    let client = Client::connect(&server, "node-1").await;
    let mut client = client.at(ProtocolVersion::V2_0);
    let uid = base(&mut client, &[0x0B; 22]).await;
    let mut parameters = with(SHA_256, Some(&hex("f0f1f2f3f4f5f6f7f8f9")));
    parameters.salt = Some(hex("000102030405060708090a0b0c"));
    let request = wanted(&[&uid], DerivationMethod::HKDF, parameters, 42 * 8);
    let made = derive(&mut client, request).await.unwrap();
    let expected = hex(concat!(
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
        "34007208d5b887185865"
    ));
    assert_eq!(key(&mut client, &made).await.unwrap(), expected);
}

#[tokio::test]
async fn a_symmetric_key_is_derived_and_its_data_may_lie_in_another_object() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let uid = base(&mut client, &[0x0B; 20]).await;
    let data = base(&mut client, b"Hi There").await;
    let method = DerivationMethod::HMAC;
    let mut request = wanted(&[&uid, &data], method, with(SHA_256, None), 128);
    request.object_type = ObjectType::SYMMETRIC_KEY;
    let more: [Attribute; 3] = [
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into(),
        AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(12)).into(),
        name("derived"),
    ];
    request.template_attribute.attributes.extend(more);
    let made = derive(&mut client, request).await.unwrap();
    let expected = hex("b0344c61d8db38535ca8afceaf0bf12b");
    assert_eq!(key(&mut client, &made).await.unwrap(), expected);
    assert_eq!(locate(&mut client, vec![name("derived")]).await, [made]);
}

#[tokio::test]
async fn what_cannot_be_derived_is_refused_and_leaves_nothing() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let uid = base(&mut client, b"password").await;
    let plain = client.create(vec![]).await.unwrap();
    activate(&mut client, &plain).await.unwrap();
    let (hash, hmac) = (DerivationMethod::HASH, DerivationMethod::HMAC);
    let pbkdf2 = DerivationMethod::PBKDF2;
    let of = |method, parameters, bits| wanted(&[&uid], method, parameters, bits);
    let mut no_length = of(hash, with(SHA_256, None), 128);
    no_length.template_attribute.attributes.clear();
    let invalid = ResultReason::INVALID_FIELD;
    let rows = [
        (of(hash, with(SHA_256, None), 512), invalid),
        (of(hash, with(SHA_256, None), 12), invalid),
        (of(hash, with(SHA_256, None), 0), invalid),
        (of(hash, with(None, None), 128), invalid),
        (of(hash, with(SHA_256, Some(b"x")), 128), invalid),
        (of(hmac, with(SHA_256, None), 128), invalid),
        (of(pbkdf2, with(None, None), 128), invalid),
        (of(pbkdf2, salted(None, 0), 128), invalid),
        (of(pbkdf2, salted(None, i32::MAX), 128), invalid),
        (
            of(
                DerivationMethod::NIST800_108_F,
                with(SHA_256, Some(b"x")),
                128,
            ),
            invalid,
        ),
        (no_length, ResultReason::MISSING_DATA),
        (
            wanted(&[&plain], hash, with(SHA_256, None), 128),
            ResultReason::PERMISSION_DENIED,
        ),
        (
            wanted(&["absent"], hash, with(SHA_256, None), 128),
            ResultReason::ITEM_NOT_FOUND,
        ),
    ];
    for (at, (request, expected)) in rows.into_iter().enumerate() {
        assert_eq!(
            derive(&mut client, request).await,
            Err(expected),
            "row {at}"
        );
    }
    assert_eq!(locate(&mut client, vec![]).await, [plain, uid.clone()]);
    assert!(attributes(&mut client, &uid, &["Link"]).await.is_empty());
}

async fn export(client: &mut Client, uid: &str) -> ExportResponse {
    let request = Request::Export(ExportRequest::new(uid));
    match client.send(request).await.unwrap() {
        Response::Export(answer) => answer,
        other => panic!("{other:?}"),
    }
}

/// Everything of an object goes to another server, the state included.
#[tokio::test]
async fn what_is_exported_is_imported_as_it_was() {
    let here = TestServer::start().await.unwrap();
    let there = TestServer::start().await.unwrap();
    for version in [
        ProtocolVersion::V1_4,
        ProtocolVersion::V2_0,
        ProtocolVersion::V2_1,
    ] {
        let mut client = Client::connect(&here, "node-1").await.at(version);
        let mut other = Client::connect(&there, "node-1").await.at(version);
        let given = vec![
            name(&format!("one-{version}")),
            name(&format!("two-{version}")),
            AttributeValue::ContactInformation("ops".into()).into(),
            AttributeValue::Sensitive(false).into(),
        ];
        let uid = client.create(given).await.unwrap();
        activate(&mut client, &uid).await.unwrap();
        let code = RevocationReasonCode::SUPERSEDED;
        revoke(&mut client, &uid, code).await.unwrap();
        let exported = export(&mut client, &uid).await;
        let before = exported.attributes.clone();
        let import = |object: ManagedObject, replace: bool| {
            let mut request = ImportRequest::new(uid.as_str(), object, before.clone());
            request.replace_existing = replace.then_some(true);
            Request::Import(request)
        };
        let object = exported.object.duplicate();
        other.send(import(object, false)).await.unwrap();
        let after = export(&mut other, &uid).await;
        assert_eq!(after.attributes, exported.attributes, "{version}");
        assert_eq!(
            *after.object.to_ttlv(version).unwrap(),
            *exported.object.to_ttlv(version).unwrap()
        );
        assert_eq!(state(&mut other, &uid).await, State::DEACTIVATED);

        let object = exported.object.duplicate();
        let again = other.send(import(object, false)).await;
        assert_eq!(reason(again), ResultReason::OBJECT_ALREADY_EXISTS);
        let object = exported.object.duplicate();
        other.send(import(object, true)).await.unwrap();
        let mut foreign = Client::connect(&there, "node-2").await.at(version);
        let taken = foreign.send(import(exported.object, true)).await;
        assert_eq!(reason(taken), ResultReason::PERMISSION_DENIED);
    }
}

#[tokio::test]
async fn an_import_that_contradicts_itself_is_refused() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let mask: Attribute =
        AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(12)).into();
    for odd in [
        AttributeValue::UniqueIdentifier("other".into()),
        AttributeValue::ObjectType(ObjectType::SECRET_DATA),
        AttributeValue::State(State::DESTROYED),
        AttributeValue::DestroyDate(DateTime(1)),
        AttributeValue::ArchiveDate(DateTime(1)),
    ] {
        let shown = format!("{odd:?}");
        let object = ManagedObject::SymmetricKey(raw(&[5; 16]));
        let attributes = vec![mask.clone(), odd.into()];
        let request = ImportRequest::new("mine", object, attributes);
        let refused = client.send(Request::Import(request)).await;
        assert_eq!(reason(refused), ResultReason::INVALID_FIELD, "{shown}");
    }
    let get = client.send(Request::Get(GetRequest::new("mine"))).await;
    assert_eq!(reason(get), ResultReason::ITEM_NOT_FOUND);
}
