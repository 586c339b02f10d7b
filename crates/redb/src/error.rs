//! Why a file was not opened or not checked. Values only.

use std::io;
use std::path::PathBuf;

use redb::{DatabaseError, StorageError};
use strongroom_cipher::{OpenErrorKind, ProviderError};

use crate::header::{FORMAT, HeaderFault};
use crate::sealer::ObjectId;
use crate::status::UnitError;

/// A database file was not opened, or could not be checked. The file is as it was, except where
/// redb's own repair had begun.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The operating system refused.
    #[error("{}: cannot {doing}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was to be done.
        doing: &'static str,
        /// The refusal.
        source: io::Error,
    },
    /// Another process, or another handle of this one, has the file open.
    #[error("{}: open elsewhere; end the other process first", .path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// No such file, and none was to be made.
    #[error("{}: no such database file", .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A file stands where the new database is prepared, and it is not a half-made database.
    #[error("{}: is in the way of a new database; move it elsewhere", .path.display())]
    InTheWay {
        /// The file.
        path: PathBuf,
    },
    /// Neither header copy begins as this format does.
    #[error("{}: not a Strongroom redb file", .path.display())]
    OtherFile {
        /// The file.
        path: PathBuf,
    },
    /// A format that this version does not read.
    #[error("{}: format {found}; this version reads formats 1 to {FORMAT}: use a newer one", .path.display())]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// Its format number.
        found: u16,
    },
    /// Another store's file.
    #[error("{}: belongs to another store; open it with that store's keystore", .path.display())]
    OtherStore {
        /// The file.
        path: PathBuf,
    },
    /// Sealed under another key id.
    #[error("{}: sealed under key id {found:?}, not {expected:?}", .path.display())]
    OtherKeyId {
        /// The file.
        path: PathBuf,
        /// The file's key id.
        found: String,
        /// The key ring's.
        expected: String,
    },
    /// Another database than the one that was asked for.
    #[error("{}: is object {found}, not {expected}: a file was put in its place", .path.display())]
    OtherObject {
        /// The file.
        path: PathBuf,
        /// The file's object id.
        found: ObjectId,
        /// The one asked for.
        expected: ObjectId,
    },
    /// The key ring lacks the DEK generation that the header is sealed under.
    #[error(
        "{}: sealed under DEK generation {generation}, which the keystore does not hold: \
         restore the newer keystore", .path.display()
    )]
    UnknownGeneration {
        /// The file.
        path: PathBuf,
        /// Generation asked for.
        generation: u32,
    },
    /// A re-seal was cut short, and what it left to go on with is sealed in a way that this version
    /// does not know.
    #[error("{}: the journal of a re-seal does not open; use a newer version", .path.display())]
    Journal {
        /// The file.
        path: PathBuf,
        /// Why.
        source: OpenErrorKind,
    },
    /// Neither header copy can be used.
    #[error(
        "{}: both header copies are damaged (A: {a}; B: {b}): restore the file from a backup",
        .path.display()
    )]
    HeaderDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with copy A.
        a: HeaderFault,
        /// What is wrong with copy B.
        b: HeaderFault,
    },
    /// A data unit that redb needs does not authenticate.
    #[error(transparent)]
    Unit(UnitError),
    /// The converted file, read back, is not what was to be converted; the old file is still in
    /// its place. The disk, or the memory, is not to be trusted.
    #[error("{}: the converted file does not read as the old one; nothing was replaced", .path.display())]
    Differs {
        /// The file.
        path: PathBuf,
    },
    /// The operating system gave no random octets.
    #[error("{}: no epoch could begin", .path.display())]
    Random {
        /// The file.
        path: PathBuf,
        /// What failed.
        source: ProviderError,
    },
    /// redb refused what the units hold.
    #[error("{}: redb refused it", .path.display())]
    Redb {
        /// The file.
        path: PathBuf,
        /// The refusal.
        source: DatabaseError,
    },
}

impl OpenError {
    pub(crate) fn io(path: impl Into<PathBuf>, doing: &'static str, source: io::Error) -> Self {
        Self::Io {
            path: path.into(),
            doing,
            source,
        }
    }

    /// redb's error, or the unit error that lies in it.
    pub(crate) fn redb(path: impl Into<PathBuf>, source: DatabaseError) -> Self {
        if let DatabaseError::Storage(StorageError::Io(error)) = &source
            && let Some(unit) = error
                .get_ref()
                .and_then(|inner| inner.downcast_ref::<UnitError>())
        {
            return Self::Unit(unit.clone());
        }
        Self::Redb {
            path: path.into(),
            source,
        }
    }
}
