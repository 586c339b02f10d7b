//! A file made by an independent script from `docs/formats/redb-file.md` opens, and that page says
//! what the code does.

use std::path::Path;
use std::sync::Arc;

use redb::StorageBackend;
use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing, StoreId};
use strongroom_secret::SecretBytes;

use super::Disk;
use super::model::backend;
use crate::header::{FORMAT, HeaderCopy, MAGIC};
use crate::layout::{GROUP_LEN, HEADER_COPY_LEN, META_LEN, SECTOR_LEN, UNIT_LEN};
use crate::sealer::ObjectId;
use crate::verify::verify_raw;

/// By `testdata/make_redb_file.py`.
const FILE: &[u8] = include_bytes!("../../testdata/redb_file_v1.bin");
const UNITS: u64 = 11;
const LENGTH: u64 = 40 * 4096;

fn vector_ring() -> Arc<KeyRing> {
    let octets: Vec<u8> = (0..32).collect();
    let dek = Dek::from_secret(SecretBytes::copy_from(&octets)).unwrap();
    let generation = DekGeneration::new(3);
    let store = StoreId::new(*b"store-id-16-byte");
    let key_id = KeyId::new("db.vector").unwrap();
    Arc::new(KeyRing::new(store, key_id, vec![(generation, dek)], generation).unwrap())
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
    ] {
        assert!(document.contains(&line), "{line}");
    }
    assert_eq!(&MAGIC, b"\x93strongroom-redb");
}
