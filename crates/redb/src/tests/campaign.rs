//! Crash campaign: many seeded runs, each a database of its own that is cut in the middle of
//! unsynced writes, which are dropped, reordered and torn. A sample runs in the suite; as many as
//! `STRONGROOM_REDB_CRASHES` says, when it is set.

use super::crash::{Run, assert_none_lost};
use crate::backend::Rules;

/// Crashes in the suite.
const SAMPLE: u64 = 240;
/// Crashes of one recorded database.
const OF_ONE: u64 = 60;

fn wanted() -> u64 {
    let wanted = std::env::var("STRONGROOM_REDB_CRASHES").ok();
    wanted.map_or(SAMPLE, |text| text.parse().expect("a number of crashes"))
}

/// Crashes the database of one seed so often, and tells each loss.
fn crash(rules: Rules, (seed, two_phase): (u64, bool), count: u64) -> Vec<String> {
    let run = Run::record_seeded(rules, two_phase, seed);
    let losses = run.lost_writes(count, 0x5eed_0000 + seed).into_iter();
    losses.map(|loss| format!("seed {seed}, {loss}")).collect()
}

#[test]
#[expect(clippy::print_stdout, reason = "the figure is the campaign's product")]
fn no_crash_of_the_campaign_loses_a_committed_row() {
    let wanted = wanted();
    let (mut losses, mut crashes) = (Vec::new(), 0);
    for seed in 0..wanted.div_ceil(OF_ONE) {
        let count = OF_ONE.min(wanted - crashes);
        losses.extend(crash(Rules::default(), (seed, seed % 2 == 1), count));
        crashes += count;
    }
    println!("{crashes} crashes, {} lost", losses.len());
    assert_none_lost(&losses);
}

/// The same beside a re-seal, a quarter as often.
#[test]
#[expect(clippy::print_stdout, reason = "the figure is the campaign's product")]
fn no_crash_of_a_reseal_loses_a_committed_row() {
    let wanted = wanted().div_ceil(4);
    let (mut losses, mut crashes) = (Vec::new(), 0);
    for seed in 0..wanted.div_ceil(OF_ONE) {
        let count = OF_ONE.min(wanted - crashes);
        let run = Run::record_reseal(Rules::default(), 100 + seed);
        losses.extend(run.lost_writes(count, 0x5ea1_0000 + seed));
        crashes += count;
    }
    println!("{crashes} crashes in re-seals, {} lost", losses.len());
    assert_none_lost(&losses);
}

/// One phase, which leans on every rule; as many databases as it takes, up to a limit.
#[test]
fn the_campaign_sees_every_broken_rule_lose_data() {
    let kept = Rules::default();
    let broken = [
        Rules {
            recovery: false,
            ..kept
        },
        Rules {
            two_copies: false,
            ..kept
        },
        Rules {
            sync: false,
            ..kept
        },
    ];
    for rules in broken {
        let loses = (0..30).any(|seed| !crash(rules, (seed, false), OF_ONE).is_empty());
        assert!(loses, "{rules:?} loses nothing in 1800 crashes");
    }
}
