//! A [`Storage`] in a real directory.
//!
//! May touch: the file system below its directory. Files are made with mode 0600.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::salvage::{Salvaged, salvage};
use super::{
    LockError, LockGuard, Storage, StorageError, StorageFile, StorageOperation as Operation,
};

/// A process id and a line feed are shorter than this.
const LOCK_FILE_LEN_MAX: u64 = 32;

/// The files of a keystore in one directory.
#[derive(Debug)]
pub struct DirStorage {
    dir: PathBuf,
}

impl DirStorage {
    /// A storage in `dir`, which must exist by the time it is used; nothing is touched yet.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    fn path(&self, operation: Operation, name: &str) -> Result<PathBuf, StorageError> {
        let path = self.dir.join(name);
        let plain = Path::new(name).file_name().is_some_and(|last| last == name);
        if plain {
            return Ok(path);
        }
        let refused = io::Error::from(io::ErrorKind::InvalidInput);
        Err(failed(operation, &path)(refused))
    }

    fn hold(&self, name: &str) -> Result<FileLock, LockError> {
        let path = self.path(Operation::Lock, name)?;
        let mut options = OpenOptions::new();
        // Never truncated: the holder's process id stands there.
        options.read(true).write(true).create(true).truncate(false);
        private(&mut options);
        let mut file = options
            .open(&path)
            .map_err(failed(Operation::Lock, &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Held {
                    path: path.display().to_string(),
                    pid: read_pid(&mut file),
                });
            }
            Err(TryLockError::Error(source)) => {
                return Err(failed(Operation::Lock, &path)(source).into());
            }
        }
        // A help for people only; the lock holds without it (a full disk must not
        // keep a node from opening its data).
        let _ = write_pid(&mut file);
        Ok(FileLock {
            file,
            process: std::process::id(),
        })
    }
}

impl Storage for DirStorage {
    fn location(&self) -> String {
        self.dir.display().to_string()
    }

    fn lock(&self, name: &str) -> Result<Box<dyn LockGuard>, LockError> {
        Ok(Box::new(self.hold(name)?))
    }

    fn list(&self) -> Result<Vec<String>, StorageError> {
        let failed = failed(Operation::List, &self.dir);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.dir).map_err(&failed)? {
            let name = entry.map_err(&failed)?.file_name();
            names.push(name.to_string_lossy().into_owned());
        }
        Ok(names)
    }

    fn read(&self, name: &str, len_max: u64) -> Result<Option<Vec<u8>>, StorageError> {
        let path = self.path(Operation::Read, name)?;
        let failed = failed(Operation::Read, &path);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let too_long = || failed(io::Error::from(io::ErrorKind::FileTooLarge));
        let len = file.metadata().map_err(&failed)?.len();
        if len > len_max {
            return Err(too_long());
        }
        let mut octets = Vec::with_capacity(usize::try_from(len).map_err(|_| too_long())?);
        // One more than allowed: a file that grows meanwhile is seen.
        file.take(len_max.saturating_add(1))
            .read_to_end(&mut octets)
            .map_err(&failed)?;
        if u64::try_from(octets.len()).map_err(|_| too_long())? > len_max {
            return Err(too_long());
        }
        Ok(Some(octets))
    }

    fn salvage(&self, name: &str, len_max: u64) -> Result<Salvaged, StorageError> {
        let path = self.path(Operation::Read, name)?;
        let failed = failed(Operation::Read, &path);
        let refused = |kind: io::ErrorKind| failed(kind.into());
        let mut file = File::open(&path).map_err(&failed)?;
        let found = file.metadata().map_err(&failed)?;
        if !found.is_file() {
            return Err(refused(io::ErrorKind::InvalidInput));
        }
        if found.len() > len_max {
            return Err(refused(io::ErrorKind::FileTooLarge));
        }
        let len = usize::try_from(found.len());
        let len = len.map_err(|_| refused(io::ErrorKind::FileTooLarge))?;
        let read_at = |at: usize, buffer: &mut [u8]| {
            let at = u64::try_from(at).map_err(io::Error::other)?;
            file.seek(SeekFrom::Start(at))?;
            file.read(buffer)
        };
        salvage(len, read_at).map_err(&failed)
    }

    fn read_from(&self, name: &str, at: u64, len_max: u64) -> Result<Vec<u8>, StorageError> {
        let path = self.path(Operation::Read, name)?;
        let failed = failed(Operation::Read, &path);
        let mut file = File::open(&path).map_err(&failed)?;
        file.seek(SeekFrom::Start(at)).map_err(&failed)?;
        let mut octets = Vec::new();
        file.take(len_max.saturating_add(1))
            .read_to_end(&mut octets)
            .map_err(&failed)?;
        if u64::try_from(octets.len()).is_ok_and(|len| len <= len_max) {
            return Ok(octets);
        }
        Err(failed(io::Error::from(io::ErrorKind::FileTooLarge)))
    }

    fn append(&self, name: &str, len: u64) -> Result<Box<dyn StorageFile>, StorageError> {
        let path = self.path(Operation::Append, name)?;
        let opened = OpenOptions::new().append(true).open(&path);
        let checked = opened.and_then(|file| match file.metadata()?.len() == len {
            true => Ok(file),
            false => Err(io::Error::from(io::ErrorKind::InvalidData)),
        });
        let file = checked.map_err(failed(Operation::Append, &path))?;
        Ok(Box::new(DirFile { path, file }))
    }

    fn sync(&self, name: &str) -> Result<(), StorageError> {
        let path = self.path(Operation::Sync, name)?;
        let failed = failed(Operation::Sync, &path);
        // For writing where the system insists; on Unix a reader may sync, on read-only media too.
        let file = OpenOptions::new().read(true).write(!cfg!(unix)).open(&path);
        file.and_then(|file| file.sync_all()).map_err(failed)
    }

    fn create(&self, name: &str) -> Result<Box<dyn StorageFile>, StorageError> {
        let path = self.path(Operation::Create, name)?;
        // Removed and made anew, so that a planted link or a mode is not inherited.
        self.remove(name)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let file = options
            .open(&path)
            .map_err(failed(Operation::Create, &path))?;
        Ok(Box::new(DirFile { path, file }))
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), StorageError> {
        let from = self.path(Operation::Rename, from)?;
        let to = self.path(Operation::Rename, to)?;
        std::fs::rename(&from, &to).map_err(failed(Operation::Rename, &from))
    }

    fn sync_dir(&self) -> Result<(), StorageError> {
        let failed = failed(Operation::SyncDir, &self.dir);
        let dir = File::open(&self.dir).map_err(&failed)?;
        dir.sync_all().map_err(&failed)
    }

    fn remove(&self, name: &str) -> Result<bool, StorageError> {
        let path = self.path(Operation::Remove, name)?;
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed(Operation::Remove, &path)(error)),
        }
    }
}

#[derive(Debug)]
struct DirFile {
    path: PathBuf,
    file: File,
}

impl StorageFile for DirFile {
    fn write_all(&mut self, octets: &[u8]) -> Result<(), StorageError> {
        self.file
            .write_all(octets)
            .map_err(failed(Operation::Write, &self.path))
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        self.file
            .sync_all()
            .map_err(failed(Operation::Sync, &self.path))
    }
}

/// Given back by drop, or by the kernel when we die. Not by the close alone: a process that is being
/// started at that moment has a copy of the descriptor until it runs its program.
#[derive(Debug)]
struct FileLock {
    file: File,
    /// A forked child has the guard in its memory too, and must not give back what its parent holds.
    process: u32,
}

impl LockGuard for FileLock {}

impl Drop for FileLock {
    fn drop(&mut self) {
        if self.process == std::process::id() {
            // The close that follows gives it back as well, if a little later.
            let _ = self.file.unlock();
        }
    }
}

fn failed(operation: Operation, path: &Path) -> impl Fn(io::Error) -> StorageError {
    let path = path.display().to_string();
    move |source| StorageError::new(operation, path.clone(), source)
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(LOCK_FILE_LEN_MAX)
        .read_to_string(&mut text)
        .ok()?;
    text.trim().parse().ok()
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn private(_: &mut OpenOptions) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_is_given_back_although_a_process_that_is_being_started_has_the_descriptor() {
        let temp = tempfile::tempdir().unwrap();
        let storage = DirStorage::new(temp.path());
        let held = storage.hold("lock").unwrap();
        let copy = held.file.try_clone().unwrap();
        assert!(matches!(storage.hold("lock"), Err(LockError::Held { .. })));
        drop(held);
        drop(storage.hold("lock").unwrap());
        drop(copy);
    }

    #[test]
    fn a_forked_child_does_not_give_back_the_lock_of_its_parent() {
        let temp = tempfile::tempdir().unwrap();
        let storage = DirStorage::new(temp.path());
        let held = storage.hold("lock").unwrap();
        let in_child = FileLock {
            file: held.file.try_clone().unwrap(),
            process: held.process.wrapping_add(1),
        };
        drop(in_child);
        assert!(matches!(storage.hold("lock"), Err(LockError::Held { .. })));
        drop(held);
        drop(storage.hold("lock").unwrap());
    }
}
