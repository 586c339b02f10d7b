//! What happened at open and since: counters that the backend writes and the caller reads. Values
//! only.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use strongroom_cipher::{EpochId, OpenErrorKind};

use crate::choose::Chosen;
use crate::header::{HeaderCopy, HeaderFault};
use crate::sealer::ObjectId;

/// Why a data unit was not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnitFault {
    /// It has no meta although it lies below the authenticated high-water mark: its meta was
    /// wiped, or never reached the disk before a crash.
    #[error("it lies below the high-water mark and nothing is written there")]
    Unwritten,
    /// The cipher refused it.
    #[error(transparent)]
    Refused(#[from] OpenErrorKind),
}

impl UnitFault {
    /// Whether a write that a crash cut short can leave this behind. A generation, suite or format
    /// of a later time cannot: those say that the keystore or this program is too old.
    pub(crate) fn may_be_torn(self) -> bool {
        match self {
            Self::Unwritten
            | Self::Refused(OpenErrorKind::WrongTag | OpenErrorKind::BadCounter(_)) => true,
            Self::Refused(OpenErrorKind::UnknownGeneration(generation)) => generation.value() == 0,
            Self::Refused(
                OpenErrorKind::UnknownFormat(found) | OpenErrorKind::UnknownSuite(found),
            ) => found == 0,
            Self::Refused(_) => false,
        }
    }
}

/// A data unit was not served: what the [`std::io::Error`] holds that redb hands on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: unit {unit} does not open", .file.display())]
#[non_exhaustive]
pub struct UnitError {
    /// The database file.
    pub file: PathBuf,
    /// Unit number: redb's page at octet `unit * 4096`.
    pub unit: u64,
    /// Why.
    #[source]
    pub fault: UnitFault,
}

/// The header copy that was not taken at open.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OtherCopy {
    /// It says the same: the file was closed properly, which writes both.
    Twin,
    /// It is the one before the copy that was taken, as it must be while a file is in use. Beside a
    /// copy that says "closed properly" it means that the closing was cut short, or that an old
    /// copy was put back in place of the twin, which then loses nothing.
    Previous,
    /// It is valid and older than that: somebody put an old copy there.
    Stale {
        /// Its sequence number.
        sequence: u64,
    },
    /// It cannot be used. A crash in mid-write leaves one like that, and so does damage.
    Unusable(HeaderFault),
}

/// A handle on the counters of one open database. Cheap to clone; stays readable after the
/// database is closed.
#[derive(Clone)]
pub struct Status(Arc<Counters>);

struct Counters {
    object: ObjectId,
    header_copy: HeaderCopy,
    other_copy: OtherCopy,
    clean: bool,
    recovering: AtomicBool,
    repaired: AtomicBool,
    poisoned: AtomicU64,
    refused: AtomicU64,
    sequence: AtomicU64,
    epoch: Mutex<Option<EpochId>>,
}

/// The counters at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusReport {
    /// The file's object id.
    pub object: ObjectId,
    /// The header copy that was taken at open.
    pub header_copy: HeaderCopy,
    /// How the other one was.
    pub other_copy: OtherCopy,
    /// Sequence number of the last durable header write.
    pub sequence: u64,
    /// The file had not been closed properly, so recovery mode was on during the open.
    pub recovered: bool,
    /// redb checked all pages during the open and wrote its allocator state anew.
    pub repaired: bool,
    /// Units that did not authenticate during recovery and were read as wrong octets.
    pub poisoned: u64,
    /// Reads that were refused after the open because a unit did not authenticate.
    pub refused: u64,
    /// Epoch of the last header write; none was written yet when `None`.
    pub epoch: Option<EpochId>,
}

impl Status {
    pub(crate) fn new(chosen: &Chosen) -> Self {
        Self(Arc::new(Counters {
            object: chosen.sealer.object(),
            header_copy: chosen.copy,
            other_copy: chosen.other.clone(),
            clean: chosen.header.clean,
            recovering: AtomicBool::new(false),
            repaired: AtomicBool::new(false),
            poisoned: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            sequence: AtomicU64::new(chosen.header.sequence),
            epoch: Mutex::new(None),
        }))
    }

    /// The counters now.
    #[must_use]
    pub fn report(&self) -> StatusReport {
        let counters = &self.0;
        StatusReport {
            object: counters.object,
            header_copy: counters.header_copy,
            other_copy: counters.other_copy.clone(),
            sequence: counters.sequence.load(Ordering::Relaxed),
            recovered: !counters.clean,
            repaired: counters.repaired.load(Ordering::Relaxed),
            poisoned: counters.poisoned.load(Ordering::Relaxed),
            refused: counters.refused.load(Ordering::Relaxed),
            epoch: *counters
                .epoch
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        }
    }

    pub(crate) fn is_recovering(&self) -> bool {
        self.0.recovering.load(Ordering::SeqCst)
    }

    /// Whether the file was closed properly before it was opened.
    pub(crate) fn was_clean(&self) -> bool {
        self.0.clean
    }

    pub(crate) fn set_recovering(&self, recovering: bool) {
        self.0.recovering.store(recovering, Ordering::SeqCst);
    }

    pub(crate) fn set_repaired(&self) {
        self.0.repaired.store(true, Ordering::Relaxed);
    }

    pub(crate) fn poisoned(&self) -> u64 {
        self.0.poisoned.load(Ordering::SeqCst)
    }

    /// Counts a unit that does not open; whether it may be read as wrong octets.
    pub(crate) fn tolerates(&self, fault: UnitFault) -> bool {
        let tolerated = self.is_recovering() && fault.may_be_torn();
        let counter = if tolerated {
            &self.0.poisoned
        } else {
            &self.0.refused
        };
        counter.fetch_add(1, Ordering::SeqCst);
        tolerated
    }

    pub(crate) fn header_written(&self, sequence: u64, epoch: Option<EpochId>) {
        self.0.sequence.store(sequence, Ordering::Relaxed);
        *self.0.epoch.lock().unwrap_or_else(PoisonError::into_inner) = epoch;
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.report().fmt(f)
    }
}
