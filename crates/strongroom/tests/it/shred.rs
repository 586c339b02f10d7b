//! The end of a key id: gone from each copy of the keystore, and honest about older ones.

use std::fs;
use std::path::{Path, PathBuf};

use strongroom::cipher::{DekGeneration, KeyId};
use strongroom::{
    Class, Error, Options, ShredReport, Unlocked, add_backup, destroy_master, forget_backup,
    plan_shred, shred_key,
};

use crate::harness::{Harness, opens, witness};

const NAMED: &[&str] = &["keyIdentifier: key_name"];

fn people() -> KeyId {
    KeyId::new("people").unwrap()
}

/// The store's directory again, with these copies of the keystore alone.
fn with_copies(harness: &Harness, name: &str, from: &Path, copies: &[&str]) -> PathBuf {
    let dbpath = harness.dbpath(name);
    for copy in copies {
        fs::copy(from.join(copy), dbpath.join(copy)).unwrap();
    }
    dbpath
}

fn plan(dbpath: &Path) -> Result<ShredReport, Error> {
    plan_shred(dbpath, &people(), &Options::default())
}

/// A store with two key ids, what `orders` sealed, and the master key.
async fn store(harness: &Harness, dbpath: &Path) -> (Unlocked, Vec<u8>, String) {
    let mut unlocked = harness.unlock(NAMED, dbpath).await.unwrap();
    let sealed = witness(&mut unlocked);
    unlocked.key_ring(&people()).unwrap();
    unlocked.keystore.rotate_dek(&people()).unwrap();
    let master = harness.keys().await[0].id.clone();
    (unlocked, sealed, master)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shredded_key_is_gone_from_each_copy_and_no_other_key_is() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let (mut unlocked, sealed, master) = store(&harness, &dbpath).await;
    let nobody = KeyId::new("nobody").unwrap();
    let before = unlocked.keystore.metadata().generation();
    let error = shred_key(&mut unlocked.keystore, &nobody).unwrap_err();
    assert_eq!(error.class(), Class::Configuration, "{error}");
    assert_eq!(unlocked.keystore.metadata().generation(), before);

    let report = shred_key(&mut unlocked.keystore, &people()).unwrap();
    assert!(report.shredded && !report.was_shredded && !report.effective);
    assert_eq!(report.masters, [master]);
    drop(unlocked);
    for copy in ["keystore.a", "keystore.b"] {
        let alone = with_copies(&harness, copy, &dbpath, &[copy]);
        let mut unlocked = harness.unlock(NAMED, &alone).await.unwrap();
        assert!(unlocked.keystore.key_ring(&people()).is_err(), "{copy}");
        assert!(opens(&mut unlocked, &sealed), "{copy}");
        // A key id of that name begins where the former life ended.
        let again = unlocked.key_ring(&people()).unwrap();
        assert_eq!(again.active(), DekGeneration::new(3), "{copy}");
    }
    let error = plan_shred(&dbpath, &nobody, &Options::default()).unwrap_err();
    assert_eq!(error.class(), Class::Configuration, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn shredding_is_effective_when_the_backup_is_forgotten_and_the_master_key_destroyed() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let (mut unlocked, _, master) = store(&harness, &dbpath).await;
    let older = with_copies(&harness, "older", &dbpath, &["keystore.a", "keystore.b"]);
    let manifest = add_backup(&mut unlocked.keystore, None).unwrap();
    let planned = plan(&dbpath).unwrap();
    assert!(!planned.shredded && !planned.effective);
    let report = shred_key(&mut unlocked.keystore, &people()).unwrap();
    assert_eq!(report.masters, std::slice::from_ref(&master));
    assert_eq!(report.backups, std::slice::from_ref(&manifest.backup));
    // The plan told the same.
    assert_eq!(planned.masters, report.masters);
    assert_eq!(planned.backups, report.backups);
    // A backup of later does not hold it.
    add_backup(&mut unlocked.keystore, None).unwrap();
    drop(unlocked);

    // That is true: who has an older copy opens the key.
    let reached = harness.unlock(NAMED, &older).await.unwrap();
    assert!(reached.keystore.key_ring(&people()).is_ok());
    drop(reached);

    harness.rotate(NAMED, &dbpath).await.unwrap();
    let report = plan(&dbpath).unwrap();
    assert!(report.was_shredded && !report.effective);
    assert_eq!(report.masters, std::slice::from_ref(&master));
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let listed = unlocked.keystore.metadata().backups().to_vec();
    for backup in &listed {
        forget_backup(&mut unlocked.keystore, &backup.id.to_string()).unwrap();
    }
    drop(unlocked);
    let report = plan(&dbpath).unwrap();
    assert!(report.backups.is_empty() && !report.effective);
    let config = harness.config(NAMED);
    destroy_master(&config, &dbpath, &master, &Options::default())
        .await
        .unwrap();
    let report = plan(&dbpath).unwrap();
    assert!(report.effective && report.masters.is_empty());
    assert!(harness.unlock(NAMED, &older).await.is_err());

    // Again: nothing is left to do, and that is no error.
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let before = unlocked.keystore.metadata().generation();
    let again = shred_key(&mut unlocked.keystore, &people()).unwrap();
    assert_eq!(again, report);
    assert_eq!(unlocked.keystore.metadata().generation(), before);
}
