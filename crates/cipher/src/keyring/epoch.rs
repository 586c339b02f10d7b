//! One life of one writer under one DEK generation: a random id, a subkey, a counter.
//!
//! Threads count in lanes, each a range of the epoch's numbers on a cache line of its own: two that
//! seal 4 KiB at a time would else wait for each other's count longer than for a tenth of the work.
//!
//! May touch: memory only.

use std::{
    cell::Cell,
    num::NonZeroU64,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use super::cache::EpochRef;
use crate::provider::UnitKey;
use crate::suite::{NonceMode, Suite};

/// Octets of a cipher block.
const BLOCK_LEN: usize = 16;
/// Lanes of an epoch, a power of two. More threads than lanes share them.
pub(super) const LANES: usize = 8;
/// An epoch with fewer numbers has one lane: it would end before its numbers are used.
pub(super) const LANES_FROM: u64 = 1 << 24;

/// How much one epoch may seal before the next one begins by itself.
///
/// The defaults are the limits of `docs/formats/unit.md`, section 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochLimits {
    counters: u64,
    blocks_per_counter: u64,
}

impl EpochLimits {
    /// Most units of an epoch: 2^36.
    pub const UNITS_MAX: u64 = 1 << 36;
    /// Most units of an epoch whose nonces are drawn: 2^32 (NIST SP 800-38D, 8.3).
    pub const DRAWN_UNITS_MAX: u64 = 1 << 32;
    /// Most blocks of 16 octets of an epoch: 2^47.
    pub const BLOCKS_MAX: u64 = 1 << 47;

    /// The highest limits that the format allows for `suite`.
    #[must_use]
    pub fn of(suite: Suite) -> Self {
        let units = match suite.nonce_mode() {
            NonceMode::Caller => Self::UNITS_MAX,
            NonceMode::Provider => Self::DRAWN_UNITS_MAX,
        };
        Self::new(units, Self::BLOCKS_MAX)
    }

    /// The lower ones of these and those of `suite`.
    #[must_use]
    pub(super) fn within(self, suite: Suite) -> Self {
        let most = Self::of(suite);
        Self {
            counters: self.counters.min(most.counters),
            blocks_per_counter: self.blocks_per_counter.min(most.blocks_per_counter),
        }
    }

    /// At most `units` units and `blocks` blocks; each at least 1 and at most its const.
    ///
    /// One counter keeps both: a unit takes one number for every `blocks / units` blocks, rounded
    /// up, and uses the last. So an epoch may end before its last block, never after.
    #[must_use]
    pub fn new(units: u64, blocks: u64) -> Self {
        let blocks = blocks.clamp(1, Self::BLOCKS_MAX);
        let counters = units.clamp(1, Self::UNITS_MAX).min(blocks);
        let blocks_per_counter = blocks.checked_div(counters).unwrap_or(1);
        Self {
            counters,
            blocks_per_counter,
        }
    }

    /// Whether an epoch has so many numbers that follow one another.
    pub(super) const fn fit(self, numbers: u64) -> bool {
        numbers <= self.in_lane()
    }

    /// Numbers of one lane.
    const fn in_lane(self) -> u64 {
        if self.counters < LANES_FROM {
            self.counters
        } else {
            self.counters >> LANES.trailing_zeros()
        }
    }

    /// The numbers that a unit of `len` octets takes; `None` when an epoch has not as many.
    pub(super) fn numbers(&self, len: usize) -> Option<NonZeroU64> {
        let blocks = u64::try_from(len.div_ceil(BLOCK_LEN)).ok()?.max(1);
        // One number in nearly all cases: no division.
        if blocks <= self.blocks_per_counter {
            return Some(NonZeroU64::MIN);
        }
        let numbers = NonZeroU64::new(blocks.div_ceil(self.blocks_per_counter))?;
        self.fit(numbers.get()).then_some(numbers)
    }
}

impl Default for EpochLimits {
    fn default() -> Self {
        Self::new(Self::UNITS_MAX, Self::BLOCKS_MAX)
    }
}

/// The epoch that seals.
pub(super) struct WriteEpoch {
    pub(super) epoch: EpochRef,
    pub(super) subkey: Arc<dyn UnitKey>,
    /// Numbers of one lane; lane n has those after n times as many.
    in_lane: u64,
    lanes: Box<[Lane]>,
    /// The thread that began it has the first lane.
    begun_by: usize,
}

/// How many numbers of a range were taken. Two cache lines: processors fetch them in pairs.
#[derive(Default)]
#[repr(align(128))]
struct Lane(AtomicU64);

impl WriteEpoch {
    pub(super) fn new(epoch: EpochRef, subkey: Arc<dyn UnitKey>, limits: EpochLimits) -> Self {
        let in_lane = limits.in_lane();
        let lanes = if in_lane == limits.counters { 1 } else { LANES };
        Self {
            epoch,
            subkey,
            in_lane,
            lanes: (0..lanes).map(|_| Lane::default()).collect(),
            begun_by: thread_number(),
        }
    }

    /// The counter for a unit that takes so many numbers, never given out before or again; `None`
    /// when the epoch is at its end.
    pub(super) fn claim(&self, numbers: NonZeroU64) -> Option<u64> {
        let thread = thread_number().wrapping_sub(self.begun_by);
        let own = thread.checked_rem(self.lanes.len())?;
        let (before, from_own) = self.lanes.split_at_checked(own)?;
        let counts = (0_u64..).zip(before);
        let first = u64::try_from(own).ok()?;
        // Its own first, then whichever has some left.
        (first..)
            .zip(from_own)
            .chain(counts)
            .find_map(|(at, lane)| self.claim_in(at, lane, numbers))
    }

    #[inline]
    fn claim_in(&self, at: u64, lane: &Lane, numbers: NonZeroU64) -> Option<u64> {
        let after = |last: u64| {
            let taken = last.checked_add(numbers.get())?;
            (taken <= self.in_lane).then_some(taken)
        };
        // Looked at first, so that refused claims do not add up.
        after(lane.0.load(Ordering::Relaxed))?;
        let taken = after(lane.0.fetch_add(numbers.get(), Ordering::Relaxed))?;
        at.checked_mul(self.in_lane)?.checked_add(taken)
    }

    /// Known bad: one that goes on after the number `last`.
    #[cfg(test)]
    pub(super) fn resumed(epoch: EpochRef, subkey: Arc<dyn UnitKey>, last: u64) -> Self {
        let resumed = Self::new(epoch, subkey, EpochLimits::default());
        let before = last.checked_sub(1).unwrap();
        let lane = before.checked_div(resumed.in_lane).unwrap();
        let taken = before
            .checked_rem(resumed.in_lane)
            .unwrap()
            .saturating_add(1);
        let lane = &resumed.lanes[usize::try_from(lane).unwrap()];
        lane.0.store(taken, Ordering::Relaxed);
        resumed
    }
}

/// A number for the calling thread; those of threads that begin after one another follow one
/// another.
fn thread_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
    }
    let number = NUMBER.try_with(|number| {
        number.get().unwrap_or_else(|| {
            let new = NEXT.fetch_add(1, Ordering::Relaxed);
            number.set(Some(new));
            new
        })
    });
    // A thread that is ending shares the first lane.
    number.unwrap_or_default()
}
