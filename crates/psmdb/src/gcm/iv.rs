//! IVs of GCM: a counter that never goes back.
//!
//! May touch: values only, and [`process_mark`].

use std::sync::atomic::{AtomicU64, Ordering};

use strongroom_secret::process_mark;

use super::IV_LEN;
use crate::error::IvError;

/// One IV, for one form. Neither cloned nor copied, so it is used once.
#[derive(Debug, PartialEq, Eq)]
pub struct GcmIv([u8; IV_LEN]);

impl GcmIv {
    /// An IV of the caller's own counter.
    ///
    /// The caller vouches that it was never used under the same key, neither here nor in a copy of
    /// the data: a second use gives away both plaintexts and the power to forge.
    #[must_use]
    pub const fn assume_unused(octets: [u8; IV_LEN]) -> Self {
        Self(octets)
    }

    /// The counter as PSMDB writes it: 96 bits, little endian.
    fn of_counter(counter: u64) -> Self {
        #[expect(
            clippy::little_endian_bytes,
            reason = "docs/formats/psmdb.md, section 3"
        )]
        let [a, b, c, d, e, f, g, h] = counter.to_le_bytes();
        Self([a, b, c, d, e, f, g, h, 0, 0, 0, 0])
    }

    pub(super) const fn into_octets(self) -> [u8; IV_LEN] {
        self.0
    }
}

/// The counter that serves all keys of a node (`docs/formats/psmdb.md`, section 4).
///
/// It gives out what was reserved and no more. Reserving is: write the new ceiling down durably, then
/// call [`Self::raise`]. After a crash [`Self::resume`] goes on above the ceiling that was written down.
///
/// It cannot see a copy of the data: a restored backup or a clone goes on with the same numbers. Whoever
/// starts one raises its counter above all that the other may have used, or only reads there.
#[derive(Debug)]
pub struct GcmIvs {
    next: AtomicU64,
    /// The first that is not reserved.
    ceiling: AtomicU64,
    process: u64,
}

impl GcmIvs {
    /// Goes on after all that was ever reserved: `ceiling` is what was written down last, 0 in the
    /// beginning. Nothing is reserved yet.
    ///
    /// It begins one above `ceiling`, for a writer that counts the ceiling as reserved.
    #[must_use]
    pub fn resume(ceiling: u64) -> Self {
        let next = ceiling.saturating_add(1);
        Self {
            next: AtomicU64::new(next),
            ceiling: AtomicU64::new(next),
            process: process_mark(),
        }
    }

    /// Gives out counters below `ceiling` from now on, which is written down durably already. A
    /// lower one than before changes nothing.
    ///
    /// # Errors
    ///
    /// [`IvError::Forked`].
    pub fn raise(&self, ceiling: u64) -> Result<(), IvError> {
        self.check_process()?;
        self.ceiling.fetch_max(ceiling, Ordering::Relaxed);
        Ok(())
    }

    /// The next IV.
    ///
    /// # Errors
    ///
    /// [`IvError::Exhausted`], [`IvError::Forked`].
    pub fn next(&self) -> Result<GcmIv, IvError> {
        self.check_process()?;
        let ceiling = self.ceiling.load(Ordering::Relaxed);
        let below = |next: u64| (next < ceiling).then(|| next.saturating_add(1));
        self.next
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, below)
            .map(GcmIv::of_counter)
            .map_err(|_| IvError::Exhausted { ceiling })
    }

    /// The lowest number that was not given out: what a clean close writes down as ceiling.
    #[must_use]
    pub fn unused(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }

    /// How many are reserved and not given out.
    #[must_use]
    pub fn left(&self) -> u64 {
        let ceiling = self.ceiling.load(Ordering::Relaxed);
        ceiling.saturating_sub(self.unused())
    }

    fn check_process(&self) -> Result<(), IvError> {
        if process_mark() == self.process {
            Ok(())
        } else {
            Err(IvError::Forked)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn octets(ivs: &GcmIvs) -> Result<[u8; IV_LEN], IvError> {
        ivs.next().map(GcmIv::into_octets)
    }

    #[test]
    fn the_counter_begins_with_one_and_is_little_endian() {
        let ivs = GcmIvs::resume(0);
        assert_eq!(octets(&ivs), Err(IvError::Exhausted { ceiling: 1 }));
        ivs.raise(4096).unwrap();
        assert_eq!(octets(&ivs), Ok([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        let ivs = GcmIvs::resume(0x0102_0304_0506_0707);
        ivs.raise(u64::MAX).unwrap();
        assert_eq!(octets(&ivs), Ok([8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0]));
    }

    #[test]
    fn nothing_is_given_out_at_or_beyond_the_ceiling() {
        let ivs = GcmIvs::resume(7);
        ivs.raise(10).unwrap();
        assert_eq!((ivs.left(), ivs.unused()), (2, 8));
        assert!(octets(&ivs).is_ok() && octets(&ivs).is_ok());
        assert_eq!(octets(&ivs), Err(IvError::Exhausted { ceiling: 10 }));
        ivs.raise(9).unwrap();
        assert_eq!(octets(&ivs), Err(IvError::Exhausted { ceiling: 10 }));
        ivs.raise(11).unwrap();
        assert_eq!(octets(&ivs).unwrap()[0], 10);
        assert_eq!((ivs.left(), ivs.unused()), (0, 11));
    }

    #[test]
    fn the_last_number_is_never_given_out() {
        let ivs = GcmIvs::resume(u64::MAX);
        ivs.raise(u64::MAX).unwrap();
        assert!(octets(&ivs).is_err());
    }

    #[test]
    fn threads_crashes_and_clean_closes_repeat_nothing() {
        let mut seen = HashSet::new();
        let mut written_down = 0;
        for life in 0..20 {
            let ivs = GcmIvs::resume(written_down);
            written_down = ivs.unused() + 4096;
            ivs.raise(written_down).unwrap();
            let draw = || (0..500).map(|_| octets(&ivs).unwrap()).collect();
            let drawn: Vec<Vec<_>> = std::thread::scope(|scope| {
                let threads = [scope.spawn(draw), scope.spawn(draw)];
                threads.map(|thread| thread.join().unwrap()).into()
            });
            for iv in drawn.into_iter().flatten() {
                assert!(seen.insert(iv), "{iv:?} again, in life {life}");
            }
            if life % 2 == 0 {
                written_down = ivs.unused();
            }
        }
        assert_eq!(seen.len(), 20_000);
    }
}
