//! Create and Activate: in one message where the server takes it, else in turn; both clients.

use std::time::Duration;

use strongroom_client::{ClientError, ClientOptions, ErrorKind, Made, Outcome, blocking};
use strongroom_kmip::operation::CreateRequest;
use strongroom_kmip::{Operation, ProtocolVersion, ResultReason, tag};
use tokio::task::spawn_blocking;

use crate::answer::{self, Item, failure, identifier};
use crate::peer::{Act, Peer};
use crate::pki::World;

const V1_4: ProtocolVersion = ProtocolVersion::V1_4;

fn create() -> CreateRequest {
    CreateRequest::symmetric_key(Vec::new())
}

/// Both clients against a server with this script: what came, and the operations that were sent.
async fn made(script: impl Fn() -> Vec<Act>) -> [(Result<Made, ClientError>, usize); 2] {
    let world = World::new();
    let options = || ClientOptions::default().connect_timeout(Duration::from_secs(10));
    let peer = Peer::after_hello(world.server(), script()).await;
    let client = world.client(&peer.address(), options());
    let mut session = client.connect().await.unwrap();
    let first = session.create_and_activate(create()).await;
    let sent = peer.requests().len();

    let peer = Peer::after_hello(world.server(), script()).await;
    let client: blocking::Client = world.client(&peer.address(), options()).into();
    let second = spawn_blocking(move || {
        let mut session = client.connect().unwrap();
        session.create_and_activate(create())
    });
    let second = second.await.unwrap();
    [(first, sent), (second, peer.requests().len())]
}

fn created() -> Item {
    Item::done(Operation::CREATE, |w| {
        w.enumeration(tag::OBJECT_TYPE, 2_u32);
        w.text(tag::UNIQUE_IDENTIFIER, "7");
    })
}

fn activated() -> Item {
    Item::done(Operation::ACTIVATE, |w| {
        w.text(tag::UNIQUE_IDENTIFIER, "7");
    })
}

/// What a session sends before: Discover Versions.
const HELLO: usize = 1;

#[tokio::test]
async fn a_server_that_takes_a_batch_is_asked_once() {
    let octets = answer::batch(V1_4, &[(0, created()), (1, activated())]);
    for (made, sent) in made(|| vec![Act::Say(octets.clone())]).await {
        let made = made.unwrap();
        assert_eq!(made.unique_identifier.to_string(), "7");
        made.activation.unwrap();
        assert_eq!(sent, HELLO + 1);
    }
}

#[tokio::test]
async fn a_server_that_refuses_the_message_is_asked_in_turn() {
    let refused = failure(V1_4, None, ResultReason::INVALID_MESSAGE, "no batches");
    let script = || {
        vec![
            Act::Say(refused.clone()),
            Act::Say(answer::one(V1_4, &created())),
            Act::Say(identifier(V1_4, Operation::ACTIVATE, "7")),
        ]
    };
    for (made, sent) in made(script).await {
        let made = made.unwrap();
        assert_eq!(made.unique_identifier.to_string(), "7");
        made.activation.unwrap();
        assert_eq!(sent, HELLO + 3);
    }
}

#[tokio::test]
async fn a_server_without_a_placeholder_is_told_which_object() {
    let missing = Item::failed(Operation::ACTIVATE, ResultReason::ITEM_NOT_FOUND);
    let batch = answer::batch(V1_4, &[(0, created()), (1, missing)]);
    let script = || {
        vec![
            Act::Say(batch.clone()),
            Act::Say(identifier(V1_4, Operation::ACTIVATE, "7")),
        ]
    };
    for (made, sent) in made(script).await {
        made.unwrap().activation.unwrap();
        assert_eq!(sent, HELLO + 2);
    }
}

#[tokio::test]
async fn a_denied_activation_is_told_beside_the_object() {
    let denied = || Item::failed(Operation::ACTIVATE, ResultReason::PERMISSION_DENIED);
    let batch = answer::batch(V1_4, &[(0, created()), (1, denied())]);
    for (made, sent) in made(|| vec![Act::Say(batch.clone())]).await {
        let made = made.unwrap();
        assert_eq!(made.unique_identifier.to_string(), "7");
        let error = made.activation.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        assert_eq!(sent, HELLO + 1);
    }
}

#[tokio::test]
async fn nothing_is_sent_again_after_a_denial_or_a_lost_answer() {
    let denied = failure(V1_4, None, ResultReason::PERMISSION_DENIED, "no");
    for (made, sent) in made(|| vec![Act::Say(denied.clone())]).await {
        assert_eq!(made.unwrap_err().kind(), ErrorKind::PermissionDenied);
        assert_eq!(sent, HELLO + 1);
    }
    for (made, sent) in made(|| vec![Act::Close]).await {
        assert_eq!(made.unwrap_err().outcome(), Outcome::Unknown);
        assert_eq!(sent, HELLO + 1);
    }
}
