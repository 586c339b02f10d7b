//! One life of one writer under one DEK generation: a random id, a subkey, a counter.
//!
//! May touch: memory only.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
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
    units: u64,
    blocks: u64,
}

impl EpochLimits {
    /// Most units of an epoch: 2^36.
    pub const UNITS_MAX: u64 = 1 << 36;
    /// Most blocks of 16 octets of an epoch: 2^47. A unit of n octets counts n/16, rounded up,
    /// and one for its tag.
    pub const BLOCKS_MAX: u64 = 1 << 47;

    /// At most `units` units and `blocks` blocks; at least 1 unit, at most the two consts.
    #[must_use]
    pub fn new(units: u64, blocks: u64) -> Self {
        Self {
            units: units.clamp(1, Self::UNITS_MAX),
            blocks: blocks.clamp(1, Self::BLOCKS_MAX),
        }
    }

    /// Units.
    #[must_use]
    pub const fn units(&self) -> u64 {
        self.units
    }

    /// Blocks.
    #[must_use]
    pub const fn blocks(&self) -> u64 {
        self.blocks
    }
}

impl Default for EpochLimits {
    fn default() -> Self {
        Self::new(Self::UNITS_MAX, Self::BLOCKS_MAX)
    }
}

/// Blocks that a unit of `len` octets needs: its own, rounded up, and one for the tag.
pub(super) fn blocks(len: usize) -> Option<u64> {
    let blocks = len.div_ceil(BLOCK_LEN).checked_add(1)?;
    u64::try_from(blocks).ok()
}

/// The epoch that seals.
pub(super) struct WriteEpoch {
    pub(super) id: EpochId,
    pub(super) generation: DekGeneration,
    pub(super) subkey: Arc<GcmKey>,
    limits: EpochLimits,
    /// The process that began it: a forked child has the same id and subkey in its memory.
    process: u64,
    units: AtomicU64,
    blocks: AtomicU64,
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
            units: AtomicU64::new(0),
            blocks: AtomicU64::new(0),
        }
    }

    /// The counter for one unit of `blocks` blocks, never given out before or again; `None` when
    /// the epoch is at its end: a limit is reached, or the process forked since it began.
    pub(super) fn claim(&self, blocks: u64) -> Option<u64> {
        if self.process != process_mark() {
            return None;
        }
        // Whoever is refused has still moved the counters: the epoch ends a little early, and
        // 2^63 refusals would be needed to wrap them.
        let spent = self.blocks.fetch_add(blocks, Ordering::Relaxed);
        if spent.checked_add(blocks)? > self.limits.blocks {
            return None;
        }
        let counter = (self.units.fetch_add(1, Ordering::Relaxed)).checked_add(1)?;
        (counter <= self.limits.units).then_some(counter)
    }
}
