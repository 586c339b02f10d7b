//! All DEK records of a keystore, ascending by key id and DEK generation.
//!
//! May touch: memory only.

use std::collections::{BTreeMap, btree_map};

use strongroom_cipher::{DekGeneration, KeyId};

use super::{DekRecord, DekState};

/// Finding and adding one costs the logarithm of their number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Deks(BTreeMap<(KeyId, DekGeneration), DekRecord>);

impl Deks {
    /// From records that must strictly ascend; `None` when they do not.
    pub(crate) fn from_ascending(records: Vec<DekRecord>) -> Option<Self> {
        let next = records.iter().skip(1);
        let ascends = records
            .iter()
            .zip(next)
            .all(|(record, next)| (&record.id, record.generation) < (&next.id, next.generation));
        let pair = |record: DekRecord| ((record.id.clone(), record.generation), record);
        ascends.then(|| Self(records.into_iter().map(pair).collect()))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> btree_map::Values<'_, (KeyId, DekGeneration), DekRecord> {
        self.0.values()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut DekRecord> {
        self.0.values_mut()
    }

    /// All generations of a key id, ascending.
    pub(crate) fn of(&self, id: &KeyId) -> impl DoubleEndedIterator<Item = &DekRecord> {
        let bound = |generation| (id.clone(), DekGeneration::new(generation));
        self.0.range(bound(0)..=bound(u32::MAX)).map(|(_, dek)| dek)
    }

    /// The newest of a key id: the active one.
    pub(crate) fn newest(&self, id: &KeyId) -> Option<&DekRecord> {
        self.of(id).next_back()
    }

    pub(crate) fn get_mut(
        &mut self,
        id: &KeyId,
        generation: DekGeneration,
    ) -> Option<&mut DekRecord> {
        self.0.get_mut(&(id.clone(), generation))
    }

    /// Adds the newest record of its key id; the one before opens old units only.
    pub(crate) fn add(&mut self, record: DekRecord) {
        let before = self.newest(&record.id).map(|newest| newest.generation);
        if let Some(before) = before.and_then(|before| self.get_mut(&record.id, before)) {
            before.state = DekState::ReadOnly;
        }
        self.0
            .insert((record.id.clone(), record.generation), record);
    }

    /// Removes every generation of a key id.
    pub(crate) fn remove(&mut self, id: &KeyId) {
        let generations: Vec<_> = self.of(id).map(|dek| dek.generation).collect();
        for generation in generations {
            self.0.remove(&(id.clone(), generation));
        }
    }
}
