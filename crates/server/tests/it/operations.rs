//! Every operation, at every version.

use strongroom_kmip::attribute::{
    ApplicationSpecificInformation, Attribute, AttributeValue, RevocationReason,
};
use strongroom_kmip::enumeration::{NameType, ObjectType, QueryFunction, SecretDataType, State};
use strongroom_kmip::exchange::ExchangeError;
use strongroom_kmip::object::{KeyBlock, ManagedObject, OpaqueDataType, OpaqueObject, SecretData};
use strongroom_kmip::operation::{
    ActivateRequest, CreateRequest, DestroyRequest, GetAttributesRequest, GetRequest,
    LocateRequest, QueryRequest, RegisterRequest, Request, Response, RevokeRequest,
};
use strongroom_kmip::{
    CryptographicAlgorithm, CryptographicUsageMask, KeyFormatType, Name, ProtocolVersion,
    ResultReason, RevocationReasonCode, TemplateAttribute,
};
use strongroom_secret::SecretBytes;
use strongroom_server::Profile;
use strongroom_server::testing::TestServer;

use crate::client::{Client, create_request, name};

const VERSIONS: [ProtocolVersion; 5] = [
    ProtocolVersion::V1_0,
    ProtocolVersion::V1_1,
    ProtocolVersion::V1_2,
    ProtocolVersion::V1_3,
    ProtocolVersion::V1_4,
];

fn reason<T: std::fmt::Debug>(result: Result<T, ExchangeError>) -> ResultReason {
    result.unwrap_err().reason().unwrap()
}

async fn attributes(client: &mut Client, uid: &str, names: &[&str]) -> Vec<AttributeValue> {
    let request = Request::GetAttributes(GetAttributesRequest::new(uid, names));
    match client.send(request).await.unwrap() {
        Response::GetAttributes(answer) => answer.attributes.into_iter().map(|a| a.value).collect(),
        other => panic!("{other:?}"),
    }
}

async fn state(client: &mut Client, uid: &str) -> State {
    match attributes(client, uid, &["State"]).await.as_slice() {
        [AttributeValue::State(state)] => *state,
        other => panic!("{other:?}"),
    }
}

async fn key(client: &mut Client, uid: &str) -> Result<Vec<u8>, ExchangeError> {
    match client.send(Request::Get(GetRequest::new(uid))).await? {
        Response::Get(answer) => Ok(answer
            .object
            .key_block()
            .unwrap()
            .plain_key()
            .unwrap()
            .expose()
            .to_vec()),
        other => panic!("{other:?}"),
    }
}

async fn locate(client: &mut Client, wanted: Vec<Attribute>) -> Vec<String> {
    locate_as(client, LocateRequest::new(wanted)).await
}

async fn locate_as(client: &mut Client, request: LocateRequest) -> Vec<String> {
    match client.send(Request::Locate(request)).await.unwrap() {
        Response::Locate(answer) => answer.unique_identifiers,
        other => panic!("{other:?}"),
    }
}

async fn activate(client: &mut Client, uid: &str) -> Result<Response, ExchangeError> {
    client
        .send(Request::Activate(ActivateRequest::new(uid)))
        .await
}

async fn revoke(
    client: &mut Client,
    uid: &str,
    code: RevocationReasonCode,
) -> Result<Response, ExchangeError> {
    client
        .send(Request::Revoke(RevokeRequest::new(
            uid,
            RevocationReason::new(code),
        )))
        .await
}

async fn destroy(client: &mut Client, uid: &str) -> Result<Response, ExchangeError> {
    client
        .send(Request::Destroy(DestroyRequest::new(uid)))
        .await
}

fn application(namespace: &str, data: &str) -> AttributeValue {
    AttributeValue::ApplicationSpecificInformation(ApplicationSpecificInformation::new(
        namespace, data,
    ))
}

#[tokio::test]
async fn a_key_lives_its_whole_life_at_every_version() {
    let server = TestServer::start().await.unwrap();
    for version in VERSIONS {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let uid = client
            .create(vec![name(&format!("life-{version}"))])
            .await
            .unwrap();
        assert!(
            uid.len() == 32 && uid.bytes().all(|octet| octet.is_ascii_alphanumeric()),
            "{uid}"
        );
        assert_eq!(state(&mut client, &uid).await, State::PRE_ACTIVE);
        let pre_active = key(&mut client, &uid).await.unwrap();
        assert_eq!(pre_active.len(), 32);
        assert_ne!(pre_active, [0; 32]);

        activate(&mut client, &uid).await.unwrap();
        assert_eq!(state(&mut client, &uid).await, State::ACTIVE);
        assert_eq!(
            reason(activate(&mut client, &uid).await),
            ResultReason::PERMISSION_DENIED
        );
        assert_eq!(
            reason(destroy(&mut client, &uid).await),
            ResultReason::PERMISSION_DENIED
        );

        let superseded = RevocationReasonCode::SUPERSEDED;
        revoke(&mut client, &uid, superseded).await.unwrap();
        assert_eq!(state(&mut client, &uid).await, State::DEACTIVATED);
        assert_eq!(key(&mut client, &uid).await.unwrap(), pre_active);
        let again = revoke(&mut client, &uid, superseded).await;
        assert_eq!(reason(again), ResultReason::ILLEGAL_OPERATION);

        destroy(&mut client, &uid).await.unwrap();
        assert_eq!(state(&mut client, &uid).await, State::DESTROYED);
        assert_eq!(
            reason(key(&mut client, &uid).await),
            ResultReason::ITEM_NOT_FOUND
        );
        assert_eq!(
            reason(destroy(&mut client, &uid).await),
            ResultReason::ITEM_NOT_FOUND
        );
        let kept = attributes(&mut client, &uid, &["Name", "Cryptographic Length"]).await;
        assert_eq!(
            kept.len(),
            2,
            "attributes outlive the key material: {kept:?}"
        );
    }
}

#[tokio::test]
async fn key_compromise_is_possible_from_pre_active_and_after_destroy() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let compromise = RevocationReasonCode::KEY_COMPROMISE;
    let first = client.create(vec![]).await.unwrap();
    let ceased = revoke(
        &mut client,
        &first,
        RevocationReasonCode::CESSATION_OF_OPERATION,
    )
    .await;
    assert_eq!(reason(ceased), ResultReason::ILLEGAL_OPERATION);
    revoke(&mut client, &first, compromise).await.unwrap();
    assert_eq!(state(&mut client, &first).await, State::COMPROMISED);
    destroy(&mut client, &first).await.unwrap();
    assert_eq!(
        state(&mut client, &first).await,
        State::DESTROYED_COMPROMISED
    );
    let second = client.create(vec![]).await.unwrap();
    destroy(&mut client, &second).await.unwrap();
    revoke(&mut client, &second, compromise).await.unwrap();
    assert_eq!(
        state(&mut client, &second).await,
        State::DESTROYED_COMPROMISED
    );
    let dates = [
        "Compromise Date",
        "Compromise Occurrence Date",
        "Destroy Date",
        "Revocation Reason",
    ];
    assert_eq!(attributes(&mut client, &second, &dates).await.len(), 4);
}

#[tokio::test]
async fn create_wants_aes_a_length_and_a_usage_mask() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    for bits in [128, 192, 256] {
        let Response::Create(created) = client.send(create_request(bits, vec![])).await.unwrap()
        else {
            panic!("not an answer to Create");
        };
        let octets = key(&mut client, &created.unique_identifier).await.unwrap();
        assert_eq!(octets.len() * 8, usize::try_from(bits).unwrap());
    }
    let algorithm: Attribute =
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into();
    let other: Attribute =
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::DES3).into();
    let length: Attribute = AttributeValue::CryptographicLength(256).into();
    let mask: Attribute =
        AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(12)).into();
    let state: Attribute = AttributeValue::State(State::ACTIVE).into();
    let contact: Attribute = AttributeValue::ContactInformation("x".into()).into();
    let all = [algorithm.clone(), length.clone(), mask.clone()];
    let with = |more: &[Attribute]| [&all[..], more].concat();
    let rows = [
        (
            vec![length.clone(), mask.clone()],
            ResultReason::MISSING_DATA,
        ),
        (
            vec![algorithm.clone(), mask.clone()],
            ResultReason::MISSING_DATA,
        ),
        (vec![algorithm, length.clone()], ResultReason::MISSING_DATA),
        (
            vec![other, length.clone(), mask.clone()],
            ResultReason::INVALID_FIELD,
        ),
        (with(&[length.clone()]), ResultReason::INVALID_FIELD),
        (with(&[state]), ResultReason::INVALID_FIELD),
        (with(&[contact]), ResultReason::INVALID_FIELD),
        (vec![mask.with_index(1)], ResultReason::INDEX_OUT_OF_BOUNDS),
        (
            with(&[name("a").with_index(0), name("b").with_index(0)]),
            ResultReason::INVALID_FIELD,
        ),
        (with(&[name("a"), name("a")]), ResultReason::INVALID_FIELD),
    ];
    for (template, expected) in rows {
        let shown = format!("{template:?}");
        let result = client
            .send(Request::Create(CreateRequest::symmetric_key(template)))
            .await;
        assert_eq!(reason(result), expected, "{shown}");
    }
    let result = client.send(create_request(13, vec![])).await;
    assert_eq!(reason(result), ResultReason::INVALID_FIELD);
    let secret = CreateRequest::new(ObjectType::SECRET_DATA, with(&[]));
    assert_eq!(
        reason(client.send(Request::Create(secret)).await),
        ResultReason::INVALID_FIELD
    );
}

#[tokio::test]
async fn names_are_unique_unless_the_profile_says_otherwise() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let mut other = Client::connect(&server, "node-2").await;
    let uid = client
        .create(vec![name("master"), name("alias")])
        .await
        .unwrap();
    for taken in ["master", "alias"] {
        assert_eq!(
            reason(client.create(vec![name(taken)]).await),
            ResultReason::INVALID_FIELD
        );
        assert_eq!(
            reason(other.create(vec![name(taken)]).await),
            ResultReason::INVALID_FIELD
        );
    }
    destroy(&mut client, &uid).await.unwrap();
    client.create(vec![name("master")]).await.unwrap();

    let server = TestServer::start_with(|options| options.profile = Profile::PYKMIP)
        .await
        .unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let first = client.create(vec![name("master")]).await.unwrap();
    let second = client.create(vec![name("master")]).await.unwrap();
    assert_eq!(
        locate(&mut client, vec![name("master")]).await,
        [second, first]
    );
}

fn register(object: ManagedObject, more: Vec<Attribute>) -> Request {
    let mut template = TemplateAttribute::new(vec![
        AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(12)).into(),
    ]);
    template.attributes.extend(more);
    Request::Register(RegisterRequest::new(object, template))
}

fn raw(octets: &[u8]) -> KeyBlock {
    KeyBlock::raw(CryptographicAlgorithm::AES, SecretBytes::copy_from(octets))
}

#[tokio::test]
async fn registered_objects_come_back_as_they_were_brought() {
    let server = TestServer::start().await.unwrap();
    for version in VERSIONS {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let seed = KeyBlock::new(KeyFormatType::OPAQUE, SecretBytes::copy_from(&[7; 96]));
        let objects = [
            ManagedObject::SymmetricKey(raw(&[5; 16])),
            ManagedObject::SecretData(SecretData::new(SecretDataType::SEED, seed)),
            ManagedObject::OpaqueObject(OpaqueObject::new(
                OpaqueDataType::new(0x8000_0000),
                SecretBytes::copy_from(b"anything"),
            )),
        ];
        for object in objects {
            let brought = object.to_ttlv(version).unwrap();
            let Response::Register(answer) = client.send(register(object, vec![])).await.unwrap()
            else {
                panic!("not an answer to Register");
            };
            let request = Request::Get(GetRequest::new(&*answer.unique_identifier));
            let Response::Get(answer) = client.send(request).await.unwrap() else {
                panic!("not an answer to Get");
            };
            assert_eq!(*answer.object.to_ttlv(version).unwrap(), *brought);
        }
    }
}

#[tokio::test]
async fn register_refuses_what_does_not_fit() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let block = |change: fn(&mut KeyBlock)| {
        let mut block = raw(&[1; 32]);
        change(&mut block);
        ManagedObject::SymmetricKey(block)
    };
    let length: Attribute = AttributeValue::CryptographicLength(128).into();
    let rows = [
        (
            block(|block| block.cryptographic_length = Some(128)),
            vec![],
            ResultReason::INVALID_FIELD,
        ),
        (block(|_| {}), vec![length], ResultReason::INVALID_FIELD),
        (
            block(|block| block.cryptographic_algorithm = None),
            vec![],
            ResultReason::MISSING_DATA,
        ),
        (
            block(|block| block.key_format_type = KeyFormatType::PKCS_1),
            vec![],
            ResultReason::KEY_FORMAT_TYPE_NOT_SUPPORTED,
        ),
        (
            ManagedObject::SymmetricKey(raw(&[])),
            vec![],
            ResultReason::MISSING_DATA,
        ),
        (
            ManagedObject::SymmetricKey(raw(&[1; 13])),
            vec![],
            ResultReason::INVALID_FIELD,
        ),
        (
            ManagedObject::PublicKey(raw(&[1; 32])),
            vec![],
            ResultReason::INVALID_FIELD,
        ),
    ];
    for (at, (object, more, expected)) in rows.into_iter().enumerate() {
        assert_eq!(
            reason(client.send(register(object, more)).await),
            expected,
            "row {at}"
        );
    }
}

#[tokio::test]
async fn get_refuses_forms_that_it_cannot_give() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let uid = client.create(vec![]).await.unwrap();
    let mut request = GetRequest::new(&*uid);
    request.key_format_type = Some(KeyFormatType::PKCS_1);
    let result = client.send(Request::Get(request)).await;
    assert_eq!(reason(result), ResultReason::KEY_FORMAT_TYPE_NOT_SUPPORTED);
    let mut request = GetRequest::new(&*uid);
    request.key_format_type = Some(KeyFormatType::RAW);
    client.send(Request::Get(request)).await.unwrap();
    assert_eq!(
        reason(key(&mut client, "absent").await),
        ResultReason::ITEM_NOT_FOUND
    );
    let no_id = client.send(Request::Get(GetRequest::default())).await;
    assert_eq!(reason(no_id), ResultReason::MISSING_DATA);
}

#[tokio::test]
async fn locate_finds_by_every_criterion_newest_first() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let group: Attribute = AttributeValue::ObjectGroup("rack-7".into()).into();
    let store: Attribute = application("strongroom-store", "s1").into();
    let intent: Attribute = application("strongroom-intent", "i1").into();
    let a = client
        .create(vec![name("a"), store.clone(), intent.clone()])
        .await
        .unwrap();
    let b = client
        .create(vec![name("b"), store.clone(), group.clone()])
        .await
        .unwrap();
    let Response::Register(secret) = client
        .send(register(
            ManagedObject::SecretData(SecretData::new(
                SecretDataType::PASSWORD,
                KeyBlock::new(KeyFormatType::RAW, SecretBytes::copy_from(b"pw")),
            )),
            vec![],
        ))
        .await
        .unwrap()
    else {
        panic!("not an answer to Register");
    };
    let c = secret.unique_identifier;
    activate(&mut client, &a).await.unwrap();
    let opaque_name: Attribute = Name::new("a", NameType::URI).into();
    let rows: Vec<(Vec<Attribute>, Vec<&String>)> = vec![
        (vec![], vec![&c, &b, &a]),
        (vec![name("a")], vec![&a]),
        (vec![name("A")], vec![]),
        (vec![opaque_name], vec![]),
        (
            vec![AttributeValue::ObjectType(ObjectType::SYMMETRIC_KEY).into()],
            vec![&b, &a],
        ),
        (
            vec![AttributeValue::ObjectType(ObjectType::SECRET_DATA).into()],
            vec![&c],
        ),
        (vec![AttributeValue::State(State::ACTIVE).into()], vec![&a]),
        (
            vec![AttributeValue::State(State::PRE_ACTIVE).into()],
            vec![&c, &b],
        ),
        (
            vec![AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into()],
            vec![&b, &a],
        ),
        (
            vec![AttributeValue::CryptographicLength(256).into()],
            vec![&b, &a],
        ),
        (
            vec![AttributeValue::CryptographicLength(128).into()],
            vec![],
        ),
        (
            vec![AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(4)).into()],
            vec![&c, &b, &a],
        ),
        (vec![store.clone()], vec![&b, &a]),
        (vec![store.clone(), intent], vec![&a]),
        (vec![application("strongroom-store", "s2").into()], vec![]),
        (vec![group], vec![&b]),
        (
            vec![AttributeValue::UniqueIdentifier(b.clone()).into()],
            vec![&b],
        ),
        (
            vec![AttributeValue::ContactInformation("nobody".into()).into()],
            vec![],
        ),
        (vec![AttributeValue::InitialDate(0).into()], vec![]),
        (
            vec![
                AttributeValue::InitialDate(0).into(),
                AttributeValue::InitialDate(i64::MAX).into(),
            ],
            vec![&c, &b, &a],
        ),
    ];
    for (wanted, expected) in rows {
        let shown = format!("{wanted:?}");
        let found = locate(&mut client, wanted).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{shown}");
    }
    let mut first = LocateRequest::new(vec![store]);
    first.maximum_items = Some(1);
    assert_eq!(locate_as(&mut client, first.clone()).await, [b.clone()]);
    first.offset_items = Some(1);
    assert_eq!(locate_as(&mut client, first).await, [a.clone()]);
    let mut negative = LocateRequest::new(vec![]);
    negative.maximum_items = Some(-1);
    let result = client.send(Request::Locate(negative)).await;
    assert_eq!(reason(result), ResultReason::INVALID_FIELD);
    // A destroyed object is found by State alone.
    destroy(&mut client, &b).await.unwrap();
    assert_eq!(
        locate(&mut client, vec![name("b")]).await,
        Vec::<String>::new()
    );
    let destroyed = AttributeValue::State(State::DESTROYED);
    assert_eq!(
        locate(&mut client, vec![name("b"), destroyed.into()]).await,
        [b]
    );
}

#[tokio::test]
async fn another_identity_sees_and_touches_nothing() {
    let server = TestServer::start().await.unwrap();
    let mut owner = Client::connect(&server, "node-1").await;
    let mut other = Client::connect(&server, "node-2").await;
    let uid = owner.create(vec![name("mine")]).await.unwrap();
    let denied = ResultReason::PERMISSION_DENIED;
    assert_eq!(reason(key(&mut other, &uid).await), denied);
    assert_eq!(reason(activate(&mut other, &uid).await), denied);
    let revoked = revoke(&mut other, &uid, RevocationReasonCode::KEY_COMPROMISE).await;
    assert_eq!(reason(revoked), denied);
    assert_eq!(reason(destroy(&mut other, &uid).await), denied);
    let attributes = Request::GetAttributes(GetAttributesRequest::new(&*uid, &[]));
    assert_eq!(reason(other.send(attributes).await), denied);
    assert!(locate(&mut other, vec![]).await.is_empty());
    assert!(locate(&mut other, vec![name("mine")]).await.is_empty());
    assert_eq!(state(&mut owner, &uid).await, State::PRE_ACTIVE);
    // The same identity on another connection is the same.
    let mut again = Client::connect(&server, "node-1").await;
    assert_eq!(locate(&mut again, vec![]).await, [uid]);
}

#[tokio::test]
async fn all_attributes_are_there_and_several_instances_are_indexed() {
    let server = TestServer::start_with(|options| {
        options.clock = std::sync::Arc::new(|| 1_700_000_000);
    })
    .await
    .unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let uid = client
        .create(vec![
            name("one"),
            name("two"),
            application("ns", "d").into(),
            AttributeValue::ObjectGroup("g".into()).into(),
        ])
        .await
        .unwrap();
    activate(&mut client, &uid).await.unwrap();
    let octets = key(&mut client, &uid).await.unwrap();
    let request = Request::GetAttributes(GetAttributesRequest::new(&*uid, &[]));
    let Response::GetAttributes(answer) = client.send(request).await.unwrap() else {
        panic!("not an answer to Get Attributes");
    };
    let found: Vec<(&str, Option<u32>)> = answer
        .attributes
        .iter()
        .map(|attribute| (attribute.name(), attribute.index))
        .collect();
    assert_eq!(
        found,
        [
            ("Unique Identifier", None),
            ("Object Type", None),
            ("Cryptographic Algorithm", None),
            ("Cryptographic Length", None),
            ("Cryptographic Usage Mask", None),
            ("Operation Policy Name", None),
            ("Digest", None),
            ("State", None),
            ("Initial Date", None),
            ("Last Change Date", None),
            ("Activation Date", None),
            ("Name", None),
            ("Name", Some(1)),
            ("Application Specific Information", None),
            ("Object Group", None),
        ]
    );
    let digest = answer
        .attributes
        .iter()
        .find_map(|attribute| match &attribute.value {
            AttributeValue::Digest(digest) => digest.value.clone(),
            _ => None,
        });
    let expected = ring::digest::digest(&ring::digest::SHA256, &octets);
    assert_eq!(digest.as_deref(), Some(expected.as_ref()));
    assert!(
        answer
            .attributes
            .iter()
            .any(|a| a.value == AttributeValue::InitialDate(1_700_000_000))
    );
}

#[tokio::test]
async fn an_opaque_object_has_no_state() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let object = OpaqueObject::new(
        OpaqueDataType::new(0x8000_0000),
        SecretBytes::copy_from(b"x"),
    );
    let request = register(ManagedObject::OpaqueObject(object), vec![]);
    let Response::Register(answer) = client.send(request).await.unwrap() else {
        panic!("not an answer to Register");
    };
    let uid = answer.unique_identifier;
    assert_eq!(
        attributes(&mut client, &uid, &["State", "Digest"]).await,
        []
    );
    assert_eq!(
        reason(activate(&mut client, &uid).await),
        ResultReason::ILLEGAL_OPERATION
    );
    destroy(&mut client, &uid).await.unwrap();
    let get = client.send(Request::Get(GetRequest::new(&*uid))).await;
    assert_eq!(reason(get), ResultReason::ITEM_NOT_FOUND);
}

#[tokio::test]
async fn query_tells_what_is_there() {
    let server = TestServer::start().await.unwrap();
    for version in VERSIONS {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let request = QueryRequest::new(vec![
            QueryFunction::OPERATIONS,
            QueryFunction::OBJECTS,
            QueryFunction::SERVER_INFORMATION,
        ]);
        let Response::Query(answer) = client.send(Request::Query(request)).await.unwrap() else {
            panic!("not an answer to Query");
        };
        let expected = if version == ProtocolVersion::V1_0 {
            9
        } else {
            10
        };
        assert_eq!(answer.operations.len(), expected, "{version}");
        assert_eq!(answer.object_types.len(), 3);
        assert!(
            answer
                .vendor_identification
                .unwrap()
                .starts_with("Strongroom ")
        );
        let nothing = client
            .send(Request::Query(QueryRequest::new(vec![])))
            .await
            .unwrap();
        assert!(matches!(nothing, Response::Query(answer) if answer.operations.is_empty()));
    }
}
