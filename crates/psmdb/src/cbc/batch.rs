//! Several pages side by side: each page is a chain, so one alone keeps most of an AES unit waiting.
//!
//! May touch: values only.

use std::iter::zip;
use std::mem;

use aes::Block;
use aes::cipher::array::Array;
use aes::cipher::consts::U16;
use aes::cipher::{BlockCipherEncBackend, BlockCipherEncClosure, BlockSizeUser};

use super::job::{CbcJob, Parts};

/// Pages that are encrypted side by side.
///
/// Measured with aes 0.9.4: with 16 and more the states no longer stay in registers.
pub const BATCH_LANES: usize = 8;

type Lanes<'p> = [Option<Parts<'p>>; BATCH_LANES];
/// The last ciphertext block of each lane; first the IV.
type States = [Block; BATCH_LANES];

/// What runs inside the cipher's own code path, chosen once for all blocks.
pub(super) struct Batch<'b, 'j>(pub(super) &'b mut [CbcJob<'j>]);

impl BlockSizeUser for Batch<'_, '_> {
    type BlockSize = U16;
}

impl BlockCipherEncClosure for Batch<'_, '_> {
    #[inline(always)]
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, backend: &B) {
        let mut waiting = self.0.iter_mut().map(CbcJob::begin);
        let mut states = States::default();
        let mut lanes: Lanes<'_> = Default::default();
        loop {
            for (lane, state) in zip(&mut lanes, &mut states) {
                if lane.is_none()
                    && let Some(parts) = waiting.next()
                {
                    *state = parts.iv;
                    *lane = Some(parts);
                }
            }
            // All lanes go on until the shortest has only its last block left.
            let left = lanes.iter().flatten().map(|parts| parts.whole.len());
            let Some(steps) = left.min() else { return };
            advance(backend, &mut states, &mut lanes, steps);
            last_of_shortest(backend, &mut states, &mut lanes);
        }
    }
}

/// `steps` blocks of each lane. An empty lane computes and gives nothing.
#[inline(always)]
fn advance<B: BlockCipherEncBackend<BlockSize = U16>>(
    backend: &B,
    states: &mut States,
    lanes: &mut Lanes<'_>,
    steps: usize,
) {
    let mut now = *states;
    let mut taken = lanes.each_mut().map(|lane| take(lane, steps));
    for step in 0..steps {
        for (state, (source, _)) in zip(&mut now, &taken) {
            if let Some(block) = source.get(step) {
                xor(state, block);
            }
        }
        encrypt(backend, &mut now);
        for (state, (_, target)) in zip(&now, &mut taken) {
            if let Some(place) = target.get_mut(step) {
                *place = *state;
            }
        }
    }
    *states = now;
}

/// Sources and targets of one lane.
type Taken<'p> = (&'p [Block], &'p mut [Block]);

/// The next `steps` blocks of a lane, which has as many; none of an empty lane.
#[inline(always)]
fn take<'p>(lane: &mut Option<Parts<'p>>, steps: usize) -> Taken<'p> {
    let Some(parts) = lane else {
        return Taken::default();
    };
    let (now, later) = (parts.whole.split_at_checked(steps)).unwrap_or_default();
    let room = mem::take(&mut parts.room);
    let (room_now, room_later) = (room.split_at_mut_checked(steps)).unwrap_or_default();
    (parts.whole, parts.room) = (later, room_later);
    (now, room_now)
}

/// One step, in which the shortest lanes end; the others take another block.
#[inline(always)]
fn last_of_shortest<B: BlockCipherEncBackend<BlockSize = U16>>(
    backend: &B,
    states: &mut States,
    lanes: &mut Lanes<'_>,
) {
    for (state, lane) in zip(&mut *states, &*lanes) {
        if let Some(parts) = lane {
            xor(state, parts.whole.first().unwrap_or(&parts.last));
        }
    }
    encrypt(backend, states);
    for (state, lane) in zip(&*states, lanes) {
        let Some(parts) = lane else { continue };
        match (
            parts.whole.split_first(),
            mem::take(&mut parts.room).split_first_mut(),
        ) {
            (Some((_, whole)), Some((place, room))) => {
                *place = *state;
                (parts.whole, parts.room) = (whole, room);
            }
            _ => {
                *parts.room_of_last = *state;
                *lane = None;
            }
        }
    }
}

#[inline(always)]
fn encrypt<B: BlockCipherEncBackend<BlockSize = U16>>(backend: &B, states: &mut States) {
    // Which of the two is empty is known when this is compiled for a code path.
    let (groups, rest) = Array::<Block, B::ParBlocksSize>::slice_as_chunks_mut(states);
    for group in groups {
        backend.encrypt_par_blocks_inplace(group);
    }
    for block in rest {
        backend.encrypt_block_inplace(block);
    }
}

#[inline(always)]
fn xor(state: &mut Block, block: &Block) {
    for (octet, other) in zip(state, block) {
        *octet ^= other;
    }
}
