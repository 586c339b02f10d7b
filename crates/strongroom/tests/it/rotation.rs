//! Rotations that nobody cuts, and old keystores put back.

use std::fs;

use strongroom::kmip::enumeration::State;
use strongroom::{Class, Error, KeptBecause, Warning};

use crate::harness::{Harness, Seen, files, opens, witness};

const NAMED: &[&str] = &["keyIdentifier: key_name"];

fn states(keys: &[Seen]) -> Vec<(&str, State)> {
    let named = keys.iter().filter(|key| !key.name.contains("/trial-"));
    named.map(|key| (key.name.as_str(), key.state)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_unchanged_name_makes_the_next_version_and_the_same_configuration_opens_it() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let label = unlocked.keystore.metadata().label().to_string();
    let sealed = witness(&mut unlocked);
    drop(unlocked);
    for version in 2..5 {
        let rotated = harness.rotate(NAMED, &dbpath).await.unwrap();
        assert!(!rotated.resumed);
        assert!(rotated.warnings.is_empty(), "{:?}", rotated.warnings);
        drop(rotated);
        let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
        assert!(opens(&mut unlocked, &sealed));
        drop(unlocked);
        let keys = harness.keys().await;
        let name = format!("key_name/{label}/v{version}");
        assert_eq!(states(&keys).last(), Some(&(name.as_str(), State::ACTIVE)));
    }
    let keys = harness.keys().await;
    let retired = states(&keys)
        .iter()
        .filter(|(_, state)| *state == State::DEACTIVATED)
        .count();
    assert_eq!(retired, 3);
    assert_eq!(
        files(&dbpath),
        ["keystore.a", "keystore.b", "strongroom.lock"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_name_is_made_when_absent_and_taken_when_there() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    drop(harness.unlock(NAMED, &dbpath).await.unwrap());
    let new = &["keyIdentifier: new_name"];
    drop(harness.rotate(new, &dbpath).await.unwrap());
    drop(harness.unlock(new, &dbpath).await.unwrap());
    let error = harness.unlock(NAMED, &dbpath).await.unwrap_err();
    assert!(matches!(error, Error::AnotherIdentifier { .. }), "{error}");

    let id = harness.key("given", State::ACTIVE, None).await;
    let given = format!("keyIdentifier: {id}");
    let rotated = harness.rotate(&[&given], &dbpath).await.unwrap();
    assert_eq!(rotated.new, id);
    drop(rotated);
    drop(harness.unlock(&[&given], &dbpath).await.unwrap());
    let error = harness.rotate(&[&given], &dbpath).await.unwrap_err();
    assert!(matches!(error, Error::RotationToSameKey { .. }), "{error}");

    // Away from a given key: it is not ours to deactivate.
    let rotated = harness.rotate(&[], &dbpath).await.unwrap();
    let kept = matches!(
        rotated.warnings.as_slice(),
        [Warning::OldKeyKept {
            why: KeptBecause::NotOurs,
            ..
        }]
    );
    assert!(kept, "{:?}", rotated.warnings);
    let keys = harness.keys().await;
    assert!(states(&keys).contains(&("given", State::ACTIVE)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_given_key_that_does_not_fit_is_refused_and_nothing_changes() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    drop(harness.unlock(NAMED, &dbpath).await.unwrap());
    let before = fs::read(dbpath.join("keystore.a")).unwrap();
    for (name, state, label) in [
        ("pre", State::PRE_ACTIVE, None),
        ("old", State::DEACTIVATED, None),
        ("bad", State::COMPROMISED, None),
        ("theirs", State::ACTIVE, Some("ffffffffffffffff")),
    ] {
        harness.key(name, state, label).await;
        let line = format!("keyIdentifier: {name}");
        let error = harness.rotate(&[&line], &dbpath).await.unwrap_err();
        assert_eq!(error.class(), Class::KeyState, "{name}: {error}");
        assert_eq!(
            fs::read(dbpath.join("keystore.a")).unwrap(),
            before,
            "{name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_stay_pre_active_are_rotated_when_activate_keys_is_off() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let off = &["keyIdentifier: key_name", "activateKeys: false"];
    drop(harness.unlock(off, &dbpath).await.unwrap());
    drop(harness.rotate(off, &dbpath).await.unwrap());
    drop(harness.unlock(off, &dbpath).await.unwrap());
    let keys = harness.keys().await;
    assert!(
        states(&keys)
            .iter()
            .all(|(_, state)| *state == State::PRE_ACTIVE),
        "{keys:?}"
    );
    // Switched on later: the key is ours and waits for its activation.
    drop(harness.unlock(NAMED, &dbpath).await.unwrap());
    let keys = harness.keys().await;
    assert_eq!(states(&keys).last().unwrap().1, State::ACTIVE);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_keystore_under_a_retired_master_is_refused_by_start_and_rotation() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    drop(harness.unlock(NAMED, &dbpath).await.unwrap());
    let old = fs::read(dbpath.join("keystore.a")).unwrap();
    drop(harness.rotate(NAMED, &dbpath).await.unwrap());
    for name in ["keystore.a", "keystore.b"] {
        fs::write(dbpath.join(name), &old).unwrap();
    }
    let key_count = harness.keys().await.len();
    for lines in [NAMED, &["keyIdentifier: key_name", "activateKeys: false"]] {
        let error = harness.unlock(lines, &dbpath).await.unwrap_err();
        assert!(
            matches!(
                error,
                Error::RetiredMaster {
                    state: Some(State::DEACTIVATED),
                    ..
                }
            ),
            "{error}"
        );
    }
    let error = harness.rotate(NAMED, &dbpath).await.unwrap_err();
    assert!(matches!(error, Error::RetiredMaster { .. }), "{error}");
    assert_eq!(harness.keys().await.len(), key_count);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_ahead_changes_nothing() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    drop(harness.unlock(NAMED, &dbpath).await.unwrap());
    let before = (
        fs::read(dbpath.join("keystore.a")).unwrap(),
        harness.keys().await,
    );
    let options = strongroom::Options::default();
    let plan = strongroom::plan_rotation(&harness.config(NAMED), &dbpath, &options)
        .await
        .unwrap();
    assert!(plan.makes.unwrap().starts_with("key_name/"));
    assert_eq!(plan.old, before.1[0].id);
    let after = (
        fs::read(dbpath.join("keystore.a")).unwrap(),
        harness.keys().await,
    );
    assert_eq!(before, after);
}
