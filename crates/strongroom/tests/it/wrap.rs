//! `masterKeyMode: wrap`: the master key never leaves the server.

use std::path::Path;

use strongroom::kmip::enumeration::{Operation, State};
use strongroom::kmip::tag;
use strongroom::{Class, Options, TakeOver};
use strongroom_server::{FaultAction, Profile};

use crate::forged::{found, put_back, save};
use crate::harness::{Harness, files, opens, witness};

const WRAP: &[&str] = &[
    "keyIdentifier: key_name",
    "masterKeyMode: wrap",
    "connectTimeoutMS: 2000",
];
const GET: &[&str] = &["keyIdentifier: key_name", "connectTimeoutMS: 2000"];

fn is_wrapped(dbpath: &Path) -> Vec<bool> {
    let found = found(dbpath);
    let masters = found.metadata().masters();
    masters.map(|entry| entry.wrapped.is_some()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_lives_without_one_get() {
    for profile in [Profile::STRONGROOM, Profile::VAULT] {
        let name = profile.name;
        let harness = Harness::start_as(profile).await;
        let dbpath = harness.dbpath("db");
        let mut unlocked = harness.unlock(WRAP, &dbpath).await.unwrap();
        let sealed = witness(&mut unlocked);
        drop(unlocked);
        harness.operations();
        let mut unlocked = harness.unlock(WRAP, &dbpath).await.unwrap();
        assert!(opens(&mut unlocked, &sealed), "{name}");
        drop(unlocked);
        // A start only asks, until the keystore is proven (I12).
        let asks = [
            Operation::DISCOVER_VERSIONS,
            Operation::QUERY,
            Operation::GET_ATTRIBUTES,
            Operation::DECRYPT,
        ];
        let seen = harness.operations();
        assert!(seen.contains(&Operation::DECRYPT), "{name}: {seen:?}");
        assert!(
            seen.iter().all(|one| asks.contains(one)),
            "{name}: {seen:?}"
        );
        for _ in 0..2 {
            let rotated = harness.rotate(WRAP, &dbpath).await.unwrap();
            assert!(
                rotated.warnings.is_empty(),
                "{name}: {:?}",
                rotated.warnings
            );
            drop(rotated);
            let mut unlocked = harness.unlock(WRAP, &dbpath).await.unwrap();
            assert!(opens(&mut unlocked, &sealed), "{name}");
        }
        let seen = harness.operations();
        assert!(!seen.contains(&Operation::GET), "{name}: {seen:?}");
        assert_eq!(is_wrapped(&dbpath), [true], "{name}");
        let keys = harness.keys().await;
        let named = keys.iter().filter(|key| key.name.starts_with("key_name"));
        let states: Vec<State> = named.map(|key| key.state).collect();
        let expected = [State::DEACTIVATED, State::DEACTIVATED, State::ACTIVE];
        assert_eq!(states, expected, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_changes_the_mode_both_ways() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness.unlock(GET, &dbpath).await.unwrap();
    let sealed = witness(&mut unlocked);
    drop(unlocked);
    for (lines, wrapped) in [(WRAP, true), (GET, false), (WRAP, true)] {
        drop(harness.rotate(lines, &dbpath).await.unwrap());
        assert_eq!(is_wrapped(&dbpath), [wrapped]);
        // How the recorded key is used stands in the keystore, whatever the configuration says.
        for lines in [GET, WRAP] {
            let mut unlocked = harness.unlock(lines, &dbpath).await.unwrap();
            assert!(opens(&mut unlocked, &sealed));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_backup_under_a_deactivated_key_is_restored() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness.unlock(WRAP, &dbpath).await.unwrap();
    let sealed = witness(&mut unlocked);
    drop(unlocked);
    let backup = save(&dbpath);
    drop(harness.rotate(WRAP, &dbpath).await.unwrap());
    put_back(&dbpath, &backup);
    let error = harness.unlock(WRAP, &dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::RetiredMaster, "{error}");
    let options = Options::default();
    let kind = (TakeOver::Restore, &options);
    drop(
        strongroom::take_over(&harness.config(WRAP), &dbpath, kind)
            .await
            .unwrap(),
    );
    let mut unlocked = harness.unlock(WRAP, &dbpath).await.unwrap();
    assert!(opens(&mut unlocked, &sealed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_keep_what_it_was_given_makes_no_store() {
    for (operation, field) in [
        (Operation::ENCRYPT, tag::AUTHENTICATED_ENCRYPTION_TAG),
        (Operation::ENCRYPT, tag::DATA),
        (Operation::DECRYPT, tag::DATA),
    ] {
        let harness = Harness::start().await;
        let dbpath = harness.dbpath("db");
        let changed = FaultAction::WrongField(field);
        harness.faults().on(operation, 1, changed);
        let error = harness.unlock(WRAP, &dbpath).await.unwrap_err();
        let classes = [Class::KeyState, Class::Refused];
        assert!(classes.contains(&error.class()), "{operation}: {error}");
        assert!(
            !files(&dbpath)
                .iter()
                .any(|name| name.starts_with("keystore"))
        );
        // The next start goes on with the key that was made.
        drop(harness.unlock(WRAP, &dbpath).await.unwrap());
        assert_eq!(harness.keys().await.len(), 1, "{operation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_server_must_decrypt_before_the_old_key_is_left() {
    let (harness, _second, replica) = Harness::start_pair().await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness.unlock(WRAP, &dbpath).await.unwrap();
    let sealed = witness(&mut unlocked);
    drop(unlocked);
    replica.hold();
    let error = harness.rotate(WRAP, &dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::InterruptedRotation, "{error}");
    assert_eq!(is_wrapped(&dbpath), [true, true]);
    let mut unlocked = harness.unlock(WRAP, &dbpath).await.unwrap();
    assert!(opens(&mut unlocked, &sealed));
    drop(unlocked);
    replica.follow();
    drop(harness.rotate(WRAP, &dbpath).await.unwrap());
    assert_eq!(is_wrapped(&dbpath), [true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_at_every_message_loses_nothing() {
    for k in 1..90 {
        let harness = Harness::start().await;
        let dbpath = harness.dbpath("db");
        harness.faults().at(k, FaultAction::DropAfterHandling);
        let cut_short = harness.unlock(WRAP, &dbpath).await;
        let first_struck = harness.faults().seen() >= k;
        drop(cut_short);
        harness.faults().clear();
        let unlocked = harness.unlock(WRAP, &dbpath).await;
        let mut unlocked = unlocked.unwrap_or_else(|error| panic!("first start, {k}: {error}"));
        let sealed = witness(&mut unlocked);
        drop(unlocked);
        harness.faults().clear();
        harness.faults().at(k, FaultAction::DropAfterHandling);
        let cut_short = harness.rotate(WRAP, &dbpath).await;
        let struck = harness.faults().seen() >= k;
        drop(cut_short);
        harness.faults().clear();
        let unlocked = harness.unlock(WRAP, &dbpath).await;
        let mut unlocked = unlocked.unwrap_or_else(|error| panic!("start, {k}: {error}"));
        assert!(opens(&mut unlocked, &sealed), "at {k}");
        let unfinished = unlocked.keystore.metadata().rotation().is_some();
        drop(unlocked);
        if unfinished {
            let rotated = harness.rotate(WRAP, &dbpath).await;
            drop(rotated.unwrap_or_else(|error| panic!("resumed, {k}: {error}")));
        }
        let mut unlocked = harness.unlock(WRAP, &dbpath).await.unwrap();
        assert!(opens(&mut unlocked, &sealed), "at {k}");
        if !struck && !first_struck {
            assert!(k > 20, "only {k} requests were sent");
            return;
        }
    }
    panic!("more requests than expected");
}
