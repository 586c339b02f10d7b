//! Keystores of somebody who holds a retired master key, or writes the store's disk: each is refused by
//! the binary with the exit code of its kind, and stays as it was put there.
//!
//! May touch: folders below the run's. The attacker works with the keystore crate in a folder of his own,
//! as he would.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use strongroom_cipher::KeyId;
use strongroom_keystore::{DirState, DirStorage, LockedDir, MasterKey, UnverifiedKeystore};
use strongroom_kmip::RevocationReasonCode;

use super::hand::Hand;
use super::rows::started;
use super::site::{Site, Stage, Store};
use super::trial::Trial;
use crate::Outcome;

const RETIRED: i32 = 20;
const PIN_MISMATCH: i32 = 21;
/// So many keys more make a forged keystore newer than any honest one here.
const MORE_KEYS: usize = 40;

type Files = [Vec<u8>; 2];
type Act = fn(&Site, &mut Trial) -> Outcome;

const ROWS: &[(&str, Act)] = &[
    (
        "forged: a newer keystore by a holder of the retired master key",
        newer_under_retired,
    ),
    (
        "forged: the blob of phase both, old master key Deactivated",
        |site, row| blob_of_both(site, row, End::Deactivated),
    ),
    (
        "forged: the blob of phase both, old master key Compromised",
        |site, row| blob_of_both(site, row, End::Compromised),
    ),
    (
        "forged: the blob of phase both, old master key destroyed",
        |site, row| blob_of_both(site, row, End::Destroyed),
    ),
    ("pinned: an older keystore of the same master key", older),
    (
        "pinned: a keystore under a key of the attacker's own",
        own_key,
    ),
];

pub(super) fn play(stage: &Stage<'_>) -> Outcome<Vec<Trial>> {
    let site = Site::start(stage, "forged", 2)?;
    let rows = ROWS
        .iter()
        .map(|(name, act)| Trial::play(*name, &site, act));
    Ok(rows.collect())
}

/// How the old master key ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Deactivated,
    Compromised,
    Destroyed,
}

fn newer_under_retired(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "forge-newer")?;
    let before = save(&store)?;
    let (id, key) = steal(site, &store)?;
    row.exits("rotate", &site.run(&store, "rotate")?, 0, "master key from");
    let honest = save(&store)?;
    let forged = forge(site, &before, (&id, &key))?;
    refused(site, row, (&store, "forged", &forged))?;
    still_opens(site, row, (&store, &honest))
}

fn blob_of_both(site: &Site, row: &mut Trial, end: End) -> Outcome {
    let store = started(site, &format!("both-{}", end as u8))?;
    let (id, key) = steal(site, &store)?;
    // A second server that does not have the new key keeps the rotation in phase both.
    let mut two = store.clone();
    two.second_port = Some(site.second(|second| Ok(second.port))?);
    let waits = site.run(&two, "rotate")?;
    row.exits("rotate, a server lags", &waits, 13, "interrupted-rotation");
    let both = save(&store)?;
    row.exits("rotate", &site.run(&store, "rotate")?, 0, "master key from");
    let honest = save(&store)?;
    site.hand(store.port, |hand| bring_to(hand, &id, end))?;
    refused(site, row, (&store, "rolled back", &both))?;
    let forged = forge(site, &both, (&id, &key))?;
    refused(site, row, (&store, "forged", &forged))?;
    still_opens(site, row, (&store, &honest))
}

fn bring_to(hand: &mut Hand, id: &str, end: End) -> Outcome {
    match end {
        // The rotation did it.
        End::Deactivated => Ok(()),
        End::Compromised => hand.revoke(id, RevocationReasonCode::KEY_COMPROMISE),
        End::Destroyed => hand.destroy(id),
    }
}

fn older(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "pinned-older")?;
    let unlock = pinned(site, &store);
    row.exits("unlock", &site.run(&store, &unlock)?, 0, "");
    let before = save(&store)?;
    row.exits("keys add", &site.run(&store, "keys add orders")?, 0, "");
    row.exits("unlock", &site.run(&store, &unlock)?, 0, "");
    let honest = save(&store)?;
    put_back(&store, &before)?;
    let answer = site.run(&store, &unlock)?;
    row.exits("put back", &answer, PIN_MISMATCH, "pin-mismatch");
    unchanged(row, &store, &before)?;
    put_back(&store, &honest)?;
    row.exits("honest", &site.run(&store, &unlock)?, 0, "");
    Ok(())
}

/// He has a key that our credential can read, and makes a store under it.
fn own_key(site: &Site, row: &mut Trial) -> Outcome {
    let store = started(site, "pinned-own")?;
    let unlock = pinned(site, &store);
    row.exits("unlock", &site.run(&store, &unlock)?, 0, "");
    let honest = save(&store)?;
    let his = site.store("his-own")?;
    row.exits("his store", &site.run(&his, "unlock")?, 0, "");
    let forged = save(&his)?;
    put_back(&store, &forged)?;
    // He also took keyIdentifier out of our way: the identifier is the store's, the key is his.
    let unnamed = Store {
        identifier: None,
        ..store.clone()
    };
    let answer = site.run(&unnamed, &unlock)?;
    row.exits("put in place", &answer, PIN_MISMATCH, "pin-mismatch");
    unchanged(row, &store, &forged)?;
    put_back(&store, &honest)?;
    row.exits("honest", &site.run(&store, &unlock)?, 0, "");
    Ok(())
}

fn pinned(site: &Site, store: &Store) -> String {
    let name = store.dbpath.file_name().unwrap_or_default();
    let file = site.folder.join(name).with_extension("pin");
    format!("unlock --masterKeyPin {}", file.display())
}

/// Start and rotation refuse what was put in place, whatever `activateKeys` says.
fn refused(site: &Site, row: &mut Trial, (store, what, files): (&Store, &str, &Files)) -> Outcome {
    put_back(store, files)?;
    for words in ["unlock", "unlock --kmipActivateKeys false", "rotate"] {
        let answer = site.run(store, words)?;
        row.exits(
            &format!("{what}, {words}"),
            &answer,
            RETIRED,
            "retired-master",
        );
    }
    unchanged(row, store, files)
}

fn still_opens(site: &Site, row: &mut Trial, (store, honest): (&Store, &Files)) -> Outcome {
    put_back(store, honest)?;
    row.exits("honest", &site.run(store, "unlock")?, 0, "");
    Ok(())
}

fn unchanged(row: &mut Trial, store: &Store, files: &Files) -> Outcome {
    let same = save(store)? == *files;
    row.holds("nothing changed on disk", same, "the keystore changed");
    Ok(())
}

fn save(store: &Store) -> Outcome<Files> {
    let [a, b] = store.keystore_files();
    Ok([fs::read(a)?, fs::read(b)?])
}

fn put_back(store: &Store, files: &Files) -> Outcome {
    for (path, octets) in store.keystore_files().iter().zip(files) {
        fs::write(path, octets)?;
    }
    Ok(())
}

/// The master key in use, as whoever may read it takes it along.
fn steal(site: &Site, store: &Store) -> Outcome<(String, MasterKey)> {
    let id = site.fact(store, "/masterKey/uniqueIdentifier")?;
    let octets = site.hand(store.port, |hand| hand.octets(&id))?;
    Ok((id, MasterKey::new(octets)?))
}

/// Opens the saved files with a master key that nobody is asked for, and makes them newer.
fn forge(site: &Site, saved: &Files, (id, key): (&str, &MasterKey)) -> Outcome<Files> {
    let place = site.unnamed()?;
    put_back(&place, saved)?;
    let mut keystore = found(&place.dbpath)?.unlock(id, key)?;
    for number in 0..MORE_KEYS {
        keystore.add_dek(&KeyId::new(&format!("forged-{number}"))?)?;
    }
    drop(keystore);
    save(&place)
}

fn found(place: &Path) -> Outcome<Box<UnverifiedKeystore>> {
    let dir = LockedDir::lock(Arc::new(DirStorage::new(place)))?;
    match dir.inspect(&[])? {
        DirState::Keystore(found) => Ok(found),
        _ => Err(format!("{} holds no keystore", place.display()).into()),
    }
}
