//! Runs the processes of one target side by side and reads what they say.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Arguments;
use super::stats::Stats;
use crate::Outcome;
use crate::shell::root;

/// Seconds that one input may take, and MB that a process may hold: beyond them it is a finding.
const INPUT_SECS_MAX: u32 = 10;
const RSS_MB_MAX: u32 = 2048;
const SECS_DEFAULT: u64 = 60;
/// Lines of a log that are shown when a process fails.
const LINES_SHOWN: usize = 60;

/// One target's run.
pub(super) struct Job {
    target: String,
    binary: PathBuf,
    /// For each process.
    flags: Vec<String>,
    processes: u16,
    /// Where log files begin; the number of the process ends them.
    log: String,
}

/// What became of it.
pub(super) struct Row {
    pub(super) target: String,
    pub(super) took: Duration,
    pub(super) stats: Stats,
    /// Files in the corpus, and octets.
    pub(super) corpus: (u64, u64),
}

impl Job {
    pub(super) fn new(arguments: &Arguments, target: &str, binaries: &Path) -> Outcome<Self> {
        let (corpus, artifacts) = (
            format!("fuzz/corpus/{target}"),
            format!("fuzz/artifacts/{target}/"),
        );
        let logs = root().join("target/fuzz/logs");
        for folder in [root().join(&corpus), root().join(&artifacts), logs.clone()] {
            fs::create_dir_all(&folder)
                .map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let mut flags = vec![
            corpus,
            // Read only: libFuzzer writes to the first folder.
            format!("fuzz/seeds/{target}"),
            format!("-artifact_prefix={artifacts}"),
            format!("-max_len={}", arguments.max_len),
            format!("-timeout={INPUT_SECS_MAX}"),
            format!("-rss_limit_mb={RSS_MB_MAX}"),
            "-print_final_stats=1".to_owned(),
        ];
        flags.extend(budget(arguments));
        let sanitizer = arguments.sanitizer.name();
        Ok(Self {
            target: target.to_owned(),
            binary: binaries.join(target),
            flags,
            processes: arguments.jobs.get(),
            log: format!("{}/{target}-{sanitizer}", logs.display()),
        })
    }

    fn log(&self, number: usize) -> PathBuf {
        format!("{}-{number}.log", self.log).into()
    }

    fn spawn(&self) -> Outcome<Child> {
        let mut command = Command::new(&self.binary);
        command
            .args(&self.flags)
            .current_dir(root())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let child = command.spawn();
        child.map_err(|error| format!("{}: {error}", self.binary.display()).into())
    }
}

/// The runs are shared out, the seconds are the same for all.
fn budget(arguments: &Arguments) -> Vec<String> {
    let mut flags = Vec::new();
    if let Some(runs) = arguments.runs {
        let jobs = u64::from(arguments.jobs.get());
        flags.push(format!("-runs={}", runs.get().div_ceil(jobs)));
    }
    let secs = match (arguments.secs, arguments.runs) {
        (Some(secs), _) => Some(secs.get()),
        (None, Some(_)) => None,
        (None, None) => Some(SECS_DEFAULT),
    };
    flags.extend(secs.map(|secs| format!("-max_total_time={secs}")));
    flags
}

/// Runs all processes to their end; the first that fails ends the others.
pub(super) fn run(job: &Job) -> Outcome<Row> {
    let started = Instant::now();
    let mut children = Vec::new();
    for _ in 0..job.processes {
        children.push(job.spawn()?);
    }
    let stats: Vec<Mutex<Stats>> = children.iter().map(|_| Mutex::default()).collect();
    let failed = thread::scope(|scope| {
        for (number, (child, stats)) in children.iter_mut().zip(&stats).enumerate() {
            if let Some(stderr) = child.stderr.take() {
                let log = job.log(number);
                scope.spawn(move || follow(BufReader::new(stderr), &log, stats));
            }
        }
        wait(&mut children, || {
            eprintln!("{}: {}", job.target, joined(&stats))
        })
    })?;
    let row = Row {
        target: job.target.clone(),
        took: started.elapsed(),
        stats: joined(&stats),
        corpus: measure(&root().join("fuzz/corpus").join(&job.target))?,
    };
    if let Some((number, status)) = failed {
        let log = job.log(number);
        show_end(&log);
        if row.stats.findings.is_empty() {
            return Err(
                format!("{} ended with {status}; see {}", job.target, log.display()).into(),
            );
        }
    }
    Ok(row)
}

fn joined(stats: &[Mutex<Stats>]) -> Stats {
    let mut all = Stats::default();
    for one in stats {
        all.join(one.lock().unwrap_or_else(PoisonError::into_inner).clone());
    }
    all
}

/// Keeps what a process says: the numbers in `stats`, every line in the file `log`.
fn follow(stderr: impl BufRead, log: &Path, stats: &Mutex<Stats>) {
    let mut file = File::create(log).ok();
    // A panic's message may hold octets that are no text.
    for line in stderr.split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        stats
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .read(&line);
        if let Some(file) = &mut file {
            // The log is for people: fuzzing goes on without it.
            let _ = writeln!(file, "{line}");
        }
    }
}

/// Waits for all, calling `progress` now and then. Gives the first that failed, if one did.
fn wait(children: &mut [Child], progress: impl Fn()) -> Outcome<Option<(usize, ExitStatus)>> {
    const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
    const LOOKS_UNTIL_PROGRESS: u32 = 100;
    let mut failed = None;
    for look in 1_u32.. {
        let mut running = 0_usize;
        for (number, child) in children.iter_mut().enumerate() {
            match child.try_wait()? {
                None => running = running.saturating_add(1),
                Some(status) if !status.success() && failed.is_none() => {
                    failed = Some((number, status))
                }
                Some(_) => {}
            }
        }
        if failed.is_some() {
            for child in children.iter_mut() {
                // One that has ended cannot be ended, and need not.
                let _ = child.kill();
                child.wait()?;
            }
            return Ok(failed);
        }
        if running == 0 {
            break;
        }
        if look.is_multiple_of(LOOKS_UNTIL_PROGRESS) {
            progress();
        }
        thread::sleep(BETWEEN_LOOKS);
    }
    Ok(failed)
}

fn show_end(log: &Path) {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.len().saturating_sub(LINES_SHOWN);
    eprintln!("{}", lines.get(first..).unwrap_or_default().join("\n"));
}

/// Files and octets in a folder.
fn measure(folder: &Path) -> Outcome<(u64, u64)> {
    let (mut files, mut octets) = (0_u64, 0_u64);
    for entry in fs::read_dir(folder)? {
        files = files.saturating_add(1);
        octets = octets.saturating_add(entry?.metadata()?.len());
    }
    Ok((files, octets))
}
