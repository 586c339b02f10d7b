//! A keystore that is not this store's whole newest one: each kind is told apart by the binary, in exit
//! code and sentence, and nothing changes on disk.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use strongroom_cipher::envelope;

use crate::full_disk::Tmpfs;
use crate::harness::{DAMAGED_KEYSTORE, Demo, STORAGE, contents, run, text};

const WRONG_MASTER_KEY: i32 = 8;
const KEYSTORE_LOST: i32 = 14;
const FOREIGN: i32 = 15;
const RETIRED: i32 = 20;
const PIN_MISMATCH: i32 = 21;

const COPIES: [&str; 2] = ["keystore.a", "keystore.b"];

/// Both copies.
type Files = [Vec<u8>; 2];

fn save(demo: &Demo) -> Files {
    COPIES.map(|name| fs::read(demo.file(name)).unwrap())
}

fn put(demo: &Demo, files: &Files) {
    for (name, octets) in COPIES.iter().zip(files) {
        fs::write(demo.file(name), octets).unwrap();
    }
}

/// Every file of the store but the lock and the key server's own.
fn on_disk(demo: &Demo) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = contents(&demo.dir());
    files.retain(|(path, _)| {
        !path.ends_with("strongroom.lock") && !path.starts_with(demo.file("key-server"))
    });
    files
}

/// A snapshot that states another version, whole as far as its digest goes (KS-11).
fn of_version(octets: &[u8], version: u8) -> Vec<u8> {
    let mut octets = octets.to_vec();
    octets[8] = version;
    let len = u64::from_be_bytes(octets[9..17].try_into().unwrap());
    let len = usize::try_from(len).unwrap();
    let digest = envelope::sha256(&[&octets[..len - 32]]);
    octets[len - 32..len].copy_from_slice(&digest);
    octets
}

#[test]
fn each_bad_keystore_is_named_and_nothing_changes() {
    let demo = Demo::new();
    let _served = demo.serve();
    let good = save(&demo);
    let stranger = Demo::new();
    let foreign = save(&stranger);
    let each = |change: &dyn Fn(&[u8]) -> Vec<u8>| good.clone().map(|octets| change(&octets));
    let table: [(Files, i32, &[&str]); 6] = [
        (each(&|_| Vec::new()), DAMAGED_KEYSTORE, &["empty"]),
        (
            each(&|octets| octets[..octets.len() / 2].to_vec()),
            DAMAGED_KEYSTORE,
            &["keystore.a", "keystore.b"],
        ),
        (
            each(&|octets| vec![0; octets.len()]),
            DAMAGED_KEYSTORE,
            &["keystore.a", "keystore.b"],
        ),
        (
            each(&|octets| of_version(octets, 99)),
            DAMAGED_KEYSTORE,
            &["version 99", "that wrote the keystore", "not damaged"],
        ),
        // One copy of a newer format is enough: going on would lose what that version wrote.
        (
            [good[0].clone(), of_version(&good[1], 99)],
            DAMAGED_KEYSTORE,
            &["keystore.b", "version 99", "not damaged"],
        ),
        (
            [good[0].clone(), foreign[1].clone()],
            FOREIGN,
            &["different stores"],
        ),
    ];
    for (files, code, words) in table {
        put(&demo, &files);
        let before = on_disk(&demo);
        for command in ["unlock", "rotate"] {
            demo.on_store(&[command]).fails(code, words);
            assert!(before == on_disk(&demo), "{command} {words:?}");
        }
    }
    put(&demo, &good);
    demo.on_store(&["unlock"]).ok();
}

#[test]
fn a_directory_in_the_keystores_place_is_no_keystore() {
    let demo = Demo::new();
    let _served = demo.serve();
    for name in COPIES {
        fs::remove_file(demo.file(name)).unwrap();
        fs::create_dir(demo.file(name)).unwrap();
    }
    let before = on_disk(&demo);
    for command in ["unlock", "rotate", "status"] {
        let ran = demo.on_store(&[command]);
        let codes = [Some(DAMAGED_KEYSTORE), Some(STORAGE)];
        assert!(codes.contains(&ran.code), "{ran:#?}");
        assert!(ran.err.contains("keystore.a"), "{ran:#?}");
        assert!(before == on_disk(&demo), "{command}");
    }
}

#[test]
fn read_only_media_are_a_storage_error() {
    let demo = Demo::new();
    let _served = demo.serve();
    let Some(disk) = Tmpfs::mount(&demo.beside("disk"), "4m") else {
        return;
    };
    let dir = disk.point.join("store");
    fs::create_dir(&dir).unwrap();
    let unlock = ["unlock", "--dbpath", text(&dir)];
    demo.run(&unlock).ok();
    let before = contents(&dir);
    disk.remount("ro");
    for command in ["unlock", "rotate"] {
        let ran = demo.run(&[command, "--dbpath", text(&dir)]);
        ran.fails(STORAGE, &["Read-only file system", text(&dir)]);
    }
    // A look needs no lock and no write.
    run(&["status", "--dbpath", text(&dir)]).ok();
    assert!(contents(&dir) == before);
    disk.remount("rw");
    demo.run(&unlock).ok();
}

#[test]
fn six_wrong_keystores_have_six_exit_codes() {
    let demo = Demo::new();
    let _served = demo.serve();
    let pin = demo.beside("pin");
    let unlock = ["unlock", "--masterKeyPin", text(&pin)];
    demo.on_store(&unlock).ok();
    let older = save(&demo);
    demo.on_store(&["keys", "add", "later"]).ok();
    demo.on_store(&unlock).ok();
    let good = save(&demo);
    let mut codes = BTreeSet::new();
    let mut refused = |files: &Files, code, words: &[&str]| {
        put(&demo, files);
        demo.on_store(&unlock).fails(code, words);
        assert!(&save(&demo) == files, "{words:?}");
        codes.insert(code);
    };
    refused(&older, PIN_MISMATCH, &["pin-mismatch"]);
    let flipped = good.clone().map(|mut octets| {
        octets[60] ^= 1;
        octets
    });
    refused(&flipped, DAMAGED_KEYSTORE, &["damaged-keystore"]);
    let foreign = save(&Demo::new());
    let planted = [good[0].clone(), foreign[1].clone()];
    refused(&planted, FOREIGN, &["foreign-keystore"]);
    put(&demo, &good);
    demo.on_store(&["rotate", "--masterKeyPin", text(&pin)])
        .ok();
    let newest = save(&demo);
    refused(&good, RETIRED, &["retired-master"]);
    put(&demo, &newest);
    demo.on_store(&unlock).ok();

    let (dir, lost) = (demo.dir(), demo.beside("lost"));
    fs::create_dir(&lost).unwrap();
    fs::write(lost.join("quickstart.redb"), "pages").unwrap();
    let args = ["unlock", "--dbpath", text(&lost)];
    demo.run(&args).fails(KEYSTORE_LOST, &["keystore-lost"]);
    codes.insert(KEYSTORE_LOST);

    // A store under a key file, and the octets of another key under the recorded name.
    let (store, key) = (demo.beside("by-file"), demo.beside("key"));
    fs::create_dir(&store).unwrap();
    let yaml = demo.beside("by-file.yaml");
    let text_of = format!(
        "security:\n  enableEncryption: true\n  encryptionKeyFile: {}\n",
        key.display()
    );
    fs::write(&yaml, text_of).unwrap();
    let args = ["unlock", "--config", text(&yaml), "--dbpath", text(&store)];
    for (octet, code) in [("BwcH", 0), ("CAgI", WRONG_MASTER_KEY)] {
        private(&key, &format!("{}{}\n", octet.repeat(10), &key_end(octet)));
        let ran = run(&args);
        assert_eq!(ran.code, Some(code), "{ran:#?}");
    }
    codes.insert(WRONG_MASTER_KEY);
    assert_eq!(codes.len(), 6);
    assert!(dir.exists());
}

/// The last four characters of the base64 of 32 equal octets.
fn key_end(octet: &str) -> String {
    match octet {
        "BwcH" => "Bwc=".to_owned(),
        _ => "CAg=".to_owned(),
    }
}

fn private(path: &std::path::Path, content: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}
