//! Forged keystores: made by somebody who has the old master key, or none at all.

use std::io;
use std::sync::Mutex;

use strongroom_cipher::StoreId;
use strongroom_secret::SecretBytes;

use super::*;
use crate::id::StoreLabel;
use crate::master::{MasterEntry, MasterOrigin, NewMaster};
use crate::metadata::{SealedMaster, encode};
use crate::storage::{LockError, LockGuard, StorageError, StorageFile, StorageOperation};

/// Two files that are only read.
#[derive(Debug, Default)]
struct TwoFiles(Mutex<[Vec<u8>; 2]>);

impl Storage for TwoFiles {
    fn location(&self) -> String {
        "memory".to_owned()
    }

    fn lock(&self, _: &str) -> Result<Box<dyn LockGuard>, LockError> {
        Err(refused(StorageOperation::Lock).into())
    }

    fn list(&self) -> Result<Vec<String>, StorageError> {
        Ok(vec!["keystore.a".to_owned(), "keystore.b".to_owned()])
    }

    fn read(&self, name: &str, _: u64) -> Result<Option<Vec<u8>>, StorageError> {
        let files = self.0.lock().unwrap();
        Ok(Some(files[usize::from(name != "keystore.a")].clone()))
    }

    fn create(&self, _: &str) -> Result<Box<dyn StorageFile>, StorageError> {
        Err(refused(StorageOperation::Create))
    }

    fn rename(&self, _: &str, _: &str) -> Result<(), StorageError> {
        Err(refused(StorageOperation::Rename))
    }

    fn sync_dir(&self) -> Result<(), StorageError> {
        Err(refused(StorageOperation::SyncDir))
    }

    fn remove(&self, _: &str) -> Result<bool, StorageError> {
        Err(refused(StorageOperation::Remove))
    }
}

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
    let ksk = KeystoreKey::generate().unwrap();
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
        deks: Vec::new(),
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
    let refusal = read(&octets, &octets).best.prove((&uid(1), &key(1)));
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
