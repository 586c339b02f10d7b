//! Targets of strongroom-keystore and strongroom-cipher: what lies on the disk.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use strongroom_cipher::envelope::sha256;
use strongroom_cipher::{
    Dek, DekGeneration, KeyId, KeyRing, META_LEN, Place, StoreId, UnitMeta, WriteVersion,
};
use strongroom_keystore::{
    DirState, INTENT_FILE, LockError, LockGuard, LockedDir, MasterKey, Storage, StorageError,
    StorageFile, StorageOperation,
};
use strongroom_secret::SecretBytes;

use crate::vectors;

const DIGEST_LEN: usize = 32;

type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A directory in memory.
#[derive(Clone, Debug, Default)]
struct MemoryDir(Files);

impl MemoryDir {
    fn files(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().expect("no thread but this one")
    }
}

#[derive(Debug)]
struct MemoryFile(MemoryDir, String);

impl StorageFile for MemoryFile {
    fn write_all(&mut self, octets: &[u8]) -> Result<(), StorageError> {
        let mut files = self.0.files();
        files.entry(self.1.clone()).or_default().extend(octets);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        Ok(())
    }
}

#[derive(Debug)]
struct Held;

impl LockGuard for Held {}

impl Storage for MemoryDir {
    fn location(&self) -> String {
        "memory".to_owned()
    }

    fn lock(&self, _: &str) -> Result<Box<dyn LockGuard>, LockError> {
        Ok(Box::new(Held))
    }

    fn list(&self) -> Result<Vec<String>, StorageError> {
        Ok(self.files().keys().cloned().collect())
    }

    fn read(&self, name: &str, len_max: u64) -> Result<Option<Vec<u8>>, StorageError> {
        let octets = self.files().get(name).cloned();
        match octets {
            Some(octets) if u64::try_from(octets.len()).is_ok_and(|len| len > len_max) => {
                let long = io::Error::from(io::ErrorKind::FileTooLarge);
                Err(StorageError::new(StorageOperation::Read, name, long))
            }
            octets => Ok(octets),
        }
    }

    fn read_from(&self, name: &str, at: u64, _: u64) -> Result<Vec<u8>, StorageError> {
        let octets = self.files().get(name).cloned().unwrap_or_default();
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        Ok(octets.get(at..).unwrap_or_default().to_vec())
    }

    fn append(&self, name: &str, _: u64) -> Result<Box<dyn StorageFile>, StorageError> {
        Ok(Box::new(MemoryFile(self.clone(), name.to_owned())))
    }

    fn sync(&self, _: &str) -> Result<(), StorageError> {
        Ok(())
    }

    fn create(&self, name: &str) -> Result<Box<dyn StorageFile>, StorageError> {
        self.files().insert(name.to_owned(), Vec::new());
        Ok(Box::new(MemoryFile(self.clone(), name.to_owned())))
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), StorageError> {
        let mut files = self.files();
        if let Some(octets) = files.remove(from) {
            files.insert(to.to_owned(), octets);
        }
        Ok(())
    }

    fn sync_dir(&self) -> Result<(), StorageError> {
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<bool, StorageError> {
        Ok(self.files().remove(name).is_some())
    }
}

/// The first octet says what the rest is: bit 0, put the digest right (a fuzzer does not find
/// SHA-256 by chance); bit 1, it is the intent file; else both copies of the keystore. No content
/// but the authentic one opens.
pub fn keystore_open(input: &[u8]) {
    static AUTHENTIC: LazyLock<Vec<u8>> = LazyLock::new(vectors::keystore);
    static MASTER: LazyLock<MasterKey> = LazyLock::new(|| {
        let octets = SecretBytes::copy_from(&vectors::master());
        MasterKey::new(octets).expect("32 octets")
    });
    let Some((&how, octets)) = input.split_first() else {
        return;
    };
    let mut file = octets.to_vec();
    if how & 1 != 0 {
        put_digest_right(&mut file);
    }
    let memory = MemoryDir::default();
    if how & 2 == 0 {
        memory.files().insert("keystore.a".to_owned(), file.clone());
        memory.files().insert("keystore.b".to_owned(), file.clone());
    } else {
        memory.files().insert(INTENT_FILE.to_owned(), file.clone());
    }
    let dir = LockedDir::lock(Arc::new(memory)).expect("nobody else");
    match dir.inspect(&[]) {
        Ok(DirState::Keystore(found)) => {
            assert!(!format!("{:?} {:?}", found.metadata(), found.health()).is_empty());
            let verified = found.verify("uid-1", &MASTER);
            assert!(verified.is_err() || file == *AUTHENTIC, "a forgery opens");
            match found.unlock("uid-1", &MASTER) {
                Ok(keystore) => assert_eq!(verified.is_ok(), keystore.verify().is_ok()),
                Err(error) => show(&error),
            }
        }
        Ok(state) => assert!(how & 2 != 0, "a keystore was taken for {state:?}"),
        Err(error) => show(&error),
    }
}

fn put_digest_right(file: &mut [u8]) {
    if let Some(len) = file.len().checked_sub(DIGEST_LEN) {
        let (content, digest) = file.split_at_mut(len);
        digest.copy_from_slice(&sha256(&[content]));
    }
}

fn show(error: &(impl fmt::Display + fmt::Debug)) {
    assert!(!format!("{error} {error:?}").is_empty());
}

/// 48 octets of meta, then a sealed unit: nothing but the authentic one opens, and a refusal leaves
/// zeros.
pub fn unit_open(input: &[u8]) {
    static SEALED: LazyLock<Vec<u8>> =
        LazyLock::new(|| [vectors::unit("meta"), vectors::unit("ciphertext")].concat());
    static RING: LazyLock<KeyRing> = LazyLock::new(key_ring);
    let Some((meta, sealed)) = input.split_first_chunk::<META_LEN>() else {
        return;
    };
    let meta = UnitMeta::from_octets(meta);
    assert_eq!(
        UnitMeta::from_octets(&meta.to_octets()).to_octets(),
        meta.to_octets()
    );
    let place = Place::new(b"accounts.db", 17).expect("a short name");
    let mut buffer = sealed.to_vec();
    match RING.open(&place, WriteVersion::Unversioned, &mut buffer, &meta) {
        Ok(_) => {
            assert_eq!(input, *SEALED, "a forgery opens");
            assert_eq!(buffer, vectors::unit("plaintext"));
        }
        Err(error) => {
            assert!(buffer.iter().all(|&octet| octet == 0), "{error}");
            show(&error);
        }
    }
}

fn key_ring() -> KeyRing {
    let store = vectors::unit("store").try_into().expect("16 octets");
    let dek = Dek::from_secret(SecretBytes::copy_from(&vectors::unit("dek"))).expect("32 octets");
    let key_id = KeyId::new("accounts").expect("a short name");
    let generation = DekGeneration::new(1);
    let deks = vec![(generation, dek)];
    KeyRing::new(StoreId::new(store), key_id, deks, generation).expect("one generation")
}
