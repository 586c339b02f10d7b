//! How long to wait between two rounds over the list of servers.
//!
//! May touch: memory; randomness only through the [`Jitter`] that it is given.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

/// The pause between two rounds: it doubles from one to the next up to a longest one, and between
/// half of it and the whole is drawn at random, so that clients which lost a server at the same
/// moment do not come back at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackOff {
    first: Duration,
    longest: Duration,
}

impl BackOff {
    /// 200 ms at first, 10 s at most.
    pub const DEFAULT: Self = Self {
        first: Duration::from_millis(200),
        longest: Duration::from_secs(10),
    };

    /// No pause, as in PSMDB.
    pub const NONE: Self = Self {
        first: Duration::ZERO,
        longest: Duration::ZERO,
    };

    /// `first` after the first round, at most `longest` after any.
    #[must_use]
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest }
    }

    /// The pause after the round `round`, counted from 0.
    pub(crate) fn pause(self, round: u32, random: u64) -> Duration {
        const PARTS: u32 = 1000;
        let factor = 1_u32.checked_shl(round).unwrap_or(u32::MAX);
        let whole = self.first.saturating_mul(factor).min(self.longest);
        let half = whole.checked_div(2).unwrap_or_default();
        let parts = u32::try_from(random.checked_rem(1001).unwrap_or(0)).unwrap_or(0);
        let drawn = half.checked_div(PARTS).unwrap_or_default();
        half.saturating_add(drawn.saturating_mul(parts))
    }
}

/// A source of numbers that need not be secret.
#[derive(Clone)]
pub(crate) struct Jitter(Arc<dyn Fn() -> u64 + Send + Sync>);

impl Jitter {
    pub(crate) fn new(random: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(random))
    }

    pub(crate) fn draw(&self) -> u64 {
        (self.0)()
    }
}

impl Default for Jitter {
    fn default() -> Self {
        // The standard library seeds each of these from the system.
        Self::new(|| RandomState::new().build_hasher().finish())
    }
}

impl fmt::Debug for Jitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jitter(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn the_pause_doubles_up_to_the_longest_and_at_least_half_of_it_stays() {
        let back_off = BackOff::new(MS(200), MS(1000));
        let least: Vec<_> = (0..5).map(|round| back_off.pause(round, 0)).collect();
        assert_eq!(least, [100, 200, 400, 500, 500].map(MS));
        let most: Vec<_> = (0..5).map(|round| back_off.pause(round, 1000)).collect();
        assert_eq!(most, [200, 400, 800, 1000, 1000].map(MS));
        assert_eq!(back_off.pause(40, 500), MS(750), "a shift past the width");
    }

    #[test]
    fn without_back_off_there_is_no_pause() {
        assert_eq!(BackOff::NONE.pause(7, u64::MAX), Duration::ZERO);
    }

    #[test]
    fn the_default_source_gives_different_numbers() {
        let jitter = Jitter::default();
        let first = jitter.draw();
        assert!((0..8).any(|_| jitter.draw() != first));
    }
}
