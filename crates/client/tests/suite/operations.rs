//! Batches, answers that come later, and Locate in pages, on the wire.

use std::time::Duration;

use strongroom_client::{Answer, Batch, ClientOptions, ErrorKind, Outcome, Session};
use strongroom_kmip::enumeration::{BatchErrorContinuationOption, CancellationResult};
use strongroom_kmip::exchange::BatchOptions;
use strongroom_kmip::operation::{
    ActivateRequest, CreateRequest, GetRequest, LocateRequest, PingRequest,
};
use strongroom_kmip::{Operation, ProtocolVersion, Request, Response, ResultReason, tag};

use crate::answer::{self, Item};
use crate::peer::{Act, Peer};
use crate::pki::World;

const V1_4: ProtocolVersion = ProtocolVersion::V1_4;

async fn session(script: Vec<Act>) -> (Session, Peer) {
    let world = World::new();
    let peer = Peer::after_hello(world.server(), script).await;
    let options = ClientOptions::default().connect_timeout(Duration::from_secs(10));
    let session = world
        .client(&peer.address(), options)
        .connect()
        .await
        .unwrap();
    (session, peer)
}

fn create() -> CreateRequest {
    CreateRequest::symmetric_key(Vec::new())
}

fn activate_placeholder() -> ActivateRequest {
    ActivateRequest::default()
}

fn created(id: &'static str) -> Item {
    Item::done(Operation::CREATE, move |w| {
        w.enumeration(tag::OBJECT_TYPE, 2_u32);
        w.text(tag::UNIQUE_IDENTIFIER, id);
    })
}

fn activated(id: &'static str) -> Item {
    Item::done(Operation::ACTIVATE, move |w| {
        w.text(tag::UNIQUE_IDENTIFIER, id);
    })
}

#[tokio::test]
async fn a_batch_gives_each_item_its_typed_answer() {
    // The server may answer in any order.
    let octets = answer::batch(V1_4, &[(1, activated("7")), (0, created("7"))]);
    let (mut session, peer) = session(vec![Act::Say(octets)]).await;
    let mut batch = Batch::new();
    let (made, active) = (batch.add(create()), batch.add(activate_placeholder()));
    let mut answer = session.send_batch(&batch).await.unwrap();
    assert_eq!(answer.outcomes().count(), 2);
    let id = answer.take(made).unwrap().unique_identifier;
    assert_eq!(id.to_string(), "7");
    assert_eq!(answer.take(active).unwrap().unique_identifier, id);
    assert_eq!(answer.outcomes().count(), 0);
    assert_eq!(peer.requests().len(), 2);
}

#[tokio::test]
async fn each_item_of_a_batch_has_an_outcome_of_its_own() {
    let denied = || Item::failed(Operation::CREATE, ResultReason::PERMISSION_DENIED);
    // (answer, (kind, outcome) of Create, of Activate)
    let cases = [
        (
            vec![(0, denied())],
            (ErrorKind::PermissionDenied, Outcome::Refused),
            (ErrorKind::BatchStopped, Outcome::Refused),
        ),
        (
            vec![
                (0, Item::undone(Operation::CREATE)),
                (
                    1,
                    Item::failed(Operation::ACTIVATE, ResultReason::GENERAL_FAILURE),
                ),
            ],
            (ErrorKind::BatchStopped, Outcome::Refused),
            (ErrorKind::Refused, Outcome::Refused),
        ),
        (
            vec![(0, Item::pending(Operation::CREATE, b"later"))],
            (ErrorKind::Pending, Outcome::Unknown),
            (ErrorKind::Malformed, Outcome::Unknown),
        ),
    ];
    for (items, first, second) in cases {
        let octets = answer::batch(V1_4, &items);
        let (mut session, _peer) = session(vec![Act::Say(octets)]).await;
        let mut batch = Batch::new();
        let (made, active) = (batch.add(create()), batch.add(activate_placeholder()));
        let mut answer = session.send_batch(&batch).await.unwrap();
        let error = answer.take(made).unwrap_err();
        assert_eq!((error.kind(), error.outcome()), first, "{error:?}");
        assert_eq!(error.operation(), Some(Operation::CREATE));
        assert!(error.server().is_some() && error.help().len() > 10);
        let error = answer.take(active).unwrap_err();
        assert_eq!((error.kind(), error.outcome()), second, "{error:?}");
    }
}

#[tokio::test]
async fn a_batch_that_makes_no_sense_is_not_sent() {
    let (mut session, peer) = session(vec![]).await;
    let mut batch = Batch::new();
    let error = session.send_batch(&batch).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Request, Outcome::NotSent),
        "{error}"
    );
    let _no_object = batch.add(GetRequest::default());
    assert!(session.send_batch(&batch).await.is_err());
    let options =
        BatchOptions::default().with_error_continuation(BatchErrorContinuationOption::CONTINUE);
    let mut batch = Batch::new().with_options(options);
    let _later_version = batch.add(PingRequest::default());
    let error = session.send_batch(&batch).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(peer.requests().len(), 1, "Discover Versions alone");
    assert!(session.usable());
}

#[tokio::test]
async fn an_item_of_another_batch_is_not_mistaken() {
    let octets = answer::batch(V1_4, &[(0, created("7"))]);
    let (mut session, _peer) = session(vec![Act::Say(octets)]).await;
    let (mut batch, mut other) = (Batch::new(), Batch::new());
    let made = batch.add(create());
    let foreign = other.add(create());
    let mut answer = session.send_batch(&batch).await.unwrap();
    let error = answer.take(foreign).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Request, "{error}");
    assert!(answer.take(made).is_ok());
}

#[tokio::test]
async fn a_refused_batch_is_refused_as_a_whole() {
    let no = answer::failure(V1_4, None, ResultReason::INVALID_MESSAGE, "no batches");
    let (mut session, _peer) = session(vec![Act::Say(no)]).await;
    let mut batch = Batch::new();
    let _items = (batch.add(create()), batch.add(activate_placeholder()));
    let error = session.send_batch(&batch).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Refused, Outcome::Refused),
        "{error}"
    );
}

fn pending() -> Act {
    Act::Say(answer::one(
        V1_4,
        &Item::pending(Operation::CREATE, b"handle"),
    ))
}

async fn ask_later(session: &mut Session) -> strongroom_client::Pending {
    let request = Request::Create(create());
    match session.send_asynchronous(&request).await.unwrap() {
        Answer::Pending(pending) => pending,
        done => panic!("{done:?}"),
    }
}

#[tokio::test]
async fn a_pending_answer_is_polled_until_it_is_there() {
    let script = vec![
        pending(),
        pending(),
        Act::Say(answer::one(V1_4, &created("7"))),
    ];
    let (mut session, peer) = session(script).await;
    let handle = ask_later(&mut session).await;
    assert_eq!(handle.operation(), Operation::CREATE);
    assert_eq!(handle.asynchronous_correlation_value(), b"handle");
    let again = session.poll(&handle).await.unwrap();
    assert!(matches!(again, Answer::Pending(_)), "{again:?}");
    let Answer::Done(done) = session.poll(&handle).await.unwrap() else {
        panic!("still pending");
    };
    assert!(matches!(*done, Response::Create(_)), "{done:?}");
    assert_eq!(peer.requests().len(), 4);
}

#[tokio::test]
async fn a_failed_poll_says_whether_the_operation_failed() {
    let no = |operation| {
        Act::Say(answer::failure(
            V1_4,
            operation,
            ResultReason::ITEM_NOT_FOUND,
            "no",
        ))
    };
    for (operation, outcome) in [
        (Some(Operation::CREATE), Outcome::Refused),
        (Some(Operation::POLL), Outcome::Unknown),
        (None, Outcome::Unknown),
    ] {
        let (mut session, _peer) = session(vec![pending(), no(operation)]).await;
        let handle = ask_later(&mut session).await;
        let error = session.poll(&handle).await.unwrap_err();
        assert_eq!(error.outcome(), outcome, "{operation:?}: {error}");
        assert_eq!(error.operation(), Some(Operation::CREATE));
    }
}

#[tokio::test]
async fn a_pending_request_is_taken_back() {
    let cancelled = answer::success(V1_4, Operation::CANCEL, |w| {
        w.bytes(tag::ASYNCHRONOUS_CORRELATION_VALUE, b"handle");
        w.enumeration(tag::CANCELLATION_RESULT, CancellationResult::CANCELED);
    });
    let (mut session, _peer) = session(vec![pending(), Act::Say(cancelled)]).await;
    let handle = ask_later(&mut session).await;
    let result = session.cancel(&handle).await.unwrap();
    assert_eq!(result, CancellationResult::CANCELED);
}

#[tokio::test]
async fn a_server_that_answers_later_unasked_leaves_the_outcome_open() {
    let (mut session, _peer) = session(vec![pending()]).await;
    let error = session.create(create()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Pending, Outcome::Unknown),
        "{error}"
    );
    assert!(session.usable());
}

fn located(ids: &'static [&'static str]) -> Act {
    Act::Say(answer::success(V1_4, Operation::LOCATE, |w| {
        for id in ids {
            w.text(tag::UNIQUE_IDENTIFIER, id);
        }
    }))
}

#[tokio::test]
async fn locate_comes_in_pages() {
    let (mut session, peer) = session(vec![located(&["1", "2"]), located(&["3"])]).await;
    let mut pages = session.locate_pages(LocateRequest::default(), 2);
    let mut ids = Vec::new();
    while let Some(page) = pages.next().await {
        ids.extend(page.unwrap().iter().map(ToString::to_string));
    }
    assert_eq!(ids, ["1", "2", "3"]);
    assert_eq!(peer.requests().len(), 3);
}

#[tokio::test]
async fn no_page_follows_a_failed_one() {
    let (mut session, _peer) = session(vec![located(&["1", "2"]), Act::Close]).await;
    let mut pages = session.locate_pages(LocateRequest::default(), 2);
    assert!(pages.next().await.unwrap().is_ok());
    let error = pages.next().await.unwrap().unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert!(pages.next().await.is_none());
}
