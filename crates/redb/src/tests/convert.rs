//! A plain file is sealed in its place and turned back; a cut try leaves it as it was.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use redb::{Database, ReadableDatabase, ReadableTable};

use super::{ROWS, ring, rows, value};
use crate::{OpenError, PlainFile, decrypt_file, encrypt_file, open_database, verify_file};

pub(super) fn plain_file(folder: &Path) -> PathBuf {
    let path = folder.join("main.redb");
    let database = Database::create(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    {
        let mut table = transaction.open_table(ROWS).unwrap();
        for key in 0..900 {
            table.insert(key, value(key).as_slice()).unwrap();
        }
    }
    transaction.commit().unwrap();
    path
}

pub(super) fn plain_rows(path: &Path) -> Vec<(u64, Vec<u8>)> {
    let database = Database::open(path).unwrap();
    let table = database.begin_read().unwrap().open_table(ROWS).unwrap();
    let rows = table.iter().unwrap().map(|row| {
        let (key, value) = row.unwrap();
        (key.value(), value.value().to_vec())
    });
    rows.collect()
}

pub(super) fn expected() -> Vec<(u64, Vec<u8>)> {
    (0..900).map(|key| (key, value(key))).collect()
}

fn shows_plaintext(octets: &[u8]) -> bool {
    let needle = b"plaintext-of-row-";
    octets.windows(needle.len()).any(|part| part == needle)
}

#[test]
fn a_plain_file_is_sealed_in_its_place_and_turned_back() {
    let folder = tempfile::tempdir().unwrap();
    let (path, ring) = (plain_file(folder.path()), ring());
    encrypt_file(&path, &ring, PlainFile::Unlink).unwrap();
    assert!(!shows_plaintext(&fs::read(&path).unwrap()));
    assert!(verify_file(&path, &ring).unwrap().is_sound());
    let opened = open_database(&path, ring.clone(), None).unwrap();
    assert!(!opened.status.report().recovered);
    assert_eq!(rows(&opened).unwrap(), expected());
    drop(opened);
    decrypt_file(&path, &ring).unwrap();
    assert!(shows_plaintext(&fs::read(&path).unwrap()));
    assert_eq!(plain_rows(&path), expected());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_plain_octets_are_wiped_only_when_told() {
    for (plain, stays) in [(PlainFile::Unlink, true), (PlainFile::Wipe, false)] {
        let folder = tempfile::tempdir().unwrap();
        let path = plain_file(folder.path());
        let mut before = File::open(&path).unwrap();
        encrypt_file(&path, &ring(), plain).unwrap();
        let mut octets = Vec::new();
        before.read_to_end(&mut octets).unwrap();
        assert_eq!(shows_plaintext(&octets), stays, "{plain:?}");
    }
}

#[test]
fn a_file_in_use_is_refused_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let (path, ring) = (plain_file(folder.path()), ring());
    let locked = |error| matches!(error, OpenError::Locked { .. });
    let held = Database::open(&path).unwrap();
    let refused = encrypt_file(&path, &ring, PlainFile::Unlink);
    assert!(locked(refused.unwrap_err()));
    drop(held);
    encrypt_file(&path, &ring, PlainFile::Unlink).unwrap();
    let held = open_database(&path, ring.clone(), None).unwrap();
    assert!(locked(decrypt_file(&path, &ring).unwrap_err()));
    assert_eq!(rows(&held).unwrap(), expected());
}

#[test]
fn what_a_cut_try_left_is_replaced_and_a_foreign_file_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (path, ring) = (plain_file(folder.path()), ring());
    let beside = folder.path().join(".main.redb.strongroom-convert");
    let plain = fs::read(&path).unwrap();
    encrypt_file(&path, &ring, PlainFile::Unlink).unwrap();
    let sealed = fs::read(&path).unwrap();
    for len in [0, 3, 700, 16_384, 70_001, sealed.len()] {
        fs::write(&path, &plain).unwrap();
        fs::write(&beside, &sealed[..len]).unwrap();
        assert_eq!(plain_rows(&path), expected(), "a cut leaves the old file");
        encrypt_file(&path, &ring, PlainFile::Unlink).unwrap();
        fs::write(&beside, &plain[..len.min(plain.len())]).unwrap();
        decrypt_file(&path, &ring).unwrap();
        assert_eq!(plain_rows(&path), expected());
        assert!(!beside.exists());
    }
    fs::write(&beside, b"a letter").unwrap();
    let error = encrypt_file(&path, &ring, PlainFile::Unlink).unwrap_err();
    assert!(matches!(error, OpenError::InTheWay { .. }), "{error:?}");
    assert_eq!(fs::read(&beside).unwrap(), b"a letter");
    assert_eq!(plain_rows(&path), expected());
}

#[test]
fn a_damaged_or_foreign_file_stays_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let (path, ring) = (plain_file(folder.path()), ring());
    encrypt_file(&path, &ring, PlainFile::Unlink).unwrap();
    assert!(encrypt_file(&path, &ring, PlainFile::Unlink).is_err());
    assert!(decrypt_file(&path, &super::ring()).is_err());
    let mut octets = fs::read(&path).unwrap();
    octets[30_000] ^= 1;
    fs::write(&path, &octets).unwrap();
    assert!(decrypt_file(&path, &ring).is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(!shows_plaintext(&fs::read(&path).unwrap()));
}
