//! Data keys and master key rotation: what each step allows, records and refuses.

use std::collections::BTreeSet;

use strongroom_cipher::DekGeneration;
use strongroom_keystore::{
    Activation, CopyHealth, CreateError, DekState, Field, Keystore, MasterOrigin, NewStore,
    RotationPhase, StoreLabel, UnlockError, UpdateError, limits,
};

use crate::sim::SimDisk;
use crate::stores::{
    LIFE, Step, found, key_id, lock, master_key, new_master, new_store, plan, store, uid, unlock,
};

#[test]
fn a_whole_rotation_is_recorded_step_by_step() {
    let (disk, mut keystore) = store();
    let phase = |keystore: &Keystore| keystore.metadata().rotation().map(|r| r.phase);
    assert_eq!(phase(&keystore), None);
    assert_eq!(keystore.metadata().next_number(), Some(2));

    keystore.record_rotation(plan(2)).unwrap();
    assert_eq!(phase(&keystore), Some(RotationPhase::Creating));
    assert_eq!(keystore.metadata().next_number(), Some(3));

    keystore
        .seal_under_both(new_master(2), &master_key(1), &master_key(2))
        .unwrap();
    assert_eq!(phase(&keystore), Some(RotationPhase::Both));
    assert_eq!(keystore.metadata().rotation_number(), 1);
    drop(keystore);
    // Either master opens it, and no other.
    for master in [1, 2] {
        unlock(&disk, master).unwrap().verify().unwrap();
    }
    assert!(matches!(
        unlock(&disk, 3),
        Err(UnlockError::NotSealedUnder { .. })
    ));

    let mut keystore = unlock(&disk, 2).unwrap();
    let early = keystore
        .seal_under_new(&master_key(2), Activation::Required)
        .unwrap_err();
    assert!(matches!(early, UpdateError::NotActivated(_)), "{early}");
    keystore.mark_activated(&uid(2)).unwrap();
    keystore
        .seal_under_new(&master_key(2), Activation::Required)
        .unwrap();
    assert_eq!(phase(&keystore), Some(RotationPhase::Done));
    assert_eq!(keystore.metadata().rotation_number(), 2);
    assert_eq!(keystore.metadata().logical_identifier(), Some("orders-2"));
    let generation = keystore.metadata().generation();
    let retired = &keystore.metadata().history()[0];
    assert_eq!(retired.unique_identifier, uid(1));
    assert_eq!(retired.retired_generation, Some(generation));
    assert!(retired.may_be_deactivated());
    drop(keystore);

    let error = unlock(&disk, 1).unwrap_err();
    let UnlockError::NotSealedUnder { masters, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(masters, [uid(2)]);
    let mut keystore = unlock(&disk, 2).unwrap();
    keystore.mark_deactivated(&uid(1)).unwrap();
    assert_eq!(phase(&keystore), None);
    assert!(!keystore.metadata().history()[0].may_be_deactivated());
    keystore.verify().unwrap();
}

#[test]
fn a_rotation_that_keeps_its_old_master_ends_without_deactivating_it() {
    let (disk, mut keystore) = store();
    keystore.record_rotation(plan(2)).unwrap();
    keystore
        .seal_under_both(new_master(2), &master_key(1), &master_key(2))
        .unwrap();
    keystore.mark_activated(&uid(2)).unwrap();
    keystore
        .seal_under_new(&master_key(2), Activation::Required)
        .unwrap();
    keystore.finish_rotation().unwrap();
    assert!(keystore.metadata().rotation().is_none());
    assert!(!keystore.metadata().history()[0].deactivated);
    // Later, on request.
    keystore.mark_deactivated(&uid(1)).unwrap();
    assert!(keystore.metadata().history()[0].deactivated);
    drop(keystore);
    unlock(&disk, 2).unwrap();
}

#[test]
fn an_older_copy_goes_on_above_what_is_known_and_a_clone_shares_what_it_leaves() {
    let (disk, mut keystore) = store();
    let before = keystore.metadata().clone();
    keystore.take_over(1000, None).unwrap();
    assert_eq!(keystore.metadata().generation(), 1000);
    assert_eq!(keystore.metadata().label(), before.label());
    keystore.take_over(7, None).unwrap();
    assert_eq!(keystore.metadata().generation(), 1001);
    let label = StoreLabel::parse("fedcba9876543210").unwrap();
    keystore.take_over(0, Some(label)).unwrap();
    drop(keystore);
    let keystore = unlock(&disk, 1).unwrap();
    keystore.verify().unwrap();
    let metadata = keystore.metadata();
    assert_eq!(metadata.generation(), 1002);
    assert_eq!(metadata.label().as_str(), "fedcba9876543210");
    assert_eq!(metadata.store_id(), before.store_id());
    assert!(metadata.masters().all(|entry| entry.shared));
    assert!(metadata.masters().all(|entry| !entry.may_be_deactivated()));
}

#[test]
fn a_wrapped_key_stands_with_its_master_also_when_that_is_retired() {
    let (disk, mut keystore) = store();
    let wrapped = vec![9; limits::WRAPPED_LEN_MAX];
    keystore.record_rotation(plan(2)).unwrap();
    for bad in [Vec::new(), vec![9; limits::WRAPPED_LEN_MAX + 1]] {
        let mut master = new_master(2);
        master.wrapped = Some(bad);
        let error = keystore.seal_under_both(master, &master_key(1), &master_key(2));
        let error = error.unwrap_err();
        assert!(
            matches!(error, UpdateError::Field(Field::Wrapped)),
            "{error}"
        );
    }
    let mut master = new_master(2);
    master.wrapped = Some(wrapped.clone());
    keystore
        .seal_under_both(master, &master_key(1), &master_key(2))
        .unwrap();
    drop(keystore);
    let mut keystore = unlock(&disk, 2).unwrap();
    let found = |keystore: &Keystore| {
        let masters = keystore.metadata().masters();
        masters
            .map(|entry| entry.wrapped.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&keystore), [None, Some(wrapped.clone())]);
    keystore.drop_new_master(&master_key(1)).unwrap();
    drop(keystore);
    let keystore = unlock(&disk, 1).unwrap();
    keystore.verify().unwrap();
    assert_eq!(found(&keystore), [None]);
    assert_eq!(keystore.metadata().history()[0].wrapped, Some(wrapped));
}

#[test]
fn burnt_numbers_are_never_used_again() {
    let (_, mut keystore) = store();
    keystore.record_rotation(plan(2)).unwrap();
    keystore.burn_attempt(2).unwrap();
    let phase = keystore.metadata().rotation().unwrap().phase;
    assert_eq!(phase, RotationPhase::Planned);
    let again = keystore.record_rotation(plan(2)).unwrap_err();
    assert!(matches!(
        again,
        UpdateError::WrongNumber {
            number: 2,
            expected: 3
        }
    ));
    // A number found taken on the server may be skipped.
    keystore.record_rotation(plan(7)).unwrap();
    keystore
        .seal_under_both(new_master(7), &master_key(1), &master_key(7))
        .unwrap();
    keystore.drop_new_master(&master_key(1)).unwrap();
    let burnt: Vec<u32> = keystore
        .metadata()
        .burnt()
        .iter()
        .map(|b| b.number)
        .collect();
    assert_eq!(burnt, [2, 7]);
    assert_eq!(keystore.metadata().next_number(), Some(8));
    let dropped = &keystore.metadata().history()[0];
    assert_eq!(dropped.unique_identifier, uid(7));
}

#[test]
fn a_new_master_that_is_lost_is_dropped_and_no_longer_opens() {
    let (disk, mut keystore) = store();
    keystore.record_rotation(plan(2)).unwrap();
    keystore
        .seal_under_both(new_master(2), &master_key(1), &master_key(2))
        .unwrap();
    keystore.mark_activated(&uid(2)).unwrap();
    keystore.drop_new_master(&master_key(1)).unwrap();
    drop(keystore);
    assert!(matches!(
        unlock(&disk, 2),
        Err(UnlockError::NotSealedUnder { .. })
    ));
    unlock(&disk, 1).unwrap().verify().unwrap();
}

#[test]
fn every_step_is_refused_in_every_phase_that_is_not_its_own() {
    // (step, phases in which it is allowed: none, planned, creating, both, done)
    let steps: &[(&str, Step, [bool; 5])] = &[
        (
            "record",
            |k| k.record_rotation(plan(9)),
            [true, true, false, false, false],
        ),
        (
            "burn",
            |k| k.burn_attempt(2),
            [false, false, true, false, false],
        ),
        (
            "both",
            |k| k.seal_under_both(new_master(2), &master_key(1), &master_key(2)),
            [false, false, true, false, false],
        ),
        (
            "drop",
            |k| k.drop_new_master(&master_key(1)),
            [false, false, false, true, false],
        ),
        (
            "new",
            |k| k.seal_under_new(&master_key(2), Activation::Required),
            [false, false, false, true, false],
        ),
        (
            "finish",
            |k| k.finish_rotation(),
            [false, false, false, false, true],
        ),
    ];
    for (at, phase) in ["none", "planned", "creating", "both", "done"]
        .iter()
        .enumerate()
    {
        for (name, step, allowed) in steps {
            let (disk, mut keystore) = store();
            let way: &[Step] = match at {
                0 => &[],
                1 => &[|k| k.record_rotation(plan(2)), |k| k.burn_attempt(2)],
                2 => &[|k| k.record_rotation(plan(2))],
                _ => &[
                    |k| k.record_rotation(plan(2)),
                    |k| k.seal_under_both(new_master(2), &master_key(1), &master_key(2)),
                    |k| k.mark_activated(&uid(2)),
                    |k| k.seal_under_new(&master_key(2), Activation::Required),
                ],
            };
            let way = if at == 3 { &way[..3] } else { way };
            way.iter().try_for_each(|step| step(&mut keystore)).unwrap();
            let before = disk.image();
            let result = step(&mut keystore);
            assert_eq!(result.is_ok(), allowed[at], "{name} in {phase}: {result:?}");
            if let Err(error) = result {
                assert!(
                    matches!(error, UpdateError::WrongPhase { .. }),
                    "{name} in {phase}"
                );
                assert_eq!(disk.image(), before, "{name} in {phase}");
                assert!(!keystore.is_poisoned(), "{name} in {phase}");
            }
        }
    }
}

#[test]
fn wrong_arguments_are_refused_by_name_and_change_nothing() {
    let (disk, mut keystore) = store();
    keystore.record_rotation(plan(2)).unwrap();
    let before = disk.image();
    let mut try_both = |master, old: u8, new: u8| {
        let result = keystore.seal_under_both(master, &master_key(old), &master_key(new));
        result.unwrap_err()
    };
    let wrong_old = try_both(new_master(2), 9, 2);
    assert!(matches!(wrong_old, UpdateError::WrongMasterKey(id) if id == uid(1)));
    assert!(matches!(
        try_both(new_master(2), 1, 1),
        UpdateError::SameKey
    ));
    assert!(matches!(
        try_both(new_master(3), 1, 3),
        UpdateError::WrongNumber { .. }
    ));
    let mut known = new_master(2);
    known.unique_identifier = uid(1);
    assert!(matches!(
        try_both(known, 1, 2),
        UpdateError::MasterExists(_)
    ));
    let mut long = new_master(2);
    long.unique_identifier = "u".repeat(limits::IDENTIFIER_LEN_MAX + 1);
    assert!(matches!(
        try_both(long, 1, 2),
        UpdateError::Field(Field::UniqueIdentifier)
    ));
    let mut many = new_master(2);
    many.servers = vec!["host:1".to_owned(); limits::SERVERS_MAX + 1];
    assert!(matches!(
        try_both(many, 1, 2),
        UpdateError::Field(Field::Servers)
    ));
    let mut empty = new_master(2);
    empty.name = Some(String::new());
    assert!(matches!(
        try_both(empty, 1, 2),
        UpdateError::Field(Field::Name)
    ));

    let unknown = keystore.mark_activated("nobody").unwrap_err();
    assert!(matches!(unknown, UpdateError::UnknownMaster(_)));
    let unknown = keystore.mark_deactivated(&uid(1)).unwrap_err();
    assert!(matches!(unknown, UpdateError::UnknownMaster(_)));
    let burn = keystore.burn_attempt(3).unwrap_err();
    assert!(matches!(
        burn,
        UpdateError::WrongNumber {
            number: 3,
            expected: 2
        }
    ));
    assert_eq!(disk.image(), before);
}

#[test]
fn data_keys_are_added_rotated_and_retired_by_their_rules() {
    let (_, mut keystore) = store();
    let orders = key_id("orders");
    let twice = keystore.add_dek(&orders).unwrap_err();
    assert!(matches!(twice, UpdateError::KeyExists(_)));
    let twice = keystore.add_deks(&[key_id("x"), key_id("x")]).unwrap_err();
    assert!(matches!(twice, UpdateError::KeyExists(_)));
    assert!(!keystore.metadata().keys().any(|key| key.id == key_id("x")));
    let unknown = keystore.rotate_dek(&key_id("nobody")).unwrap_err();
    assert!(matches!(unknown, UpdateError::UnknownKey(_)));
    let second = DekGeneration::new(2);
    let active = keystore.retire_dek(&orders, second).unwrap_err();
    assert!(matches!(active, UpdateError::ActiveGeneration { .. }));
    let unknown = keystore
        .retire_dek(&orders, DekGeneration::new(3))
        .unwrap_err();
    assert!(matches!(unknown, UpdateError::UnknownGeneration { .. }));
    let unknown = keystore.retire_dek(&key_id("nobody"), second).unwrap_err();
    assert!(matches!(unknown, UpdateError::UnknownKey(_)));

    assert_eq!(keystore.rotate_dek(&orders).unwrap(), DekGeneration::new(3));
    keystore.retire_dek(&orders, DekGeneration::FIRST).unwrap();
    let states: Vec<DekState> = keystore
        .metadata()
        .keys()
        .filter(|key| key.id == orders)
        .map(|key| key.state)
        .collect();
    assert_eq!(
        states,
        [DekState::Retired, DekState::ReadOnly, DekState::Active]
    );
    keystore.key_ring(&orders).unwrap();
    assert!(keystore.key_ring(&key_id("nobody")).is_err());
}

#[test]
fn a_wrong_master_key_is_told_from_damage_and_changes_nothing() {
    let (disk, keystore) = store();
    drop(keystore);
    let before = disk.image();
    let error = found(&disk).unlock(&uid(1), &master_key(9)).unwrap_err();
    assert!(
        matches!(error, UnlockError::WrongMasterKey { .. }),
        "{error}"
    );
    assert_eq!(disk.image(), before);
}

#[test]
fn an_older_twin_is_never_taken_because_the_newer_asks_for_another_master() {
    // `b` is from before a rotation that dropped K1, as an attacker with K1 would wish.
    let (disk, mut keystore) = store();
    let old = disk.get("keystore.b");
    keystore.record_rotation(plan(2)).unwrap();
    keystore
        .seal_under_both(new_master(2), &master_key(1), &master_key(2))
        .unwrap();
    keystore.mark_activated(&uid(2)).unwrap();
    keystore
        .seal_under_new(&master_key(2), Activation::Required)
        .unwrap();
    drop(keystore);
    disk.put("keystore.b", &old);
    let error = unlock(&disk, 1).unwrap_err();
    assert!(
        matches!(error, UnlockError::NotSealedUnder { .. }),
        "{error}"
    );
    let keystore = unlock(&disk, 2).unwrap();
    assert!(matches!(
        keystore.opening().found[1].1,
        CopyHealth::Older { .. }
    ));
    assert_eq!(disk.get("keystore.b"), disk.get("keystore.a"));
}

#[test]
fn two_lives_of_one_generation_are_refused() {
    let (disk, keystore) = store();
    drop(keystore);
    let image = disk.image();
    let lives = ["x", "y"].map(|id| {
        let disk = SimDisk::from_image(&image);
        unlock(&disk, 1).unwrap().add_dek(&key_id(id)).unwrap();
        disk.get("keystore.a")
    });
    disk.put("keystore.a", &lives[0]);
    disk.put("keystore.b", &lives[1]);
    let error = unlock(&disk, 1).unwrap_err();
    assert!(matches!(error, UnlockError::Diverged { .. }), "{error}");
    assert_eq!(disk.get("keystore.b"), lives[1]);
}

#[test]
fn no_salt_seal_or_sealed_key_is_ever_written_twice() {
    // Two lives from one image (a restored backup), and a whole life: every 32-octet salt and
    // every sealed data key is new in each generation.
    let (disk, keystore) = store();
    drop(keystore);
    let image = disk.image();
    let mut files = BTreeSet::from([image["keystore.a"].clone()]);
    for _ in 0..2 {
        let disk = SimDisk::from_image(&image);
        let mut keystore = unlock(&disk, 1).unwrap();
        for (_, step) in LIFE {
            step(&mut keystore).unwrap();
            assert!(files.insert(disk.get("keystore.a")));
        }
    }
    assert_eq!(files.len(), 1 + 2 * LIFE.len());
    // Snapshots and entries; files of one log begin alike.
    let parts: BTreeSet<Vec<u8>> = files.iter().flat_map(|file| parts(file)).collect();
    let mut salts = BTreeSet::new();
    let mut sealed = BTreeSet::new();
    for part in &parts {
        // Offsets of salts, and of the last sealed data key, by the format page.
        let (salt, end) = match (part.starts_with(b"STRGKEYS"), part[17]) {
            (true, _) => (65, part.len() - 64 - 6),
            (false, 1) => (18, part.len() - 65),
            (false, _) => continue,
        };
        assert!(salts.insert(part[salt..salt + 32].to_vec()));
        assert!(sealed.insert(part[end - 48..end].to_vec()));
    }
    let entries = parts.iter().filter(|part| !part.starts_with(b"STRGKEYS"));
    assert!(entries.count() >= 6);
}

/// The snapshot of a file, and each entry after it.
fn parts(file: &[u8]) -> Vec<Vec<u8>> {
    let number = |octets: &[u8]| {
        octets
            .iter()
            .fold(0, |all, one| all * 256 + usize::from(*one))
    };
    let (snapshot, mut rest) = file.split_at(number(&file[9..17]));
    let mut parts = vec![snapshot.to_vec()];
    while !rest.is_empty() {
        let (entry, after) = rest.split_at(number(&rest[1..5]));
        parts.push(entry.to_vec());
        rest = after;
    }
    parts
}

#[test]
fn the_bounds_of_a_new_store_are_checked() {
    type Spoil = fn(&mut NewStore);
    let bad: [(Field, Spoil); 4] = [
        (Field::UniqueIdentifier, |s| {
            s.master.unique_identifier.clear()
        }),
        (Field::LogicalIdentifier, |s| {
            s.logical_identifier = Some("x".repeat(1025))
        }),
        (Field::Algorithm, |s| s.master.algorithm = "A".repeat(65)),
        (Field::Servers, |s| s.master.servers = vec![String::new()]),
    ];
    for (field, spoil) in bad {
        let disk = SimDisk::default();
        let mut store = new_store();
        spoil(&mut store);
        let error = Keystore::create(&lock(&disk), store, &master_key(1)).unwrap_err();
        let named = matches!(error, CreateError::Field(found) if found == field);
        assert!(named, "{error}");
        assert!(disk.image().is_empty());
    }
    let mut longest = new_store();
    longest.master.unique_identifier = "u".repeat(limits::IDENTIFIER_LEN_MAX);
    longest.master.origin = MasterOrigin::Given;
    let disk = SimDisk::default();
    drop(Keystore::create(&lock(&disk), longest, &master_key(1)).unwrap());
    let uid = "u".repeat(limits::IDENTIFIER_LEN_MAX);
    found(&disk).unlock(&uid, &master_key(1)).unwrap();
}
