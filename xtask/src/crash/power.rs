//! Power cuts on a real ext4: the writer is killed before each of its calls, the image below the
//! mounted file system is copied at that moment, and the copy is mounted and read.
//!
//! What the page cache held is not in the image, so a missing sync shows. Needs root, loop mounts and
//! mkfs.ext4.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::calls::Call;
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
/// ext4 would sync a file by itself before it is renamed over another: that hides what is looked for.
const OPTIONS: &str = "loop,noauto_da_alloc";

/// Cuts the power at every `step`th point of each writer. Empty, with a printed reason, where this
/// cannot be done.
pub(super) fn run(writer: &Path, step: usize) -> Outcome<Vec<Design>> {
    let folder = std::env::temp_dir().join(format!("strongroom-power-{}", std::process::id()));
    for part in ["mounted", "cut", "calls"] {
        fs::create_dir_all(folder.join(part))?;
    }
    let disks = Disks { folder };
    let designs = disks.made(writer).and_then(|made| match made {
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

/// Images and where they are mounted.
struct Disks {
    folder: PathBuf,
}

impl Disks {
    /// A disk with a store of generation 1; else why there can be none.
    fn made(&self, writer: &Path) -> Outcome<Result<(), String>> {
        File::create(self.image("base"))?.set_len(16 << 20)?;
        let mut make = Command::new("mkfs.ext4");
        if let Err(reason) = quiet(make.arg("-q").arg(self.image("base"))) {
            return Ok(Err(reason));
        }
        if let Err(reason) = self.mount("base", "mounted") {
            return Ok(Err(reason));
        }
        let made = fs::create_dir_all(self.store("mounted"));
        let ran = Command::new(writer)
            .arg("make")
            .arg(self.store("mounted"))
            .status();
        self.unmount("mounted")?;
        made?;
        if ran?.success() {
            Ok(Ok(()))
        } else {
            Err("crash_writer make failed".into())
        }
    }

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
        self.mount("cut", "cut")?;
        let check = Command::new(writer)
            .arg("check")
            .arg(self.store("cut"))
            .output();
        self.unmount("cut")?;
        let when = match moment {
            Moment::AtOnce => "at once",
            Moment::AfterCommit => "after a commit",
        };
        Ok(Trial {
            fault: format!(
                "{}, {when}",
                inject.unwrap_or_else(|| "at the end".to_owned())
            ),
            acknowledged: faults::acknowledges(&output),
            failed_durable: false,
            found: String::from_utf8_lossy(&check?.stdout).trim().to_owned(),
        })
    }

    fn copy_now(&self, moment: Moment) -> Outcome {
        if matches!(moment, Moment::AfterCommit) {
            let mut other = File::create(self.folder.join("mounted/other"))?;
            other.write_all(b"x")?;
            other.sync_all()?;
        }
        fs::copy(self.image("run"), self.image("cut"))?;
        Ok(())
    }

    fn image(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.img"))
    }

    fn store(&self, mounted: &str) -> PathBuf {
        self.folder.join(mounted).join("store")
    }

    fn mount(&self, image: &str, at: &str) -> Result<(), String> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "ext4", "-o", OPTIONS]);
        quiet(mount.arg(self.image(image)).arg(self.folder.join(at)))
    }

    fn unmount(&self, at: &str) -> Outcome {
        Ok(quiet(Command::new("umount").arg(self.folder.join(at)))?)
    }

    fn remove(&self) -> Outcome {
        Ok(fs::remove_dir_all(&self.folder)?)
    }
}

/// Runs a command that says nothing when all is well.
fn quiet(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        let text = String::from_utf8_lossy(&output.stderr);
        Err(format!("{program}: {}", text.trim()))
    }
}
