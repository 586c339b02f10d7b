//! Power cuts between any two writes of ext4 itself: the disk below it is a FUSE file that writes down
//! every write and flush; for each flush, what a cut before it may leave is put together, mounted and read.
//!
//! Needs root, /dev/fuse, loop devices and mkfs.ext4.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::disks::{Disks, quiet};
use super::faults::{self, Writer};
use super::fuse::{Entry, LoggedDisk};
use super::judge::{Design, Trial};
use super::replay::{Cut, Run};
use crate::Outcome;

/// The real writer, and those that must be found out, of each change. Where a journal is written in
/// between by chance, an in-place writer loses too: `power` makes that happen.
const DESIGNS: [(Writer, bool); 7] = [
    (("replace", "real"), false),
    (("replace", "no-fsync"), true),
    (("replace", "no-directory-fsync"), true),
    (("replace", "one-flush"), true),
    (("add", "real"), false),
    (("add", "no-fsync"), true),
    (("add", "one-copy"), true),
];
/// So many that a copy is many blocks and may be torn between them.
const KEYS: usize = 100;
/// The generation of a store with that many.
const OLD: u64 = 2;

/// Looks at so many subsets at each flush, of each writer. Empty, with a printed reason, where this cannot be
/// done.
pub(super) fn run(writer: &Path, subsets: usize) -> Outcome<Vec<Design>> {
    let disks = Disks::new("blocks")?;
    let designs = disks.made(writer, KEYS).and_then(|made| {
        if let Err(reason) = made.and_then(|()| disks.can_log()) {
            println!("skipped: power cuts below ext4: {reason}");
            return Ok(Vec::new());
        }
        DESIGNS
            .into_iter()
            .map(|(design, is_mutant)| disks.explore(writer, (design, is_mutant), subsets))
            .collect()
    });
    disks.remove()?;
    designs
}

/// What came to the disk in one run of a writer.
struct Recorded {
    log: Vec<Entry>,
    acknowledged: Option<usize>,
}

/// A loop device; detached with this value.
struct Loop(PathBuf);

impl Loop {
    fn on(file: &Path) -> Result<Self, String> {
        let mut losetup = Command::new("losetup");
        let output = losetup.args(["--find", "--show"]).arg(file).output();
        let output = output.map_err(|error| format!("losetup: {error}"))?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            return Err(format!("losetup: {}", text.trim()));
        }
        let device = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(Self(device.into()))
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        if let Err(error) = quiet(Command::new("losetup").arg("--detach").arg(&self.0)) {
            println!("{error}");
        }
    }
}

impl Disks {
    /// Whether a logged disk can be had at all.
    fn can_log(&self) -> Result<(), String> {
        let said = |error| format!("FUSE: {error}");
        let disk = LoggedDisk::mount(vec![0; 4096], &self.folder.join("logged")).map_err(said)?;
        let looped = Loop::on(&disk.file()).map(drop);
        disk.end().map_err(said)?;
        looped
    }

    fn explore(
        &self,
        writer: &Path,
        (tried, is_mutant): (Writer, bool),
        subsets: usize,
    ) -> Outcome<Design> {
        let mut design = Design::new("block writes", tried, is_mutant);
        let base = fs::read(self.image("base"))?;
        let recorded = self.record(writer, tried, base.clone())?;
        let run = Run {
            base: &base,
            log: &recorded.log,
            acknowledged: recorded.acknowledged,
            subsets,
        };
        run.each_cut(|cut| {
            let trial = self.look(writer, cut)?;
            design.take(trial);
            // One breach finds a mutant out.
            Ok(!is_mutant || design.breaches.is_empty())
        })?;
        Ok(design)
    }

    /// Runs the writer on a logged disk, and lets ext4 write its journal after it.
    fn record(&self, writer: &Path, (change, name): Writer, base: Vec<u8>) -> Outcome<Recorded> {
        let disk = LoggedDisk::mount(base, &self.folder.join("logged"))?;
        let device = Loop::on(&disk.file())?;
        self.mount_device(&device.0, "mounted")?;
        let begun = disk.len();
        let output = Command::new(writer)
            .arg(change)
            .arg(self.store("mounted"))
            .arg(name)
            .output();
        let acknowledged = disk.len();
        let committed = self.commit("mounted");
        let end = disk.len();
        self.unmount("mounted")?;
        drop(device);
        let mut log = disk.end()?;
        committed?;
        log.truncate(end);
        if !faults::acknowledges(&output?) || begun == acknowledged && begun == end {
            return Err(format!("{change}, {name}: nothing was written and acknowledged").into());
        }
        Ok(Recorded {
            log,
            acknowledged: Some(acknowledged),
        })
    }

    fn look(&self, writer: &Path, cut: Cut<'_>) -> Outcome<Trial> {
        fs::write(self.image("cut"), cut.image)?;
        Ok(Trial {
            fault: cut.what,
            old: OLD,
            acknowledged: cut.acknowledged,
            failed_durable: false,
            found: self.check(writer, "cut")?,
        })
    }
}
