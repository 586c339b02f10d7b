//! Listing master keys, and destroying those that nothing needs.

use strongroom::keystore::{BackupId, NewBackup};
use strongroom::kmip::enumeration::{Operation, State};
use strongroom::{Class, DestroyedMaster, Error, Options, destroy_master, list_masters};
use strongroom_server::FaultAction;

use crate::harness::{Harness, opens, witness};

const NAMED: &[&str] = &["keyIdentifier: key_name"];

async fn destroy(
    harness: &Harness,
    dbpath: &std::path::Path,
    id: &str,
) -> Result<DestroyedMaster, Error> {
    destroy_master(&harness.config(NAMED), dbpath, id, &Options::default()).await
}

async fn state(harness: &Harness, id: &str) -> Option<State> {
    let keys = harness.keys().await;
    keys.into_iter()
        .find(|key| key.id == id)
        .map(|key| key.state)
}

/// A store that was rotated twice; the three master keys, oldest first, and what it sealed.
async fn rotated_twice(harness: &Harness, dbpath: &std::path::Path) -> (Vec<String>, Vec<u8>) {
    let mut unlocked = harness.unlock(NAMED, dbpath).await.unwrap();
    let sealed = witness(&mut unlocked);
    drop(unlocked);
    let mut ids = vec![harness.keys().await[0].id.clone()];
    for _ in 0..2 {
        ids.push(harness.rotate(NAMED, dbpath).await.unwrap().new);
    }
    (ids, sealed)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_names_generations_states_and_backups() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let id = BackupId::from_octets([7; 16]);
    let backup = NewBackup {
        id,
        label: None,
        time: 1,
    };
    unlocked.keystore.add_backup(backup).unwrap();
    drop(unlocked);
    let rotated = harness.rotate(NAMED, &dbpath).await.unwrap();
    let (old, new) = (rotated.old.clone().unwrap(), rotated.new.clone());
    drop(rotated);
    let config = harness.config(NAMED);
    let list = list_masters(Some(&config), &dbpath, &Options::default())
        .await
        .unwrap();
    assert_eq!(list.current.len(), 1);
    assert_eq!(list.current[0].key.unique_identifier, new);
    assert_eq!(list.current[0].key.state.as_deref(), Some("Active"));
    assert!(list.current[0].backups.is_empty());
    assert_eq!(list.retired.len(), 1);
    assert_eq!(list.retired[0].key.unique_identifier, old);
    assert_eq!(list.retired[0].key.state.as_deref(), Some("Deactivated"));
    assert_eq!(list.retired[0].backups, [id.to_string()]);
    assert_eq!(list.retired[0].generations[0], 1);
    assert!(list.retired[0].generations[1] >= list.current[0].generations[0]);
    assert!(list.strays.unwrap().is_empty());
    let offline = list_masters(None, &dbpath, &Options::default())
        .await
        .unwrap();
    assert!(offline.strays.is_none() && offline.current[0].key.state.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn masters_go_oldest_first_and_the_one_in_use_stays() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let (ids, sealed) = rotated_twice(&harness, &dbpath).await;
    for (id, why) in [(&ids[2], "sealed under it"), (&ids[1], &*ids[0])] {
        let error = destroy(&harness, &dbpath, id).await.unwrap_err();
        assert_eq!(error.class(), Class::KeyNeeded, "{error}");
        assert!(error.to_string().contains(why), "{error}");
        assert!(state(&harness, id).await.is_some());
    }
    for id in &ids[..2] {
        let destroyed = destroy(&harness, &dbpath, id).await.unwrap();
        assert!(!destroyed.was_gone && !destroyed.stray);
        assert_eq!(state(&harness, id).await, None);
        // Again: nothing is left to do, and that is no error.
        assert!(destroy(&harness, &dbpath, id).await.unwrap().was_gone);
    }
    let list = list_masters(None, &dbpath, &Options::default())
        .await
        .unwrap();
    assert!(list.retired.iter().all(|listed| listed.destroyed));
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    assert!(opens(&mut unlocked, &sealed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_backup_keeps_its_master_until_it_is_forgotten() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let id = BackupId::from_octets([7; 16]);
    let backup = NewBackup {
        id,
        label: None,
        time: 1,
    };
    unlocked.keystore.add_backup(backup).unwrap();
    drop(unlocked);
    let old = harness.rotate(NAMED, &dbpath).await.unwrap().old.unwrap();
    let error = destroy(&harness, &dbpath, &old).await.unwrap_err();
    assert!(matches!(error, Error::MasterNeeded { .. }), "{error}");
    assert!(error.to_string().contains(&id.to_string()), "{error}");
    assert_eq!(state(&harness, &old).await, Some(State::DEACTIVATED));
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    unlocked.keystore.forget_backup(id).unwrap();
    drop(unlocked);
    destroy(&harness, &dbpath, &old).await.unwrap();
    assert_eq!(state(&harness, &old).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_destroy_is_judged_by_what_the_next_run_finds() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    drop(harness.unlock(NAMED, &dbpath).await.unwrap());
    let old = harness.rotate(NAMED, &dbpath).await.unwrap().old.unwrap();
    harness
        .faults()
        .on(Operation::DESTROY, 1, FaultAction::DropAfterHandling);
    let error = destroy(&harness, &dbpath, &old).await.unwrap_err();
    assert_eq!(error.class(), Class::OutcomeUnknown, "{error}");
    let sent = |operations: Vec<Operation>| {
        let destroys = operations.into_iter();
        destroys.filter(|one| *one == Operation::DESTROY).count()
    };
    harness.operations();
    assert!(destroy(&harness, &dbpath, &old).await.unwrap().was_gone);
    assert_eq!(sent(harness.operations()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stray_of_a_burnt_attempt_is_listed_and_goes_but_no_other_key() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let label = unlocked.keystore.metadata().label().to_string();
    drop(unlocked);
    harness
        .faults()
        .on(Operation::CREATE, 1, FaultAction::DropAfterHandling);
    let error = harness.rotate(NAMED, &dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::OutcomeUnknown, "{error}");
    let other = harness.key("other", State::PRE_ACTIVE, Some(&label)).await;
    let config = harness.config(NAMED);
    let list = list_masters(Some(&config), &dbpath, &Options::default())
        .await
        .unwrap();
    assert_eq!(list.burnt.len(), 1);
    let strays = list.strays.unwrap();
    let stray = strays.iter().find(|stray| stray.burnt).unwrap();
    assert_eq!(strays.len(), 2);
    for id in [&other, "nowhere"] {
        let error = destroy(&harness, &dbpath, id).await.unwrap_err();
        assert!(matches!(error, Error::UnknownMaster { .. }), "{error}");
    }
    let destroyed = destroy(&harness, &dbpath, &stray.unique_identifier).await;
    assert!(destroyed.unwrap().stray);
    assert_eq!(state(&harness, &stray.unique_identifier).await, None);
    assert!(state(&harness, &other).await.is_some());
}
