//! Where objects are kept: the trait, and the store that forgets.
//!
//! May touch: nothing here; `file` touches its own files.

mod error;
mod file;
mod format;

pub use error::{Damage, Step, StoreError};
pub use file::{FileStore, Report};

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::object::Object;

/// Keeps the objects of one server.
///
/// The server holds all objects in memory; a store brings them back after a restart. `save`
/// returns only when the change would survive a power cut: the answer to the client waits for it.
pub trait ObjectStore: fmt::Debug + Send + 'static {
    /// All objects, in creation order. Called once, when the server starts.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; the server then does not start.
    fn load(&mut self) -> Result<Vec<Object>, StoreError>;

    /// Makes `objects`, which differ by one change from what was saved last, durable: all of it
    /// or nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; the change is then refused to the client and not made in memory.
    fn save(&mut self, objects: &Objects<'_>) -> Result<(), StoreError>;
}

/// All objects as they would be after one change.
#[derive(Clone, Copy, Debug)]
pub struct Objects<'a> {
    before: &'a BTreeMap<u64, Arc<Object>>,
    changed: &'a [Arc<Object>],
    removed: &'a [u64],
}

impl<'a> Objects<'a> {
    /// `before` with `changed` put in the place of their sequence numbers and without `removed`.
    /// New objects stand in the order of their sequence numbers, which are greater than all others.
    pub(crate) const fn new(
        before: &'a BTreeMap<u64, Arc<Object>>,
        changed: &'a [Arc<Object>],
        removed: &'a [u64],
    ) -> Self {
        Self {
            before,
            changed,
            removed,
        }
    }

    /// The objects that are new or differ.
    pub fn changed(&self) -> impl Iterator<Item = &'a Object> + use<'a> {
        self.changed.iter().map(|object| &**object)
    }

    /// How many objects there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.iter().count()
    }

    /// All objects in creation order.
    pub fn iter(&self) -> impl Iterator<Item = &'a Object> + use<'a> {
        let (before, changed, removed) = (self.before, self.changed, self.removed);
        let known = before
            .iter()
            .filter(|(sequence, _)| !removed.contains(sequence))
            .map(|(sequence, object)| {
                let newer = changed.iter().find(|newer| newer.sequence == *sequence);
                &**newer.unwrap_or(object)
            });
        let new = changed
            .iter()
            .filter(|object| !before.contains_key(&object.sequence))
            .map(|object| &**object);
        known.chain(new)
    }
}

/// A store that keeps nothing: objects live as long as the server.
#[derive(Debug, Default)]
pub struct MemoryStore(());

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub const fn new() -> Self {
        Self(())
    }
}

impl ObjectStore for MemoryStore {
    fn load(&mut self) -> Result<Vec<Object>, StoreError> {
        Ok(Vec::new())
    }

    fn save(&mut self, _: &Objects<'_>) -> Result<(), StoreError> {
        Ok(())
    }
}
