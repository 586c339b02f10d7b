//! The write protocol: a file is replaced whole, and `a` before `b`.
//!
//! May touch: the directory, through its [`Storage`]. The order of the calls is the promise;
//! the crash explorer in the tests runs this code and mutants of it.

use std::io;

use crate::error::{CopyName, WriteError};
use crate::storage::{Storage, StorageError, StorageOperation};

/// Replaces both copies by `octets`, one after the other.
///
/// # Errors
///
/// [`WriteError::NotWritten`] while no copy was touched, else
/// [`WriteError::OutcomeUnknown`].
pub(crate) fn replace_both(storage: &dyn Storage, octets: &[u8]) -> Result<(), WriteError> {
    replace_copy(storage, CopyName::A, octets)?;
    replace_copy(storage, CopyName::B, octets).map_err(|error| match error {
        // `a` holds the new generation durably: the next open takes it.
        WriteError::NotWritten(error) | WriteError::OutcomeUnknown(error) => {
            WriteError::OutcomeUnknown(error)
        }
    })
}

/// Replaces one copy.
pub(crate) fn replace_copy(
    storage: &dyn Storage,
    copy: CopyName,
    octets: &[u8],
) -> Result<(), WriteError> {
    replace(storage, (copy.temp_name(), copy.file_name()), octets)
}

/// Replaces a file: temporary file, write, sync, read back, rename, sync directory.
pub(crate) fn replace(
    storage: &dyn Storage,
    (temp, name): (&str, &str),
    octets: &[u8],
) -> Result<(), WriteError> {
    if let Err(error) = write_temp(storage, temp, octets) {
        // Best effort: a leftover is overwritten by the next write.
        let _ = storage.remove(temp);
        return Err(WriteError::NotWritten(error));
    }
    let renamed = storage.rename(temp, name);
    // A rename that reports failure may still have happened (network file systems).
    renamed
        .and_then(|()| storage.sync_dir())
        .map_err(WriteError::OutcomeUnknown)
}

/// Makes names durable that an earlier writer may have left pending.
pub(crate) fn settle(storage: &dyn Storage) -> Result<(), WriteError> {
    storage.sync_dir().map_err(WriteError::OutcomeUnknown)
}

fn write_temp(storage: &dyn Storage, temp: &str, octets: &[u8]) -> Result<(), StorageError> {
    let mut file = storage.create(temp)?;
    file.write_all(octets)?;
    file.sync()?;
    drop(file);
    let len = u64::try_from(octets.len()).unwrap_or(u64::MAX);
    // A disk that lies about a write is found here, while the old file still stands.
    if storage.read(temp, len)?.as_deref() == Some(octets) {
        return Ok(());
    }
    let path = format!("{}/{temp}", storage.location());
    let differs = io::Error::from(io::ErrorKind::InvalidData);
    Err(StorageError::new(StorageOperation::ReadBack, path, differs))
}
