//! Old units come under the new generation: all of them, beside a running redb, in any number of
//! turns; what does not open is named; a journal is taken only where it is whole and of this header.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::ReadableDatabase as _;
use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing, OpenErrorKind, StoreId};

use super::{Disk, Op, ROWS, apply, insert, rows, value};
use crate::file::RawFile as _;
use crate::header::{CopyMark, FORMAT, HeaderCopy};
use crate::layout::{self, UNIT_LEN};
use crate::verify::verify_raw;
use crate::{
    OpenError, Opened, ResealError, ResealProgress, UnitFault, VerifyReport, open_database,
};

const KEYS: u64 = 1_500;
const SECOND: DekGeneration = DekGeneration::new(2);

/// The DEKs of two generations.
struct Keys {
    first: Dek,
    second: Dek,
}

impl Keys {
    fn new() -> Self {
        Self {
            first: Dek::generate().unwrap(),
            second: Dek::generate().unwrap(),
        }
    }

    fn ring(&self, deks: &[(u32, &Dek)], active: u32) -> Arc<KeyRing> {
        let deks = deks.iter();
        let deks = deks.map(|(number, dek)| (DekGeneration::new(*number), dek.duplicate()));
        let (store, key_id) = (StoreId::new([5; 16]), KeyId::new("db.main").unwrap());
        let active = DekGeneration::new(active);
        Arc::new(KeyRing::new(store, key_id, deks.collect(), active).unwrap())
    }

    fn old(&self) -> Arc<KeyRing> {
        self.ring(&[(1, &self.first)], 1)
    }

    fn both(&self) -> Arc<KeyRing> {
        self.ring(&[(1, &self.first), (2, &self.second)], 2)
    }

    fn new_alone(&self) -> Arc<KeyRing> {
        self.ring(&[(2, &self.second)], 2)
    }
}

/// A database of several groups under the first generation, closed properly.
fn filled(keys: &Keys) -> Disk {
    let ring = keys.old();
    let disk = Disk::blank(&ring);
    let opened = disk.open(&ring).unwrap();
    for part in 0..3 {
        insert(&opened, part * KEYS / 3..(part + 1) * KEYS / 3);
    }
    drop(opened);
    Disk::of(disk.octets())
}

fn expected() -> Vec<(u64, Vec<u8>)> {
    (0..KEYS).map(|key| (key, value(key))).collect()
}

fn run(opened: &Opened) -> ResealProgress {
    opened.resealer.run(|_| ControlFlow::Continue(())).unwrap()
}

fn verify(disk: &Disk, ring: &Arc<KeyRing>) -> VerifyReport {
    verify_raw(Path::new("memory"), disk, ring).unwrap()
}

/// Where the journal lies by the header that counts.
fn journal_place(disk: &Disk, ring: &Arc<KeyRing>) -> usize {
    let group = layout::journal_group(verify(disk, ring).logical_len).unwrap();
    usize::try_from(layout::meta_page_offset(group).unwrap()).unwrap()
}

#[test]
fn all_units_and_both_headers_come_under_the_new_generation() {
    let keys = Keys::new();
    let disk = filled(&keys);
    let units = verify(&disk, &keys.both()).unit_count;
    assert!(units > 2 * 80, "too few groups");
    let opened = disk.open(&keys.both()).unwrap();
    assert_eq!(rows(&opened).unwrap(), expected(), "old units open");
    let before = opened.resealer.progress().unwrap();
    assert_eq!(before.still_in_use, [DekGeneration::FIRST]);
    assert!(!before.is_through() && !before.may_retire() && before.done < before.total);
    let mut seen = vec![before.done];
    let after = opened.resealer.run(|progress| {
        seen.push(progress.done);
        ControlFlow::Continue(())
    });
    let after = after.unwrap();
    assert!(seen.is_sorted() && seen.len() > 3, "{seen:?}");
    assert!(after.is_through() && after.may_retire(), "{after:?}");
    assert_eq!((after.done, after.generation), (after.total, SECOND));
    assert_eq!(rows(&opened).unwrap(), expected());
    drop(opened);

    // On disk nothing names the first generation, and nothing needs it.
    let octets = disk.octets();
    for unit in 1..=verify(&disk, &keys.new_alone()).unit_count {
        let (group, entry) = layout::slot(unit).unwrap();
        let page = layout::meta_page_offset(group).unwrap();
        let at = usize::try_from(page).unwrap() + layout::entry_offset(entry).unwrap();
        assert_eq!(octets[at + 4..at + 8], [0, 0, 0, 2], "unit {unit}");
    }
    assert!(verify(&disk, &keys.new_alone()).is_sound());
    let opened = disk.open(&keys.new_alone()).unwrap();
    assert_eq!(rows(&opened).unwrap(), expected());
    let idle = disk.log().len();
    assert!(run(&opened).may_retire());
    let written = disk.log().len() - idle;
    assert_eq!(written, 0, "there was nothing to do");
}

#[test]
fn a_reseal_stops_at_any_step_and_goes_on_after_a_restart() {
    let keys = Keys::new();
    let disk = filled(&keys);
    let (mut turns, mut done) = (0, 0);
    loop {
        let opened = disk.open(&keys.both()).unwrap();
        let found = opened.resealer.progress().unwrap();
        assert!(found.done >= done, "{found:?}, {done} were done");
        let progress = opened.resealer.run(|_| ControlFlow::Break(())).unwrap();
        assert_eq!(rows(&opened).unwrap(), expected());
        (turns, done) = (turns + 1, progress.done);
        drop(opened);
        assert!(verify(&disk, &keys.both()).is_sound());
        if progress.is_through() {
            assert!(progress.may_retire());
            break;
        }
    }
    assert!(turns > 3, "{turns} steps for more than two groups");
}

#[test]
fn a_unit_that_does_not_open_is_named_left_alone_and_blocks_retirement() {
    let keys = Keys::new();
    let disk = filled(&keys);
    let opened = disk.open(&keys.both()).unwrap();
    // The disk goes bad after the open.
    let (bad, wiped) = (90, 17);
    let offset = layout::unit_offset(bad).unwrap();
    disk.write_at(offset, &[0x55; UNIT_LEN]).unwrap();
    let wiped_at = layout::unit_offset(wiped).unwrap();
    disk.write_at(wiped_at, &[0; UNIT_LEN]).unwrap();
    let progress = run(&opened);
    let named: Vec<_> = progress.unreadable.iter().map(|unit| unit.unit).collect();
    assert_eq!(named, [wiped, bad]);
    let fault = UnitFault::Refused(OpenErrorKind::WrongTag);
    assert!(progress.unreadable.iter().all(|unit| unit.fault == fault));
    assert!(progress.is_through() && !progress.may_retire());
    assert_eq!(progress.total - progress.done, 2);
    assert_eq!(progress.still_in_use, [DekGeneration::FIRST]);
    let at = usize::try_from(offset).unwrap();
    assert!(
        disk.octets()[at..at + UNIT_LEN]
            .iter()
            .all(|octet| *octet == 0x55)
    );

    // Given up, they name no generation; they still do not open. Nothing else can be given up.
    let given_up = opened.resealer.give_up(&[1, wiped, bad]).unwrap();
    assert!(given_up.may_retire(), "{given_up:?}");
    drop(opened);
    let damaged = verify(&disk, &keys.new_alone()).damaged;
    let fault = UnitFault::Refused(OpenErrorKind::BadCounter(0));
    // redb may have written one of them anew, at closing.
    assert!(!damaged.is_empty());
    for unit in damaged {
        assert!([wiped, bad].contains(&unit.unit) && unit.fault == fault);
    }
    assert!(fault.may_be_torn(), "so a later recovery passes it over");
}

#[test]
fn a_generation_retired_too_early_is_refused_with_its_number_and_nothing_is_lost() {
    let keys = Keys::new();
    let disk = filled(&keys);
    let opened = disk.open(&keys.both()).unwrap();
    opened.resealer.step().unwrap();
    opened.resealer.step().unwrap();
    drop(opened);
    // Both header copies are under the new one; some units are not.
    let before = disk.octets();
    let unknown = OpenErrorKind::UnknownGeneration(DekGeneration::FIRST);
    match disk.open(&keys.new_alone()) {
        Err(OpenError::Unit(error)) => assert_eq!(error.fault, UnitFault::Refused(unknown)),
        Err(error) => panic!("{error:?}"),
        Ok(opened) => {
            let error = rows(&opened).unwrap_err();
            let error = super::unit_error(&error).expect("names the unit").clone();
            assert_eq!(error.fault, UnitFault::Refused(unknown));
        }
    }
    let opened = Disk::of(before).open(&keys.both()).unwrap();
    assert_eq!(rows(&opened).unwrap(), expected());
}

#[test]
fn redb_writes_and_reads_while_units_are_sealed_anew() {
    let keys = Keys::new();
    let disk = filled(&keys);
    let ring = keys.both();
    let opened = disk.open(&ring).unwrap();
    let done = AtomicBool::new(false);
    let steps = std::thread::scope(|scope| {
        scope.spawn(|| {
            for part in 0..40 {
                insert(&opened, KEYS + part * 30..KEYS + (part + 1) * 30);
                let transaction = opened.database.begin_write().unwrap();
                {
                    let mut table = transaction.open_table(ROWS).unwrap();
                    for key in part * 7..part * 7 + 7 {
                        table.insert(key, value(key).as_slice()).unwrap();
                    }
                }
                transaction.commit().unwrap();
            }
            done.store(true, Ordering::SeqCst);
        });
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                let found = opened.database.begin_read().unwrap();
                let table = found.open_table(ROWS).unwrap();
                for key in (0..KEYS).step_by(37) {
                    assert_eq!(table.get(key).unwrap().unwrap().value(), value(key));
                }
            }
        });
        let mut steps = 0;
        let progress = opened.resealer.run(|_| {
            steps += 1;
            ControlFlow::Continue(())
        });
        assert!(progress.unwrap().may_retire());
        steps
    });
    assert!(steps > 3, "{steps} steps");
    assert_eq!(opened.status.report().refused, 0);
    let all: Vec<_> = (0..KEYS + 1_200).map(|key| (key, value(key))).collect();
    assert_eq!(rows(&opened).unwrap(), all);
    drop(opened);
    assert!(verify(&disk, &keys.new_alone()).is_sound());
    let opened = disk.open(&keys.new_alone()).unwrap();
    assert_eq!(rows(&opened).unwrap(), all);
}

#[test]
fn a_second_rotation_in_mid_walk_begins_the_walk_anew() {
    let keys = Keys::new();
    let (disk, ring) = (filled(&keys), keys.both());
    let opened = disk.open(&ring).unwrap();
    opened.resealer.step().unwrap();
    let third = Dek::generate().unwrap();
    ring.rotate(DekGeneration::new(3), &third).unwrap();
    let progress = run(&opened);
    assert!(progress.may_retire(), "{progress:?}");
    assert_eq!(progress.generation, DekGeneration::new(3));
    drop(opened);
    let alone = keys.ring(&[(3, &third)], 3);
    assert!(verify(&disk, &alone).is_sound());
}

#[test]
fn a_closed_database_is_told_and_its_file_is_free_at_once() {
    let keys = Keys::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.redb");
    let opened = open_database(&path, keys.old(), None).unwrap();
    insert(&opened, 0..KEYS);
    drop(opened);
    for _ in 0..12 {
        // Locked as long as a step holds on to the file of the one before.
        let opened = open_database(&path, keys.both(), None).unwrap();
        let resealer = opened.resealer.clone();
        let stepping = std::thread::spawn(move || {
            loop {
                if let Err(error) = resealer.step() {
                    return error;
                }
            }
        });
        drop(opened);
        let error = stepping.join().unwrap();
        assert!(matches!(error, ResealError::Closed { .. }), "{error:?}");
    }
    let opened = open_database(&path, keys.both(), None).unwrap();
    assert!(!opened.status.report().recovered);
    assert_eq!(rows(&opened).unwrap(), expected());
}

/// A file that a crash left right after a journal was durable; nothing is in place yet.
fn cut_after_a_journal(keys: &Keys) -> Disk {
    let (disk, ring) = (filled(keys), keys.old());
    let opened = disk.open(&ring).unwrap();
    insert(&opened, 0..10);
    insert(&opened, 10..20);
    let (start, before) = (disk.octets(), disk.log().len());
    // The headers are of the first generation.
    ring.rotate(SECOND, &keys.second).unwrap();
    opened.resealer.step().unwrap();
    let mut cut = start;
    for op in &disk.log()[before..] {
        apply(&mut cut, op);
        if matches!(op, Op::Sync) {
            break;
        }
    }
    drop(opened);
    Disk::of(cut)
}

#[test]
fn a_damaged_journal_is_no_journal_and_a_whole_one_is_played_back() {
    let keys = Keys::new();
    let (disk, ring) = (cut_after_a_journal(&keys), keys.both());
    let journal = journal_place(&disk, &ring);
    assert!(verify(&disk, &ring).unfinished_reseal.is_some());
    let octets = disk.octets();
    let used = octets.len() - journal;
    assert!(used > 10 * UNIT_LEN, "a journal of more than a few units");
    let head = (0..400).step_by(7).chain((400..UNIT_LEN).step_by(97));
    for at in head.chain((UNIT_LEN..used).step_by(4_001)) {
        let mut flipped = octets.clone();
        flipped[journal + at] ^= 1;
        match verify_raw(Path::new("memory"), &Disk::of(flipped), &ring) {
            Ok(report) => assert_eq!(report.unfinished_reseal, None, "octet {at}"),
            // What comes before the epoch in the meta says how it is sealed.
            Err(OpenError::UnknownGeneration { .. } | OpenError::Journal { .. }) => {
                assert!((24..32).contains(&at), "octet {at}");
            }
            Err(error) => panic!("octet {at}: {error:?}"),
        }
    }
    let opened = disk.open(&ring).unwrap();
    assert_eq!(rows(&opened).unwrap(), expected());
    let played = opened.resealer.progress().unwrap();
    assert!(played.done > 10, "{played:?}");
    drop(opened);
    assert!(verify(&disk, &ring).is_sound());
}

#[test]
fn a_journal_of_an_earlier_header_is_void() {
    let keys = Keys::new();
    let (disk, ring) = (cut_after_a_journal(&keys), keys.both());
    let journal = journal_place(&disk, &ring);
    let saved = disk.octets()[journal..].to_vec();
    let opened = disk.open(&ring).unwrap();
    insert(&opened, 0..KEYS);
    insert(&opened, 0..KEYS);
    // Where it would be looked for after a crash now.
    let later = Disk::of(disk.octets());
    let place = journal_place(&later, &ring);
    later.write_at(place as u64, &saved).unwrap();
    drop(opened);
    assert_eq!(verify(&later, &ring).unfinished_reseal, None);
    let opened = later.open(&ring).unwrap();
    assert_eq!(rows(&opened).unwrap(), expected());
}

#[test]
fn a_journal_under_a_generation_that_the_keystore_lacks_is_refused() {
    let keys = Keys::new();
    let disk = cut_after_a_journal(&keys);
    let before = disk.octets();
    let error = disk.open(&keys.old()).unwrap_err();
    assert!(
        matches!(error, OpenError::UnknownGeneration { generation: 2, .. }),
        "{error:?}"
    );
    assert_eq!(disk.octets(), before, "left as it was");
    assert_eq!(rows(&disk.open(&keys.both()).unwrap()).unwrap(), expected());
}

/// The header of a file in use is durable, in both copies and in this format, before a journal is.
#[test]
fn no_journal_is_written_before_both_copies_have_the_format_and_say_in_use() {
    let keys = Keys::new();
    let disk = filled(&keys);
    let opened = disk.open(&keys.both()).unwrap();
    let (mut durable, before) = (disk.octets(), disk.log().len());
    opened.resealer.step().unwrap();
    let steps = disk.log().split_off(before);
    let mut unsynced = Vec::new();
    for op in steps {
        if let Op::Write(_, data) = &op
            && data.starts_with(&crate::journal::MAGIC)
        {
            break;
        }
        match op {
            Op::Sync => unsynced.drain(..).for_each(|op| apply(&mut durable, &op)),
            op => unsynced.push(op),
        }
    }
    drop(opened);
    assert!(unsynced.is_empty());
    for copy in [HeaderCopy::A, HeaderCopy::B] {
        let at = usize::try_from(copy.offset()).unwrap();
        let octets = durable[at..at + layout::HEADER_COPY_LEN]
            .first_chunk()
            .unwrap();
        assert_eq!(CopyMark::of(octets).unwrap().format, FORMAT);
    }
    let report = verify(&Disk::of(durable), &keys.both());
    assert!(!report.clean);
}
