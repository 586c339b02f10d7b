//! First start and rotation, cut at every message (I3, I4, I8).
//!
//! For every k: the k-th request is lost on its way, or answered and the answer lost. Whatever the
//! command said, the next start must open, must lose nothing, and must leave no Active stray.

use strongroom::Class;
use strongroom::kmip::enumeration::State;
use strongroom_server::FaultAction;

use crate::harness::{Harness, Seen, opens, witness};

const NAMED: &[&str] = &["keyIdentifier: key_name", "connectTimeoutMS: 2000"];
const UNNAMED: &[&str] = &["connectTimeoutMS: 2000"];
const CUTS: [FaultAction; 3] = [
    FaultAction::DropBeforeHandling,
    FaultAction::DropAfterHandling,
    FaultAction::CutAfter(20),
];
/// More requests than any command here sends; the loop ends at the first k that strikes nothing.
const MOST: u64 = 60;

fn strays(keys: &[Seen], used: &str) -> Vec<Seen> {
    let stray = |key: &&Seen| key.id != used && key.state != State::DEACTIVATED;
    keys.iter().filter(stray).cloned().collect()
}

async fn first_start_cut(lines: &[&str], cut: FaultAction) {
    for k in 1..=MOST {
        let harness = Harness::start().await;
        let dbpath = harness.dbpath("db");
        harness.faults().at(k, cut);
        let cut_short = harness.unlock(lines, &dbpath).await;
        let struck = harness.faults().seen() >= k;
        harness.faults().clear();
        drop(cut_short);
        let unlocked = harness.unlock(lines, &dbpath).await;
        let unlocked = unlocked.unwrap_or_else(|error| panic!("{cut:?} at {k}: {error}"));
        let used = unlocked
            .keystore
            .metadata()
            .masters()
            .next()
            .unwrap()
            .unique_identifier
            .clone();
        let keys = harness.keys().await;
        assert_eq!(
            keys.iter().find(|key| key.id == used).unwrap().state,
            State::ACTIVE,
            "{cut:?} at {k}"
        );
        let strays = strays(&keys, &used);
        assert!(strays.len() <= 1, "{cut:?} at {k}: {strays:?}");
        assert!(
            strays.iter().all(|key| key.state == State::PRE_ACTIVE),
            "{cut:?} at {k}: {strays:?}"
        );
        if !struck {
            assert!(k > 5, "only {k} requests were sent");
            return;
        }
    }
    panic!("more than {MOST} requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_first_start_survives_a_cut_at_every_message() {
    for cut in CUTS {
        first_start_cut(NAMED, cut).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unnamed_first_start_survives_a_cut_at_every_message() {
    first_start_cut(UNNAMED, FaultAction::DropAfterHandling).await;
}

async fn rotation_cut(lines: &[&str], cut: FaultAction) {
    for k in 1..=MOST {
        let harness = Harness::start().await;
        let dbpath = harness.dbpath("db");
        let mut unlocked = harness.unlock(lines, &dbpath).await.unwrap();
        let sealed = witness(&mut unlocked);
        drop(unlocked);
        harness.faults().clear();
        harness.faults().at(k, cut);
        let cut_short = harness.rotate(lines, &dbpath).await;
        let struck = harness.faults().seen() >= k;
        harness.faults().clear();
        drop(cut_short);
        // The next start opens, whatever happened.
        let unlocked = harness.unlock(lines, &dbpath).await;
        let mut unlocked =
            unlocked.unwrap_or_else(|error| panic!("{cut:?} at {k}: start: {error}"));
        assert!(opens(&mut unlocked, &sealed), "{cut:?} at {k}");
        let unfinished = unlocked.keystore.metadata().rotation().is_some();
        drop(unlocked);
        // A rotation goes on where it stood.
        if unfinished {
            let rotated = harness.rotate(lines, &dbpath).await;
            let rotated = rotated.unwrap_or_else(|error| panic!("{cut:?} at {k}: resume: {error}"));
            assert!(rotated.resumed, "{cut:?} at {k}");
        }
        let mut unlocked = harness.unlock(lines, &dbpath).await.unwrap();
        assert!(opens(&mut unlocked, &sealed), "{cut:?} at {k}");
        let metadata = unlocked.keystore.metadata();
        assert!(metadata.rotation().is_none(), "{cut:?} at {k}");
        let used = metadata.masters().next().unwrap().unique_identifier.clone();
        let keys = harness.keys().await;
        let strays = strays(&keys, &used);
        assert!(strays.len() <= 1, "{cut:?} at {k}: {strays:?}");
        assert!(
            strays.iter().all(|key| key.state == State::PRE_ACTIVE),
            "{cut:?} at {k}: {keys:?}"
        );
        if !struck {
            assert!(k > 15, "only {k} requests were sent");
            return;
        }
    }
    panic!("more than {MOST} requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_survives_a_request_lost_at_every_message() {
    rotation_cut(NAMED, FaultAction::DropBeforeHandling).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_survives_an_answer_lost_at_every_message() {
    rotation_cut(NAMED, FaultAction::DropAfterHandling).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_to_a_new_name_survives_an_answer_lost_at_every_message() {
    for k in 1..=MOST {
        let harness = Harness::start().await;
        let dbpath = harness.dbpath("db");
        drop(harness.unlock(NAMED, &dbpath).await.unwrap());
        let new = &["keyIdentifier: new_name", "connectTimeoutMS: 2000"];
        harness.faults().clear();
        harness.faults().at(k, FaultAction::DropAfterHandling);
        let cut_short = harness.rotate(new, &dbpath).await;
        let struck = harness.faults().seen() >= k;
        harness.faults().clear();
        let unfinished = cut_short.is_err();
        drop(cut_short);
        if unfinished {
            // The same command again: it goes on, or begins anew, to the same end.
            let again = harness.rotate(new, &dbpath).await;
            drop(again.unwrap_or_else(|error| panic!("at {k}: {error}")));
        }
        let unlocked = harness.unlock(new, &dbpath).await;
        drop(unlocked.unwrap_or_else(|error| panic!("at {k}: {error}")));
        if !struck {
            return;
        }
    }
    panic!("more than {MOST} requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_answering_costs_a_deadline_and_the_next_start_goes_on() {
    let lines = &["keyIdentifier: key_name", "connectTimeoutMS: 1000"];
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    harness.faults().at(4, FaultAction::Silence);
    let error = harness.unlock(lines, &dbpath).await.unwrap_err();
    let classes = [Class::Unreachable, Class::OutcomeUnknown];
    assert!(classes.contains(&error.class()), "{error}");
    harness.faults().clear();
    drop(harness.unlock(lines, &dbpath).await.unwrap());
    assert_eq!(harness.keys().await.len(), 1);
}
