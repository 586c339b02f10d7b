//! The one door to the disk: what a keystore asks of the directory it lies in.
//!
//! May touch: nothing itself. [`DirStorage`] (`storage/dir.rs`) is the only code here that
//! calls the file system; tests put a recording, failing disk behind the same trait.

mod dir;
mod salvage;

use std::fmt;
use std::io;

pub use dir::DirStorage;
pub use salvage::Salvaged;

/// A flat directory with the operations of the write protocol
/// (`docs/formats/keystore.md`, 8).
///
/// Names are single path components. Every call reports its failure; none is retried.
pub trait Storage: Send + Sync + fmt::Debug {
    /// Where the files lie, for messages.
    fn location(&self) -> String;

    /// Takes the exclusive lock on `name` (made when absent) without waiting.
    ///
    /// # Errors
    ///
    /// [`LockError::Held`] when another handle or process has it.
    fn lock(&self, name: &str) -> Result<Box<dyn LockGuard>, LockError>;

    /// All names in the directory, in no order; names that are not UTF-8 are replaced lossily.
    ///
    /// # Errors
    ///
    /// [`StorageError`] when the directory cannot be read.
    fn list(&self) -> Result<Vec<String>, StorageError>;

    /// The octets of `name` through a fresh descriptor; `None` when there is no such name.
    ///
    /// # Errors
    ///
    /// [`StorageError`] when it cannot be read or holds more than `len_max` octets
    /// ([`StorageErrorKind::TooLong`], found before anything is allocated).
    fn read(&self, name: &str, len_max: u64) -> Result<Option<Vec<u8>>, StorageError>;

    /// What can be read of `name` after [`read`](Self::read) failed, piece by piece around bad
    /// sectors (`docs/formats/keystore.md`, KS-26).
    ///
    /// # Errors
    ///
    /// [`StorageError`] when nothing can be made of it; so always for a storage that knows no
    /// pieces.
    fn salvage(&self, name: &str, len_max: u64) -> Result<Salvaged, StorageError> {
        let (path, _) = (format!("{}/{name}", self.location()), len_max);
        let unsupported = io::ErrorKind::Unsupported.into();
        Err(StorageError::new(StorageOperation::Read, path, unsupported))
    }

    /// The octets of `name` from octet `at` on, through a fresh descriptor.
    ///
    /// # Errors
    ///
    /// [`StorageError`] when it is not there, cannot be read or holds more than `len_max` octets
    /// from there on.
    fn read_from(&self, name: &str, at: u64, len_max: u64) -> Result<Vec<u8>, StorageError>;

    /// Opens `name`, which must have `len` octets, to write behind its end.
    ///
    /// # Errors
    ///
    /// [`StorageError`] when it is not there, cannot be opened, or has another length; nothing was
    /// changed.
    fn append(&self, name: &str, len: u64) -> Result<Box<dyn StorageFile>, StorageError>;

    /// Makes the content of `name` durable, whoever wrote it.
    ///
    /// # Errors
    ///
    /// [`StorageError`] when it is not there or is not known to be durable.
    fn sync(&self, name: &str) -> Result<(), StorageError>;

    /// Makes a new empty file (mode 0600), replacing one of that name.
    ///
    /// # Errors
    ///
    /// [`StorageError`] when it cannot be made.
    fn create(&self, name: &str) -> Result<Box<dyn StorageFile>, StorageError>;

    /// Renames `from` to `to`, replacing it; durable after [`Self::sync_dir`] only.
    ///
    /// # Errors
    ///
    /// [`StorageError`]; the old `to` is then still there.
    fn rename(&self, from: &str, to: &str) -> Result<(), StorageError>;

    /// Makes earlier creations, renames and removals durable.
    ///
    /// # Errors
    ///
    /// [`StorageError`]; what of them is durable is then unknown.
    fn sync_dir(&self) -> Result<(), StorageError>;

    /// Removes `name`; `false` when it was not there.
    ///
    /// # Errors
    ///
    /// [`StorageError`] when it is there and stays.
    fn remove(&self, name: &str) -> Result<bool, StorageError>;
}

/// A file being written; closed when dropped.
pub trait StorageFile: fmt::Debug {
    /// Appends all of `octets`.
    ///
    /// # Errors
    ///
    /// [`StorageError`]; how much was written is then unknown.
    fn write_all(&mut self, octets: &[u8]) -> Result<(), StorageError>;

    /// Makes the content durable (not the name: [`Storage::sync_dir`]).
    ///
    /// # Errors
    ///
    /// [`StorageError`]; the file must then be given up, never synced again.
    fn sync(&mut self) -> Result<(), StorageError>;
}

/// Holds the lock until dropped.
pub trait LockGuard: Send + Sync + fmt::Debug {}

/// One failed call of a [`Storage`].
#[derive(Debug, thiserror::Error)]
#[error("{operation} {path}: {source}")]
#[non_exhaustive]
pub struct StorageError {
    /// What was tried.
    pub operation: StorageOperation,
    /// On which file or directory.
    pub path: String,
    /// The class of the failure.
    pub kind: StorageErrorKind,
    /// What the system said.
    pub source: io::Error,
}

impl StorageError {
    /// Wraps what the system said; the kind follows from it.
    #[must_use]
    pub fn new(operation: StorageOperation, path: impl Into<String>, source: io::Error) -> Self {
        let kind = StorageErrorKind::of(source.kind());
        Self {
            operation,
            path: path.into(),
            kind,
            source,
        }
    }
}

/// The calls of a [`Storage`], as named in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StorageOperation {
    /// Opening or making the lock file.
    Lock,
    /// Listing the directory.
    List,
    /// Reading a file.
    Read,
    /// Making a file.
    Create,
    /// Opening a file to write behind its end.
    Append,
    /// Writing a file.
    Write,
    /// Making a file's content durable.
    Sync,
    /// Comparing what was written with what a fresh descriptor reads.
    ReadBack,
    /// Renaming a file.
    Rename,
    /// Making the directory durable.
    SyncDir,
    /// Removing a file.
    Remove,
}

impl fmt::Display for StorageOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lock => "lock",
            Self::List => "list",
            Self::Read => "read",
            Self::Create => "create",
            Self::Append => "append to",
            Self::Write => "write",
            Self::Sync => "sync",
            Self::ReadBack => "read back",
            Self::Rename => "rename",
            Self::SyncDir => "sync directory",
            Self::Remove => "remove",
        })
    }
}

/// What an operator must do differs by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StorageErrorKind {
    /// No space or quota left: free some and try again.
    NoSpace,
    /// Not permitted: mend owner or mode.
    PermissionDenied,
    /// The media or mount is read-only.
    ReadOnly,
    /// The directory, or the file just written, is not there.
    NotFound,
    /// Longer than any file of ours may be.
    TooLong,
    /// The file is not what was written: suspect the disk, or somebody else who writes.
    ReadBackDiffers,
    /// Any other failure of the system.
    Other,
}

impl StorageErrorKind {
    fn of(kind: io::ErrorKind) -> Self {
        match kind {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace,
            io::ErrorKind::PermissionDenied => Self::PermissionDenied,
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::FileTooLarge => Self::TooLong,
            io::ErrorKind::InvalidData => Self::ReadBackDiffers,
            _ => Self::Other,
        }
    }
}

/// The lock was not taken; nothing was read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another handle or process holds it.
    #[error("{path} is locked by {}; stop it, or ask it through its socket", holder(*.pid))]
    Held {
        /// The lock file.
        path: String,
        /// The holder's process id, when the lock file tells it.
        pid: Option<u32>,
    },
    /// The lock file cannot be opened or made.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(
        || "another process".to_owned(),
        |pid| format!("process {pid}"),
    )
}
