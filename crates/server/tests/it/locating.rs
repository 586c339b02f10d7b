//! Locate, Names, and what another identity sees.

use strongroom_kmip::attribute::{Attribute, AttributeValue};
use strongroom_kmip::enumeration::{
    NameType, ObjectType, ProtectionStorageMask, SecretDataType, State, StorageStatusMask,
};
use strongroom_kmip::object::{KeyBlock, ManagedObject, SecretData};
use strongroom_kmip::operation::{
    CreateRequest, GetAttributesRequest, LocateRequest, Request, Response,
};
use strongroom_kmip::structure::ProtectionStorageMasks;
use strongroom_kmip::{
    CryptographicAlgorithm, CryptographicUsageMask, DateTime, KeyFormatType, Name, ProtocolVersion,
    ResultReason, RevocationReasonCode,
};
use strongroom_secret::SecretBytes;
use strongroom_server::Profile;
use strongroom_server::testing::TestServer;

use crate::client::{Client, name};

use crate::calls::*;

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
    let c = secret.unique_identifier.to_string();
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
            vec![AttributeValue::UniqueIdentifier(b.as_str().into()).into()],
            vec![&b],
        ),
        (
            vec![AttributeValue::ContactInformation("nobody".into()).into()],
            vec![],
        ),
        (
            vec![AttributeValue::InitialDate(DateTime(0)).into()],
            vec![],
        ),
        (
            vec![
                AttributeValue::InitialDate(DateTime(0)).into(),
                AttributeValue::InitialDate(DateTime(i64::MAX)).into(),
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
    assert_eq!(
        locate_as(&mut client, first.clone()).await,
        std::slice::from_ref(&b)
    );
    first.offset_items = Some(1);
    assert_eq!(
        locate_as(&mut client, first).await,
        std::slice::from_ref(&a)
    );
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

/// The Storage Status Mask of 2.x knows destroyed objects (KMIP 2.1, 12.4).
#[tokio::test]
async fn in_2_x_destroyed_objects_are_located_where_they_are_asked_for() {
    let server = TestServer::start().await.unwrap();
    let client = Client::connect(&server, "node-1").await;
    let mut client = client.at(ProtocolVersion::V2_1);
    let gone = client.create(vec![name("gone")]).await.unwrap();
    destroy(&mut client, &gone).await.unwrap();
    let there = client.create(vec![name("there")]).await.unwrap();
    let rows = [
        (None, vec![&there]),
        (Some(StorageStatusMask::ON_LINE_STORAGE), vec![&there]),
        (Some(StorageStatusMask::DESTROYED_STORAGE), vec![&gone]),
        (Some(StorageStatusMask::ARCHIVAL_STORAGE), vec![]),
        (Some(StorageStatusMask::new(7)), vec![&there, &gone]),
    ];
    for (mask, expected) in rows {
        let mut request = LocateRequest::new(vec![]);
        request.storage_status_mask = mask;
        let found = locate_as(&mut client, request).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{mask:?}");
    }
}

#[tokio::test]
async fn an_object_is_kept_in_software_or_not_at_all() {
    let server = TestServer::start().await.unwrap();
    let client = Client::connect(&server, "node-1").await;
    let mut client = client.at(ProtocolVersion::V2_0);
    let mut create = CreateRequest::aes(256, CryptographicUsageMask::new(12));
    let hardware = ProtectionStorageMask::HARDWARE;
    for (masks, kept) in [
        (vec![hardware], false),
        (vec![hardware, ProtectionStorageMask::SOFTWARE], true),
    ] {
        create.protection_storage_masks = Some(ProtectionStorageMasks::new(masks));
        let answer = client.send(Request::Create(create.clone())).await;
        match kept {
            true => assert!(answer.is_ok()),
            false => assert_eq!(reason(answer), ResultReason::PROTECTION_STORAGE_UNAVAILABLE),
        }
    }
}
