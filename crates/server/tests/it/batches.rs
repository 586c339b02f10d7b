//! Batches over the wire: items that read and items that write, in one message.

use strongroom_kmip::enumeration::{BatchErrorContinuationOption, ResultStatus};
use strongroom_kmip::message::{RequestHeader, RequestItem, RequestMessage, ResponseMessage};
use strongroom_kmip::operation::{
    ActivateRequest, GetAttributesRequest, GetRequest, LocateRequest, Request, Response,
};
use strongroom_kmip::{Limits, ProtocolVersion, ResultReason, State};
use strongroom_server::testing::TestServer;

use crate::client::{Client, create_request, name};

async fn send(
    client: &mut Client,
    header: RequestHeader,
    requests: Vec<Request>,
) -> ResponseMessage {
    let item = |(at, request)| RequestItem::with_id(request, vec![at]);
    let batch = (0..).zip(requests).map(item).collect();
    let octets = RequestMessage::new(header, batch).encode().unwrap();
    let answer = client.exchange(&octets).await.unwrap();
    ResponseMessage::decode(&answer, &Limits::default()).unwrap()
}

#[tokio::test]
async fn a_batch_that_begins_with_reading_writes_once_and_hands_the_identifier_on() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let requests = vec![
        Request::Locate(LocateRequest::new(vec![])),
        create_request(256, vec![name("one")]),
        Request::Activate(ActivateRequest::default()),
        Request::GetAttributes(GetAttributesRequest::default()),
        Request::Get(GetRequest::default()),
    ];
    let header = RequestHeader::new(ProtocolVersion::V1_2);
    let answer = send(&mut client, header, requests).await;
    let status: Vec<_> = answer.batch.iter().map(|item| item.result_status).collect();
    assert_eq!(status, [ResultStatus::SUCCESS; 5]);
    let ids: Vec<_> = answer
        .batch
        .iter()
        .map(|item| item.unique_batch_item_id.clone())
        .collect();
    assert_eq!(ids, (0..5).map(|at| Some(vec![at])).collect::<Vec<_>>());
    assert!(matches!(answer.batch[3].response.as_deref(),
        Some(Response::GetAttributes(answer)) if answer.state() == Some(State::ACTIVE)));
    let Response::Locate(found) = client
        .send(Request::Locate(LocateRequest::new(vec![])))
        .await
        .unwrap()
    else {
        panic!("not an answer to Locate");
    };
    assert_eq!(found.unique_identifiers.len(), 1);
    // The placeholder ends with its message.
    let error = client
        .send(Request::Get(GetRequest::default()))
        .await
        .unwrap_err();
    assert_eq!(error.reason(), Some(ResultReason::MISSING_DATA));
}

#[tokio::test]
async fn a_failed_item_stops_the_batch_unless_it_shall_continue() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let requests = |first: &str| {
        vec![
            create_request(256, vec![name(first)]),
            Request::Get(GetRequest::new("absent")),
            create_request(256, vec![]),
        ]
    };
    let stop = RequestHeader::new(ProtocolVersion::V1_4);
    assert_eq!(send(&mut client, stop, requests("a")).await.batch.len(), 2);
    let mut go_on = RequestHeader::new(ProtocolVersion::V1_4);
    go_on.batch_error_continuation_option = Some(BatchErrorContinuationOption::CONTINUE);
    let answer = send(&mut client, go_on, requests("b")).await;
    let reasons: Vec<_> = answer.batch.iter().map(|item| item.result_reason).collect();
    assert_eq!(reasons, [None, Some(ResultReason::ITEM_NOT_FOUND), None]);
}
