//! The profile `vault`: what Vault's KMIP engine does otherwise.

use strongroom_kmip::attribute::{AttributeValue, KeyValueLocation};
use strongroom_kmip::enumeration::{Operation, QueryFunction, State};
use strongroom_kmip::object::{KeyBlock, ManagedObject, OpaqueDataType, OpaqueObject};
use strongroom_kmip::operation::{
    CheckRequest, GetRequest, HashRequest, LocateRequest, QueryRequest, RegisterRequest, Request,
    Response,
};
use strongroom_kmip::{
    CryptographicUsageMask, KeyFormatType, ProtocolVersion, ResultReason, RevocationReasonCode,
    TemplateAttribute,
};
use strongroom_secret::SecretBytes;
use strongroom_server::testing::TestServer;
use strongroom_server::{Event, Identity, Profile, Roles};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::calls::*;
use crate::client::{Client, create_request, name};

async fn vault() -> TestServer {
    TestServer::start_with(|options| options.profile = Profile::VAULT)
        .await
        .unwrap()
}

fn aes() -> ManagedObject {
    ManagedObject::SymmetricKey(raw(&[7; 32]))
}

#[tokio::test]
async fn what_psmdb_does_with_vault_works_at_every_version() {
    let server = vault().await;
    for version in VERSIONS_OF_1 {
        let mut client = Client::connect(&server, "mongod").await.at(version);
        let mut last = String::new();
        // The second time is a rotation: PSMDB registers, and never creates.
        for round in 0..2 {
            let Response::Register(made) = client.send(register(aes(), vec![])).await.unwrap()
            else {
                panic!("not an answer to Register");
            };
            let uid = made.unique_identifier.to_string();
            assert!(uid.len() == 32 && uid.bytes().all(|octet| octet.is_ascii_alphanumeric()));
            activate(&mut client, &uid).await.unwrap();
            assert_eq!(key(&mut client, &uid).await.unwrap(), [7; 32]);
            assert_eq!(state(&mut client, &uid).await, State::ACTIVE);
            if round == 1 {
                let code = RevocationReasonCode::SUPERSEDED;
                revoke(&mut client, &last, code).await.unwrap();
                assert_eq!(key(&mut client, &last).await.unwrap(), [7; 32]);
            }
            last = uid;
        }
    }
}

#[tokio::test]
async fn query_lists_what_can_be_granted_and_the_rest_is_not_supported() {
    let server = vault().await;
    let mut client = Client::connect(&server, "node-1").await;
    let request = QueryRequest::new(vec![QueryFunction::OPERATIONS]);
    let Response::Query(answer) = client.send(Request::Query(request)).await.unwrap() else {
        panic!("not an answer to Query");
    };
    assert!(answer.operations.contains(&Operation::RNG_RETRIEVE));
    for absent in [Operation::CHECK, Operation::HASH, Operation::OBTAIN_LEASE] {
        assert!(!answer.operations.contains(&absent), "{absent}");
    }
    let uid = client.create(vec![]).await.unwrap();
    for request in [
        Request::Check(CheckRequest::new(&*uid)),
        Request::Hash(HashRequest::new(
            Default::default(),
            SecretBytes::copy_from(b"x"),
        )),
    ] {
        let error = client.send(request).await.unwrap_err();
        assert!(error.is_operation_not_supported(), "{error}");
    }
}

#[tokio::test]
async fn a_role_without_the_operation_is_permission_denied() {
    let server = TestServer::start_with(|options| {
        options.profile = Profile::VAULT;
        let reader = [Operation::GET, Operation::LOCATE];
        options.roles = Roles::default().with(Identity::new("reader"), reader);
    })
    .await
    .unwrap();
    let mut reader = Client::connect(&server, "reader").await;
    let denied = reader.create(vec![name("a")]).await;
    assert_eq!(reason(denied), ResultReason::PERMISSION_DENIED);
    let missing = Request::Get(GetRequest::new("nothing"));
    assert_eq!(
        reason(reader.send(missing).await),
        ResultReason::ITEM_NOT_FOUND
    );
    // Nothing was made, and who has no role may do everything.
    assert!(locate(&mut reader, vec![]).await.is_empty());
    let mut other = Client::connect(&server, "other").await;
    other.create(vec![name("a")]).await.unwrap();
}

#[tokio::test]
async fn a_usage_mask_is_needed_and_the_words_are_vaults() {
    let server = vault().await;
    let mut client = Client::connect(&server, "node-1").await;
    let template = TemplateAttribute::new(vec![]);
    let without = Request::Register(RegisterRequest::new(aes(), template));
    let error = client.send(without).await.unwrap_err();
    assert_eq!(error.reason(), Some(ResultReason::INVALID_MESSAGE));
    let words = "attribute Cryptographic Usage Mask is missing";
    assert!(error.to_string().contains(words), "{error}");
    // A mask that allows nothing is one: libmongocrypt sends it.
    let nothing = AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(0));
    let template = TemplateAttribute::new(vec![nothing.into()]);
    client
        .send(Request::Register(RegisterRequest::new(aes(), template)))
        .await
        .unwrap();
    let opaque = OpaqueObject::new(
        OpaqueDataType::new(0x8000_0001),
        SecretBytes::copy_from(b"x"),
    );
    let opaque = ManagedObject::OpaqueObject(opaque);
    let template = TemplateAttribute::new(vec![]);
    client
        .send(Request::Register(RegisterRequest::new(opaque, template)))
        .await
        .unwrap();
}

#[tokio::test]
async fn another_key_format_and_a_key_value_location_are_refused() {
    let server = vault().await;
    let mut client = Client::connect(&server, "node-1").await;
    let uid = client.create(vec![]).await.unwrap();
    let mut get = GetRequest::new(&*uid);
    get.key_format_type = Some(KeyFormatType::PKCS_8);
    let format = ResultReason::KEY_FORMAT_TYPE_NOT_SUPPORTED;
    assert_eq!(reason(client.send(Request::Get(get)).await), format);
    let mut block = KeyBlock::new(KeyFormatType::OPAQUE, SecretBytes::copy_from(&[7; 32]));
    block.cryptographic_algorithm = Some(strongroom_kmip::CryptographicAlgorithm::AES);
    block.cryptographic_length = Some(256);
    let opaque = register(ManagedObject::SymmetricKey(block), vec![]);
    assert_eq!(reason(client.send(opaque).await), format);
    let place = KeyValueLocation::new(
        "https://example.org/key",
        strongroom_kmip::enumeration::KeyValueLocationType::URI,
    );
    let wanted = LocateRequest::new(vec![AttributeValue::KeyValueLocation(place).into()]);
    let refused = client.send(Request::Locate(wanted)).await;
    assert_eq!(reason(refused), ResultReason::INVALID_FIELD);
}

/// The octets of an answer to Create or Register, without TLS's help.
async fn octets(client: &mut Client, request: &Request) -> Vec<u8> {
    let exchange = strongroom_kmip::Exchange::new(client.version, request);
    let (_, request) = exchange.unwrap();
    client.exchange(&request).await.unwrap()
}

fn holds(octets: &[u8], wanted: &[u8]) -> bool {
    octets.windows(wanted.len()).any(|window| window == wanted)
}

/// Header of the item Server Correlation Value with 32 octets of text.
const CORRELATION: &[u8] = b"\x42\x01\x06\x07\0\0\0\x20";

#[tokio::test]
async fn answers_are_correlated_at_1_4_alone_and_at_all_versions_with_the_bug() {
    for profile in [Profile::STRONGROOM, Profile::VAULT, Profile::VAULT_1_15_BUG] {
        let server = TestServer::start_with(|options| options.profile = profile)
            .await
            .unwrap();
        for version in VERSIONS_OF_1 {
            let mut client = Client::connect(&server, "node-1").await.at(version);
            let expected = match profile.name {
                "strongroom" => false,
                "vault" => version == ProtocolVersion::V1_4,
                _ => true,
            };
            for request in [
                create_request(256, vec![]),
                Request::Get(GetRequest::new("nothing")),
            ] {
                let answer = octets(&mut client, &request).await;
                let label = format!("{} {version}", profile.name);
                assert_eq!(holds(&answer, CORRELATION), expected, "{label}");
                let count = answer.windows(8).filter(|w| *w == CORRELATION).count();
                assert!(count <= 1, "{label}");
            }
        }
    }
}

#[tokio::test]
async fn with_the_bug_an_object_type_comes_first_in_the_answer_to_register() {
    let server = TestServer::start_with(|options| options.profile = Profile::VAULT_1_15_BUG)
        .await
        .unwrap();
    for version in VERSIONS_OF_1 {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let answer = octets(&mut client, &register(aes(), vec![])).await;
        // Response Payload, Object Type Symmetric Key, Unique Identifier of 32 octets.
        let payload = b"\x42\x00\x7C\x01\0\0\0\x38\x42\x00\x57\x05\0\0\0\x04\0\0\0\x02\0\0\0\0\
                        \x42\x00\x94\x07\0\0\0\x20";
        assert!(holds(&answer, payload), "{version}: {answer:02x?}");
        // The lengths of the enclosing structures fit, down to the octet.
        let limits = strongroom_ttlv::Limits::default();
        strongroom_ttlv::validate(&answer, &limits).unwrap();
        let made = octets(&mut client, &create_request(256, vec![])).await;
        strongroom_ttlv::validate(&made, &limits).unwrap();
    }
}

#[tokio::test]
async fn a_silent_peer_is_closed_by_the_profiles_handshake_deadline() {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let server = TestServer::start_with(|options| {
        options.profile = Profile::VAULT;
        // Without the profile nothing would come for an hour.
        options.limits.handshake = std::time::Duration::from_secs(3600);
        options.observer = Some(std::sync::Arc::new(move |event: &Event| {
            let _ = tell.send(event.clone());
        }));
    })
    .await
    .unwrap();
    let mut silent = TcpStream::connect(server.local_addr()).await.unwrap();
    let event = told.recv().await.unwrap();
    assert!(
        matches!(event, Event::HandshakeFailed { reason: None, .. }),
        "{event:?}"
    );
    assert_eq!(silent.read(&mut [0]).await.unwrap(), 0);
}
