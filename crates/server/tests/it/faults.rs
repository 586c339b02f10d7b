//! Scripted faults do what they say, and no more.

use std::time::{Duration, Instant};

use strongroom_kmip::ProtocolVersion;
use strongroom_kmip::exchange::Exchange;
use strongroom_kmip::operation::{LocateRequest, QueryRequest, Request, Response};
use strongroom_server::FaultAction;
use strongroom_server::testing::TestServer;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::client::{Client, create_request};

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
