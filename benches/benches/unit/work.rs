//! What is done with the contestants: units that are in the cache, units that are not, one by one.

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant};

use strongroom_benches::Work;

use crate::contestant::Contestant;

/// Octets of the units that are sealed in turns while they stay in the cache.
const HOT_LEN: usize = 256 * 1024;
/// Octets of the units that do not stay there: more than any cache has.
const COLD_LEN: usize = 96 << 20;

/// How many units of `len` octets there are in `octets`.
fn count(octets: usize, len: usize) -> usize {
    octets.checked_div(len).map_or(1, |units| units.max(1))
}

/// Seals units in the cache, in place.
pub(crate) fn seal(mut contestant: impl Contestant + 'static, len: usize) -> Work<'static> {
    let mut units = vec![7; len.saturating_mul(count(HOT_LEN, len))];
    Work::timed(move |runs| {
        let mut left = usize::try_from(runs).unwrap_or(usize::MAX);
        let start = Instant::now();
        while left > 0 {
            for unit in units.chunks_exact_mut(len).take(left) {
                black_box(contestant.seal(black_box(unit)));
                left = left.saturating_sub(1);
            }
        }
        start.elapsed()
    })
}

/// Opens units in the cache, in place. Their ciphertext is put back outside of what is timed.
pub(crate) fn open(mut contestant: impl Contestant + 'static, len: usize) -> Work<'static> {
    let total = count(HOT_LEN, len);
    let sealed = sealed_units(&mut contestant, len, total);
    open_in_turns(contestant, len, (sealed, total))
}

/// Opens a few units in the cache, again and again, spread evenly among the `total` that `sealer`
/// sealed. `opener` has opened all of them once, so it knows the keys of all.
pub(crate) fn open_few_of<C: Contestant + 'static>(
    mut sealer: C,
    mut opener: C,
    len: usize,
    total: usize,
) -> Work<'static> {
    let (sealed, kept) = known_units((&mut sealer, &mut opener), len, total);
    let few = count(HOT_LEN, len).min(total);
    let step = total.checked_div(few).unwrap_or(1);
    let chosen = sealed.chunks_exact(len).step_by(step).flatten().copied();
    let kept_of_chosen = kept.into_iter().step_by(step).collect();
    open_in_turns(opener, len, ((chosen.collect(), kept_of_chosen), few))
}

/// Opens all of the `total` units that `sealer` sealed, in turns: a few are brought into the cache
/// outside of what is timed, and their keys are where they are since the last turn.
pub(crate) fn open_all_of<C: Contestant + 'static>(
    mut sealer: C,
    mut opener: C,
    len: usize,
    total: usize,
) -> Work<'static> {
    let units = known_units((&mut sealer, &mut opener), len, total);
    open_in_turns(opener, len, (units, count(HOT_LEN, len)))
}

/// Units that `opener` has opened once, so that it has the keys of all.
fn known_units<C: Contestant>(
    (sealer, opener): (&mut C, &mut C),
    len: usize,
    total: usize,
) -> (Vec<u8>, Vec<C::Kept>) {
    let (sealed, kept) = sealed_units(sealer, len, total);
    let mut units = sealed.clone();
    for (unit, kept) in units.chunks_exact_mut(len).zip(&kept) {
        opener.open(unit, kept);
    }
    (sealed, kept)
}

/// Opens what was sealed in turns, `at_once` units after they were copied into the cache.
fn open_in_turns<C: Contestant + 'static>(
    mut contestant: C,
    len: usize,
    ((sealed, kept), at_once): ((Vec<u8>, Vec<C::Kept>), usize),
) -> Work<'static> {
    let mut units = vec![0; len.saturating_mul(at_once)];
    let mut next = 0_usize;
    Work::timed(move |runs| {
        let mut left = usize::try_from(runs).unwrap_or(usize::MAX);
        let mut took = Duration::ZERO;
        while left > 0 {
            let from = next.saturating_mul(len);
            let some = sealed.get(from..).unwrap_or_default();
            let some = some.get(..units.len()).unwrap_or(some);
            let (room, _) = units.split_at_mut(some.len());
            room.copy_from_slice(some);
            let metas = kept.get(next..).unwrap_or_default();
            let start = Instant::now();
            for (unit, kept) in room.chunks_exact_mut(len).zip(metas).take(left) {
                contestant.open(black_box(unit), kept);
                left = left.saturating_sub(1);
            }
            took = took.saturating_add(start.elapsed());
            next = next.saturating_add(at_once);
            if next >= kept.len() {
                next = 0;
            }
        }
        took
    })
}

/// Units that all cold work goes through in one great circle, so that none is met again before the
/// cache has forgotten it.
#[derive(Clone)]
pub(crate) struct Cold(Rc<RefCell<(Vec<u8>, usize)>>);

impl Cold {
    pub(crate) fn new() -> Self {
        Self(Rc::new(RefCell::new((vec![7; COLD_LEN], 0))))
    }

    /// Calls `work` on the next `runs` units of `len` octets, and says how long all took.
    fn each(&self, len: usize, runs: u32, mut work: impl FnMut(&mut [u8])) -> Duration {
        let (units, at) = &mut *self.0.borrow_mut();
        let start = Instant::now();
        for _ in 0..runs {
            let end = at.saturating_add(len);
            if let Some(unit) = units.get_mut(*at..end) {
                work(black_box(unit));
            }
            *at = if end.saturating_add(len) > units.len() {
                0
            } else {
                end
            };
        }
        start.elapsed()
    }

    /// Seals in place.
    pub(crate) fn seal(
        &self,
        mut contestant: impl Contestant + 'static,
        len: usize,
    ) -> Work<'static> {
        let cold = self.clone();
        Work::timed(move |runs| {
            cold.each(len, runs, |unit| {
                black_box(contestant.seal(unit));
            })
        })
    }

    /// Copies to a place in the cache.
    pub(crate) fn copy(&self, len: usize) -> Work<'static> {
        let (cold, mut room) = (self.clone(), vec![0; len]);
        Work::timed(move |runs| {
            cold.each(len, runs, |unit| {
                room.copy_from_slice(unit);
                black_box(&room);
            })
        })
    }
}

/// Copies a unit that is not in the cache to a place that is, and opens it there: how a unit comes
/// from the system's cache of a file. Each contestant has units of its own.
pub(crate) fn open_cold<C: Contestant + 'static>(mut contestant: C, len: usize) -> Work<'static> {
    let total = count(COLD_LEN, len);
    let mut room = vec![0; len];
    let mut next = 0_usize;
    // Made when the row's turn comes: not all rows' units are in memory at once.
    let mut units: Option<(Vec<u8>, Vec<C::Kept>)> = None;
    Work::timed(move |runs| {
        let (sealed, kept) = units.get_or_insert_with(|| sealed_units(&mut contestant, len, total));
        let start = Instant::now();
        for _ in 0..runs {
            let unit = sealed.chunks_exact(len).nth(next);
            if let Some((unit, kept)) = unit.zip(kept.get(next)) {
                room.copy_from_slice(unit);
                contestant.open(black_box(&mut room), kept);
            }
            next = next.wrapping_add(1).checked_rem(total).unwrap_or(0);
        }
        start.elapsed()
    })
}

/// `total` units of `len` octets, one after the other, and what must be kept beside each.
fn sealed_units<C: Contestant>(
    contestant: &mut C,
    len: usize,
    total: usize,
) -> (Vec<u8>, Vec<C::Kept>) {
    let mut units = vec![7; len.saturating_mul(total)];
    let kept = units
        .chunks_exact_mut(len)
        .map(|unit| contestant.seal(unit))
        .collect();
    (units, kept)
}
