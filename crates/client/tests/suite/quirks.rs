//! What a session keeps beside an answer, and the quirks that it puts up with where they are named.

use std::time::Duration;

use strongroom_client::{ClientOptions, ErrorKind, Kept, Outcome, Session};
use strongroom_kmip::exchange::{Quirk, Quirks};
use strongroom_kmip::operation::ActivateRequest;
use strongroom_kmip::{Operation, ProtocolVersion, Request, ResultReason, tag};
use strongroom_ttlv::Tag;

use crate::answer;
use crate::peer::{Act, Peer};
use crate::pki::World;

const V1_0: ProtocolVersion = ProtocolVersion::V1_0;
const V1_4: ProtocolVersion = ProtocolVersion::V1_4;
const ACTIVATE: Operation = Operation::ACTIVATE;
/// A vendor's.
const OURS: Tag = Tag::new(0x54_0001);

fn options() -> ClientOptions {
    ClientOptions::default().connect_timeout(Duration::from_secs(10))
}

async fn session(options: ClientOptions, script: Vec<Act>) -> (Session, Peer) {
    let world = World::new();
    let peer = Peer::after_hello(world.server(), script).await;
    let client = world.client(&peer.address(), options);
    (client.connect().await.unwrap(), peer)
}

fn activate() -> Request {
    ActivateRequest::new("7").into()
}

fn with_more() -> Act {
    Act::Say(answer::success(V1_4, ACTIVATE, |w| {
        w.text(tag::UNIQUE_IDENTIFIER, "7");
        w.integer(OURS, 1);
    }))
}

fn refused() -> Act {
    let reason = ResultReason::INVALID_MESSAGE;
    Act::Say(answer::failure(V1_0, None, reason, "no"))
}

fn check(kept: [Kept; 2]) {
    let [more, no] = kept;
    assert_eq!(more.answer.unwrap().unique_identifier(), Some(&"7".into()));
    assert_eq!(more.asides.len(), 1);
    assert_eq!(more.asides[0].tag(), Some(OURS));
    assert!(more.quirks.contains(Quirk::LaterField));
    let error = no.answer.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.operation(), Some(ACTIVATE));
    assert!(error.server().is_some());
    assert!(no.quirks.contains(Quirk::RefusalWithoutOperation));
    assert!(no.quirks.contains(Quirk::RefusalInOtherVersion));
}

#[tokio::test]
async fn what_came_beside_an_answer_or_a_refusal_is_kept() {
    let (mut session, _peer) = session(options(), vec![with_more(), refused()]).await;
    let more = session.send_keeping(&activate()).await.unwrap();
    let no = session.send_keeping(&activate()).await.unwrap();
    check([more, no]);
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn the_blocking_session_keeps_it_too() {
    let world = World::new();
    let peer = Peer::after_hello(world.server(), vec![with_more(), refused()]).await;
    let client: strongroom_client::blocking::Client =
        world.client(&peer.address(), options()).into();
    let work = tokio::task::spawn_blocking(move || {
        let mut session = client.connect().unwrap();
        [(); 2].map(|()| session.send_keeping(&activate()).unwrap())
    });
    check(work.await.unwrap());
}

#[tokio::test]
async fn what_is_no_answer_is_not_kept() {
    let (mut session, _peer) = session(options(), vec![Act::Say(vec![0x42; 64])]).await;
    let error = session.send_keeping(&activate()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert_eq!(error.outcome(), Outcome::Unknown);
}

#[tokio::test]
async fn a_quirk_is_put_up_with_only_where_the_options_name_it_and_no_key_comes() {
    let older = || {
        vec![
            Act::Say(answer::identifier(V1_0, ACTIVATE, "7")),
            Act::Say(answer::key(V1_0, "7", &[0xA5; 32])),
        ]
    };
    let (mut strict, _peer) = session(options(), older()).await;
    let error = strict.activate("7").await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);

    let tolerated = Quirks::NONE.with(Quirk::AnswerInOtherVersion);
    let (mut mild, _peer) = session(options().tolerated(tolerated), older()).await;
    mild.activate("7").await.unwrap();
    let error = mild.get("7").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
}
