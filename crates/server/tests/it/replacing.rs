//! Re-key, Archive, Recover, and attributes that are kept as values.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use strongroom_kmip::attribute::{Attribute, AttributeName, AttributeValue, Link};
use strongroom_kmip::enumeration::{LinkType, State, StorageStatusMask};
use strongroom_kmip::operation::{
    AddAttributeRequest, ArchiveRequest, DeleteAttributeRequest, GetRequest, LocateRequest,
    ReKeyRequest, RecoverRequest, Request, Response, RngSeedRequest, SetAttributeRequest,
};
use strongroom_kmip::{
    CryptographicUsageMask, DateTime, Interval, ProtocolVersion, ResultReason,
    RevocationReasonCode, TemplateAttribute,
};
use strongroom_secret::SecretBytes;
use strongroom_server::FileStore;
use strongroom_server::testing::TestServer;
use strongroom_ttlv::{Fields, Limits};

use crate::calls::*;
use crate::client::{Client, name};

async fn re_key(client: &mut Client, request: ReKeyRequest) -> String {
    match client.send(Request::ReKey(request)).await.unwrap() {
        Response::ReKey(answer) => answer.unique_identifier.to_string(),
        other => panic!("{other:?}"),
    }
}

fn link(link_type: LinkType, uid: &str) -> AttributeValue {
    AttributeValue::Link(Link::new(link_type, uid))
}

#[tokio::test]
async fn a_new_key_takes_names_and_dates_and_each_links_to_the_other() {
    let server = TestServer::start().await.unwrap();
    for version in VERSIONS {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let master = name(&format!("master-{version}"));
        let label = application("strongroom-store", "s1");
        let old = client
            .create(vec![master.clone(), label.clone().into()])
            .await
            .unwrap();
        activate(&mut client, &old).await.unwrap();
        let new = re_key(&mut client, ReKeyRequest::new(&*old)).await;
        assert_ne!(old, new);
        assert_ne!(
            key(&mut client, &old).await.unwrap(),
            key(&mut client, &new).await.unwrap()
        );
        assert_eq!(key(&mut client, &new).await.unwrap().len(), 32);
        assert_eq!(locate(&mut client, vec![master]).await, [new.as_str()]);
        assert!(attributes(&mut client, &old, &["Name"]).await.is_empty());
        let links = attributes(&mut client, &old, &["Link"]).await;
        assert_eq!(links, [link(LinkType::REPLACEMENT_OBJECT_LINK, &new)]);
        let links = attributes(&mut client, &new, &["Link"]).await;
        assert_eq!(links, [link(LinkType::REPLACED_OBJECT_LINK, &old)]);
        let kept = [
            "Application Specific Information",
            "Cryptographic Usage Mask",
        ];
        let kept = attributes(&mut client, &new, &kept).await;
        let mask = AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(12));
        assert!(kept.contains(&label) && kept.contains(&mask), "{kept:?}");
        // The Activation Date is copied, so both are Active.
        for uid in [&old, &new] {
            assert_eq!(state(&mut client, uid).await, State::ACTIVE);
        }
    }
}

#[tokio::test]
async fn an_offset_moves_the_dates() {
    let now = Arc::new(AtomicI64::new(1_000));
    let clock = Arc::clone(&now);
    let server = TestServer::start_with(|options| {
        options.clock = Arc::new(move || clock.load(Ordering::SeqCst));
    })
    .await
    .unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let dates = |from, until| {
        [
            AttributeValue::ActivationDate(DateTime(from)),
            AttributeValue::DeactivationDate(DateTime(until)),
        ]
    };
    let old = client
        .create(dates(1_100, 1_500).map(Into::into).to_vec())
        .await
        .unwrap();
    now.store(2_000, Ordering::SeqCst);
    let mut request = ReKeyRequest::new(&*old);
    request.offset = Some(Interval(60));
    let names = ["Activation Date", "Deactivation Date"];
    let new = re_key(&mut client, request.clone()).await;
    let found = attributes(&mut client, &new, &names).await;
    assert_eq!(found, dates(2_060, 2_460));
    assert_eq!(state(&mut client, &new).await, State::PRE_ACTIVE);
    // Without one the dates are the same, and have passed.
    let same = re_key(&mut client, ReKeyRequest::new(&*old)).await;
    let found = attributes(&mut client, &same, &names).await;
    assert_eq!(found, dates(1_100, 1_500));
    assert_eq!(state(&mut client, &same).await, State::DEACTIVATED);
    let links = attributes(&mut client, &old, &["Link"]).await;
    assert_eq!(links, [link(LinkType::REPLACEMENT_OBJECT_LINK, &same)]);
    // What the request says counts before all.
    let own = dates(5_000, 6_000).map(Attribute::from).to_vec();
    request.template_attribute = Some(TemplateAttribute::new(own));
    let own = re_key(&mut client, request).await;
    let found = attributes(&mut client, &own, &names).await;
    assert_eq!(found, dates(5_000, 6_000));
}

#[tokio::test]
async fn what_cannot_be_replaced_stays_as_it_is() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let uid = client.create(vec![name("n")]).await.unwrap();
    let taken = client.create(vec![name("taken")]).await.unwrap();
    let with = |attribute: Attribute| {
        let mut request = ReKeyRequest::new(&*uid);
        request.template_attribute = Some(TemplateAttribute::new(vec![attribute]));
        request
    };
    let gone = client.create(vec![]).await.unwrap();
    destroy(&mut client, &gone).await.unwrap();
    let rows = [
        (
            with(AttributeValue::CryptographicLength(128).into()),
            ResultReason::INVALID_FIELD,
        ),
        (with(name("taken")), ResultReason::INVALID_FIELD),
        (ReKeyRequest::new(&*gone), ResultReason::ITEM_NOT_FOUND),
        (ReKeyRequest::new("absent"), ResultReason::ITEM_NOT_FOUND),
    ];
    for (request, expected) in rows {
        let refused = client.send(Request::ReKey(request)).await;
        assert_eq!(reason(refused), expected);
    }
    assert_eq!(locate(&mut client, vec![]).await, [taken, uid.clone()]);
    assert!(attributes(&mut client, &uid, &["Link"]).await.is_empty());
    let mut other = Client::connect(&server, "node-2").await;
    let foreign = other.send(Request::ReKey(ReKeyRequest::new(&*uid))).await;
    assert_eq!(reason(foreign), ResultReason::PERMISSION_DENIED);
}

/// As the published case 101 of OASIS wants it.
#[tokio::test]
async fn what_is_archived_waits_until_it_is_recovered() {
    let server = TestServer::start().await.unwrap();
    for version in VERSIONS {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let uid = client.create(vec![]).await.unwrap();
        activate(&mut client, &uid).await.unwrap();
        let archive = || Request::Archive(ArchiveRequest::new(&*uid));
        client.send(archive()).await.unwrap();
        let add = AddAttributeRequest::new(&*uid, name("late"));
        let code = RevocationReasonCode::SUPERSEDED;
        for refused in [
            client.send(Request::Get(GetRequest::new(&*uid))).await,
            client.send(Request::AddAttribute(add)).await,
            client.send(Request::ReKey(ReKeyRequest::new(&*uid))).await,
            client.send(archive()).await,
            revoke(&mut client, &uid, code).await,
            destroy(&mut client, &uid).await,
        ] {
            assert_eq!(reason(refused), ResultReason::OBJECT_ARCHIVED, "{version}");
        }
        let dates = attributes(&mut client, &uid, &["Archive Date"]).await;
        assert!(matches!(dates.as_slice(), [AttributeValue::ArchiveDate(_)]));
        for (mask, there) in [
            (None, false),
            (Some(1), false),
            (Some(2), true),
            (Some(3), true),
        ] {
            let mut request = LocateRequest::new(vec![]);
            request.storage_status_mask = mask.map(StorageStatusMask::new);
            let found = locate_as(&mut client, request).await;
            assert_eq!(found.contains(&uid), there, "{version} {mask:?}");
        }
        for _ in 0..2 {
            let recover = Request::Recover(RecoverRequest::new(&*uid));
            client.send(recover).await.unwrap();
            assert_eq!(key(&mut client, &uid).await.unwrap().len(), 32);
            let date = attributes(&mut client, &uid, &["Archive Date"]).await;
            assert!(date.is_empty());
        }
    }
}

#[tokio::test]
async fn a_seed_is_taken_and_not_used() {
    let server = TestServer::start().await.unwrap();
    for version in VERSIONS.into_iter().filter(|v| *v >= ProtocolVersion::V1_2) {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let seed = RngSeedRequest::new(SecretBytes::copy_from(&[7; 32]));
        match client.send(Request::RngSeed(seed)).await.unwrap() {
            Response::RngSeed(answer) => assert_eq!(answer.data_length, 0),
            other => panic!("{other:?}"),
        }
    }
}

fn custom(text: &str) -> AttributeValue {
    let tag = strongroom_kmip::tag::ATTRIBUTE_VALUE;
    let octets = strongroom_ttlv::encode(|out| {
        out.structure(tag, |out| out.text(tag, text));
    })
    .unwrap();
    let mut fields = Fields::message(tag, &octets, &Limits::default()).unwrap();
    let item = fields.next_item().unwrap().unwrap();
    AttributeValue::Other {
        name: "x-purpose".into(),
        value: item.to_owned_item(),
    }
}

#[tokio::test]
async fn custom_attributes_and_links_come_back_in_every_version_and_after_a_restart() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("keys").join("objects.store");
    let open = || {
        let store = FileStore::open(&path).unwrap();
        TestServer::start_with(|options| options.store = Box::new(store))
    };
    let server = open().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let contact = AttributeValue::ContactInformation("ops@example".into());
    let given = [
        contact.clone(),
        link(LinkType::PARENT_LINK, "elsewhere"),
        custom("one"),
        custom("two"),
    ];
    let uid = client
        .create(given.clone().map(Into::into).to_vec())
        .await
        .unwrap();
    let delete = Request::DeleteAttribute(DeleteAttributeRequest::new(&*uid, "x-purpose"));
    client.send(delete).await.unwrap();
    drop(client);
    server.stop().await;

    let server = open().await.unwrap();
    for version in VERSIONS.into_iter().filter(|v| *v >= ProtocolVersion::V1_2) {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let names = ["Contact Information", "Link", "x-purpose"];
        let found = attributes(&mut client, &uid, &names).await;
        let [contact, parent, _, two] = &given;
        assert_eq!(
            found,
            [contact.clone(), parent.clone(), two.clone()],
            "{version}"
        );
        assert_eq!(
            locate(&mut client, vec![two.clone().into()]).await,
            [uid.as_str()]
        );
    }
    let mut client = Client::connect(&server, "node-1").await;
    let again = AddAttributeRequest::new(&*uid, contact);
    let again = client.send(Request::AddAttribute(again)).await;
    assert_eq!(reason(again), ResultReason::ILLEGAL_OPERATION);
    let asked = AttributeName::from("x-purpose");
    assert!(asked.is_in(ProtocolVersion::V2_1));
}

#[tokio::test]
async fn a_sensitive_key_and_one_that_is_not_extractable_do_not_leave_the_server() {
    let server = TestServer::start().await.unwrap();
    for (version, reasons) in [
        (
            ProtocolVersion::V1_3,
            [
                ResultReason::PERMISSION_DENIED,
                ResultReason::PERMISSION_DENIED,
            ],
        ),
        (
            ProtocolVersion::V1_4,
            [ResultReason::SENSITIVE, ResultReason::NOT_EXTRACTABLE],
        ),
        (
            ProtocolVersion::V2_1,
            [ResultReason::SENSITIVE, ResultReason::NOT_EXTRACTABLE],
        ),
    ] {
        let mut client = Client::connect(&server, "node-1").await;
        let sensitive = client.create(vec![AttributeValue::Sensitive(true).into()]);
        let sensitive = sensitive.await.unwrap();
        let inside = client.create(vec![AttributeValue::Extractable(false).into()]);
        let inside = inside.await.unwrap();
        let mut client = client.at(version);
        for (uid, expected) in [&sensitive, &inside].into_iter().zip(reasons) {
            assert_eq!(reason(key(&mut client, uid).await), expected, "{version}");
        }
        let mut client = client.at(ProtocolVersion::V2_1);
        let names = ["Always Sensitive"];
        let found = attributes(&mut client, &sensitive, &names).await;
        assert_eq!(found, [AttributeValue::AlwaysSensitive(true)]);
        let no_more = AttributeValue::Sensitive(false);
        let set = SetAttributeRequest::new(sensitive.as_str(), no_more);
        client.send(Request::SetAttribute(set)).await.unwrap();
        key(&mut client, &sensitive).await.unwrap();
        let found = attributes(&mut client, &sensitive, &names).await;
        assert_eq!(found, [AttributeValue::AlwaysSensitive(false)]);
    }
}
