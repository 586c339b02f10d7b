//! Rotation with two key servers, of which the second lags behind, and failover at any moment (I3).

use strongroom::keystore::RotationPhase;
use strongroom::kmip::enumeration::{Operation, State};
use strongroom::{Class, Warning};
use strongroom_server::testing::TestServer;
use strongroom_server::{FaultAction, Faults, HandshakeFault, Replica};

use crate::forged::found;
use crate::harness::{Harness, opens, witness};

const NAMED: &[&str] = &["keyIdentifier: key_name", "connectTimeoutMS: 2000"];
/// More connections than any command here makes.
const MANY: u64 = 200;

/// Nobody gets through to this server, until its script is cleared.
fn down(faults: &Faults) {
    for connection in 1..=MANY {
        faults.at_handshake(connection, HandshakeFault::Close);
    }
}

/// A store on two servers, with something sealed.
async fn store() -> (Harness, TestServer, Replica, std::path::PathBuf, Vec<u8>) {
    let (harness, second, replica) = Harness::start_pair().await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let sealed = witness(&mut unlocked);
    drop(unlocked);
    (harness, second, replica, dbpath, sealed)
}

fn phase(dbpath: &std::path::Path) -> Option<RotationPhase> {
    let found = found(dbpath);
    found.metadata().rotation().map(|rotation| rotation.phase)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_waits_in_phase_both_until_the_last_server_returns_the_new_key() {
    let (harness, second, replica, dbpath, sealed) = store().await;
    replica.hold();
    // However often it is asked.
    for _ in 0..3 {
        let error = harness.rotate(NAMED, &dbpath).await.unwrap_err();
        assert_eq!(error.class(), Class::InterruptedRotation, "{error}");
        assert_eq!(phase(&dbpath), Some(RotationPhase::Both));
        let port = second.local_addr().port().to_string();
        assert!(error.to_string().contains(&port), "{error}");
    }
    // Whichever server answers alone, the store opens.
    for (one, other) in [
        (harness.faults(), second.faults()),
        (second.faults(), harness.faults()),
    ] {
        down(one);
        let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
        assert!(opens(&mut unlocked, &sealed));
        let silent = |warning: &Warning| matches!(warning, Warning::ServerSilent { .. });
        assert!(unlocked.warnings.iter().any(silent));
        one.clear();
        other.clear();
    }
    let made = harness.keys().await.len();
    replica.follow();
    let rotated = harness.rotate(NAMED, &dbpath).await.unwrap();
    assert!(rotated.resumed);
    drop(rotated);
    assert_eq!(phase(&dbpath), None);
    // The waiting made no further key; the throw-away key is gone.
    assert_eq!(harness.keys().await.len(), made);
    // The second server alone opens it: nothing was left behind on the first.
    down(harness.faults());
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    assert!(opens(&mut unlocked, &sealed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_waits_for_a_server_that_is_away() {
    let (harness, second, _replica, dbpath, sealed) = store().await;
    down(second.faults());
    let error = harness.rotate(NAMED, &dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::InterruptedRotation, "{error}");
    assert_eq!(phase(&dbpath), Some(RotationPhase::Both));
    second.faults().clear();
    drop(harness.rotate(NAMED, &dbpath).await.unwrap());
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    assert!(opens(&mut unlocked, &sealed));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_activation_that_did_not_reach_the_second_server_is_waited_for() {
    let (harness, _second, replica, dbpath, sealed) = store().await;
    // The new key arrives, what is done to it later does not.
    replica.hold();
    let error = harness.rotate(NAMED, &dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::InterruptedRotation, "{error}");
    replica.catch_up(1);
    let error = harness.rotate(NAMED, &dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::InterruptedRotation, "{error}");
    assert_eq!(phase(&dbpath), Some(RotationPhase::Both));
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    assert!(opens(&mut unlocked, &sealed));
    drop(unlocked);
    replica.follow();
    drop(harness.rotate(NAMED, &dbpath).await.unwrap());
    assert_eq!(phase(&dbpath), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lags_behind_says_nothing_of_deactivated_keys() {
    let (harness, _second, replica, dbpath, sealed) = store().await;
    // The second key that a rotation makes is the throw-away one, before the old key is deactivated.
    let cut = FaultAction::DropBeforeHandling;
    harness.faults().on(Operation::CREATE, 2, cut);
    drop(harness.rotate(NAMED, &dbpath).await.unwrap_err());
    assert_eq!(phase(&dbpath), Some(RotationPhase::Done));
    replica.hold();
    down(harness.faults());
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    assert!(opens(&mut unlocked, &sealed));
    let later = |warning: &Warning| matches!(warning, Warning::NotRetiredYet { .. });
    assert!(
        unlocked.warnings.iter().any(later),
        "{:?}",
        unlocked.warnings
    );
    drop(unlocked);
    assert_eq!(phase(&dbpath), Some(RotationPhase::Done));
    harness.faults().clear();
    replica.follow();
    drop(harness.rotate(NAMED, &dbpath).await.unwrap());
    assert_eq!(harness.keys().await[0].state, State::DEACTIVATED);
}

/// One rotation: the lag begins, the k-th request to one server is lost, then that server is gone for
/// the next start, and at last the replica follows and all is well.
async fn cut(k: u64, at_second: bool, cut: FaultAction) -> bool {
    let what = format!("{cut:?} at {k}, second: {at_second}");
    let (harness, second, replica, dbpath, sealed) = store().await;
    let (struck_server, other) = match at_second {
        true => (second.faults(), harness.faults()),
        false => (harness.faults(), second.faults()),
    };
    replica.hold();
    struck_server.clear();
    struck_server.at(k, cut);
    let first = harness.rotate(NAMED, &dbpath).await;
    assert!(first.is_err(), "{what}: the replica lags");
    let mut struck = struck_server.seen() >= k;
    // What arrives, arrives bit by bit; the rotation is tried at every stand.
    for _ in 0..3 {
        replica.catch_up(1);
        let next = harness.rotate(NAMED, &dbpath).await;
        struck |= struck_server.seen() >= k;
        let done = next.is_ok();
        drop(next);
        // Failover at this moment, to either server.
        for faults in [struck_server, other] {
            faults.clear();
            down(faults);
            let unlocked = harness.unlock(NAMED, &dbpath).await;
            let mut unlocked = unlocked.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(opens(&mut unlocked, &sealed), "{what}");
            drop(unlocked);
            faults.clear();
        }
        if done {
            break;
        }
    }
    replica.follow();
    if phase(&dbpath).is_some() {
        let last = harness.rotate(NAMED, &dbpath).await;
        drop(last.unwrap_or_else(|error| panic!("{what}: {error}")));
    }
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    assert!(opens(&mut unlocked, &sealed), "{what}");
    let metadata = unlocked.keystore.metadata();
    assert!(metadata.rotation().is_none(), "{what}");
    let used = metadata.masters().next().unwrap().unique_identifier.clone();
    let keys = harness.keys().await;
    let is_stray = |key: &&crate::harness::Seen| key.id != used && key.state != State::DEACTIVATED;
    let strays: Vec<_> = keys.iter().filter(is_stray).collect();
    let inactive = strays.iter().all(|key| key.state == State::PRE_ACTIVE);
    assert!(inactive && strays.len() <= 1, "{what}: {strays:?}");
    struck
}

async fn cuts(at_second: bool, action: FaultAction) {
    for k in 1..80 {
        if !cut(k, at_second, action).await {
            assert!(k > 5, "only {k} requests reached the server");
            return;
        }
    }
    panic!("more requests than expected");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_at_every_message_to_the_first_server_with_lag_and_failover_loses_nothing() {
    cuts(false, FaultAction::DropAfterHandling).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_at_every_message_to_the_second_server_with_lag_and_failover_loses_nothing() {
    cuts(true, FaultAction::DropBeforeHandling).await;
}
