use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::time::{Instant, sleep};

use super::*;

/// An empty structure of tag 0x42007B: 8 octets of header, nothing inside.
const EMPTY: &[u8] = b"\x42\x00\x7B\x01\x00\x00\x00\x00";
const DEADLINE: Duration = Duration::from_secs(10);

fn wire(room: usize) -> (Wire<Counted<DuplexStream>>, DuplexStream) {
    let (ours, theirs) = duplex(room);
    let ours = Counted::new(ours);
    let written = ours.counter();
    (Wire::new(ours, written, Limits::DEFAULT), theirs)
}

fn by(wait: Duration) -> Instant {
    Instant::now().checked_add(wait).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_whole_answer_comes_back_and_the_wire_stays_usable() {
    let (mut wire, mut peer) = wire(64);
    peer.write_all(b"").await.unwrap();
    for _ in 0..3 {
        let (answer, ()) = tokio::join!(wire.exchange(b"request!", by(DEADLINE)), async {
            let mut request = [0; 8];
            peer.read_exact(&mut request).await.unwrap();
            assert_eq!(&request, b"request!");
            for octet in EMPTY {
                sleep(Duration::from_millis(300)).await;
                peer.write_all(&[*octet]).await.unwrap();
            }
        });
        assert_eq!(answer.unwrap().as_slice(), EMPTY);
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_covers_the_whole_exchange_and_kills_the_wire() {
    let (mut wire, mut peer) = wire(64);
    let started = Instant::now();
    // One octet a second: each read succeeds, the exchange does not.
    let slow = tokio::spawn(async move {
        for octet in EMPTY.iter().cycle() {
            sleep(Duration::from_secs(1)).await;
            if peer.write_all(&[*octet]).await.is_err() {
                break;
            }
        }
    });
    let deadline = by(Duration::from_secs(5));
    let error = wire.exchange(b"request!", deadline).await.unwrap_err();
    assert!(matches!(error.fault, WireFault::Deadline), "{error:?}");
    assert!(error.sent);
    assert_eq!(started.elapsed(), Duration::from_secs(5));

    let error = wire.exchange(b"request!", by(DEADLINE)).await.unwrap_err();
    assert!(matches!(error.fault, WireFault::Unusable), "{error:?}");
    assert!(!error.sent);
    drop(wire);
    slow.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_dropped_exchange_kills_the_wire() {
    let (mut wire, _peer) = wire(64);
    let cut = timeout(
        Duration::from_secs(1),
        wire.exchange(b"request!", by(DEADLINE)),
    )
    .await;
    assert!(cut.is_err());
    assert!(!wire.usable());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_after_the_deadline() {
    let (mut wire, _peer) = wire(64);
    let deadline = Instant::now();
    let error = wire.exchange(b"request!", deadline).await.unwrap_err();
    assert!(matches!(error.fault, WireFault::Deadline), "{error:?}");
    assert!(!error.sent);
}

#[tokio::test(start_paused = true)]
async fn a_partly_written_request_counts_as_sent() {
    let (mut wire, peer) = wire(4);
    let error = wire.exchange(b"request!", by(DEADLINE)).await.unwrap_err();
    assert!(matches!(error.fault, WireFault::Deadline), "{error:?}");
    assert!(error.sent);
    drop(peer);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_ended_while_idle_is_found_before_sending() {
    let (mut wire, peer) = wire(64);
    drop(peer);
    let error = wire.exchange(b"request!", by(DEADLINE)).await.unwrap_err();
    assert!(
        matches!(error.fault, WireFault::Closed { received: 0 }),
        "{error:?}"
    );
    assert!(!error.sent);
}

#[tokio::test(start_paused = true)]
async fn octets_after_an_answer_are_found_before_the_next_request() {
    let (mut wire, mut peer) = wire(64);
    let (answer, ()) = tokio::join!(wire.exchange(b"request!", by(DEADLINE)), async {
        peer.read_exact(&mut [0; 8]).await.unwrap();
        peer.write_all(EMPTY).await.unwrap();
        peer.write_all(b"more").await.unwrap();
    });
    assert!(answer.is_ok());
    let error = wire.exchange(b"request!", by(DEADLINE)).await.unwrap_err();
    assert!(matches!(error.fault, WireFault::Unsolicited), "{error:?}");
    assert!(!error.sent);
}

#[tokio::test(start_paused = true)]
async fn bad_answers_are_told_apart_and_leave_the_outcome_open() {
    type Check = fn(&WireFault) -> bool;
    let cases: &[(&str, &[u8], Check)] = &[
        ("no answer", b"", |f| {
            matches!(f, WireFault::Closed { received: 0 })
        }),
        ("half a header", &EMPTY[..3], |f| {
            matches!(f, WireFault::Closed { received: 3 })
        }),
        (
            "half a body",
            b"\x42\x00\x7B\x01\x00\x00\x00\x10\x42\x00\x7A\x01",
            |f| matches!(f, WireFault::Closed { received: 12 }),
        ),
        ("2 GiB claimed", b"\x42\x00\x7B\x01\x80\x00\x00\x00", |f| {
            matches!(f, WireFault::Frame(FrameError::TooLong { .. }))
        }),
        (
            "one octet over the limit of 1 MiB",
            b"\x42\x00\x7B\x01\x00\x10\x00\x00",
            |f| matches!(f, WireFault::Frame(FrameError::TooLong { .. })),
        ),
        ("plain text", b"HTTP/1.1 400 Bad Request\r\n\r\n", |f| {
            matches!(f, WireFault::Frame(FrameError::NotStructure { .. }))
        }),
    ];
    for (what, bytes, check) in cases {
        let (mut wire, mut peer) = wire(64);
        let (answer, ()) = tokio::join!(wire.exchange(b"request!", by(DEADLINE)), async move {
            peer.read_exact(&mut [0; 8]).await.unwrap();
            peer.write_all(bytes).await.unwrap();
            drop(peer);
        });
        let error = answer.unwrap_err();
        assert!(check(&error.fault), "{what}: {error:?}");
        assert!(error.sent, "{what}");
        assert!(!wire.usable(), "{what}");
    }
}
