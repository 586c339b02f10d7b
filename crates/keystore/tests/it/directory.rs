//! What a directory may hold, told apart; and the real directory: lock, modes, odd files.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use strongroom_cipher::StoreId;
use strongroom_keystore::{
    CopyHealth, CopyName, CreateError, Damage, DirState, DirStorage, InspectError, IntentState,
    Keystore, LockError, LockedDir, Storage as _, StorageErrorKind, UnlockError, inspect_dir,
};
use strongroom_secret::SecretBytes;

use crate::sim::SimDisk;
use crate::stores::{
    inspect, intent, key_id, lock, master_key, new_store, store_image, uid, unlock,
};

fn lock_real(path: &Path) -> Result<LockedDir, LockError> {
    LockedDir::lock(Arc::new(DirStorage::new(path)))
}

#[test]
fn states_of_a_directory_are_told_apart() {
    let disk = SimDisk::default();
    disk.put("strongroom.lock", b"1\n");
    disk.put("keystore.a.tmp", b"left over");
    assert!(matches!(inspect(&disk), Ok(DirState::Empty)));

    lock(&disk).write_intent(&intent()).unwrap();
    let Ok(DirState::IntentOnly(IntentState::Whole(read))) = inspect(&disk) else {
        panic!("no intent");
    };
    assert_eq!(read, intent());

    disk.put("strongroom.intent", b"torn");
    let torn = inspect(&disk);
    assert!(matches!(
        torn,
        Ok(DirState::IntentOnly(IntentState::Torn(_)))
    ));

    disk.put("orders.db", b"data");
    disk.put("key-server", b"");
    let Ok(DirState::Lost { files }) = inspect(&disk) else {
        panic!("not lost");
    };
    assert_eq!(files, ["key-server", "orders.db"]);
    let tolerated = inspect_dir(&disk, &["orders.db", "key-server"]);
    assert!(matches!(tolerated, Ok(DirState::IntentOnly(_))));

    lock(&disk).remove_intent().unwrap();
    disk.put("keystore.b", &store_image()["keystore.b"]);
    assert!(matches!(inspect(&disk), Ok(DirState::Keystore(_))));
}

#[test]
fn a_keystore_that_is_there_is_never_replaced() {
    for copy in [CopyName::A, CopyName::B] {
        let disk = SimDisk::default();
        disk.put(copy.file_name(), b"anything");
        let error = Keystore::create(&lock(&disk), new_store(), &master_key(1)).unwrap_err();
        assert!(matches!(error, CreateError::AlreadyThere(found) if found == copy));
        assert_eq!(disk.get(copy.file_name()), b"anything");
    }
}

#[test]
fn another_stores_twin_is_told_from_damage() {
    let disk = SimDisk::from_image(&store_image());
    let mut store = new_store();
    store.store_id = StoreId::new([9; 16]);
    let other = SimDisk::default();
    drop(Keystore::create(&lock(&other), store, &master_key(1)).unwrap());
    disk.put("keystore.b", &other.get("keystore.b"));
    let error = inspect(&disk).unwrap_err();
    let InspectError::AnotherStore { a, b } = error else {
        panic!("{error}");
    };
    assert_eq!((a, b), (StoreId::new([5; 16]), StoreId::new([9; 16])));
}

#[test]
fn a_lost_copy_is_restored_from_its_twin() {
    for (lost, copy) in [("keystore.a", CopyName::A), ("keystore.b", CopyName::B)] {
        let image = store_image();
        let disk = SimDisk::from_image(&image);
        disk.take(lost);
        let keystore = unlock(&disk, 1).unwrap();
        assert_eq!(keystore.opening().mended, [copy]);
        assert_eq!(disk.get(lost), image[lost]);
    }
}

#[test]
fn looking_needs_no_lock_and_opening_does() {
    let disk = SimDisk::from_image(&store_image());
    let held = lock(&disk);
    let Ok(DirState::Keystore(found)) = inspect_dir(&disk, &[]) else {
        panic!("no keystore");
    };
    found.verify(&uid(1), &master_key(1)).unwrap();
    let error = found.unlock(&uid(1), &master_key(1)).unwrap_err();
    assert!(matches!(error, UnlockError::ReadWithoutLock));
    drop(held);
}

#[test]
fn the_second_handle_is_told_who_holds_the_lock() {
    let temp = tempfile::tempdir().unwrap();
    let dir = lock_real(temp.path()).unwrap();
    let keystore = Keystore::create(&dir, new_store(), &master_key(1)).unwrap();
    drop(dir);
    // The open keystore holds it, too.
    let begun = std::time::Instant::now();
    let error = lock_real(temp.path()).unwrap_err();
    assert!(begun.elapsed().as_secs() < 1);
    let LockError::Held { pid, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(*pid, Some(std::process::id()));
    assert!(error.to_string().contains("strongroom.lock"), "{error}");
    drop(keystore);
    lock_real(temp.path()).unwrap();
}

#[test]
fn a_second_process_is_refused_at_once() {
    let temp = tempfile::tempdir().unwrap();
    let held = lock_real(temp.path()).unwrap();
    // This test program again, running only the test below, on the same directory.
    let program = std::env::current_exe().unwrap();
    let output = std::process::Command::new(program)
        .args([
            "--exact",
            "directory::try_to_lock_the_named_directory",
            "--nocapture",
        ])
        .env("STRONGROOM_TEST_LOCK_DIR", temp.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let expected = format!("refused: held by {:?}", Some(std::process::id()));
    assert!(text.contains(&expected), "{text}");
    drop(held);
}

#[test]
fn try_to_lock_the_named_directory() {
    // Does nothing unless the test above runs it in a process of its own.
    let Some(dir) = std::env::var_os("STRONGROOM_TEST_LOCK_DIR") else {
        return;
    };
    match lock_real(Path::new(&dir)) {
        Err(LockError::Held { pid, .. }) => println!("refused: held by {pid:?}"),
        other => println!("not refused: {other:?}"),
    }
}

#[test]
fn a_real_directory_works_and_keeps_its_files_private() {
    let temp = tempfile::tempdir().unwrap();
    let dir = lock_real(temp.path()).unwrap();
    dir.write_intent(&intent()).unwrap();
    let mut keystore = Keystore::create(&dir, new_store(), &master_key(1)).unwrap();
    keystore.add_dek(&key_id("orders")).unwrap();
    drop((keystore, dir));
    let mut names: Vec<_> = fs::read_dir(temp.path())
        .unwrap()
        .map(|entry| entry.unwrap())
        .collect();
    names.sort_by_key(fs::DirEntry::file_name);
    let files: Vec<_> = names.iter().map(|entry| entry.file_name()).collect();
    assert_eq!(files, ["keystore.a", "keystore.b", "strongroom.lock"]);
    #[cfg(unix)]
    for entry in names {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
    }
    let dir = lock_real(temp.path()).unwrap();
    let Ok(DirState::Keystore(found)) = dir.inspect(&[]) else {
        panic!("no keystore");
    };
    let keystore = found.unlock(&uid(1), &master_key(1)).unwrap();
    keystore.verify().unwrap();
    assert!(keystore.opening().mended.is_empty());
}

#[test]
fn a_directory_in_a_copys_place_is_named_and_the_twin_opens_without_writes() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("keystore.a"), &store_image()["keystore.a"]).unwrap();
    fs::create_dir(temp.path().join("keystore.b")).unwrap();
    let dir = lock_real(temp.path()).unwrap();
    let Ok(DirState::Keystore(found)) = dir.inspect(&[]) else {
        panic!("no keystore");
    };
    let unreadable = CopyHealth::Damaged(Damage::Unreadable(std::io::ErrorKind::IsADirectory));
    assert_eq!(found.health()[1], (CopyName::B, unreadable));
    let mut keystore = found.unlock(&uid(1), &master_key(1)).unwrap();
    assert!(keystore.opening().mend_error.is_some() && keystore.is_poisoned());
    keystore.key_ring(&key_id("orders")).unwrap();
    keystore.add_dek(&key_id("new")).unwrap_err();
}

#[test]
fn a_directory_that_is_not_there_is_an_error_of_its_own() {
    let temp = tempfile::tempdir().unwrap();
    let absent = temp.path().join("absent");
    let LockError::Storage(error) = lock_real(&absent).unwrap_err() else {
        panic!("held");
    };
    assert_eq!(error.kind, StorageErrorKind::NotFound);
    assert!(error.to_string().contains("absent"), "{error}");
    let InspectError::Storage(error) = inspect_dir(&DirStorage::new(&absent), &[]).unwrap_err()
    else {
        panic!("not a storage error");
    };
    assert_eq!(error.kind, StorageErrorKind::NotFound);
}

#[test]
fn names_that_lead_out_of_the_directory_are_refused() {
    let temp = tempfile::tempdir().unwrap();
    let storage = DirStorage::new(temp.path());
    for name in ["../keystore.a", "a/b", "/etc/passwd", "..", ""] {
        assert!(storage.read(name, 10).is_err(), "{name}");
        assert!(storage.create(name).is_err(), "{name}");
        assert!(storage.remove(name).is_err(), "{name}");
    }
}

#[test]
fn a_file_longer_than_allowed_is_not_read() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("file"), [0; 11]).unwrap();
    let storage = DirStorage::new(temp.path());
    let error = storage.read("file", 10).unwrap_err();
    assert_eq!(error.kind, StorageErrorKind::TooLong);
    assert_eq!(storage.read("file", 11).unwrap().unwrap().len(), 11);
    // Sparse, far beyond what may be allocated.
    let huge = fs::File::create(temp.path().join("keystore.a")).unwrap();
    huge.set_len(1 << 40).unwrap();
    let error = inspect_dir(&storage, &[]).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("keystore.a is damaged (too long)"),
        "{error}"
    );
}

#[test]
fn nothing_secret_is_printed() {
    let needles = ["07070707", "7, 7, 7, 7", "0x7"];
    let key = strongroom_keystore::MasterKey::new(SecretBytes::copy_from(&[7; 32])).unwrap();
    let disk = SimDisk::default();
    let mut keystore = Keystore::create(&lock(&disk), new_store(), &key).unwrap();
    keystore.add_dek(&key_id("orders")).unwrap();
    let printed = format!("{key:?} {keystore:?} {keystore:#?}");
    assert!(printed.contains("MasterKey(..)"), "{printed}");
    // Sealed keys and salts are no secrets, but nobody needs them in a log either.
    for needle in needles.iter().chain(&["sealed: [", "check: ["]) {
        assert!(!printed.contains(needle), "{printed}");
    }
    drop(keystore);
    let error = crate::stores::found(&disk)
        .unlock(&uid(1), &master_key(8))
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("8, 8"), "{error:?}");
}

#[test]
fn a_master_key_of_another_length_is_refused_with_its_length() {
    for len in [0, 16, 24, 31, 33, 64] {
        let octets = SecretBytes::copy_from(&vec![1; len]);
        let error = strongroom_keystore::MasterKey::new(octets).unwrap_err();
        assert_eq!(error.len, len);
    }
}
