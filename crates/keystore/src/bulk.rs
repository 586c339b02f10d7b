//! The same work on many records, on all cores.
//!
//! May touch: threads that end before the call returns.

use std::num::NonZero;
use std::thread;

use strongroom_secret::scrubbed;

/// Fewer records are not worth a thread.
const PER_THREAD_MIN: usize = 1024;
/// The stack is overwritten once for so many records.
const PER_SCRUB: usize = 256;

/// Does `work` on each item; the first error ends a thread's share and is returned.
///
/// # Errors
///
/// Those of `work`.
pub(crate) fn for_each<T: Send, E: Send>(
    items: Vec<T>,
    work: impl Fn(T) -> Result<(), E> + Sync,
) -> Result<(), E> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = items.len().div_ceil(cores).max(PER_THREAD_MIN);
    let mut shares = split(items, share);
    let own = shares.pop().unwrap_or_default();
    let work = &work;
    thread::scope(|scope| {
        let mut running = Vec::new();
        for share in shares {
            running.push(scope.spawn(move || one_by_one(share, work)));
        }
        let mut outcome = one_by_one(own, work);
        for thread in running {
            match thread.join() {
                Ok(other) => outcome = outcome.and(other),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        outcome
    })
}

fn split<T>(mut items: Vec<T>, share: usize) -> Vec<Vec<T>> {
    let mut shares = Vec::new();
    while items.len() > share {
        let rest = items.split_off(share);
        shares.push(std::mem::replace(&mut items, rest));
    }
    shares.push(items);
    shares
}

fn one_by_one<T, E>(items: Vec<T>, work: &impl Fn(T) -> Result<(), E>) -> Result<(), E> {
    split(items, PER_SCRUB)
        .into_iter()
        .try_for_each(|some| scrubbed(|| some.into_iter().try_for_each(work)))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn each_item_has_its_turn_and_an_error_is_told() {
        for count in [0, 1, 255, 1024, 5000] {
            let sum = AtomicUsize::new(0);
            let all: Vec<usize> = (1..=count).collect();
            let expected: usize = all.iter().sum();
            let outcome: Result<(), usize> = for_each(all.clone(), |item| {
                sum.fetch_add(item, Ordering::Relaxed);
                Ok(())
            });
            assert_eq!((outcome, sum.into_inner()), (Ok(()), expected));
            for bad in [1, count / 2, count] {
                let fail = |item| if item == bad { Err(item) } else { Ok(()) };
                let outcome = for_each(all.clone(), fail);
                let is_there = bad > 0 && count > 0;
                assert_eq!(outcome, if is_there { Err(bad) } else { Ok(()) });
            }
        }
    }
}
