//! Tests of the whole crate, and what they share: a disk in memory that records what was written,
//! key rings, and the opening of both.

mod allocations;
mod campaign;
mod convert;
mod convert_crash;
mod crash;
mod damage;
mod files;
mod model;
mod ranges;
mod reseal;
mod reseal_crash;
pub(crate) mod steps;
mod vector;

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use redb::{ReadableDatabase, ReadableTable, TableDefinition};
use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing, StoreId};

use crate::backend::Rules;
use crate::create::write_blank;
use crate::file::RawFile;
use crate::open::{OpenOptions, Opened, open_raw};
use crate::sealer::{ObjectId, Sealer};
use crate::{OpenError, UnitError};

pub(crate) const ROWS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("rows");
pub(crate) const OBJECT: ObjectId = ObjectId::new([0x0b; 16]);

/// A ring with a fresh DEK.
pub(crate) fn ring() -> Arc<KeyRing> {
    ring_of(&Dek::generate().unwrap(), "db.main")
}

pub(crate) fn ring_of(dek: &Dek, key_id: &str) -> Arc<KeyRing> {
    let deks = vec![(DekGeneration::FIRST, dek.duplicate())];
    let key_id = KeyId::new(key_id).unwrap();
    Arc::new(KeyRing::new(StoreId::new([5; 16]), key_id, deks, DekGeneration::FIRST).unwrap())
}

/// One step that a file saw.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Write(u64, Vec<u8>),
    SetLen(u64),
    Sync,
    /// So many transactions were committed, by the test's count.
    Committed(u64),
}

/// A file in memory that remembers every step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Arc<Mutex<(Vec<u8>, Vec<Op>)>>);

impl Disk {
    pub(crate) fn of(octets: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new((octets, Vec::new()))))
    }

    /// A file as `open_database` makes it.
    pub(crate) fn blank(ring: &Arc<KeyRing>) -> Self {
        let disk = Self::default();
        write_blank(&disk, &Sealer::new(ring.clone(), OBJECT)).unwrap();
        Self::of(disk.octets())
    }

    pub(crate) fn octets(&self) -> Vec<u8> {
        self.0.lock().unwrap().0.clone()
    }

    pub(crate) fn log(&self) -> Vec<Op> {
        self.0.lock().unwrap().1.clone()
    }

    pub(crate) fn note(&self, op: Op) {
        self.0.lock().unwrap().1.push(op);
    }

    pub(crate) fn open(&self, ring: &Arc<KeyRing>) -> Result<Opened, OpenError> {
        self.open_by(ring, Rules::default())
    }

    pub(crate) fn open_by(&self, ring: &Arc<KeyRing>, rules: Rules) -> Result<Opened, OpenError> {
        let options = OpenOptions {
            cache_len: Some(256 * 1024),
            ..OpenOptions::default()
        };
        open_raw(
            (PathBuf::from("memory"), Box::new(self.clone())),
            ring,
            &options,
            rules,
        )
    }
}

/// Does to `octets` what a file does.
pub(crate) fn apply(octets: &mut Vec<u8>, op: &Op) {
    match op {
        Op::Write(offset, data) => {
            let start = usize::try_from(*offset).unwrap();
            let end = start + data.len();
            if octets.len() < end {
                octets.resize(end, 0);
            }
            octets[start..end].copy_from_slice(data);
        }
        Op::SetLen(len) => octets.resize(usize::try_from(*len).unwrap(), 0),
        Op::Sync | Op::Committed(_) => {}
    }
}

impl RawFile for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().0.len() as u64)
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let state = self.0.lock().unwrap();
        let rest = state
            .0
            .get(usize::try_from(offset).unwrap()..)
            .unwrap_or_default();
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let op = Op::Write(offset, data.to_vec());
        apply(&mut self.0.lock().unwrap().0, &op);
        self.note(op);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        apply(&mut self.0.lock().unwrap().0, &Op::SetLen(len));
        self.note(Op::SetLen(len));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        self.note(Op::Sync);
        Ok(())
    }
}

/// A row's value: recognisable, and longer than a sector now and then.
pub(crate) fn value(key: u64) -> Vec<u8> {
    let text = format!("plaintext-of-row-{key:016x};");
    text.repeat(1 + usize::try_from(key % 23).unwrap())
        .into_bytes()
}

/// Commits one transaction with these rows.
pub(crate) fn insert(opened: &Opened, keys: impl Iterator<Item = u64>) {
    let transaction = opened.database.begin_write().unwrap();
    {
        let mut table = transaction.open_table(ROWS).unwrap();
        for key in keys {
            table.insert(key, value(key).as_slice()).unwrap();
        }
    }
    transaction.commit().unwrap();
}

/// All rows, in order.
pub(crate) fn rows(opened: &Opened) -> Result<Vec<(u64, Vec<u8>)>, redb::Error> {
    let transaction = opened.database.begin_read()?;
    let table = transaction.open_table(ROWS)?;
    let mut rows = Vec::new();
    for row in table.iter()? {
        let (key, value) = row?;
        rows.push((key.value(), value.value().to_vec()));
    }
    Ok(rows)
}

/// The unit error inside redb's error.
pub(crate) fn unit_error(error: &redb::Error) -> Option<&UnitError> {
    match error {
        redb::Error::Io(error) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}

/// A small fast generator, so that a failing state has a number.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
