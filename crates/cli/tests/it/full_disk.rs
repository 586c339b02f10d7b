//! A full disk: one clear storage error, and after room was made the same command succeeds.
//!
//! The tmpfs needs root and the right to mount; elsewhere the limit on file sizes stands for it,
//! which every system has.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{BINARY, Demo, Ran, STORAGE, contents, holds, quickstart, run, text};

/// A small file system in memory; unmounted with this value.
pub(crate) struct Tmpfs {
    pub(crate) point: PathBuf,
}

impl Tmpfs {
    /// `None`, and a line that says why, where mounting is not allowed.
    pub(crate) fn mount(point: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(point).unwrap();
        let options = format!("size={size},mode=0700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(point)
            .output();
        let why = match mounted {
            Ok(output) if output.status.success() => {
                return Some(Self {
                    point: point.to_owned(),
                });
            }
            Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            Err(error) => error.to_string(),
        };
        skipped(&why);
        None
    }

    fn grow(&self) {
        self.remount("size=64m");
    }

    pub(crate) fn remount(&self, options: &str) {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,{options}")])
            .arg(&self.point)
            .status();
        assert!(done.unwrap().success());
    }

    /// Takes every octet that is left.
    fn fill(&self) -> PathBuf {
        let path = self.point.join("filler");
        let mut file = fs::File::create(&path).unwrap();
        loop {
            match file.write_all(&[1; 512]) {
                Ok(()) => {}
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::StorageFull);
                    return path;
                }
            }
        }
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.point).status();
    }
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn skipped(why: &str) {
    eprintln!("skipped: cannot mount a tmpfs here: {why}");
}

#[test]
fn quickstart_on_a_full_disk_goes_on_when_room_was_made() {
    let temp = tempfile::tempdir().unwrap();
    // From not even room for the certificates to almost enough.
    for size in ["16k", "28k", "52k", "300k", "3m"] {
        let Some(disk) = Tmpfs::mount(&temp.path().join(size), size) else {
            return;
        };
        let dir = disk.point.join("demo");
        let ran = quickstart(&dir, None).fails(STORAGE, &["No space left", text(&disk.point)]);
        assert_eq!(ran.out, "", "{size}");
        disk.grow();
        let ran = quickstart(&dir, None).ok();
        assert!(ran.out.contains("5 checks passed"), "{size}: {ran:#?}");
    }
}

#[test]
fn a_first_start_on_a_full_disk_leaves_no_half_keystore() {
    let demo = Demo::new();
    let _served = demo.serve();
    let Some(disk) = Tmpfs::mount(&demo.beside("disk"), "300k") else {
        return;
    };
    let dir = disk.point.join("store");
    fs::create_dir(&dir).unwrap();
    let unlock = ["unlock", "--dbpath", text(&dir)];
    let filler = disk.fill();
    demo.run(&unlock)
        .fails(STORAGE, &["No space left", text(&dir)]);
    let left = contents(&dir);
    let keystore = left.iter().find(|(path, octets)| {
        !octets.is_empty() && (path.ends_with("keystore.a") || path.ends_with("keystore.b"))
    });
    assert!(keystore.is_none(), "{left:?}");
    fs::remove_file(filler).unwrap();
    demo.run(&unlock).ok();
    demo.run(&["keystore", "verify", "--dbpath", text(&dir)])
        .ok();
}

#[test]
fn a_rotation_on_a_full_disk_keeps_the_old_state_and_finishes_later() {
    let demo = Demo::new();
    let _served = demo.serve();
    let Some(disk) = Tmpfs::mount(&demo.beside("disk"), "300k") else {
        return;
    };
    let dir = disk.point.join("store");
    fs::create_dir(&dir).unwrap();
    demo.run(&["unlock", "--dbpath", text(&dir)]).ok();
    let rotate = ["rotate", "--dbpath", text(&dir)];
    let filler = disk.fill();
    demo.run(&rotate)
        .fails(STORAGE, &["No space left", text(&dir)]);
    fs::remove_file(filler).unwrap();
    demo.run(&["unlock", "--dbpath", text(&dir)]).ok();
    demo.run(&rotate).ok();
    demo.run(&["keystore", "verify", "--dbpath", text(&dir)])
        .ok();
}

/// Runs quickstart with files limited to `blocks` of the shell's unit (512 or 1024 octets).
fn limited(blocks: u32, dir: &Path) -> Ran {
    let script = format!("ulimit -f {blocks} && exec \"$0\" quickstart --dbpath \"$1\"");
    let output = Command::new("sh")
        .args(["-c", &script, BINARY])
        .arg(dir)
        .output();
    Ran::of(&output.unwrap())
}

#[test]
fn files_that_may_not_grow_are_a_storage_error_and_the_next_run_goes_on() {
    let temp = tempfile::tempdir().unwrap();
    let needle = b"BARKSDALE AIR FORCE BASE";
    assert!(holds(
        include_bytes!("../../data/faa-wildlife-strikes.csv"),
        needle
    ));
    for blocks in [0, 1, 3, 20, 400] {
        let dir = temp.path().join(blocks.to_string());
        let ran = limited(blocks, &dir).fails(STORAGE, &["File too large", text(&dir)]);
        assert_eq!(ran.out, "", "{blocks}");
        for (path, octets) in contents(&dir) {
            assert!(!holds(&octets, needle), "{}", path.display());
        }
        let ran = quickstart(&dir, None).ok();
        assert!(ran.out.contains("5 checks passed"), "{blocks}: {ran:#?}");
    }
}

#[test]
fn stdout_on_a_full_disk_is_a_storage_error() {
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else {
        return;
    };
    let output = crate::harness::binary()
        .arg("explain")
        .stdout(full)
        .output();
    Ran::of(&output.unwrap()).fails(STORAGE, &["stdout"]);
    run(&["explain"]).ok();
}
