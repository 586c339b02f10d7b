//! Loops over a piece of work, and what their times say. May touch: the clock.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// A round is at least this long, so that reading the clock does not count.
const ROUND_MIN: Duration = Duration::from_micros(50);

/// A page of memory. Where two buffers begin in theirs decides how fast one is copied to the
/// other, by up to a factor of two.
const PAGE: usize = 4096;
/// From round to round a copy goes to another place in its page; all that a usual allocator
/// aligns to have their turn.
const STEP: usize = 17 * 16;

/// A piece of work, to be run as often as told; gives the time of all runs. Boxed around the
/// loop, not around the work, so that the call is not part of what is timed.
type Loop<'w> = Box<dyn FnMut(u32) -> Duration + 'w>;

/// What a row times.
#[expect(missing_debug_implementations, reason = "a closure")]
pub struct Work<'w> {
    work: Loop<'w>,
    /// Runs of one round.
    runs: u32,
}

impl<'w> Work<'w> {
    /// One run of `work` is what is timed.
    pub fn new(mut work: impl FnMut() + 'w) -> Self {
        Self::timed(move |runs| {
            let start = Instant::now();
            for _ in 0..runs {
                work();
            }
            start.elapsed()
        })
    }

    /// `work` runs as often as told and says how long all runs took: for what is timed elsewhere.
    pub fn timed(work: impl FnMut(u32) -> Duration + 'w) -> Self {
        let work = Box::new(work);
        Self { work, runs: 1 }
    }

    /// Copying `source` into room that is there, at another place each round.
    #[must_use]
    pub fn copy(source: &'w [u8]) -> Self {
        let mut room = vec![0; source.len().saturating_add(PAGE)];
        let mut at = 0_usize;
        Self::timed(move |runs| {
            at = at.wrapping_add(STEP) % PAGE;
            let (_, room) = room.split_at_mut(at);
            let (target, _) = room.split_at_mut(source.len());
            let start = Instant::now();
            for _ in 0..runs {
                target.copy_from_slice(black_box(source));
                black_box(&*target);
            }
            start.elapsed()
        })
    }

    /// Finds how many runs make a round of [`ROUND_MIN`]. Each piece of work has its own number:
    /// of two loops that differ much in length, a busy machine interrupts the long one more.
    pub(crate) fn calibrate(&mut self) {
        while self.runs < 1 << 24 && (self.work)(self.runs) < ROUND_MIN {
            self.runs = self.runs.saturating_mul(2);
        }
    }

    /// Runs of one round.
    pub(crate) fn runs(&self) -> u32 {
        self.runs
    }

    /// One round: its time goes to `times`, for one run, and is given, for all.
    pub(crate) fn round(&mut self, times: &mut Times) -> Duration {
        let all = (self.work)(self.runs);
        times.push(all, self.runs);
        all
    }
}

/// The times of one loop, round after round, in nanoseconds for one run.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<f64>);

impl Times {
    pub(crate) fn push(&mut self, all: Duration, runs: u32) {
        self.0
            .push(all.as_secs_f64() * 1e9 / f64::from(runs.max(1)));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The middle one; nothing when nothing was run.
    pub(crate) fn median(&self) -> Option<f64> {
        middle(self.0.clone())
    }

    /// The shortest one.
    pub(crate) fn best(&self) -> Option<f64> {
        self.0.iter().copied().min_by(f64::total_cmp)
    }

    /// This time divided by that of `other` in the same round, the middle one of all rounds.
    pub(crate) fn median_ratio(&self, other: &Self) -> Option<f64> {
        middle(self.0.iter().zip(&other.0).map(|(a, b)| a / b).collect())
    }
}

fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len().checked_div(2)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(nanoseconds: &[u64]) -> Times {
        let mut times = Times::default();
        for &each in nanoseconds {
            times.push(Duration::from_nanos(each), 1);
        }
        times
    }

    #[test]
    fn the_ratio_is_that_of_the_rounds_not_of_the_medians() {
        // A round that was disturbed as a whole leaves the ratio alone.
        let (ours, theirs) = (times(&[10, 1_000, 20]), times(&[5, 500, 10]));
        let ratio = ours.median_ratio(&theirs).unwrap();
        assert!((ratio - 2.0).abs() < 1e-9, "{ratio}");
        let close = |value: Option<f64>, wanted: f64| (value.unwrap() - wanted).abs() < 1e-6;
        assert!(close(ours.median(), 20.0) && close(ours.best(), 10.0));
        assert_eq!(times(&[]).median(), None);
    }

    #[test]
    fn the_time_is_that_of_one_run() {
        let mut times = Times::default();
        times.push(Duration::from_micros(3), 1_000);
        assert!((times.best().unwrap() - 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_round_has_as_many_runs_as_its_work_needs() {
        // Loops that only say how long they took.
        let runs_of = |micros| {
            let mut work = Work::timed(move |runs| Duration::from_micros(micros) * runs);
            work.calibrate();
            work.runs()
        };
        assert_eq!([runs_of(1), runs_of(10), runs_of(5_000)], [64, 8, 1]);
    }
}
