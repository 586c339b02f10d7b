//! Key pairs and signatures.

use strongroom_kmip::attribute::{
    Attribute, AttributeValue, CryptographicDomainParameters, CryptographicParameters, Link,
};
use strongroom_kmip::enumeration::{
    DigitalSignatureAlgorithm, HashingAlgorithm, LinkType, PaddingMethod, RecommendedCurve,
    ValidityIndicator,
};
use strongroom_kmip::object::{KeyBlock, ManagedObject};
use strongroom_kmip::operation::{
    CreateKeyPairRequest, Data, GetRequest, RegisterRequest, Request, Response, SignRequest,
    SignatureVerifyRequest,
};
use strongroom_kmip::{
    CryptographicAlgorithm, CryptographicUsageMask, KeyFormatType, ProtocolVersion, ResultReason,
    TemplateAttribute,
};
use strongroom_secret::SecretBytes;
use strongroom_server::testing::TestServer;

use crate::calls::*;
use crate::client::{Client, name};

const MESSAGE: &[u8] = b"sample";

fn vector(name: &str) -> Vec<u8> {
    let all = include_str!("../vectors/signatures.txt");
    let found = all
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
    let digits = found.unwrap().as_bytes().chunks(2);
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(pair).collect()
}

fn mask(mask: u32) -> Attribute {
    AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(mask)).into()
}

fn pair(algorithm: CryptographicAlgorithm, more: Vec<Attribute>) -> CreateKeyPairRequest {
    let mut common = vec![AttributeValue::CryptographicAlgorithm(algorithm).into()];
    common.extend(more);
    let mut request = CreateKeyPairRequest::new(common);
    request.private_key_attributes = Some(TemplateAttribute::new(vec![mask(1)]));
    request.public_key_attributes = Some(TemplateAttribute::new(vec![mask(2)]));
    request
}

fn length(bits: i32) -> Attribute {
    AttributeValue::CryptographicLength(bits).into()
}

fn domain(curve: RecommendedCurve) -> AttributeValue {
    AttributeValue::CryptographicDomainParameters(CryptographicDomainParameters::curve(curve))
}

async fn create(client: &mut Client, request: CreateKeyPairRequest) -> [String; 2] {
    match client.send(Request::CreateKeyPair(request)).await.unwrap() {
        Response::CreateKeyPair(made) => [
            made.private_key_unique_identifier.to_string(),
            made.public_key_unique_identifier.to_string(),
        ],
        other => panic!("{other:?}"),
    }
}

fn ecdsa(hash: HashingAlgorithm) -> CryptographicParameters {
    CryptographicParameters {
        hashing_algorithm: Some(hash),
        ..CryptographicParameters::default()
    }
}

fn rsa(padding: PaddingMethod, hash: HashingAlgorithm) -> CryptographicParameters {
    CryptographicParameters {
        padding_method: Some(padding),
        ..ecdsa(hash)
    }
}

async fn sign(
    client: &mut Client,
    uid: &str,
    how: &CryptographicParameters,
) -> Result<Vec<u8>, ResultReason> {
    let mut request = SignRequest::new(uid, Data::copy_from(MESSAGE));
    request.cryptographic_parameters = Some(Box::new(how.clone()));
    match client.send(Request::Sign(request)).await {
        Ok(Response::Sign(answer)) => Ok(answer.signature_data.unwrap()),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.reason().unwrap()),
    }
}

async fn verify(
    client: &mut Client,
    uid: &str,
    how: &CryptographicParameters,
    (data, signature): (&[u8], &[u8]),
) -> Result<ValidityIndicator, ResultReason> {
    let data = Data::copy_from(data);
    let mut request = SignatureVerifyRequest::new(uid, data, signature.to_vec());
    request.cryptographic_parameters = Some(Box::new(how.clone()));
    match client.send(Request::SignatureVerify(request)).await {
        Ok(Response::SignatureVerify(answer)) => Ok(answer.validity_indicator.unwrap()),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.reason().unwrap()),
    }
}

/// Registers a key and activates it.
async fn brought(
    client: &mut Client,
    object: impl Fn(KeyBlock) -> ManagedObject,
    (algorithm, format): (CryptographicAlgorithm, KeyFormatType),
    octets: &[u8],
) -> String {
    let mut block = KeyBlock::new(format, SecretBytes::copy_from(octets));
    block.cryptographic_algorithm = Some(algorithm);
    let template = TemplateAttribute::new(vec![mask(3)]);
    let request = Request::Register(RegisterRequest::new(object(block), template));
    let Response::Register(made) = client.send(request).await.unwrap() else {
        panic!("not an answer to Register");
    };
    let uid = made.unique_identifier.to_string();
    activate(client, &uid).await.unwrap();
    // What was brought comes back.
    assert_eq!(key(client, &uid).await.unwrap(), octets);
    uid
}

#[tokio::test]
async fn a_pair_is_linked_and_signs_and_verifies_at_every_version() {
    let server = TestServer::start().await.unwrap();
    let rows = [
        (
            CryptographicAlgorithm::ECDSA,
            length(256),
            RecommendedCurve::P_256,
            HashingAlgorithm::SHA_256,
        ),
        (
            CryptographicAlgorithm::ECDSA,
            domain(RecommendedCurve::P_384).into(),
            RecommendedCurve::P_384,
            HashingAlgorithm::SHA_384,
        ),
    ];
    for version in VERSIONS {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        for (algorithm, how, curve, hash) in rows.clone() {
            let [private, public] = create(&mut client, pair(algorithm, vec![how])).await;
            for (uid, link_type, other) in [
                (&private, LinkType::PUBLIC_KEY_LINK, &public),
                (&public, LinkType::PRIVATE_KEY_LINK, &private),
            ] {
                let found = attributes(&mut client, uid, &["Link"]).await;
                let link = AttributeValue::Link(Link::new(link_type, other.as_str()));
                assert_eq!(found, [link]);
                let found = ["Cryptographic Domain Parameters"];
                let found = attributes(&mut client, uid, &found).await;
                assert_eq!(found, [domain(curve)]);
                activate(&mut client, uid).await.unwrap();
            }
            if version < ProtocolVersion::V1_2 {
                continue;
            }
            let how = ecdsa(hash);
            let signature = sign(&mut client, &private, &how).await.unwrap();
            let valid = verify(&mut client, &public, &how, (MESSAGE, &signature)).await;
            assert_eq!(valid, Ok(ValidityIndicator::VALID));
            let other = verify(&mut client, &public, &how, (b"Sample", &signature)).await;
            assert_eq!(other, Ok(ValidityIndicator::INVALID));
            // A public key does not sign, a private one does not verify.
            let wrong = sign(&mut client, &public, &how).await;
            assert!(wrong.is_err());
            let wrong = verify(&mut client, &private, &how, (MESSAGE, &signature)).await;
            assert!(wrong.is_err());
        }
    }
}

#[tokio::test]
async fn the_keys_of_a_pair_are_a_pkcs8_and_the_public_key_of_it() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let request = pair(CryptographicAlgorithm::EC, vec![length(256)]);
    let [private, public] = create(&mut client, request).await;
    for (uid, format) in [
        (&private, KeyFormatType::PKCS_8),
        (&public, KeyFormatType::X_509),
    ] {
        let request = Request::Get(GetRequest::new(uid.as_str()));
        let Response::Get(answer) = client.send(request).await.unwrap() else {
            panic!("not an answer to Get");
        };
        let block = answer.object.key_block().unwrap();
        assert_eq!(block.key_format_type, format);
        assert_eq!(block.cryptographic_length, Some(256));
    }
    let octets = key(&mut client, &private).await.unwrap();
    let algorithm = &ring::signature::ECDSA_P256_SHA256_ASN1_SIGNING;
    let random = ring::rand::SystemRandom::new();
    let read = ring::signature::EcdsaKeyPair::from_pkcs8(algorithm, &octets, &random).unwrap();
    let point = ring::signature::KeyPair::public_key(&read);
    let public = key(&mut client, &public).await.unwrap();
    assert!(public.ends_with(point.as_ref()));
}

#[tokio::test]
async fn attributes_of_one_key_come_before_the_common_ones() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let contact = |text: &str| AttributeValue::ContactInformation(text.into());
    let common = vec![length(256), contact("both").into()];
    let mut request = pair(CryptographicAlgorithm::EC, common);
    let own = request.public_key_attributes.as_mut().unwrap();
    own.attributes.push(contact("public").into());
    own.attributes.push(name("the public one"));
    let [private, public] = create(&mut client, request).await;
    for (uid, expected) in [(&private, "both"), (&public, "public")] {
        let found = attributes(&mut client, uid, &["Contact Information"]).await;
        assert_eq!(found, [contact(expected)]);
    }
    let found = locate(&mut client, vec![name("the public one")]).await;
    assert_eq!(found, [public]);
}

#[tokio::test]
async fn a_pair_that_cannot_be_made_leaves_no_key() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let ec = CryptographicAlgorithm::EC;
    let mut twice = pair(ec, vec![length(256), name("one")]);
    let mut bare = pair(ec, vec![length(256)]);
    bare.private_key_attributes = None;
    let mut two = pair(ec, vec![length(256)]);
    let own = two.private_key_attributes.as_mut().unwrap();
    own.attributes.push(length(384));
    let rows = [
        (
            pair(CryptographicAlgorithm::RSA, vec![length(2048)]),
            ResultReason::INVALID_FIELD,
        ),
        (pair(ec, vec![length(521)]), ResultReason::INVALID_FIELD),
        (
            pair(
                ec,
                vec![length(256), domain(RecommendedCurve::P_384).into()],
            ),
            ResultReason::INVALID_FIELD,
        ),
        (pair(ec, vec![]), ResultReason::MISSING_DATA),
        (bare, ResultReason::MISSING_DATA),
        (two, ResultReason::INVALID_FIELD),
        // A common Name would be that of two objects.
        (std::mem::take(&mut twice), ResultReason::INVALID_FIELD),
    ];
    for (at, (request, expected)) in rows.into_iter().enumerate() {
        let refused = client.send(Request::CreateKeyPair(request)).await;
        assert_eq!(reason(refused), expected, "row {at}");
    }
    assert!(locate(&mut client, vec![]).await.is_empty());
}

/// RFC 6979, A.2.5, and signatures made with openssl.
#[tokio::test]
async fn signatures_of_others_are_verified_and_every_change_is_seen() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let (sha256, sha384) = (HashingAlgorithm::SHA_256, HashingAlgorithm::SHA_384);
    let rows = [
        ("p256 public x509", "p256 signature", ecdsa(sha256)),
        ("p384 public x509", "p384 signature", ecdsa(sha384)),
        (
            "rsa public x509",
            "rsa pkcs1 signature",
            rsa(PaddingMethod::PKCS1_V1_5, sha256),
        ),
        (
            "rsa public pkcs1",
            "rsa pss signature",
            rsa(PaddingMethod::PSS, sha384),
        ),
    ];
    for (public, signature, how) in rows {
        let algorithm = match public.starts_with("rsa") {
            true => CryptographicAlgorithm::RSA,
            false => CryptographicAlgorithm::EC,
        };
        let format = match public.ends_with("pkcs1") {
            true => KeyFormatType::PKCS_1,
            false => KeyFormatType::X_509,
        };
        let public = vector(public);
        let kind = (algorithm, format);
        let uid = brought(&mut client, ManagedObject::PublicKey, kind, &public).await;
        let good = vector(signature);
        let answer = verify(&mut client, &uid, &how, (MESSAGE, &good)).await;
        assert_eq!(answer, Ok(ValidityIndicator::VALID), "{signature}");
        for at in [0, good.len() / 2, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            let answer = verify(&mut client, &uid, &how, (MESSAGE, &bad)).await;
            assert_eq!(answer, Ok(ValidityIndicator::INVALID), "{signature} {at}");
        }
    }
}

/// PKCS1 v1.5 has one signature for a message: the one that openssl made.
#[tokio::test]
async fn rsa_signs_as_openssl_does_with_keys_of_both_formats() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let expected = vector("rsa pkcs1 signature");
    let parts = rsa(PaddingMethod::PKCS1_V1_5, HashingAlgorithm::SHA_256);
    let named = CryptographicParameters {
        digital_signature_algorithm: Some(DigitalSignatureAlgorithm::SHA_256_WITH_RSA_ENCRYPTION),
        ..CryptographicParameters::default()
    };
    let formats = [
        ("rsa private pkcs1", KeyFormatType::PKCS_1),
        ("rsa private pkcs8", KeyFormatType::PKCS_8),
    ];
    for (private, format) in formats {
        let octets = vector(private);
        let kind = (CryptographicAlgorithm::RSA, format);
        let uid = brought(&mut client, ManagedObject::PrivateKey, kind, &octets).await;
        for how in [&parts, &named] {
            assert_eq!(sign(&mut client, &uid, how).await, Ok(expected.clone()));
        }
        // PSS draws a salt, so it is proved by verifying.
        let pss = rsa(PaddingMethod::PSS, HashingAlgorithm::SHA_512);
        let signature = sign(&mut client, &uid, &pss).await.unwrap();
        let public = vector("rsa public x509");
        let kind = (CryptographicAlgorithm::RSA, KeyFormatType::X_509);
        let public = brought(&mut client, ManagedObject::PublicKey, kind, &public).await;
        let answer = verify(&mut client, &public, &pss, (MESSAGE, &signature)).await;
        assert_eq!(answer, Ok(ValidityIndicator::VALID));
    }
    let octets = vector("p384 private pkcs8");
    let kind = (CryptographicAlgorithm::EC, KeyFormatType::PKCS_8);
    let uid = brought(&mut client, ManagedObject::PrivateKey, kind, &octets).await;
    let how = ecdsa(HashingAlgorithm::SHA_384);
    let signature = sign(&mut client, &uid, &how).await.unwrap();
    let public = vector("p384 public x509");
    let kind = (CryptographicAlgorithm::EC, KeyFormatType::X_509);
    let public = brought(&mut client, ManagedObject::PublicKey, kind, &public).await;
    let answer = verify(&mut client, &public, &how, (MESSAGE, &signature)).await;
    assert_eq!(answer, Ok(ValidityIndicator::VALID));
}

#[tokio::test]
async fn what_does_not_fit_a_key_is_refused() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let octets = vector("rsa private pkcs1");
    let kind = (CryptographicAlgorithm::RSA, KeyFormatType::PKCS_1);
    let uid = brought(&mut client, ManagedObject::PrivateKey, kind, &octets).await;
    let invalid = ResultReason::INVALID_FIELD;
    let sha256 = HashingAlgorithm::SHA_256;
    let mut contrary = rsa(PaddingMethod::PKCS1_V1_5, HashingAlgorithm::SHA_512);
    contrary.digital_signature_algorithm =
        Some(DigitalSignatureAlgorithm::SHA_256_WITH_RSA_ENCRYPTION);
    let mut salted = rsa(PaddingMethod::PSS, sha256);
    salted.salt_length = Some(222);
    let mut curved = ecdsa(sha256);
    curved.cryptographic_algorithm = Some(CryptographicAlgorithm::ECDSA);
    let rows = [
        (ecdsa(sha256), invalid),
        (rsa(PaddingMethod::OAEP, sha256), invalid),
        (rsa(PaddingMethod::PSS, HashingAlgorithm::SHA_1), invalid),
        (contrary, invalid),
        (salted, invalid),
        (curved, ResultReason::KEY_FORMAT_TYPE_NOT_SUPPORTED),
    ];
    for (how, expected) in rows {
        assert_eq!(
            sign(&mut client, &uid, &how).await,
            Err(expected),
            "{how:?}"
        );
    }
    // A key that was never activated signs nothing.
    let request = pair(CryptographicAlgorithm::EC, vec![length(256)]);
    let [private, _] = create(&mut client, request).await;
    let early = sign(&mut client, &private, &ecdsa(sha256)).await;
    assert_eq!(early, Err(ResultReason::PERMISSION_DENIED));
    let mut request = SignRequest::new(&*uid, Data::copy_from(MESSAGE));
    request.cryptographic_parameters = Some(Box::new(rsa(PaddingMethod::PSS, sha256)));
    (request.data, request.digested_data) = (None, Some(vec![0; 32]));
    let digested = client.send(Request::Sign(request)).await;
    assert_eq!(reason(digested), invalid);
}
