//! A conversion that is cut at every write, rename and sync: the old file or the new one is there,
//! whole, and the next call leaves nothing else behind. Known-bad converters do lose.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use strongroom_cipher::KeyRing;
use tempfile::TempDir;

use super::convert::{expected, plain_file, plain_rows};
use super::steps::{Files, SimFolder, Step, noted};
use super::{Dice, ring, rows};
use crate::{PlainFile, decrypt_file, encrypt_file, open_database};

/// States at each step.
const EACH: usize = 5;

/// In memory, where there is such a place: what is durable is the model's business, not the disk's.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

#[derive(Clone, Copy, Debug)]
enum Turn {
    Encrypt(PlainFile),
    Decrypt,
}

impl Turn {
    fn run(self, path: &Path, ring: &Arc<KeyRing>) {
        match self {
            Self::Encrypt(plain) => encrypt_file(path, ring, plain).unwrap(),
            Self::Decrypt => decrypt_file(path, ring).unwrap(),
        }
    }
}

/// A conversion, as it went when nothing cut it.
struct Recorded {
    ring: Arc<KeyRing>,
    turn: Turn,
    start: SimFolder,
    steps: Vec<Step>,
}

impl Recorded {
    fn new(turn: Turn) -> Self {
        let folder = folder();
        let (path, ring) = (plain_file(folder.path()), ring());
        if let Turn::Decrypt = turn {
            encrypt_file(&path, &ring, PlainFile::Unlink).unwrap();
        }
        // What an earlier try left.
        fs::write(beside(folder.path()), [0; 5_000]).unwrap();
        let start = SimFolder::of(folder.path());
        let steps = noted(|| turn.run(&path, &ring));
        Self {
            ring,
            turn,
            start,
            steps,
        }
    }

    /// Cuts it before each step and after the last; `judge` sees each state in a folder.
    fn cut(&self, mut judge: impl FnMut(&Path, usize)) {
        let mut sim = self.start.clone();
        let mut dice = Dice(0x0c07);
        for cut in 0..=self.steps.len() {
            for _ in 0..EACH {
                let folder = folder();
                put(folder.path(), &sim.crash(&mut dice));
                judge(folder.path(), cut);
            }
            if let Some(step) = self.steps.get(cut) {
                sim.do_step(step);
            }
        }
    }

    /// States in which the database is not whole.
    fn losses(&self) -> usize {
        let mut losses = 0;
        self.cut(|folder, _| {
            let whole = catch_unwind(AssertUnwindSafe(|| is_whole(folder, &self.ring)));
            losses += usize::from(!whole.unwrap_or(false));
        });
        losses
    }
}

fn put(folder: &Path, files: &Files) {
    for (name, octets) in files {
        fs::write(folder.join(name), octets).unwrap();
    }
}

fn main_file(folder: &Path) -> PathBuf {
    folder.join("main.redb")
}

fn beside(folder: &Path) -> PathBuf {
    folder.join(".main.redb.strongroom-convert")
}

fn is_plain(folder: &Path) -> bool {
    fs::read(main_file(folder)).unwrap().starts_with(b"redb")
}

/// Whether the database is there with all its rows, plain or sealed.
fn is_whole(folder: &Path, ring: &Arc<KeyRing>) -> bool {
    let path = main_file(folder);
    if !path.exists() {
        return false;
    }
    if is_plain(folder) {
        return plain_rows(&path) == expected();
    }
    open_database(&path, ring.clone(), None)
        .is_ok_and(|opened| rows(&opened).is_ok_and(|rows| rows == expected()))
}

#[test]
fn a_conversion_cut_at_any_step_leaves_one_whole_file_and_the_next_call_mends_the_rest() {
    let turns = [
        Turn::Encrypt(PlainFile::Unlink),
        Turn::Encrypt(PlainFile::Wipe),
        Turn::Decrypt,
    ];
    for turn in turns {
        let run = Recorded::new(turn);
        let (mut old, mut new) = (0, 0);
        run.cut(|folder, cut| {
            assert!(is_whole(folder, &run.ring), "{turn:?}, cut at step {cut}");
            let next = if is_plain(folder) {
                Turn::Encrypt(PlainFile::Unlink)
            } else {
                Turn::Decrypt
            };
            if std::mem::discriminant(&next) == std::mem::discriminant(&run.turn) {
                old += 1;
            } else {
                new += 1;
            }
            next.run(&main_file(folder), &run.ring);
            assert!(is_whole(folder, &run.ring), "{turn:?}, cut at step {cut}");
            let names = fs::read_dir(folder).unwrap().count();
            assert_eq!(names, 1, "{turn:?}, cut at step {cut}: something is left");
        });
        assert!(
            old > 50 && new > 3,
            "{turn:?}: {old} cuts before, {new} after"
        );
    }
}

#[test]
fn the_harness_sees_known_bad_converters_lose_data() {
    let kept = Recorded::new(Turn::Encrypt(PlainFile::Wipe));
    assert_eq!(kept.losses(), 0);
    let with = |steps: Vec<Step>| Recorded {
        ring: kept.ring.clone(),
        turn: kept.turn,
        start: kept.start.clone(),
        steps,
    };
    let without = |bad: fn(&Step) -> bool| {
        let steps = kept.steps.iter().filter(|step| !bad(step));
        with(steps.cloned().collect())
    };
    let no_file_sync = without(|step| matches!(step, Step::Sync(_)));
    assert!(no_file_sync.losses() > 0, "files are not synced");
    let no_folder_sync = without(|step| matches!(step, Step::SyncFolder));
    assert!(no_folder_sync.losses() > 0, "the folder is not synced");
    // The new file takes the old one's place as soon as it is there.
    let find = |wanted: fn(&Step) -> bool| kept.steps.iter().position(wanted).unwrap();
    let created = find(|step| matches!(step, Step::Create(..)));
    let renamed = find(|step| matches!(step, Step::Rename(..)));
    let mut early = kept.steps.clone();
    let step = early.remove(renamed);
    early.insert(created + 1, step);
    assert!(with(early).losses() > 0, "renamed before it is written");
}
