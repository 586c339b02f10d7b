//! Keystores of somebody who holds a retired master key, and what such a one may not spoil.
//!
//! The attacker has the octets of an old master key, old files of the store, and may write its disk.
//! He works with the keystore crate in a directory of his own, as he would.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use strongroom::cipher::KeyId;
use strongroom::keystore::{
    DirState, DirStorage, Keystore, LockedDir, MasterKey, RotationPhase, UnverifiedKeystore,
};
use strongroom::kmip::enumeration::{Operation, RevocationReasonCode, State};
use strongroom::kmip::object::ManagedObject;
use strongroom::{Class, Error, Warning};
use strongroom_server::{FaultAction, HandshakeFault, Profile};

use crate::harness::{Harness, opens, witness};

const NAMED: &[&str] = &["keyIdentifier: key_name"];
pub(crate) const COPIES: [&str; 2] = ["keystore.a", "keystore.b"];

pub(crate) fn save(dbpath: &Path) -> [Vec<u8>; 2] {
    COPIES.map(|name| fs::read(dbpath.join(name)).unwrap())
}

pub(crate) fn put_back(dbpath: &Path, saved: &[Vec<u8>; 2]) {
    for (name, octets) in COPIES.iter().zip(saved) {
        fs::write(dbpath.join(name), octets).unwrap();
    }
}

/// The octets of a key, as whoever had access once.
pub(crate) async fn steal(harness: &Harness, id: &str) -> MasterKey {
    let answer = harness.session().await.get(id).await.unwrap();
    let ManagedObject::SymmetricKey(block) = answer.object else {
        panic!("no symmetric key")
    };
    MasterKey::new(block.plain_key().unwrap().duplicate()).unwrap()
}

pub(crate) fn found(place: &Path) -> Box<UnverifiedKeystore> {
    let dir = LockedDir::lock(Arc::new(DirStorage::new(place))).unwrap();
    match dir.inspect(&[]).unwrap() {
        DirState::Keystore(found) => found,
        other => panic!("{other:?}"),
    }
}

/// Opens the saved files with a master key that is not asked for anywhere, and makes the keystore
/// newer than any honest one.
pub(crate) fn forge_newer(
    place: PathBuf,
    saved: &[Vec<u8>; 2],
    (id, key): (&str, &MasterKey),
) -> Keystore {
    put_back(&place, saved);
    let mut keystore = found(&place).unlock(id, key).unwrap();
    for number in 0..40 {
        let key_id = KeyId::new(&format!("forged-{number}")).unwrap();
        keystore.add_dek(&key_id).unwrap();
    }
    keystore
}

pub(crate) fn first_master(dbpath: &Path) -> String {
    let found = found(dbpath);
    let mut masters = found.metadata().masters();
    masters.next().unwrap().unique_identifier.clone()
}

/// A store that is rotated once, from K1 to K2: what lay there in phase *both*, K1, and its octets.
async fn rotated(harness: &Harness, dbpath: &Path) -> ([Vec<u8>; 2], String, MasterKey) {
    drop(harness.unlock(NAMED, dbpath).await.unwrap());
    let old = first_master(dbpath);
    let key = steal(harness, &old).await;
    let cut = FaultAction::DropBeforeHandling;
    harness.faults().on(Operation::ACTIVATE, 1, cut);
    drop(harness.rotate(NAMED, dbpath).await.unwrap_err());
    let saved = save(dbpath);
    let phase = found(dbpath).metadata().rotation().unwrap().phase;
    assert_eq!(phase, RotationPhase::Both);
    drop(harness.rotate(NAMED, dbpath).await.unwrap());
    (saved, old, key)
}

async fn refused(harness: &Harness, dbpath: &Path, what: &str) {
    for lines in [NAMED, &["keyIdentifier: key_name", "activateKeys: false"]] {
        let error = harness.unlock(lines, dbpath).await.unwrap_err();
        assert_eq!(error.class(), Class::RetiredMaster, "{what}: {error}");
    }
    let error = harness.rotate(NAMED, dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::RetiredMaster, "{what}: {error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_keystore_made_under_a_retired_master_is_refused() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    drop(harness.unlock(NAMED, &dbpath).await.unwrap());
    let (before, old) = (save(&dbpath), first_master(&dbpath));
    let key = steal(&harness, &old).await;
    drop(harness.rotate(NAMED, &dbpath).await.unwrap());
    let newest = found(&dbpath).metadata().generation();
    let place = harness.dbpath("attacker");
    let forged = forge_newer(place.clone(), &before, (&old, &key));
    assert!(forged.metadata().generation() > newest);
    drop(forged);
    put_back(&dbpath, &save(&place));
    refused(&harness, &dbpath, "under K1").await;
}

/// How an old master key ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Deactivated,
    Compromised,
    Destroyed,
}

async fn bring_to(harness: &Harness, id: &str, end: End) {
    match end {
        End::Deactivated => {}
        End::Compromised => {
            harness
                .revoke(id, RevocationReasonCode::KEY_COMPROMISE)
                .await
        }
        End::Destroyed => harness.destroy(id).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_blob_of_phase_both_opens_nothing_once_the_old_master_is_retired() {
    // PyKMIP forgets a destroyed key: then it is absent.
    let cases = [
        (Profile::STRONGROOM, End::Deactivated),
        (Profile::STRONGROOM, End::Compromised),
        (Profile::STRONGROOM, End::Destroyed),
        (Profile::PYKMIP, End::Deactivated),
        (Profile::PYKMIP, End::Destroyed),
    ];
    for (profile, end) in cases {
        let what = format!("{} {end:?}", profile.name);
        let harness = Harness::start_as(profile).await;
        let dbpath = harness.dbpath("db");
        let (both, old, key) = rotated(&harness, &dbpath).await;
        let honest = save(&dbpath);
        bring_to(&harness, &old, end).await;

        put_back(&dbpath, &both);
        refused(&harness, &dbpath, &format!("{what}, rolled back")).await;

        let place = harness.dbpath("attacker");
        drop(forge_newer(place.clone(), &both, (&old, &key)));
        let forged = save(&place);
        put_back(&dbpath, &forged);
        refused(&harness, &dbpath, &format!("{what}, forged")).await;
        assert_eq!(save(&dbpath), forged, "{what}: nothing is changed");

        put_back(&dbpath, &honest);
        drop(harness.unlock(NAMED, &dbpath).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_newer_twin_does_not_smuggle_in_an_older_one_under_a_retired_master() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let (both, _, _) = rotated(&harness, &dbpath).await;
    // The newer copy names the good master alone, and its MAC does not fit.
    let mut octets = fs::read(dbpath.join("keystore.a")).unwrap();
    let (signed, digest) = octets.split_last_chunk_mut::<32>().unwrap();
    *signed.last_mut().unwrap() ^= 1;
    *digest = strongroom::cipher::envelope::sha256(&[signed]);
    let planted = [octets, both[1].clone()];
    put_back(&dbpath, &planted);
    refused(&harness, &dbpath, "smuggled").await;
    assert_eq!(save(&dbpath), planted);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unfinished_rotation_opens_while_both_masters_are_good() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let sealed = witness(&mut unlocked);
    drop(unlocked);
    let cut = FaultAction::DropBeforeHandling;
    harness.faults().on(Operation::ACTIVATE, 1, cut);
    drop(harness.rotate(NAMED, &dbpath).await.unwrap_err());
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let phase = unlocked.keystore.metadata().rotation().unwrap().phase;
    assert_eq!(phase, RotationPhase::Both);
    assert!(opens(&mut unlocked, &sealed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lags_behind_in_phase_both_opens_with_the_old_master() {
    let (harness, _second, replica) = Harness::start_pair().await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    let sealed = witness(&mut unlocked);
    drop(unlocked);
    replica.hold();
    let error = harness.rotate(NAMED, &dbpath).await.unwrap_err();
    assert_eq!(error.class(), Class::InterruptedRotation, "{error}");
    // Both servers answer, one does not have the new key yet.
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    assert!(opens(&mut unlocked, &sealed));
    drop(unlocked);
    // Failover to the one that does not have it.
    for connection in 1..100 {
        let closed = HandshakeFault::Close;
        harness.faults().at_handshake(connection, closed);
    }
    let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
    assert!(opens(&mut unlocked, &sealed));
    let silent = |warning: &Warning| matches!(warning, Warning::ServerSilent { .. });
    assert!(
        unlocked.warnings.iter().any(silent),
        "{:?}",
        unlocked.warnings
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_master_lost_in_phase_both_stops_the_start_and_the_rotation_goes_on_with_another() {
    for code in [
        RevocationReasonCode::CESSATION_OF_OPERATION,
        RevocationReasonCode::KEY_COMPROMISE,
    ] {
        for destroyed in [false, true] {
            let harness = Harness::start().await;
            let dbpath = harness.dbpath("db");
            let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
            let sealed = witness(&mut unlocked);
            drop(unlocked);
            let lost_answer = FaultAction::DropAfterHandling;
            harness.faults().on(Operation::ACTIVATE, 1, lost_answer);
            drop(harness.rotate(NAMED, &dbpath).await.unwrap_err());
            let lost = harness.keys().await.pop().unwrap();
            assert_eq!(lost.state, State::ACTIVE);
            harness.revoke(&lost.id, code).await;
            if destroyed {
                harness.destroy(&lost.id).await;
            }
            let error = harness.unlock(NAMED, &dbpath).await.unwrap_err();
            let is_new = matches!(error, Error::RetiredMaster { incoming: true, .. });
            assert!(is_new, "{error}");
            assert!(error.help().contains("rotate"), "{}", error.help());
            let rotated = harness.rotate(NAMED, &dbpath).await.unwrap();
            assert!(rotated.resumed && rotated.new != lost.id);
            drop(rotated);
            let mut unlocked = harness.unlock(NAMED, &dbpath).await.unwrap();
            assert!(opens(&mut unlocked, &sealed));
            let metadata = unlocked.keystore.metadata();
            assert!(metadata.rotation().is_none());
            assert_eq!(metadata.burnt().len(), 1);
        }
    }
}
