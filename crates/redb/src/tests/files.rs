//! Real files: making, locking, modes, a crash while a file is made, a full disk.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use strongroom_cipher::{Dek, DekGeneration};

use super::{Disk, Op, insert, ring, rows, value};
use crate::backend::Rules;
use crate::create::{prepared_path, write_blank};
use crate::file::RawFile;
use crate::open::{OpenOptions, open_raw};
use crate::sealer::{ObjectId, Sealer};
use crate::{
    OpenError, ResealError, check_database, open_database, open_database_with, verify_file,
};

#[test]
fn a_file_is_made_private_and_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.redb");
    let ring = ring();
    let opened = open_database(&path, ring.clone(), None).unwrap();
    insert(&opened, 0..50);
    let object = opened.status.report().object;
    drop(opened);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing else is left"
    );

    let opened = open_database(&path, ring.clone(), Some(object)).unwrap();
    assert_eq!(rows(&opened).unwrap().len(), 50);
    drop(opened);
    assert!(verify_file(&path, &ring).unwrap().is_sound());
    let check = check_database(&path, ring.clone()).unwrap();
    assert!(check.sound && !check.status.recovered);
    assert!(
        verify_file(&path, &ring).unwrap().is_sound(),
        "checking leaves it sound"
    );
}

#[test]
fn an_open_file_is_locked_for_everybody_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.redb");
    let ring = ring();
    let opened = open_database(&path, ring.clone(), None).unwrap();
    let locked = |error| matches!(error, OpenError::Locked { .. });
    assert!(locked(
        open_database(&path, ring.clone(), None).unwrap_err()
    ));
    assert!(locked(verify_file(&path, &ring).unwrap_err()));
    assert!(locked(check_database(&path, ring.clone()).unwrap_err()));
    drop(opened);
    assert!(open_database(&path, ring, None).is_ok());
}

#[test]
fn of_many_that_make_the_same_file_one_gets_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.redb");
    let ring = ring();
    let barrier = std::sync::Barrier::new(6);
    let results: Vec<_> = std::thread::scope(|scope| {
        let open = || {
            barrier.wait();
            open_database(&path, ring.clone(), None)
        };
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(open)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let opened = results.iter().filter(|result| result.is_ok()).count();
    let locked = results
        .iter()
        .filter(|result| matches!(result, Err(OpenError::Locked { .. })));
    assert_eq!((opened, locked.count()), (1, 5));
    drop(results);
    assert!(verify_file(&path, &ring).unwrap().is_sound());
}

#[test]
fn a_missing_file_is_made_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.redb");
    let options = OpenOptions {
        create: false,
        ..OpenOptions::default()
    };
    let error = open_database_with(&path, ring(), &options).unwrap_err();
    assert!(matches!(error, OpenError::Missing { .. }), "{error:?}");
    assert!(matches!(
        verify_file(&path, &ring()),
        Err(OpenError::Missing { .. })
    ));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_crash_at_any_octet_of_making_a_file_is_completed_by_the_next_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.redb");
    let ring = ring();
    let blank = Disk::default();
    write_blank(
        &blank,
        &Sealer::new(ring.clone(), ObjectId::generate().unwrap()),
    )
    .unwrap();
    let whole = blank.octets();
    for len in (0..=whole.len()).step_by(911) {
        let _ = fs::remove_file(&path);
        fs::write(prepared_path(&path), &whole[..len]).unwrap();
        let opened = open_database(&path, ring.clone(), None);
        insert(&opened.unwrap(), 0..2);
        assert!(verify_file(&path, &ring).unwrap().is_sound());
        assert!(!prepared_path(&path).exists());
    }
}

#[test]
fn somebody_elses_file_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.redb");
    let ring = ring();
    for octets in [b"a letter".to_vec(), vec![0; 20_000]] {
        fs::write(prepared_path(&path), &octets).unwrap();
        let error = open_database(&path, ring.clone(), None).unwrap_err();
        assert!(matches!(error, OpenError::InTheWay { .. }), "{error:?}");
        assert_eq!(fs::read(prepared_path(&path)).unwrap(), octets);
        fs::remove_file(prepared_path(&path)).unwrap();
    }
    for octets in [Vec::new(), b"a letter".to_vec(), vec![0; 20_000]] {
        fs::write(&path, &octets).unwrap();
        let error = open_database(&path, ring.clone(), None).unwrap_err();
        assert!(matches!(error, OpenError::OtherFile { .. }), "{error:?}");
        assert_eq!(fs::read(&path).unwrap(), octets, "left as it was");
    }
}

#[test]
fn a_file_in_a_folder_that_is_not_there_is_an_io_error() {
    let folder = tempfile::tempdir().unwrap();
    let error = open_database(folder.path().join("no/main.redb"), ring(), None).unwrap_err();
    assert!(matches!(error, OpenError::Io { .. }), "{error:?}");
}

/// A disk with room for so many octets, whose syncs may fail.
#[derive(Clone, Debug)]
struct FullDisk {
    disk: Disk,
    room: Arc<Mutex<u64>>,
    sync_fails: Arc<AtomicBool>,
}

impl FullDisk {
    fn new(disk: &Disk, room: u64) -> Self {
        let room = Arc::new(Mutex::new(room));
        Self {
            disk: disk.clone(),
            room,
            sync_fails: Arc::default(),
        }
    }
}

impl RawFile for FullDisk {
    fn len(&self) -> io::Result<u64> {
        self.disk.len()
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        self.disk.read_at(offset, out)
    }

    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let room = usize::try_from(self.room.lock().unwrap().saturating_sub(offset)).unwrap();
        let fits = data.len().min(room);
        self.disk.write_at(offset, &data[..fits])?;
        if fits < data.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.disk.set_len(len)
    }

    fn sync(&self) -> io::Result<()> {
        if self.sync_fails.load(Ordering::SeqCst) {
            return Err(io::Error::other("the disk does not answer"));
        }
        self.disk.sync()
    }
}

#[test]
fn a_full_disk_fails_the_transaction_and_loses_nothing() {
    let ring = ring();
    for room in (150_000..400_000).step_by(12_345) {
        let disk = Disk::blank(&ring);
        let full = FullDisk::new(&disk, room);
        let path = PathBuf::from("memory");
        let options = OpenOptions::default();
        let opened = open_raw((path, Box::new(full)), &ring, &options, Rules::default());
        let mut committed = 0;
        if let Ok(opened) = opened {
            while commit_one(&opened, committed).is_ok() {
                committed += 1;
            }
        }
        let opened = disk.open(&ring).unwrap();
        let found = rows(&opened).map(|rows| rows.len() as u64).unwrap_or(0);
        assert!(
            found >= committed * 20,
            "{room}: {found} rows of {committed} transactions"
        );
        insert(&opened, 1_000_000..1_000_050);
    }
}

/// The journal needs room; without it nothing in place has been touched.
#[test]
fn a_full_disk_stops_a_reseal_that_goes_on_when_there_is_room() {
    let ring = ring();
    let disk = Disk::blank(&ring);
    insert(&disk.open(&ring).unwrap(), 0..900);
    let full = FullDisk::new(&disk, disk.octets().len() as u64);
    let room = full.room.clone();
    let files = (PathBuf::from("memory"), Box::new(full) as Box<dyn RawFile>);
    let opened = open_raw(files, &ring, &OpenOptions::default(), Rules::default()).unwrap();
    let second = Dek::generate().unwrap();
    ring.rotate(DekGeneration::new(2), &second).unwrap();
    for _ in 0..3 {
        let error = opened.resealer.step().unwrap_err();
        assert!(matches!(error, ResealError::Io { .. }), "{error:?}");
    }
    assert_eq!(opened.resealer.progress().unwrap().unreadable, []);
    assert_eq!(rows(&opened).unwrap().len(), 900);
    *room.lock().unwrap() = u64::MAX;
    let through = opened.resealer.run(|_| ControlFlow::Continue(())).unwrap();
    assert!(through.may_retire(), "{through:?}");
    insert(&opened, 900..910);
    drop(opened);
    assert_eq!(rows(&disk.open(&ring).unwrap()).unwrap().len(), 910);
}

fn commit_one(opened: &crate::Opened, number: u64) -> Result<(), redb::Error> {
    let transaction = opened.database.begin_write()?;
    {
        let mut table = transaction.open_table(super::ROWS)?;
        for key in number * 20..number * 20 + 20 {
            table.insert(key, value(key).as_slice())?;
        }
    }
    Ok(transaction.commit()?)
}

#[test]
fn after_a_failed_write_or_sync_nothing_more_is_written() {
    let ring = ring();
    for sync_fails in [false, true] {
        let disk = Disk::blank(&ring);
        let full = FullDisk::new(&disk, u64::MAX);
        let (room, broken) = (full.room.clone(), full.sync_fails.clone());
        let files = (PathBuf::from("memory"), Box::new(full) as Box<dyn RawFile>);
        let opened = open_raw(files, &ring, &OpenOptions::default(), Rules::default()).unwrap();
        insert(&opened, 0..20);
        broken.store(sync_fails, Ordering::SeqCst);
        *room.lock().unwrap() = if sync_fails { u64::MAX } else { 0 };
        assert!(commit_one(&opened, 1).is_err());
        broken.store(false, Ordering::SeqCst);
        *room.lock().unwrap() = u64::MAX;
        let before = disk.log().len();
        assert!(
            commit_one(&opened, 2).is_err(),
            "nobody knows what is on disk"
        );
        drop(opened);
        let written = disk.log()[before..]
            .iter()
            .filter(|op| matches!(op, Op::Write(..)))
            .count();
        assert_eq!(written, 0, "not even a mark of a proper close");
        let opened = disk.open(&ring).unwrap();
        assert!(opened.status.report().recovered);
        assert!(rows(&opened).unwrap().len() >= 20);
    }
}
