//! Sealing old units anew after a rotation of the DEK: what the caller holds. Touches the file
//! through the backend.

use std::fmt;
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use strongroom_cipher::DekGeneration;

use crate::backend::Backend;
use crate::verify::DamagedUnit;

/// Brings the units of an open database under the active DEK generation, in small steps beside
/// normal work (`docs/formats/redb-file.md`, section 6).
///
/// After a rotation (`KeyRing::rotate`, `KeyRing::follow`) everything opens as before; this is for
/// retiring the old generation. It may be stopped between any two steps, and go on after a restart
/// or a crash: what is left to do is in the file. Cheap to clone; of several threads that step,
/// one does at a time.
#[derive(Clone)]
pub struct Resealer {
    backend: Weak<Backend>,
    gate: Arc<Gate>,
    path: PathBuf,
}

/// How much of a file is under the active generation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResealProgress {
    /// The active generation.
    pub generation: DekGeneration,
    /// Units under it, the two header copies included.
    pub done: u64,
    /// All units, the two header copies included. Grows and shrinks with the file.
    pub total: u64,
    /// Units met so far that are under another generation, or lost their meta, and do not open. They
    /// stay as they are, until redb writes them anew or [`Resealer::give_up`] is told to. A crash
    /// leaves such units in free pages.
    pub unreadable: Vec<DamagedUnit>,
    /// Other generations that something in the file is under.
    pub still_in_use: Vec<DekGeneration>,
    pub(crate) ended: bool,
}

impl ResealProgress {
    /// Whether a step would find nothing to do.
    #[must_use]
    pub fn is_through(&self) -> bool {
        self.ended
    }

    /// Whether this file needs no generation but the active one, so that the others can be retired
    /// as far as it is concerned. Copies and backups of the file, and other files of the same key id,
    /// may still need them.
    #[must_use]
    pub fn may_retire(&self) -> bool {
        self.ended && self.still_in_use.is_empty() && self.unreadable.is_empty()
    }
}

/// A step was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResealError {
    /// The database was closed.
    #[error("{}: was closed; open it and go on", .path.display())]
    Closed {
        /// The file.
        path: PathBuf,
    },
    /// The file, the system or the key ring refused. No unit was lost: if a write failed half way,
    /// the database takes no more of them, and the next open mends it.
    #[error("{}: its units cannot be sealed anew", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The refusal.
        source: io::Error,
    },
}

impl Resealer {
    pub(crate) fn new(backend: &Arc<Backend>) -> Self {
        Self {
            backend: Arc::downgrade(backend),
            gate: backend.gate().clone(),
            path: backend.path().clone(),
        }
    }

    /// How far it is. Reads nothing from the disk.
    ///
    /// # Errors
    ///
    /// [`ResealError::Closed`].
    pub fn progress(&self) -> Result<ResealProgress, ResealError> {
        self.inside(|backend| Ok(backend.reseal_progress()))
    }

    /// Seals the stale units of one group, 80 at most, anew; when none is left, what else is needed
    /// for the old generation to be retired. Commits wait for a step, and so do reads and writes of
    /// the same group: two syncs and the writing of twice 324 KiB at most.
    ///
    /// # Errors
    ///
    /// [`ResealError`].
    pub fn step(&self) -> Result<ResealProgress, ResealError> {
        self.inside(|backend| {
            backend.reseal_step()?;
            Ok(backend.reseal_progress())
        })
    }

    /// Steps until it is through, or `each`, called after every step, breaks off.
    ///
    /// # Errors
    ///
    /// [`ResealError`].
    pub fn run(
        &self,
        mut each: impl FnMut(&ResealProgress) -> ControlFlow<()>,
    ) -> Result<ResealProgress, ResealError> {
        loop {
            let progress = self.step()?;
            if each(&progress).is_break() || progress.is_through() {
                return Ok(progress);
            }
        }
    }

    /// Says that what some of the [`ResealProgress::unreadable`] units held is lost, so that they do not
    /// stand in the way of retirement. Reading one is an error as before, and it stays one under every
    /// key; redb may write it anew. Units that were not named, and those that open by now, stay as they
    /// are.
    ///
    /// A crash leaves units that do not open in free pages. That these are such, and nothing is lost,
    /// is known when redb has looked at all pages in use and found them sound: by
    /// `Database::check_integrity`, or because the file was recovered at this open
    /// ([`crate::StatusReport::recovered`]).
    ///
    /// # Errors
    ///
    /// [`ResealError`].
    pub fn give_up(&self, units: &[u64]) -> Result<ResealProgress, ResealError> {
        self.inside(|backend| {
            backend.give_up(units)?;
            Ok(backend.reseal_progress())
        })
    }

    /// Works on the backend, which stays open meanwhile.
    fn inside<T>(&self, work: impl FnOnce(&Backend) -> io::Result<T>) -> Result<T, ResealError> {
        let path = || self.path.clone();
        let closed = || ResealError::Closed { path: path() };
        self.gate
            .pass(|| {
                let backend = self.backend.upgrade().ok_or_else(closed)?;
                work(&backend).map_err(|source| ResealError::Io {
                    path: path(),
                    source,
                })
            })
            .unwrap_or_else(|| Err(closed()))
    }
}

impl fmt::Debug for Resealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resealer")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Lets one in at a time while the file is open. Who closes it waits for the last one to be gone, so
/// that the file's lock is free when the database is.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    closed: AtomicBool,
    inside: Mutex<()>,
}

impl Gate {
    /// Runs `work`, unless closed.
    fn pass<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        // Before the lock too: one who closes must not wait behind step after step.
        if self.closed.load(Ordering::SeqCst) {
            return None;
        }
        let _inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        (!self.closed.load(Ordering::SeqCst)).then(work)
    }

    pub(crate) fn open(&self) {
        self.closed.store(false, Ordering::SeqCst);
    }

    /// Keeps everybody out; nobody is inside when this returns.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        drop(self.inside.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
