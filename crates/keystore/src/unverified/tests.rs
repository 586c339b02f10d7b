//! Forged keystores: made by somebody who has the old master key, or none at all.

mod forgeries;

use std::io;
use std::sync::{Arc, Mutex};

use strongroom_cipher::{Dek, DekGeneration, KeyId, StoreId};
use strongroom_secret::SecretBytes;

use super::*;
use crate::error::Damage;
use crate::error::{Field, FormatRule, UpdateError};
use crate::id::StoreLabel;
use crate::master::{MasterEntry, MasterOrigin, NewMaster};
use crate::metadata::{self, DekRecord, DekState, Deks, SealedMaster, encode};
use crate::storage::{LockError, LockGuard, StorageError, StorageFile, StorageOperation};

/// Two files that are only read.
#[derive(Debug, Default)]
struct TwoFiles(Mutex<[Vec<u8>; 2]>);

impl Storage for TwoFiles {
    fn location(&self) -> String {
        "memory".to_owned()
    }

    fn lock(&self, _: &str) -> Result<Box<dyn LockGuard>, LockError> {
        Ok(Box::new(NoLock))
    }

    fn list(&self) -> Result<Vec<String>, StorageError> {
        Ok(vec!["keystore.a".to_owned(), "keystore.b".to_owned()])
    }

    fn read(&self, name: &str, _: u64) -> Result<Option<Vec<u8>>, StorageError> {
        let files = self.0.lock().unwrap();
        Ok(Some(files[usize::from(name != "keystore.a")].clone()))
    }

    fn read_from(&self, _: &str, _: u64, _: u64) -> Result<Vec<u8>, StorageError> {
        Err(refused(StorageOperation::Read))
    }

    fn append(&self, _: &str, _: u64) -> Result<Box<dyn StorageFile>, StorageError> {
        Err(refused(StorageOperation::Append))
    }

    fn sync(&self, _: &str) -> Result<(), StorageError> {
        Ok(())
    }

    fn create(&self, _: &str) -> Result<Box<dyn StorageFile>, StorageError> {
        Err(refused(StorageOperation::Create))
    }

    fn rename(&self, _: &str, _: &str) -> Result<(), StorageError> {
        Err(refused(StorageOperation::Rename))
    }

    fn sync_dir(&self) -> Result<(), StorageError> {
        Ok(())
    }

    fn remove(&self, _: &str) -> Result<bool, StorageError> {
        Ok(false)
    }
}

#[derive(Debug)]
struct NoLock;

impl LockGuard for NoLock {}

fn refused(operation: StorageOperation) -> StorageError {
    StorageError::new(operation, "memory", io::ErrorKind::Unsupported.into())
}

fn key(octet: u8) -> MasterKey {
    MasterKey::new(SecretBytes::copy_from(&[octet; 32])).unwrap()
}

fn uid(number: u8) -> String {
    format!("uid-{number}")
}

fn entry(number: u8) -> MasterEntry {
    let master = NewMaster {
        unique_identifier: uid(number),
        name: None,
        number: number.into(),
        origin: MasterOrigin::Create,
        shared: false,
        activated: true,
        servers: Vec::new(),
        algorithm: "AES".to_owned(),
        length_bits: 256,
        wrapped: None,
    };
    MasterEntry::begin(master, 1)
}

/// How a KSK is sealed: by the real binding, or by one that a careless design would use.
type Bind = for<'a> fn(&'a Metadata) -> Binding<'a>;

/// The mutant: the list of masters and the rotation number are not bound.
fn bind_store_only(metadata: &Metadata) -> Binding<'_> {
    Binding {
        store_id: metadata.store_id,
        rotation_number: 0,
        masters: Vec::new(),
    }
}

/// A snapshot under these masters with a fresh KSK.
fn snapshot(generation: u64, masters: &[u8], bind: Bind) -> (Metadata, KeystoreKey) {
    under(generation, masters, bind, KeystoreKey::generate().unwrap())
}

fn under(generation: u64, masters: &[u8], bind: Bind, ksk: KeystoreKey) -> (Metadata, KeystoreKey) {
    let unsealed = |number: &u8| SealedMaster {
        entry: entry(*number),
        seal: metadata::Seal {
            salt: [0; 32],
            check: [0; 16],
            sealed: [0; 48],
        },
    };
    let mut metadata = Metadata {
        store_id: StoreId::new([5; 16]),
        label: StoreLabel::parse("0123456789abcdef").unwrap(),
        generation,
        snapshot_generation: generation,
        rotation_number: 1,
        salt: crypto::random().unwrap(),
        logical_identifier: None,
        masters: masters.iter().map(unsealed).collect(),
        history: Vec::new(),
        burnt: Vec::new(),
        rotation: (masters.len() == 2).then(|| crate::Rotation {
            phase: crate::RotationPhase::Both,
            plan: crate::RotationPlan {
                number: 2,
                attempt: crate::AttemptId::from_octets([1; 16]),
                logical_identifier: None,
            },
        }),
        deks: Deks::default(),
        tombstones: Vec::new(),
        backups: Vec::new(),
    };
    let seals: Vec<_> = masters
        .iter()
        .map(|number| {
            let binding = bind(&metadata);
            crypto::seal_ksk((&uid(*number), &key(*number)), &binding, &ksk).unwrap()
        })
        .collect();
    for (master, seal) in metadata.masters.iter_mut().zip(seals) {
        master.seal = seal;
    }
    (metadata, ksk)
}

fn file(metadata: &Metadata, ksk: &KeystoreKey) -> Vec<u8> {
    let keys = SnapshotKeys::derive(ksk, metadata).unwrap();
    encode(metadata, &keys).unwrap()
}

fn read(a: &[u8], b: &[u8]) -> UnverifiedKeystore {
    let storage = TwoFiles(Mutex::new([a.to_vec(), b.to_vec()]));
    UnverifiedKeystore::read(&storage, None, false).unwrap()
}

/// What somebody with K1 makes of a file of phase both: a keystore that names K2 alone, with
/// the seal that stood there for K2, and his own content under the KSK that K1 gives him.
fn forge_from_both(bind: Bind) -> Metadata {
    let (both, ksk) = snapshot(8, &[1, 2], bind);
    let mut forged = both;
    forged.generation = 99;
    forged.snapshot_generation = 99;
    forged.rotation = None;
    forged.masters.remove(0);
    // He may choose the number; the one of phase both is his best chance.
    let octets = file(&forged, &ksk);
    read(&octets, &octets).metadata().clone()
}

#[test]
fn the_seal_of_phase_both_is_not_valid_for_the_new_master_alone() {
    let forged = forge_from_both(|metadata| Binding::of(metadata));
    let seal = &forged.masters[0].seal;
    let refusal = crypto::open_ksk((&uid(2), &key(2)), &Binding::of(&forged), seal);
    assert!(matches!(refusal, Err(SealRefusal::DoesNotOpen)));
    // The same attack succeeds against a design that binds the store alone: so this test
    // would see it.
    let forged = forge_from_both(bind_store_only);
    let seal = &forged.masters[0].seal;
    let mutant = crypto::open_ksk((&uid(2), &key(2)), &bind_store_only(&forged), seal);
    assert!(mutant.is_ok());
}

#[test]
fn a_forged_copy_is_refused_as_a_forgery_with_and_without_a_true_twin() {
    let (both, ksk) = snapshot(8, &[1, 2], |metadata| Binding::of(metadata));
    let mut forged = both;
    forged.generation = 99;
    forged.snapshot_generation = 99;
    forged.rotation = None;
    forged.masters.remove(0);
    let forged = file(&forged, &ksk);
    let error = read(&forged, &forged).choose((&uid(2), &key(2))).err();
    let is_seal = matches!(
        error,
        Some(UnlockError::Forged {
            copy: CopyName::A,
            part: ForgedPart::Seal
        })
    );
    assert!(is_seal, "{error:?}");

    let (genuine, ksk) = snapshot(9, &[2], |metadata| Binding::of(metadata));
    let genuine = file(&genuine, &ksk);
    for (a, b, bad) in [(&forged, &genuine, 0), (&genuine, &forged, 1)] {
        let found = read(a, b);
        let (chosen, _, health) = found.choose((&uid(2), &key(2))).unwrap();
        assert_eq!(chosen.metadata.generation, 9);
        let generation = 99;
        let part = ForgedPart::Seal;
        assert_eq!(health[bad].1, CopyHealth::Forged { generation, part });
        let sound = CopyHealth::Sound { generation: 9 };
        assert_eq!(health[1 - bad].1, sound);
    }
}

#[test]
fn a_keystore_made_with_another_ksk_under_the_right_check_value_is_a_forgery() {
    let (metadata, _) = snapshot(8, &[1], |metadata| Binding::of(metadata));
    let octets = file(&metadata, &KeystoreKey::generate().unwrap());
    let refusal = read(&octets, &octets).pair.best.prove((&uid(1), &key(1)));
    assert_eq!(refusal.err(), Some(Refusal::Forged(ForgedPart::Mac)));
}

#[test]
fn the_check_value_is_bound_to_store_and_unique_identifier() {
    let (metadata, _) = snapshot(8, &[1], |metadata| Binding::of(metadata));
    let seal = &metadata.masters[0].seal;
    let key = key(1);
    assert!(crypto::fits((&uid(1), &key), metadata.store_id, seal));
    assert!(!crypto::fits((&uid(2), &key), metadata.store_id, seal));
    assert!(!crypto::fits((&uid(1), &key), StoreId::new([6; 16]), seal));
}

#[test]
fn what_a_seal_is_bound_to_cannot_change() {
    let (metadata, _) = snapshot(8, &[1, 2], |metadata| Binding::of(metadata));
    type Change = fn(&mut Metadata);
    let changes: &[(&str, Change)] = &[
        ("rotation number", |m| m.rotation_number = 2),
        ("order", |m| m.masters.swap(0, 1)),
        ("fewer", |m| m.masters.truncate(1)),
        ("another", |m| {
            m.masters[1].entry.unique_identifier = "uid-3".to_owned()
        }),
    ];
    let seal = metadata.masters[0].seal.clone();
    let open = |metadata: &Metadata| {
        crypto::open_ksk((&uid(1), &key(1)), &Binding::of(metadata), &seal).err()
    };
    assert_eq!(open(&metadata), None);
    for (what, change) in changes {
        let mut changed = metadata.clone();
        change(&mut changed);
        assert_eq!(open(&changed), Some(SealRefusal::DoesNotOpen), "{what}");
    }
}

/// Digest put right after `change`: what only the decoder's own rules can find.
fn changed(whole: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let (signed, _) = whole.split_last_chunk::<32>().unwrap();
    let mut octets = signed.to_vec();
    change(&mut octets);
    let len = u64::try_from(octets.len()).unwrap().saturating_add(32);
    octets[9..17].copy_from_slice(&len.to_be_bytes());
    let digest = crypto::sha256(&octets);
    octets.extend_from_slice(&digest);
    octets
}

fn rule_of(octets: &[u8]) -> Option<FormatRule> {
    match metadata::decode(octets) {
        Err(Damage::Malformed { rule, .. }) => Some(rule),
        Err(other) => panic!("{other}"),
        Ok(_) => None,
    }
}

#[test]
fn every_rule_of_the_format_is_checked_though_the_digest_fits() {
    let (metadata, ksk) = snapshot(8, &[1], |metadata| Binding::of(metadata));
    let whole = file(&metadata, &ksk);
    assert_eq!(rule_of(&whole), None);
    // Offset of the first master's Unique Identifier: head, no logical identifier, count.
    let uid_at = 97 + 1 + 1;
    type Change = fn(&mut Vec<u8>);
    let octets: &[(&str, Change, FormatRule)] = &[
        ("label", |o| o[33] = b'G', FormatRule::Value),
        ("flag", |o| o[97] = 2, FormatRule::Value),
        ("no master", |o| o[98] = 0, FormatRule::Trailing),
        ("three masters", |o| o[98] = 3, FormatRule::Bound),
        (
            "generation 0",
            |o| o[49..57].fill(0),
            FormatRule::Consistency,
        ),
        ("MAC cut away", |o| o.truncate(40), FormatRule::Truncated),
    ];
    for (what, change, rule) in octets {
        let found = rule_of(&changed(&whole, change));
        // A wrong count makes what follows read wrongly; where it is noticed does not matter.
        if *what == "no master" {
            assert!(found.is_some(), "{what}");
        } else {
            assert_eq!(found, Some(*rule), "{what}");
        }
    }
    let rule = |change: &dyn Fn(&mut Vec<u8>)| rule_of(&changed(&whole, |octets| change(octets)));
    assert_eq!(rule(&|o| o[uid_at + 2] = 0xff), Some(FormatRule::Utf8));
    assert_eq!(
        rule(&|o| o[uid_at..uid_at + 2].fill(0)),
        Some(FormatRule::Bound)
    );
    assert_eq!(rule(&|o| o[uid_at] = 0xff), Some(FormatRule::Bound));
    // An octet more before the MAC, with the stated length put right.
    let longer = rule(&|o| {
        o.insert(o.len() - 32, 0);
        let len = u64::try_from(o.len() + 32).unwrap();
        o[9..17].copy_from_slice(&len.to_be_bytes());
    });
    assert_eq!(longer, Some(FormatRule::Trailing));
}

#[test]
fn contradictions_between_fields_are_refused() {
    let (two, _) = snapshot(8, &[1, 2], |metadata| Binding::of(metadata));
    let (mut one, _) = snapshot(8, &[1], |metadata| Binding::of(metadata));
    one.deks = deks(vec![
        record("a", 1, DekState::ReadOnly),
        record("a", 2, DekState::Active),
    ]);
    let mut retired = entry(3);
    retired.retired_generation = Some(8);
    one.history = vec![retired];
    assert!(two.is_consistent() && one.is_consistent());
    type Change = fn(&mut Metadata, Metadata);
    let changes: &[(&str, Change)] = &[
        ("two masters without phase both", |m, two| {
            m.masters = two.masters
        }),
        ("phase both with one master", |m, two| {
            m.rotation = two.rotation
        }),
        ("one master twice", |m, _| {
            let first = m.masters[0].clone();
            m.rotation = Some(crate::Rotation {
                phase: crate::RotationPhase::Both,
                plan: crate::RotationPlan {
                    number: 2,
                    attempt: crate::AttemptId::from_octets([1; 16]),
                    logical_identifier: None,
                },
            });
            m.masters.push(first);
        }),
        ("no master", |m, _| m.masters.clear()),
        ("a retired master in use", |m, _| {
            m.masters[0].entry.retired_generation = Some(8)
        }),
        ("a master of the future", |m, _| {
            m.masters[0].entry.first_generation = 9
        }),
        ("a master in use in the history", |m, _| {
            m.history[0].retired_generation = None
        }),
        ("retired before it began", |m, _| {
            m.history[0].first_generation = 8
        }),
        ("retired in the future", |m, _| {
            m.history[0].retired_generation = Some(9)
        }),
        ("no active key", |m, _| {
            m.deks = deks(vec![record("a", 1, DekState::ReadOnly)])
        }),
        ("two active keys", |m, _| {
            m.deks = deks(vec![
                record("a", 1, DekState::Active),
                record("a", 2, DekState::Active),
            ])
        }),
        ("generation 0 of a key", |m, _| {
            m.deks = deks(vec![record("a", 0, DekState::Active)])
        }),
        ("a shredded generation", |m, _| {
            m.tombstones = vec![tombstone("a", 1, 8)]
        }),
        ("shredded in the future", |m, _| {
            m.tombstones = vec![tombstone("b", 1, 9)]
        }),
        ("tombstones out of order", |m, _| {
            m.tombstones = vec![tombstone("c", 1, 8), tombstone("b", 1, 8)]
        }),
        ("a backup of the future", |m, _| {
            m.backups = vec![backup(1, 9)]
        }),
        ("a backup twice", |m, _| {
            m.backups = vec![backup(1, 8), backup(1, 7)]
        }),
    ];
    for (what, change) in changes {
        let mut changed = one.clone();
        change(&mut changed, two.clone());
        assert!(!changed.is_consistent(), "{what}");
    }
    // And the decoder asks for it.
    let mut changed = one;
    changed.history[0].retired_generation = Some(9);
    let ksk = KeystoreKey::generate().unwrap();
    assert_eq!(
        rule_of(&file(&changed, &ksk)),
        Some(FormatRule::Consistency)
    );
}

#[test]
fn a_data_key_that_its_check_value_does_not_fit_is_refused() {
    let (mut metadata, ksk) = snapshot(8, &[1], |metadata| Binding::of(metadata));
    let keys = SnapshotKeys::derive(&ksk, &metadata).unwrap();
    let mut good = record("a", 1, DekState::Active);
    let dek = Dek::generate().unwrap();
    let id = good.id.clone();
    good.check = dek
        .check_value(&metadata.store_id, &id, good.generation)
        .unwrap();
    good.sealed = keys
        .seal_dek(keys.wrap(), (&id, good.generation), &dek)
        .unwrap();
    type Change = fn(&mut DekRecord);
    let changes: &[(&str, bool, Change)] = &[
        ("as it was", true, |_| {}),
        ("check value", false, |r| r.check[0] ^= 1),
        ("sealed", false, |r| r.sealed[0] ^= 1),
        ("generation", false, |r| {
            r.generation = DekGeneration::new(2)
        }),
        ("key id", false, |r| r.id = KeyId::new("b").unwrap()),
    ];
    for (what, opens, change) in changes {
        let mut record = good.clone();
        change(&mut record);
        metadata.deks = deks(vec![record]);
        let octets = file(&metadata, &ksk);
        let verified = match metadata::decode(&octets) {
            Ok(_) => read(&octets, &octets).verify(&uid(1), &key(1)),
            Err(_) => {
                assert!(!opens, "{what}");
                continue;
            }
        };
        assert_eq!(verified.is_ok(), *opens, "{what}: {verified:?}");
    }
}

#[test]
fn a_rotation_whose_history_would_not_fit_is_refused_before_it_begins() {
    let (mut metadata, ksk) = snapshot(8, &[1], |metadata| Binding::of(metadata));
    let burnt = |number| crate::BurntAttempt {
        number,
        attempt: crate::AttemptId::from_octets([1; 16]),
    };
    metadata.burnt = (0..4096).map(burnt).collect();
    let octets = file(&metadata, &ksk);
    let storage = Arc::new(TwoFiles(Mutex::new([octets.clone(), octets])));
    let dir = LockedDir::lock(storage).unwrap();
    let found = UnverifiedKeystore::read(dir.storage(), Some(dir.clone()), false).unwrap();
    let mut keystore = found.unlock(&uid(1), &key(1)).unwrap();
    let plan = crate::RotationPlan {
        number: 5000,
        attempt: crate::AttemptId::from_octets([1; 16]),
        logical_identifier: None,
    };
    let error = keystore.record_rotation(plan).unwrap_err();
    assert!(
        matches!(error, UpdateError::Field(Field::BurntAttempts)),
        "{error}"
    );
    assert!(!keystore.is_poisoned());
}

fn deks(records: Vec<DekRecord>) -> Deks {
    Deks::from_ascending(records).unwrap()
}

fn tombstone(id: &str, highest: u32, shredded_generation: u64) -> crate::Tombstone {
    crate::Tombstone {
        id: KeyId::new(id).unwrap(),
        highest: DekGeneration::new(highest),
        shredded_generation,
    }
}

fn backup(id: u8, generation: u64) -> crate::Backup {
    crate::Backup {
        id: crate::BackupId::from_octets([id; 16]),
        label: None,
        time: 0,
        generation,
        masters: vec![uid(1)],
        keys: Vec::new(),
    }
}

#[test]
fn records_that_do_not_ascend_are_no_list() {
    let (one, two) = (
        || record("a", 1, DekState::ReadOnly),
        || record("a", 2, DekState::Active),
    );
    assert!(Deks::from_ascending(vec![one(), two()]).is_some());
    assert!(Deks::from_ascending(vec![two(), one()]).is_none());
    assert!(Deks::from_ascending(vec![one(), one()]).is_none());
}

fn record(id: &str, generation: u32, state: DekState) -> DekRecord {
    DekRecord {
        id: KeyId::new(id).unwrap(),
        generation: DekGeneration::new(generation),
        state,
        check: [0; 16],
        sealed: [0; 48],
        entry: None,
    }
}
