//! Why a store could not be opened, read or written.
//!
//! May touch: nothing.

use std::io;
use std::path::PathBuf;

/// Why a store could not be opened, read or written. Holds no key material.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The system refused.
    #[error("{step} {}: {source}", path.display())]
    Io {
        /// What was being done.
        step: Step,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another server has this store.
    #[error("{} is in use by another server; stop it or choose another store", path.display())]
    Locked {
        /// The store.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{} is not a key server store; choose another file", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// A later program wrote it.
    #[error(
        "{} has format version {found}, this program reads {known}; use the program that wrote it",
        path.display()
    )]
    Version {
        /// The store.
        path: PathBuf,
        /// Version in the file.
        found: u8,
        /// Version that this program reads.
        known: u8,
    },
    /// At least one octet is not what was written.
    #[error(
        "{} is damaged ({damage}); nothing of it is served: restore a backup of the file",
        path.display()
    )]
    Damaged {
        /// The store.
        path: PathBuf,
        /// What does not fit.
        damage: Damage,
    },
    /// Others may read the file or replace it.
    #[error(
        "{} has mode {mode:03o}, so others can reach key material; chmod {wanted:03o} it first",
        path.display()
    )]
    Permissions {
        /// The file or folder.
        path: PathBuf,
        /// Its mode.
        mode: u32,
        /// The mode to give it.
        wanted: u32,
    },
    /// The store would grow beyond what this format is meant for.
    #[error("{} would have {octets} octets, the limit is {limit}; use a larger key manager", path.display())]
    TooLarge {
        /// The store.
        path: PathBuf,
        /// Size that it would have.
        octets: usize,
        /// Largest size.
        limit: usize,
    },
    /// What was read back is not what was written.
    #[error("{} does not read back as written; check the disk", path.display())]
    ReadBack {
        /// The new file; the old one is untouched.
        path: PathBuf,
    },
    /// An earlier failure left it unknown what is on disk.
    #[error("{} failed earlier and takes no more changes; restart the server", path.display())]
    Unusable {
        /// The store.
        path: PathBuf,
    },
    /// The server is being stopped.
    #[error("the server is stopping")]
    Stopping,
}

/// What does not fit in a damaged store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The file is not as long as its header says.
    #[error("{found} octets where the header says {expected}")]
    Length {
        /// What the header says.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// The SHA-256 at the end does not fit what is before it.
    #[error("the checksum does not fit")]
    Checksum,
    /// The checksum fits, yet the content breaks a rule of the format.
    #[error("invalid {what} at octet {offset}")]
    Content {
        /// What is invalid.
        what: &'static str,
        /// Offset from the start of the file.
        offset: usize,
    },
}

/// A step of opening or replacing a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Making the folder.
    MakeFolder,
    /// Taking the lock.
    Lock,
    /// Reading the store.
    Read,
    /// Writing the new file.
    Write,
    /// Forcing the new file to disk.
    Sync,
    /// Reading the new file back.
    ReadBack,
    /// Giving the new file its name.
    Rename,
    /// Forcing the folder to disk.
    SyncFolder,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::MakeFolder => "make folder",
            Self::Lock => "lock",
            Self::Read => "read",
            Self::Write => "write",
            Self::Sync => "sync",
            Self::ReadBack => "read back",
            Self::Rename => "rename to",
            Self::SyncFolder => "sync folder",
        })
    }
}
