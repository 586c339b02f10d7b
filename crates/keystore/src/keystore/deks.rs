//! Data keys: add, rotate, retire, shred, hand out.
//!
//! May touch: the directory, through its [`Storage`](crate::Storage).

use std::collections::BTreeSet;

use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing};

use super::Keystore;
use crate::backup::Tombstone;
use crate::crypto;
use crate::error::{DekError, Field, UpdateError};
use crate::limits;
use crate::log::Action;
use crate::metadata::{DekRecord, DekState, Metadata, SEALED_LEN};

impl Keystore {
    /// Adds a key id with its first data key. Costs the same for any number of keys.
    ///
    /// The generation is the first, or for a key id that was shredded the one after all that it
    /// ever had: a unit of its former life never meets the new key.
    ///
    /// # Errors
    ///
    /// [`UpdateError::KeyExists`], and the errors of every change.
    pub fn add_dek(&mut self, id: &KeyId) -> Result<DekGeneration, UpdateError> {
        self.add_deks(std::slice::from_ref(id))?;
        let added = self.metadata.key(id).map(|key| key.generation);
        added.ok_or_else(|| UpdateError::UnknownKey(id.clone()))
    }

    /// Adds several key ids in one generation: all or none.
    ///
    /// # Errors
    ///
    /// [`UpdateError::KeyExists`], and the errors of every change.
    pub fn add_deks(&mut self, ids: &[KeyId]) -> Result<(), UpdateError> {
        let mut sorted = BTreeSet::new();
        for id in ids {
            if self.metadata.key(id).is_some() || !sorted.insert(id.clone()) {
                return Err(UpdateError::KeyExists(id.clone()));
            }
        }
        self.renew(&sorted.into_iter().collect::<Vec<_>>())
    }

    /// Makes a new generation of a data key active; the one before opens older units only. Costs
    /// the same for any number of keys, and rings that were handed out stay good.
    ///
    /// # Errors
    ///
    /// [`UpdateError::UnknownKey`], and the errors of every change.
    pub fn rotate_dek(&mut self, id: &KeyId) -> Result<DekGeneration, UpdateError> {
        let unknown = || UpdateError::UnknownKey(id.clone());
        self.metadata.key(id).ok_or_else(unknown)?;
        self.renew(std::slice::from_ref(id))?;
        let newest = self.metadata.key(id).map(|key| key.generation);
        newest.ok_or_else(unknown)
    }

    /// Takes a generation that no unit needs any more out of the key ring. Its record stays,
    /// so that its number is never used again.
    ///
    /// # Errors
    ///
    /// [`UpdateError::ActiveGeneration`], [`UpdateError::UnknownKey`],
    /// [`UpdateError::UnknownGeneration`], and the errors of every change.
    pub fn retire_dek(&mut self, id: &KeyId, generation: DekGeneration) -> Result<(), UpdateError> {
        self.expect_sound()?;
        let mut of_id = self.metadata.deks.of(id);
        let record = of_id.find(|dek| dek.generation == generation);
        let state = record.map(|record| record.state);
        drop(of_id);
        let id = id.clone();
        match state {
            None if self.metadata.key(&id).is_none() => Err(UpdateError::UnknownKey(id)),
            None => Err(UpdateError::UnknownGeneration { id, generation }),
            Some(DekState::Active) => Err(UpdateError::ActiveGeneration { id, generation }),
            Some(DekState::Retired) => Ok(()),
            Some(DekState::ReadOnly) if self.end.has_room_for(std::slice::from_ref(&id)) => {
                let salt = self.end.next_salt(crypto::random()?);
                self.append(Action::Retire(id, generation), &salt)
            }
            Some(DekState::ReadOnly) => {
                let mut change = self.begin()?;
                if let Some(record) = change.next.deks.get_mut(&id, generation) {
                    record.state = DekState::Retired;
                }
                self.commit(change)
            }
        }
    }

    /// Removes every generation of a key id from both copies; units sealed under it can then no
    /// more be opened with this keystore. What keeps older copies of the record readable is told by
    /// [`Metadata::shred_outlook`](crate::Metadata::shred_outlook).
    ///
    /// # Errors
    ///
    /// [`UpdateError::UnknownKey`], and the errors of every change.
    pub fn shred_key(&mut self, id: &KeyId) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        let newest = self.metadata.key(id);
        let newest = newest.ok_or_else(|| UpdateError::UnknownKey(id.clone()))?;
        if self.metadata.tombstones.len() >= limits::TOMBSTONES_MAX {
            return Err(UpdateError::Field(Field::Tombstones));
        }
        change.next.deks.remove(id);
        let tombstone = Tombstone {
            id: id.clone(),
            highest: newest.generation,
            shredded_generation: change.next.generation,
        };
        bury(&mut change.next, tombstone);
        self.commit(change)
    }

    /// Every generation of a key id that is not retired, with the active one marked.
    ///
    /// # Errors
    ///
    /// [`DekError`].
    pub fn key_ring(&self, id: &KeyId) -> Result<KeyRing, DekError> {
        let active = self.metadata.key(id).map(|key| key.generation);
        let active = active.ok_or_else(|| DekError::UnknownKey(id.clone()))?;
        let records = self.metadata.deks.of(id);
        let deks = records
            .filter(|record| record.state != DekState::Retired)
            .map(|record| Ok((record.generation, self.keys.open_dek(record)?)))
            .collect::<Result<Vec<_>, DekError>>()?;
        let ring = KeyRing::new(self.metadata.store_id, id.clone(), deks, active);
        ring.map_err(DekError::Ring)
    }

    /// A new newest DEK for each of these key ids, which ascend: by an entry of the log, or a
    /// snapshot when that is due.
    fn renew(&mut self, ids: &[KeyId]) -> Result<(), UpdateError> {
        self.expect_sound()?;
        let held = self.metadata.deks.len().saturating_add(ids.len());
        if held > limits::DEKS_MAX {
            return Err(UpdateError::Field(Field::Deks));
        }
        let fresh: Vec<_> = ids
            .iter()
            .map(|id| self.fresh(id))
            .collect::<Result<_, _>>()?;
        if ids.is_empty() || !self.end.has_room_for(ids) {
            let mut change = self.begin()?;
            fresh
                .into_iter()
                .for_each(|(record, dek)| change.insert(record, dek));
            return self.commit(change);
        }
        let salt = self.end.next_salt(crypto::random()?);
        let wrap = self.keys.entry_wrap(&salt)?;
        let seal = |(mut record, dek): (DekRecord, Dek)| {
            let place = (&record.id, record.generation);
            record.sealed = self.keys.seal_dek(&wrap, place, &dek)?;
            record.entry = Some(salt);
            Ok(record)
        };
        let records = fresh
            .into_iter()
            .map(seal)
            .collect::<Result<_, UpdateError>>()?;
        self.append(Action::Add(records), &salt)
    }

    fn fresh(&self, id: &KeyId) -> Result<(DekRecord, Dek), UpdateError> {
        let generation = self.metadata.next_dek(id);
        let generation = generation.ok_or(UpdateError::CounterExhausted)?;
        let dek = Dek::generate()?;
        let record = DekRecord {
            id: id.clone(),
            generation,
            state: DekState::Active,
            check: dek.check_value(&self.metadata.store_id, id, generation)?,
            // Sealed by whatever writes it.
            sealed: [0; SEALED_LEN],
            entry: None,
        };
        Ok((record, dek))
    }
}

/// Puts a tombstone in its place, instead of an older one of that key id.
fn bury(next: &mut Metadata, tombstone: Tombstone) {
    let place = next
        .tombstones
        .binary_search_by(|other| other.id.cmp(&tombstone.id));
    match place {
        Ok(place) => {
            if let Some(older) = next.tombstones.get_mut(place) {
                *older = tombstone;
            }
        }
        Err(place) => next.tombstones.insert(place, tombstone),
    }
}
