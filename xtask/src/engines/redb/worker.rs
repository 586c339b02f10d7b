//! The program that keeps records in redb, as a child process. Ends only processes that it started.

use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::super::host::{Site, Store};
use crate::Outcome;
use crate::shell::target;

/// How the program keeps its records.
#[derive(Clone, Copy)]
pub(super) enum How<'a> {
    Plain,
    /// Under a key id.
    Sealed(&'a str),
}

/// The program, running.
pub(super) struct Worker {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    log: PathBuf,
    /// Records that it read back last, each compared.
    pub(super) count: usize,
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Worker {
    /// Starts it and waits until it has read all records; an error holds what it said.
    pub(super) fn start(store: &Store, how: How<'_>) -> Outcome<Self> {
        let log = store.beside("host.log");
        let mut command = Command::new(target().join("debug/examples/redb_host"));
        command
            .arg(store.beside("strongroom.yaml"))
            .arg(store.home())
            .arg(Site::records());
        match how {
            How::Plain => command.arg("plain"),
            How::Sealed(key) => command.args(["sealed", key]),
        };
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log)?)
            .spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (Some(stdin), Some(stdout)) = (stdin, stdout) else {
            return Err("the program has no pipes".into());
        };
        let mut worker = Self {
            child,
            stdin,
            lines: BufReader::new(stdout).lines(),
            log,
            count: 0,
        };
        worker.ready()?;
        Ok(worker)
    }

    /// Waits for a line that begins so, and gives its rest.
    fn answer(&mut self, begins: &str) -> Outcome<String> {
        for line in self.lines.by_ref().map_while(Result::ok) {
            if let Some(rest) = line.strip_prefix(begins) {
                return Ok(rest.trim().to_owned());
            }
        }
        self.child.wait()?;
        Err(fs::read_to_string(&self.log)?.into())
    }

    fn ready(&mut self) -> Outcome {
        self.count = self.answer("ready ")?.parse()?;
        Ok(())
    }

    /// Puts records, and reads all back.
    pub(super) fn put(&mut self, first: usize, last: usize) -> Outcome {
        writeln!(self.stdin, "put {first} {last}")?;
        self.ready()
    }

    /// Puts records, and kills the program when it has committed `enough` of them.
    pub(super) fn killed_in_put(
        mut self,
        (first, last): (usize, usize),
        enough: usize,
    ) -> Outcome<usize> {
        writeln!(self.stdin, "put {first} {last}")?;
        let mut committed = first;
        while committed < enough {
            committed = self.answer("put ")?.parse()?;
        }
        self.child.kill()?;
        self.child.wait()?;
        // What it had said before it died.
        let said = self.lines.by_ref().map_while(Result::ok);
        let said = said.filter_map(|line| line.strip_prefix("put ")?.parse().ok());
        Ok(said.last().unwrap_or(committed))
    }

    /// Seals all old units anew.
    pub(super) fn reseal(&mut self) -> Outcome {
        writeln!(self.stdin, "reseal 100000")?;
        self.answer("resealed").map(drop)
    }

    /// The same, and kills the program after the first step, in the middle of the next; `false` when that step was the
    /// last one, and the program goes on.
    pub(super) fn is_killed_in_reseal(&mut self) -> Outcome<bool> {
        writeln!(self.stdin, "reseal 100000")?;
        if self.answer("step ")?.ends_with("through") {
            self.answer("resealed")?;
            return Ok(false);
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(true)
    }

    /// Whether the file needs no older key.
    pub(super) fn may_retire(&mut self) -> Outcome<bool> {
        writeln!(self.stdin, "retire")?;
        Ok(self.answer("m")? == "ay")
    }

    /// SIGKILL.
    pub(super) fn kill(mut self) -> Outcome {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Lets it close the database and end.
    pub(super) fn close(mut self) -> Outcome {
        writeln!(self.stdin, "close")?;
        let status = self.child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("{status}: {}", fs::read_to_string(&self.log)?).into())
        }
    }
}

/// Starts it, reads everything back, and closes properly.
pub(super) fn count(store: &Store) -> Outcome<usize> {
    let worker = Worker::start(store, How::Sealed("data"))?;
    let count = worker.count;
    worker.close()?;
    Ok(count)
}

/// The file with the records.
pub(super) fn data_file(home: &Path) -> PathBuf {
    home.join("data.redb")
}
