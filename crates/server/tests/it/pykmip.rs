//! The profile `pykmip`: what PyKMIP 0.11 does otherwise.

use std::sync::Arc;

use strongroom_kmip::attribute::AttributeValue;
use strongroom_kmip::enumeration::{BatchErrorContinuationOption, Operation, QueryFunction};
use strongroom_kmip::message::{RequestHeader, RequestItem, RequestMessage, ResponseMessage};
use strongroom_kmip::operation::{
    ActivateRequest, AddAttributeRequest, CheckRequest, GetRequest, HashRequest, QueryRequest,
    ReKeyRequest, Request, Response,
};
use strongroom_kmip::{DateTime, Limits, ProtocolVersion, ResultReason, RevocationReasonCode};
use strongroom_secret::SecretBytes;
use strongroom_server::Profile;
use strongroom_server::testing::TestServer;

use crate::calls::*;
use crate::client::{Client, config, handshake, name};

const NOW: i64 = 1_800_000_000;

async fn pykmip() -> TestServer {
    TestServer::start_with(|options| {
        options.profile = Profile::PYKMIP;
        options.clock = Arc::new(|| NOW);
    })
    .await
    .unwrap()
}

async fn connect(server: &TestServer, common_name: &str) -> Client {
    let issued = server.client(common_name).unwrap();
    let config = config(server.ca_pem(), Some(&issued), &[&rustls::version::TLS12]);
    let stream = handshake(server.local_addr(), config).await.unwrap();
    let version = ProtocolVersion::V1_2;
    Client { stream, version }
}

#[tokio::test]
async fn dates_are_refused_at_create() {
    let server = pykmip().await;
    let mut client = connect(&server, "a").await;
    for date in [
        AttributeValue::ActivationDate(DateTime(1)),
        AttributeValue::DeactivationDate(DateTime(NOW + 9)),
    ] {
        let refused = client.create(vec![date.into()]).await;
        assert_eq!(reason(refused), ResultReason::INVALID_FIELD);
    }
    client.create(vec![name("n")]).await.unwrap();
}

#[tokio::test]
async fn activate_twice_is_denied_and_what_is_destroyed_is_gone_with_its_attributes() {
    let server = pykmip().await;
    let mut client = connect(&server, "a").await;
    let uid = client.create(vec![name("n")]).await.unwrap();
    activate(&mut client, &uid).await.unwrap();
    let again = activate(&mut client, &uid).await;
    assert_eq!(reason(again), ResultReason::PERMISSION_DENIED);
    let active = destroy(&mut client, &uid).await;
    assert_eq!(reason(active), ResultReason::PERMISSION_DENIED);
    let code = RevocationReasonCode::CESSATION_OF_OPERATION;
    revoke(&mut client, &uid, code).await.unwrap();
    let mut other = connect(&server, "b").await;
    let foreign = destroy(&mut other, &uid).await;
    assert_eq!(reason(foreign), ResultReason::PERMISSION_DENIED);
    destroy(&mut client, &uid).await.unwrap();
    let gone = [
        client.send(Request::Get(GetRequest::new(&*uid))).await,
        destroy(&mut client, &uid).await,
    ];
    for gone in gone {
        let error = gone.unwrap_err();
        assert_eq!(error.reason(), Some(ResultReason::ITEM_NOT_FOUND));
        let words = format!("Could not locate object: {uid}");
        assert!(error.to_string().contains(&words), "{error}");
    }
    assert!(locate(&mut client, vec![name("n")]).await.is_empty());
}

#[tokio::test]
async fn another_identity_is_denied_in_the_words_for_what_is_not_there() {
    let server = pykmip().await;
    let uid = connect(&server, "a").await.create(vec![]).await.unwrap();
    let mut other = connect(&server, "b").await;
    let error = other.send(Request::Get(GetRequest::new(&*uid))).await;
    let error = error.unwrap_err();
    assert_eq!(error.reason(), Some(ResultReason::PERMISSION_DENIED));
    let words = format!("Could not locate object: {uid}");
    assert!(error.to_string().contains(&words), "{error}");
}

#[tokio::test]
async fn query_tells_no_object_types() {
    let server = pykmip().await;
    let mut client = connect(&server, "a").await;
    let request = QueryRequest::new(vec![QueryFunction::OBJECTS, QueryFunction::OPERATIONS]);
    let Response::Query(answer) = client.send(Request::Query(request)).await.unwrap() else {
        panic!("not an answer to Query");
    };
    assert!(answer.object_types.is_empty());
    assert!(answer.operations.contains(&Operation::GET));
}

/// Version, operation and reason of the first item of the answer.
async fn first(
    client: &mut Client,
    header: RequestHeader,
    requests: Vec<Request>,
) -> (ProtocolVersion, Option<Operation>, Option<ResultReason>) {
    let items = (0_u8..).zip(requests);
    let items = items.map(|(at, request)| RequestItem::with_id(request, vec![at]));
    let message = RequestMessage::new(header, items.collect());
    let answer = client.exchange(&message.encode().unwrap()).await.unwrap();
    let answer = ResponseMessage::decode(&answer, &Limits::default()).unwrap();
    let item = &answer.batch[0];
    let version = answer.header.protocol_version;
    (version, item.operation, item.result_reason)
}

#[tokio::test]
async fn some_messages_are_refused_as_a_whole_and_others_item_by_item() {
    let server = pykmip().await;
    let mut client = connect(&server, "a").await;
    let uid = client.create(vec![]).await.unwrap();
    let header = || RequestHeader::new(ProtocolVersion::V1_4);
    let query = || Request::Query(QueryRequest::new(vec![]));
    let whole = (
        ProtocolVersion::V1_0,
        None,
        Some(ResultReason::INVALID_MESSAGE),
    );
    let hash = HashRequest::new(Default::default(), SecretBytes::copy_from(b"x"));
    for request in [
        Request::AddAttribute(AddAttributeRequest::new(&*uid, name("m"))),
        Request::Hash(hash),
        Request::Activate(ActivateRequest::default()),
    ] {
        // The item before it is not done either.
        let label = format!("{:?}", request.operation());
        let found = first(&mut client, header(), vec![query(), request]).await;
        assert_eq!(found, whole, "{label}");
    }
    let mut correlated = header();
    correlated.client_correlation_value = Some("x".into());
    let mut undo = header();
    undo.batch_error_continuation_option = Some(BatchErrorContinuationOption::UNDO);
    let (mut early, mut stale, mut good) = (header(), header(), header());
    early.time_stamp = Some(NOW + 1);
    stale.time_stamp = Some(NOW - 60);
    good.time_stamp = Some(NOW - 59);
    for header in [correlated, undo, early, stale] {
        assert_eq!(first(&mut client, header, vec![query()]).await, whole);
    }
    let ok = (ProtocolVersion::V1_4, Some(Operation::QUERY), None);
    assert_eq!(first(&mut client, good, vec![query()]).await, ok);
    for request in [
        Request::ReKey(ReKeyRequest::new(&*uid)),
        Request::Check(CheckRequest::new(&*uid)),
    ] {
        let operation = Some(request.operation());
        let reason = Some(ResultReason::OPERATION_NOT_SUPPORTED);
        let found = first(&mut client, header(), vec![request]).await;
        assert_eq!(found, (ProtocolVersion::V1_4, operation, reason));
    }
}
