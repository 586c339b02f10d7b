//! redb over sealed units against a `BTreeMap`, and the backend against a plain vector.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use redb::{ReadableDatabase, ReadableTable, StorageBackend, WriteTransaction};
use strongroom_cipher::KeyRing;

use super::{Disk, ROWS, ring, rows, value};
use crate::backend::{Backend, Handle, Rules};
use crate::choose::choose;
use crate::layout::UNIT_LEN;

#[derive(Clone, Debug)]
enum Step {
    Insert(u64),
    Remove(u64),
    Range(u64, u64),
    Commit { two_phase: bool },
    Abort,
    Savepoint,
    Restore,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0..400_u64;
    prop_oneof![
        12 => key.clone().prop_map(Step::Insert),
        5 => key.clone().prop_map(Step::Remove),
        2 => (key.clone(), key).prop_map(|(from, to)| Step::Range(from.min(to), from.max(to))),
        3 => any::<bool>().prop_map(|two_phase| Step::Commit { two_phase }),
        1 => Just(Step::Abort),
        1 => Just(Step::Savepoint),
        1 => Just(Step::Restore),
        1 => Just(Step::Reopen),
    ]
}

fn begin(database: &redb::Database) -> WriteTransaction {
    let transaction = database.begin_write().unwrap();
    drop(transaction.open_table(ROWS).unwrap());
    transaction
}

fn in_range(transaction: &WriteTransaction, from: u64, to: u64) -> Vec<u64> {
    let table = transaction.open_table(ROWS).unwrap();
    let range = table.range(from..to).unwrap();
    range.map(|row| row.unwrap().0.value()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn redb_over_sealed_units_does_what_a_map_does(steps in prop::collection::vec(step(), 1..150)) {
        let ring = ring();
        let disk = Disk::blank(&ring);
        let mut opened = disk.open(&ring).unwrap();
        let (mut committed, mut saved) = (BTreeMap::new(), None);
        let mut live = committed.clone();
        let mut transaction = begin(&opened.database);
        for step in steps {
            match step {
                Step::Insert(key) => {
                    let mut table = transaction.open_table(ROWS).unwrap();
                    table.insert(key, value(key).as_slice()).unwrap();
                    live.insert(key, value(key));
                }
                Step::Remove(key) => {
                    let mut table = transaction.open_table(ROWS).unwrap();
                    prop_assert_eq!(table.remove(key).unwrap().is_some(), live.remove(&key).is_some());
                }
                Step::Range(from, to) => {
                    let expected: Vec<u64> = live.range(from..to).map(|row| *row.0).collect();
                    prop_assert_eq!(in_range(&transaction, from, to), expected);
                }
                Step::Commit { two_phase } => {
                    transaction.set_two_phase_commit(two_phase);
                    transaction.commit().unwrap();
                    committed.clone_from(&live);
                    transaction = begin(&opened.database);
                }
                Step::Abort => {
                    transaction.abort().unwrap();
                    live.clone_from(&committed);
                    transaction = begin(&opened.database);
                }
                Step::Savepoint => {
                    // A savepoint is taken in a transaction that changed nothing.
                    transaction.abort().unwrap();
                    live.clone_from(&committed);
                    let fresh = opened.database.begin_write().unwrap();
                    saved = Some((fresh.ephemeral_savepoint().unwrap(), committed.clone()));
                    fresh.abort().unwrap();
                    transaction = begin(&opened.database);
                }
                Step::Restore => if let Some((savepoint, rows)) = saved.take() {
                    transaction.abort().unwrap();
                    let mut fresh = opened.database.begin_write().unwrap();
                    fresh.restore_savepoint(&savepoint).unwrap();
                    fresh.commit().unwrap();
                    committed.clone_from(&rows);
                    live = rows;
                    transaction = begin(&opened.database);
                }
                Step::Reopen => {
                    drop((transaction, saved.take()));
                    drop(opened);
                    live.clone_from(&committed);
                    opened = disk.open(&ring).unwrap();
                    prop_assert!(!opened.status.report().recovered);
                    transaction = begin(&opened.database);
                }
            }
        }
        drop(transaction);
        if opened.database.begin_read().unwrap().open_table(ROWS).is_ok() {
            prop_assert_eq!(rows(&opened).unwrap(), committed.into_iter().collect::<Vec<_>>());
        } else {
            prop_assert!(committed.is_empty());
        }
    }
}

/// One call of the backend; places and lengths in octets.
#[derive(Clone, Debug)]
enum Call {
    Write(u64, usize, u8),
    Read(u64, usize),
    SetUnits(u64),
    Sync,
    /// Close properly or die after a sync, and open again.
    Reopen {
        close: bool,
    },
}

fn call() -> impl Strategy<Value = Call> {
    let unit = UNIT_LEN as u64;
    let place = prop_oneof![0..200 * unit, (0..200_u64).prop_map(move |at| at * unit)];
    let len = prop_oneof![
        1..3_000_usize,
        (1..4_usize).prop_map(|units| units * UNIT_LEN)
    ];
    prop_oneof![
        6 => (place.clone(), len.clone(), 1..=255_u8)
            .prop_map(|(at, len, fill)| Call::Write(at, len, fill)),
        6 => (place, len).prop_map(|(at, len)| Call::Read(at, len)),
        2 => (1..200_u64).prop_map(Call::SetUnits),
        2 => Just(Call::Sync),
        1 => any::<bool>().prop_map(|close| Call::Reopen { close }),
    ]
}

pub(crate) fn backend(disk: &Disk, ring: &Arc<KeyRing>) -> Handle {
    backend_over(Box::new(disk.clone()), ring)
}

pub(crate) fn backend_over(file: Box<dyn crate::file::RawFile>, ring: &Arc<KeyRing>) -> Handle {
    let path = PathBuf::from("memory");
    let chosen = choose(&path, &*file, ring, None).unwrap();
    let backend = Backend::new((path, file), chosen, Rules::default()).unwrap();
    backend.end_open(true);
    Handle(Arc::new(backend))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_backend_does_what_a_vector_does(calls in prop::collection::vec(call(), 1..80)) {
        let ring = ring();
        let disk = Disk::blank(&ring);
        let mut handle = backend(&disk, &ring);
        // redb's magic number: without it an open begins anew.
        let mut model = vec![0; 8 * UNIT_LEN];
        model[..9].fill(1);
        handle.set_len(model.len() as u64).unwrap();
        handle.write(0, &[1; 9]).unwrap();
        for call in calls {
            match call {
                Call::Write(at, len, fill) => {
                    let at = at.max(9);
                    let target = usize::try_from(at).unwrap();
                    match model.get_mut(target..target + len) {
                        Some(octets) => {
                            octets.fill(fill);
                            handle.write(at, &vec![fill; len]).unwrap();
                        }
                        None => prop_assert!(handle.write(at, &vec![fill; len]).is_err()),
                    }
                }
                Call::Read(at, len) => {
                    let start = usize::try_from(at).unwrap();
                    let mut out = vec![0xee; len];
                    match model.get(start..start + len) {
                        Some(expected) => {
                            handle.read(at, &mut out).unwrap();
                            prop_assert!(out == expected, "{at} {len}");
                        }
                        None => prop_assert!(handle.read(at, &mut out).is_err()),
                    }
                }
                Call::SetUnits(units) => {
                    let len = usize::try_from(units).unwrap() * UNIT_LEN;
                    model.resize(len, 0);
                    handle.set_len(len as u64).unwrap();
                }
                Call::Sync => handle.sync_data().unwrap(),
                Call::Reopen { close } => {
                    if close { handle.close().unwrap() } else { handle.sync_data().unwrap() }
                    handle = backend(&disk, &ring);
                }
            }
            prop_assert_eq!(handle.len().unwrap(), model.len() as u64);
        }
        let mut out = vec![0; model.len()];
        handle.read(0, &mut out).unwrap();
        prop_assert!(out == model);
        handle.close().unwrap();
        let report = crate::verify::verify_raw(&PathBuf::from("memory"), &disk, &ring).unwrap();
        prop_assert!(report.is_sound(), "{report:?}");
    }
}

/// A page that is freed is written again while others read: nobody sees a tag that fails.
#[test]
fn readers_and_a_writer_at_the_same_time_see_whole_commits() {
    let ring = ring();
    let opened = Disk::blank(&ring).open(&ring).unwrap();
    let commit = |number: u64| {
        let transaction = begin(&opened.database);
        {
            let mut table = transaction.open_table(ROWS).unwrap();
            for key in 0..300 {
                table
                    .insert(key, [u8::try_from(number).unwrap(); 900].as_slice())
                    .unwrap();
            }
        }
        transaction.commit().unwrap();
    };
    commit(0);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::SeqCst) {
                    let rows = rows(&opened).unwrap();
                    assert!(rows.len() == 300 && rows.iter().all(|row| row.1 == rows[0].1));
                }
            });
        }
        (1..60).for_each(commit);
        done.store(true, Ordering::SeqCst);
    });
    assert_eq!(opened.status.report().refused, 0);
}

#[test]
fn a_length_that_is_no_multiple_of_a_unit_is_refused() {
    let ring = ring();
    let handle = backend(&Disk::blank(&ring), &ring);
    assert!(handle.set_len(5_000).is_err());
    assert!(
        handle.set_len(u64::MAX - 4_095).is_err(),
        "no file holds that"
    );
    assert_eq!(handle.len().unwrap(), 0);
}
