//! A re-seal that is cut at every write and sync, with writes since the last sync dropped,
//! reordered and torn; and known-bad ones, which must lose data by the same harness.

use std::ops::ControlFlow;
use std::path::Path;

use super::crash::{Run, assert_none_lost};
use super::{Disk, Op};
use crate::backend::Rules;
use crate::verify::verify_raw;

/// States at each step of the log, times the number in `STRONGROOM_CRASH_FACTOR` when it is set.
fn each() -> usize {
    let factor = std::env::var("STRONGROOM_CRASH_FACTOR").ok();
    4 * factor.map_or(1, |text| text.parse::<usize>().expect("a number"))
}

#[test]
fn a_reseal_cut_at_any_write_or_sync_loses_no_committed_row() {
    let run = Run::record_reseal(Rules::default(), 1);
    assert_none_lost(&run.lost_at_every_step(each(), 21));
    assert_none_lost(&run.process_deaths(200));
}

#[test]
fn a_second_crash_while_the_journal_is_played_back_loses_no_committed_row() {
    let run = Run::record_reseal(Rules::default(), 2);
    let mut played_back = 0;
    // Right before a sync all that a step has written may be torn.
    let syncs = (0..run.log().len()).filter(|at| matches!(run.log()[*at], Op::Sync));
    for sync in syncs {
        let (state, committed) = run.state_at(sync);
        let disk = Disk::of(state.clone());
        let report = verify_raw(Path::new("memory"), &disk, run.ring()).unwrap();
        if report.unfinished_reseal.is_some() {
            played_back += 1;
            let again = run.reopened(state, committed);
            assert_none_lost(&again.lost_at_every_step(2, sync as u64 + 1));
        }
    }
    assert!(played_back > 3, "no step was cut");
}

/// The header says what counts; the rest of a step is in the metas.
#[test]
fn a_reseal_that_was_cut_goes_on_and_ends() {
    let run = Run::record_reseal(Rules::default(), 3);
    for cut in (0..run.log().len()).step_by(5) {
        let (state, committed) = run.state_at(cut);
        let disk = Disk::of(state);
        let opened = disk.open(run.ring()).unwrap();
        let progress = opened.resealer.run(|_| ControlFlow::Continue(())).unwrap();
        // Units that the transaction in progress had written: redb has found all pages in use sound.
        let torn: Vec<_> = progress.unreadable.iter().map(|unit| unit.unit).collect();
        let progress = opened.resealer.give_up(&torn).unwrap();
        assert!(progress.may_retire(), "after {cut} steps: {progress:?}");
        drop(opened);
        assert_eq!(
            run.loss(disk.octets(), committed),
            None,
            "after {cut} steps"
        );
    }
}

#[test]
fn the_harness_sees_every_known_bad_reseal_lose_data() {
    let kept = Rules::default();
    let in_place = Rules {
        journal: false,
        ..kept
    };
    let journal_unsynced = Rules {
        journal_sync: false,
        ..kept
    };
    let step_unsynced = Rules {
        step_sync: false,
        ..kept
    };
    for rules in [in_place, journal_unsynced, step_unsynced] {
        let loses = (0..10).any(|seed| {
            let run = Run::record_reseal(rules, seed);
            !run.lost_at_every_step(2, 40 + seed).is_empty()
        });
        assert!(loses, "{rules:?} loses nothing");
    }
}
