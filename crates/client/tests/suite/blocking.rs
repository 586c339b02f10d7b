//! The blocking client against the same peers: it must decide as the async one does.

use std::time::Duration;

use strongroom_client::blocking::{Client, Session};
use strongroom_client::{
    BackOff, Batch, Cause, ClientError, ClientOptions, ErrorKind as Kind, Outcome, Phase,
};
use strongroom_kmip::operation::{CreateRequest, LocateRequest};
use strongroom_kmip::{Operation, ProtocolVersion, ResultReason, tag};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

use crate::answer::{self, Item, identifier, success};
use crate::peer::{Act, Peer, dead_port, hello};
use crate::pki::World;

const V1_4: ProtocolVersion = ProtocolVersion::V1_4;
const KEY: [u8; 32] = [0xA5; 32];

fn options() -> ClientOptions {
    ClientOptions::default()
        .connect_timeout(Duration::from_secs(10))
        .back_off(BackOff::NONE)
}

/// Runs `work` with a blocking client, away from the peers' runtime.
async fn with<T: Send + 'static>(
    world: &World,
    (servers, options): (&str, ClientOptions),
    work: impl FnOnce(Client) -> T + Send + 'static,
) -> T {
    let client = world.client(servers, options).into();
    spawn_blocking(move || work(client)).await.unwrap()
}

async fn session<T: Send + 'static>(
    world: &World,
    (peer, options): (&Peer, ClientOptions),
    work: impl FnOnce(Session) -> T + Send + 'static,
) -> T {
    let servers = (peer.address(), options);
    with(world, (&servers.0, servers.1), |client| {
        work(client.connect().expect("hello"))
    })
    .await
}

#[tokio::test]
async fn a_key_is_created_activated_and_read() {
    let world = World::new();
    let script = vec![
        Act::Say(success(V1_4, Operation::CREATE, |w| {
            w.enumeration(tag::OBJECT_TYPE, 2_u32);
            w.text(tag::UNIQUE_IDENTIFIER, "7");
        })),
        Act::Say(identifier(V1_4, Operation::ACTIVATE, "7")),
        Act::Say(answer::key(V1_4, "7", &KEY)),
    ];
    let peer = Peer::after_hello(world.server(), script).await;
    // By name, so that the resolver is asked too.
    let servers = format!("localhost:{}", peer.port);
    with(&world, (&servers, options()), |client| {
        let mut session = client.connect().unwrap();
        assert_eq!(session.version(), V1_4);
        assert!(session.is_alive());
        assert_eq!(session.server().host(), "localhost");
        let certificate = session.tls().server_certificate.as_ref().unwrap();
        assert_eq!(certificate.subject, "CN=kms");
        let request = CreateRequest::symmetric_key(Vec::new());
        let id = session.create(request).unwrap().unique_identifier;
        session.activate(id.clone()).unwrap();
        let got = session.get(id).unwrap();
        let key = got.object.key_block().unwrap().plain_key().unwrap();
        assert!(key.ct_eq(&KEY));
        session.close();
    })
    .await;
    assert_eq!((peer.requests().len(), peer.connections()), (4, 1));
}

#[tokio::test]
async fn each_cut_has_its_kind_and_outcome() {
    let world = World::new();
    let good = identifier(V1_4, Operation::ACTIVATE, "1");
    let half = good[..good.len() / 2].to_vec();
    let huge = b"\x42\x00\x7B\x01\x7F\xFF\xFF\xF8\0\0\0\0\0\0\0\0".to_vec();
    let no = answer::failure(V1_4, None, ResultReason::ITEM_NOT_FOUND, "no");
    let spelled = Act::Spell(good.clone(), Duration::from_millis(20));
    // (what, what the server does, kind, outcome, may the session go on)
    let cases = [
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
            "half",
            Act::SayAndClose(half.clone()),
            Kind::Unreachable,
            Outcome::Unknown,
            false,
        ),
        (
            "half and silent",
            Act::SayAndHang(half),
            Kind::Timeout,
            Outcome::Unknown,
            false,
        ),
        (
            "an octet now and then",
            spelled,
            Kind::Timeout,
            Outcome::Unknown,
            false,
        ),
        (
            "huge",
            Act::Say(huge),
            Kind::Malformed,
            Outcome::Unknown,
            false,
        ),
        (
            "refused",
            Act::Say(no),
            Kind::NotFound,
            Outcome::Refused,
            true,
        ),
    ];
    for (what, act, kind, outcome, goes_on) in cases {
        let peer = Peer::after_hello(world.server(), vec![act]).await;
        let wait = match kind {
            Kind::Timeout => Duration::from_millis(200),
            _ => Duration::from_secs(10),
        };
        let (error, usable, again) = session(
            &world,
            (&peer, options().exchange_timeout(wait)),
            |mut session| {
                let error = session.activate("1").unwrap_err();
                let usable = session.usable();
                let again = (!usable).then(|| session.activate("1").unwrap_err());
                (error, usable, again)
            },
        )
        .await;
        assert_eq!(
            (error.kind(), error.outcome()),
            (kind, outcome),
            "{what}: {error:?}"
        );
        assert_eq!(error.operation(), Some(Operation::ACTIVATE), "{what}");
        assert_eq!(usable, goes_on, "{what}");
        if let Some(again) = again {
            let told = (again.kind(), again.outcome());
            assert_eq!(told, (Kind::SessionDead, Outcome::NotSent), "{what}");
        }
        assert_eq!(
            (peer.requests().len(), peer.connections()),
            (2, 1),
            "{what}: sent once"
        );
    }
}

#[tokio::test]
async fn a_server_that_left_in_the_meantime_got_nothing() {
    let world = World::new();
    let peer = Peer::start(world.server(), vec![hello()]).await;
    let client: Client = world.client(&peer.address(), options()).into();
    let mut session = spawn_blocking(move || client.connect().unwrap())
        .await
        .unwrap();
    peer.goodbye().await;
    let error = spawn_blocking(move || {
        let error = session.activate("1").unwrap_err();
        assert!(!session.is_alive());
        error
    })
    .await
    .unwrap();
    assert_eq!(
        (error.kind(), error.outcome()),
        (Kind::Unreachable, Outcome::NotSent),
        "{error:?}"
    );
    assert_eq!(peer.requests().len(), 1);
}

async fn refused(world: &World, servers: &str, options: ClientOptions) -> ClientError {
    with(world, (servers, options), |client| {
        client.connect().unwrap_err()
    })
    .await
}

#[tokio::test]
async fn failures_on_the_way_are_told_apart() {
    let world = World::new();
    let short = options().connect_timeout(Duration::from_millis(200));
    let dead = format!("127.0.0.1:{}", dead_port().await);
    let error = refused(&world, &dead, options()).await;
    assert!(matches!(error.cause(), Cause::Connect { .. }), "{error:?}");

    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let error = refused(&world, &address, short).await;
    let phase = Phase::Handshake;
    assert!(
        matches!(error.cause(), Cause::Deadline { phase: found, .. } if *found == phase),
        "{error:?}"
    );

    // TLS 1.3 lets the client believe it is connected before its certificate is refused.
    let stranger = World::new();
    world.file("stranger.pem", &stranger.ca.client().combined());
    let peer = Peer::start(world.server(), vec![hello()]).await;
    let client: Client = world
        .client_with("ca.pem", "stranger.pem", &peer.address(), options())
        .into();
    let error = spawn_blocking(move || client.connect().unwrap_err())
        .await
        .unwrap();
    assert_eq!(
        (error.kind(), error.outcome()),
        (Kind::Tls, Outcome::NotSent),
        "{error:?}"
    );
}

#[tokio::test]
async fn rounds_and_failover_are_those_of_the_async_client() {
    let world = World::new();
    let dead = format!("127.0.0.1:{}", dead_port().await);
    let good = Peer::start(world.server(), vec![hello()]).await;
    let servers = format!("{dead},{}", good.address());
    let (taken, each) = with(&world, (&servers, options()), |client| {
        let taken = client.connect().unwrap().server().to_string();
        let each: Vec<bool> = client.connect_each().iter().map(Result::is_ok).collect();
        (taken, each)
    })
    .await;
    assert_eq!(taken, good.address());
    assert_eq!(each, [false, true]);

    let closing = Peer::start(world.server(), vec![Act::Close]).await;
    let only_1_0 = options()
        .versions([ProtocolVersion::V1_0])
        .connect_retries(2);
    let error = refused(&world, &closing.address(), only_1_0).await;
    assert!(
        matches!(error.cause(), Cause::AllServers { rounds: 3, .. }),
        "{error:?}"
    );
    assert_eq!(closing.connections(), 3);
}

#[tokio::test]
async fn a_server_that_hangs_up_on_1_1_is_asked_in_1_0() {
    let world = World::new();
    let peer = Peer::start(world.server(), vec![Act::Close]).await;
    let error = refused(&world, &peer.address(), options()).await;
    assert_eq!(error.kind(), Kind::Unreachable, "{error:?}");
    assert_eq!(peer.connections(), 2);
}

#[tokio::test]
async fn batches_and_pages_work_as_in_the_async_client() {
    let world = World::new();
    let batch = answer::batch(
        V1_4,
        &[(
            0,
            Item::done(Operation::ACTIVATE, |w| w.text(tag::UNIQUE_IDENTIFIER, "1")),
        )],
    );
    let located = |ids: &'static [&'static str]| {
        Act::Say(success(V1_4, Operation::LOCATE, |w| {
            for id in ids {
                w.text(tag::UNIQUE_IDENTIFIER, id);
            }
        }))
    };
    let script = vec![Act::Say(batch), located(&["1", "2"]), located(&["3"])];
    let peer = Peer::after_hello(world.server(), script).await;
    let ids = session(&world, (&peer, options()), |mut session| {
        let mut batch = Batch::new();
        let active = batch.add(strongroom_kmip::operation::ActivateRequest::new("1"));
        let mut answer = session.send_batch(&batch).unwrap();
        assert!(answer.take(active).is_ok());
        let pages = session.locate_pages(LocateRequest::default(), 2);
        pages
            .flat_map(Result::unwrap)
            .map(|id| id.to_string())
            .collect::<Vec<_>>()
    })
    .await;
    assert_eq!(ids, ["1", "2", "3"]);
}
