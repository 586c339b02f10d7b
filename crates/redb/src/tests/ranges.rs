//! Who reads or writes one group waits for nobody in another: two threads meet inside the disk,
//! which they reach only when neither keeps the other out. Else these tests never end.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};

use redb::StorageBackend as _;

use super::model::{backend, backend_over};
use super::{Disk, ring};
use crate::backend::Handle;
use crate::file::RawFile;
use crate::layout::{GROUPS_OFFSET, UNIT_LEN};

const UNIT: u64 = UNIT_LEN as u64;

/// A disk whose every access to data units waits for a second one, once it is told to.
#[derive(Clone, Debug)]
struct Meeting {
    disk: Disk,
    on: Arc<AtomicBool>,
    both: Arc<Barrier>,
}

impl Meeting {
    fn meet(&self, offset: u64) {
        if offset > GROUPS_OFFSET && self.on.load(Ordering::SeqCst) {
            self.both.wait();
        }
    }
}

impl RawFile for Meeting {
    fn len(&self) -> io::Result<u64> {
        self.disk.len()
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        self.meet(offset);
        self.disk.read_at(offset, out)
    }

    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.meet(offset);
        self.disk.write_at(offset, data)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.disk.set_len(len)
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.sync()
    }
}

/// A file of three groups, opened on a disk where two must meet from now on.
fn opened() -> Handle {
    let ring = ring();
    let disk = Disk::blank(&ring);
    let made = backend(&disk, &ring);
    made.set_len(241 * UNIT).unwrap();
    made.write(0, &vec![1; 240 * UNIT_LEN]).unwrap();
    made.sync_data().unwrap();
    drop(made);
    let on = Arc::new(AtomicBool::new(false));
    let both = Arc::new(Barrier::new(2));
    let meeting = Meeting {
        disk,
        on: on.clone(),
        both,
    };
    let handle = backend_over(Box::new(meeting), &ring);
    on.store(true, Ordering::SeqCst);
    handle
}

fn page(handle: &Handle, unit: u64) -> Vec<u8> {
    let mut page = vec![0; UNIT_LEN];
    handle.read(unit * UNIT, &mut page).unwrap();
    page
}

#[test]
fn two_readers_are_served_at_the_same_time() {
    for other in [6, 100] {
        let handle = opened();
        std::thread::scope(|scope| {
            let first = scope.spawn(|| page(&handle, 5));
            assert_eq!(page(&handle, other), [1; UNIT_LEN]);
            assert_eq!(first.join().unwrap(), [1; UNIT_LEN]);
        });
    }
}

#[test]
fn a_reader_of_one_group_is_served_while_another_is_written() {
    let handle = opened();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| handle.write(5 * UNIT, &[9; UNIT_LEN]).unwrap());
        assert_eq!(page(&handle, 100), [1; UNIT_LEN]);
        writer.join().unwrap();
    });
    std::thread::scope(|scope| {
        scope.spawn(|| assert_eq!(page(&handle, 5), [9; UNIT_LEN]));
        page(&handle, 200);
    });
}
