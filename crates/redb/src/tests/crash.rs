//! Crash harness: one recorded run, then many states that a crash could have left, each opened
//! and compared with what was committed. The same harness must lose data under broken rules.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use redb::TableDefinition;
use strongroom_cipher::{Dek, DekGeneration, KeyRing};

use super::{Dice, Disk, Op, ROWS, apply, insert, ring, rows, value};
use crate::backend::Rules;
use crate::open::Opened;

const BULK: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("bulk");
const TRANSACTIONS: u64 = 40;
const ROWS_EACH: u64 = 20;
/// Crash states of each process-death run.
const BUDGETS: u64 = 400;
/// Crash states of each lost-write run.
const SUBSETS: u64 = 400;

/// `count` crash states, times the number in `STRONGROOM_CRASH_FACTOR` when it is set.
fn scaled(count: u64) -> u64 {
    let factor = std::env::var("STRONGROOM_CRASH_FACTOR").ok();
    count * factor.map_or(1, |text| text.parse().expect("a number"))
}

/// Spreads the keys, so that transactions rewrite old pages.
fn key(transaction: u64, row: u64, seed: u64) -> u64 {
    let number = transaction * ROWS_EACH + row;
    let spread = (number ^ (seed << 20)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (spread & !0xffff) | number
}

/// Fills a second table every eighth transaction and empties it later, so that the file grows and
/// shrinks under the rows.
fn grow_or_shrink(transaction: &redb::WriteTransaction, number: u64) {
    let mut table = transaction.open_table(BULK).unwrap();
    match number % 8 {
        2 => {
            for key in 0..40 {
                table.insert(key, [7; 9_000].as_slice()).unwrap();
            }
        }
        6 => table.retain(|_, _| false).unwrap(),
        _ => {}
    }
}

/// Commits the transaction of that number.
fn commit(opened: &Opened, (number, seed): (u64, u64), two_phase: bool) {
    let mut transaction = opened.database.begin_write().unwrap();
    transaction.set_two_phase_commit(two_phase);
    {
        let mut table = transaction.open_table(ROWS).unwrap();
        for row in 0..ROWS_EACH {
            let key = key(number, row, seed);
            table.insert(key, value(key).as_slice()).unwrap();
        }
    }
    grow_or_shrink(&transaction, number);
    transaction.commit().unwrap();
}

pub(super) struct Run {
    ring: Arc<KeyRing>,
    start: Vec<u8>,
    /// Transactions that `start` holds.
    committed: u64,
    log: Vec<Op>,
    rules: Rules,
}

impl Run {
    pub(super) fn record(rules: Rules, two_phase: bool) -> Self {
        Self::record_seeded(rules, two_phase, 0)
    }

    /// The keys, and so the pages that each transaction rewrites, follow the seed.
    pub(super) fn record_seeded(rules: Rules, two_phase: bool, seed: u64) -> Self {
        let ring = ring();
        let disk = Disk::blank(&ring);
        let start = disk.octets();
        let opened = disk.open_by(&ring, rules).unwrap();
        for number in 0..TRANSACTIONS {
            commit(&opened, (number, seed), two_phase);
            disk.note(Op::Committed(number + 1));
        }
        drop(opened);
        Self {
            ring,
            start,
            committed: 0,
            log: disk.log(),
            rules,
        }
    }

    /// Half of the transactions, a rotation, then a step of a re-seal after each of some more, and
    /// the rest of them at once.
    pub(super) fn record_reseal(rules: Rules, seed: u64) -> Self {
        let ring = ring();
        let disk = Disk::blank(&ring);
        let opened = disk.open_by(&ring, rules).unwrap();
        let half = TRANSACTIONS / 2;
        for number in 0..half {
            commit(&opened, (number, seed), false);
        }
        let (start, before) = (disk.octets(), disk.log().len());
        let second = Dek::generate().unwrap();
        ring.rotate(DekGeneration::new(2), &second).unwrap();
        for number in half..half + 3 {
            commit(&opened, (number, seed), false);
            disk.note(Op::Committed(number + 1));
            assert!(!opened.resealer.step().unwrap().is_through());
        }
        let progress = opened.resealer.run(|_| ControlFlow::Continue(())).unwrap();
        assert!(progress.may_retire(), "{progress:?}");
        commit(&opened, (half + 3, seed), false);
        disk.note(Op::Committed(half + 4));
        drop(opened);
        Self {
            ring,
            start,
            committed: half,
            log: disk.log().split_off(before),
            rules,
        }
    }

    /// The file as it is when `cut` steps were done, and how many transactions were.
    pub(super) fn state_at(&self, cut: usize) -> (Vec<u8>, u64) {
        let (mut octets, mut committed) = (self.start.clone(), self.committed);
        for op in &self.log[..cut] {
            apply(&mut octets, op);
            if let Op::Committed(number) = op {
                committed = *number;
            }
        }
        (octets, committed)
    }

    /// What happens to the file when it is opened in this state.
    pub(super) fn reopened(&self, start: Vec<u8>, committed: u64) -> Self {
        let disk = Disk::of(start.clone());
        drop(disk.open_by(&self.ring, self.rules).unwrap());
        Self {
            ring: self.ring.clone(),
            start,
            committed,
            log: disk.log(),
            rules: self.rules,
        }
    }

    pub(super) fn ring(&self) -> &Arc<KeyRing> {
        &self.ring
    }

    pub(super) fn log(&self) -> &[Op] {
        &self.log
    }

    /// As [`Self::lost_writes`], so often at every step.
    pub(super) fn lost_at_every_step(&self, each: usize, seed: u64) -> Vec<String> {
        let cuts = (0..=self.log.len()).flat_map(|cut| std::iter::repeat_n(cut, each));
        self.lost_at(cuts.collect(), Dice(seed))
    }

    /// What is lost when the file is opened in this state; `None` when nothing is.
    pub(super) fn loss(&self, octets: Vec<u8>, committed: u64) -> Option<String> {
        let judged = catch_unwind(AssertUnwindSafe(|| {
            let disk = Disk::of(octets);
            let opened = match disk.open_by(&self.ring, self.rules) {
                Ok(opened) => opened,
                Err(error) => return Some(format!("does not open: {error:?}")),
            };
            let found = match rows(&opened) {
                Ok(found) => found,
                Err(redb::Error::TableDoesNotExist(_)) => Vec::new(),
                Err(error) => return Some(format!("does not read: {error:?}")),
            };
            compare(&found, committed)
        }));
        judged.unwrap_or_else(|_| Some("panics".to_owned()))
    }

    /// The process dies after so many octets, in the middle of a write.
    pub(super) fn process_deaths(&self, count: u64) -> Vec<String> {
        let total: u64 = self.log.iter().map(written).sum();
        let mut state = Replay::new(self);
        let mut losses = Vec::new();
        for step in 0..count {
            let budget = total * step / count;
            let (octets, committed) = state.cut_at(budget);
            if let Some(loss) = self.loss(octets, committed) {
                losses.push(format!("after {budget} octets: {loss}"));
            }
        }
        losses
    }

    /// Any of the writes since the last sync is lost, kept, or kept in some sectors.
    pub(super) fn lost_writes(&self, count: u64, seed: u64) -> Vec<String> {
        let mut dice = Dice(seed);
        let mut cuts: Vec<usize> = (0..count)
            .map(|_| usize::try_from(dice.below(self.log.len() as u64)).unwrap())
            .collect();
        cuts.sort_unstable();
        self.lost_at(cuts, dice)
    }

    fn lost_at(&self, cuts: Vec<usize>, mut dice: Dice) -> Vec<String> {
        let (mut synced, mut octets, mut committed) = (0, self.start.clone(), self.committed);
        let mut losses = Vec::new();
        for cut in cuts {
            let is_sync = |op: &Op| matches!(op, Op::Sync);
            let end = self.log[..cut]
                .iter()
                .rposition(is_sync)
                .map_or(synced, |at| at + 1);
            self.log[synced..end]
                .iter()
                .for_each(|op| apply(&mut octets, op));
            synced = synced.max(end);
            for op in &self.log[..cut] {
                if let Op::Committed(number) = op {
                    committed = committed.max(*number);
                }
            }
            let mut state = octets.clone();
            for op in &self.log[synced..cut] {
                apply_partly(&mut state, op, &mut dice);
            }
            if let Some(loss) = self.loss(state, committed) {
                losses.push(format!("at step {cut}: {loss}"));
            }
        }
        losses
    }
}

fn compare(found: &[(u64, Vec<u8>)], committed: u64) -> Option<String> {
    let mut counts = vec![0_u64; usize::try_from(TRANSACTIONS).unwrap()];
    for (key, octets) in found {
        if *octets != value(*key) {
            return Some(format!("row {key:x} has another value"));
        }
        counts[usize::try_from((key & 0xffff) / ROWS_EACH).unwrap()] += 1;
    }
    for (number, count) in (0..).zip(counts) {
        let wrong = match count {
            ROWS_EACH => number > committed,
            0 => number < committed,
            _ => true,
        };
        if wrong {
            return Some(format!(
                "{count} rows of transaction {number}, {committed} committed"
            ));
        }
    }
    None
}

fn written(op: &Op) -> u64 {
    match op {
        Op::Write(_, data) => data.len() as u64,
        _ => 0,
    }
}

/// Applies a log step by step, up to ascending budgets.
struct Replay<'a> {
    run: &'a Run,
    octets: Vec<u8>,
    next: usize,
    spent: u64,
    committed: u64,
}

impl<'a> Replay<'a> {
    fn new(run: &'a Run) -> Self {
        Self {
            run,
            octets: run.start.clone(),
            next: 0,
            spent: 0,
            committed: run.committed,
        }
    }

    fn cut_at(&mut self, budget: u64) -> (Vec<u8>, u64) {
        while let Some(op) = self.run.log.get(self.next) {
            if self.spent + written(op) > budget {
                break;
            }
            self.spent += written(op);
            self.next += 1;
            apply(&mut self.octets, op);
            if let Op::Committed(number) = op {
                self.committed = *number;
            }
        }
        let mut octets = self.octets.clone();
        if let Some(Op::Write(offset, data)) = self.run.log.get(self.next) {
            let torn = usize::try_from(budget - self.spent).unwrap();
            apply(&mut octets, &Op::Write(*offset, data[..torn].to_vec()));
        }
        (octets, self.committed)
    }
}

pub(super) fn apply_partly(octets: &mut Vec<u8>, op: &Op, dice: &mut Dice) {
    match (op, dice.below(3)) {
        (_, 0) => {}
        (Op::Write(offset, data), 1) => {
            for (number, sector) in (0..).zip(data.chunks(512)) {
                if dice.below(2) == 0 {
                    apply(octets, &Op::Write(offset + number * 512, sector.to_vec()));
                }
            }
        }
        _ => apply(octets, op),
    }
}

pub(super) fn assert_none_lost(losses: &[String]) {
    assert!(
        losses.is_empty(),
        "{} states lost data, first: {:?}",
        losses.len(),
        losses.first()
    );
}

#[test]
fn a_process_that_dies_loses_no_committed_row_in_one_phase() {
    let run = Run::record(Rules::default(), false);
    let cuts = run
        .log
        .iter()
        .filter(|op| matches!(op, Op::SetLen(_)))
        .count();
    assert!(cuts > 0, "the file never shrinks: the run tries too little");
    assert_none_lost(&run.process_deaths(scaled(BUDGETS)));
}

#[test]
fn a_process_that_dies_loses_no_committed_row_in_two_phases() {
    let run = Run::record(Rules::default(), true);
    assert_none_lost(&run.process_deaths(scaled(BUDGETS)));
}

#[test]
fn lost_reordered_and_torn_writes_since_the_last_sync_lose_no_committed_row() {
    for (two_phase, seed) in [(false, 11), (true, 12)] {
        let run = Run::record(Rules::default(), two_phase);
        assert_none_lost(&run.lost_writes(scaled(SUBSETS), seed));
    }
}

#[test]
fn a_second_crash_during_recovery_loses_no_committed_row() {
    let run = Run::record(Rules::default(), false);
    let total: u64 = run.log.iter().map(written).sum();
    let mut first = Replay::new(&run);
    for step in 1..20 {
        let (start, committed) = first.cut_at(total * step / 20 + 1_777);
        let again = run.reopened(start, committed);
        assert_none_lost(&again.process_deaths(12));
        assert_none_lost(&again.lost_writes(6, step));
    }
}

#[test]
fn the_harness_sees_a_backend_without_recovery_mode_lose_data() {
    let run = Run::record(
        Rules {
            recovery: false,
            ..Rules::default()
        },
        false,
    );
    assert!(!run.lost_writes(SUBSETS, 14).is_empty());
    // The header is written last, so a process that merely dies leaves no header that names a
    // torn unit: recovery mode is for disks that lose or reorder writes.
    assert_none_lost(&run.process_deaths(BUDGETS / 8));
}

#[test]
fn the_harness_sees_a_single_header_copy_lose_data() {
    let run = Run::record(
        Rules {
            two_copies: false,
            ..Rules::default()
        },
        false,
    );
    assert!(!run.process_deaths(BUDGETS).is_empty());
}

#[test]
fn the_harness_sees_a_backend_that_does_not_sync_lose_data() {
    let run = Run::record(
        Rules {
            sync: false,
            ..Rules::default()
        },
        false,
    );
    assert!(!run.lost_writes(40, 13).is_empty());
}

#[test]
fn recovery_is_counted_and_told_from_a_proper_close() {
    let ring = ring();
    let disk = Disk::blank(&ring);
    let opened = disk.open(&ring).unwrap();
    insert(&opened, 0..200);
    let crashed = disk.octets();
    drop(opened);

    let proper = disk.open(&ring).unwrap().status.report();
    assert!(!proper.recovered && !proper.repaired && proper.poisoned == 0);
    let recovered = Disk::of(crashed).open(&ring).unwrap().status.report();
    assert!(recovered.recovered && recovered.repaired && recovered.poisoned == 0);
    assert_ne!(proper.epoch, recovered.epoch);
}
