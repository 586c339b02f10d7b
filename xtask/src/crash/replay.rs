//! What a power cut leaves of a disk: of the writes since the last flush, any may be missing.

use super::draw::Draw;
use super::fuse::{Entry, put};
use crate::Outcome;

/// A write may be cut at this; a disk's sectors are smaller, ext4's smallest block is not.
const UNIT: usize = 1024;

/// What is known of a run, beside its log.
#[derive(Clone, Copy)]
pub(super) struct Run<'a> {
    /// The disk before it.
    pub(super) base: &'a [u8],
    pub(super) log: &'a [Entry],
    /// As much of the log had come when the change was acknowledged; none when it was not.
    pub(super) acknowledged: Option<usize>,
    /// Subsets of what is not flushed, at each flush.
    pub(super) subsets: usize,
}

/// A disk after a cut.
pub(super) struct Cut<'a> {
    pub(super) image: &'a [u8],
    pub(super) acknowledged: bool,
    /// Where, and what is there of what was not flushed.
    pub(super) what: String,
}

type Unit<'a> = (usize, &'a [u8]);

impl Run<'_> {
    /// Shows each disk to `look`, until that has seen enough.
    pub(super) fn each_cut(&self, mut look: impl FnMut(Cut<'_>) -> Outcome<bool>) -> Outcome {
        let mut durable = self.base.to_vec();
        let mut at = 0_usize;
        let mut draw = Draw(1);
        for interval in self.log.split_inclusive(|entry| *entry == Entry::Flush) {
            at = at.saturating_add(interval.len());
            let is_last = at == self.log.len();
            // The cut is before the flush that ends the interval.
            let before = at.saturating_sub(usize::from(interval.last() == Some(&Entry::Flush)));
            let units = units(interval);
            for subset in subsets(units.len(), self.subsets, &mut draw) {
                if !is_last && !subset.contains(&false) {
                    // The next interval begins with it.
                    continue;
                }
                let image = with(&durable, &units, &subset)?;
                let cut = Cut {
                    image: &image,
                    acknowledged: self.acknowledged.is_some_and(|position| position <= before),
                    what: format!("before {before} of {}: {}", self.log.len(), shown(&subset)),
                };
                if !look(cut)? {
                    return Ok(());
                }
            }
            durable = with(&durable, &units, &vec![true; units.len()])?;
        }
        Ok(())
    }
}

fn units(interval: &[Entry]) -> Vec<Unit<'_>> {
    let mut units = Vec::new();
    for entry in interval {
        if let Entry::Write { at, octets } = entry {
            let places = (*at..).step_by(UNIT);
            units.extend(places.zip(octets.chunks(UNIT)));
        }
    }
    units
}

fn with(image: &[u8], units: &[Unit<'_>], subset: &[bool]) -> Outcome<Vec<u8>> {
    let mut image = image.to_vec();
    for ((at, octets), is_there) in units.iter().zip(subset) {
        if *is_there && !put(&mut image, *at, octets) {
            return Err(format!("a write at {at} is beyond the disk").into());
        }
    }
    Ok(image)
}

/// Which units are there: every subset where that is not too many; else none, all, and then prefixes, all but one, and
/// any, in turn.
fn subsets(units: usize, most: usize, draw: &mut Draw) -> Vec<Vec<bool>> {
    let all = u32::try_from(units)
        .ok()
        .and_then(|units| 1_usize.checked_shl(units));
    if let Some(end) = all.filter(|end| *end <= most) {
        return (0..end)
            .map(|mask| (0..units).map(|unit| mask >> unit & 1 == 1).collect())
            .collect();
    }
    let mut subsets = vec![vec![false; units], vec![true; units]];
    for kind in (0..3).cycle().take(most.saturating_sub(2)) {
        let one = draw.below(units);
        let subset: Vec<bool> = (0..units)
            .map(|unit| match kind {
                0 => unit < one,
                1 => unit != one,
                _ => draw.below(2) == 0,
            })
            .collect();
        if !subsets.contains(&subset) {
            subsets.push(subset);
        }
    }
    subsets
}

fn shown(subset: &[bool]) -> String {
    let digit = |is_there: &bool| if *is_there { '1' } else { '0' };
    subset.iter().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn write(at: usize, octet: u8) -> Entry {
        let octets = vec![octet];
        Entry::Write { at, octets }
    }

    fn seen(log: &[Entry], acknowledged: Option<usize>) -> BTreeSet<(bool, Vec<u8>)> {
        let run = Run {
            base: b"...",
            log,
            acknowledged,
            subsets: 8,
        };
        let mut seen = BTreeSet::new();
        let look = |cut: Cut<'_>| {
            seen.insert((cut.acknowledged, cut.image.to_vec()));
            Ok(true)
        };
        run.each_cut(look).unwrap();
        seen
    }

    fn wanted(images: &[(bool, &[u8; 3])]) -> BTreeSet<(bool, Vec<u8>)> {
        let owned = |(acknowledged, image): &(bool, &[u8; 3])| (*acknowledged, image.to_vec());
        images.iter().map(owned).collect()
    }

    #[test]
    fn what_was_flushed_stays_and_any_subset_of_the_rest_is_seen() {
        let log = [write(0, b'a'), write(1, b'b'), Entry::Flush, write(2, b'c')];
        let unacknowledged: &[(bool, &[u8; 3])] = &[
            (false, b"..."),
            (false, b"a.."),
            (false, b".b."),
            (false, b"ab."),
            (false, b"abc"),
        ];
        assert_eq!(seen(&log, None), wanted(unacknowledged));
    }

    #[test]
    fn what_is_acknowledged_before_a_flush_may_be_missing() {
        let log = [write(0, b'a'), Entry::Flush];
        let all: &[(bool, &[u8; 3])] = &[(true, b"..."), (true, b"a..")];
        assert_eq!(seen(&log, Some(1)), wanted(all));
        // Acknowledged after the flush: there is no way back, and nothing more to see.
        let log = [write(0, b'a'), Entry::Flush, Entry::Flush];
        let all: &[(bool, &[u8; 3])] = &[(false, b"..."), (true, b"a..")];
        assert_eq!(seen(&log, Some(2)), wanted(all));
    }

    #[test]
    fn a_long_write_is_cut_into_units() {
        let octets = vec![7; UNIT * 2 + 1];
        let log = [Entry::Write { at: 512, octets }];
        let places: Vec<(usize, usize)> = units(&log)
            .iter()
            .map(|(at, octets)| (*at, octets.len()))
            .collect();
        let wanted = [(512, UNIT), (512 + UNIT, UNIT), (512 + 2 * UNIT, 1)];
        assert_eq!(places, wanted);
    }

    #[test]
    fn subsets_of_many_units_are_as_many_as_asked_for_and_differ() {
        let drawn = subsets(40, 16, &mut Draw(1));
        let different: BTreeSet<&Vec<bool>> = drawn.iter().collect();
        assert_eq!(different.len(), drawn.len());
        assert!(drawn.len() > 10 && drawn.len() <= 16, "{}", drawn.len());
    }
}
