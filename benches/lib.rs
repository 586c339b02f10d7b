//! What the benches share: a piece of work and a yardstick, timed in turn in the same run, so
//! that their ratio means something on a busy machine. May touch: the clock, standard
//! output, and the file that `STRONGROOM_BENCH_JSON` names.
#![forbid(unsafe_code)]

use std::fs::File;
use std::io::Write as _;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};

/// What is measured, in the words of the results' table.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// The crate's short name, such as `ttlv`.
    pub group: &'static str,
    /// What is done, such as `decode`.
    pub work: &'static str,
    /// Octets that one run handles.
    pub bytes: usize,
    /// What it is compared with, such as `walk`.
    pub against: &'static str,
    /// Runs between two looks at the clock: enough for some microseconds.
    pub runs: u32,
}

impl Comparison {
    /// Times `ours` and `yardstick` in turn. Criterion reports `ours`; the ratio follows on a
    /// line of its own: the yardstick's time divided by ours, median of all rounds, so that
    /// 1 is as fast and 0.5 takes twice the time.
    ///
    /// If `STRONGROOM_BENCH_JSON` names a file, one JSON object is appended to it.
    pub fn run(
        &self,
        criterion: &mut Criterion,
        mut ours: impl FnMut(),
        mut yardstick: impl FnMut(),
    ) {
        let mut ratios = Vec::new();
        let bytes = u64::try_from(self.bytes).unwrap_or(u64::MAX);
        let name = format!("{} {}", self.work, self.bytes);
        let mut group = criterion.benchmark_group(self.group);
        group.throughput(Throughput::Bytes(bytes));
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|iterations| {
                let rounds = iterations.div_ceil(u64::from(self.runs.max(1)));
                let mut total = Duration::ZERO;
                for _ in 0..rounds {
                    let reference = self.time(&mut yardstick);
                    let own = self.time(&mut ours);
                    total = total.saturating_add(own);
                    ratios.push(reference.as_secs_f64() / own.as_secs_f64());
                }
                let done = rounds.saturating_mul(u64::from(self.runs));
                total.mul_f64(share(iterations, done))
            });
        });
        group.finish();
        self.report(&mut ratios);
    }

    fn time(&self, work: &mut impl FnMut()) -> Duration {
        let start = Instant::now();
        for _ in 0..self.runs {
            work();
        }
        start.elapsed()
    }

    #[expect(clippy::print_stdout, reason = "the result of a bench")]
    fn report(&self, ratios: &mut [f64]) {
        ratios.sort_by(f64::total_cmp);
        let middle = ratios.len().checked_div(2).unwrap_or_default();
        // Nothing was run, when a filter leaves this bench out.
        let Some(ratio) = ratios.get(middle) else {
            return;
        };
        let Self {
            group,
            work,
            bytes,
            against,
            ..
        } = self;
        let rounds = ratios.len();
        println!("{group}/{work} {bytes} B: {ratio:.3} of {against} ({rounds} rounds)\n");
        let line = format!(
            "{{\"group\":\"{group}\",\"work\":\"{work}\",\"bytes\":{bytes},\"threads\":1,\
             \"against\":\"{against}\",\"ratio\":{ratio:.3}}}"
        );
        if let Some(file) = std::env::var_os("STRONGROOM_BENCH_JSON") {
            let appended = File::options()
                .create(true)
                .append(true)
                .open(&file)
                .and_then(|mut file| writeln!(file, "{line}"));
            if let Err(error) = appended {
                println!("{}: {error}", file.display());
            }
        }
    }
}

/// `part / whole` for counts far below 2^52, where `f64` is exact.
fn share(part: u64, whole: u64) -> f64 {
    let exact = |count: u64| u32::try_from(count).map_or(f64::from(u32::MAX), f64::from);
    exact(part) / exact(whole.max(1))
}

/// The front page's example, compiled by `cargo test --doc`.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct FrontPage;
