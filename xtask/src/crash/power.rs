//! Power cuts on a real ext4: the writer is killed before each of its calls, the image below the
//! mounted file system is copied at that moment, and the copy is mounted and read.
//!
//! What the page cache held is not in the image, so a missing sync shows. Needs root, loop mounts and
//! mkfs.ext4.

use std::fs;
use std::path::Path;

use super::calls::Call;
use super::disks::Disks;
use super::faults::{self, Bench, Writer};
use super::judge::{Design, Trial};
use crate::Outcome;

/// The real writer, and those that must be found out, of each change.
const DESIGNS: [(Writer, bool); 7] = [
    (("replace", "real"), false),
    (("replace", "in-place"), true),
    (("replace", "no-fsync"), true),
    (("replace", "no-directory-fsync"), true),
    (("add", "real"), false),
    (("add", "no-fsync"), true),
    (("add", "one-copy"), true),
];
/// Beside the first: the store then is one block.
const KEYS: usize = 0;

/// Cuts the power at every `step`th point of each writer. Empty, with a printed reason, where this
/// cannot be done.
pub(super) fn run(writer: &Path, step: usize) -> Outcome<Vec<Design>> {
    let disks = Disks::new("power")?;
    let designs = disks.made(writer, KEYS).and_then(|made| match made {
        Ok(()) => DESIGNS
            .into_iter()
            .map(|(design, is_mutant)| disks.try_design(writer, (design, is_mutant), step))
            .collect(),
        Err(reason) => {
            println!("skipped: power cuts on ext4: {reason}");
            Ok(Vec::new())
        }
    });
    disks.remove()?;
    designs
}

/// When the image is copied.
#[derive(Clone, Copy)]
enum Moment {
    /// At once.
    AtOnce,
    /// After ext4 wrote its journal for another file's sake.
    AfterCommit,
}

impl Disks {
    fn try_design(
        &self,
        writer: &Path,
        (tried, is_mutant): (Writer, bool),
        step: usize,
    ) -> Outcome<Design> {
        let mut design = Design::new("power cut", tried, is_mutant);
        let calls = Bench::in_folder(writer, &self.folder.join("calls")).calls(tried)?;
        let kills = calls.iter().step_by(step).map(Some);
        for kill in kills.chain([None]) {
            for moment in [Moment::AtOnce, Moment::AfterCommit] {
                let trial = self.cut(writer, tried, kill, moment)?;
                design.take(trial);
            }
        }
        Ok(design)
    }

    /// Runs the writer up to the kill, or to its end, and cuts the power then.
    fn cut(
        &self,
        writer: &Path,
        design: Writer,
        kill: Option<&Call>,
        moment: Moment,
    ) -> Outcome<Trial> {
        fs::copy(self.image("base"), self.image("run"))?;
        self.mount("run", "mounted")?;
        let inject = kill.map(Call::kill);
        let bench = Bench::of(writer, &self.store("mounted"), &self.folder.join("trace"));
        let output = bench.traced(design, inject.as_deref());
        let copied = self.copy_now(moment);
        self.unmount("mounted")?;
        copied?;
        let output = output?;
        let found = self.check(writer, "cut")?;
        let when = match moment {
            Moment::AtOnce => "at once",
            Moment::AfterCommit => "after a commit",
        };
        Ok(Trial {
            fault: format!(
                "{}, {when}",
                inject.unwrap_or_else(|| "at the end".to_owned())
            ),
            old: 1,
            acknowledged: faults::acknowledges(&output),
            failed_durable: false,
            found,
        })
    }

    fn copy_now(&self, moment: Moment) -> Outcome {
        if matches!(moment, Moment::AfterCommit) {
            self.commit("mounted")?;
        }
        fs::copy(self.image("run"), self.image("cut"))?;
        Ok(())
    }
}
