//! What was done to the files of a folder, step by step, and the states that a crash could have left
//! of it: unsynced writes dropped, reordered and torn, names in order but any number of the last lost.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::crash::apply_partly;
use super::{Dice, Op, apply};

/// One step. A file is known by its inode.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Create(u64, OsString),
    Write(u64, Op),
    Sync(u64),
    Rename(OsString, OsString),
    Remove(OsString),
    SyncFolder,
}

impl Step {
    pub(crate) fn create(file: &File, path: &Path) -> Self {
        Self::Create(inode(file), name(path))
    }

    pub(crate) fn write(file: &File, offset: u64, data: &[u8]) -> Self {
        Self::Write(inode(file), Op::Write(offset, data.to_vec()))
    }

    pub(crate) fn set_len(file: &File, len: u64) -> Self {
        Self::Write(inode(file), Op::SetLen(len))
    }

    pub(crate) fn sync(file: &File) -> Self {
        Self::Sync(inode(file))
    }

    pub(crate) fn rename(from: &Path, to: &Path) -> Self {
        Self::Rename(name(from), name(to))
    }

    pub(crate) fn remove(path: &Path) -> Self {
        Self::Remove(name(path))
    }
}

fn inode(file: &File) -> u64 {
    file.metadata().unwrap().ino()
}

fn name(path: &Path) -> OsString {
    path.file_name().unwrap().to_owned()
}

thread_local! {
    static NOTED: RefCell<Option<Vec<Step>>> = const { RefCell::new(None) };
}

/// Takes a step of this thread down, while [`noted`] runs.
pub(crate) fn note(step: impl FnOnce() -> Step) {
    NOTED.with_borrow_mut(|noted| {
        if let Some(noted) = noted {
            noted.push(step());
        }
    });
}

/// The steps that `work` does.
pub(crate) fn noted(work: impl FnOnce()) -> Vec<Step> {
    NOTED.set(Some(Vec::new()));
    work();
    NOTED.take().unwrap()
}

/// Files by name.
pub(crate) type Files = BTreeMap<OsString, Vec<u8>>;

#[derive(Clone, Default)]
struct SimFile {
    synced: Vec<u8>,
    pending: Vec<Op>,
}

/// A folder of a disk that may die.
#[derive(Clone, Default)]
pub(crate) struct SimFolder {
    files: Vec<SimFile>,
    by_inode: BTreeMap<u64, usize>,
    names: BTreeMap<OsString, usize>,
    /// Steps of names since the folder was synced.
    pending: Vec<Step>,
}

impl SimFolder {
    /// As the folder is now, all of it durable.
    pub(crate) fn of(folder: &Path) -> Self {
        let mut sim = Self::default();
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            sim.by_inode
                .insert(entry.metadata().unwrap().ino(), sim.files.len());
            sim.names.insert(entry.file_name(), sim.files.len());
            sim.files.push(SimFile {
                synced: fs::read(entry.path()).unwrap(),
                pending: Vec::new(),
            });
        }
        sim
    }

    pub(crate) fn do_step(&mut self, step: &Step) {
        match step {
            Step::Write(inode, op) => {
                let file = self.by_inode[inode];
                self.files[file].pending.push(op.clone());
            }
            Step::Sync(inode) => {
                let file = &mut self.files[self.by_inode[inode]];
                let done = std::mem::take(&mut file.pending);
                done.iter().for_each(|op| apply(&mut file.synced, op));
            }
            Step::Create(inode, _) => {
                self.by_inode.insert(*inode, self.files.len());
                self.pending
                    .push(Step::Create(self.files.len() as u64, step.name()));
                self.files.push(SimFile::default());
            }
            Step::Rename(..) | Step::Remove(_) => self.pending.push(step.clone()),
            Step::SyncFolder => {
                for step in std::mem::take(&mut self.pending) {
                    rename_in(&mut self.names, &step);
                }
            }
        }
    }

    /// What a crash leaves now.
    pub(crate) fn crash(&self, dice: &mut Dice) -> Files {
        let mut names = self.names.clone();
        let kept = usize::try_from(dice.below(self.pending.len() as u64 + 1)).unwrap();
        self.pending[..kept]
            .iter()
            .for_each(|step| rename_in(&mut names, step));
        let mut content = |file: &SimFile| {
            let mut octets = file.synced.clone();
            file.pending
                .iter()
                .for_each(|op| apply_partly(&mut octets, op, dice));
            octets
        };
        let files: Vec<_> = self.files.iter().map(&mut content).collect();
        names
            .into_iter()
            .map(|(name, file)| (name, files[file].clone()))
            .collect()
    }
}

impl Step {
    fn name(&self) -> OsString {
        match self {
            Self::Create(_, name) => name.clone(),
            step => panic!("{step:?} makes no name"),
        }
    }
}

fn rename_in(names: &mut BTreeMap<OsString, usize>, step: &Step) {
    match step {
        Step::Create(file, name) => {
            names.insert(name.clone(), usize::try_from(*file).unwrap());
        }
        Step::Rename(from, to) => {
            let file = names.remove(from).unwrap();
            names.insert(to.clone(), file);
        }
        Step::Remove(name) => {
            names.remove(name);
        }
        step => panic!("{step:?} changes no name"),
    }
}
