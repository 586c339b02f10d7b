//! A file made by an independent script from `docs/formats/redb-file.md` opens, and that page says
//! what the code does.

use std::path::Path;
use std::sync::Arc;

use redb::StorageBackend;
use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing, StoreId};
use strongroom_secret::SecretBytes;

use super::Disk;
use super::model::backend;
use crate::choose::choose;
use crate::header::{FORMAT, HeaderCopy, MAGIC};
use crate::layout::{GROUP_LEN, HEADER_COPY_LEN, META_LEN, SECTOR_LEN, UNIT_LEN};
use crate::open::play_back;
use crate::sealer::ObjectId;
use crate::verify::verify_raw;

/// By `testdata/make_redb_file.py`.
const FILE: &[u8] = include_bytes!("../../testdata/redb_file_v1.bin");
/// By the same: cut in the middle of a re-seal.
const CUT: &[u8] = include_bytes!("../../testdata/redb_file_v2.bin");
const UNITS: u64 = 11;
const LENGTH: u64 = 40 * 4096;

fn vector_ring() -> Arc<KeyRing> {
    let deks = [(3, 0..32), (4, 32..64)].map(|(generation, octets)| {
        let octets: Vec<u8> = octets.collect();
        let dek = Dek::from_secret(SecretBytes::copy_from(&octets)).unwrap();
        (DekGeneration::new(generation), dek)
    });
    let generation = DekGeneration::new(4);
    let store = StoreId::new(*b"store-id-16-byte");
    let key_id = KeyId::new("db.vector").unwrap();
    Arc::new(KeyRing::new(store, key_id, deks.into(), generation).unwrap())
}

fn page(unit: u64) -> Vec<u8> {
    let octet = |at: u64| u8::try_from((unit + 7 * at + 1) % 251).unwrap();
    (0..UNIT_LEN as u64).map(octet).collect()
}

#[test]
fn a_file_of_the_independent_writer_is_sound() {
    let report = verify_raw(Path::new("v1"), &Disk::of(FILE.to_vec()), &vector_ring()).unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(report.object, ObjectId::new(*b"object-id-16byte"));
    assert_eq!((report.header_copy, report.sequence), (HeaderCopy::A, 8));
    assert_eq!((report.logical_len, report.unit_count), (LENGTH, UNITS));
    assert_eq!(report.never_written, 28);
}

#[test]
fn a_file_of_the_independent_writer_reads_as_it_was_written() {
    let handle = backend(&Disk::of(FILE.to_vec()), &vector_ring());
    assert_eq!(handle.len().unwrap(), LENGTH);
    let mut found = vec![0; usize::try_from(LENGTH).unwrap()];
    handle.read(0, &mut found).unwrap();
    let mut expected: Vec<u8> = (0..=UNITS).flat_map(page).collect();
    expected.resize(found.len(), 0);
    assert!(found == expected);
}

/// A file of format 1 stays one until it is written to; then both header copies are of format 2.
#[test]
fn a_file_of_format_1_is_sealed_anew_as_format_2() {
    let disk = Disk::of(FILE.to_vec());
    let handle = backend(&disk, &vector_ring());
    while handle.0.reseal_step().unwrap() {}
    assert!(handle.0.reseal_progress().may_retire());
    handle.close().unwrap();
    let report = verify_raw(Path::new("v1"), &disk, &vector_ring()).unwrap();
    assert!(report.is_sound(), "{report:?}");
    let octets = disk.octets();
    assert_eq!((octets[17], octets[8_192 + 17]), (2, 2));
    let mut found = vec![0; 4_096];
    let handle = backend(&disk, &vector_ring());
    for unit in 0..=UNITS {
        handle.read(unit * 4_096, &mut found).unwrap();
        assert!(found == page(unit), "unit {unit}");
    }
}

#[test]
fn a_journal_of_the_independent_writer_is_found_and_played_back() {
    let (path, disk) = (Path::new("v2"), Disk::of(CUT.to_vec()));
    let cut = verify_raw(path, &disk, &vector_ring()).unwrap();
    assert_eq!(cut.unfinished_reseal, Some((2, 9)));
    let damaged: Vec<_> = cut.damaged.iter().map(|damaged| damaged.unit).collect();
    assert_eq!(damaged, [3, 4, 9]);
    let chosen = choose(path, &disk, &vector_ring(), None).unwrap();
    play_back(path, &disk, &chosen).unwrap();
    let mended = verify_raw(path, &disk, &vector_ring()).unwrap();
    assert!(mended.damaged.is_empty(), "{mended:?}");
    let handle = backend(&disk, &vector_ring());
    let mut found = vec![0; 4_096];
    for unit in 0..=UNITS {
        handle.read(unit * 4_096, &mut found).unwrap();
        assert!(found == page(unit), "unit {unit}");
    }
    // Units 2, 3, 4 and 9 are under generation 4.
    assert_eq!(handle.0.reseal_progress().done, 4);
    assert_eq!(&disk.octets()[16_384 + 48 + 4..][..4], [0, 0, 0, 4]);
}

/// `docs/formats/redb-file.md` and the consts say the same.
#[test]
fn the_format_document_agrees_with_the_code() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/formats/redb-file.md"
    );
    let document = std::fs::read_to_string(path).unwrap();
    let group = (GROUP_LEN + 1) * UNIT_LEN;
    let groups = 2 * HEADER_COPY_LEN;
    for line in [
        format!("| 0 | {HEADER_COPY_LEN} | header copy A |"),
        format!("| {HEADER_COPY_LEN} | {HEADER_COPY_LEN} | header copy B |"),
        format!("| {groups} + g * {group} | {UNIT_LEN} | meta page of group g |"),
        format!("(i / 10) * {SECTOR_LEN} + (i mod 10) * {META_LEN}"),
        "| 0 | 16 | magic | `93`, then ASCII `strongroom-redb` |".to_owned(),
        format!("| 16 | 2 | format | {FORMAT} |"),
        format!("| 18 | 2 | group length | {GROUP_LEN} |"),
        format!("| 20 | 4 | unit length | {UNIT_LEN} |"),
        "| 0 | 16 | magic | `93`, then ASCII `strongroom-jrnl` |".to_owned(),
        format!("of entry i at 8 + {META_LEN} i"),
    ] {
        assert!(document.contains(&line), "{line}");
    }
    assert_eq!(&MAGIC, b"\x93strongroom-redb");
    assert_eq!(&crate::journal::MAGIC, b"\x93strongroom-jrnl");
}
