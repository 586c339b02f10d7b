//! The life of a key, at every version.

use std::collections::BTreeSet;

use strongroom_kmip::attribute::{Attribute, AttributeName, AttributeValue};
use strongroom_kmip::enumeration::{ObjectType, Operation, QueryFunction, State};
use strongroom_kmip::operation::{
    CertifyRequest, CheckRequest, CreateRequest, GetAttributeListRequest, GetAttributesRequest,
    ModifyAttributeRequest, QueryRequest, Request, Response, ValidateRequest,
};
use strongroom_kmip::{
    CryptographicAlgorithm, CryptographicUsageMask, DateTime, KeyFormatType, ProtocolVersion,
    ResultReason, RevocationReasonCode,
};
use strongroom_server::Profile;
use strongroom_server::testing::TestServer;

use crate::client::{Client, config, create_request, handshake, name};

use crate::calls::*;

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
        let [denied, state_denied] = [
            ResultReason::PERMISSION_DENIED,
            ResultReason::WRONG_KEY_LIFECYCLE_STATE,
        ];
        let wrong_state = reason_of(version, [denied, denied, state_denied]);
        assert_eq!(reason(activate(&mut client, &uid).await), wrong_state);
        assert_eq!(reason(destroy(&mut client, &uid).await), wrong_state);

        let superseded = RevocationReasonCode::SUPERSEDED;
        revoke(&mut client, &uid, superseded).await.unwrap();
        assert_eq!(state(&mut client, &uid).await, State::DEACTIVATED);
        assert_eq!(key(&mut client, &uid).await.unwrap(), pre_active);
        let again = revoke(&mut client, &uid, superseded).await;
        let illegal = [ResultReason::ILLEGAL_OPERATION, denied, state_denied];
        assert_eq!(reason(again), reason_of(version, illegal));

        destroy(&mut client, &uid).await.unwrap();
        assert_eq!(state(&mut client, &uid).await, State::DESTROYED);
        let destroyed = ResultReason::OBJECT_DESTROYED;
        let gone = [ResultReason::ITEM_NOT_FOUND, destroyed, destroyed];
        let gone = reason_of(version, gone);
        assert_eq!(reason(key(&mut client, &uid).await), gone);
        assert_eq!(reason(destroy(&mut client, &uid).await), gone);
        let kept = attributes(&mut client, &uid, &["Name", "Cryptographic Length"]).await;
        assert_eq!(
            kept.len(),
            2,
            "attributes outlive the key material: {kept:?}"
        );
        // Key Format Type is a part of Digest since KMIP 1.1.
        let format = (version > ProtocolVersion::V1_0).then_some(KeyFormatType::RAW);
        match attributes(&mut client, &uid, &["Digest"]).await.as_slice() {
            [AttributeValue::Digest(digest)] => assert_eq!(digest.key_format_type, format),
            other => panic!("{other:?}"),
        }
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
        let octets = key(&mut client, &created.unique_identifier.to_string())
            .await
            .unwrap();
        assert_eq!(octets.len() * 8, usize::try_from(bits).unwrap());
    }
    let algorithm: Attribute =
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into();
    let other: Attribute =
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::SKIPJACK).into();
    let length: Attribute = AttributeValue::CryptographicLength(256).into();
    let mask: Attribute =
        AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(12)).into();
    let state: Attribute = AttributeValue::State(State::ACTIVE).into();
    let fresh: Attribute = AttributeValue::Fresh(true).into();
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
        (
            with(std::slice::from_ref(&length)),
            ResultReason::INVALID_FIELD,
        ),
        (with(&[state]), ResultReason::INVALID_FIELD),
        (with(&[fresh]), ResultReason::INVALID_FIELD),
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
            .any(|a| a.value == AttributeValue::InitialDate(DateTime(1_700_000_000)))
    );
}

#[tokio::test]
async fn the_list_of_attributes_has_each_name_of_the_attributes_once() {
    let server = TestServer::start().await.unwrap();
    for version in VERSIONS {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let uid = client.create(Vec::new()).await.unwrap();
        let request = GetAttributesRequest::new(uid.as_str(), &[]);
        let all = client.send(Request::GetAttributes(request)).await.unwrap();
        let Response::GetAttributes(all) = all else {
            panic!("not an answer to Get Attributes");
        };
        let request = GetAttributeListRequest::new(uid.as_str());
        let list = client
            .send(Request::GetAttributeList(request))
            .await
            .unwrap();
        let Response::GetAttributeList(list) = list else {
            panic!("not an answer to Get Attribute List");
        };
        let listed: BTreeSet<&str> = list
            .attribute_names
            .iter()
            .map(AttributeName::as_str)
            .collect();
        assert_eq!(listed.len(), list.attribute_names.len(), "{version}: twice");
        let mut there: BTreeSet<&str> = all.attributes.iter().map(Attribute::name).collect();
        // Told to who names it.
        assert!(!there.contains("Key Format Type"), "{version}");
        let format = match version >= ProtocolVersion::V2_0 {
            true => attributes(&mut client, &uid, &["Key Format Type"]).await,
            false => vec![],
        };
        there.extend(format.first().map(AttributeValue::name));
        assert_eq!(listed, there, "{version}");
        assert!(listed.contains("State") && !listed.contains("Name"));
    }
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
        // Discover Versions came with 1.1, what is computed with keys with 1.2.
        let expected = match (version.major, version.minor) {
            (1, 0) => 20,
            (1, 1) => 21,
            (1, 2 | 3) => 30,
            // Import and Export came with 1.4, Set Attribute and Interop with 2.0.
            (1, _) => 32,
            _ => 34,
        };
        assert_eq!(answer.operations.len(), expected, "{version}");
        assert_eq!(answer.object_types.len(), 6);
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

#[tokio::test]
async fn an_operation_that_is_not_done_here_is_not_asked_for_its_object() {
    let server = TestServer::start().await.unwrap();
    for version in VERSIONS {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        for request in [
            Request::Certify(CertifyRequest::default()),
            Request::Validate(ValidateRequest::default()),
        ] {
            let error = client.send(request).await.unwrap_err();
            assert!(error.is_operation_not_supported(), "{version}: {error}");
        }
    }
}

#[tokio::test]
async fn the_pykmip_profile_does_and_lists_what_pykmip_does_and_lists() {
    let server = TestServer::start_with(|options| options.profile = Profile::PYKMIP)
        .await
        .unwrap();
    let issued = server.client("node-1").unwrap();
    let config = config(server.ca_pem(), Some(&issued), &[&rustls::version::TLS12]);
    let stream = handshake(server.local_addr(), config).await.unwrap();
    let version = ProtocolVersion::V1_4;
    let mut client = Client { stream, version };
    let uid = client.create(vec![name("n")]).await.unwrap();
    let check = Request::Check(CheckRequest::new(&*uid));
    let error = client.send(check).await.unwrap_err();
    assert!(error.is_operation_not_supported(), "{error}");
    // Done, and not listed.
    let change = ModifyAttributeRequest::new(&*uid, name("m"));
    client.send(Request::ModifyAttribute(change)).await.unwrap();
    let request = Request::Query(QueryRequest::new(vec![QueryFunction::OPERATIONS]));
    let Response::Query(answer) = client.send(request).await.unwrap() else {
        panic!("not an answer to Query");
    };
    assert!(answer.operations.contains(&Operation::ENCRYPT));
    for absent in [
        Operation::CHECK,
        Operation::MODIFY_ATTRIBUTE,
        Operation::HASH,
    ] {
        assert!(!answer.operations.contains(&absent), "{absent}");
    }
}
