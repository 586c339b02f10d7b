//! A disk in memory: it records every operation, fails on demand, and starts from any image.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use strongroom_keystore::{
    LockError, LockGuard, Salvaged, Storage, StorageError, StorageFile, StorageOperation,
};

/// File names and contents.
pub(crate) type Image = BTreeMap<String, Vec<u8>>;

/// One operation that changes the disk, as the explorer replays it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Create {
        name: String,
        inode: usize,
    },
    /// An existing file is written to or synced.
    Open {
        name: String,
        inode: usize,
    },
    Write {
        inode: usize,
        octets: Vec<u8>,
    },
    Sync {
        inode: usize,
    },
    Rename {
        from: String,
        to: String,
    },
    Remove {
        name: String,
    },
    SyncDir,
    /// Not the disk's: the caller was told that this generation is durable.
    Ack(u64),
}

/// Which calls fail.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    /// The first call that fails, counted from 0 over all calls but locking.
    pub(crate) at: usize,
    /// All calls from there on, or that one alone.
    pub(crate) sticky: bool,
    pub(crate) kind: io::ErrorKind,
    /// A rename that fails has happened all the same.
    pub(crate) after_effect: bool,
}

/// What a read around a bad sector puts in its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Filler {
    /// What the real storage puts there.
    #[default]
    Real,
    /// Known bad.
    Zeros,
    /// Known bad: nothing of the file is read any more.
    NoSalvage,
}

/// Octets of one file that the disk does not give.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BadSector {
    pub(crate) name: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) filler: Filler,
}

#[derive(Debug, Default)]
struct State {
    /// By inode: a file written anew lies elsewhere on the disk.
    bad: BTreeMap<usize, BadSector>,
    names: BTreeMap<String, usize>,
    inodes: Vec<Vec<u8>>,
    log: Vec<Op>,
    calls: usize,
    fault: Option<Fault>,
    /// Writes report success and write nothing.
    lying_writes: bool,
    /// Renames report success and do nothing.
    lying_renames: bool,
    /// What every call that would change something fails with.
    refuses: Option<io::ErrorKind>,
    locked: bool,
    /// Inodes of another disk's log, and which they are here.
    replayed: BTreeMap<usize, usize>,
}

/// Clones are handles to one disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct SimDisk(Arc<Mutex<State>>);

impl SimDisk {
    pub(crate) fn from_image(image: &Image) -> Self {
        let disk = Self::default();
        {
            let mut state = disk.0.lock().unwrap();
            for (name, octets) in image {
                let inode = state.inodes.len();
                state.inodes.push(octets.clone());
                state.names.insert(name.clone(), inode);
            }
        }
        disk
    }

    /// Reads of this file fail from now on.
    pub(crate) fn break_sector(&self, sector: &BadSector) {
        let mut state = self.0.lock().unwrap();
        let inode = state.names[&sector.name];
        state.bad.insert(inode, sector.clone());
    }

    /// What a reader sees now, pending or not.
    pub(crate) fn image(&self) -> Image {
        let state = self.0.lock().unwrap();
        let content =
            |(name, inode): (&String, &usize)| (name.clone(), state.inodes[*inode].clone());
        state.names.iter().map(content).collect()
    }

    /// The operations since the last call.
    pub(crate) fn take_log(&self) -> Vec<Op> {
        std::mem::take(&mut self.0.lock().unwrap().log)
    }

    pub(crate) fn acknowledge(&self, generation: u64) {
        self.0.lock().unwrap().log.push(Op::Ack(generation));
    }

    /// Starts to count calls anew; with a fault, some of them fail.
    pub(crate) fn set_fault(&self, fault: Option<Fault>) {
        let mut state = self.0.lock().unwrap();
        state.calls = 0;
        state.fault = fault;
    }

    pub(crate) fn calls(&self) -> usize {
        self.0.lock().unwrap().calls
    }

    pub(crate) fn lie_about_renames(&self) {
        self.0.lock().unwrap().lying_renames = true;
    }

    pub(crate) fn lie_about_writes(&self) {
        self.0.lock().unwrap().lying_writes = true;
    }

    /// No change is possible from now on.
    pub(crate) fn mount_read_only(&self) {
        self.0.lock().unwrap().refuses = Some(io::ErrorKind::ReadOnlyFilesystem);
    }

    /// Names can be made and no octet can be written, until it is emptied.
    pub(crate) fn fill(&self) {
        self.0.lock().unwrap().refuses = Some(io::ErrorKind::StorageFull);
    }

    pub(crate) fn empty(&self) {
        self.0.lock().unwrap().refuses = None;
    }

    /// Carries out one operation of another disk's log.
    pub(crate) fn replay(&self, op: &Op) {
        let mut state = self.0.lock().unwrap();
        match op {
            Op::Create { name, inode } => {
                // Inode numbers of the other disk, kept apart by an offset.
                let at = inode + 500;
                let len = state.inodes.len().max(at + 1);
                state.inodes.resize(len, Vec::new());
                state.inodes[at].clear();
                state.names.insert(name.clone(), at);
                state.replayed.remove(inode);
            }
            Op::Open { name, inode } => {
                let there = state.names[name];
                state.replayed.insert(*inode, there);
            }
            Op::Write { inode, octets } => {
                let there = state.replayed.get(inode).copied().unwrap_or(inode + 500);
                state.inodes[there].extend_from_slice(octets);
            }
            Op::Rename { from, to } => {
                let inode = state.names.remove(from).unwrap();
                state.names.insert(to.clone(), inode);
            }
            Op::Remove { name } => {
                state.names.remove(name);
            }
            Op::Sync { .. } | Op::SyncDir | Op::Ack(_) => {}
        }
    }

    /// Whether these files are there and no others.
    pub(crate) fn holds(&self, image: &Image) -> bool {
        let state = self.0.lock().unwrap();
        let content = state
            .names
            .iter()
            .map(|(name, at)| (name, &state.inodes[*at]));
        content.eq(image)
    }

    pub(crate) fn put(&self, name: &str, octets: &[u8]) {
        let mut state = self.0.lock().unwrap();
        let inode = state.inodes.len();
        state.inodes.push(octets.to_vec());
        state.names.insert(name.to_owned(), inode);
    }

    pub(crate) fn take(&self, name: &str) {
        self.0.lock().unwrap().names.remove(name);
    }

    pub(crate) fn get(&self, name: &str) -> Vec<u8> {
        self.image()[name].clone()
    }
}

impl State {
    /// Counts a call; `Err` when it is to fail.
    fn call(&mut self, operation: StorageOperation, name: &str) -> Result<(), StorageError> {
        let call = self.calls;
        self.calls += 1;
        let full = self.refuses == Some(io::ErrorKind::StorageFull);
        let changes = match operation {
            StorageOperation::Write => true,
            StorageOperation::Create
            | StorageOperation::Append
            | StorageOperation::Rename
            | StorageOperation::Remove => !full,
            _ => false,
        };
        if let (true, Some(kind)) = (changes, self.refuses) {
            return Err(StorageError::new(operation, name, kind.into()));
        }
        match self.fault {
            Some(fault) if call == fault.at || (fault.sticky && call > fault.at) => {
                Err(StorageError::new(operation, name, fault.kind.into()))
            }
            _ => Ok(()),
        }
    }
}

impl State {
    fn open(&mut self, name: &str) -> usize {
        let (name, inode) = (name.to_owned(), self.names[name]);
        self.log.push(Op::Open { name, inode });
        inode
    }

    fn content(&self, operation: StorageOperation, name: &str) -> Result<&Vec<u8>, StorageError> {
        let absent = || StorageError::new(operation, name, io::ErrorKind::NotFound.into());
        self.names
            .get(name)
            .map(|inode| &self.inodes[*inode])
            .ok_or_else(absent)
    }
}

impl Storage for SimDisk {
    fn location(&self) -> String {
        "sim".to_owned()
    }

    fn lock(&self, name: &str) -> Result<Box<dyn LockGuard>, LockError> {
        let mut state = self.0.lock().unwrap();
        if state.locked {
            return Err(LockError::Held {
                path: name.to_owned(),
                pid: None,
            });
        }
        state.locked = true;
        Ok(Box::new(Guard(self.clone())))
    }

    fn list(&self) -> Result<Vec<String>, StorageError> {
        let mut state = self.0.lock().unwrap();
        state.call(StorageOperation::List, "sim")?;
        Ok(state.names.keys().cloned().collect())
    }

    fn read(&self, name: &str, len_max: u64) -> Result<Option<Vec<u8>>, StorageError> {
        let mut state = self.0.lock().unwrap();
        state.call(StorageOperation::Read, name)?;
        let Some(inode) = state.names.get(name) else {
            return Ok(None);
        };
        if state.bad.contains_key(inode) {
            return Err(unreadable(name));
        }
        let octets = state.inodes[*inode].clone();
        if octets.len() as u64 > len_max {
            let too_long = io::ErrorKind::FileTooLarge.into();
            return Err(StorageError::new(StorageOperation::Read, name, too_long));
        }
        Ok(Some(octets))
    }

    fn salvage(&self, name: &str, _: u64) -> Result<Salvaged, StorageError> {
        let state = self.0.lock().unwrap();
        let inode = state.names[name];
        let bad = state.bad.get(&inode).ok_or_else(|| unreadable(name))?;
        let filler = match bad.filler {
            Filler::Real => FILLER,
            Filler::Zeros => 0,
            Filler::NoSalvage => return Err(unreadable(name)),
        };
        let mut octets = state.inodes[inode].clone();
        octets[bad.start..bad.end].fill(filler);
        let unreadable_end = bad.end;
        Ok(Salvaged {
            octets,
            unreadable_end,
        })
    }

    fn read_from(&self, name: &str, at: u64, len_max: u64) -> Result<Vec<u8>, StorageError> {
        let mut state = self.0.lock().unwrap();
        state.call(StorageOperation::Read, name)?;
        let octets = state.content(StorageOperation::Read, name)?;
        let rest = octets[usize::try_from(at).unwrap()..].to_vec();
        assert!(rest.len() as u64 <= len_max);
        Ok(rest)
    }

    fn append(&self, name: &str, len: u64) -> Result<Box<dyn StorageFile>, StorageError> {
        let mut state = self.0.lock().unwrap();
        state.call(StorageOperation::Append, name)?;
        if state.content(StorageOperation::Append, name)?.len() as u64 != len {
            let differs = io::ErrorKind::InvalidData.into();
            return Err(StorageError::new(StorageOperation::Append, name, differs));
        }
        let inode = state.open(name);
        Ok(Box::new(SimFile {
            disk: self.clone(),
            inode,
        }))
    }

    fn sync(&self, name: &str) -> Result<(), StorageError> {
        let mut state = self.0.lock().unwrap();
        state.call(StorageOperation::Sync, name)?;
        state.content(StorageOperation::Sync, name)?;
        let inode = state.open(name);
        state.log.push(Op::Sync { inode });
        Ok(())
    }

    fn create(&self, name: &str) -> Result<Box<dyn StorageFile>, StorageError> {
        let mut state = self.0.lock().unwrap();
        state.call(StorageOperation::Create, name)?;
        let inode = state.inodes.len();
        state.inodes.push(Vec::new());
        state.names.insert(name.to_owned(), inode);
        let name = name.to_owned();
        state.log.push(Op::Create { name, inode });
        Ok(Box::new(SimFile {
            disk: self.clone(),
            inode,
        }))
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), StorageError> {
        let mut state = self.0.lock().unwrap();
        let result = state.call(StorageOperation::Rename, from);
        if state.lying_renames {
            return result;
        }
        if result.is_ok() || state.fault.is_some_and(|fault| fault.after_effect) {
            let inode = state.names.remove(from).unwrap();
            state.names.insert(to.to_owned(), inode);
            let (from, to) = (from.to_owned(), to.to_owned());
            state.log.push(Op::Rename { from, to });
        }
        result
    }

    fn sync_dir(&self) -> Result<(), StorageError> {
        let mut state = self.0.lock().unwrap();
        state.call(StorageOperation::SyncDir, "sim")?;
        state.log.push(Op::SyncDir);
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<bool, StorageError> {
        let mut state = self.0.lock().unwrap();
        state.call(StorageOperation::Remove, name)?;
        if state.names.remove(name).is_none() {
            return Ok(false);
        }
        let name = name.to_owned();
        state.log.push(Op::Remove { name });
        Ok(true)
    }
}

/// As the format page says (KS-26).
const FILLER: u8 = 0xbd;

fn unreadable(name: &str) -> StorageError {
    let eio = io::ErrorKind::Other.into();
    StorageError::new(StorageOperation::Read, name, eio)
}

#[derive(Debug)]
struct SimFile {
    disk: SimDisk,
    inode: usize,
}

impl StorageFile for SimFile {
    fn write_all(&mut self, octets: &[u8]) -> Result<(), StorageError> {
        let mut state = self.disk.0.lock().unwrap();
        let result = state.call(StorageOperation::Write, "file");
        // A write that fails has written a part.
        let len = if result.is_ok() {
            octets.len()
        } else {
            octets.len() / 2
        };
        let octets = if state.lying_writes {
            &[]
        } else {
            &octets[..len]
        };
        state.inodes[self.inode].extend_from_slice(octets);
        let (inode, octets) = (self.inode, octets.to_vec());
        state.log.push(Op::Write { inode, octets });
        result
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        let mut state = self.disk.0.lock().unwrap();
        state.call(StorageOperation::Sync, "file")?;
        let inode = self.inode;
        state.log.push(Op::Sync { inode });
        Ok(())
    }
}

#[derive(Debug)]
struct Guard(SimDisk);

impl LockGuard for Guard {}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().locked = false;
    }
}
