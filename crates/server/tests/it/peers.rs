//! Who may connect, and what peers that misbehave can and cannot do.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustls::version::{TLS12, TLS13};
use strongroom_kmip::ResultReason;
use strongroom_kmip::operation::{GetRequest, LocateRequest, QueryRequest, Request};
use strongroom_server::dev::{Authority, Leaf};
use strongroom_server::testing::TestServer;
use strongroom_server::{CloseCause, Event, IdentityError, Profile};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{Client, config, create_request, handshake};

/// Sends a request on a fresh connection; in TLS 1.3 a refused certificate shows only there.
async fn round_trip(server: &TestServer, config: rustls::ClientConfig) -> std::io::Result<Vec<u8>> {
    let stream = handshake(server.local_addr(), config).await?;
    let mut client = Client {
        stream,
        version: strongroom_kmip::ProtocolVersion::V1_0,
    };
    let query = Request::Query(QueryRequest::new(vec![]));
    let (_, octets) = strongroom_kmip::Exchange::new(client.version, &query).unwrap();
    client.exchange(&octets).await
}

#[tokio::test]
async fn no_certificate_or_one_of_another_ca_is_refused_in_both_versions_of_tls() {
    let server = TestServer::start().await.unwrap();
    let stranger = Authority::generate(std::time::SystemTime::now()).unwrap();
    let foreign = stranger.issue(&Leaf::client("node-1")).unwrap();
    let wrong_usage = server.issue(&Leaf::server()).unwrap();
    let good = server.client("node-1").unwrap();
    for versions in [&[&TLS12][..], &[&TLS13][..]] {
        for refused in [None, Some(&foreign), Some(&wrong_usage)] {
            let result = round_trip(&server, config(server.ca_pem(), refused, versions)).await;
            assert!(result.is_err(), "{versions:?} {refused:?}: {result:?}");
        }
        round_trip(&server, config(server.ca_pem(), Some(&good), versions))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_certificate_without_cn_or_usage_gets_authentication_not_successful() {
    let server = TestServer::start().await.unwrap();
    let mut no_name = Leaf::client("x");
    no_name.common_name = None;
    let mut no_usage = Leaf::client("x");
    no_usage.client_auth = false;
    for leaf in [no_name, no_usage] {
        let issued = server.issue(&leaf).unwrap();
        let config = config(server.ca_pem(), Some(&issued), rustls::DEFAULT_VERSIONS);
        let stream = handshake(server.local_addr(), config).await.unwrap();
        let mut client = Client {
            stream,
            version: strongroom_kmip::ProtocolVersion::V1_0,
        };
        let requests = [
            Request::Query(QueryRequest::new(vec![])),
            Request::Locate(LocateRequest::new(vec![])),
            create_request(256, vec![]),
            Request::Get(GetRequest::new("x")),
        ];
        for request in requests {
            let error = client.send(request).await.unwrap_err();
            assert_eq!(
                error.reason(),
                Some(ResultReason::AUTHENTICATION_NOT_SUCCESSFUL),
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn the_pykmip_profile_speaks_tls_1_2_alone() {
    let server = TestServer::start_with(|options| options.profile = Profile::PYKMIP)
        .await
        .unwrap();
    let good = server.client("node-1").unwrap();
    round_trip(&server, config(server.ca_pem(), Some(&good), &[&TLS12]))
        .await
        .unwrap();
    round_trip(&server, config(server.ca_pem(), Some(&good), &[&TLS13]))
        .await
        .unwrap_err();
}

#[tokio::test]
async fn silent_slow_and_rude_peers_do_not_hold_up_a_good_client() {
    let server = TestServer::start().await.unwrap();
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(TcpStream::connect(server.local_addr()).await.unwrap());
    }
    for stream in silent.iter_mut().take(50) {
        stream.write_all(b"\x16\x03\x01").await.unwrap();
    }
    for stream in silent.drain(100..) {
        drop(stream);
    }
    let mut plain = TcpStream::connect(server.local_addr()).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let start = Instant::now();
    let mut client = Client::connect(&server, "node-1").await;
    client.create(vec![]).await.unwrap();
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "{:?}",
        start.elapsed()
    );
}

type Events = Arc<Mutex<Vec<Event>>>;

async fn short_server() -> (TestServer, Events) {
    let events = Events::default();
    let seen = Arc::clone(&events);
    let server = TestServer::start_with(|options| {
        options.limits.handshake = Duration::from_millis(100);
        options.limits.request = Duration::from_millis(150);
        options.limits.idle = Duration::from_millis(400);
        options.limits.message_len = 4096;
        options.limits.connections = 3;
        options.observer = Some(Arc::new(move |event| {
            seen.lock().unwrap().push(event.clone())
        }));
    })
    .await
    .unwrap();
    (server, events)
}

async fn closed_for(events: &Events) -> CloseCause {
    for _ in 0..100 {
        let found = events.lock().unwrap().iter().find_map(|event| match event {
            Event::Closed { cause, .. } => Some(*cause),
            _ => None,
        });
        if let Some(cause) = found {
            return cause;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("still open: {:?}", events.lock().unwrap());
}

#[tokio::test]
async fn each_deadline_closes_the_connection_and_says_which() {
    let (server, events) = short_server().await;
    let mut mute = TcpStream::connect(server.local_addr()).await.unwrap();
    let read = timeout(Duration::from_secs(5), mute.read(&mut [0]))
        .await
        .unwrap();
    assert_eq!(read.unwrap_or(0), 0, "the handshake deadline closes");
    let handshake_failed =
        |event: &Event| matches!(event, Event::HandshakeFailed { reason: None, .. });
    assert!(events.lock().unwrap().iter().any(handshake_failed));

    let client = Client::connect(&server, "node-1").await;
    assert_eq!(closed_for(&events).await, CloseCause::Idle);
    drop(client);
    events.lock().unwrap().clear();

    let mut client = Client::connect(&server, "node-1").await;
    client.stream.write_all(b"\x42\x00\x78").await.unwrap();
    client.stream.flush().await.unwrap();
    assert_eq!(closed_for(&events).await, CloseCause::Slow);
}

#[tokio::test]
async fn octets_that_are_no_request_are_answered_and_the_connection_closed() {
    let (server, events) = short_server().await;
    let rows: [&[u8]; 3] = [
        b"GET / HTTP/1.1\r\n",
        b"\x42\x00\x78\x01\xFF\xFF\xFF\xF8",
        b"\x42\x00\x7B\x01\x00\x00\x00\x08........",
    ];
    for row in rows {
        events.lock().unwrap().clear();
        let mut client = Client::connect(&server, "node-1").await;
        client.stream.write_all(row).await.unwrap();
        client.stream.flush().await.unwrap();
        let answer = client.receive().await.unwrap();
        let invalid_message = [0x42, 0, 0x7E, 5, 0, 0, 0, 4, 0, 0, 0, 4];
        assert!(
            answer.windows(12).any(|window| window == invalid_message),
            "{row:?}"
        );
        assert_eq!(client.stream.read(&mut [0]).await.unwrap_or(0), 0);
        drop(client);
        assert_eq!(closed_for(&events).await, CloseCause::NotKmip);
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_answered_and_the_connection_goes_on() {
    let server = TestServer::start().await.unwrap();
    let mut client = Client::connect(&server, "node-1").await;
    let answer =
        client.exchange(b"\x42\x00\x78\x01\x00\x00\x00\x08\x42\x00\x77\x01\x00\x00\x00\x00");
    let invalid_message = [0x42, 0, 0x7E, 5, 0, 0, 0, 4, 0, 0, 0, 4];
    assert!(
        answer
            .await
            .unwrap()
            .windows(12)
            .any(|window| window == invalid_message)
    );
    client.create(vec![]).await.unwrap();
}

#[tokio::test]
async fn connections_beyond_the_cap_are_closed_at_once() {
    let (server, events) = short_server().await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(TcpStream::connect(server.local_addr()).await.unwrap());
    }
    // Wait until the server has taken them.
    tokio::time::sleep(Duration::from_millis(30)).await;
    let mut fourth = TcpStream::connect(server.local_addr()).await.unwrap();
    let read = timeout(Duration::from_secs(2), fourth.read(&mut [0]))
        .await
        .unwrap();
    assert_eq!(read.unwrap_or(0), 0);
    let too_many = |event: &Event| matches!(event, Event::TooManyConnections { .. });
    assert!(events.lock().unwrap().iter().any(too_many));
    drop(held);
    tokio::time::sleep(Duration::from_millis(200)).await;
    Client::connect(&server, "node-1")
        .await
        .create(vec![])
        .await
        .unwrap();
}

#[tokio::test]
async fn the_observer_hears_who_asked_for_what_and_never_key_octets() {
    let (server, events) = short_server().await;
    let mut client = Client::connect(&server, "node-1").await;
    client.create(vec![]).await.unwrap();
    client
        .send(Request::Get(GetRequest::new("absent")))
        .await
        .unwrap_err();
    let events = events.lock().unwrap();
    let text = format!("{events:?}");
    assert!(
        text.contains("node-1") && text.contains("Create") && text.contains("Item Not Found"),
        "{text}"
    );
}

#[tokio::test]
async fn the_observer_hears_what_a_certificate_lacks() {
    let (server, events) = short_server().await;
    let mut leaf = Leaf::client("x");
    leaf.client_auth = false;
    let issued = server.issue(&leaf).unwrap();
    round_trip(
        &server,
        config(server.ca_pem(), Some(&issued), rustls::DEFAULT_VERSIONS),
    )
    .await
    .unwrap();
    let lacks = |event: &Event| {
        matches!(
            event,
            Event::Connected {
                identity: Err(IdentityError::NoClientAuth),
                ..
            }
        )
    };
    assert!(events.lock().unwrap().iter().any(lacks));
}
