//! Old backups put back, clones, and a set of nodes restored from one backup.

use std::collections::BTreeSet;
use std::path::Path;

use strongroom::kmip::enumeration::{Operation, State};
use strongroom::{Class, Error, Options, Rotated, TakeOver, Unlocked, Warning};
use strongroom_server::FaultAction;

use crate::forged::{found, put_back, save};
use crate::harness::{Harness, opens, witness};

const NAMED: &[&str] = &["keyIdentifier: key_name", "connectTimeoutMS: 2000"];
const NEW_NAME: &[&str] = &["keyIdentifier: new_name", "connectTimeoutMS: 2000"];

async fn take_over(
    harness: &Harness,
    lines: &[&str],
    dbpath: &Path,
    kind: TakeOver,
) -> Result<Rotated, Error> {
    let options = Options::default();
    strongroom::take_over(&harness.config(lines), dbpath, (kind, &options)).await
}

async fn state(harness: &Harness, id: &str) -> State {
    let keys = harness.keys().await;
    keys.into_iter().find(|key| key.id == id).unwrap().state
}

fn master(unlocked: &Unlocked) -> String {
    let mut masters = unlocked.keystore.metadata().masters();
    masters.next().unwrap().unique_identifier.clone()
}

/// A store with something sealed, and its files as a backup took them.
async fn backed_up(harness: &Harness, dbpath: &Path) -> (Vec<u8>, [Vec<u8>; 2]) {
    let mut unlocked = harness.unlock(NAMED, dbpath).await.unwrap();
    let sealed = witness(&mut unlocked);
    drop(unlocked);
    (sealed, save(dbpath))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_backup_goes_on_under_a_fresh_master_and_the_other_copies_stop() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let (sealed, backup) = backed_up(&harness, &dbpath).await;
    drop(harness.rotate(NAMED, &dbpath).await.unwrap());
    let newest = harness.rotate(NAMED, &dbpath).await.unwrap().new;
    let other_copy = harness.dbpath("other-copy");
    put_back(&other_copy, &save(&dbpath));
    put_back(&dbpath, &backup);
    let error = harness.unlock(NAMED, &dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::RetiredMaster, "{error}");
    assert!(error.help().contains("--restore"), "{}", error.help());

    let restored = take_over(&harness, NAMED, &dbpath, TakeOver::Restore);
    let restored = restored.await.unwrap();
    let stopped = |warning: &Warning| matches!(warning, Warning::OtherCopyStopped { unique_identifier } if *unique_identifier == newest);
    assert!(
        restored.warnings.iter().any(stopped),
        "{:?}",
        restored.warnings
    );
    let fresh = restored.new.clone();
    drop(restored);
    assert_eq!(state(&harness, &newest).await, State::DEACTIVATED);
    assert_eq!(state(&harness, &fresh).await, State::ACTIVE);
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    assert_eq!(master(&unlocked), fresh);
    assert!(opens(&mut unlocked, &sealed));
    drop(unlocked);
    let error = harness.unlock(NAMED, &other_copy).await.unwrap_err();
    assert_eq!(error.class(), Class::RetiredMaster, "{error}");
    put_back(&dbpath, &backup);
    let error = harness.unlock(NAMED, &dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::RetiredMaster, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_the_master_in_use_retires_it_too() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let (sealed, backup) = backed_up(&harness, &dbpath).await;
    put_back(&dbpath, &backup);
    let restored = take_over(&harness, NAMED, &dbpath, TakeOver::Restore);
    let restored = restored.await.unwrap();
    let old = restored.old.clone().unwrap();
    drop(restored);
    assert_eq!(state(&harness, &old).await, State::DEACTIVATED);
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    assert!(opens(&mut unlocked, &sealed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_store_is_above_its_pin() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let pin = format!("\n  masterKeyPin: {}", harness.file("pin").display());
    let with = [NAMED[0], NAMED[1], &pin];
    let (sealed, backup) = backed_up(&harness, &dbpath).await;
    for _ in 0..6 {
        drop(harness.rotate(&with, &dbpath).await.unwrap());
    }
    drop(harness.unlock(&with, &dbpath).await.unwrap());
    let newest = found(&dbpath).metadata().generation();
    put_back(&dbpath, &backup);
    drop(
        take_over(&harness, &with, &dbpath, TakeOver::Restore)
            .await
            .unwrap(),
    );
    assert!(found(&dbpath).metadata().generation() > newest);
    let mut unlocked = harness.unlock(&with, &dbpath).await.unwrap();
    assert!(opens(&mut unlocked, &sealed));
    drop(unlocked);
    // A pin of another store is no pin of this one's.
    let other = harness.dbpath("other");
    drop(harness.unlock(&[], &other).await.unwrap());
    let with = [NAMED[1], pin.as_str()];
    let error = take_over(&harness, &with, &other, TakeOver::Restore).await;
    assert_eq!(error.unwrap_err().class(), Class::PinMismatch);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_nodes_of_one_backup_go_on_each_under_a_master_of_its_own() {
    for retired in [false, true] {
        let harness = Harness::start().await;
        let origin = harness.dbpath("origin");
        let (sealed, backup) = backed_up(&harness, &origin).await;
        if retired {
            drop(harness.rotate(NAMED, &origin).await.unwrap());
        }
        let nodes = ["one", "two", "three"].map(|name| harness.dbpath(name));
        let (mut labels, mut masters) = (BTreeSet::new(), BTreeSet::new());
        for node in &nodes {
            put_back(node, &backup);
            let taken = take_over(&harness, NAMED, node, TakeOver::Clone)
                .await
                .unwrap();
            labels.insert(taken.keystore.metadata().label().to_string());
            masters.insert(taken.new.clone());
        }
        assert_eq!((labels.len(), masters.len()), (3, 3));
        // The origin goes on, and a rotation of one node is no matter to the others.
        let old = harness.rotate(NAMED, &nodes[1]).await.unwrap().old.unwrap();
        assert_eq!(state(&harness, &old).await, State::DEACTIVATED);
        let store_id = found(&origin).metadata().store_id();
        let mut now = BTreeSet::new();
        for place in nodes.iter().chain([&origin]) {
            let mut unlocked = harness.unlock(NAMED, place).await.unwrap();
            assert_eq!(unlocked.keystore.metadata().store_id(), store_id);
            assert!(opens(&mut unlocked, &sealed));
            now.insert(master(&unlocked));
        }
        assert_eq!(now.len(), 4, "no two share a master key");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_names_the_newest_key_makes_a_version_of_it() {
    let harness = Harness::start().await;
    let origin = harness.dbpath("origin");
    let (sealed, backup) = backed_up(&harness, &origin).await;
    drop(harness.rotate(NEW_NAME, &origin).await.unwrap());
    let clone = harness.dbpath("clone");
    put_back(&clone, &backup);
    let taken = take_over(&harness, NEW_NAME, &clone, TakeOver::Clone)
        .await
        .unwrap();
    let label = taken.keystore.metadata().label().to_string();
    drop(taken);
    put_back(&origin, &backup);
    drop(
        take_over(&harness, NEW_NAME, &origin, TakeOver::Restore)
            .await
            .unwrap(),
    );
    for place in [&clone, &origin] {
        let mut unlocked = harness.unlock(NEW_NAME, place).await.unwrap();
        assert!(opens(&mut unlocked, &sealed));
    }
    let names = harness.keys().await.into_iter().map(|key| key.name);
    assert!(
        names
            .filter(|name| name.starts_with(&format!("new_name/{label}/v")))
            .count()
            == 1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_from_the_middle_of_a_rotation_goes_on() {
    // Which of the two masters of phase both are gone when it is put back.
    for (old_gone, new_gone) in [(false, false), (true, false), (false, true)] {
        let harness = Harness::start().await;
        let dbpath = harness.dbpath("db");
        let (sealed, _) = backed_up(&harness, &dbpath).await;
        let cut = FaultAction::DropBeforeHandling;
        harness.faults().on(Operation::ACTIVATE, 1, cut);
        drop(harness.rotate(NAMED, &dbpath).await.unwrap_err());
        let backup = save(&dbpath);
        let ids: Vec<String> = found(&dbpath)
            .metadata()
            .masters()
            .map(|entry| entry.unique_identifier.clone())
            .collect();
        drop(harness.rotate(NAMED, &dbpath).await.unwrap());
        drop(harness.rotate(NAMED, &dbpath).await.unwrap());
        for (id, gone) in ids.iter().zip([old_gone, new_gone]) {
            if gone {
                harness.destroy(id).await;
            }
        }
        put_back(&dbpath, &backup);
        let taken = take_over(&harness, NAMED, &dbpath, TakeOver::Restore).await;
        let taken = taken.unwrap_or_else(|error| panic!("{old_gone} {new_gone}: {error}"));
        assert!(!ids.contains(&taken.new));
        drop(taken);
        let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
        assert!(opens(&mut unlocked, &sealed), "{old_gone} {new_gone}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_of_its_masters_a_backup_is_lost_and_nothing_changes() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let (_, backup) = backed_up(&harness, &dbpath).await;
    let old = harness.rotate(NAMED, &dbpath).await.unwrap().old.unwrap();
    harness.destroy(&old).await;
    put_back(&dbpath, &backup);
    let error = take_over(&harness, NAMED, &dbpath, TakeOver::Restore).await;
    let error = error.unwrap_err();
    let classes = [Class::KeyNotFound, Class::Refused];
    assert!(classes.contains(&error.class()), "{error}");
    assert_eq!(save(&dbpath), backup);
    let nowhere = harness.dbpath("empty");
    let error = take_over(&harness, NAMED, &nowhere, TakeOver::Clone).await;
    assert!(matches!(error.unwrap_err(), Error::NoKeystore { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_cut_at_every_message_is_run_again() {
    for (kind, step) in [(TakeOver::Restore, 1), (TakeOver::Clone, 3)] {
        for k in (1..80).step_by(step) {
            let harness = Harness::start().await;
            let dbpath = harness.dbpath("db");
            let (sealed, backup) = backed_up(&harness, &dbpath).await;
            drop(harness.rotate(NAMED, &dbpath).await.unwrap());
            put_back(&dbpath, &backup);
            harness.faults().clear();
            harness.faults().at(k, FaultAction::DropAfterHandling);
            let cut = take_over(&harness, NAMED, &dbpath, kind).await;
            let struck = harness.faults().seen() >= k;
            harness.faults().clear();
            let again = cut.is_err();
            drop(cut);
            if again {
                let taken = take_over(&harness, NAMED, &dbpath, kind).await;
                drop(taken.unwrap_or_else(|error| panic!("{kind:?} at {k}: {error}")));
            }
            let unlocked = harness.unlock(NAMED, &dbpath).await;
            let mut unlocked = unlocked.unwrap_or_else(|error| panic!("{kind:?} at {k}: {error}"));
            assert!(opens(&mut unlocked, &sealed), "{kind:?} at {k}");
            assert!(unlocked.keystore.metadata().rotation().is_none());
            if !struck {
                break;
            }
            assert!(k < 77, "more requests than expected");
        }
    }
}
