//! The keystore's files: copies, rotation, lock, leftovers.
//!
//! May touch: the directory, reading only and without the lock; the system's list of locks.

use std::path::Path;

use strongroom_keystore::{CopyHealth, DirState, INTENT_FILE, LOCK_FILE, UnverifiedKeystore};

use super::finding::Finding;
use crate::error::Error;
use crate::life_cycle::{Options, look};

const CHECK: &str = "keystore";

/// What lies in the directory, and the keystore when there is one that can be used.
pub(super) fn checks(
    dbpath: &Path,
    options: &Options,
    encrypted: bool,
) -> (Vec<Finding>, Option<Box<UnverifiedKeystore>>) {
    let state = match look(dbpath, options) {
        Ok(state) => state,
        Err(error) => return (vec![Finding::error(CHECK, &error)], None),
    };
    let mut findings = Vec::from_iter(lock(dbpath));
    findings.extend(leftovers(dbpath));
    match state {
        DirState::Keystore(found) => {
            findings.extend(copies(&found));
            if !encrypted {
                let dbpath = dbpath.to_owned();
                let error = Error::EncryptionSwitchedOff { dbpath };
                findings.push(Finding::error(CHECK, &error));
            }
            (findings, Some(found))
        }
        DirState::IntentOnly(_) => {
            let text = format!("a first start was cut: {INTENT_FILE} is there and no keystore");
            let fix =
                "run `strongroom unlock`; a key that the cut attempt may have made is never used";
            findings.push(Finding::warning(CHECK, text, fix));
            (findings, None)
        }
        _ => {
            let text = format!("none in {} yet: a first start makes it", dbpath.display());
            findings.push(Finding::note(CHECK, text));
            (findings, None)
        }
    }
}

fn copies(found: &UnverifiedKeystore) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (copy, health) in found.health() {
        let text = format!("{copy} is {health}");
        findings.push(match health {
            CopyHealth::Sound { .. } => Finding::ok(CHECK, text),
            _ => Finding::warning(
                CHECK,
                text,
                "run `strongroom unlock`, which writes it again from its twin; look at the disk if it happens again",
            ),
        });
    }
    if let Some(rotation) = found.metadata().rotation() {
        findings.push(Finding::warning(
            "rotation",
            format!("not finished: phase {}", rotation.phase),
            "run `strongroom rotate`; the store opens meanwhile",
        ));
    }
    if found.intent_left() {
        let text = format!("{INTENT_FILE} was left by the first start; the next unlock removes it");
        findings.push(Finding::note(CHECK, text));
    }
    findings
}

/// Half-written files of ours; the next writer replaces them.
fn leftovers(dbpath: &Path) -> Vec<Finding> {
    let names = ["keystore.a.tmp", "keystore.b.tmp", "strongroom.intent.tmp"];
    let left = names.into_iter().filter(|name| dbpath.join(name).exists());
    left.map(|name| {
        Finding::note(
            CHECK,
            format!("{name} was left by a write that was cut; it is never read"),
        )
    })
    .collect()
}

/// Who holds the lock, without trying to take it.
#[cfg(target_os = "linux")]
fn lock(dbpath: &Path) -> Option<Finding> {
    use std::os::unix::fs::MetadataExt as _;
    let inode = std::fs::metadata(dbpath.join(LOCK_FILE)).ok()?.ino();
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let pid = holder(&locks, inode)?;
    let text =
        format!("process {pid} works on this directory; what stands here may change meanwhile");
    Some(Finding::note("lock", text))
}

#[cfg(not(target_os = "linux"))]
fn lock(dbpath: &Path) -> Option<Finding> {
    let there = dbpath.join(LOCK_FILE).exists();
    there.then(|| Finding::note("lock", "who holds it cannot be told on this system"))
}

/// The process with a write lock on the file with this inode, in the text of `/proc/locks`
/// (proc(5)): `1: FLOCK ADVISORY WRITE 1234 08:01:5678 0 EOF`.
#[cfg(any(target_os = "linux", test))]
fn holder(locks: &str, inode: u64) -> Option<&str> {
    locks.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, "FLOCK", _, "WRITE", pid, file, ..] = words.as_slice() else {
            return None;
        };
        let found = file.rsplit(':').next()?.parse::<u64>().ok()?;
        (found == inode).then_some(*pid)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_is_found_by_the_inode() {
        let locks = "1: POSIX  ADVISORY  WRITE 7 08:01:42 0 EOF\n2: -> FLOCK  ADVISORY  WRITE 8 08:01:42 0 EOF\n3: FLOCK  ADVISORY  READ 9 08:01:42 0 EOF\n4: FLOCK  ADVISORY  WRITE 10 08:01:42 0 EOF\n";
        assert_eq!(holder(locks, 42), Some("10"));
        assert_eq!(holder(locks, 43), None);
        assert_eq!(holder("rubbish\n", 42), None);
    }
}
