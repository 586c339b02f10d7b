//! Octets of the file: positioned reads and writes behind a small trait, so that tests can put a
//! disk that dies in its place; and what is done to a folder. Touches the files that it is given.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt as _};
use std::path::Path;

#[cfg(test)]
use crate::tests::steps::{Step, note};

/// What the backend asks of a file.
pub(crate) trait RawFile: fmt::Debug + Send + Sync + 'static {
    /// Octets in the file.
    fn len(&self) -> io::Result<u64>;
    /// Reads at `offset` until `out` is full or the file ends; returns the octets read.
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize>;
    /// Writes all of `data` at `offset`.
    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()>;
    /// Cuts or extends the file; new room reads as zeros.
    fn set_len(&self, len: u64) -> io::Result<()>;
    /// Returns when everything written before is durable.
    fn sync(&self) -> io::Result<()>;
}

impl RawFile for File {
    fn len(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0_usize;
        while let Some(room) = out.get_mut(filled..).filter(|room| !room.is_empty()) {
            let at = u64::try_from(filled)
                .ok()
                .and_then(|done| offset.checked_add(done));
            let at = at.ok_or(io::ErrorKind::InvalidInput)?;
            match FileExt::read_at(self, room, at) {
                Ok(0) => break,
                Ok(count) => filled = filled.saturating_add(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        #[cfg(test)]
        note(|| Step::write(self, offset, data));
        self.write_all_at(data, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        #[cfg(test)]
        note(|| Step::set_len(self, len));
        Self::set_len(self, len)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()?;
        #[cfg(test)]
        note(|| Step::sync(self));
        Ok(())
    }
}

/// Makes a file that is not there, with the mode 0600.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    #[cfg(test)]
    note(|| Step::create(&file, path));
    Ok(file)
}

/// Gives a file the name `to`, in place of the one that had it.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(test)]
    note(|| Step::rename(from, to));
    fs::rename(from, to)
}

/// Takes a name away.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    #[cfg(test)]
    note(|| Step::remove(path));
    fs::remove_file(path)
}

/// Returns when all names in the folder of `path` are durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    #[cfg(test)]
    note(|| Step::SyncFolder);
    Ok(())
}

/// Reads at `offset`; what lies behind the end of the file reads as zeros.
pub(crate) fn read_zero_filled(file: &dyn RawFile, offset: u64, out: &mut [u8]) -> io::Result<()> {
    let filled = file.read_at(offset, out)?;
    if let Some(rest) = out.get_mut(filled..) {
        rest.fill(0);
    }
    Ok(())
}
