//! First start and start: PSMDB's tables S1 to S14 and K1 to K4 with the design's changes.

use std::fs;
use std::path::Path;

use strongroom::kmip::enumeration::{Operation, RevocationReasonCode, State};
use strongroom::{Class, Error, KeyOrigin, Options};
use strongroom_server::Profile;

use crate::harness::{Harness, files, opens, witness};

const NAMED: &[&str] = &["keyIdentifier: key_name"];

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_with_a_name_makes_the_key_and_a_restart_opens_it() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    assert_eq!(unlocked.origin, KeyOrigin::Made);
    let sealed = witness(&mut unlocked);
    drop(unlocked);
    let keys = harness.keys().await;
    assert_eq!(keys.len(), 1);
    assert_eq!(
        (keys[0].name.as_str(), keys[0].state),
        ("key_name", State::ACTIVE)
    );
    assert_eq!(
        files(&dbpath),
        ["keystore.a", "keystore.b", "strongroom.lock"]
    );

    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    assert_eq!(unlocked.origin, KeyOrigin::Recorded);
    assert!(unlocked.warnings.is_empty(), "{:?}", unlocked.warnings);
    assert!(opens(&mut unlocked, &sealed));
    assert_eq!(harness.keys().await, keys);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_without_identifier_makes_a_labelled_key() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let unlocked = harness.unlock(&[], &dbpath).await.unwrap();
    let label = unlocked.keystore.metadata().label().to_string();
    drop(unlocked);
    let keys = harness.keys().await;
    assert_eq!(keys[0].name, format!("strongroom/{label}/v1"));
    // Without an identifier, and with the Unique Identifier or the Name: all three name it.
    let by_id = format!("keyIdentifier: {}", keys[0].id);
    let by_name = format!("keyIdentifier: {}", keys[0].name);
    for lines in [vec![], vec![by_id.as_str()], vec![by_name.as_str()]] {
        harness.unlock(&lines, &dbpath).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn register_mode_makes_the_key_here() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let lines = ["keyIdentifier: key_name", "masterKeyMode: register"];
    drop(harness.unlock(&lines, &dbpath).await.unwrap());
    assert!(harness.operations().contains(&Operation::REGISTER));
    harness.unlock(&lines, &dbpath).await.unwrap();
    assert_eq!(harness.keys().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_existing_key_is_taken_by_name_or_by_unique_identifier() {
    let harness = Harness::start().await;
    let id = harness.key("given", State::ACTIVE, None).await;
    let by_id = format!("keyIdentifier: {id}");
    for (db, lines) in [
        ("name", vec!["keyIdentifier: given"]),
        ("uid", vec![by_id.as_str(), "keyIdentifierKind: uid"]),
        ("auto", vec![by_id.as_str()]),
    ] {
        let dbpath = harness.dbpath(db);
        let unlocked = harness.unlock(&lines, &dbpath).await.unwrap();
        assert_eq!(unlocked.origin, KeyOrigin::Taken, "{db}");
    }
    assert_eq!(harness.keys().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absent_unique_identifier_makes_no_key_and_no_file() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let lines = ["keyIdentifier: nowhere", "keyIdentifierKind: uid"];
    let error = harness.unlock(&lines, &dbpath).await.unwrap_err();
    assert!(matches!(error, Error::KeyNotFound { .. }), "{error}");
    assert!(harness.keys().await.is_empty());
    assert_eq!(files(&dbpath), ["strongroom.lock"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_store_with_the_same_name_is_refused_unless_shared_on_purpose() {
    let harness = Harness::start().await;
    drop(
        harness
            .unlock(NAMED, &harness.dbpath("first"))
            .await
            .unwrap(),
    );
    let second = harness.dbpath("second");
    let error = harness.unlock(NAMED, &second).await.unwrap_err();
    assert!(matches!(error, Error::AnotherStoresKey { .. }), "{error}");
    assert_eq!(error.class(), Class::KeyState);
    assert_eq!(files(&second), ["strongroom.lock"]);
    let options = Options::default().shared_key(true);
    let unlocked = strongroom::unlock(&harness.config(NAMED), &second, &options)
        .await
        .unwrap();
    assert!(
        unlocked
            .keystore
            .metadata()
            .masters()
            .next()
            .unwrap()
            .shared
    );
    assert_eq!(harness.keys().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_keys_with_one_name_are_refused_with_their_ids() {
    // PyKMIP lets a Name stand twice.
    let harness = Harness::start_as(Profile::PYKMIP).await;
    let ids = [
        harness.key("key_name", State::ACTIVE, None).await,
        harness.key("key_name", State::ACTIVE, None).await,
    ];
    let dbpath = harness.dbpath("db");
    let error = harness.unlock(NAMED, &dbpath).await.unwrap_err();
    assert!(matches!(error, Error::SeveralKeys { .. }), "{error}");
    assert!(
        ids.iter().all(|id| error.to_string().contains(id)),
        "{error}"
    );
    assert_eq!(files(&dbpath), ["strongroom.lock"]);
    assert_eq!(harness.keys().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_wins_over_a_unique_identifier() {
    let harness = Harness::start().await;
    let first = harness.key("given", State::ACTIVE, None).await;
    let second = harness.key(&first, State::ACTIVE, None).await;
    let lines = format!("keyIdentifier: {first}");
    let unlocked = harness
        .unlock(&[&lines], &harness.dbpath("db"))
        .await
        .unwrap();
    let master = unlocked.keystore.metadata().masters().next().unwrap();
    assert_eq!(master.unique_identifier, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn states_of_a_named_key_are_refused_or_taken_as_the_table_says() {
    let harness = Harness::start().await;
    let cases = [
        (State::ACTIVE, true, true),
        (State::PRE_ACTIVE, false, true),
        (State::DEACTIVATED, false, false),
        (State::COMPROMISED, false, false),
    ];
    for (number, (state, strict, off)) in cases.into_iter().enumerate() {
        for (mode, lines, taken) in [
            ("strict", vec![], strict),
            ("off", vec!["activateKeys: false"], off),
        ] {
            let name = format!("key-{mode}-{number}");
            harness.key(&name, state, None).await;
            let identifier = format!("keyIdentifier: {name}");
            let mut lines = lines.clone();
            lines.push(&identifier);
            let dbpath = harness.dbpath(&name);
            let result = harness.unlock(&lines, &dbpath).await;
            match result {
                Ok(_) => assert!(taken, "{state} {mode}"),
                Err(error) => {
                    assert!(!taken, "{state} {mode}: {error}");
                    assert_eq!(error.class(), Class::KeyState, "{state} {mode}: {error}");
                    assert_eq!(files(&dbpath), ["strongroom.lock"], "{state} {mode}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destroyed_key_named_by_unique_identifier_is_refused() {
    let harness = Harness::start().await;
    let id = harness.key("given", State::DESTROYED, None).await;
    let dbpath = harness.dbpath("db");
    let line = format!("keyIdentifier: {id}");
    let error = harness
        .unlock(&[&line, "keyIdentifierKind: uid"], &dbpath)
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::KeyState {
                state: State::DESTROYED,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(files(&dbpath), ["strongroom.lock"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn states_of_the_recorded_key_are_refused_whatever_activate_keys_says() {
    let harness = Harness::start().await;
    for (db, code) in [
        ("deactivated", RevocationReasonCode::CESSATION_OF_OPERATION),
        ("compromised", RevocationReasonCode::KEY_COMPROMISE),
    ] {
        let dbpath = harness.dbpath(db);
        let unlocked = harness.unlock(&[], &dbpath).await.unwrap();
        let id = unlocked
            .keystore
            .metadata()
            .masters()
            .next()
            .unwrap()
            .unique_identifier
            .clone();
        drop(unlocked);
        harness.revoke(&id, code).await;
        for lines in [vec![], vec!["activateKeys: false"]] {
            let error = harness.unlock(&lines, &dbpath).await.unwrap_err();
            assert!(
                matches!(error, Error::RetiredMaster { .. }),
                "{db}: {error}"
            );
        }
        harness.destroy(&id).await;
        let error = harness.unlock(&[], &dbpath).await.unwrap_err();
        assert!(
            matches!(error, Error::RetiredMaster { .. }),
            "{db}: {error}"
        );
    }
    // Refusing made no new key: Destroyed ones are not located, and nothing else is there.
    assert!(harness.keys().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_identifier_than_the_recorded_one_is_refused() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    drop(harness.unlock(NAMED, &dbpath).await.unwrap());
    let error = harness
        .unlock(&["keyIdentifier: other"], &dbpath)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::AnotherIdentifier { .. }), "{error}");
    assert_eq!(error.class(), Class::Configuration);
    assert_eq!(harness.keys().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_keystore_beside_other_files_is_keystore_lost_and_nothing_is_left_behind() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    fs::write(dbpath.join("collection.wt"), b"pages").unwrap();
    let error = harness.unlock(NAMED, &dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::KeystoreLost, "{error}");
    assert!(error.to_string().contains("collection.wt"));
    assert_eq!(files(&dbpath), ["collection.wt"]);
    assert!(harness.keys().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_flag_or_command_without_a_keystore_is_refused() {
    let harness = Harness::start().await;
    let error = harness
        .rotate(NAMED, &harness.dbpath("db"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NothingToRotate { .. }), "{error}");
    assert!(harness.keys().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_told_to_rotate_is_refused_so_that_no_restart_makes_a_key() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let told = &["keyIdentifier: key_name", "rotateMasterKey: true"];
    let error = harness.unlock(told, &dbpath).await.unwrap_err();
    assert!(matches!(error, Error::RotationAtStart), "{error}");
    assert!(harness.keys().await.is_empty());
    drop(harness.unlock(NAMED, &dbpath).await.unwrap());
    drop(harness.unlock(told, &dbpath).await.unwrap_err());
    assert_eq!(harness.keys().await.len(), 1);
    drop(harness.rotate(told, &dbpath).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_process_is_told_at_once() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let _held = harness.unlock(NAMED, &dbpath).await.unwrap();
    let error = harness.unlock(NAMED, &dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::Locked, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_mac_verifies_only_questions_are_asked() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    // A key of ours that waits: an authentic keystore would have it activated by the next start.
    let off = &["keyIdentifier: key_name", "activateKeys: false"];
    drop(harness.unlock(off, &dbpath).await.unwrap());
    for name in ["keystore.a", "keystore.b"] {
        forge(&dbpath.join(name));
    }
    harness.operations();
    let error = harness.unlock(NAMED, &dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::ForeignKeystore, "{error}");
    let questions = [
        Operation::DISCOVER_VERSIONS,
        Operation::QUERY,
        Operation::LOCATE,
        Operation::GET,
        Operation::GET_ATTRIBUTES,
    ];
    let asked = harness.operations();
    assert!(asked.contains(&Operation::GET), "{asked:?}");
    assert!(
        asked.iter().all(|operation| questions.contains(operation)),
        "{asked:?}"
    );
    assert_eq!(harness.keys().await[0].state, State::PRE_ACTIVE);
}

/// Changes the MAC and puts the digest over it right.
fn forge(path: &Path) {
    let mut octets = fs::read(path).unwrap();
    let (signed, digest) = octets.split_last_chunk_mut::<32>().unwrap();
    *signed.last_mut().unwrap() ^= 1;
    *digest = strongroom::cipher::envelope::sha256(&[signed]);
    fs::write(path, octets).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_directory_is_not_made() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db").join("typo");
    let error = harness.unlock(NAMED, &dbpath).await.unwrap_err();
    assert!(matches!(error, Error::Dbpath { .. }), "{error}");
    assert!(!dbpath.exists());
    assert!(harness.keys().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_copy_is_named_and_mended_and_two_bad_copies_are_damage() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    drop(harness.unlock(NAMED, &dbpath).await.unwrap());
    let flip = |name: &str| {
        let path = dbpath.join(name);
        let mut octets = fs::read(&path).unwrap();
        octets[40] ^= 1;
        fs::write(&path, octets).unwrap();
    };
    flip("keystore.a");
    let unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    assert_eq!(unlocked.warnings.len(), 1, "{:?}", unlocked.warnings);
    assert!(unlocked.warnings[0].to_string().contains("keystore.a"));
    drop(unlocked);
    assert!(
        harness
            .unlock(NAMED, &dbpath)
            .await
            .unwrap()
            .warnings
            .is_empty()
    );
    flip("keystore.a");
    flip("keystore.b");
    let error = harness.unlock(NAMED, &dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::DamagedKeystore, "{error}");
}
