//! Vectors made by `tests/vectors/make.py` from the format page alone.

use std::collections::BTreeMap;
use std::path::Path;

use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing, Place, WriteVersion};
use strongroom_keystore::{
    CopyHealth, Damage, DekState, DirState, ForgedPart, InspectError, IntentState, MasterKey,
    MasterOrigin, RotationPhase, UnlockError,
};
use strongroom_secret::SecretBytes;

use crate::sim::SimDisk;
use crate::stores::{found, inspect};

struct Vector {
    expect: String,
    /// Unique Identifier and octets.
    masters: Vec<(String, Vec<u8>)>,
    /// Key id, generation, state, octets.
    deks: Vec<(String, u32, String, Vec<u8>)>,
    file: Vec<u8>,
}

impl Vector {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let mut vector = Self {
            expect: String::new(),
            masters: Vec::new(),
            deks: Vec::new(),
            file: Vec::new(),
        };
        for line in text.lines() {
            let (field, value) = line.split_once(": ").unwrap();
            let words: Vec<&str> = value.split(' ').collect();
            match (field, words.as_slice()) {
                ("expect", _) => vector.expect = value.to_owned(),
                ("master", [uid, octets]) => vector.masters.push(((*uid).to_owned(), hex(octets))),
                ("dek", [id, generation, state, octets]) => vector.deks.push((
                    (*id).to_owned(),
                    generation.parse().unwrap(),
                    (*state).to_owned(),
                    hex(octets),
                )),
                ("file", [octets]) => vector.file = hex(octets),
                _ => panic!("{}: {line}", path.display()),
            }
        }
        vector
    }

    fn named(name: &str) -> Self {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
        Self::read(&dir.join(format!("{name}.txt")))
    }

    /// A disk with this file as both copies.
    fn disk(&self) -> SimDisk {
        let disk = SimDisk::default();
        disk.put("keystore.a", &self.file);
        disk.put("keystore.b", &self.file);
        disk
    }

    /// The class of what happens with the file under one of its masters.
    fn outcome(&self, (uid, octets): &(String, Vec<u8>)) -> String {
        let found = match inspect(&self.disk()) {
            Ok(DirState::Keystore(found)) => found,
            Err(InspectError::NewerFormat { version, .. }) => {
                return format!("newer format {version}");
            }
            Err(InspectError::Damaged {
                a: CopyHealth::Damaged(Damage::Log { .. }),
                ..
            }) => return "damaged log".to_owned(),
            other => return format!("{other:?}"),
        };
        let key = MasterKey::new(SecretBytes::copy_from(octets)).unwrap();
        match found.unlock(uid, &key) {
            Ok(keystore) => {
                keystore.verify().unwrap();
                "opens".to_owned()
            }
            Err(UnlockError::WrongMasterKey { .. }) => "wrong master key".to_owned(),
            Err(UnlockError::NotSealedUnder { .. }) => "not sealed under".to_owned(),
            Err(UnlockError::Forged { part, .. }) => match part {
                ForgedPart::Seal => "forged seal".to_owned(),
                ForgedPart::Mac => "forged mac".to_owned(),
                other => other.to_string(),
            },
            Err(other) => other.to_string(),
        }
    }
}

#[test]
fn every_vector_gives_the_expected_class() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut seen = BTreeMap::new();
    for file in std::fs::read_dir(dir).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let vector = Vector::read(&path);
        for master in &vector.masters {
            let outcome = vector.outcome(master);
            assert_eq!(outcome, vector.expect, "{}", path.display());
            *seen.entry(outcome).or_insert(0) += 1;
        }
    }
    assert!(seen.len() >= 6 && seen["opens"] >= 4, "{seen:?}");
}

#[test]
fn data_keys_come_out_as_they_went_in() {
    for name in ["one-master", "phase-both", "log", "written-by-rust"] {
        let vector = Vector::named(name);
        let (uid, octets) = &vector.masters[0];
        let key = MasterKey::new(SecretBytes::copy_from(octets)).unwrap();
        let keystore = found(&vector.disk()).unlock(uid, &key).unwrap();
        let store_id = keystore.metadata().store_id();
        let states: Vec<(String, u32, DekState)> = keystore
            .metadata()
            .keys()
            .map(|key| (key.id.to_string(), key.generation.value(), key.state))
            .collect();
        let state = |text: &str| match text {
            "active" => DekState::Active,
            "read-only" => DekState::ReadOnly,
            "retired" => DekState::Retired,
            other => panic!("{other}"),
        };
        let expected = vector
            .deks
            .iter()
            .map(|dek| (dek.0.clone(), dek.1, state(&dek.2)));
        assert_eq!(states, expected.collect::<Vec<_>>(), "{name}");
        for (id, generation, state, octets) in &vector.deks {
            let id = KeyId::new(id).unwrap();
            let generation = DekGeneration::new(*generation);
            let dek = Dek::from_secret(SecretBytes::copy_from(octets)).unwrap();
            let known = KeyRing::new(store_id, id.clone(), vec![(generation, dek)], generation);
            // A unit sealed with the known key opens with the ring, unless it is retired.
            let known = known.unwrap();
            known.begin_epoch().unwrap();
            let place = Place::new(b"pages", 7).unwrap();
            let mut unit = *b"sixteen octets..";
            let meta = known
                .seal(&place, WriteVersion::Unversioned, &mut unit)
                .unwrap();
            let ring = keystore.key_ring(&id).unwrap();
            let opened = ring.open(&place, WriteVersion::Unversioned, &mut unit, &meta);
            assert_eq!(
                opened.is_ok(),
                state != "retired",
                "{name} {id} {generation}"
            );
        }
    }
}

#[test]
fn every_field_of_the_fullest_file_is_read() {
    let vector = Vector::named("phase-both");
    let disk = vector.disk();
    let found = found(&disk);
    let metadata = found.metadata();
    assert_eq!((metadata.generation(), metadata.rotation_number()), (9, 3));
    assert_eq!(metadata.label().as_str(), "0123456789abcdef");
    assert_eq!(metadata.logical_identifier(), None);
    let masters: Vec<_> = metadata.masters().collect();
    assert_eq!(masters[0].unique_identifier, "uid-2");
    assert_eq!(
        masters[0].name.as_deref(),
        Some("orders/0123456789abcdef/v2")
    );
    assert_eq!(
        masters[0].servers,
        ["kms1.example:5696", "kms2.example:5696"]
    );
    assert_eq!(
        (masters[0].origin, masters[0].number),
        (MasterOrigin::Register, 2)
    );
    assert_eq!(
        (masters[0].algorithm.as_str(), masters[0].length_bits),
        ("AES", 256)
    );
    assert!(masters[0].activated && !masters[0].shared && !masters[0].deactivated);
    assert!(masters[1].shared && !masters[1].activated);
    assert_eq!(
        (masters[1].origin, masters[1].first_generation),
        (MasterOrigin::Given, 9)
    );
    assert!(masters[0].may_be_deactivated() && !masters[1].may_be_deactivated());
    assert_eq!(metadata.history().len(), 1);
    assert_eq!(metadata.history()[0].retired_generation, Some(7));
    assert!(metadata.history()[0].deactivated);
    assert_eq!(metadata.burnt()[0].number, 3);
    let rotation = metadata.rotation().unwrap();
    assert_eq!(
        (rotation.phase, rotation.plan.number),
        (RotationPhase::Both, 4)
    );
    assert_eq!(
        rotation.plan.logical_identifier.as_deref(),
        Some("invoices")
    );
    assert_eq!(metadata.next_number(), Some(5));
    let buried = metadata.tombstones().iter();
    let buried = buried.map(|one| {
        (
            one.id.as_str(),
            one.highest.value(),
            one.shredded_generation,
        )
    });
    assert_eq!(buried.collect::<Vec<_>>(), [("fonts", 3, 8), ("zoo", 1, 2)]);
    let [monday, other] = metadata.backups() else {
        panic!("{:?}", metadata.backups());
    };
    assert_eq!(
        (monday.label.as_deref(), monday.time),
        (Some("monday"), 1_700_000_000)
    );
    assert_eq!((monday.generation, monday.keys.len()), (5, 2));
    assert_eq!(monday.masters, ["uid-1"]);
    assert_eq!((other.label.as_deref(), other.generation), (None, 9));
}

#[test]
fn the_intent_vector_is_read() {
    let disk = SimDisk::default();
    disk.put("strongroom.intent", &Vector::named("intent").file);
    let Ok(DirState::IntentOnly(IntentState::Whole(intent))) = inspect(&disk) else {
        panic!("no intent");
    };
    assert_eq!((intent.number, intent.burnt.as_slice()), (3, &[1, 2][..]));
    assert_eq!(intent.key_name.as_deref(), Some("orders"));
    assert_eq!(intent.label.as_str(), "0123456789abcdef");
}

fn hex(text: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(pair).collect()
}
