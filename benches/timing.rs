//! Loops over a piece of work, and what their times say. May touch: the clock.

use std::time::{Duration, Instant};

/// A loop is at least this long, so that reading the clock does not count.
const LOOP_MIN: Duration = Duration::from_micros(50);

/// Runs a piece of work as often as told and gives the time of all runs. Boxed around the loop,
/// not around the work, so that the call is not part of what is timed.
pub(crate) type Loop<'w> = Box<dyn FnMut(u32) -> Duration + 'w>;

/// The loop over `work`.
pub(crate) fn timed<'w>(mut work: impl FnMut() + 'w) -> Loop<'w> {
    Box::new(move |runs| {
        let start = Instant::now();
        for _ in 0..runs {
            work();
        }
        start.elapsed()
    })
}

/// How often each of `loops` must run in a row for the fastest to take [`LOOP_MIN`].
pub(crate) fn calibrate(loops: &mut [&mut Loop<'_>]) -> u32 {
    let mut runs = 1_u32;
    while runs < 1 << 24 {
        if loops.iter_mut().all(|work| work(runs) >= LOOP_MIN) {
            break;
        }
        runs = runs.saturating_mul(2);
    }
    runs
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
    fn the_loops_run_as_often_as_the_fastest_needs() {
        // Loops that only say how long they took: 1 us and 10 us a run.
        let mut fast: Loop<'_> = Box::new(|runs| Duration::from_micros(u64::from(runs)));
        let mut slow: Loop<'_> = Box::new(|runs| Duration::from_micros(10 * u64::from(runs)));
        assert_eq!(calibrate(&mut [&mut slow, &mut fast]), 64);
        assert_eq!(calibrate(&mut [&mut slow]), 8);
    }
}
