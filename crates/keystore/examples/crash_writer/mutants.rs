//! Storages that break the write protocol, each in one way. A harness that passes one is no proof.
//!
//! May touch: the files below the directory, as the real one does.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use strongroom_keystore::{
    DirStorage, LockError, LockGuard, Storage, StorageError, StorageFile, StorageOperation,
};

/// Methods that do what [`DirStorage`] does.
macro_rules! pass_on {
    ($($method:ident),*) => {
        $(pass_on!(@ $method);)*
    };
    (@ location) => {
        fn location(&self) -> String {
            self.storage.location()
        }
    };
    (@ lock) => {
        fn lock(&self, name: &str) -> Result<Box<dyn LockGuard>, LockError> {
            self.storage.lock(name)
        }
    };
    (@ list) => {
        fn list(&self) -> Result<Vec<String>, StorageError> {
            self.storage.list()
        }
    };
    (@ read) => {
        fn read(&self, name: &str, len_max: u64) -> Result<Option<Vec<u8>>, StorageError> {
            self.storage.read(name, len_max)
        }
    };
    (@ read_from) => {
        fn read_from(&self, name: &str, at: u64, len_max: u64) -> Result<Vec<u8>, StorageError> {
            self.storage.read_from(name, at, len_max)
        }
    };
    (@ append) => {
        fn append(&self, name: &str, len: u64) -> Result<Box<dyn StorageFile>, StorageError> {
            self.storage.append(name, len)
        }
    };
    (@ create) => {
        fn create(&self, name: &str) -> Result<Box<dyn StorageFile>, StorageError> {
            self.storage.create(name)
        }
    };
    (@ sync) => {
        fn sync(&self, name: &str) -> Result<(), StorageError> {
            self.storage.sync(name)
        }
    };
    (@ rename) => {
        fn rename(&self, from: &str, to: &str) -> Result<(), StorageError> {
            self.storage.rename(from, to)
        }
    };
    (@ sync_dir) => {
        fn sync_dir(&self) -> Result<(), StorageError> {
            self.storage.sync_dir()
        }
    };
    (@ remove) => {
        fn remove(&self, name: &str) -> Result<bool, StorageError> {
            self.storage.remove(name)
        }
    };
}

/// Known bad: writes a copy where it lies.
#[derive(Debug)]
pub(crate) struct InPlace {
    storage: DirStorage,
}

impl InPlace {
    pub(crate) fn new(dir: &str) -> Self {
        Self {
            storage: DirStorage::new(dir),
        }
    }

    fn of(name: &str) -> &str {
        name.strip_suffix(".tmp").unwrap_or(name)
    }
}

impl Storage for InPlace {
    pass_on!(location, lock, list, read_from, append, sync, sync_dir);

    fn read(&self, name: &str, len_max: u64) -> Result<Option<Vec<u8>>, StorageError> {
        self.storage.read(Self::of(name), len_max)
    }

    fn create(&self, name: &str) -> Result<Box<dyn StorageFile>, StorageError> {
        let path = self.storage.dir().join(Self::of(name));
        let failed = |source| StorageError::new(StorageOperation::Create, name, source);
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        let file = options.open(&path).map_err(failed)?;
        Ok(Box::new(Plain(file, path)))
    }

    fn rename(&self, _: &str, _: &str) -> Result<(), StorageError> {
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<bool, StorageError> {
        let is_temporary = name.ends_with(".tmp");
        if is_temporary {
            Ok(false)
        } else {
            self.storage.remove(name)
        }
    }
}

#[derive(Debug)]
struct Plain(File, PathBuf);

impl Plain {
    fn failed(&self, operation: StorageOperation, source: io::Error) -> StorageError {
        StorageError::new(operation, self.1.display().to_string(), source)
    }
}

impl StorageFile for Plain {
    fn write_all(&mut self, octets: &[u8]) -> Result<(), StorageError> {
        let written = self.0.write_all(octets);
        written.map_err(|source| self.failed(StorageOperation::Write, source))
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        let synced = self.0.sync_all();
        synced.map_err(|source| self.failed(StorageOperation::Sync, source))
    }
}

/// Known bad: takes every failed call of a write for done, and reads back what it meant to write.
#[derive(Debug)]
pub(crate) struct Swallow {
    storage: DirStorage,
    meant: Arc<Mutex<Vec<u8>>>,
}

impl Swallow {
    pub(crate) fn new(dir: &str) -> Self {
        Self {
            storage: DirStorage::new(dir),
            meant: Arc::default(),
        }
    }
}

impl Storage for Swallow {
    pass_on!(location, lock, list, sync, remove);

    fn read(&self, name: &str, len_max: u64) -> Result<Option<Vec<u8>>, StorageError> {
        if name.ends_with(".tmp") {
            let meant = self.meant.lock().unwrap_or_else(PoisonError::into_inner);
            return Ok(Some(meant.clone()));
        }
        self.storage.read(name, len_max)
    }

    fn read_from(&self, _: &str, _: u64, _: u64) -> Result<Vec<u8>, StorageError> {
        let meant = self.meant.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(meant.clone())
    }

    fn append(&self, name: &str, len: u64) -> Result<Box<dyn StorageFile>, StorageError> {
        let file = self.storage.append(name, len)?;
        let meant = Arc::clone(&self.meant);
        Ok(Box::new(Careless { file, meant }))
    }

    fn create(&self, name: &str) -> Result<Box<dyn StorageFile>, StorageError> {
        let file = self.storage.create(name)?;
        let meant = Arc::clone(&self.meant);
        Ok(Box::new(Careless { file, meant }))
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), StorageError> {
        drop(self.storage.rename(from, to));
        Ok(())
    }

    fn sync_dir(&self) -> Result<(), StorageError> {
        drop(self.storage.sync_dir());
        Ok(())
    }
}

#[derive(Debug)]
struct Careless {
    file: Box<dyn StorageFile>,
    meant: Arc<Mutex<Vec<u8>>>,
}

impl StorageFile for Careless {
    fn write_all(&mut self, octets: &[u8]) -> Result<(), StorageError> {
        let mut meant = self.meant.lock().unwrap_or_else(PoisonError::into_inner);
        *meant = octets.to_vec();
        drop(self.file.write_all(octets));
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        drop(self.file.sync());
        Ok(())
    }
}

/// Known bad: leaves out the syncs of files, or those of the directory.
#[derive(Debug)]
pub(crate) struct Unsynced {
    storage: DirStorage,
    files: bool,
}

impl Unsynced {
    pub(crate) fn files(dir: &str) -> Self {
        let storage = DirStorage::new(dir);
        Self {
            storage,
            files: true,
        }
    }

    pub(crate) fn names(dir: &str) -> Self {
        Self {
            files: false,
            ..Self::files(dir)
        }
    }
}

impl Storage for Unsynced {
    pass_on!(location, lock, list, read, read_from, sync, rename, remove);

    fn append(&self, name: &str, len: u64) -> Result<Box<dyn StorageFile>, StorageError> {
        let file = self.storage.append(name, len)?;
        if self.files {
            return Ok(Box::new(UnsyncedFile(file)));
        }
        Ok(file)
    }

    fn create(&self, name: &str) -> Result<Box<dyn StorageFile>, StorageError> {
        let file = self.storage.create(name)?;
        if self.files {
            return Ok(Box::new(UnsyncedFile(file)));
        }
        Ok(file)
    }

    fn sync_dir(&self) -> Result<(), StorageError> {
        if self.files {
            self.storage.sync_dir()
        } else {
            Ok(())
        }
    }
}

#[derive(Debug)]
struct UnsyncedFile(Box<dyn StorageFile>);

impl StorageFile for UnsyncedFile {
    fn write_all(&mut self, octets: &[u8]) -> Result<(), StorageError> {
        self.0.write_all(octets)
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        Ok(())
    }
}

/// Known bad: writes both copies, and syncs them and the directory once at the end.
#[derive(Debug)]
pub(crate) struct OneFlush {
    storage: DirStorage,
    renamed: Mutex<Vec<String>>,
}

impl OneFlush {
    pub(crate) fn new(dir: &str) -> Self {
        Self {
            storage: DirStorage::new(dir),
            renamed: Mutex::default(),
        }
    }
}

impl Storage for OneFlush {
    pass_on!(location, lock, list, read, read_from, append, sync, remove);

    fn create(&self, name: &str) -> Result<Box<dyn StorageFile>, StorageError> {
        Ok(Box::new(UnsyncedFile(self.storage.create(name)?)))
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), StorageError> {
        let mut renamed = self.renamed.lock().unwrap_or_else(PoisonError::into_inner);
        renamed.push(to.to_owned());
        self.storage.rename(from, to)
    }

    fn sync_dir(&self) -> Result<(), StorageError> {
        let renamed = self.renamed.lock().unwrap_or_else(PoisonError::into_inner);
        if renamed.len() < 2 {
            return Ok(());
        }
        for name in &*renamed {
            self.storage.sync(name)?;
        }
        self.storage.sync_dir()
    }
}

/// Known bad: appends to the first copy only.
#[derive(Debug)]
pub(crate) struct OneCopy {
    storage: DirStorage,
    meant: Arc<Mutex<Vec<u8>>>,
}

impl OneCopy {
    pub(crate) fn new(dir: &str) -> Self {
        Self {
            storage: DirStorage::new(dir),
            meant: Arc::default(),
        }
    }
}

impl Storage for OneCopy {
    pass_on!(
        location, lock, list, read, create, sync, rename, sync_dir, remove
    );

    fn read_from(&self, name: &str, at: u64, len_max: u64) -> Result<Vec<u8>, StorageError> {
        if name.ends_with(".b") {
            let meant = self.meant.lock().unwrap_or_else(PoisonError::into_inner);
            return Ok(meant.clone());
        }
        self.storage.read_from(name, at, len_max)
    }

    fn append(&self, name: &str, len: u64) -> Result<Box<dyn StorageFile>, StorageError> {
        if name.ends_with(".b") {
            return Ok(Box::new(Nowhere(Arc::clone(&self.meant))));
        }
        self.storage.append(name, len)
    }
}

#[derive(Debug)]
struct Nowhere(Arc<Mutex<Vec<u8>>>);

impl StorageFile for Nowhere {
    fn write_all(&mut self, octets: &[u8]) -> Result<(), StorageError> {
        let mut meant = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *meant = octets.to_vec();
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        Ok(())
    }
}
