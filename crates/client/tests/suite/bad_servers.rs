//! Servers that misbehave: each leaves its error kind, its outcome and a stated number of tries.
//!
//! Here those that misbehave after a good start; `on_the_way` has those that never become a session.
//! Deadlines run on a paused clock.

mod batches;
mod on_the_way;
mod operations;

use std::time::Duration;

use strongroom_client::{ClientError, ClientOptions, ErrorKind as Kind, Outcome, Session};
use strongroom_kmip::{Operation, ProtocolVersion, ResultReason, tag};
use strongroom_ttlv::Writer;
use tokio::time::Instant;

use crate::answer::{self, Item};
use crate::clock::frozen;
use crate::peer::{Act, Peer, hello};
use crate::pki::World;

const V1_4: ProtocolVersion = ProtocolVersion::V1_4;
const ACTIVATE: Operation = Operation::ACTIVATE;
const DEADLINE: Duration = Duration::from_secs(5);

fn options() -> ClientOptions {
    ClientOptions::default()
        .connect_timeout(Duration::from_secs(10))
        .exchange_timeout(DEADLINE)
}

async fn session(world: &World, peer: &Peer) -> Session {
    let client = world.client(&peer.address(), options());
    client.connect().await.expect("hello")
}

/// A server that answers Activate so.
struct Bad {
    what: &'static str,
    act: Act,
    kind: Kind,
    outcome: Outcome,
    /// Whether the session may be used afterwards.
    goes_on: bool,
}

impl Bad {
    fn new(what: &'static str, act: Act, kind: Kind, goes_on: bool) -> Self {
        let outcome = Outcome::Unknown;
        Self {
            what,
            act,
            kind,
            outcome,
            goes_on,
        }
    }

    fn late(what: &'static str, act: Act) -> Self {
        Self::new(what, act, Kind::Timeout, false)
    }

    fn cut(what: &'static str, act: Act) -> Self {
        Self::new(what, act, Kind::Unreachable, false)
    }

    /// The stream is no longer that of KMIP messages.
    fn garbled(what: &'static str, octets: &[u8]) -> Self {
        Self::new(what, Act::Say(octets.to_vec()), Kind::Malformed, false)
    }

    /// A whole message, but not our answer.
    fn wrong(what: &'static str, octets: Vec<u8>) -> Self {
        Self::new(what, Act::Say(octets), Kind::Malformed, true)
    }

    fn refuses(what: &'static str, reason: ResultReason, kind: Kind) -> Self {
        let octets = answer::failure(V1_4, Some(ACTIVATE), reason, "no");
        Self {
            outcome: Outcome::Refused,
            ..Self::new(what, Act::Say(octets), kind, true)
        }
    }
}

fn good() -> Vec<u8> {
    answer::identifier(V1_4, ACTIVATE, "1")
}

/// A header of 8 octets that claims `length` more.
fn claim(length: u32) -> Vec<u8> {
    let mut octets = b"\x42\x00\x7B\x01".to_vec();
    octets.extend_from_slice(&length.to_be_bytes());
    octets
}

fn cuts_and_delays() -> Vec<Bad> {
    let half = good()[..good().len() / 2].to_vec();
    let second = Duration::from_secs(1);
    vec![
        Bad::late("silent", Act::Hang),
        Bad::late("half an answer, then silent", Act::SayAndHang(half.clone())),
        Bad::late(
            "half a header, then silent",
            Act::SayAndHang(half[..5].to_vec()),
        ),
        Bad::late("an octet a second", Act::Spell(good(), second)),
        Bad::late("a length, and nothing of it", Act::SayAndHang(claim(0x400))),
        Bad::cut("closes", Act::Close),
        Bad::cut("cuts", Act::Cut),
        Bad::cut("resets", Act::Reset),
        Bad::cut(
            "half an answer, then closes",
            Act::SayAndClose(half.clone()),
        ),
        Bad::cut(
            "half a header, then closes",
            Act::SayAndClose(half[..5].to_vec()),
        ),
        Bad::new(
            "octets beside TLS",
            Act::Raw(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
            Kind::Tls,
            false,
        ),
        Bad::new(
            "a TLS alert in the clear",
            Act::Raw(b"\x15\x03\x03\x00\x02\x02\x28".to_vec()),
            Kind::Tls,
            false,
        ),
    ]
}

fn garbled() -> Vec<Bad> {
    vec![
        Bad::garbled("plain text", b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        Bad::garbled("nothing but zeros", &[0; 64]),
        Bad::garbled("2 GiB claimed", &claim(0x7FFF_FFF8)),
        Bad::garbled("4 GiB claimed", &claim(0xFFFF_FFFF)),
        Bad::garbled("one octet group over the limit", &claim(1 << 20)),
        Bad::garbled("a length that is no multiple of 8", &claim(9)),
        Bad::garbled(
            "an integer",
            b"\x42\x00\x0D\x02\0\0\0\x04\0\0\0\x01\0\0\0\0",
        ),
    ]
}

fn longer(octets: &[u8]) -> Vec<u8> {
    let mut message = good();
    let length = u32::try_from(message.len() - 8 + octets.len()).unwrap();
    message[4..8].copy_from_slice(&length.to_be_bytes());
    message.extend_from_slice(octets);
    message
}

/// Activate's answer from parts, where one of them is wrong.
fn item(parts: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
    answer::message(V1_4, parts)
}

fn payload(w: &mut Writer<'_>) {
    w.structure(tag::RESPONSE_PAYLOAD, |w| {
        w.text(tag::UNIQUE_IDENTIFIER, "1");
    });
}

fn wrong_messages() -> Vec<Bad> {
    let mut not_utf8 = good();
    let at = not_utf8.len() - 8;
    not_utf8[at] = 0xFF;
    let mut padded = good();
    *padded.last_mut().unwrap() = 1;
    let inner_overrun = {
        let mut message = good();
        let at = message.len() - 12;
        message[at..at + 4].copy_from_slice(&0x100_u32.to_be_bytes());
        message
    };
    vec![
        Bad::wrong("rubbish after the last item", longer(&[0; 8])),
        Bad::wrong("an empty message", claim(0)),
        Bad::wrong("text that is not UTF-8", not_utf8),
        Bad::wrong("padding that is not zero", padded),
        Bad::wrong("a length that runs past its structure", inner_overrun),
        Bad::wrong("a request", [b"\x42\x00\x78", &good()[3..]].concat()),
        Bad::wrong(
            "a tag of somebody else",
            [b"\x54\x00\x01", &good()[3..]].concat(),
        ),
        Bad::wrong("structures within structures", depth_bomb()),
        Bad::wrong("five thousand items", item_bomb()),
        Bad::wrong(
            "another version",
            answer::identifier(ProtocolVersion::new(3, 0), ACTIVATE, "1"),
        ),
        Bad::wrong(
            "an older version",
            answer::identifier(ProtocolVersion::V1_0, ACTIVATE, "1"),
        ),
    ]
}

fn wrong_answers() -> Vec<Bad> {
    vec![
        Bad::wrong(
            "another operation",
            answer::identifier(V1_4, Operation::DESTROY, "1"),
        ),
        Bad::wrong(
            "another identifier",
            answer::identifier(V1_4, ACTIVATE, "2"),
        ),
        Bad::wrong("no batch item", answer::items(V1_4, 0, |_| {})),
        Bad::wrong(
            "a Batch Count that lies",
            answer::items(V1_4, 2, |w| {
                w.structure(tag::BATCH_ITEM, |w| {
                    w.enumeration(tag::OPERATION, ACTIVATE);
                    w.enumeration(tag::RESULT_STATUS, 0_u32);
                    payload(w);
                });
            }),
        ),
        Bad::wrong(
            "two answers in one message",
            answer::batch(V1_4, &[(0, activated()), (1, activated())]),
        ),
        Bad::wrong(
            "success without operation",
            item(|w| {
                w.enumeration(tag::RESULT_STATUS, 0_u32);
                payload(w);
            }),
        ),
        Bad::wrong(
            "success without payload",
            item(|w| {
                w.enumeration(tag::OPERATION, ACTIVATE);
                w.enumeration(tag::RESULT_STATUS, 0_u32);
            }),
        ),
        Bad::wrong(
            "no status",
            item(|w| {
                w.enumeration(tag::OPERATION, ACTIVATE);
                payload(w);
            }),
        ),
        Bad::wrong(
            "a payload without its identifier",
            answer::success(V1_4, ACTIVATE, |_| {}),
        ),
        Bad::wrong(
            "an identifier that is an integer",
            answer::success(V1_4, ACTIVATE, |w| w.integer(tag::UNIQUE_IDENTIFIER, 1)),
        ),
        Bad::wrong(
            "the batch item id of another request",
            item(|w| {
                w.enumeration(tag::OPERATION, ACTIVATE);
                w.bytes(tag::UNIQUE_BATCH_ITEM_ID, b"other");
                w.enumeration(tag::RESULT_STATUS, 0_u32);
                payload(w);
            }),
        ),
        Bad::wrong(
            "a failure of another operation",
            answer::failure(
                V1_4,
                Some(Operation::GET),
                ResultReason::ITEM_NOT_FOUND,
                "no",
            ),
        ),
        Bad::wrong(
            "pending without a handle",
            item(|w| {
                w.enumeration(tag::OPERATION, ACTIVATE);
                w.enumeration(tag::RESULT_STATUS, 2_u32);
            }),
        ),
        Bad::new(
            "pending, though nobody allowed it",
            Act::Say(answer::one(V1_4, &Item::pending(ACTIVATE, b"later"))),
            Kind::Pending,
            true,
        ),
    ]
}

fn refusals() -> Vec<Bad> {
    use ResultReason as Reason;
    let later = ResultReason::from(0x7FFF);
    let unread = answer::failure(ProtocolVersion::V1_0, None, Reason::INVALID_MESSAGE, "no");
    vec![
        Bad::refuses("not found", Reason::ITEM_NOT_FOUND, Kind::NotFound),
        Bad::refuses(
            "not found, in words of 2.x",
            Reason::OBJECT_NOT_FOUND,
            Kind::NotFound,
        ),
        Bad::refuses("denied", Reason::PERMISSION_DENIED, Kind::PermissionDenied),
        Bad::refuses(
            "unknown client",
            Reason::AUTHENTICATION_NOT_SUCCESSFUL,
            Kind::Authentication,
        ),
        Bad::refuses(
            "not supported",
            Reason::OPERATION_NOT_SUPPORTED,
            Kind::Refused,
        ),
        Bad::refuses("a reason that nobody knows", later, Kind::Refused),
        Bad {
            outcome: Outcome::Refused,
            ..Bad::new(
                "not understood: version 1.0, no operation",
                Act::Say(unread),
                Kind::Refused,
                true,
            )
        },
        Bad {
            outcome: Outcome::Refused,
            ..Bad::new(
                "undone",
                Act::Say(answer::one(V1_4, &Item::undone(ACTIVATE))),
                Kind::Refused,
                true,
            )
        },
        Bad {
            outcome: Outcome::Unknown,
            ..Bad::refuses(
                "done, but the answer is too large",
                Reason::RESPONSE_TOO_LARGE,
                Kind::Refused,
            )
        },
    ]
}

fn activated() -> Item {
    Item::done(ACTIVATE, |w| w.text(tag::UNIQUE_IDENTIFIER, "1"))
}

fn nested(w: &mut Writer<'_>, depth: usize) {
    if depth > 0 {
        w.structure(tag::BATCH_ITEM, |w| nested(w, depth - 1));
    }
}

fn depth_bomb() -> Vec<u8> {
    strongroom_ttlv::encode(|w| w.structure(tag::RESPONSE_MESSAGE, |w| nested(w, 40)))
        .unwrap()
        .to_vec()
}

fn item_bomb() -> Vec<u8> {
    answer::success(V1_4, ACTIVATE, |w| {
        for _ in 0..5000 {
            w.text(tag::UNIQUE_IDENTIFIER, "1");
        }
    })
}

#[tokio::test]
async fn each_bad_answer_has_its_kind_and_outcome() {
    let world = World::new();
    let all = [
        cuts_and_delays(),
        garbled(),
        wrong_messages(),
        wrong_answers(),
        refusals(),
    ];
    let mut count = 0;
    for bad in all.into_iter().flatten() {
        let peer = Peer::after_hello(world.server(), vec![bad.act.clone()]).await;
        let mut session = session(&world, &peer).await;
        let error = if bad.kind == Kind::Timeout {
            at_its_deadline(&mut session, &peer, bad.what).await
        } else {
            session.activate("1").await.expect_err(bad.what)
        };
        check(&bad, &error, &peer).await;
        assert_eq!(session.usable(), bad.goes_on, "{}", bad.what);
        if !bad.goes_on {
            let again = session.activate("1").await.expect_err(bad.what);
            let told = (again.kind(), again.outcome());
            assert_eq!(told, (Kind::SessionDead, Outcome::NotSent), "{}", bad.what);
        }
        assert_eq!(
            peer.connections(),
            1,
            "{}: no reconnection by itself",
            bad.what
        );
        count += 1;
    }
    assert_eq!(count, 53);
}

/// The clock stands until the request is there, and is then moved by nothing but timers.
async fn at_its_deadline(session: &mut Session, peer: &Peer, what: &str) -> ClientError {
    let (error, took) = frozen(peer.heard(2), async {
        let started = Instant::now();
        let error = session.activate("1").await.expect_err(what);
        (error, started.elapsed())
    })
    .await;
    // Timers count whole milliseconds.
    assert_eq!(took.as_secs(), DEADLINE.as_secs(), "{what}: {took:?}");
    error
}

async fn check(bad: &Bad, error: &ClientError, peer: &Peer) {
    let what = bad.what;
    let told = (error.kind(), error.outcome());
    assert_eq!(told, (bad.kind, bad.outcome), "{what}: {error:?}");
    assert_eq!(error.operation(), Some(ACTIVATE), "{what}");
    let server = error.server().map(ToString::to_string);
    assert_eq!(server, Some(peer.address()), "{what}");
    assert!(error.help().len() > 10, "{what}");
    peer.heard(2).await;
    assert_eq!(peer.requests().len(), 2, "{what}: sent once");
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn the_blocking_client_decides_the_same() {
    let world = World::new();
    let all = [
        cuts_and_delays(),
        garbled(),
        wrong_messages(),
        wrong_answers(),
        refusals(),
    ];
    // Its deadlines run on the real clock; `blocking` has some of them.
    let quick = all
        .into_iter()
        .flatten()
        .filter(|bad| bad.kind != Kind::Timeout);
    for bad in quick {
        let peer = Peer::after_hello(world.server(), vec![bad.act.clone()]).await;
        let client: strongroom_client::blocking::Client =
            world.client(&peer.address(), options()).into();
        let work = tokio::task::spawn_blocking(move || {
            let mut session = client.connect().expect("hello");
            (session.activate("1").unwrap_err(), session.usable())
        });
        let (error, usable) = work.await.unwrap();
        check(&bad, &error, &peer).await;
        assert_eq!(usable, bad.goes_on, "{}", bad.what);
    }
}

#[tokio::test]
async fn octets_after_an_answer_spare_the_answer_and_end_the_session() {
    let world = World::new();
    let mut twice = good();
    twice.extend(good());
    for more in [[good(), b"12345678".to_vec()].concat(), twice] {
        let peer = Peer::after_hello(world.server(), vec![Act::Say(more), Act::Hang]).await;
        let mut session = session(&world, &peer).await;
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
}

#[tokio::test]
async fn a_server_that_left_in_the_meantime_got_nothing() {
    let world = World::new();
    let peer = Peer::start(world.server(), vec![hello()]).await;
    let mut session = session(&world, &peer).await;
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

#[tokio::test]
async fn a_call_that_is_dropped_leaves_no_session_behind() {
    let world = World::new();
    let peer = Peer::after_hello(world.server(), vec![Act::Hang]).await;
    let mut session = session(&world, &peer).await;
    tokio::select! {
        biased;
        answer = session.activate("1") => panic!("{answer:?}"),
        () = peer.heard(2) => {}
    }
    let error = session.activate("1").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (Kind::SessionDead, Outcome::NotSent)
    );
}
