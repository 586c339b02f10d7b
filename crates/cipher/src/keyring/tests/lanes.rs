//! Threads count in lanes of an epoch: no number twice, none out of its range.

use std::{collections::BTreeSet, num::NonZeroU64, sync::Arc, thread};

use super::super::{
    EpochLimits,
    cache::EpochRef,
    epoch::{LANES, LANES_FROM, WriteEpoch},
};
use crate::id::{DekGeneration, EpochId};
use crate::provider::{Provider as _, RingProvider};
use crate::suite::Suite;

fn epoch(counters: u64) -> WriteEpoch {
    let epoch = EpochRef {
        suite: Suite::Aes256Gcm,
        generation: DekGeneration::FIRST,
        epoch: EpochId([7; 16]),
    };
    let key = RingProvider.unit_key(epoch.suite, &[7; 32]).unwrap();
    let limits = EpochLimits::new(counters, EpochLimits::BLOCKS_MAX);
    WriteEpoch::new(epoch, Arc::from(key), limits)
}

#[test]
fn no_two_threads_get_one_number() {
    const CLAIMS: usize = 2_000;
    let threads = LANES + 3;
    let epoch = epoch(EpochLimits::UNITS_MAX);
    let claim = || (0..CLAIMS).map(|_| epoch.claim(NonZeroU64::MIN).unwrap());
    let mut seen = BTreeSet::new();
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| claim().collect::<Vec<u64>>()))
            .collect();
        for thread in running {
            seen.extend(thread.join().unwrap());
        }
    });
    assert_eq!(seen.len(), threads * CLAIMS);
    assert!(
        seen.iter()
            .all(|number| (1..=EpochLimits::UNITS_MAX).contains(number))
    );
    let in_lane = EpochLimits::UNITS_MAX / u64::try_from(LANES).unwrap();
    let lanes: BTreeSet<u64> = seen.iter().map(|number| (number - 1) / in_lane).collect();
    assert!(lanes.len() > 1, "all in one lane");
}

#[test]
fn an_epoch_ends_when_every_lane_is_full_and_not_before() {
    let epoch = epoch(LANES_FROM);
    let in_lane = NonZeroU64::new(LANES_FROM / u64::try_from(LANES).unwrap()).unwrap();
    let ends: BTreeSet<u64> = (0..LANES).map(|_| epoch.claim(in_lane).unwrap()).collect();
    let wanted = (1..).map(|lane| lane * in_lane.get()).take(LANES);
    assert_eq!(ends, wanted.collect());
    for numbers in [NonZeroU64::MIN, in_lane] {
        assert_eq!(epoch.claim(numbers), None);
    }
}

#[test]
fn a_short_epoch_has_one_lane_and_gives_all_its_numbers() {
    let epoch = epoch(5);
    let given: Vec<Option<u64>> = (0..7).map(|_| epoch.claim(NonZeroU64::MIN)).collect();
    let wanted = [Some(1), Some(2), Some(3), Some(4), Some(5), None, None];
    assert_eq!(given, wanted);
}
