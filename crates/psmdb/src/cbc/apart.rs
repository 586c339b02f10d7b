//! Decrypting into another place: the ciphertext is still there, so no block of it needs a copy.
//!
//! May touch: values only.

use std::iter::zip;

use aes::Block;
use aes::cipher::array::Array;
use aes::cipher::consts::U16;
use aes::cipher::{BlockCipherDecBackend, BlockCipherDecClosure, BlockSizeUser};

/// Three slices of one length.
pub(super) struct Apart<'a> {
    /// IV and ciphertext: what is before each block.
    pub(super) before: &'a [Block],
    pub(super) source: &'a [Block],
    pub(super) target: &'a mut [Block],
}

impl BlockSizeUser for Apart<'_> {
    type BlockSize = U16;
}

impl BlockCipherDecClosure for Apart<'_> {
    #[inline(always)]
    fn call<B: BlockCipherDecBackend<BlockSize = U16>>(self, backend: &B) {
        let (before, before_rest) = Array::<_, B::ParBlocksSize>::slice_as_chunks(self.before);
        let (source, source_rest) = Array::<_, B::ParBlocksSize>::slice_as_chunks(self.source);
        let (target, target_rest) = Array::<_, B::ParBlocksSize>::slice_as_chunks_mut(self.target);
        for ((before, source), target) in zip(zip(before, source), target) {
            backend.decrypt_par_blocks((source, &mut *target).into());
            xor(target, before);
        }
        for ((before, source), target) in zip(zip(before_rest, source_rest), target_rest) {
            backend.decrypt_block((source, &mut *target).into());
            xor(std::slice::from_mut(target), std::slice::from_ref(before));
        }
    }
}

#[inline(always)]
fn xor(target: &mut [Block], before: &[Block]) {
    let octets = zip(
        Block::slice_as_flattened_mut(target),
        Block::slice_as_flattened(before),
    );
    for (octet, other) in octets {
        *octet ^= other;
    }
}
