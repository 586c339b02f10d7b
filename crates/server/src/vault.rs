//! All objects of a server in memory, and the one way to change them.
//!
//! May touch: the store, through its trait.
//!
//! Readers take a short read lock and get shared objects. A change is computed and made durable
//! under the writer lock alone, then published; so nobody waits for the disk but other writers,
//! and nobody sees a change that a crash could take back.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::object::Object;
use crate::store::{ObjectStore, Objects, StoreError};

/// All objects of a server.
#[derive(Debug)]
pub(crate) struct Vault {
    table: RwLock<Table>,
    writer: Mutex<Option<Box<dyn ObjectStore>>>,
}

/// Objects by creation order, by Unique Identifier and by Name.
#[derive(Debug, Default)]
pub(crate) struct Table {
    by_sequence: BTreeMap<u64, Arc<Object>>,
    by_uid: HashMap<String, u64>,
    by_name: HashMap<String, Vec<u64>>,
}

impl Table {
    /// The object with this Unique Identifier.
    pub(crate) fn find(&self, uid: &str) -> Option<&Arc<Object>> {
        self.by_sequence.get(self.by_uid.get(uid)?)
    }

    /// Objects with this Name Value, newest first.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = &Arc<Object>> {
        let sequences = self.by_name.get(name).map_or(&[][..], Vec::as_slice);
        sequences
            .iter()
            .rev()
            .filter_map(|sequence| self.by_sequence.get(sequence))
    }

    /// All objects, newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.by_sequence.values().rev()
    }

    /// The sequence number for the next object.
    fn next_sequence(&self) -> u64 {
        self.by_sequence
            .last_key_value()
            .map_or(0, |(last, _)| last.saturating_add(1))
    }

    /// Puts a new object in, or a changed one in the place of the old. Names never change.
    fn publish(&mut self, object: Arc<Object>) {
        let sequence = object.sequence;
        if !self.by_sequence.contains_key(&sequence) {
            self.by_uid.insert(object.uid.clone(), sequence);
            for name in &object.names {
                self.by_name
                    .entry(name.value.clone())
                    .or_default()
                    .push(sequence);
            }
        }
        self.by_sequence.insert(sequence, object);
    }
}

/// Why a change was not made: by rule, or by the store.
#[derive(Debug)]
pub(crate) enum ChangeError<E> {
    Refused(E),
    Store(StoreError),
}

impl Vault {
    /// Loads all objects of the store.
    pub(crate) fn open(mut store: Box<dyn ObjectStore>) -> Result<Self, StoreError> {
        let mut table = Table::default();
        for object in store.load()? {
            table.publish(Arc::new(object));
        }
        Ok(Self {
            table: RwLock::new(table),
            writer: Mutex::new(Some(store)),
        })
    }

    /// Looks at the objects. `look` must be short: it holds up the end of every change.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Table) -> T) -> T {
        look(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds the object that `make` builds for a sequence number. May wait for the disk.
    pub(crate) fn insert<E>(
        &self,
        make: impl FnOnce(&Table, u64) -> Result<Object, E>,
    ) -> Result<Arc<Object>, ChangeError<E>> {
        let mut writer = self.writer();
        let object = self.read(|table| make(table, table.next_sequence()));
        self.commit(&mut writer, object.map_err(ChangeError::Refused)?)
    }

    /// Changes one object. `change` gets a copy of what stands now; may wait for the disk.
    pub(crate) fn update<E>(
        &self,
        change: impl FnOnce(&Table) -> Result<Object, E>,
    ) -> Result<Arc<Object>, ChangeError<E>> {
        self.insert(|table, _| change(table))
    }

    /// Gives the store back, after the change that is under way; later ones are refused.
    pub(crate) fn close(&self) -> Option<Box<dyn ObjectStore>> {
        self.writer().take()
    }

    fn writer(&self) -> MutexGuard<'_, Option<Box<dyn ObjectStore>>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn commit<E>(
        &self,
        writer: &mut Option<Box<dyn ObjectStore>>,
        object: Object,
    ) -> Result<Arc<Object>, ChangeError<E>> {
        let store = writer
            .as_mut()
            .ok_or(ChangeError::Store(StoreError::Stopping))?;
        // Only the holder of the writer lock publishes, so this read lock can be kept for long:
        // it never holds up another reader.
        self.read(|table| store.save(&Objects::new(&table.by_sequence, &object)))
            .map_err(ChangeError::Store)?;
        let object = Arc::new(object);
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        table.publish(Arc::clone(&object));
        Ok(object)
    }
}
