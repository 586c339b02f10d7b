use std::collections::BTreeMap;
use std::sync::Arc;

use strongroom_kmip::attribute::AttributeValue;
use strongroom_secret::SecretBytes;

use super::super::error::Damage;
use super::*;
use crate::further::Further;
use crate::identity::Identity;
use crate::lifecycle::{Lifecycle, Revocation};
use crate::object::{ApplicationInformation, ObjectName, sha256};

const KEY: [u8; 16] = [0xA5; 16];

/// An object that uses every field of the format.
fn full(sequence: u64) -> Object {
    let mut life = Lifecycle::new(100, Some(50), Some(5_000)).unwrap();
    let revocation = Revocation {
        code: 2,
        message: Some("laptop lost".to_owned()),
    };
    life.revoke(200, revocation, Some(150)).unwrap();
    Object {
        sequence,
        uid: format!("uid-{sequence}"),
        owner: Identity::new("node-1"),
        object_type: 2,
        data_type: Some(1),
        algorithm: Some(3),
        length_bits: Some(128),
        usage_mask: Some(12),
        names: vec![ObjectName {
            value: format!("name-{sequence}"),
            name_type: 1,
        }],
        application: vec![ApplicationInformation {
            namespace: "ns".into(),
            data: "data".into(),
        }],
        groups: vec!["group".to_owned()],
        policy: "default".to_owned(),
        digest: sha256(&KEY),
        further: Further::of_new(vec![
            AttributeValue::ContactInformation("ops".into()),
            AttributeValue::Sensitive(true),
        ])
        .unwrap(),
        life,
        key_format: Some(1),
        material: Some(Arc::new(SecretBytes::copy_from(&KEY))),
    }
}

fn destroyed(sequence: u64) -> Object {
    let mut object = full(sequence);
    object.life.destroy(300).unwrap();
    object.material = None;
    object.data_type = None;
    object.names.clear();
    object
}

fn save(store: &mut FileStore, objects: &[Object]) -> Result<(), StoreError> {
    let (changed, before) = objects.split_last().unwrap();
    let before: BTreeMap<_, _> = before
        .iter()
        .map(|object| (object.sequence, Arc::new(object.clone())))
        .collect();
    store.save(&Objects::new(&before, &[Arc::new(changed.clone())], &[]))
}

fn same(left: &Object, right: &Object) -> bool {
    let key = |object: &Object| {
        object
            .material
            .as_ref()
            .map(|material| material.expose().to_vec())
    };
    let (mut a, mut b) = (left.clone(), right.clone());
    (a.material, b.material) = (None, None);
    format!("{a:?}") == format!("{b:?}") && key(left) == key(right)
}

fn in_temp() -> (tempfile::TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("key-server").join("objects.store");
    (root, path)
}

#[test]
fn objects_come_back_as_they_were_saved() {
    let (_root, path) = in_temp();
    let objects = [full(0), destroyed(1), full(7)];
    let mut store = FileStore::open(&path).unwrap();
    assert!(store.load().unwrap().is_empty());
    save(&mut store, &objects).unwrap();
    drop(store);
    let back = FileStore::open(&path).unwrap().load().unwrap();
    assert_eq!(back.len(), 3);
    assert!(
        back.iter()
            .zip(&objects)
            .all(|(left, right)| same(left, right)),
        "{back:?}"
    );
    let report = FileStore::verify(&path).unwrap();
    assert_eq!(
        (report.generation, report.objects, report.with_key_material),
        (1, 3, 2)
    );
    assert_eq!(
        u64::try_from(report.octets).unwrap(),
        fs::metadata(&path).unwrap().len()
    );
}

#[test]
fn files_and_folder_are_for_the_owner_alone() {
    let (root, path) = in_temp();
    drop(FileStore::open(&path).unwrap());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(path.parent().unwrap()), mode(&path)), (0o700, 0o600));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let refused = FileStore::open(&path).unwrap_err();
    assert!(
        matches!(
            refused,
            StoreError::Permissions {
                mode: 0o640,
                wanted: 0o600,
                ..
            }
        ),
        "{refused}"
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let folder = path.parent().unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o770)).unwrap();
    let refused = FileStore::open(&path).unwrap_err();
    assert!(
        matches!(
            refused,
            StoreError::Permissions {
                mode: 0o770,
                wanted: 0o700,
                ..
            }
        ),
        "{refused}"
    );
    drop(root);
}

#[test]
fn every_changed_octet_and_every_truncation_is_refused_and_the_file_left_alone() {
    let (_root, path) = in_temp();
    let mut store = FileStore::open(&path).unwrap();
    save(&mut store, &[full(0), destroyed(1)]).unwrap();
    drop(store);
    let good = fs::read(&path).unwrap();
    for at in 0..good.len() {
        for flip in [0x01, 0x80, 0xFF] {
            let mut bad = good.clone();
            bad[at] ^= flip;
            let kind = format::decode(&bad).unwrap_err();
            let expected = match at {
                0..8 => matches!(kind, FormatError::NotAStore),
                8 if bad[8] != format::VERSION_1 => matches!(kind, FormatError::Version(_)),
                24..32 => matches!(kind, FormatError::Damaged(Damage::Length { .. })),
                _ => matches!(kind, FormatError::Damaged(Damage::Checksum)),
            };
            assert!(expected, "octet {at}: {kind:?}");
        }
    }
    for len in 0..good.len() {
        format::decode(&good[..len]).unwrap_err();
    }
    let longer = [&good[..], &[0]].concat();
    assert!(matches!(
        format::decode(&longer),
        Err(FormatError::Damaged(Damage::Length { .. }))
    ));
    // And through the front door, for a few.
    for at in [0, 8, 20, 41, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        fs::write(&path, &bad).unwrap();
        let error = FileStore::open(&path).unwrap_err();
        assert!(FileStore::verify(&path).is_err());
        assert!(error.to_string().contains("objects.store"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), bad);
    }
}

#[test]
fn content_that_breaks_a_rule_is_refused_though_the_checksum_fits() {
    let mut gone_but_kept = full(0);
    gone_but_kept.life.destroy(300).unwrap();
    let mut lost = full(0);
    lost.material = None;
    let mut other_digest = full(0);
    other_digest.digest[0] ^= 1;
    let rows = [
        (vec![gone_but_kept], "state for this key material"),
        (vec![lost], "state for this key material"),
        (vec![other_digest], "digest of key material"),
        (
            vec![full(3), {
                let mut again = full(3);
                again.sequence = 4;
                again
            }],
            "repeated unique identifier",
        ),
    ];
    for (objects, what) in rows {
        let (changed, before) = objects.split_last().unwrap();
        let before: BTreeMap<_, _> = before
            .iter()
            .map(|object| (object.sequence, Arc::new(object.clone())))
            .collect();
        let file =
            format::encode(1, &Objects::new(&before, &[Arc::new(changed.clone())], &[])).unwrap();
        match format::decode(&file) {
            Err(FormatError::Damaged(Damage::Content { what: found, .. })) => {
                assert_eq!(found, what)
            }
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn a_second_server_is_kept_out_while_the_first_lives() {
    let (_root, path) = in_temp();
    let first = FileStore::open(&path).unwrap();
    assert!(matches!(
        FileStore::open(&path),
        Err(StoreError::Locked { .. })
    ));
    assert!(FileStore::verify(&path).is_ok());
    drop(first);
    FileStore::open(&path).unwrap();
}

#[test]
fn a_cut_before_any_step_leaves_the_old_state_or_the_new_one() {
    let steps = [
        Step::Write,
        Step::Sync,
        Step::ReadBack,
        Step::Rename,
        Step::SyncFolder,
    ];
    for step in steps {
        let (_root, path) = in_temp();
        let mut store = FileStore::open(&path).unwrap();
        save(&mut store, &[full(0)]).unwrap();
        store.fail_before = Some(step);
        let error = save(&mut store, &[full(0), full(1)]).unwrap_err();
        assert!(
            matches!(error, StoreError::Io { step: found, .. } if found == step),
            "{error}"
        );
        store.fail_before = None;
        let renamed = step == Step::SyncFolder;
        if matches!(step, Step::Rename | Step::SyncFolder) {
            let error = save(&mut store, &[full(0), full(1)]).unwrap_err();
            assert!(
                matches!(error, StoreError::Unusable { .. }),
                "{step}: {error}"
            );
        } else {
            // The old file is whole, so a later change may succeed.
            save(&mut store, &[full(0), full(2)]).unwrap();
        }
        drop(store);
        let back: Vec<u64> = FileStore::open(&path)
            .unwrap()
            .load()
            .unwrap()
            .iter()
            .map(|o| o.sequence)
            .collect();
        let expected: &[u64] = match step {
            Step::Rename => &[0],
            _ if renamed => &[0, 1],
            _ => &[0, 2],
        };
        assert_eq!(back, expected, "{step}");
        assert!(
            !with_suffix(&path, ".new").exists(),
            "{step}: no key material left beside"
        );
    }
}

#[test]
fn other_files_are_named_for_what_they_are() {
    let (_root, path) = in_temp();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::set_permissions(path.parent().unwrap(), fs::Permissions::from_mode(0o700)).unwrap();
    for content in [&b""[..], b"SQLite format 3\0", &[0x89]] {
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(
            FileStore::open(&path),
            Err(StoreError::NotAStore { .. })
        ));
    }
    let missing = FileStore::verify(path.with_file_name("absent")).unwrap_err();
    assert!(
        matches!(
            missing,
            StoreError::Io {
                step: Step::Read,
                ..
            }
        ),
        "{missing}"
    );
}

/// `docs/formats/server-store.md` and these constants say the same.
#[test]
fn the_format_document_agrees_with_the_code() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/formats/server-store.md"
    );
    let document = fs::read_to_string(path).unwrap();
    for line in [
        "| 0 | 8 | magic | `89 53 52 4B 4D 53 0D 0A` |",
        "| 8 | 1 | version | 2 |",
        "| 9 | 7 | reserved | zero |",
        "| 16 | 8 | generation |",
        "| 24 | 8 | length |",
        "| 32 | 8 | object count |",
        "| 40 | | objects |",
        "| length - 32 | 32 | checksum |",
    ] {
        assert!(document.contains(line), "{line}");
    }
    assert_eq!(
        format::MAGIC,
        [0x89, 0x53, 0x52, 0x4B, 0x4D, 0x53, 0x0D, 0x0A]
    );
    assert_eq!(
        (format::VERSION, format::HEADER_LEN, format::DIGEST_LEN),
        (2, 40, 32)
    );
    // An empty store, octet by octet.
    let empty = format::encode_empty(0).unwrap();
    let mut expected = b"\x89SRKMS\r\n\x02\0\0\0\0\0\0\0".to_vec();
    expected.extend([0, 0, 0, 0, 0, 0, 0, 0]);
    expected.extend([0, 0, 0, 0, 0, 0, 0, 72]);
    expected.extend([0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(empty[..40], expected);
    // What sha256sum says of these 40 octets.
    let digest: String = empty[40..]
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect();
    assert_eq!(
        digest,
        "9f6e1d8be8d9c2eb6e81d51b750c599ca9558b85064f658878b1a209c39622c3"
    );
}

/// Files that an independent program wrote from the document.
fn vector(name: &str) -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/store.txt");
    let all = fs::read_to_string(path).unwrap();
    let found = all
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
    let digits = found.unwrap().as_bytes().chunks(2);
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(pair).collect()
}

fn put(path: &Path, octets: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::set_permissions(path.parent().unwrap(), fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(path, octets).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn files_of_both_versions_from_another_program_are_read() {
    for (name, generation, further) in [("v1", 9, 0), ("v2", 10, 2)] {
        let (_root, path) = in_temp();
        put(&path, &vector(name));
        let mut store = FileStore::open(&path).unwrap();
        assert_eq!(store.generation, generation, "{name}");
        let objects = store.load().unwrap();
        let [key, gone] = objects.as_slice() else {
            panic!("{name}: {objects:?}");
        };
        assert_eq!(
            (key.uid.as_str(), key.names[0].value.as_str()),
            ("a", "gr\u{f6}\u{df}e")
        );
        let material: Vec<u8> = (0..16).collect();
        assert_eq!(key.material.as_ref().unwrap().expose(), material);
        assert_eq!(key.further.values().len(), further, "{name}");
        assert_eq!((gone.sequence, gone.has_material()), (4, false));
        assert!(gone.further.values().is_empty());
    }
}

#[test]
fn a_store_of_version_1_becomes_one_of_version_2_at_the_next_change() {
    let (_root, path) = in_temp();
    put(&path, &vector("v1"));
    let mut store = FileStore::open(&path).unwrap();
    let objects = store.load().unwrap();
    // Opened is not changed.
    assert_eq!(fs::read(&path).unwrap(), vector("v1"));
    save(&mut store, &objects).unwrap();
    drop(store);
    assert_eq!(fs::read(&path).unwrap()[8], 2);
    let back = FileStore::open(&path).unwrap().load().unwrap();
    assert!(
        back.iter()
            .zip(&objects)
            .all(|(left, right)| same(left, right))
    );
    assert_eq!(back.len(), objects.len());
}

#[test]
fn what_this_program_writes_is_what_the_document_says() {
    let (_root, path) = in_temp();
    put(&path, &vector("v2"));
    let mut store = FileStore::open(&path).unwrap();
    store.generation = 9;
    let objects = store.load().unwrap();
    save(&mut store, &objects).unwrap();
    assert_eq!(fs::read(&path).unwrap(), vector("v2"));
}

#[test]
fn further_attributes_that_no_writer_writes_are_refused() {
    for name in [
        "v2 with an empty structure",
        "v2 with octets that are none",
        "v2 with an attribute of 1.x",
    ] {
        match format::decode(&vector(name)) {
            Err(FormatError::Damaged(Damage::Content { what, .. })) => {
                assert_eq!(what, "further attributes", "{name}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}
