//! The list of servers: who is asked, in which order, how often.

use std::time::Duration;

use strongroom_client::{BackOff, Cause, ClientOptions, ErrorKind, Outcome};
use strongroom_kmip::{ProtocolVersion, ResultReason};
use tokio::time::Instant;

use crate::answer;
use crate::clock::frozen;
use crate::peer::{Act, Peer, dead_port, hello};
use crate::pki::World;

fn options() -> ClientOptions {
    ClientOptions::default().connect_timeout(Duration::from_secs(10))
}

#[tokio::test]
async fn a_dead_and_a_silent_server_give_way_to_a_good_one() {
    let world = World::new();
    let dead = dead_port().await;
    let silent = Peer::start(world.server(), vec![Act::Hang]).await;
    let good = Peer::start(world.server(), vec![hello()]).await;
    let servers = format!("localhost:{dead}, {}, {}", silent.address(), good.address());
    // What the silent server costs, and enough for the good one on a busy machine.
    let options = options().connect_timeout(Duration::from_millis(1500));
    let session = world.client(&servers, options).connect().await.unwrap();
    assert_eq!(session.server().to_string(), good.address());
    assert_eq!(silent.connections(), 1);
    assert_eq!(good.connections(), 1);
}

#[tokio::test]
async fn the_first_good_server_is_taken_and_the_rest_left_alone() {
    let world = World::new();
    let first = Peer::start(world.server(), vec![hello()]).await;
    let second = Peer::start(world.server(), vec![hello()]).await;
    // By name: `localhost` may resolve to ::1 first, where nothing listens.
    let servers = format!("localhost:{},{}", first.port, second.address());
    let session = world.client(&servers, options()).connect().await.unwrap();
    assert_eq!(session.server().host(), "localhost");
    assert_eq!(second.connections(), 0);
}

#[tokio::test]
async fn a_server_that_does_not_know_us_is_not_hidden_by_the_next() {
    let world = World::new();
    let no = answer::failure(
        ProtocolVersion::V1_0,
        None,
        ResultReason::AUTHENTICATION_NOT_SUCCESSFUL,
        "",
    );
    let strict = Peer::start(world.server(), vec![Act::Say(no)]).await;
    let good = Peer::start(world.server(), vec![hello()]).await;
    let servers = format!("{},{}", strict.address(), good.address());
    let error = world
        .client(&servers, options().connect_retries(3))
        .connect()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
    assert_eq!((strict.connections(), good.connections()), (1, 0));
}

#[tokio::test]
async fn rounds_are_retries_plus_one_and_each_server_is_reported() {
    let world = World::new();
    let (dead, closing) = (
        dead_port().await,
        Peer::start(world.server(), vec![Act::Close]).await,
    );
    let servers = format!("127.0.0.1:{dead},{}", closing.address());
    let only_1_0 = options()
        .versions([ProtocolVersion::V1_0])
        .back_off(BackOff::NONE)
        .connect_retries(2);
    let error = world
        .client(&servers, only_1_0)
        .connect()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(closing.connections(), 3);
    let Cause::AllServers {
        failures,
        rounds: 3,
    } = error.cause()
    else {
        panic!("{error:?}");
    };
    let tried: Vec<_> = failures
        .iter()
        .filter_map(|failure| failure.server().map(ToString::to_string))
        .collect();
    assert_eq!(tried, [format!("127.0.0.1:{dead}"), closing.address()]);
    let text = error.to_string();
    assert!(
        text.contains("3 rounds") && text.contains(&closing.address()),
        "{text}"
    );
}

#[tokio::test]
async fn a_given_server_is_asked_alone_and_each_server_in_turn() {
    let world = World::new();
    let dead = dead_port().await;
    let good = Peer::start(world.server(), vec![hello()]).await;
    let servers = format!("127.0.0.1:{dead},{}", good.address());
    let client = world.client(&servers, options());
    assert!(client.connect_to(0).await.is_err());
    assert!(client.connect_to(1).await.is_ok());
    let error = client.connect_to(2).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");

    let each = client.connect_each().await;
    let shapes: Vec<bool> = each.iter().map(Result::is_ok).collect();
    assert_eq!(shapes, [false, true]);
}

#[tokio::test]
async fn rounds_pause_in_between_with_jitter() {
    let world = World::new();
    let dead = format!("127.0.0.1:{}", dead_port().await);
    let back_off = BackOff::new(Duration::from_secs(2), Duration::from_secs(60));
    // Nothing, half and all of the random part.
    for (random, seconds) in [(0, 1 + 2 + 4), (1000, 2 + 4 + 8)] {
        let options = options().connect_retries(3).back_off(back_off);
        let client = world
            .builder(&dead, options)
            .jitter(move || random)
            .build()
            .unwrap();
        let (error, took) = frozen(async {}, async {
            let started = Instant::now();
            (client.connect().await.unwrap_err(), started.elapsed())
        })
        .await;
        assert!(
            matches!(error.cause(), Cause::AllServers { rounds: 4, .. }),
            "{error:?}"
        );
        assert_eq!(took.as_secs(), seconds, "{took:?}");
    }
}

#[tokio::test]
async fn the_total_timeout_bounds_servers_rounds_and_pauses() {
    let world = World::new();
    let silent = Peer::start(world.server(), vec![Act::Hang]).await;
    let dead = format!("127.0.0.1:{}", dead_port().await);
    // (server, what the bound cuts short)
    for (server, what) in [(silent.address(), "a server"), (dead, "a pause")] {
        let options = options()
            .connect_retries(9)
            .back_off(BackOff::new(Duration::from_secs(2), Duration::from_secs(2)))
            .total_timeout(Duration::from_secs(3));
        let client = world.builder(&server, options).jitter(|| 1000).build();
        let client = client.unwrap();
        let (error, took) = frozen(async {}, async {
            let started = Instant::now();
            (client.connect().await.unwrap_err(), started.elapsed())
        })
        .await;
        assert_eq!(error.outcome(), Outcome::NotSent, "{what}");
        assert!(
            matches!(error.cause(), Cause::AllServers { .. }),
            "{what}: {error:?}"
        );
        let bound = Duration::from_secs(3) + Duration::from_millis(2);
        assert!(took <= bound, "{what}: {took:?}");
    }
}
