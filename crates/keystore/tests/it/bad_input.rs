//! Each thing that may lie in the keystore's place, or ail its disk: an error of its own that says what
//! and where, and nothing changed.

use std::fs;
use std::sync::Arc;

use strongroom_cipher::StoreId;
use strongroom_keystore::{
    CopyHealth, Damage, DirState, DirStorage, InspectError, Keystore, LockedDir, StorageErrorKind,
    UnlockError, UpdateError, WriteError,
};

use crate::sim::{Image, SimDisk};
use crate::stores::{
    inspect, key_id, lock, master_key, new_store, store, store_image, uid, unlock,
};

/// A keystore file of a later version, with a digest that fits.
fn of_version(version: u8) -> Vec<u8> {
    let whole = &store_image()["keystore.a"];
    let len = usize::from(u16::from_be_bytes([whole[15], whole[16]]));
    let mut octets = whole[..len - 32].to_vec();
    octets[8] = version;
    let digest = strongroom_cipher::envelope::sha256(&[&octets]);
    octets.extend_from_slice(&digest);
    octets
}

fn of_another_store() -> Vec<u8> {
    let mut store = new_store();
    store.store_id = StoreId::new([9; 16]);
    let disk = SimDisk::default();
    drop(Keystore::create(&lock(&disk), store, &master_key(1)).unwrap());
    disk.get("keystore.a")
}

#[test]
fn what_is_no_keystore_is_told_apart_and_left_alone() {
    let whole = store_image()["keystore.a"].clone();
    let damage = |octets: Vec<u8>, text: &'static str| (octets.clone(), octets, text);
    let cases = [
        damage(Vec::new(), "keystore.a is damaged (empty file)"),
        damage(whole[..40].to_vec(), "damaged (cut short: 40 octets)"),
        damage(whole[..200].to_vec(), "damaged (digest does not fit)"),
        damage(
            whole[..whole.len() - 1].to_vec(),
            "damaged (log is cut or changed from octet",
        ),
        damage(
            vec![0; whole.len()],
            "damaged (does not begin like a file of this kind)",
        ),
        damage(
            of_version(3),
            "has format version 3; this version reads 2 only",
        ),
        // The twin can be read: going on would lose what the newer version wrote.
        (
            whole.clone(),
            of_version(3),
            "keystore.b has format version 3",
        ),
        (
            whole.clone(),
            of_another_store(),
            "belong to different stores",
        ),
    ];
    for (a, b, text) in cases {
        let disk = SimDisk::default();
        disk.put("keystore.a", &a);
        disk.put("keystore.b", &b);
        let before = disk.image();
        let error = inspect(&disk).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
        assert_eq!(disk.image(), before, "{text}");
        assert!(disk.take_log().is_empty(), "{text}");
    }
}

#[test]
fn other_octets_than_it_was_sealed_under_are_a_wrong_master_key() {
    let disk = SimDisk::default();
    let image = store_image();
    disk.put("keystore.a", &image["keystore.a"]);
    disk.put("keystore.b", &image["keystore.b"]);
    let Err(UnlockError::WrongMasterKey { unique_identifier }) =
        crate::stores::found(&disk).unlock(&uid(1), &master_key(9))
    else {
        panic!("another error");
    };
    assert_eq!(unique_identifier, uid(1));
    assert_eq!(disk.image(), image);
}

#[test]
fn directories_in_the_place_of_both_copies_are_named() {
    let temp = tempfile::tempdir().unwrap();
    for name in ["keystore.a", "keystore.b"] {
        fs::create_dir(temp.path().join(name)).unwrap();
    }
    let dir = LockedDir::lock(Arc::new(DirStorage::new(temp.path()))).unwrap();
    let InspectError::Damaged { a, b } = dir.inspect(&[]).unwrap_err() else {
        panic!("another error");
    };
    let unreadable = CopyHealth::Damaged(Damage::Unreadable(std::io::ErrorKind::IsADirectory));
    assert_eq!((&a, &b), (&unreadable, &unreadable));
    let created = Keystore::create(&dir, new_store(), &master_key(1));
    assert!(created.is_err(), "they are not replaced");
}

/// A change of each kind: an entry, a snapshot.
type Change = fn(&mut Keystore) -> Result<(), UpdateError>;

const CHANGES: [Change; 2] = [
    |keystore| keystore.add_deks(&[key_id("new")]),
    |keystore| keystore.set_logical_identifier(None),
];

#[test]
fn read_only_media_open_and_refuse_each_change() {
    for change in CHANGES {
        let image = store_image();
        let disk = SimDisk::from_image(&image);
        disk.mount_read_only();
        let mut keystore = unlock(&disk, 1).unwrap();
        assert!(keystore.opening().mend_error.is_none());
        keystore.verify().unwrap();
        keystore.key_ring(&key_id("orders")).unwrap();
        let Err(UpdateError::Write(WriteError::NotWritten(error))) = change(&mut keystore) else {
            panic!("another error");
        };
        assert_eq!(error.kind, StorageErrorKind::ReadOnly);
        assert!(error.to_string().contains("keystore.a"), "{error}");
        assert_eq!(disk.image(), image);
    }
}

#[test]
fn a_bad_copy_on_read_only_media_is_told_and_its_twin_opens() {
    let mut image = store_image();
    image.get_mut("keystore.a").unwrap()[100] ^= 1;
    let disk = SimDisk::from_image(&image);
    disk.mount_read_only();
    let keystore = unlock(&disk, 1).unwrap();
    assert!(keystore.opening().mended.is_empty());
    let error = keystore.opening().mend_error.as_ref().unwrap().to_string();
    assert!(error.contains("nothing was changed"), "{error}");
    keystore.key_ring(&key_id("orders")).unwrap();
    assert_eq!(disk.image(), image);
}

#[test]
fn a_full_disk_refuses_each_change_and_nothing_is_lost() {
    for (number, change) in CHANGES.into_iter().enumerate() {
        let (disk, mut keystore) = store();
        let before = without_temporary(disk.image());
        let generation = keystore.metadata().generation();
        disk.fill();
        let Err(UpdateError::Write(error)) = change(&mut keystore) else {
            panic!("another error");
        };
        let (WriteError::NotWritten(inner) | WriteError::OutcomeUnknown(inner)) = &error else {
            panic!("{error}");
        };
        assert_eq!(inner.kind, StorageErrorKind::NoSpace);
        // What a cut append left is no part of the keystore.
        let is_entry = number == 0;
        assert!(
            is_entry || without_temporary(disk.image()) == before,
            "{error}"
        );
        drop(keystore);
        // Still full: it opens for reading.
        let keystore = unlock(&disk, 1).unwrap();
        assert_eq!(keystore.metadata().generation(), generation);
        keystore.key_ring(&key_id("orders")).unwrap();
        drop(keystore);
        disk.empty();
        let mut keystore = unlock(&disk, 1).unwrap();
        assert_eq!(keystore.metadata().generation(), generation);
        assert_eq!(without_temporary(disk.image()), before);
        change(&mut keystore).unwrap();
        keystore.verify().unwrap();
    }
}

fn without_temporary(mut image: Image) -> Image {
    image.retain(|name, _| !name.ends_with(".tmp"));
    image
}

#[test]
fn a_lost_keystore_is_no_first_start() {
    let disk = SimDisk::default();
    disk.put("orders.db", b"sealed units");
    let before = disk.image();
    assert!(matches!(inspect(&disk), Ok(DirState::Lost { .. })));
    assert_eq!(disk.image(), before);
}
