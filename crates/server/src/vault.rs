//! All objects of a server in memory, and the one way to change them.
//!
//! May touch: the store, through its trait.
//!
//! Readers take a short read lock and get shared objects. A change is computed and made durable
//! under the writer lock alone, then published; so nobody waits for the disk but other writers,
//! and nobody sees a change that a crash could take back.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::object::Object;
use crate::replica::{Follower, Replica};
use crate::store::{ObjectStore, Objects, StoreError};

/// All objects of a server.
#[derive(Debug)]
pub(crate) struct Vault {
    table: Arc<RwLock<Table>>,
    source: Source,
}

/// Where changes are made.
#[derive(Debug)]
enum Source {
    /// Here.
    Own(Mutex<Writer>),
    /// At another server; they come here by way of its followers.
    Upstream(Arc<Vault>),
}

#[derive(Debug)]
struct Writer {
    store: Option<Box<dyn ObjectStore>>,
    followers: Vec<Arc<Follower>>,
    /// Servers that use this vault and have not given it back.
    users: usize,
}

/// Objects by creation order, by Unique Identifier and by Name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    by_sequence: BTreeMap<u64, Arc<Object>>,
    by_uid: HashMap<String, u64>,
    by_name: HashMap<String, BTreeSet<u64>>,
}

impl Table {
    /// The object with this Unique Identifier.
    pub(crate) fn find(&self, uid: &str) -> Option<&Arc<Object>> {
        self.by_sequence.get(self.by_uid.get(uid)?)
    }

    /// Objects with this Name Value, newest first.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = &Arc<Object>> {
        let sequences = self.by_name.get(name).into_iter().flatten();
        sequences
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

    /// Puts new objects in, changed ones in the place of the old, and takes others out.
    pub(crate) fn publish(&mut self, change: &Change) {
        for sequence in &change.removed {
            if let Some(object) = self.by_sequence.remove(sequence) {
                self.forget(&object);
            }
        }
        for object in &change.put {
            let before = self.by_sequence.insert(object.sequence, Arc::clone(object));
            if let Some(before) = before {
                self.forget(&before);
            }
            self.by_uid.insert(object.uid.clone(), object.sequence);
            for name in &object.names {
                let sequences = self.by_name.entry(name.value.clone()).or_default();
                sequences.insert(object.sequence);
            }
        }
    }

    fn forget(&mut self, object: &Object) {
        self.by_uid.remove(&object.uid);
        for name in &object.names {
            if let Some(sequences) = self.by_name.get_mut(&name.value) {
                sequences.remove(&object.sequence);
                if sequences.is_empty() {
                    self.by_name.remove(&name.value);
                }
            }
        }
    }
}

/// What one change makes of the objects: all of it becomes durable and visible at once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    /// New objects and new states of known ones.
    pub(crate) put: Vec<Arc<Object>>,
    /// Sequence numbers of objects that are no more.
    pub(crate) removed: Vec<u64>,
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
        table.publish(&Change {
            put: store.load()?.into_iter().map(Arc::new).collect(),
            removed: Vec::new(),
        });
        Ok(Self {
            table: Arc::new(RwLock::new(table)),
            source: Source::Own(Mutex::new(Writer {
                store: Some(store),
                followers: Vec::new(),
                users: 1,
            })),
        })
    }

    /// A vault that reads a copy of `upstream` and makes its changes there.
    pub(crate) fn following(upstream: &Arc<Self>) -> (Self, Replica) {
        let upstream = match &upstream.source {
            Source::Own(_) => upstream,
            Source::Upstream(first) => first,
        };
        let mut table = Arc::default();
        let mut replica = None;
        upstream.writing(|writer| {
            // No change can come between the copy and the first that is followed.
            table = Arc::new(RwLock::new(upstream.read(Table::clone)));
            let follower = Arc::new(Follower::new(Arc::clone(&table)));
            replica = Some(Replica::new(&follower));
            writer.followers.push(follower);
            writer.users = writer.users.saturating_add(1);
        });
        let replica = replica.unwrap_or_default();
        let source = Source::Upstream(Arc::clone(upstream));
        (Self { table, source }, replica)
    }

    /// Looks at the objects. `look` must be short: it holds up the end of every change.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Table) -> T) -> T {
        look(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes the change that `plan` works out from what stands now and the next free sequence
    /// number. May wait for the disk.
    pub(crate) fn change<T, E>(
        &self,
        plan: impl FnOnce(&Table, u64) -> Result<(T, Change), E>,
    ) -> Result<T, ChangeError<E>> {
        match &self.source {
            Source::Upstream(upstream) => upstream.change(plan),
            Source::Own(writer) => self.commit(&mut lock(writer), plan),
        }
    }

    /// Adds the object that `make` builds for a sequence number. May wait for the disk.
    pub(crate) fn insert<E>(
        &self,
        make: impl FnOnce(&Table, u64) -> Result<Object, E>,
    ) -> Result<Arc<Object>, ChangeError<E>> {
        self.change(|table, sequence| {
            let object = Arc::new(make(table, sequence)?);
            let put = vec![Arc::clone(&object)];
            let removed = Vec::new();
            Ok((object, Change { put, removed }))
        })
    }

    /// Changes one object. `change` gets a copy of what stands now; may wait for the disk.
    pub(crate) fn update<E>(
        &self,
        change: impl FnOnce(&Table) -> Result<Object, E>,
    ) -> Result<Arc<Object>, ChangeError<E>> {
        self.insert(|table, _| change(table))
    }

    /// Gives the store back, after the change that is under way and when no other server uses it;
    /// later changes are refused.
    pub(crate) fn close(&self) -> Option<Box<dyn ObjectStore>> {
        self.writing(|writer| {
            writer.users = writer.users.saturating_sub(1);
            match writer.users {
                0 => writer.store.take(),
                _ => None,
            }
        })
    }

    fn writing<T>(&self, work: impl FnOnce(&mut Writer) -> T) -> T {
        match &self.source {
            Source::Own(writer) => work(&mut lock(writer)),
            Source::Upstream(upstream) => upstream.writing(work),
        }
    }

    fn commit<T, E>(
        &self,
        writer: &mut Writer,
        plan: impl FnOnce(&Table, u64) -> Result<(T, Change), E>,
    ) -> Result<T, ChangeError<E>> {
        let planned = self.read(|table| plan(table, table.next_sequence()));
        let (outcome, change) = planned.map_err(ChangeError::Refused)?;
        let store = writer
            .store
            .as_mut()
            .ok_or(ChangeError::Store(StoreError::Stopping))?;
        // Only the holder of the writer lock publishes, so this read lock can be kept for long:
        // it never holds up another reader.
        self.read(|table| {
            let objects = Objects::new(&table.by_sequence, &change.put, &change.removed);
            store.save(&objects)
        })
        .map_err(ChangeError::Store)?;
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        table.publish(&change);
        drop(table);
        for follower in &writer.followers {
            follower.tell(&change);
        }
        Ok(outcome)
    }
}

fn lock(writer: &Mutex<Writer>) -> MutexGuard<'_, Writer> {
    writer.lock().unwrap_or_else(PoisonError::into_inner)
}
