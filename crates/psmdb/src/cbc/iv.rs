//! IVs of CBC: unforeseeable, and cheap enough for every page (SP 800-38A, appendix C).
//!
//! May touch: the operating system's random generator, once.

use std::fmt;
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicU64, Ordering};

use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use aes::{Aes256Enc, Block};
use ring::rand::{SecureRandom as _, SystemRandom};
use strongroom_secret::{SecretBytes, WipedBox, process_mark, scrubbed_shallow};

use super::BLOCK_LEN;
use crate::KEY_LEN;
use crate::error::IvError;

/// One IV, for one form. Neither cloned nor copied, so it is used once.
#[derive(Debug, PartialEq, Eq)]
pub struct CbcIv([u8; BLOCK_LEN]);

impl CbcIv {
    /// The caller vouches that nobody could foretell these octets and that they are not used twice
    /// under one key.
    #[must_use]
    pub const fn assume_random(octets: [u8; BLOCK_LEN]) -> Self {
        Self(octets)
    }

    pub(super) const fn octets(&self) -> &[u8; BLOCK_LEN] {
        &self.0
    }
}

/// Makes IVs: a counter, encrypted under a random key that serves nothing else and is not kept.
///
/// Of no use in a forked child, which has the same key and counter: it makes one of its own.
pub struct CbcIvs {
    key: WipedBox<ManuallyDrop<Aes256Enc>>,
    counter: AtomicU64,
    process: u64,
}

impl CbcIvs {
    /// Under a fresh key.
    ///
    /// # Errors
    ///
    /// [`IvError::Random`].
    pub fn new() -> Result<Self, IvError> {
        let key = SecretBytes::try_build(KEY_LEN, |octets| SystemRandom::new().fill(octets))
            .map_err(|_| IvError::Random)?;
        let octets: &[u8; KEY_LEN] = (key.expose().try_into()).map_err(|_| IvError::Random)?;
        Ok(Self {
            key: WipedBox::new(|| ManuallyDrop::new(Aes256Enc::new(octets.into()))),
            counter: AtomicU64::new(0),
            process: process_mark(),
        })
    }

    /// The next IV.
    ///
    /// # Errors
    ///
    /// [`IvError::Forked`].
    pub fn next(&self) -> Result<CbcIv, IvError> {
        if process_mark() != self.process {
            return Err(IvError::Forked);
        }
        let key = self.key.get().ok_or(IvError::Forked)?;
        // 2^64 pages are out of reach.
        let counter = self.counter.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let mut block = Block::default();
        for (place, octet) in block.iter_mut().zip(counter) {
            *place = octet;
        }
        scrubbed_shallow(|| key.encrypt_block(&mut block));
        Ok(CbcIv(block.into()))
    }
}

impl fmt::Debug for CbcIvs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CbcIvs(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_iv_is_made_twice_by_threads_or_by_two_makers() {
        let makers = [CbcIvs::new().unwrap(), CbcIvs::new().unwrap()];
        let drawn: Vec<Vec<_>> = std::thread::scope(|scope| {
            let threads = [&makers[0], &makers[0], &makers[1]].map(|maker| {
                scope.spawn(move || (0..1000).map(|_| *maker.next().unwrap().octets()).collect())
            });
            threads.map(|thread| thread.join().unwrap()).into()
        });
        let seen: HashSet<_> = drawn.into_iter().flatten().collect();
        assert_eq!(seen.len(), 3000);
    }

    #[test]
    fn half_of_the_bits_change_from_one_iv_to_the_next() {
        let maker = CbcIvs::new().unwrap();
        let number = |iv: CbcIv| u128::from_be_bytes(*iv.octets());
        let changed: u32 = (0..1000)
            .map(|_| (number(maker.next().unwrap()) ^ number(maker.next().unwrap())).count_ones())
            .sum();
        // 64,000 expected, standard deviation 179.
        assert!((62_000..66_000).contains(&changed), "{changed}");
    }
}
