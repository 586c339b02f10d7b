//! The pin outside of the directory, and that six ways to have the wrong keystore are told apart.

use std::fs;
use std::path::Path;

use strongroom::cipher::KeyId;
use strongroom::kmip::enumeration::{Operation, State};
use strongroom::kmip::tag;
use strongroom::{Class, Error, Options, PinError, PinMismatch, Warning, status};
use strongroom_server::FaultAction;

use crate::forged::{COPIES, first_master, forge_newer, found, put_back, save, steal};
use crate::harness::{Harness, files, opens, witness};

/// The configuration with a pin file beside the stores.
fn pinned(harness: &Harness) -> Vec<String> {
    let file = harness.file("pin");
    vec![
        "keyIdentifier: key_name".to_owned(),
        "connectTimeoutMS: 2000".to_owned(),
        format!("\n  masterKeyPin: {}", file.display()),
    ]
}

fn lines(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).collect()
}

fn mismatch(error: &Error) -> &PinMismatch {
    match error {
        Error::Pin(PinError::Mismatch { mismatch, .. }) => mismatch,
        other => panic!("{other}"),
    }
}

async fn grow(harness: &Harness, with: &[&str], dbpath: &Path, id: &str) {
    let mut unlocked = harness.unlock(with, dbpath).await.unwrap();
    let id = KeyId::new(id).unwrap();
    unlocked.keystore.add_dek(&id).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn unlock_writes_the_pin_and_an_older_keystore_of_the_same_master_is_refused() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let pin = pinned(&harness);
    let with = lines(&pin);
    let unlocked = harness.unlock(&with, &dbpath).await.unwrap();
    let first = matches!(unlocked.warnings.as_slice(), [Warning::FirstPin { .. }]);
    assert!(first, "{:?}", unlocked.warnings);
    drop(unlocked);
    let old = save(&dbpath);
    grow(&harness, &with, &dbpath, "a").await;
    let unlocked = harness.unlock(&with, &dbpath).await.unwrap();
    assert!(unlocked.warnings.is_empty(), "{:?}", unlocked.warnings);
    drop(unlocked);
    let newest = save(&dbpath);
    put_back(&dbpath, &old);
    for rotate in [false, true] {
        let error = match rotate {
            false => harness.unlock(&with, &dbpath).await.map(drop),
            true => harness.rotate(&with, &dbpath).await.map(drop),
        };
        let error = error.unwrap_err();
        assert_eq!(error.class(), Class::PinMismatch, "{error}");
        let older = matches!(mismatch(&error), PinMismatch::Generation { .. });
        assert!(older, "{error}");
    }
    assert_eq!(save(&dbpath), old, "nothing is changed");
    // Without the pin nobody could tell: this is what it is for.
    drop(harness.unlock(&with[..1], &dbpath).await.unwrap());
    put_back(&dbpath, &newest);
    drop(harness.unlock(&with, &dbpath).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keystore_under_a_key_of_the_attackers_own_is_refused() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let pin = pinned(&harness);
    let with = lines(&pin);
    drop(harness.unlock(&with, &dbpath).await.unwrap());
    // Another store, under a good key that our credential can read.
    let theirs = harness.dbpath("theirs");
    drop(harness.unlock(&[], &theirs).await.unwrap());
    put_back(&dbpath, &save(&theirs));
    let error = harness.unlock(&with[1..], &dbpath).await.unwrap_err();
    let other = matches!(mismatch(&error), PinMismatch::Store { .. });
    assert!(other, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_of_phase_both_is_refused_by_the_pin_even_where_both_masters_are_good() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    // activateKeys is off, so the old master is not deactivated where it is Pre-Active.
    let mut pin = pinned(&harness);
    pin.insert(0, "activateKeys: false".to_owned());
    let with = lines(&pin);
    drop(harness.unlock(&with, &dbpath).await.unwrap());
    let old = first_master(&dbpath);
    let key = steal(&harness, &old).await;
    // Get: of the old key for the start, of the new one, of the old one for the seal, and then, in
    // phase both, of the new one.
    let cut = FaultAction::DropBeforeHandling;
    harness.faults().on(Operation::GET, 4, cut);
    drop(harness.rotate(&with, &dbpath).await.unwrap_err());
    assert_eq!(found(&dbpath).metadata().masters().len(), 2);
    let both = save(&dbpath);
    drop(harness.rotate(&with, &dbpath).await.unwrap());
    let old_state = harness.keys().await[0].state;
    assert_eq!(old_state, State::PRE_ACTIVE);
    let place = harness.dbpath("attacker");
    drop(forge_newer(place.clone(), &both, (&old, &key)));
    put_back(&dbpath, &save(&place));
    let error = harness.unlock(&with, &dbpath).await.unwrap_err();
    let master = matches!(mismatch(&error), PinMismatch::Master { found } if *found == old);
    assert!(master, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_cut_at_every_message_leaves_a_pin_that_fits() {
    for k in 1..60 {
        let harness = Harness::start().await;
        let dbpath = harness.dbpath("db");
        let pin = pinned(&harness);
        let with = lines(&pin);
        let mut unlocked = harness.unlock(&with, &dbpath).await.unwrap();
        let sealed = witness(&mut unlocked);
        drop(unlocked);
        harness.faults().clear();
        harness.faults().at(k, FaultAction::DropAfterHandling);
        let cut = harness.rotate(&with, &dbpath).await;
        let struck = harness.faults().seen() >= k;
        harness.faults().clear();
        drop(cut);
        let config = harness.config(&with);
        let found = status(Some(&config), &dbpath, &Options::default()).await;
        assert_eq!(found.unwrap().pin, "fits", "at {k}");
        drop(harness.unlock(&with, &dbpath).await.unwrap());
        drop(harness.rotate(&with, &dbpath).await.unwrap());
        let mut unlocked = harness.unlock(&with, &dbpath).await.unwrap();
        assert!(opens(&mut unlocked, &sealed), "at {k}");
        if !struck {
            return;
        }
    }
    panic!("more requests than expected");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_masters_are_pinned_before_the_keystore_is_sealed_under_them() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let pin = pinned(&harness);
    let with = lines(&pin);
    drop(harness.unlock(&with, &dbpath).await.unwrap());
    let before = save(&dbpath);
    let cut = FaultAction::DropBeforeHandling;
    harness.faults().on(Operation::ACTIVATE, 1, cut);
    drop(harness.rotate(&with, &dbpath).await.unwrap_err());
    let masters = |text: &str| {
        let lines = text.lines();
        lines.filter(|line| line.starts_with("master ")).count()
    };
    let text = fs::read_to_string(harness.file("pin")).unwrap();
    assert_eq!(masters(&text), 2, "{text}");
    // As after a crash between the pin and the seal; the pinned generation is that of the record.
    let both = save(&dbpath);
    put_back(&dbpath, &before);
    let error = harness.unlock(&with, &dbpath).await.unwrap_err();
    let older = matches!(mismatch(&error), PinMismatch::Generation { .. });
    assert!(older, "{error}");
    put_back(&dbpath, &both);
    drop(harness.rotate(&with, &dbpath).await.unwrap());
    let text = fs::read_to_string(harness.file("pin")).unwrap();
    assert_eq!(masters(&text), 1, "{text}");
    assert_eq!(
        files(&dbpath),
        ["keystore.a", "keystore.b", "strongroom.lock"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_that_the_stores_writer_can_write_is_refused() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let inside = format!("\n  masterKeyPin: {}/pin", dbpath.display());
    let around = format!("\n  masterKeyPin: {}/../db/pin", dbpath.display());
    let nowhere = format!("\n  masterKeyPin: {}/none/pin", dbpath.display());
    let link = harness.file("link");
    std::os::unix::fs::symlink(dbpath.join("keystore.a"), &link).unwrap();
    for line in [&inside, &around, &nowhere] {
        let error = harness.unlock(&[line], &dbpath).await.unwrap_err();
        assert_eq!(error.class(), Class::Configuration, "{line}: {error}");
    }
    assert!(harness.keys().await.is_empty());
    drop(harness.unlock(&[], &dbpath).await.unwrap());
    let line = format!("\n  masterKeyPin: {}", link.display());
    let error = harness.unlock(&[&line], &dbpath).await.unwrap_err();
    assert!(
        matches!(error, Error::Pin(PinError::Inside { .. })),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emptied_directory_and_a_damaged_pin_make_no_new_store() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let pin = pinned(&harness);
    let with = lines(&pin);
    drop(harness.unlock(&with, &dbpath).await.unwrap());
    for name in COPIES {
        fs::remove_file(dbpath.join(name)).unwrap();
    }
    let error = harness.unlock(&with, &dbpath).await.unwrap_err();
    let none = matches!(mismatch(&error), PinMismatch::NoKeystore { .. });
    assert!(none, "{error}");
    fs::write(harness.file("pin"), b"strongroom-pin 1\n").unwrap();
    let error = harness.unlock(&with, &dbpath).await.unwrap_err();
    assert!(
        matches!(error, Error::Pin(PinError::Damaged { .. })),
        "{error}"
    );
    assert_eq!(error.class(), Class::PinMismatch);
    assert_eq!(harness.keys().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn six_wrong_keystores_are_six_different_errors() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let pin = pinned(&harness);
    let with = lines(&pin);
    drop(harness.unlock(&with, &dbpath).await.unwrap());
    let first = save(&dbpath);
    let mut seen = Vec::new();

    // The pinned keystore is newer.
    grow(&harness, &with, &dbpath, "a").await;
    drop(harness.unlock(&with, &dbpath).await.unwrap());
    let good = save(&dbpath);
    put_back(&dbpath, &first);
    seen.push(harness.unlock(&with, &dbpath).await.unwrap_err());

    // One octet of both copies.
    put_back(
        &dbpath,
        &good.clone().map(|mut octets| {
            octets[60] ^= 1;
            octets
        }),
    );
    seen.push(harness.unlock(&with, &dbpath).await.unwrap_err());

    // A copy of another store.
    let other = harness.dbpath("other");
    drop(harness.unlock(&[], &other).await.unwrap());
    put_back(&dbpath, &[good[0].clone(), save(&other)[1].clone()]);
    seen.push(harness.unlock(&with, &dbpath).await.unwrap_err());

    // No keystore beside data.
    let lost = harness.dbpath("lost");
    fs::write(lost.join("collection.wt"), b"pages").unwrap();
    seen.push(harness.unlock(&with, &lost).await.unwrap_err());

    // The key server has other octets under the same Unique Identifier.
    put_back(&dbpath, &good);
    let changed = FaultAction::WrongField(tag::KEY_MATERIAL);
    harness.faults().on(Operation::GET, 1, changed);
    seen.push(harness.unlock(&with, &dbpath).await.unwrap_err());

    // An old keystore after a rotation.
    put_back(&dbpath, &good);
    drop(harness.rotate(&with, &dbpath).await.unwrap());
    put_back(&dbpath, &good);
    seen.push(harness.unlock(&with, &dbpath).await.unwrap_err());

    let classes: Vec<Class> = seen.iter().map(Error::class).collect();
    assert_eq!(
        classes,
        [
            Class::PinMismatch,
            Class::DamagedKeystore,
            Class::ForeignKeystore,
            Class::KeystoreLost,
            Class::WrongMasterKey,
            Class::RetiredMaster,
        ],
        "{seen:#?}"
    );
    let texts: Vec<String> = seen
        .iter()
        .map(|error| format!("{error} {}", error.help()))
        .collect();
    for (at, text) in texts.iter().enumerate() {
        assert!(
            texts.iter().skip(at + 1).all(|other| other != text),
            "{text}"
        );
    }
}
