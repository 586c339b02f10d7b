//! Scripted faults do what they say, and no more.

use std::time::{Duration, Instant};

use strongroom_kmip::enumeration::Operation;
use strongroom_kmip::exchange::Exchange;
use strongroom_kmip::message::{RequestHeader, RequestItem, RequestMessage, ResponseMessage};
use strongroom_kmip::operation::{GetRequest, LocateRequest, QueryRequest, Request, Response};
use strongroom_kmip::{Limits, ProtocolVersion, ResultReason, tag};
use strongroom_server::testing::TestServer;
use strongroom_server::{FaultAction, HandshakeFault};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::client::{Client, config, create_request, handshake};

async fn count(server: &TestServer) -> usize {
    let mut client = Client::connect(server, "node-1").await;
    match client
        .send(Request::Locate(LocateRequest::new(vec![])))
        .await
        .unwrap()
    {
        Response::Locate(answer) => answer.unique_identifiers.len(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_request_that_is_dropped_before_handling_changes_nothing_and_after_handling_it_does() {
    let server = TestServer::start().await.unwrap();
    let rows = [
        (FaultAction::DropBeforeHandling, 0),
        (FaultAction::DropAfterHandling, 1),
        (FaultAction::CutAfter(20), 2),
    ];
    for (action, expected) in rows {
        let mut client = Client::connect(&server, "node-1").await;
        server.faults().next(action);
        let (_, octets) =
            Exchange::new(ProtocolVersion::V1_4, &create_request(256, vec![])).unwrap();
        let error = client.exchange(&octets).await.unwrap_err();
        assert_eq!(
            error.kind(),
            std::io::ErrorKind::UnexpectedEof,
            "{action:?}: {error}"
        );
        assert_eq!(count(&server).await, expected, "{action:?}");
    }
}

#[tokio::test]
async fn an_answer_can_be_late_wrong_or_missing() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let query = || Request::Query(QueryRequest::new(vec![]));
    let faults = server.faults();

    faults.next(FaultAction::Delay(Duration::from_millis(120)));
    let start = Instant::now();
    client.send(query()).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(120));

    faults.next(FaultAction::WrongVersion);
    let (_, octets) = Exchange::new(ProtocolVersion::V1_4, &query()).unwrap();
    let answer = client.exchange(&octets).await.unwrap();
    assert_eq!(answer[32..36], [0, 0, 0, 9]);
    faults.next(FaultAction::WrongVersion);
    client.send(query()).await.unwrap_err();

    faults.next(FaultAction::Garbage);
    let answer = client.exchange(&octets).await.unwrap();
    assert_eq!(answer[0], 0xBD);

    client.send(query()).await.unwrap();
    faults.next(FaultAction::Silence);
    let silence = timeout(Duration::from_millis(200), client.exchange(&octets)).await;
    silence.unwrap_err();
    assert_eq!(faults.seen(), 6);
    // The server stops all the same.
    timeout(Duration::from_secs(3), server.stop())
        .await
        .unwrap();
    assert_eq!(client.stream.read(&mut [0]).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn a_field_of_the_answer_can_be_wrong_and_so_can_the_batch_id() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let uid = client.create(vec![]).await.unwrap();
    let faults = server.faults();
    faults.next(FaultAction::WrongField(tag::UNIQUE_IDENTIFIER));
    let get = Request::Get(GetRequest::new(&*uid));
    let (exchange, octets) = Exchange::new(ProtocolVersion::V1_4, &get).unwrap();
    let wrong = client.exchange(&octets).await.unwrap();
    let right = client.exchange(&octets).await.unwrap();
    // One octet of the identifier, and nothing else but perhaps the time.
    let at = right
        .windows(32)
        .position(|window| window == uid.as_bytes());
    let span = at.unwrap()..at.unwrap() + 32;
    let (ours, other) = (&right[span.clone()], &wrong[span.clone()]);
    assert_eq!(ours.iter().zip(other).filter(|(a, b)| a != b).count(), 1);
    assert_eq!(right[span.end..], wrong[span.end..]);
    exchange.finish(&wrong).unwrap_err();

    // A single item has no id in the request; one in the answer belongs to nothing.
    let query = Request::Query(QueryRequest::new(vec![]));
    let (_, octets) = Exchange::new(ProtocolVersion::V1_4, &query).unwrap();
    let right = client.exchange(&octets).await.unwrap();
    faults.next(FaultAction::WrongBatchId);
    let wrong = client.exchange(&octets).await.unwrap();
    let read = |octets: &[u8]| ResponseMessage::decode(octets, &Limits::default()).unwrap();
    assert_eq!(read(&right).batch[0].unique_batch_item_id, None);
    assert_eq!(read(&wrong).batch[0].unique_batch_item_id, Some(vec![0xEE]));

    let header = RequestHeader::new(ProtocolVersion::V1_4);
    let item = RequestItem::with_id(query, vec![7]);
    let octets = RequestMessage::new(header, vec![item]).encode().unwrap();
    faults.next(FaultAction::WrongBatchId);
    let wrong = client.exchange(&octets).await.unwrap();
    assert_eq!(read(&wrong).batch[0].unique_batch_item_id, Some(vec![6]));
}

#[tokio::test]
async fn an_operation_fails_as_the_script_says_and_changes_nothing() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let failure = FaultAction::Error(ResultReason::GENERAL_FAILURE);
    server.faults().on(Operation::CREATE, 2, failure);
    client.create(vec![]).await.unwrap();
    count(&server).await;
    let error = client.create(vec![]).await.unwrap_err();
    assert_eq!(error.reason(), Some(ResultReason::GENERAL_FAILURE));
    assert_eq!(count(&server).await, 1);
    client.create(vec![]).await.unwrap();
    assert_eq!(count(&server).await, 2);
}

#[tokio::test]
async fn a_connection_can_be_closed_or_refused_before_it_is_one() {
    let server = TestServer::start().await.unwrap();
    let issued = server.client("node-1").unwrap();
    let connect = || {
        let config = config(server.ca_pem(), Some(&issued), rustls::DEFAULT_VERSIONS);
        handshake(server.local_addr(), config)
    };
    server.faults().at_handshake(1, HandshakeFault::Alert);
    server.faults().at_handshake(2, HandshakeFault::Close);
    let refused = connect().await.unwrap_err();
    assert!(
        refused.to_string().contains("HandshakeFailure"),
        "{refused}"
    );
    let closed = connect().await.unwrap_err();
    assert!(!closed.to_string().contains("HandshakeFailure"), "{closed}");
    connect().await.unwrap();
    assert_eq!(server.faults().connections(), 3);
}
