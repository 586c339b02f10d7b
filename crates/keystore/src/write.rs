//! The write protocol: a file is replaced whole or appended to, and `a` before `b`.
//!
//! May touch: the directory, through its [`Storage`]. The order of the calls is the promise;
//! the crash explorer in the tests runs this code and mutants of it.

use std::io;

use crate::error::{CopyName, WriteError};
use crate::storage::{Storage, StorageError, StorageOperation};

/// Replaces the file `name` by `octets`: a temporary file `<name>.tmp`, write, sync, read back,
/// rename, sync of the directory. For files that lie beside a store.
///
/// # Errors
///
/// [`WriteError::NotWritten`] while the old file stands, else [`WriteError::OutcomeUnknown`].
pub fn replace_file(storage: &dyn Storage, name: &str, octets: &[u8]) -> Result<(), WriteError> {
    replace(storage, (&format!("{name}.tmp"), name), octets)
}

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

/// Appends `entry` to both copies, which have `len` octets, one after the other.
///
/// # Errors
///
/// [`WriteError::NotWritten`] while no copy was touched, else
/// [`WriteError::OutcomeUnknown`].
pub(crate) fn append_both(storage: &dyn Storage, len: u64, entry: &[u8]) -> Result<(), WriteError> {
    append(storage, CopyName::A, len, entry)?;
    append(storage, CopyName::B, len, entry).map_err(|error| match error {
        // `a` holds the entry durably: the next open takes it.
        WriteError::NotWritten(error) | WriteError::OutcomeUnknown(error) => {
            WriteError::OutcomeUnknown(error)
        }
    })
}

/// Appends to one copy: open, write, sync, read back.
fn append(storage: &dyn Storage, copy: CopyName, len: u64, entry: &[u8]) -> Result<(), WriteError> {
    let name = copy.file_name();
    let mut file = storage.append(name, len).map_err(WriteError::NotWritten)?;
    let written = file.write_all(entry).and_then(|()| file.sync());
    drop(file);
    let entry_len = u64::try_from(entry.len()).unwrap_or(u64::MAX);
    let read = written.and_then(|()| storage.read_from(name, len, entry_len));
    match read {
        Ok(read) if read == entry => Ok(()),
        Ok(_) => Err(WriteError::OutcomeUnknown(differs(storage, name))),
        Err(error) => Err(WriteError::OutcomeUnknown(error)),
    }
}

/// Makes durable what an earlier writer may have left pending in these copies, and names.
pub(crate) fn settle(
    storage: &dyn Storage,
    copies: impl Iterator<Item = CopyName>,
) -> Result<(), WriteError> {
    let mut copies = copies;
    copies
        .try_for_each(|copy| storage.sync(copy.file_name()))
        .and_then(|()| storage.sync_dir())
        .map_err(WriteError::OutcomeUnknown)
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
    Err(differs(storage, temp))
}

fn differs(storage: &dyn Storage, name: &str) -> StorageError {
    let path = format!("{}/{name}", storage.location());
    let differs = io::Error::from(io::ErrorKind::InvalidData);
    StorageError::new(StorageOperation::ReadBack, path, differs)
}
