//! One life of one writer under one DEK generation: a random id, a subkey, a counter.
//!
//! May touch: memory only.

use std::{
    num::NonZeroU64,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use strongroom_secret::process_mark;

use crate::id::{DekGeneration, EpochId};
use crate::provider::GcmKey;

/// Octets of a cipher block.
const BLOCK_LEN: usize = 16;

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
    /// Most blocks of 16 octets of an epoch: 2^47.
    pub const BLOCKS_MAX: u64 = 1 << 47;

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

    /// The numbers that a unit of `len` octets takes; `None` when an epoch has not as many.
    pub(super) fn numbers(&self, len: usize) -> Option<NonZeroU64> {
        let blocks = u64::try_from(len.div_ceil(BLOCK_LEN)).ok()?.max(1);
        // One number in nearly all cases: no division.
        if blocks <= self.blocks_per_counter {
            return Some(NonZeroU64::MIN);
        }
        let numbers = NonZeroU64::new(blocks.div_ceil(self.blocks_per_counter))?;
        (numbers.get() <= self.counters).then_some(numbers)
    }
}

impl Default for EpochLimits {
    fn default() -> Self {
        Self::new(Self::UNITS_MAX, Self::BLOCKS_MAX)
    }
}

/// The epoch that seals.
pub(super) struct WriteEpoch {
    pub(super) id: EpochId,
    pub(super) generation: DekGeneration,
    pub(super) subkey: Arc<GcmKey>,
    limits: EpochLimits,
    /// The process that began it: a forked child has the same id and subkey in its memory.
    process: u64,
    /// The last number taken.
    last: AtomicU64,
}

impl WriteEpoch {
    pub(super) fn new(
        id: EpochId,
        generation: DekGeneration,
        subkey: GcmKey,
        limits: EpochLimits,
    ) -> Self {
        Self {
            id,
            generation,
            subkey: Arc::new(subkey),
            limits,
            process: process_mark(),
            last: AtomicU64::new(0),
        }
    }

    /// The counter for a unit that takes so many numbers, never given out before or again; `None`
    /// when the epoch is at its end: a limit is reached, or the process forked since it began.
    pub(super) fn claim(&self, numbers: NonZeroU64) -> Option<u64> {
        if self.process != process_mark() {
            return None;
        }
        let after = |last: u64| {
            let counter = last.checked_add(numbers.get())?;
            (counter <= self.limits.counters).then_some(counter)
        };
        let before = (self.last).fetch_update(Ordering::Relaxed, Ordering::Relaxed, after);
        before.ok().and_then(after)
    }
}
