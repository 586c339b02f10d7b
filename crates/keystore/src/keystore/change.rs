//! From one generation to the next: build, seal anew, write both copies, then take it over.
//!
//! May touch: the directory, through its [`Storage`](crate::Storage).

use std::collections::BTreeMap;
use std::io;

use strongroom_cipher::{Dek, DekGeneration, KeyId};

use super::Keystore;
use crate::bulk;
use crate::crypto::{self, Binding, KeystoreKey, SnapshotKeys};
use crate::error::{Field, UpdateError, WriteError};
use crate::log::{Action, LogEnd};
use crate::master::MasterKey;
use crate::metadata::{self, DekRecord, EntrySalt, Metadata, Seal};
use crate::storage::{StorageError, StorageOperation};
use crate::unverified::UnverifiedKeystore;
use crate::write;

/// A snapshot in the making.
pub(super) struct Change {
    pub(super) next: Metadata,
    /// A fresh keystore key, when the set of masters changes.
    ksk: Option<KeystoreKey>,
    /// Data keys that no snapshot holds yet.
    fresh: BTreeMap<(KeyId, DekGeneration), Dek>,
}

impl Change {
    /// Puts a new data key into the snapshot; the commit seals it.
    pub(super) fn insert(&mut self, record: DekRecord, dek: Dek) {
        let key = (record.id.clone(), record.generation);
        self.next.deks.add(record);
        self.fresh.insert(key, dek);
    }

    /// Seals a fresh keystore key under exactly these masters, whose entries stand in `next`
    /// in this order.
    pub(super) fn seal_under(&mut self, masters: &[(&str, &MasterKey)]) -> Result<(), UpdateError> {
        let number = self.next.rotation_number.checked_add(1);
        self.next.rotation_number = number.ok_or(UpdateError::CounterExhausted)?;
        let ksk = KeystoreKey::generate()?;
        let binding = Binding::of(&self.next);
        let seal = |master: &(&str, &MasterKey)| crypto::seal_ksk(*master, &binding, &ksk);
        let seals = masters.iter().map(seal).collect::<Result<Vec<Seal>, _>>()?;
        for (master, seal) in self.next.masters.iter_mut().zip(seals) {
            master.seal = seal;
        }
        self.ksk = Some(ksk);
        Ok(())
    }
}

impl Keystore {
    /// The next generation, still equal but for its number and salt.
    pub(super) fn begin(&self) -> Result<Change, UpdateError> {
        self.expect_sound()?;
        let mut next = self.metadata.clone();
        let generation = next.generation.checked_add(1);
        next.generation = generation.ok_or(UpdateError::CounterExhausted)?;
        next.snapshot_generation = next.generation;
        // A new salt makes new MAC, wrap and record keys, so that none is ever used twice.
        next.salt = crypto::random()?;
        Ok(Change {
            next,
            ksk: None,
            fresh: BTreeMap::new(),
        })
    }

    /// Seals every data key anew, writes both copies, and only then takes the snapshot over.
    pub(super) fn commit(&mut self, change: Change) -> Result<(), UpdateError> {
        let Change {
            mut next,
            ksk,
            fresh,
        } = change;
        let keys = SnapshotKeys::derive(ksk.as_ref().unwrap_or(&self.ksk), &next)?;
        bulk::for_each(next.deks.iter_mut().collect(), |record| {
            let (id, generation) = (&record.id, record.generation);
            let opened;
            let dek = match fresh.get(&(id.clone(), generation)) {
                Some(dek) => dek,
                None => {
                    opened = self.keys.open_dek(record)?;
                    &opened
                }
            };
            record.sealed = keys.seal_dek(keys.wrap(), (id, generation), dek)?;
            record.entry = None;
            Ok::<_, UpdateError>(())
        })?;
        let octets = metadata::encode(&next, &keys)?;
        if let Err(error) = write::replace_both(self.dir.storage(), &octets) {
            self.poisoned = true;
            return Err(error.into());
        }
        self.metadata = next;
        self.keys = keys;
        self.end = LogEnd::of_snapshot(&octets);
        if let Some(ksk) = ksk {
            self.ksk = ksk;
        }
        Ok(())
    }

    /// Refuses every change after a failed write.
    pub(super) const fn expect_sound(&self) -> Result<(), UpdateError> {
        if self.poisoned {
            return Err(UpdateError::Poisoned);
        }
        Ok(())
    }

    /// Appends an entry to both copies, and only then makes the change in memory.
    pub(super) fn append(&mut self, action: Action, salt: &EntrySalt) -> Result<(), UpdateError> {
        let (octets, end) = self.end.encode(&action, salt, &self.keys)?;
        let len = u64::try_from(self.end.len).map_err(|_| UpdateError::Field(Field::File))?;
        if let Err(error) = write::append_both(self.dir.storage(), len, &octets) {
            self.poisoned = true;
            return Err(error.into());
        }
        action.apply(&mut self.metadata);
        self.end = end;
        Ok(())
    }

    /// Reads both copies from disk and proves them with each of these masters.
    pub(super) fn confirm(&mut self, masters: &[(&str, &MasterKey)]) -> Result<(), UpdateError> {
        let storage = self.dir.storage();
        let proven = UnverifiedKeystore::read(storage, None, false).is_ok_and(|found| {
            let mut masters = masters.iter();
            let (first, others) = (masters.next(), masters);
            // One keystore key is behind all masters, so the data keys are opened once.
            found.metadata() == &self.metadata
                && first.is_some_and(|master| found.verify(master.0, master.1).is_ok())
                && others.into_iter().all(|master| found.proves(*master))
        });
        if proven {
            return Ok(());
        }
        self.poisoned = true;
        let differs = io::Error::from(io::ErrorKind::InvalidData);
        let path = self.dir.storage().location();
        let error = StorageError::new(StorageOperation::ReadBack, path, differs);
        Err(WriteError::OutcomeUnknown(error).into())
    }
}
