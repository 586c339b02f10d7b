//! Pools, and the check that every server has the same key.

use std::time::Duration;

use strongroom_client::{
    Cause, ClientOptions, ErrorKind, Outcome, Pool, PoolOptions, ReplicaStanding,
};
use strongroom_kmip::{Operation, ProtocolVersion, ResultReason};

use crate::answer;
use crate::peer::{Act, Peer, dead_port, hello};
use crate::pki::World;

const V1_4: ProtocolVersion = ProtocolVersion::V1_4;

fn options() -> ClientOptions {
    ClientOptions::default().connect_timeout(Duration::from_secs(10))
}

fn activated() -> Act {
    Act::Say(answer::identifier(V1_4, Operation::ACTIVATE, "1"))
}

fn pool(world: &World, servers: &str, options: PoolOptions) -> Pool {
    Pool::new(world.client(servers, self::options()), options)
}

#[tokio::test]
async fn a_session_is_used_again() {
    let world = World::new();
    let script = vec![activated(), activated(), Act::Hang];
    let peer = Peer::after_hello(world.server(), script).await;
    let pool = pool(&world, &peer.address(), PoolOptions::default());
    for _ in 0..2 {
        let mut session = pool.get().await.unwrap();
        assert_eq!(pool.idle(), 0);
        session.activate("1").await.unwrap();
        drop(session);
        assert_eq!(pool.idle(), 1);
    }
    assert_eq!((peer.connections(), peer.requests().len()), (1, 3));
}

#[tokio::test]
async fn a_cut_session_does_not_come_back_and_its_request_is_not_sent_again() {
    let world = World::new();
    let peer = Peer::after_hello(world.server(), vec![Act::Cut]).await;
    let pool = pool(&world, &peer.address(), PoolOptions::default());
    let mut session = pool.get().await.unwrap();
    let error = session.activate("1").await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    drop(session);
    assert_eq!(pool.idle(), 0);
    assert!(pool.get().await.unwrap().usable());
    // Two greetings and one Activate.
    assert_eq!((peer.connections(), peer.requests().len()), (2, 3));
}

#[tokio::test]
async fn a_session_whose_server_left_gives_way_to_the_next_server() {
    let world = World::new();
    let leaving = Peer::start(world.server(), vec![hello()]).await;
    let staying = Peer::start(world.server(), vec![hello(), Act::Hang]).await;
    let servers = format!("{},{}", leaving.address(), staying.address());
    let pool = pool(&world, &servers, PoolOptions::default());
    let session = pool.get().await.unwrap();
    assert_eq!(session.server().to_string(), leaving.address());
    drop(session);
    assert_eq!(pool.idle(), 1);
    leaving.goodbye().await;
    drop(leaving);
    let session = pool.get().await.unwrap();
    assert_eq!(session.server().to_string(), staying.address());
    assert_eq!(staying.connections(), 1);
}

#[tokio::test]
async fn a_pool_is_bounded_and_a_place_is_free_when_its_session_is_back() {
    let world = World::new();
    let peer = Peer::start(world.server(), vec![hello(), Act::Hang]).await;
    let options = PoolOptions::default().size(1).wait(Duration::from_secs(5));
    let pool = pool(&world, &peer.address(), options);
    let session = pool.get().await.unwrap();
    tokio::time::pause();
    let asked = tokio::time::Instant::now();
    let error = pool.get().await.unwrap_err();
    // The timer counts whole milliseconds.
    assert_eq!(asked.elapsed().as_secs(), 5);
    tokio::time::resume();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Timeout, Outcome::NotSent)
    );
    assert!(
        matches!(error.cause(), Cause::PoolBusy { size: 1, .. }),
        "{error:?}"
    );
    let (waiting, ()) = tokio::join!(pool.get(), async { drop(session) });
    assert!(waiting.is_ok());
    assert_eq!(peer.connections(), 1);
}

#[tokio::test]
async fn a_session_that_was_idle_for_too_long_is_not_used_again() {
    let world = World::new();
    let peer = Peer::start(world.server(), vec![hello(), Act::Hang]).await;
    let options = PoolOptions::default().idle_timeout(Duration::from_secs(30));
    let pool = pool(&world, &peer.address(), options);
    drop(pool.get().await.unwrap());
    for (idle, connections) in [(29, 1), (31, 2)] {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(idle)).await;
        tokio::time::resume();
        drop(pool.get().await.unwrap());
        assert_eq!(peer.connections(), connections, "idle for {idle} s");
    }
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn the_blocking_pool_does_the_same() {
    use strongroom_client::blocking;
    let world = World::new();
    let script = vec![activated(), activated(), Act::Hang];
    let peer = Peer::after_hello(world.server(), script).await;
    let client = world.client(&peer.address(), options()).into();
    let short = PoolOptions::default()
        .size(1)
        .wait(Duration::from_millis(20));
    let pool = blocking::Pool::new(client, short);
    let work = tokio::task::spawn_blocking(move || {
        for _ in 0..2 {
            let mut session = pool.get().unwrap();
            let busy = pool.get().unwrap_err();
            assert!(matches!(busy.cause(), Cause::PoolBusy { .. }), "{busy:?}");
            session.activate("1").unwrap();
            drop(session);
            assert_eq!(pool.idle(), 1);
        }
    });
    work.await.unwrap();
    assert_eq!((peer.connections(), peer.requests().len()), (1, 3));
}

#[tokio::test]
async fn replicas_are_compared_key_by_key() {
    let world = World::new();
    let key = |octet: u8| Act::Say(answer::key(V1_4, "7", &[octet; 32]));
    let missing = Act::Say(answer::failure(
        V1_4,
        Some(Operation::GET),
        ResultReason::ITEM_NOT_FOUND,
        "no",
    ));
    let first = Peer::after_hello(world.server(), vec![key(1)]).await;
    let same = Peer::after_hello(world.server(), vec![key(1)]).await;
    let other = Peer::after_hello(world.server(), vec![key(2)]).await;
    let without = Peer::after_hello(world.server(), vec![missing]).await;
    let dead = format!("127.0.0.1:{}", dead_port().await);

    let servers = format!("{},{}", first.address(), same.address());
    let replicas = world.client(&servers, options()).replicas("7").await;
    assert!(replicas.agree(), "{replicas}");

    let servers = format!(
        "{dead},{},{},{}",
        first.address(),
        other.address(),
        without.address()
    );
    let client = world.client(&servers, options());
    let replicas = client.replicas("7").await;
    assert!(!replicas.agree() && !replicas.missing_everywhere());
    let standings: Vec<_> = replicas.servers.iter().map(|r| &r.standing).collect();
    assert!(
        matches!(
            standings[..],
            [
                ReplicaStanding::Failed(_),
                ReplicaStanding::Same,
                ReplicaStanding::Different,
                ReplicaStanding::Missing
            ]
        ),
        "{replicas}"
    );
    let shown = replicas.to_string();
    assert_eq!(shown.lines().count(), 4, "{shown}");
    assert!(shown.contains(&format!("{}: has another one", other.address())));

    let alone = world.client(&without.address(), options());
    assert!(alone.replicas("7").await.missing_everywhere());
}
