//! One run of a bench: its rows, timed by Criterion, printed, and written down as JSON lines.
//! May touch: the clock, standard output, and the file that `STRONGROOM_BENCH_JSON` names.

use std::fs::File;
use std::io::{self, Write as _};
use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use serde_json::{Value, json};

use crate::row::{Floor, Row};
use crate::timing::{Times, Work};

/// The rows of one bench program.
#[expect(missing_debug_implementations, reason = "full of closures")]
pub struct Session<'w> {
    entries: Vec<Entry<'w>>,
}

struct Entry<'w> {
    row: Row,
    ours: Work<'w>,
    yardstick: Work<'w>,
    floor: Option<(f64, Work<'w>)>,
}

impl<'w> Session<'w> {
    /// Without a row.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "an empty session is no default")]
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    /// Adds a row: `ours` against `yardstick`.
    pub fn row(&mut self, row: Row, ours: Work<'w>, yardstick: Work<'w>) {
        self.entries.push(Entry {
            row,
            ours,
            yardstick,
            floor: None,
        });
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
        self.row(row, ours, yardstick);
        if let Some(entry) = self.entries.last_mut() {
            entry.floor = Some((at_most, copy));
        }
    }

    /// Times all rows, in turn. Criterion's arguments choose rows and lengths; its report is of
    /// the work, ours is of the ratio, median of all rounds.
    ///
    /// If `STRONGROOM_BENCH_JSON` names a file, JSON objects are appended to it, one a line: first
    /// each row with `"planned": true`, then each with its result.
    ///
    /// # Errors
    ///
    /// When that file cannot be written.
    pub fn run(self) -> io::Result<()> {
        let mut criterion = Criterion::default()
            .sample_size(20)
            .warm_up_time(Duration::from_millis(200))
            .measurement_time(Duration::from_secs(1))
            .configure_from_args();
        for entry in &self.entries {
            append(&json!({ "planned": entry.row.identity() }))?;
        }
        for entry in self.entries {
            if let Some(result) = entry.measure(&mut criterion) {
                say(&result);
                append(&result)?;
            }
        }
        criterion.final_summary();
        Ok(())
    }
}

impl Entry<'_> {
    /// Criterion decides how many rounds there are; in each, the loops run one after the other.
    fn measure(mut self, criterion: &mut Criterion) -> Option<Value> {
        let (mut ours, mut theirs) = (Times::default(), Times::default());
        let mut floor = self.floor.take().map(|(at_most, mut copy)| {
            copy.calibrate();
            let times = Times::default();
            (Floor { at_most, times }, copy)
        });
        self.ours.calibrate();
        self.yardstick.calibrate();
        let mut group = criterion.benchmark_group(self.row.group);
        set_throughput(&mut group, self.row.bytes);
        group.bench_function(self.row.name(), |bencher| {
            bencher.iter_custom(|iterations| {
                let runs = u64::from(self.ours.runs());
                let rounds = iterations.div_ceil(runs);
                let mut total = Duration::ZERO;
                for _ in 0..rounds {
                    self.yardstick.round(&mut theirs);
                    total = total.saturating_add(self.ours.round(&mut ours));
                    if let Some((floor, copy)) = &mut floor {
                        copy.round(&mut floor.times);
                    }
                }
                total.mul_f64(share(iterations, rounds.saturating_mul(runs)))
            });
        });
        group.finish();
        let floor = floor.map(|(floor, _)| floor);
        self.row.result(&ours, &theirs, floor.as_ref())
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

#[expect(clippy::print_stdout, reason = "the result of a bench")]
fn say(result: &Value) {
    let text = |name: &str| result[name].as_str().unwrap_or("none").to_owned();
    println!(
        "{} {} against {}: {} times its {}, target {}: {}\n",
        text("work"),
        text("message"),
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
