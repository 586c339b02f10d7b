//! A store in one file, replaced as a whole at each change.
//!
//! May touch: the file, `<file>.new`, `<file>.lock`, and the folder they lie in.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::error::{Step, StoreError};
use super::format::{self, Content, FILE_LEN_MAX, FormatError};
use super::{ObjectStore, Objects};
use crate::object::Object;

/// Objects in one file, as `docs/formats/server-store.md` says. **Key material lies in it in
/// clear**, protected by file permissions alone: this is not an HSM.
///
/// Every change writes a new file beside the old one, forces it to disk, reads it back, renames
/// it over the old one and forces the folder to disk. So a crash leaves the old or the new state.
/// The lock file keeps a second server out as long as this value lives.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
    generation: u64,
    loaded: Option<Vec<Object>>,
    unusable: bool,
    /// Held for its lock.
    _lock: File,
    #[cfg(test)]
    pub(crate) fail_before: Option<Step>,
}

/// What [`FileStore::verify`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Number of changes since the file was made.
    pub generation: u64,
    /// Objects in it, destroyed ones included.
    pub objects: usize,
    /// Of these, objects whose key material is there.
    pub with_key_material: usize,
    /// Size of the file in octets.
    pub octets: usize,
}

impl FileStore {
    /// Opens a store, or makes an empty one (mode 0600) where there is no file. A missing folder
    /// is made with mode 0700.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: in use, damaged, of another version, readable by others, or the system's
    /// refusal. A damaged file is left as it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let folder = folder(&path);
        make_folder(folder)?;
        check_mode(folder, 0o022, 0o700)?;
        let lock = lock(&path)?;
        let mut store = Self {
            path,
            generation: 0,
            loaded: Some(Vec::new()),
            unusable: false,
            _lock: lock,
            #[cfg(test)]
            fail_before: None,
        };
        // A run that was cut may have left one; it holds key material and was never in force.
        remove_if_there(&store.unfinished())?;
        if fs::exists(&store.path).map_err(io_error(Step::Read, &store.path))? {
            check_mode(&store.path, 0o077, 0o600)?;
            let content = read_and_decode(&store.path)?.0;
            store.generation = content.generation;
            store.loaded = Some(content.objects);
        } else {
            let empty = format::encode_empty(0).map_err(|octets| store.too_large(octets))?;
            store.replace(&empty)?;
        }
        Ok(store)
    }

    /// Reads and checks a store without opening it; a server may have it open.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as of [`Self::open`].
    pub fn verify(path: impl AsRef<Path>) -> Result<Report, StoreError> {
        let (content, octets) = read_and_decode(path.as_ref())?;
        Ok(Report {
            generation: content.generation,
            objects: content.objects.len(),
            with_key_material: content
                .objects
                .iter()
                .filter(|object| object.has_material())
                .count(),
            octets,
        })
    }

    /// Where the store lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn unfinished(&self) -> PathBuf {
        with_suffix(&self.path, ".new")
    }

    fn too_large(&self, octets: usize) -> StoreError {
        StoreError::TooLarge {
            path: self.path.clone(),
            octets,
            limit: FILE_LEN_MAX,
        }
    }

    /// New file, sync, read back, rename, sync of the folder. After a failed rename or folder
    /// sync nobody knows what is on disk, so the store takes no more changes.
    fn replace(&mut self, octets: &[u8]) -> Result<(), StoreError> {
        let unfinished = self.unfinished();
        self.write_unfinished(&unfinished, octets)?;
        self.fault(Step::Rename, &self.path)
            .and_then(|()| {
                fs::rename(&unfinished, &self.path).map_err(io_error(Step::Rename, &self.path))
            })
            .and_then(|()| self.fault(Step::SyncFolder, &self.path))
            .and_then(|()| {
                let folder = folder(&self.path);
                let sync = File::open(folder).and_then(|folder| folder.sync_all());
                sync.map_err(io_error(Step::SyncFolder, folder))
            })
            .inspect_err(|_| self.unusable = true)
    }

    fn write_unfinished(&self, path: &Path, octets: &[u8]) -> Result<(), StoreError> {
        self.fault(Step::Write, path)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(path).map_err(io_error(Step::Write, path))?;
        file.write_all(octets)
            .map_err(io_error(Step::Write, path))?;
        self.fault(Step::Sync, path)?;
        file.sync_all().map_err(io_error(Step::Sync, path))?;
        drop(file);
        self.fault(Step::ReadBack, path)?;
        let back = read(path).map_err(io_error(Step::ReadBack, path))?;
        if *back == octets {
            Ok(())
        } else {
            Err(StoreError::ReadBack {
                path: path.to_owned(),
            })
        }
    }

    /// Tests cut the work before a step, as a crash or a full disk would.
    #[cfg(test)]
    fn fault(&self, step: Step, path: &Path) -> Result<(), StoreError> {
        if self.fail_before == Some(step) {
            return Err(io_error(step, path)(io::Error::other("injected")));
        }
        Ok(())
    }

    #[cfg(not(test))]
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "the test build uses both"
    )]
    const fn fault(&self, _: Step, _: &Path) -> Result<(), StoreError> {
        Ok(())
    }
}

impl ObjectStore for FileStore {
    fn load(&mut self) -> Result<Vec<Object>, StoreError> {
        match self.loaded.take() {
            Some(objects) => Ok(objects),
            None => Ok(read_and_decode(&self.path)?.0.objects),
        }
    }

    fn save(&mut self, objects: &Objects<'_>) -> Result<(), StoreError> {
        if self.unusable {
            return Err(StoreError::Unusable {
                path: self.path.clone(),
            });
        }
        let generation = self.generation.saturating_add(1);
        let octets =
            format::encode(generation, objects).map_err(|octets| self.too_large(octets))?;
        self.replace(&octets)?;
        self.generation = generation;
        Ok(())
    }
}

fn io_error(step: Step, path: &Path) -> impl FnOnce(io::Error) -> StoreError + use<> {
    let path = path.to_owned();
    move |source| StoreError::Io { step, path, source }
}

/// The folder that holds `path`.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder
        .create(folder)
        .map_err(io_error(Step::MakeFolder, folder))
}

/// Refuses `path` when its mode has one of the bits of `forbidden`.
fn check_mode(path: &Path, forbidden: u32, wanted: u32) -> Result<(), StoreError> {
    let metadata = fs::metadata(path).map_err(io_error(Step::Read, path))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & forbidden == 0 {
        return Ok(());
    }
    Err(StoreError::Permissions {
        path: path.to_owned(),
        mode,
        wanted,
    })
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let lock_path = with_suffix(path, ".lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options
        .open(&lock_path)
        .map_err(io_error(Step::Lock, &lock_path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(io_error(Step::Lock, &lock_path)(source)),
    }
}

fn remove_if_there(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(io_error(Step::Write, path)(error))
        }
        _ => Ok(()),
    }
}

/// A whole file in a wiped buffer that never grows, so no copy is left behind.
fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut file = File::open(path)?;
    let len = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    if len > FILE_LEN_MAX {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "larger than a store may be",
        ));
    }
    let mut octets = Zeroizing::new(vec![0; len]);
    file.read_exact(&mut octets)?;
    Ok(octets)
}

fn read_and_decode(path: &Path) -> Result<(Content, usize), StoreError> {
    let octets = read(path).map_err(io_error(Step::Read, path))?;
    let path = || path.to_owned();
    match format::decode(&octets) {
        Ok(content) => Ok((content, octets.len())),
        Err(FormatError::NotAStore) => Err(StoreError::NotAStore { path: path() }),
        Err(FormatError::Version(found)) => Err(StoreError::Version {
            path: path(),
            found,
            known: format::VERSION,
        }),
        Err(FormatError::Damaged(damage)) => Err(StoreError::Damaged {
            path: path(),
            damage,
        }),
    }
}

#[cfg(test)]
mod tests;
