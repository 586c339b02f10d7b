//! A directory under lock, and what lies in it.
//!
//! May touch: the directory, through its [`Storage`].

use std::sync::Arc;

use crate::error::{CopyName, Damage, InspectError, WriteError};
use crate::intent::{Intent, IntentState};
use crate::limits;
use crate::storage::{LockError, LockGuard, Storage, StorageError, StorageErrorKind};
use crate::unverified::UnverifiedKeystore;
use crate::write;

/// The lock file; stays when the lock is given back.
pub const LOCK_FILE: &str = "strongroom.lock";
/// The intent file of a first start.
pub const INTENT_FILE: &str = "strongroom.intent";
const INTENT_TEMP: &str = "strongroom.intent.tmp";

/// A directory whose lock this process holds. Clones share the lock; it is given back when
/// the last one (or the last [`Keystore`](crate::Keystore) made from one) is dropped.
#[derive(Clone, Debug)]
pub struct LockedDir(Arc<Locked>);

#[derive(Debug)]
struct Locked {
    storage: Arc<dyn Storage>,
    _guard: Box<dyn LockGuard>,
}

/// What a directory holds.
#[derive(Debug)]
#[non_exhaustive]
pub enum DirState {
    /// Nothing of ours but perhaps a lock file, and nothing else that is not tolerated.
    Empty,
    /// An intent file and no keystore: a first start was cut.
    IntentOnly(IntentState),
    /// A keystore, as far as that can be told without the key.
    Keystore(Box<UnverifiedKeystore>),
    /// Other files and no keystore: it was lost. Never to be answered with a new one.
    Lost {
        /// The names found, sorted.
        files: Vec<String>,
    },
}

impl LockedDir {
    /// Takes the lock, before anything is read.
    ///
    /// # Errors
    ///
    /// [`LockError`]; a lock that is held is reported at once, never waited for.
    pub fn lock(storage: Arc<dyn Storage>) -> Result<Self, LockError> {
        let guard = storage.lock(LOCK_FILE)?;
        Ok(Self(Arc::new(Locked {
            storage,
            _guard: guard,
        })))
    }

    /// The storage under lock.
    #[must_use]
    pub fn storage(&self) -> &dyn Storage {
        &*self.0.storage
    }

    /// What the directory holds; see [`inspect_dir`]. A keystore found so can be unlocked.
    ///
    /// # Errors
    ///
    /// [`InspectError`].
    pub fn inspect(&self, tolerated: &[&str]) -> Result<DirState, InspectError> {
        inspect(self.storage(), tolerated, Some(self))
    }

    /// Writes the intent file, durable when this returns.
    ///
    /// # Errors
    ///
    /// [`IntentError`]; what lies in the file then blocks no later start.
    pub fn write_intent(&self, intent: &Intent) -> Result<(), IntentError> {
        let octets = intent.encode().map_err(IntentError::Field)?;
        Ok(write::replace(
            self.storage(),
            (INTENT_TEMP, INTENT_FILE),
            &octets,
        )?)
    }

    /// Removes the intent file, if any; durable when this returns. Creating and unlocking a
    /// keystore do this themselves once both copies are durable.
    ///
    /// # Errors
    ///
    /// [`StorageError`]; a stale intent does no harm.
    pub fn remove_intent(&self) -> Result<(), StorageError> {
        let storage = self.storage();
        let temp = storage.remove(INTENT_TEMP)?;
        if storage.remove(INTENT_FILE)? || temp {
            storage.sync_dir()?;
        }
        Ok(())
    }
}

/// The intent file was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntentError {
    /// A field is empty or too long.
    #[error("{0} is empty, too long or too many")]
    Field(crate::error::Field),
    /// Not durable.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// What a directory holds, read without lock (for looking only: a keystore found so cannot be
/// unlocked). `tolerated` names are no data and do not make a lost keystore.
///
/// # Errors
///
/// [`InspectError`].
pub fn inspect_dir(storage: &dyn Storage, tolerated: &[&str]) -> Result<DirState, InspectError> {
    inspect(storage, tolerated, None)
}

fn inspect(
    storage: &dyn Storage,
    tolerated: &[&str],
    lock: Option<&LockedDir>,
) -> Result<DirState, InspectError> {
    let names = storage.list()?;
    let there = |name: &str| names.iter().any(|other| other == name);
    if there(CopyName::A.file_name()) || there(CopyName::B.file_name()) {
        let intent = there(INTENT_FILE);
        let keystore = UnverifiedKeystore::read(storage, lock.cloned(), intent)?;
        return Ok(DirState::Keystore(Box::new(keystore)));
    }
    let mut files: Vec<String> = names
        .iter()
        .filter(|name| !is_ours(name) && !tolerated.contains(&name.as_str()))
        .cloned()
        .collect();
    if !files.is_empty() {
        files.sort();
        return Ok(DirState::Lost { files });
    }
    let intent = read_intent(storage)?;
    Ok(intent.map_or(DirState::Empty, DirState::IntentOnly))
}

/// Names that may stand before the first keystore is durable.
fn is_ours(name: &str) -> bool {
    let temps = [
        CopyName::A.temp_name(),
        CopyName::B.temp_name(),
        INTENT_TEMP,
    ];
    name == LOCK_FILE || name == INTENT_FILE || temps.contains(&name)
}

fn read_intent(storage: &dyn Storage) -> Result<Option<IntentState>, StorageError> {
    match storage.read(INTENT_FILE, limits::INTENT_LEN_MAX) {
        Ok(octets) => Ok(octets.map(|octets| IntentState::decode(&octets))),
        // Never blocks a start: not even when it cannot be read.
        Err(error) => Ok(Some(IntentState::Torn(unreadable(&error)))),
    }
}

/// What an unreadable file of ours is.
pub(crate) fn unreadable(error: &StorageError) -> Damage {
    match error.kind {
        StorageErrorKind::TooLong => Damage::TooLong,
        _ => Damage::Unreadable(error.source.kind()),
    }
}
