//! The same work on one thread and on two at once, by the wall clock. May touch: the clock, threads.

use std::hint;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::timing::Times;

/// A stretch is at least this long: short enough for some to be undisturbed on a busy machine.
const STRETCH: Duration = Duration::from_micros(250);
/// Rounds, of which the best counts: so many, and for so long.
const ROUNDS_MIN: usize = 61;
const TIME_MIN: Duration = Duration::from_millis(2500);

/// One unit of work, again and again, on one thread.
pub type UnitWork<'w> = Box<dyn FnMut() + Send + 'w>;

/// Work that several threads do at once: gives each thread its own, which may share what the work
/// shares, such as a key.
pub type Threaded<'w> = Box<dyn Fn() -> UnitWork<'w> + 'w>;

/// Times for one unit of one thread: alone, and while a second thread did the same.
#[derive(Debug, Default)]
pub(crate) struct Growth {
    pub(crate) one: Times,
    pub(crate) two: Times,
}

impl Growth {
    /// How many times the units of one thread both did, in the best rounds.
    pub(crate) fn growth(&self) -> Option<f64> {
        Some(2.0 * self.one.best()? / self.two.best()?)
    }
}

/// Times all of `works` in turns, round after round.
pub(crate) fn measure(works: &[Threaded<'_>]) -> Vec<Growth> {
    let mut growths: Vec<Growth> = works.iter().map(|_| Growth::default()).collect();
    let runs: Vec<u32> = works.iter().map(runs_of_stretch).collect();
    let start = Instant::now();
    let mut rounds = 0_usize;
    while rounds < ROUNDS_MIN || start.elapsed() < TIME_MIN {
        rounds = rounds.saturating_add(1);
        for ((work, growth), runs) in works.iter().zip(&mut growths).zip(&runs) {
            growth.one.push(stretch(vec![work()], *runs), *runs);
            growth.two.push(stretch(vec![work(), work()], *runs), *runs);
        }
    }
    growths
}

fn runs_of_stretch(work: &Threaded<'_>) -> u32 {
    let mut runs = 1_u32;
    while runs < 1 << 24 && stretch(vec![work()], runs) < STRETCH {
        runs = runs.saturating_mul(2);
    }
    runs
}

/// From the first start to the last end of all threads.
fn stretch(units: Vec<UnitWork<'_>>, runs: u32) -> Duration {
    let (ready, all) = (AtomicUsize::new(0), units.len());
    thread::scope(|scope| {
        let threads: Vec<_> = units
            .into_iter()
            .map(|mut unit| {
                let ready = &ready;
                scope.spawn(move || {
                    unit();
                    // Awake together: a thread that sleeps at a barrier comes late.
                    ready.fetch_add(1, Ordering::AcqRel);
                    while ready.load(Ordering::Acquire) < all {
                        hint::spin_loop();
                    }
                    let start = Instant::now();
                    for _ in 0..runs {
                        unit();
                    }
                    (start, Instant::now())
                })
            })
            .collect();
        let spans: Vec<_> = threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .collect();
        let start = spans.iter().map(|(start, _)| *start).min();
        let end = spans.iter().map(|(_, end)| *end).max();
        start.zip(end).map_or(Duration::MAX, |(start, end)| {
            end.saturating_duration_since(start)
        })
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_lock_around_the_work_does_not_grow() {
        let pause = || thread::sleep(Duration::from_micros(300));
        let lock = Mutex::new(());
        let free: Threaded<'_> = Box::new(|| Box::new(pause));
        let locked: Threaded<'_> = Box::new(|| {
            Box::new(|| {
                let _held = lock.lock();
                pause();
            })
        });
        // Sleeping needs no core of its own, so this holds on a busy machine as well.
        let best = |work: &Threaded<'_>, threads: usize| {
            let stretches = (0..5).map(|_| stretch((0..threads).map(|_| work()).collect(), 10));
            stretches.min().unwrap().as_secs_f64()
        };
        let growth = |work| 2.0 * best(work, 1) / best(work, 2);
        assert!(growth(&free) > 1.5, "{}", growth(&free));
        assert!(growth(&locked) < 1.3, "{}", growth(&locked));
    }
}
