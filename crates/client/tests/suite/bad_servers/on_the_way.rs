//! Servers with which no session comes about: nothing of what the caller wants was sent.

use std::sync::Arc;
use std::time::Duration;

use strongroom_client::{Cause, ClientError, ErrorKind as Kind, Outcome, Phase};
use strongroom_kmip::{Operation, ProtocolVersion, ResultReason};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::options;
use crate::answer;
use crate::clock::frozen;
use crate::peer::{Act, Peer, dead_port};
use crate::pki::World;

const DEADLINE: Duration = Duration::from_secs(10);

/// What a server does that does not speak TLS.
#[derive(Clone, Copy)]
enum Raw {
    Silent,
    Close,
    Reset,
    Say(&'static [u8]),
    SayAndHang(&'static [u8]),
    /// An octet a second.
    Spell(&'static [u8]),
    /// Sends back what it gets.
    Echo,
}

struct RawPeer {
    address: String,
    /// A permit for each connection.
    accepted: Arc<Semaphore>,
    task: JoinHandle<()>,
}

impl RawPeer {
    async fn start(act: Raw) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let accepted = Arc::new(Semaphore::new(0));
        let count = Arc::clone(&accepted);
        let task = tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                count.add_permits(1);
                tokio::spawn(serve(tcp, act));
            }
        });
        Self {
            address,
            accepted,
            task,
        }
    }
}

impl Drop for RawPeer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut tcp: TcpStream, act: Raw) {
    match act {
        Raw::Close => return,
        Raw::Reset => return tcp.set_zero_linger().unwrap(),
        Raw::Silent => {}
        Raw::Say(octets) => {
            // The Client Hello first, so that closing sends no reset.
            let _hello = tcp.read(&mut [0; 4096]).await;
            let _ignored = tcp.write_all(octets).await;
            return;
        }
        Raw::SayAndHang(octets) => {
            let _ignored = tcp.write_all(octets).await;
        }
        Raw::Spell(octets) => {
            for octet in octets.iter().cycle() {
                let _ignored = tcp.write_all(&[*octet]).await;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        Raw::Echo => {
            let mut octets = [0; 4096];
            while let Ok(count @ 1..) = tcp.read(&mut octets).await {
                let _ignored = tcp.write_all(&octets[..count]).await;
            }
        }
    }
    std::future::pending().await
}

#[tokio::test]
async fn servers_without_tls_are_no_servers() {
    let world = World::new();
    // A record of handshake that promises 16 KiB and a Server Hello of 255 octets.
    let begun = b"\x16\x03\x03\x40\x00\x02\x00\x00\xFF";
    // (what, what the server does, kind)
    let cases = [
        ("closes at once", Raw::Close, Kind::Unreachable),
        ("resets at once", Raw::Reset, Kind::Unreachable),
        ("silent", Raw::Silent, Kind::Timeout),
        (
            "an octet of a record a second",
            Raw::Spell(begun),
            Kind::Timeout,
        ),
        (
            "half a record, then silent",
            Raw::SayAndHang(begun),
            Kind::Timeout,
        ),
        (
            "half a record, then closes",
            Raw::Say(begun),
            Kind::Unreachable,
        ),
        (
            "HTTP",
            Raw::Say(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
            Kind::Tls,
        ),
        (
            "SSH",
            Raw::SayAndHang(b"SSH-2.0-OpenSSH_9.2p1\r\n"),
            Kind::Tls,
        ),
        (
            "KMIP without TLS",
            Raw::Say(b"\x42\x00\x7B\x01\0\0\0\0"),
            Kind::Tls,
        ),
        (
            "alert: handshake failure",
            Raw::Say(b"\x15\x03\x03\0\x02\x02\x28"),
            Kind::Tls,
        ),
        (
            "alert: protocol version",
            Raw::Say(b"\x15\x03\x01\0\x02\x02\x46"),
            Kind::Tls,
        ),
        (
            "a record of 64 KiB",
            Raw::Say(b"\x16\x03\x03\xFF\xFF"),
            Kind::Tls,
        ),
        ("echo", Raw::Echo, Kind::Tls),
    ];
    for (what, act, kind) in cases {
        let peer = RawPeer::start(act).await;
        let error = connect(&world, &peer, kind).await;
        assert_eq!(error.kind(), kind, "{what}: {error:?}");
        check(what, &error, &peer.address);
        assert_eq!(peer.accepted.available_permits(), 1, "{what}: one try");
        if kind == Kind::Timeout {
            let phase = Phase::Handshake;
            assert!(
                matches!(error.cause(), Cause::Deadline { phase: found, .. } if *found == phase),
                "{what}: {error:?}"
            );
        }
    }
}

async fn connect(world: &World, peer: &RawPeer, kind: Kind) -> ClientError {
    let client = world.client(&peer.address, options());
    if kind != Kind::Timeout {
        return client.connect().await.unwrap_err();
    }
    let accepted = async { drop(peer.accepted.acquire().await.unwrap()) };
    let (error, took) = frozen(accepted, async {
        let started = Instant::now();
        (client.connect().await.unwrap_err(), started.elapsed())
    })
    .await;
    assert_eq!(took.as_secs(), DEADLINE.as_secs(), "{took:?}");
    error
}

fn check(what: &str, error: &ClientError, address: &str) {
    assert_eq!(error.outcome(), Outcome::NotSent, "{what}");
    assert_eq!(error.operation(), None, "{what}");
    let server = error.server().map(ToString::to_string);
    assert_eq!(server.as_deref(), Some(address), "{what}");
    assert!(error.help().len() > 10, "{what}");
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_told() {
    let world = World::new();
    let address = format!("127.0.0.1:{}", dead_port().await);
    let client = world.client(&address, options());
    let error = client.connect().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable, "{error}");
    assert!(matches!(error.cause(), Cause::Connect { .. }), "{error:?}");
    check("refused", &error, &address);
}

/// A listener whose queue is full: Linux drops what comes.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_black_hole_costs_the_deadline() {
    let world = World::new();
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let _fills_the_queue = TcpStream::connect(address).await.unwrap();
    let client = world.client(&address.to_string(), options());
    let (error, took) = frozen(async {}, async {
        let started = Instant::now();
        (client.connect().await.unwrap_err(), started.elapsed())
    })
    .await;
    assert_eq!(error.kind(), Kind::Timeout, "{error}");
    let phase = Phase::Connect;
    assert!(
        matches!(error.cause(), Cause::Deadline { phase: found, .. } if *found == phase),
        "{error:?}"
    );
    assert_eq!(took.as_secs(), DEADLINE.as_secs(), "{took:?}");
    check("black hole", &error, &address.to_string());
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
    let none = answer::versions(&[]);
    let plain = b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec();
    let half = none[..none.len() / 2].to_vec();
    let get = answer::identifier(ProtocolVersion::V1_1, Operation::GET, "1");
    let huge = b"\x42\x00\x7B\x01\x7F\xFF\xFF\xF8".to_vec();
    // (what, script, kind, connections: one more way is tried where the way may be at fault)
    let cases: Vec<(&str, Act, Kind, usize)> = vec![
        ("silent", Act::Hang, Kind::Timeout, 1),
        (
            "half an answer, then silent",
            Act::SayAndHang(half.clone()),
            Kind::Timeout,
            1,
        ),
        ("closes", Act::Close, Kind::Unreachable, 2),
        ("cuts", Act::Cut, Kind::Unreachable, 2),
        (
            "half an answer, then closes",
            Act::SayAndClose(half),
            Kind::Unreachable,
            1,
        ),
        (
            "unknown client",
            Act::Say(authentication),
            Kind::Authentication,
            1,
        ),
        ("2.1 only", Act::Say(only_2_1), Kind::NoCommonVersion, 1),
        (
            "no version at all",
            Act::Say(none),
            Kind::NoCommonVersion,
            1,
        ),
        ("plain text", Act::Say(plain), Kind::Malformed, 1),
        ("2 GiB claimed", Act::Say(huge), Kind::Malformed, 1),
        (
            "another operation, then closes",
            Act::SayAndClose(get),
            Kind::Malformed,
            2,
        ),
    ];
    for (what, act, kind, connections) in cases {
        let peer = Peer::start(world.server(), vec![act]).await;
        let client = world.client(&peer.address(), options());
        let error = if kind == Kind::Timeout {
            frozen(peer.heard(1), client.connect()).await.unwrap_err()
        } else {
            client.connect().await.unwrap_err()
        };
        assert_eq!(error.kind(), kind, "{what}: {error:?}");
        check(what, &error, &peer.address());
        assert_eq!(peer.connections(), connections, "{what}");
    }
}
