//! Images of disks with ext4 on them, and where they are mounted.
//!
//! Needs root, loop mounts and mkfs.ext4. May touch: a directory of its own among the temporary ones.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;

/// ext4 would sync a file by itself before it is renamed over another: that hides what is looked for.
const NO_SYNC_OF_ITS_OWN: &str = "noauto_da_alloc";
const LEN: u64 = 16 << 20;

/// Images and where they are mounted.
pub(super) struct Disks {
    pub(super) folder: PathBuf,
}

impl Disks {
    /// Of this harness, in this process.
    pub(super) fn new(harness: &str) -> Outcome<Self> {
        let name = format!("strongroom-{harness}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        for part in ["mounted", "cut", "calls", "logged"] {
            fs::create_dir_all(folder.join(part))?;
        }
        Ok(Self { folder })
    }

    /// A disk `base` with a store of generation 1 and so many further data keys; else why there can be none.
    pub(super) fn made(&self, writer: &Path, keys: usize) -> Outcome<Result<(), String>> {
        File::create(self.image("base"))?.set_len(LEN)?;
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
            .arg(keys.to_string())
            .status();
        self.unmount("mounted")?;
        made?;
        if ran?.success() {
            Ok(Ok(()))
        } else {
            Err("crash_writer make failed".into())
        }
    }

    /// What a reader finds on an image.
    pub(super) fn check(&self, writer: &Path, image: &str) -> Outcome<String> {
        self.mount(image, "cut")?;
        let check = Command::new(writer)
            .arg("check")
            .arg(self.store("cut"))
            .output();
        self.unmount("cut")?;
        Ok(String::from_utf8_lossy(&check?.stdout).trim().to_owned())
    }

    pub(super) fn image(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.img"))
    }

    pub(super) fn store(&self, mounted: &str) -> PathBuf {
        self.folder.join(mounted).join("store")
    }

    pub(super) fn mount(&self, image: &str, at: &str) -> Result<(), String> {
        let options = format!("loop,{NO_SYNC_OF_ITS_OWN}");
        self.mount_with(&options, &self.image(image), at)
    }

    /// Mounts a block device.
    pub(super) fn mount_device(&self, device: &Path, at: &str) -> Result<(), String> {
        self.mount_with(NO_SYNC_OF_ITS_OWN, device, at)
    }

    fn mount_with(&self, options: &str, what: &Path, at: &str) -> Result<(), String> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "ext4", "-o", options]);
        quiet(mount.arg(what).arg(self.folder.join(at)))
    }

    pub(super) fn unmount(&self, at: &str) -> Outcome {
        Ok(quiet(Command::new("umount").arg(self.folder.join(at)))?)
    }

    /// Lets ext4 write its journal, for another file's sake.
    pub(super) fn commit(&self, mounted: &str) -> Outcome {
        let other = File::create(self.folder.join(mounted).join("other"))?;
        other.set_len(1)?;
        Ok(other.sync_all()?)
    }

    pub(super) fn remove(&self) -> Outcome {
        Ok(fs::remove_dir_all(&self.folder)?)
    }
}

/// Runs a command that says nothing when all is well.
pub(super) fn quiet(command: &mut Command) -> Result<(), String> {
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
