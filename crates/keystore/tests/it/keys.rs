//! Life of data keys beyond the first: the log outgrown, shredding, backups.

use strongroom_cipher::{DekGeneration, KeyId};
use strongroom_keystore::{
    BackupId, DekError, DekState, Field, Keystore, NewBackup, UpdateError, limits,
};

use crate::sim::{Image, Op, SimDisk};
use crate::stores::{
    found, key_id, lock, master_key, new_master, new_store, plan, store, uid, unlock,
};

fn snapshot_len(image: &Image) -> u64 {
    u64::from_be_bytes(image["keystore.a"][9..17].try_into().unwrap())
}

fn generations(keystore: &Keystore, id: &KeyId) -> Vec<u32> {
    let keys = keystore.metadata().keys();
    keys.filter(|key| &key.id == id)
        .map(|key| key.generation.value())
        .collect()
}

/// What was written, in octets, by this change.
fn written(disk: &SimDisk, keystore: &mut Keystore, id: &KeyId) -> usize {
    disk.take_log();
    keystore.add_dek(id).unwrap();
    let octets = |op: Op| match op {
        Op::Write { octets, .. } => octets.len(),
        _ => 0,
    };
    disk.take_log().into_iter().map(octets).sum()
}

#[test]
fn an_addition_writes_the_same_at_any_number_of_keys() {
    let mut sizes = Vec::new();
    for count in [1_usize, 1000, 3000] {
        let disk = SimDisk::default();
        let mut keystore = Keystore::create(&lock(&disk), new_store(), &master_key(1)).unwrap();
        let ids: Vec<_> = (0..count).map(|at| key_id(&format!("{at:05}"))).collect();
        keystore.add_deks(&ids).unwrap();
        sizes.push(written(&disk, &mut keystore, &key_id("added")));
        keystore.verify().unwrap();
    }
    assert!(
        sizes.iter().all(|size| *size == sizes[0] && *size < 1000),
        "{sizes:?}"
    );
}

#[test]
fn a_log_that_has_outgrown_its_snapshot_becomes_a_snapshot() {
    let disk = SimDisk::default();
    let mut keystore = Keystore::create(&lock(&disk), new_store(), &master_key(1)).unwrap();
    let first = snapshot_len(&disk.image());
    let mut batch = 0;
    let mut longest = 0;
    while snapshot_len(&disk.image()) == first {
        longest = disk.get("keystore.a").len();
        let id = |at| key_id(&format!("{batch:03}-{at:04}"));
        let ids: Vec<_> = (0..limits::ENTRY_DEKS_MAX).map(id).collect();
        keystore.add_deks(&ids).unwrap();
        batch += 1;
        assert!(batch < 30, "the log grows for ever");
    }
    assert!(longest > 900_000, "{longest}");
    assert_eq!(
        snapshot_len(&disk.image()),
        disk.get("keystore.a").len() as u64
    );
    assert_eq!(keystore.metadata().generation(), 1 + batch);
    // And the next one is an entry again.
    let size = written(&disk, &mut keystore, &key_id("added"));
    assert!(size < 1000, "{size}");
    drop(keystore);
    let keystore = unlock(&disk, 1).unwrap();
    keystore.key_ring(&key_id("000-0000")).unwrap();
    keystore.key_ring(&key_id("added")).unwrap();
}

#[test]
fn generations_of_one_key_id_never_repeat() {
    let (disk, mut keystore) = store();
    let orders = key_id("orders");
    assert_eq!(generations(&keystore, &orders), [1, 2]);
    keystore.shred_key(&orders).unwrap();
    assert!(matches!(
        keystore.key_ring(&orders),
        Err(DekError::UnknownKey(_))
    ));
    assert_eq!(
        keystore.metadata().tombstones()[0].highest,
        DekGeneration::new(2)
    );
    let again = keystore.shred_key(&orders).unwrap_err();
    assert!(matches!(again, UpdateError::UnknownKey(_)), "{again}");
    drop(keystore);
    let mut keystore = unlock(&disk, 1).unwrap();
    assert_eq!(keystore.add_dek(&orders).unwrap(), DekGeneration::new(3));
    assert_eq!(keystore.rotate_dek(&orders).unwrap(), DekGeneration::new(4));
    keystore.shred_key(&orders).unwrap();
    assert_eq!(keystore.add_dek(&orders).unwrap(), DekGeneration::new(5));
    assert_eq!(keystore.metadata().tombstones().len(), 1);
    drop(keystore);
    let keystore = unlock(&disk, 1).unwrap();
    assert_eq!(generations(&keystore, &orders), [5]);
    keystore.verify().unwrap();
}

#[test]
fn an_online_rotation_leaves_older_rings_and_generations_usable() {
    let (disk, mut keystore) = store();
    let people = key_id("people");
    let before = keystore.key_ring(&people).unwrap();
    for expected in 2..6 {
        let rotated = keystore.rotate_dek(&people).unwrap();
        assert_eq!(rotated, DekGeneration::new(expected));
    }
    drop(before);
    keystore.retire_dek(&people, DekGeneration::FIRST).unwrap();
    // Twice is once: nothing is written.
    let generation = keystore.metadata().generation();
    keystore.retire_dek(&people, DekGeneration::FIRST).unwrap();
    assert_eq!(keystore.metadata().generation(), generation);
    let active = keystore
        .retire_dek(&people, DekGeneration::new(5))
        .unwrap_err();
    assert!(matches!(active, UpdateError::ActiveGeneration { .. }));
    drop(keystore);
    let keystore = unlock(&disk, 1).unwrap();
    let states: Vec<DekState> = keystore
        .metadata()
        .keys()
        .filter(|key| key.id == people)
        .map(|key| key.state)
        .collect();
    let read_only = DekState::ReadOnly;
    let expected = [
        DekState::Retired,
        read_only,
        read_only,
        read_only,
        DekState::Active,
    ];
    assert_eq!(states, expected);
}

#[test]
fn a_shredded_key_is_out_of_both_files() {
    let (disk, mut keystore) = store();
    keystore.shred_key(&key_id("people")).unwrap();
    for (name, octets) in disk.image() {
        // The tombstone names it once, and no sealed DEK follows.
        let named = octets.windows(6).filter(|part| *part == b"people").count();
        assert_eq!(named, 1, "{name}");
    }
    assert_eq!(generations(&keystore, &key_id("people")), [0_u32; 0]);
}

#[test]
fn shredding_is_effective_when_old_masters_and_backups_are_gone() {
    let (_, mut keystore) = store();
    let people = key_id("people");
    let outlook = |keystore: &Keystore| keystore.metadata().shred_outlook(&people);
    assert_eq!(outlook(&keystore), None);
    let backup = BackupId::from_octets([1; 16]);
    keystore.add_backup(new_backup(1)).unwrap();
    keystore.shred_key(&people).unwrap();
    // A backup of later, and a key of later of the same id, do not hold the record.
    keystore.add_backup(new_backup(2)).unwrap();
    keystore.add_dek(&people).unwrap();
    keystore.add_backup(new_backup(3)).unwrap();
    let held = outlook(&keystore).unwrap();
    assert!(!held.is_effective());
    assert_eq!((held.masters, held.backups), (vec![uid(1)], vec![backup]));

    keystore.forget_backup(backup).unwrap();
    keystore.record_rotation(plan(2)).unwrap();
    keystore
        .seal_under_both(new_master(2), &master_key(1), &master_key(2))
        .unwrap();
    keystore.mark_activated(&uid(2)).unwrap();
    let activation = strongroom_keystore::Activation::Required;
    keystore.seal_under_new(&master_key(2), activation).unwrap();
    let early = keystore.mark_destroyed(&uid(2)).unwrap_err();
    assert!(
        matches!(early, UpdateError::UnknownMaster(_)),
        "in use: {early}"
    );
    keystore.mark_deactivated(&uid(1)).unwrap();
    assert_eq!(outlook(&keystore).unwrap().masters, [uid(1)]);
    keystore.mark_destroyed(&uid(1)).unwrap();
    assert!(outlook(&keystore).unwrap().is_effective());
    assert!(keystore.metadata().history()[0].destroyed);
}

fn new_backup(number: u8) -> NewBackup {
    NewBackup {
        id: BackupId::from_octets([number; 16]),
        label: Some(format!("backup {number}")),
        time: 1_700_000_000 + u64::from(number),
    }
}

#[test]
fn a_backups_manifest_names_what_it_needs_and_survives_what_it_names() {
    let (disk, mut keystore) = store();
    keystore
        .retire_dek(&key_id("orders"), DekGeneration::FIRST)
        .unwrap();
    let generation = keystore.metadata().generation();
    keystore.add_backup(new_backup(1)).unwrap();
    keystore.shred_key(&key_id("people")).unwrap();
    drop(keystore);
    // The list needs no key.
    let listed = found(&disk).metadata().backups().to_vec();
    assert_eq!(listed.len(), 1);
    let manifest = &listed[0];
    assert_eq!(manifest.label.as_deref(), Some("backup 1"));
    assert_eq!(
        (manifest.time, manifest.generation),
        (1_700_000_001, generation)
    );
    assert_eq!(manifest.masters, [uid(1)]);
    let keys: Vec<_> = manifest
        .keys
        .iter()
        .map(|key| (key.id.as_str(), key.generation.value()))
        .collect();
    assert_eq!(keys, [("orders", 2), ("people", 1)]);
    assert_ne!(manifest.keys[0].check, manifest.keys[1].check);

    let mut keystore = unlock(&disk, 1).unwrap();
    let twice = keystore.add_backup(new_backup(1)).unwrap_err();
    assert!(matches!(twice, UpdateError::BackupExists(_)), "{twice}");
    for label in [String::new(), "x".repeat(257)] {
        let long = NewBackup {
            label: Some(label),
            ..new_backup(2)
        };
        let refused = keystore.add_backup(long).unwrap_err();
        let named = matches!(refused, UpdateError::Field(Field::BackupLabel));
        assert!(named, "{refused}");
    }
    keystore
        .forget_backup(BackupId::from_octets([1; 16]))
        .unwrap();
    let gone = keystore
        .forget_backup(BackupId::from_octets([1; 16]))
        .unwrap_err();
    assert!(matches!(gone, UpdateError::UnknownBackup(_)), "{gone}");
    assert!(keystore.metadata().backups().is_empty());
    assert!(!keystore.is_poisoned());
}
