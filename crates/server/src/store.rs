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

    /// Makes `objects`, which differ by one from what was saved last, durable.
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
    changed: &'a Object,
}

impl<'a> Objects<'a> {
    /// `before` with `changed` put in the place of its sequence number.
    pub(crate) const fn new(before: &'a BTreeMap<u64, Arc<Object>>, changed: &'a Object) -> Self {
        Self { before, changed }
    }

    /// The object that differs.
    #[must_use]
    pub const fn changed(&self) -> &'a Object {
        self.changed
    }

    /// How many objects there are.
    #[must_use]
    pub fn count(&self) -> usize {
        let known = self.before.contains_key(&self.changed.sequence);
        self.before.len().saturating_add(usize::from(!known))
    }

    /// All objects in creation order.
    pub fn iter(&self) -> impl Iterator<Item = &'a Object> + use<'a> {
        let at = self.changed.sequence;
        let earlier = self.before.range(..at).map(|(_, object)| &**object);
        let later = self
            .before
            .range(at..)
            .skip_while(move |(sequence, _)| **sequence == at)
            .map(|(_, object)| &**object);
        earlier.chain(std::iter::once(self.changed)).chain(later)
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
