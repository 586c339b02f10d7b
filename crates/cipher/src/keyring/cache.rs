//! Subkeys of epochs that are only read: bounded, second chance.
//!
//! Looking one up reads a whole that never changes; entering one makes a new whole.
//! May touch: memory only.

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasherDefault, Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::id::{DekGeneration, EpochId};
use crate::provider::UnitKey;
use crate::suite::Suite;

/// Which subkey.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct EpochRef {
    pub(super) suite: Suite,
    pub(super) generation: DekGeneration,
    pub(super) epoch: EpochId,
}

impl Hash for EpochRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.epoch.octets());
    }
}

/// Takes the first octets of an epoch id as they are: ids are random, and only those come in under
/// which a tag verified, so nobody without the DEK can choose them.
#[derive(Default)]
pub(super) struct EpochHasher(u64);

impl Hasher for EpochHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, octets: &[u8]) {
        if let Some(first) = octets.first_chunk() {
            self.0 ^= u64::from_be_bytes(*first);
        }
    }
}

/// At most `capacity` subkeys. The caller enters one only after a tag verified under it.
#[derive(Clone)]
pub(super) struct SubkeyCache {
    capacity: usize,
    slots: HashMap<EpochRef, Slot, BuildHasherDefault<EpochHasher>>,
    /// The order in which slots are looked at when one must go.
    turns: VecDeque<EpochRef>,
}

/// Lies in the table itself: a slot behind a pointer would be one more line to wait for.
struct Slot {
    subkey: Arc<dyn UnitKey>,
    /// Used since its last turn.
    used: AtomicBool,
}

impl Clone for Slot {
    fn clone(&self) -> Self {
        Self {
            subkey: Arc::clone(&self.subkey),
            used: AtomicBool::new(self.used.load(Ordering::Relaxed)),
        }
    }
}

impl SubkeyCache {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            slots: HashMap::default(),
            turns: VecDeque::new(),
        }
    }

    pub(super) fn subkey(&self, epoch: &EpochRef) -> Option<&dyn UnitKey> {
        let slot = self.slots.get(epoch)?;
        // Readers share the line while nobody writes it.
        if !slot.used.load(Ordering::Relaxed) {
            slot.used.store(true, Ordering::Relaxed);
        }
        Some(&*slot.subkey)
    }

    pub(super) fn enter(&mut self, epoch: EpochRef, subkey: Arc<dyn UnitKey>) {
        if self.slots.contains_key(&epoch) {
            return;
        }
        self.make_room();
        let used = AtomicBool::new(false);
        self.slots.insert(epoch, Slot { subkey, used });
        self.turns.push_back(epoch);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.slots.len(), self.turns.len());
        self.slots.len()
    }

    /// Drops the first slot that was not used since its last turn.
    fn make_room(&mut self) {
        while self.slots.len() >= self.capacity {
            let Some(epoch) = self.turns.pop_front() else {
                return;
            };
            let used = (self.slots.get(&epoch))
                .is_some_and(|slot| slot.used.swap(false, Ordering::Relaxed));
            if used {
                self.turns.push_back(epoch);
            } else {
                self.slots.remove(&epoch);
            }
        }
    }
}
