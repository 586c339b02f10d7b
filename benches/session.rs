//! One run of a bench: its rows, timed by Criterion, printed, and written down as JSON lines.
//! May touch: the clock, standard output, and the file that `STRONGROOM_BENCH_JSON` names.

use std::fs::File;
use std::io::{self, Write as _};
use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use serde_json::{Value, json};

use crate::row::{Floor, Row};
use crate::scaling::{self, Threaded};
use crate::timing::{Times, Work};

/// The rows of one bench program.
#[expect(missing_debug_implementations, reason = "full of closures")]
pub struct Session<'w> {
    entries: Vec<Entry<'w>>,
    threaded: Vec<ThreadedEntry<'w>>,
    long: Vec<LongEntry<'w>>,
    notes: Vec<(&'static str, String)>,
}

/// Pieces of work that are timed in the same rounds, and the rows that compare them.
struct Entry<'w> {
    works: Vec<Work<'w>>,
    lines: Vec<Line>,
}

struct Line {
    row: Row,
    /// Which work is the row's, and which the yardstick.
    pair: (usize, usize),
    /// Which work the yardstick must come near to, and how near.
    floor: Option<(f64, usize)>,
}

struct ThreadedEntry<'w> {
    works: Vec<Threaded<'w>>,
    lines: Vec<Line>,
}

/// One round of works that time themselves: the times of all, or why it cannot go on.
type Round<'w> = Box<dyn FnMut(usize) -> io::Result<Vec<Duration>> + 'w>;

struct LongEntry<'w> {
    rounds: usize,
    round: Round<'w>,
    lines: Vec<Line>,
}

impl<'w> Session<'w> {
    /// Without a row.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "an empty session is no default")]
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
            threaded: Vec::new(),
            long: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds a fact about the machine or a peer to every result.
    pub fn note(&mut self, name: &'static str, value: String) {
        self.notes.push((name, value));
    }

    /// Adds a row: `ours` against `yardstick`.
    pub fn row(&mut self, row: Row, ours: Work<'w>, yardstick: Work<'w>) {
        self.rows(vec![ours, yardstick], &[(row, (0, 1))]);
    }

    /// The same, but the row is void if `yardstick` takes more than `at_most` times as long as
    /// `copy`, in the same rounds.
    pub fn row_above(
        &mut self,
        row: Row,
        (at_most, copy): (f64, Work<'w>),
        ours: Work<'w>,
        yardstick: Work<'w>,
    ) {
        self.rows(vec![ours, yardstick, copy], &[(row, (0, 1))]);
        let line = self
            .entries
            .last_mut()
            .and_then(|entry| entry.lines.last_mut());
        if let Some(line) = line {
            line.floor = Some((at_most, 2));
        }
    }

    /// Adds rows over the same `works`, all timed in the same rounds. Each row names its work and
    /// its yardstick by their places. Criterion reports the first work, under the first row's name.
    pub fn rows(&mut self, works: Vec<Work<'w>>, rows: &[(Row, (usize, usize))]) {
        let lines = lines(rows);
        self.entries.push(Entry { works, lines });
    }

    /// Adds rows of two threads over the same `works`: how each grows from one thread to two, and
    /// the ratio of that.
    pub fn threaded(&mut self, works: Vec<Threaded<'w>>, rows: &[(Row, (usize, usize))]) {
        let lines = lines(rows);
        self.threaded.push(ThreadedEntry { works, lines });
    }

    /// Adds rows over works that take seconds and time themselves, such as other programs. Each of
    /// `rounds` rounds, told its number from 0, does all of them in an order of its own and gives
    /// their times, one for each place that a row names.
    pub fn long(
        &mut self,
        rounds: usize,
        round: impl FnMut(usize) -> io::Result<Vec<Duration>> + 'w,
        rows: &[(Row, (usize, usize))],
    ) {
        self.long.push(LongEntry {
            rounds,
            round: Box::new(round),
            lines: lines(rows),
        });
    }

    /// Times all rows, in turn. Criterion's arguments choose rows and lengths; its report is of
    /// the work, ours is of the ratio, median of all rounds. Rows of two threads, and those that time
    /// themselves, are always run, without Criterion.
    ///
    /// If `STRONGROOM_BENCH_JSON` names a file, JSON objects are appended to it, one a line: first
    /// each row with `"planned": true`, then each with its result.
    ///
    /// # Errors
    ///
    /// When that file cannot be written, or a round of [`Self::long`] fails.
    pub fn run(self) -> io::Result<()> {
        let mut criterion = Criterion::default()
            .sample_size(20)
            .warm_up_time(Duration::from_millis(200))
            .measurement_time(Duration::from_secs(1))
            .configure_from_args();
        let long = self.long.iter().flat_map(|entry| &entry.lines);
        for line in (self.entries.iter().flat_map(|entry| &entry.lines)).chain(long) {
            append(&json!({ "planned": line.row.identity(1) }))?;
        }
        for line in self.threaded.iter().flat_map(|entry| &entry.lines) {
            append(&json!({ "planned": line.row.identity(2) }))?;
        }
        for entry in self.entries {
            for result in entry.measure(&mut criterion) {
                publish(result, &self.notes)?;
            }
        }
        criterion.final_summary();
        for entry in self.threaded {
            let growths = scaling::measure(&entry.works);
            for line in &entry.lines {
                let (ours, theirs) = line.pair;
                let pair = growths.get(ours).zip(growths.get(theirs));
                let result = pair.and_then(|(ours, theirs)| line.row.result_of_two(ours, theirs));
                if let Some(result) = result {
                    publish(result, &self.notes)?;
                }
            }
        }
        for entry in self.long {
            for result in entry.measure()? {
                publish(result, &self.notes)?;
            }
        }
        Ok(())
    }
}

fn lines(rows: &[(Row, (usize, usize))]) -> Vec<Line> {
    let line = |(row, pair): &(Row, (usize, usize))| Line {
        row: *row,
        pair: *pair,
        floor: None,
    };
    rows.iter().map(line).collect()
}

impl Entry<'_> {
    /// Criterion decides how many rounds there are; in each, all loops run one after the other.
    fn measure(mut self, criterion: &mut Criterion) -> Vec<Value> {
        let Some(first) = self.lines.first().map(|line| line.row) else {
            return Vec::new();
        };
        self.works.iter_mut().for_each(Work::calibrate);
        let mut times: Vec<Times> = self.works.iter().map(|_| Times::default()).collect();
        let runs = self.works.first().map_or(1, |work| u64::from(work.runs()));
        let mut turn = 0;
        let mut group = criterion.benchmark_group(first.group);
        set_throughput(&mut group, first.bytes);
        group.bench_function(first.name(), |bencher| {
            bencher.iter_custom(|iterations| {
                let rounds = iterations.div_ceil(runs);
                let mut total = Duration::ZERO;
                for _ in 0..rounds {
                    let own = round(&mut self.works, &mut times, turn);
                    total = total.saturating_add(own);
                    turn = turn.wrapping_add(1);
                }
                total.mul_f64(share(iterations, rounds.saturating_mul(runs)))
            });
        });
        group.finish();
        self.lines
            .iter()
            .filter_map(|line| line.result(&times))
            .collect()
    }
}

impl LongEntry<'_> {
    fn measure(mut self) -> io::Result<Vec<Value>> {
        let mut times: Vec<Times> = Vec::new();
        for number in 0..self.rounds {
            let took = (self.round)(number)?;
            times.resize_with(took.len(), Times::default);
            for (times, took) in times.iter_mut().zip(took) {
                times.push(took, 1);
            }
        }
        let results = self.lines.iter().filter_map(|line| line.result(&times));
        Ok(results.collect())
    }
}

/// Runs every work once, another one first each time, and gives the time of work 0.
fn round(works: &mut [Work<'_>], times: &mut [Times], turn: usize) -> Duration {
    let count = works.len();
    let mut own = Duration::ZERO;
    for step in 0..count {
        let place = turn.wrapping_add(step).checked_rem(count).unwrap_or(0);
        if let (Some(work), Some(times)) = (works.get_mut(place), times.get_mut(place)) {
            let took = work.round(times);
            if place == 0 {
                own = took;
            }
        }
    }
    own
}

impl Line {
    fn result(&self, times: &[Times]) -> Option<Value> {
        let (ours, theirs) = self.pair;
        let floor = self.floor.and_then(|(at_most, copy)| {
            let times = times.get(copy)?;
            Some(Floor { at_most, times })
        });
        (self.row).result(times.get(ours)?, times.get(theirs)?, floor.as_ref())
    }
}

fn set_throughput(group: &mut BenchmarkGroup<'_, WallTime>, bytes: usize) {
    group.throughput(Throughput::Bytes(u64::try_from(bytes).unwrap_or(u64::MAX)));
}

/// `part / whole` for counts far below 2^52, where `f64` is exact.
fn share(part: u64, whole: u64) -> f64 {
    let exact = |count: u64| u32::try_from(count).map_or(f64::from(u32::MAX), f64::from);
    exact(part) / exact(whole.max(1))
}

fn publish(mut result: Value, notes: &[(&'static str, String)]) -> io::Result<()> {
    if let Value::Object(result) = &mut result {
        let notes = notes.iter();
        result.extend(notes.map(|(name, value)| ((*name).to_owned(), json!(value))));
    }
    say(&result);
    append(&result)
}

#[expect(clippy::print_stdout, reason = "the result of a bench")]
fn say(result: &Value) {
    let text = |name: &str| result[name].as_str().unwrap_or("none").to_owned();
    println!(
        "{} {} {} B, {} thread(s), against {}: {} times its {}, target {}: {}\n",
        text("work"),
        text("message"),
        result["bytes"],
        result["threads"],
        text("against"),
        result["ratio"],
        text("sense"),
        text("target"),
        text("verdict"),
    );
}

fn append(line: &Value) -> io::Result<()> {
    let Some(path) = std::env::var_os("STRONGROOM_BENCH_JSON") else {
        return Ok(());
    };
    let mut file = File::options().create(true).append(true).open(path)?;
    writeln!(file, "{line}")
}
