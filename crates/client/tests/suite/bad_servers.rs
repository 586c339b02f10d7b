//! Servers that misbehave after a good start: each leaves its error kind and its outcome.

use std::time::{Duration, Instant};

use strongroom_client::{
    Cause, ClientError, ClientOptions, ErrorKind as Kind, Outcome, Phase, Session,
};
use strongroom_kmip::{Operation, ProtocolVersion, ResultReason};
use tokio::net::TcpListener;

use crate::answer;
use crate::peer::{Act, Peer, dead_port, hello};
use crate::pki::World;

const V1_4: ProtocolVersion = ProtocolVersion::V1_4;

fn options() -> ClientOptions {
    ClientOptions::default().connect_timeout(Duration::from_secs(10))
}

/// Long where an answer is to come, so that a busy machine changes nothing.
fn patience(kind: Kind) -> Duration {
    match kind {
        Kind::Timeout => Duration::from_millis(200),
        _ => Duration::from_secs(10),
    }
}

async fn session(world: &World, peer: &Peer, wait: Duration) -> Session {
    let client = world.client(&peer.address(), options().exchange_timeout(wait));
    client.connect().await.expect("hello")
}

fn failed(operation: Operation, reason: ResultReason) -> Act {
    Act::Say(answer::failure(V1_4, Some(operation), reason, "no"))
}

#[tokio::test]
async fn each_bad_answer_has_its_kind_and_outcome() {
    let world = World::new();
    let good = answer::identifier(V1_4, Operation::ACTIVATE, "1");
    let half = good[..good.len() / 2].to_vec();
    let mut longer = good.clone();
    longer[7] = longer[7].checked_add(8).unwrap();
    longer.extend_from_slice(&[0; 8]);
    let mut not_utf8 = good.clone();
    let at = not_utf8.len() - 8;
    not_utf8[at] = 0xff;
    let request_tag = [b"\x42\x00\x78", &good[3..]].concat();
    let huge = b"\x42\x00\x7B\x01\x7F\xFF\xFF\xF8\0\0\0\0\0\0\0\0".to_vec();
    let activate = Operation::ACTIVATE;
    // (what, what the server does, kind, outcome, may the session go on)
    let cases: Vec<(&str, Act, Kind, Outcome, bool)> = vec![
        ("silent", Act::Hang, Kind::Timeout, Outcome::Unknown, false),
        (
            "closes",
            Act::Close,
            Kind::Unreachable,
            Outcome::Unknown,
            false,
        ),
        ("cuts", Act::Cut, Kind::Unreachable, Outcome::Unknown, false),
        (
            "half an answer, then closes",
            Act::SayAndClose(half.clone()),
            Kind::Unreachable,
            Outcome::Unknown,
            false,
        ),
        (
            "half an answer, then silent",
            Act::SayAndHang(half),
            Kind::Timeout,
            Outcome::Unknown,
            false,
        ),
        (
            "an octet now and then",
            Act::Spell(good.clone(), Duration::from_millis(20)),
            Kind::Timeout,
            Outcome::Unknown,
            false,
        ),
        (
            "huge length",
            Act::Say(huge),
            Kind::Malformed,
            Outcome::Unknown,
            false,
        ),
        (
            "plain text",
            Act::Say(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
            Kind::Malformed,
            Outcome::Unknown,
            false,
        ),
        (
            "rubbish after the last item",
            Act::Say(longer),
            Kind::Malformed,
            Outcome::Unknown,
            true,
        ),
        (
            "text that is not UTF-8",
            Act::Say(not_utf8),
            Kind::Malformed,
            Outcome::Unknown,
            true,
        ),
        (
            "a request",
            Act::Say(request_tag),
            Kind::Malformed,
            Outcome::Unknown,
            true,
        ),
        (
            "another version",
            Act::Say(answer::identifier(
                ProtocolVersion::new(3, 0),
                activate,
                "1",
            )),
            Kind::Malformed,
            Outcome::Unknown,
            true,
        ),
        (
            "another operation",
            Act::Say(answer::identifier(V1_4, Operation::DESTROY, "1")),
            Kind::Malformed,
            Outcome::Unknown,
            true,
        ),
        (
            "another identifier",
            Act::Say(answer::identifier(V1_4, activate, "2")),
            Kind::Malformed,
            Outcome::Unknown,
            true,
        ),
        (
            "not found",
            failed(activate, ResultReason::ITEM_NOT_FOUND),
            Kind::NotFound,
            Outcome::Refused,
            true,
        ),
        (
            "denied",
            failed(activate, ResultReason::PERMISSION_DENIED),
            Kind::PermissionDenied,
            Outcome::Refused,
            true,
        ),
        (
            "unknown client",
            failed(activate, ResultReason::AUTHENTICATION_NOT_SUCCESSFUL),
            Kind::Authentication,
            Outcome::Refused,
            true,
        ),
        (
            "not supported",
            failed(activate, ResultReason::OPERATION_NOT_SUPPORTED),
            Kind::Refused,
            Outcome::Refused,
            true,
        ),
        (
            "not understood: version 1.0, no operation",
            Act::Say(answer::failure(
                ProtocolVersion::V1_0,
                None,
                ResultReason::INVALID_MESSAGE,
                "no",
            )),
            Kind::Refused,
            Outcome::Refused,
            true,
        ),
    ];
    for (what, act, kind, outcome, goes_on) in cases {
        let peer = Peer::after_hello(world.server(), vec![act]).await;
        let mut session = session(&world, &peer, patience(kind)).await;
        let error = session.activate("1").await.expect_err(what);
        assert_eq!(
            (error.kind(), error.outcome()),
            (kind, outcome),
            "{what}: {error:?}"
        );
        assert_eq!(error.operation(), Some(activate), "{what}");
        assert_eq!(
            error.server().map(ToString::to_string),
            Some(peer.address()),
            "{what}"
        );
        assert!(error.help().len() > 10, "{what}");
        assert_eq!(session.usable(), goes_on, "{what}");
        assert_eq!(peer.requests().len(), 2, "{what}: sent once");
        if !goes_on {
            let again = session.activate("1").await.expect_err(what);
            assert_eq!(
                (again.kind(), again.outcome()),
                (Kind::SessionDead, Outcome::NotSent),
                "{what}"
            );
        }
        assert_eq!(peer.connections(), 1, "{what}: no reconnection by itself");
    }
}

#[tokio::test]
async fn octets_after_an_answer_spare_the_answer_and_end_the_session() {
    let world = World::new();
    let mut answer = answer::identifier(V1_4, Operation::ACTIVATE, "1");
    answer.extend_from_slice(b"12345678");
    let peer = Peer::after_hello(world.server(), vec![Act::Say(answer)]).await;
    let mut session = session(&world, &peer, patience(Kind::Refused)).await;
    session
        .activate("1")
        .await
        .expect("the answer itself is good");
    let error = session.activate("1").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (Kind::Malformed, Outcome::NotSent),
        "{error:?}"
    );
    assert_eq!(peer.requests().len(), 2);
}

#[tokio::test]
async fn a_server_that_left_in_the_meantime_got_nothing() {
    let world = World::new();
    let peer = Peer::start(world.server(), vec![hello()]).await;
    let mut session = session(&world, &peer, patience(Kind::Refused)).await;
    // The script is over, so the peer closes; the goodbye is in our socket then.
    peer.goodbye().await;
    let error = session.activate("1").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (Kind::Unreachable, Outcome::NotSent),
        "{error:?}"
    );
    assert_eq!(peer.requests().len(), 1);
}

async fn first_round_trip(world: &World, script: Vec<Act>, kind: Kind) -> (ClientError, usize) {
    let peer = Peer::start(world.server(), script).await;
    let options = options().connect_timeout(patience(kind));
    let error = world
        .client(&peer.address(), options)
        .connect()
        .await
        .unwrap_err();
    (error, peer.connections())
}

#[tokio::test]
async fn a_bad_first_round_trip_is_no_connection() {
    let world = World::new();
    let authentication = answer::failure(
        ProtocolVersion::V1_0,
        None,
        ResultReason::AUTHENTICATION_NOT_SUCCESSFUL,
        "no CN",
    );
    let only_2_1 = answer::versions(&[ProtocolVersion::V2_1]);
    let plain = b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec();
    // (what, script, kind, connections: one more way is tried where the way may be at fault)
    let cases: Vec<(&str, Vec<Act>, Kind, usize)> = vec![
        ("silent", vec![Act::Hang], Kind::Timeout, 1),
        ("closes", vec![Act::Close], Kind::Unreachable, 2),
        (
            "unknown client",
            vec![Act::Say(authentication)],
            Kind::Authentication,
            1,
        ),
        (
            "2.1 only",
            vec![Act::Say(only_2_1)],
            Kind::NoCommonVersion,
            1,
        ),
        ("plain text", vec![Act::Say(plain)], Kind::Malformed, 1),
    ];
    for (what, script, kind, connections) in cases {
        let (error, count) = first_round_trip(&world, script, kind).await;
        assert_eq!(error.kind(), kind, "{what}: {error:?}");
        assert_eq!(error.outcome(), Outcome::NotSent, "{what}");
        assert_eq!(count, connections, "{what}");
    }
}

#[tokio::test]
async fn refused_and_silent_addresses_are_told_apart_and_bounded_in_time() {
    let world = World::new();
    let options = options().connect_timeout(Duration::from_millis(200));
    let refused = format!("127.0.0.1:{}", dead_port().await);
    let error = world
        .client(&refused, options.clone())
        .connect()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable, "{error}");
    assert!(matches!(error.cause(), Cause::Connect { .. }), "{error:?}");

    // The kernel accepts, nobody answers the Client Hello.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let started = Instant::now();
    let error = world.client(&address, options).connect().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Timeout, "{error}");
    assert!(
        matches!(
            error.cause(),
            Cause::Deadline {
                phase: Phase::Handshake,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
}
