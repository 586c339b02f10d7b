//! The unencrypted twin: the same records in the same engine without encryption, in memory only.
//!
//! A search for plaintext that finds nothing on disk proves something only if it finds everything
//! here. The twin never touches a disk.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicatif::ProgressBar;
use redb::{Builder, StorageBackend};

use super::records;
use crate::input::Dataset;

/// The octets of an unencrypted redb database that holds `dataset`.
///
/// # Errors
///
/// What redb says.
pub(crate) fn octets(dataset: &Dataset) -> Result<Vec<u8>, redb::Error> {
    let memory = Memory::default();
    let database = Builder::new().create_with_backend(memory.clone())?;
    records::fill(&database, dataset, &ProgressBar::hidden())?;
    drop(database);
    let octets = std::mem::take(&mut *memory.octets());
    Ok(octets)
}

/// A growing buffer as a redb backend.
#[derive(Clone, Debug, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    fn octets(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn range(offset: u64, len: usize) -> io::Result<std::ops::Range<usize>> {
    let outside = || io::Error::new(io::ErrorKind::InvalidInput, "outside the address space");
    let start = usize::try_from(offset).map_err(|_| outside())?;
    let end = start.checked_add(len).ok_or_else(outside)?;
    Ok(start..end)
}

fn past_end() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "past the end of the twin")
}

impl StorageBackend for Memory {
    fn len(&self) -> io::Result<u64> {
        Ok(u64::try_from(self.octets().len()).unwrap_or(u64::MAX))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let range = range(offset, out.len())?;
        out.copy_from_slice(self.octets().get(range).ok_or_else(past_end)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.octets().resize(range(len, 0)?.start, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let range = range(offset, data.len())?;
        self.octets()
            .get_mut(range)
            .ok_or_else(past_end)?
            .copy_from_slice(data);
        Ok(())
    }
}
