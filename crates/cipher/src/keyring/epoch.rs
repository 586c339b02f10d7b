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

use super::cache::EpochRef;
use crate::provider::UnitKey;
use crate::suite::{NonceMode, Suite};

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

    /// Whether an epoch has so many numbers.
    pub(super) const fn fit(self, numbers: u64) -> bool {
        numbers <= self.counters
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
    pub(super) epoch: EpochRef,
    pub(super) subkey: Arc<dyn UnitKey>,
    limits: EpochLimits,
    /// The last number taken.
    last: AtomicU64,
}

impl WriteEpoch {
    pub(super) fn new(epoch: EpochRef, subkey: Arc<dyn UnitKey>, limits: EpochLimits) -> Self {
        Self {
            epoch,
            subkey,
            limits,
            last: AtomicU64::new(0),
        }
    }

    /// The counter for a unit that takes so many numbers, never given out before or again; `None`
    /// when the epoch is at its end.
    pub(super) fn claim(&self, numbers: NonZeroU64) -> Option<u64> {
        let after = |last: u64| {
            let counter = last.checked_add(numbers.get())?;
            (counter <= self.limits.counters).then_some(counter)
        };
        // Looked at first, so that refused claims do not add up.
        after(self.last.load(Ordering::Relaxed))?;
        after(self.last.fetch_add(numbers.get(), Ordering::Relaxed))
    }
}
