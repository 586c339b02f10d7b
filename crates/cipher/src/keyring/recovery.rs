//! Opening while an engine recovers from a crash: a unit torn by it may be read as wrong octets.
//!
//! May touch: memory only.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::input::At;
use super::{KeyRing, Opened};
use crate::error::{OpenError, OpenErrorKind};
use crate::meta::{META_LEN, UnitMeta};
use crate::place::{Place, WriteVersion};

/// The octet that a poisoned unit is filled with. Not zero: an engine may take zeros for an unused
/// page.
pub const POISON: u8 = 0xdb;

/// What becomes of a unit that does not authenticate while an engine recovers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnAuthFailure {
    /// An error, as always.
    Error,
    /// The buffer is filled with [`POISON`], and the unit is counted: for an engine that finds torn
    /// pages by checksums of its own and must see wrong octets to do so.
    Poison,
}

/// How a unit was read by [`Recovery::open`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recovered {
    /// It opened.
    Opened(Opened),
    /// It did not authenticate: the buffer holds [`POISON`] only.
    Poisoned,
}

/// A view of a [`KeyRing`] for the time that an engine takes to recover.
///
/// Its bounds: it is made by name, for one ring; only damage is read as wrong octets, never a key
/// that is missing; a unit of zeros below the high-water mark is an error all the same; every
/// poisoned unit is counted; and [`Self::end`], which the adapter calls before the engine's first
/// user transaction, makes everything an error again for good.
#[derive(Debug)]
pub struct Recovery<'r> {
    ring: &'r KeyRing,
    on_failure: OnAuthFailure,
    /// Units below this number of their object were written, as data say that are authenticated.
    high_water: u64,
    poisoned: AtomicU64,
    ended: AtomicBool,
}

impl<'r> Recovery<'r> {
    /// `high_water`: all units below this number were written once, as data say that are themselves
    /// authenticated; 0 where nothing says so.
    #[must_use]
    pub const fn new(ring: &'r KeyRing, on_failure: OnAuthFailure, high_water: u64) -> Self {
        Self {
            ring,
            on_failure,
            high_water,
            poisoned: AtomicU64::new(0),
            ended: AtomicBool::new(false),
        }
    }

    /// As [`KeyRing::open`], but a unit that does not authenticate is poisoned where
    /// [`OnAuthFailure::Poison`] was asked for and recovery has not ended.
    ///
    /// # Errors
    ///
    /// Those of [`KeyRing::open`], with the buffer zeroed.
    pub fn open(
        &self,
        place: &Place<'_>,
        version: WriteVersion,
        buffer: &mut [u8],
        meta: &UnitMeta,
    ) -> Result<Recovered, OpenError> {
        // Before the ciphertext is gone.
        let of_zeros = || meta.to_octets() == [0; META_LEN] && buffer.iter().all(|o| *o == 0);
        let never_written = place.unit() < self.high_water && of_zeros();
        match (self.ring).open_in_place(At { place, version }, buffer, meta) {
            Ok(opened) => Ok(Recovered::Opened(opened)),
            Err(kind) if !never_written && self.poisons(kind) => {
                buffer.fill(POISON);
                self.poisoned.fetch_add(1, Ordering::Relaxed);
                Ok(Recovered::Poisoned)
            }
            Err(kind) => {
                buffer.fill(0);
                Err(self.ring.not_opened(place, kind))
            }
        }
    }

    /// How many units were read as wrong octets: for the status of the store.
    #[must_use]
    pub fn poisoned(&self) -> u64 {
        self.poisoned.load(Ordering::Relaxed)
    }

    /// Ends recovery: from now on every failure is an error. To be called before the engine's first
    /// user transaction. Gives the count.
    pub fn end(&self) -> u64 {
        self.ended.store(true, Ordering::Release);
        self.poisoned()
    }

    /// Whether a torn write may have caused it.
    fn poisons(&self, kind: OpenErrorKind) -> bool {
        let torn = matches!(
            kind,
            OpenErrorKind::WrongTag
                | OpenErrorKind::UnknownFormat(_)
                | OpenErrorKind::UnknownSuite(_)
                | OpenErrorKind::UnknownFlags(_)
                | OpenErrorKind::BadCounter(_)
        );
        torn && self.on_failure == OnAuthFailure::Poison && !self.ended.load(Ordering::Acquire)
    }
}
