//! One fault at a time in the system calls of a writer, by strace: at each call, a kill before it,
//! and each error that it may give.
//!
//! A kill leaves the page cache whole, so this finds no missing sync: power cuts do, and the explorers in memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::calls::{self, Call};
use super::judge::{Design, Trial};
use crate::Outcome;

/// The real writer, and those that must be found out, of each change.
const DESIGNS: [(Writer, bool); 6] = [
    (("replace", "real"), false),
    (("replace", "in-place"), true),
    (("replace", "swallow"), true),
    (("add", "real"), false),
    (("add", "one-copy"), true),
    (("add", "swallow"), true),
];
/// A change, and the design that makes it.
pub(super) type Writer = (&'static str, &'static str);

/// What calls may fail with.
const ERRORS: [&str; 5] = ["EIO", "ENOSPC", "EDQUOT", "EINTR", "EMFILE"];

/// Tries every `step`th fault on each writer. Empty, with a printed reason, where strace cannot run.
pub(super) fn run(writer: &Path, step: usize) -> Outcome<Vec<Design>> {
    if let Err(reason) = can_trace() {
        println!("skipped: faults in system calls: {reason}");
        return Ok(Vec::new());
    }
    let folder = std::env::temp_dir().join(format!("strongroom-crash-{}", std::process::id()));
    let bench = Bench::in_folder(writer, &folder);
    let designs = DESIGNS.map(|(writer, is_mutant)| bench.try_design(writer, is_mutant, step));
    fs::remove_dir_all(&folder)?;
    designs.into_iter().collect()
}

/// strace is there and may trace.
fn can_trace() -> Result<(), String> {
    let output = Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "true"])
        .output()
        .map_err(|error| format!("strace: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

/// Where the writers run.
pub(super) struct Bench {
    writer: PathBuf,
    store: PathBuf,
    trace: PathBuf,
}

impl Bench {
    /// With the store `store`; strace writes to `trace`.
    pub(super) fn of(writer: &Path, store: &Path, trace: &Path) -> Self {
        Self {
            writer: writer.to_owned(),
            store: store.to_owned(),
            trace: trace.to_owned(),
        }
    }

    /// All in one folder.
    pub(super) fn in_folder(writer: &Path, folder: &Path) -> Self {
        Self::of(writer, &folder.join("store"), &folder.join("trace"))
    }

    fn try_design(&self, writer: Writer, is_mutant: bool, step: usize) -> Outcome<Design> {
        let mut design = Design::new("failing calls", writer, is_mutant);
        for fault in faults(&self.calls(writer)?).into_iter().step_by(step) {
            let trial = self.try_fault(writer, &fault)?;
            design.take(trial);
        }
        Ok(design)
    }

    /// A clean run's calls.
    pub(super) fn calls(&self, writer: Writer) -> Outcome<Vec<Call>> {
        self.make()?;
        let output = self.traced(writer, None)?;
        if !acknowledges(&output) {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("{writer:?} fails without a fault: {text}").into());
        }
        let calls = calls::of(&fs::read_to_string(&self.trace)?, &self.shown());
        if calls.is_empty() {
            return Err("strace saw no call".into());
        }
        Ok(calls)
    }

    fn try_fault(&self, writer: Writer, fault: &Fault) -> Outcome<Trial> {
        self.make()?;
        let output = self.traced(writer, Some(&fault.inject))?;
        let check = Command::new(&self.writer)
            .arg("check")
            .arg(&self.store)
            .output()?;
        Ok(Trial {
            fault: fault.inject.clone(),
            old: 1,
            acknowledged: acknowledges(&output),
            failed_durable: fault.failed_durable,
            found: String::from_utf8_lossy(&check.stdout).trim().to_owned(),
        })
    }

    /// A new store of generation 1.
    fn make(&self) -> Outcome {
        if self.store.exists() {
            fs::remove_dir_all(&self.store)?;
        }
        fs::create_dir_all(&self.store)?;
        let made = Command::new(&self.writer)
            .arg("make")
            .arg(&self.store)
            .status()?;
        if made.success() {
            Ok(())
        } else {
            Err(format!("crash_writer make: {made}").into())
        }
    }

    /// Makes a change, with one fault if there is one.
    pub(super) fn traced(&self, (change, design): Writer, inject: Option<&str>) -> Outcome<Output> {
        let mut strace = Command::new("strace");
        strace.args(["-qq", "-f", "-y", "-s", "0", "-e"]);
        strace.arg(format!("trace={}", calls::NAMES));
        strace.arg("-o").arg(&self.trace);
        if let Some(inject) = inject {
            strace.args(["-e", &format!("inject={inject}")]);
        }
        strace.arg(&self.writer).arg(change).arg(&self.store);
        Ok(strace.arg(design).output()?)
    }

    fn shown(&self) -> String {
        self.store.display().to_string()
    }
}

pub(super) fn acknowledges(output: &Output) -> bool {
    output.status.success() && output.stdout.starts_with(b"ACK ")
}

/// What strace is to do to one call.
struct Fault {
    inject: String,
    failed_durable: bool,
}

/// A kill and each error, at each call; an interrupted call may be made again.
fn faults(calls: &[Call]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for call in calls {
        let Call {
            name,
            nth,
            makes_durable,
        } = call;
        faults.push(Fault {
            inject: call.kill(),
            failed_durable: false,
        });
        faults.extend(ERRORS.iter().map(|error| Fault {
            inject: format!("{name}:error={error}:when={nth}"),
            failed_durable: *makes_durable && *error != "EINTR",
        }));
        if name == "write" && *makes_durable {
            // One octet is said to be written, and none is.
            faults.push(Fault {
                inject: format!("{name}:retval=1:when={nth}"),
                failed_durable: true,
            });
        }
    }
    faults
}
