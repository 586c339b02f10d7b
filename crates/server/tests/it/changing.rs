//! Attributes added, changed and deleted; Check and Obtain Lease.

use strongroom_kmip::attribute::{Attribute, AttributeValue};
use strongroom_kmip::enumeration::State;
use strongroom_kmip::operation::{
    AddAttributeRequest, CheckRequest, DeleteAttributeRequest, ModifyAttributeRequest,
    ObtainLeaseRequest, Request, Response, SetAttributeRequest,
};
use strongroom_kmip::{CryptographicUsageMask, DateTime, Interval, ProtocolVersion, ResultReason};
use strongroom_server::testing::TestServer;

use crate::calls::*;
use crate::client::{Client, name};

fn add(uid: &str, attribute: impl Into<Attribute>) -> Request {
    Request::AddAttribute(AddAttributeRequest::new(uid, attribute))
}

fn modify(uid: &str, attribute: impl Into<Attribute>) -> Request {
    Request::ModifyAttribute(ModifyAttributeRequest::new(uid, attribute))
}

fn delete(uid: &str, attribute: &str, index: Option<i32>) -> Request {
    let mut request = DeleteAttributeRequest::new(uid, attribute);
    request.attribute_index = index;
    Request::DeleteAttribute(request)
}

#[tokio::test]
async fn instances_come_change_and_go_at_every_version() {
    let server = TestServer::start().await.unwrap();
    for version in VERSIONS_OF_1 {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let uid = client
            .create(vec![name(&format!("a-{version}"))])
            .await
            .unwrap();
        let second = format!("b-{version}");
        let Response::AddAttribute(added) = client.send(add(&uid, name(&second))).await.unwrap()
        else {
            panic!("not an answer to Add Attribute");
        };
        assert_eq!(added.attribute.unwrap().index, Some(1));
        assert_eq!(
            locate(&mut client, vec![name(&second)]).await,
            [uid.as_str()]
        );

        let third = format!("c-{version}");
        client
            .send(modify(&uid, name(&third).with_index(1)))
            .await
            .unwrap();
        assert!(locate(&mut client, vec![name(&second)]).await.is_empty());
        assert_eq!(
            locate(&mut client, vec![name(&third)]).await,
            [uid.as_str()]
        );

        client.send(delete(&uid, "Name", Some(1))).await.unwrap();
        assert!(locate(&mut client, vec![name(&third)]).await.is_empty());
        let gone = client.send(delete(&uid, "Name", Some(1))).await;
        assert_eq!(reason(gone), ResultReason::ITEM_NOT_FOUND);
        // The Name is free again.
        client.create(vec![name(&third)]).await.unwrap();

        client
            .send(add(&uid, application("ns", "one")))
            .await
            .unwrap();
        client
            .send(modify(&uid, application("ns", "two")))
            .await
            .unwrap();
        let found = attributes(&mut client, &uid, &["Application Specific Information"]).await;
        assert_eq!(found, [application("ns", "two")]);
        let group = AttributeValue::ObjectGroup("g".into());
        client.send(add(&uid, group.clone())).await.unwrap();
        client
            .send(delete(&uid, "Object Group", None))
            .await
            .unwrap();
        assert!(
            attributes(&mut client, &uid, &["Object Group"])
                .await
                .is_empty()
        );
    }
}

#[tokio::test]
async fn what_is_the_servers_or_taken_or_not_there_is_refused_and_nothing_changes() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let uid = client.create(vec![name("mine")]).await.unwrap();
    client.create(vec![name("taken")]).await.unwrap();
    let active = AttributeValue::State(State::ACTIVE);
    let lease = AttributeValue::LeaseTime(Interval(1));
    let rows = [
        (add(&uid, name("taken")), ResultReason::ILLEGAL_OPERATION),
        (add(&uid, name("mine")), ResultReason::ILLEGAL_OPERATION),
        (
            add(&uid, name("x").with_index(4)),
            ResultReason::INVALID_FIELD,
        ),
        (modify(&uid, name("taken")), ResultReason::ILLEGAL_OPERATION),
        (
            modify(&uid, name("x").with_index(4)),
            ResultReason::ITEM_NOT_FOUND,
        ),
        (add(&uid, active.clone()), ResultReason::PERMISSION_DENIED),
        (modify(&uid, active), ResultReason::PERMISSION_DENIED),
        (add(&uid, lease), ResultReason::PERMISSION_DENIED),
        (delete(&uid, "State", None), ResultReason::PERMISSION_DENIED),
        (
            delete(&uid, "Contact Information", None),
            ResultReason::ITEM_NOT_FOUND,
        ),
        (
            delete(&uid, "Name", Some(-1)),
            ResultReason::INDEX_OUT_OF_BOUNDS,
        ),
        (add("absent", name("x")), ResultReason::ITEM_NOT_FOUND),
    ];
    for (request, expected) in rows {
        let shown = format!("{request:?}");
        assert_eq!(reason(client.send(request).await), expected, "{shown}");
    }
    let names = attributes(&mut client, &uid, &["Name"]).await;
    assert_eq!(names, [name("mine").value]);
    let mut other = Client::connect(&server, "node-2").await;
    let foreign = other.send(add(&uid, name("x"))).await;
    assert_eq!(reason(foreign), ResultReason::PERMISSION_DENIED);
}

#[tokio::test]
async fn dates_can_be_set_until_they_have_done_their_work() {
    let server = TestServer::start_with(|options| {
        options.clock = std::sync::Arc::new(|| 1_000);
    })
    .await
    .unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let uid = client.create(vec![]).await.unwrap();
    let from = |date| AttributeValue::ActivationDate(DateTime(date));
    let until = |date| AttributeValue::DeactivationDate(DateTime(date));
    let absent = client.send(modify(&uid, from(2_000))).await;
    assert_eq!(reason(absent), ResultReason::ITEM_NOT_FOUND);
    client.send(add(&uid, from(2_000))).await.unwrap();
    let again = client.send(add(&uid, from(2_000))).await;
    assert_eq!(reason(again), ResultReason::ILLEGAL_OPERATION);
    let before = client.send(add(&uid, until(1_500))).await;
    assert_eq!(reason(before), ResultReason::INVALID_FIELD);
    assert_eq!(state(&mut client, &uid).await, State::PRE_ACTIVE);
    client.send(modify(&uid, from(900))).await.unwrap();
    assert_eq!(state(&mut client, &uid).await, State::ACTIVE);
    let late = client.send(modify(&uid, from(2_000))).await;
    assert_eq!(reason(late), ResultReason::PERMISSION_DENIED);
    client.send(add(&uid, until(950))).await.unwrap();
    assert_eq!(state(&mut client, &uid).await, State::DEACTIVATED);
}

#[tokio::test]
async fn check_names_the_uses_that_are_denied_and_a_lease_names_the_last_change() {
    let server = TestServer::start_with(|options| {
        options.clock = std::sync::Arc::new(|| 5_000);
    })
    .await
    .unwrap();
    for version in VERSIONS {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let uid = client.create(vec![]).await.unwrap();
        for (asked, denied) in [(4, None), (12, None), (0x84, Some(0x80))] {
            let mut request = CheckRequest::new(&*uid);
            request.cryptographic_usage_mask = Some(CryptographicUsageMask::new(asked));
            let answer = client.send(Request::Check(request)).await;
            if version.major == 2 && denied.is_some() {
                let mask = ResultReason::INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK;
                assert_eq!(reason(answer), mask);
                continue;
            }
            let Response::Check(answer) = answer.unwrap() else {
                panic!("not an answer to Check");
            };
            assert_eq!(
                answer.cryptographic_usage_mask.map(|mask| mask.bits()),
                denied
            );
            assert_eq!(answer.unique_identifier.is_some(), denied.is_none());
        }
        let request = Request::ObtainLease(ObtainLeaseRequest::new(&*uid));
        let Response::ObtainLease(lease) = client.send(request).await.unwrap() else {
            panic!("not an answer to Obtain Lease");
        };
        assert_eq!(lease.lease_time, Interval(3_600));
        assert_eq!(lease.last_change_date, DateTime(5_000));
        destroy(&mut client, &uid).await.unwrap();
        let gone = client.send(Request::Check(CheckRequest::new(&*uid))).await;
        let destroyed = ResultReason::OBJECT_DESTROYED;
        let expected = [ResultReason::ITEM_NOT_FOUND, destroyed, destroyed];
        assert_eq!(reason(gone), reason_of(version, expected));
    }
}

/// As the published cases of OASIS want it.
#[tokio::test]
async fn there_is_no_lease_of_what_is_compromised() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let uid = client.create(vec![]).await.unwrap();
    let code = strongroom_kmip::RevocationReasonCode::KEY_COMPROMISE;
    revoke(&mut client, &uid, code).await.unwrap();
    let request = Request::ObtainLease(ObtainLeaseRequest::new(&*uid));
    let denied = client.send(request).await;
    assert_eq!(reason(denied), ResultReason::PERMISSION_DENIED);
}

/// In 2.x an instance is named by its value, and an Attribute Reference means all of them (KMIP
/// 2.1, 6.1.13 and 6.1.34).
#[tokio::test]
async fn in_2_x_instances_are_named_by_their_values() {
    let server = TestServer::start().await.unwrap();
    for version in [ProtocolVersion::V2_0, ProtocolVersion::V2_1] {
        let mut client = Client::connect(&server, "node-1").await.at(version);
        let [a, b, c] = ["a", "b", "c"].map(|label| name(&format!("{label}-{version}")));
        let uid = client.create(vec![a.clone()]).await.unwrap();
        let Response::AddAttribute(added) = client.send(add(&uid, b.clone())).await.unwrap() else {
            panic!("not an answer to Add Attribute");
        };
        assert_eq!(added.attribute, None);

        let mut change = ModifyAttributeRequest::new(&*uid, c.clone());
        let several = client.send(modify(&uid, c.clone())).await;
        assert_eq!(reason(several), ResultReason::MISSING_DATA);
        for (current, expected) in [
            (c.clone(), ResultReason::ATTRIBUTE_INSTANCE_NOT_FOUND),
            (application("n", "d").into(), ResultReason::INVALID_FIELD),
        ] {
            change.current_attribute = Some(current);
            let refused = client.send(Request::ModifyAttribute(change.clone())).await;
            assert_eq!(reason(refused), expected);
        }
        change.current_attribute = Some(b.clone());
        client.send(Request::ModifyAttribute(change)).await.unwrap();
        let found = attributes(&mut client, &uid, &["Name"]).await;
        assert_eq!(found, [a.value.clone(), c.value.clone()]);

        let mut request = DeleteAttributeRequest::default();
        request.unique_identifier = Some(uid.as_str().into());
        request.current_attribute = Some(a.clone());
        let gone = request.clone();
        client
            .send(Request::DeleteAttribute(request))
            .await
            .unwrap();
        let found = attributes(&mut client, &uid, &["Name"]).await;
        assert_eq!(found, std::slice::from_ref(&c.value));
        let again = client.send(Request::DeleteAttribute(gone)).await;
        let absent = ResultReason::ATTRIBUTE_INSTANCE_NOT_FOUND;
        assert_eq!(reason(again), absent);

        client.send(add(&uid, a)).await.unwrap();
        client.send(delete(&uid, "Name", None)).await.unwrap();
        assert!(attributes(&mut client, &uid, &["Name"]).await.is_empty());
        let none = client.send(delete(&uid, "Name", None)).await;
        assert_eq!(reason(none), ResultReason::ATTRIBUTE_NOT_FOUND);
    }
}

#[tokio::test]
async fn set_attribute_sets_what_has_one_instance_whether_it_was_there_or_not() {
    let server = TestServer::start_with(|options| {
        options.clock = std::sync::Arc::new(|| 1_000);
    })
    .await
    .unwrap();
    let client = Client::connect(&server, "node-1").await;
    let mut client = client.at(ProtocolVersion::V2_0);
    let uid = client.create(vec![]).await.unwrap();
    let set = |attribute: Attribute| {
        Request::SetAttribute(SetAttributeRequest::new(uid.as_str(), attribute))
    };
    let from = |date| AttributeValue::ActivationDate(DateTime(date));
    for date in [3_000, 2_000] {
        client.send(set(from(date).into())).await.unwrap();
        let found = attributes(&mut client, &uid, &["Activation Date"]).await;
        assert_eq!(found, [from(date)]);
    }
    for (attribute, expected) in [
        (name("x"), ResultReason::MULTI_VALUED_ATTRIBUTE),
        (
            AttributeValue::State(State::ACTIVE).into(),
            ResultReason::ATTRIBUTE_READ_ONLY,
        ),
    ] {
        assert_eq!(reason(client.send(set(attribute)).await), expected);
    }
    client.send(set(from(900).into())).await.unwrap();
    assert_eq!(state(&mut client, &uid).await, State::ACTIVE);
    let late = client.send(set(from(2_000).into())).await;
    assert_eq!(reason(late), ResultReason::PERMISSION_DENIED);
    let mut client = client.at(ProtocolVersion::V2_1);
    let late = client.send(set(from(2_000).into())).await;
    assert_eq!(reason(late), ResultReason::WRONG_KEY_LIFECYCLE_STATE);
}

/// Nobody says of a vendor's attribute how many instances it may have: with one at most it can be
/// set.
#[tokio::test]
async fn a_vendors_attribute_is_set_where_it_has_one_instance() {
    let server = TestServer::start().await.unwrap();
    let client = Client::connect(&server, "node-1").await;
    let mut client = client.at(ProtocolVersion::V2_1);
    let uid = client.create(vec![]).await.unwrap();
    let of = |text: &str| {
        let tag = strongroom_kmip::tag::ATTRIBUTE_VALUE;
        let octets = strongroom_ttlv::encode(|out| out.text(tag, text)).unwrap();
        let item = strongroom_ttlv::Fields::item(&octets, &strongroom_ttlv::Limits::FORMAT);
        AttributeValue::vendor("acme", "site", item.unwrap().to_owned_item())
    };
    let asked = strongroom_kmip::attribute::AttributeName::vendor("acme", "site");
    let set = |value| Request::SetAttribute(SetAttributeRequest::new(uid.as_str(), value));
    for text in ["one", "two"] {
        client.send(set(of(text))).await.unwrap();
        let mut request = strongroom_kmip::operation::GetAttributesRequest::new(&*uid, &[]);
        request.attribute_names = vec![asked.clone()];
        let Response::GetAttributes(found) =
            client.send(Request::GetAttributes(request)).await.unwrap()
        else {
            panic!("not an answer to Get Attributes");
        };
        let found: Vec<_> = found.attributes.into_iter().map(|a| a.value).collect();
        assert_eq!(found, [of(text)]);
    }
    client.send(add(&uid, of("three"))).await.unwrap();
    let several = client.send(set(of("four"))).await;
    assert_eq!(reason(several), ResultReason::MULTI_VALUED_ATTRIBUTE);
}
