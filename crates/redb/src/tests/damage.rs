//! Damage and malice: flipped octets, units moved, wiped or brought back, foreign files and keys.
//! Nothing of it may be served, and `verify` must see all of it.

use std::path::Path;
use std::sync::Arc;

use redb::backends::InMemoryBackend;
use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing, OpenErrorKind, StoreId};

use super::{Disk, OBJECT, Op, ROWS, apply, insert, ring, ring_of, rows, unit_error, value};
use crate::create::write_blank;
use crate::header::HeaderFault;
use crate::layout::{self, UNIT_LEN};
use crate::open::{OpenOptions, open_raw};
use crate::sealer::{ObjectId, Sealer};
use crate::verify::verify_raw;
use crate::{OpenError, OtherCopy, UnitError, UnitFault, VerifyReport};

const KEYS: u64 = 60;

/// A small database that was closed properly.
fn closed(ring: &Arc<KeyRing>) -> Vec<u8> {
    let disk = Disk::blank(ring);
    insert(&disk.open(ring).unwrap(), 0..KEYS);
    disk.octets()
}

/// The same, cut off before it was closed.
fn crashed(ring: &Arc<KeyRing>) -> Vec<u8> {
    let disk = Disk::blank(ring);
    let opened = disk.open(ring).unwrap();
    insert(&opened, 0..KEYS);
    let octets = disk.octets();
    drop(opened);
    octets
}

fn expected() -> Vec<(u64, Vec<u8>)> {
    (0..KEYS).map(|key| (key, value(key))).collect()
}

fn verify(octets: &[u8], ring: &Arc<KeyRing>) -> Result<VerifyReport, OpenError> {
    verify_raw(Path::new("memory"), &Disk::of(octets.to_vec()), ring)
}

/// What a reader gets: all rows as they were written, or an error.
fn assert_not_served(octets: &[u8], ring: &Arc<KeyRing>, what: &str) -> bool {
    let read = Disk::of(octets.to_vec())
        .open(ring)
        .map(|opened| rows(&opened));
    if let Ok(Ok(read)) = &read {
        assert_eq!(*read, expected(), "{what}");
    }
    matches!(read, Ok(Ok(_)))
}

fn place(unit: u64) -> std::ops::Range<usize> {
    let start = usize::try_from(layout::unit_offset(unit).unwrap()).unwrap();
    start..start + UNIT_LEN
}

fn meta_place(unit: u64) -> std::ops::Range<usize> {
    let (group, entry) = layout::slot(unit).unwrap();
    let page = usize::try_from(layout::meta_page_offset(group).unwrap()).unwrap();
    let start = page + layout::entry_offset(entry).unwrap();
    start..start + layout::META_LEN
}

/// The unit that stops the reading of all rows. redb with debug assertions reads them at open,
/// without them only later.
fn refused(octets: &[u8], ring: &Arc<KeyRing>) -> Option<UnitError> {
    match Disk::of(octets.to_vec()).open(ring) {
        Ok(opened) => {
            let error = rows(&opened).err()?;
            let report = opened.status.report();
            assert_eq!((report.poisoned, report.refused), (0, 1));
            unit_error(&error).cloned()
        }
        Err(OpenError::Unit(error)) => Some(error),
        Err(error) => panic!("{error:?}"),
    }
}

/// A unit that redb needs: the first whose damage stops a reader.
fn live_unit(octets: &[u8], ring: &Arc<KeyRing>) -> u64 {
    let count = verify(octets, ring).unwrap().unit_count;
    let live = (1..=count).find(|unit| {
        let mut wiped = octets.to_vec();
        wiped[place(*unit)].fill(0xaa);
        refused(&wiped, ring).is_some()
    });
    live.expect("some unit holds rows")
}

#[test]
fn a_file_that_was_closed_properly_is_sound() {
    let ring = ring();
    let report = verify(&closed(&ring), &ring).unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert!(report.clean && report.unit_count > 5);
    assert_eq!(
        (report.object, report.other_copy),
        (OBJECT, OtherCopy::Twin)
    );
}

#[test]
fn every_flipped_octet_of_headers_and_meta_pages_is_found() {
    let ring = ring();
    let octets = closed(&ring);
    let metas = 16_384..16_384 + UNIT_LEN;
    for at in (0..16_384).chain(metas) {
        let mut flipped = octets.clone();
        flipped[at] ^= 1 << (at % 8);
        let found = verify(&flipped, &ring).is_ok_and(|report| report.is_sound());
        assert!(!found, "octet {at} is not authenticated");
    }
}

#[test]
fn flipped_octets_of_units_are_found_and_named() {
    let ring = ring();
    let octets = closed(&ring);
    let units = verify(&octets, &ring).unwrap().unit_count;
    for unit in 1..=units {
        for at in place(unit).step_by(509) {
            let mut flipped = octets.clone();
            flipped[at] ^= 0x80;
            let report = verify(&flipped, &ring).unwrap();
            let damaged: Vec<u64> = report.damaged.iter().map(|damaged| damaged.unit).collect();
            assert_eq!(damaged, [unit], "octet {at}");
        }
    }
}

#[test]
fn a_flipped_octet_is_never_served() {
    let ring = ring();
    let octets = closed(&ring);
    let mut refused = 0;
    for at in (0..octets.len()).step_by(397) {
        let mut flipped = octets.clone();
        flipped[at] ^= 4;
        if !assert_not_served(&flipped, &ring, &format!("octet {at}")) {
            refused += 1;
        }
    }
    assert!(refused > 0, "no flip was refused: the test reads nothing");
}

#[test]
fn a_file_that_was_closed_properly_is_never_read_in_recovery_mode() {
    let ring = ring();
    let mut octets = closed(&ring);
    let unit = live_unit(&octets, &ring);
    octets[place(unit)].fill(0);
    let error = refused(&octets, &ring).expect("the error names the unit");
    assert_eq!(
        (error.unit, error.file.as_path()),
        (unit, Path::new("memory"))
    );
    assert_eq!(error.fault, UnitFault::Refused(OpenErrorKind::WrongTag));
}

#[test]
fn recovery_mode_ends_before_the_first_transaction() {
    let ring = ring();
    let disk = Disk::of(crashed(&ring));
    let opened = disk.open(&ring).unwrap();
    assert!(opened.status.report().recovered);
    // The disk goes bad after the open; a tiny cache makes redb read again.
    let units = verify(&disk.octets(), &ring).unwrap().unit_count;
    for unit in 1..=units {
        let start = layout::unit_offset(unit).unwrap();
        crate::file::RawFile::write_at(&disk, start, &[0; UNIT_LEN]).unwrap();
    }
    let error = rows(&opened).unwrap_err();
    assert!(unit_error(&error).is_some(), "{error:?}");
    let report = opened.status.report();
    assert_eq!(report.poisoned, 0);
    assert!(report.refused > 0);
}

#[test]
fn wrong_octets_of_recovery_do_not_outlive_it() {
    let ring = ring();
    let octets = crashed(&ring);
    let count = verify(&octets, &ring).unwrap().unit_count;
    let mut poisoned = 0;
    for unit in 1..=count {
        let mut torn = octets.clone();
        torn[place(unit)][100..].fill(0x55);
        if let Ok(opened) = Disk::of(torn).open(&ring) {
            poisoned += opened.status.report().poisoned;
            // Rolled back to the commit before, or untouched; never something else.
            match rows(&opened) {
                Ok(read) => assert_eq!(read, expected(), "unit {unit}"),
                Err(redb::Error::TableDoesNotExist(_)) => {}
                Err(error) => panic!("unit {unit}: {error:?}"),
            }
        }
    }
    assert!(poisoned > 0, "no unit was read in recovery mode");
}

#[test]
fn swapped_units_are_found() {
    let ring = ring();
    let octets = closed(&ring);
    let live = live_unit(&octets, &ring);
    let other = if live == 1 { 2 } else { live - 1 };
    let mut swapped = octets.clone();
    for range in [place, meta_place] {
        swapped[range(live)].copy_from_slice(&octets[range(other)]);
        swapped[range(other)].copy_from_slice(&octets[range(live)]);
    }
    let damaged = verify(&swapped, &ring).unwrap().damaged;
    assert_eq!(
        damaged.iter().map(|damaged| damaged.unit).sum::<u64>(),
        live + other
    );
    assert!(!assert_not_served(&swapped, &ring, "swapped"));
}

#[test]
fn a_unit_of_another_file_of_the_same_key_is_found() {
    let ring = ring();
    let octets = closed(&ring);
    let twin = Disk::default();
    let other_object = ObjectId::new([0x0c; 16]);
    write_blank(&twin, &Sealer::new(ring.clone(), other_object)).unwrap();
    insert(&twin.open(&ring).unwrap(), 0..KEYS);
    let live = live_unit(&octets, &ring);
    let mut mixed = octets;
    for range in [place(live), meta_place(live)] {
        mixed[range.clone()].copy_from_slice(&twin.octets()[range]);
    }
    let damaged = verify(&mixed, &ring).unwrap().damaged;
    assert_eq!(
        damaged
            .iter()
            .map(|damaged| damaged.unit)
            .collect::<Vec<_>>(),
        [live]
    );
    assert!(!assert_not_served(&mixed, &ring, "mixed"));
}

#[test]
fn a_wiped_unit_below_the_high_water_mark_is_an_error() {
    let ring = ring();
    let mut octets = closed(&ring);
    let live = live_unit(&octets, &ring);
    octets[place(live)].fill(0);
    octets[meta_place(live)].fill(0);
    let damaged = verify(&octets, &ring).unwrap().damaged;
    assert_eq!(damaged.len(), 1);
    assert_eq!(
        (damaged[0].unit, damaged[0].fault),
        (live, UnitFault::Unwritten)
    );
    assert_eq!(refused(&octets, &ring).unwrap().fault, UnitFault::Unwritten);
}

#[test]
fn a_header_copy_that_was_put_back_is_found_and_loses_nothing() {
    let ring = ring();
    let disk = Disk::blank(&ring);
    insert(&disk.open(&ring).unwrap(), 0..KEYS / 2);
    let old = disk.octets();
    insert(&disk.open(&ring).unwrap(), KEYS / 2..KEYS);
    let new = disk.octets();
    for copy in [0..8_192, 8_192..16_384] {
        let mut mixed = new.clone();
        mixed[copy.clone()].copy_from_slice(&old[copy.clone()]);
        let report = verify(&mixed, &ring).unwrap();
        assert!(
            !report.is_sound() && report.damaged.is_empty(),
            "{report:?}"
        );
        assert!(
            matches!(report.other_copy, OtherCopy::Stale { .. }),
            "{report:?}"
        );
        assert!(
            assert_not_served(&mixed, &ring, "put back"),
            "{copy:?}: the twin says the same"
        );
    }
}

#[test]
fn one_lost_header_copy_loses_nothing_and_two_are_refused() {
    let ring = ring();
    for octets in [closed(&ring), crashed(&ring)] {
        let newest = verify(&octets, &ring).unwrap().header_copy.offset();
        let newest = usize::try_from(newest).unwrap();
        let mut one = octets.clone();
        one[8_192 - newest..][..8_192].fill(0xee);
        assert!(assert_not_served(&one, &ring, "one copy"));
        // Even in a file that needs recovery a header is never read as wrong octets.
        let mut both = octets.clone();
        both[4_096] ^= 1;
        both[8_192 + 4_096] ^= 1;
        let error = Disk::of(both).open(&ring).unwrap_err();
        let OpenError::HeaderDamaged { a, b, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!(
            (a, b),
            (HeaderFault::NotAuthentic, HeaderFault::NotAuthentic)
        );
    }
}

#[test]
fn swapped_header_copies_are_refused() {
    let ring = ring();
    let mut octets = closed(&ring);
    let (a, b) = octets[..16_384].split_at_mut(8_192);
    a.swap_with_slice(b);
    let error = Disk::of(octets).open(&ring).unwrap_err();
    let OpenError::HeaderDamaged { a, b, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!((a, b), (HeaderFault::Misplaced, HeaderFault::Misplaced));
}

#[test]
fn leftovers_behind_the_last_unit_are_found_and_cut_at_the_next_open() {
    let ring = ring();
    let mut octets = closed(&ring);
    let len = octets.len();
    octets.extend([1; 5_000]);
    assert_eq!(verify(&octets, &ring).unwrap().leftover_len, 5_000);
    let disk = Disk::of(octets);
    drop(disk.open(&ring).unwrap());
    assert!(verify(&disk.octets(), &ring).unwrap().is_sound());
    assert!(disk.octets().len() <= len + 3 * UNIT_LEN);
}

#[test]
fn foreign_files_and_foreign_keys_are_told_apart() {
    let dek = Dek::generate().unwrap();
    let ring = ring_of(&dek, "db.main");
    let octets = closed(&ring);
    let open = |octets: &[u8], ring: &Arc<KeyRing>| {
        Disk::of(octets.to_vec())
            .open(ring)
            .expect_err("must be refused")
    };
    let edited = |at: usize, value: u8| {
        let mut edited = octets.clone();
        edited[at] = value;
        edited[8_192 + at] = value;
        edited
    };

    assert!(matches!(
        open(b"SQLite format 3", &ring),
        OpenError::OtherFile { .. }
    ));
    assert!(matches!(open(&[], &ring), OpenError::OtherFile { .. }));
    assert!(matches!(
        open(&edited(17, 3), &ring),
        OpenError::OtherFormat { found: 3, .. }
    ));
    assert!(matches!(
        open(&octets, &ring_of(&dek, "db.other")),
        OpenError::OtherKeyId { found, expected, .. } if found == "db.main" && expected == "db.other"
    ));
    let deks = vec![(DekGeneration::FIRST, dek.duplicate())];
    let key_id = KeyId::new("db.main").unwrap();
    let store = StoreId::new([6; 16]);
    let other_store = Arc::new(KeyRing::new(store, key_id, deks, DekGeneration::FIRST).unwrap());
    assert!(matches!(
        open(&octets, &other_store),
        OpenError::OtherStore { .. }
    ));
    assert!(matches!(
        open(&octets, &super::ring()),
        OpenError::HeaderDamaged {
            a: HeaderFault::NotAuthentic,
            b: HeaderFault::NotAuthentic,
            ..
        }
    ));
    let expected = ObjectId::new([9; 16]);
    let options = OpenOptions {
        object: Some(expected),
        ..OpenOptions::default()
    };
    let disk = Box::new(Disk::of(octets));
    let error = open_raw(("memory".into(), disk), &ring, &options, Default::default()).unwrap_err();
    assert!(
        matches!(error, OpenError::OtherObject { found: OBJECT, .. }),
        "{error:?}"
    );
}

#[test]
fn an_older_keystore_does_not_roll_the_data_back() {
    let first = Dek::generate().unwrap();
    let older = ring_of(&first, "db.main");
    let newer = ring_of(&first, "db.main");
    newer
        .rotate(DekGeneration::new(2), &Dek::generate().unwrap())
        .unwrap();
    let disk = Disk::blank(&older);
    drop(disk.open(&older).unwrap());
    // Cut right after the first header of the new generation: the other copy is of the old one.
    let start = disk.octets();
    let before = disk.log().len();
    let opened = disk.open(&newer).unwrap();
    let mut cut = start;
    for op in &disk.log()[before..] {
        apply(&mut cut, op);
        if matches!(op, Op::Sync) {
            break;
        }
    }
    drop(opened);
    // The older copy was closed properly, so nothing was committed since: it may go on.
    assert!(Disk::of(cut).open(&older).is_ok());

    let disk = Disk::blank(&newer);
    insert(&disk.open(&newer).unwrap(), 0..3);
    let error = Disk::of(disk.octets()).open(&older).unwrap_err();
    assert!(
        matches!(error, OpenError::UnknownGeneration { generation: 2, .. }),
        "{error:?}"
    );
}

#[test]
fn only_what_a_cut_write_leaves_is_tolerated_in_recovery() {
    let unknown = |value| OpenErrorKind::UnknownGeneration(DekGeneration::new(value));
    for (fault, torn) in [
        (UnitFault::Unwritten, true),
        (UnitFault::Refused(OpenErrorKind::WrongTag), true),
        (UnitFault::Refused(OpenErrorKind::BadCounter(0)), true),
        (UnitFault::Refused(OpenErrorKind::UnknownFormat(0)), true),
        (UnitFault::Refused(unknown(0)), true),
        (UnitFault::Refused(unknown(2)), false),
        (UnitFault::Refused(OpenErrorKind::UnknownFormat(2)), false),
        (UnitFault::Refused(OpenErrorKind::UnknownSuite(2)), false),
    ] {
        assert_eq!(fault.may_be_torn(), torn, "{fault:?}");
    }
}

/// Every field of 8 octets or more of every row, searched for in the file and in a plain twin.
#[test]
fn no_plaintext_is_on_disk() {
    let ring = ring();
    let sealed = closed(&ring);
    let hit = |octets: &[u8], field: &[u8]| octets.windows(field.len()).any(|part| part == field);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plain.redb");
    let plain = redb::Database::create(&path).unwrap();
    let transaction = plain.begin_write().unwrap();
    {
        let mut table = transaction.open_table(ROWS).unwrap();
        for (key, value) in expected() {
            table.insert(key, value.as_slice()).unwrap();
        }
    }
    transaction.commit().unwrap();
    drop(plain);
    let plain = std::fs::read(path).unwrap();

    for (key, _) in expected() {
        let field = format!("plaintext-of-row-{key:016x}");
        assert!(
            hit(&plain, field.as_bytes()),
            "the scan does not see plaintext"
        );
        assert!(!hit(&sealed, field.as_bytes()), "row {key} is in clear");
    }
    assert!(hit(&plain, b"redb\x1a\n") && !hit(&sealed, b"redb\x1a\n"));
}

#[test]
fn redb_alone_does_not_open_the_file() {
    let ring = ring();
    let backend = InMemoryBackend::new();
    let octets = closed(&ring);
    redb::StorageBackend::set_len(&backend, octets.len() as u64).unwrap();
    redb::StorageBackend::write(&backend, 0, &octets).unwrap();
    assert!(redb::Builder::new().create_with_backend(backend).is_err());
}
