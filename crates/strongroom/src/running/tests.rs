//! What a forked child does with a running store. No key server: the keystore is made here.

use std::path::Path;

use strongroom_cipher::StoreId;
use strongroom_keystore::{
    DirStorage, Keystore, LockedDir, MASTER_KEY_LEN, MasterKey, MasterOrigin, NewMaster, NewStore,
    StoreLabel,
};
use strongroom_secret::SecretBytes;

use super::*;
use crate::life_cycle::KeyOrigin;

fn running(dbpath: &Path) -> Running {
    let dir = LockedDir::lock(Arc::new(DirStorage::new(dbpath))).unwrap();
    let store = NewStore {
        store_id: StoreId::generate().unwrap(),
        label: StoreLabel::generate().unwrap(),
        logical_identifier: None,
        master: NewMaster {
            unique_identifier: "1".into(),
            name: None,
            number: 1,
            origin: MasterOrigin::Create,
            shared: false,
            activated: true,
            servers: vec!["127.0.0.1:5696".into()],
            algorithm: "AES".into(),
            length_bits: 256,
            wrapped: None,
        },
    };
    let master = MasterKey::new(SecretBytes::copy_from(&[7; MASTER_KEY_LEN])).unwrap();
    let unlocked = Unlocked {
        keystore: Keystore::create(&dir, store, &master).unwrap(),
        origin: KeyOrigin::Made,
        warnings: Vec::new(),
    };
    let (config, _) = Config::from_yaml("", Path::new("none.yaml")).unwrap();
    Running::start(unlocked, Arc::new(config), dbpath, RunOptions::default()).unwrap()
}

fn keys(dbpath: &Path) -> Result<serde_json::Value, LiveError> {
    let live = LiveStore::find(dbpath)?.ok_or(LiveError::NoAnswer)?;
    live.ask(&LiveRequest::KeysList {})
}

#[test]
fn a_forked_child_leaves_thread_and_socket_to_its_parent() {
    let dir = tempfile::tempdir().unwrap();
    let mut copy = running(dir.path());
    // What a child finds: the mark is its parent's. The thread then goes on, as the parent's does.
    copy.process = copy.process.wrapping_add(1);
    drop(copy);
    assert!(keys(dir.path()).unwrap().as_array().unwrap().is_empty());
}

#[test]
fn keys_are_changed_without_a_key_server() {
    let dir = tempfile::tempdir().unwrap();
    let running = running(dir.path());
    let id = KeyId::new("orders").unwrap();
    let ring = running.key_ring(&id).unwrap();
    assert_eq!(running.rotate_key(&id).unwrap().generation, 2);
    assert_eq!(ring.active(), DekGeneration::new(2));
    let refused = running.retire_key(&id, DekGeneration::FIRST, false);
    assert!(matches!(refused, Err(Error::StillNeeded { .. })));
    running.retire_key(&id, DekGeneration::FIRST, true).unwrap();
    assert_eq!(keys(dir.path()).unwrap()[0]["state"], "retired");
    drop(running);
    assert!(keys(dir.path()).is_err());
}

#[test]
fn a_full_disk_refuses_a_rotation_and_the_ring_goes_on_as_before() {
    let dir = tempfile::tempdir().unwrap();
    let running = running(dir.path());
    let id = KeyId::new("orders").unwrap();
    let ring = running.key_ring(&id).unwrap();
    // Both copies become folders, which no file can be appended to or renamed over.
    for name in ["keystore.a", "keystore.b"] {
        std::fs::remove_file(dir.path().join(name)).unwrap();
        std::fs::create_dir(dir.path().join(name)).unwrap();
    }
    assert!(matches!(running.rotate_key(&id), Err(Error::Update(_))));
    assert_eq!(ring.active(), DekGeneration::FIRST);
    assert!(running.key_ring(&KeyId::new("more").unwrap()).is_err());
    assert!(Arc::ptr_eq(&ring, &running.key_ring(&id).unwrap()));
}
