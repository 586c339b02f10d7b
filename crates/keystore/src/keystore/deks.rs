//! Data keys: add, rotate, retire, hand out.
//!
//! May touch: the directory, through its [`Storage`](crate::Storage).

use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing};

use super::Keystore;
use super::change::Change;
use crate::error::{DekError, UpdateError};
use crate::metadata::{DekRecord, DekState, SEALED_LEN};

impl Keystore {
    /// Adds a key id with its first data key.
    ///
    /// # Errors
    ///
    /// [`UpdateError::KeyExists`], and the errors of every change.
    pub fn add_dek(&mut self, id: &KeyId) -> Result<DekGeneration, UpdateError> {
        self.add_deks(std::slice::from_ref(id))?;
        Ok(DekGeneration::FIRST)
    }

    /// Adds several key ids in one generation: all or none.
    ///
    /// # Errors
    ///
    /// [`UpdateError::KeyExists`], and the errors of every change.
    pub fn add_deks(&mut self, ids: &[KeyId]) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        for id in ids {
            if change.holds(&self.metadata, id) {
                return Err(UpdateError::KeyExists(id.clone()));
            }
            self.insert_active(&mut change, id, DekGeneration::FIRST)?;
        }
        self.commit(change)
    }

    /// Makes a new generation of a data key active; the one before opens old units only.
    ///
    /// # Errors
    ///
    /// [`UpdateError::UnknownKey`], and the errors of every change.
    pub fn rotate_dek(&mut self, id: &KeyId) -> Result<DekGeneration, UpdateError> {
        let mut change = self.begin()?;
        let mut of_id = change.next.deks.iter_mut().filter(|dek| &dek.id == id);
        let active = of_id.find(|dek| dek.state == DekState::Active);
        let active = active.ok_or_else(|| UpdateError::UnknownKey(id.clone()))?;
        active.state = DekState::ReadOnly;
        let generation = active.generation.next();
        let generation = generation.ok_or(UpdateError::CounterExhausted)?;
        self.insert_active(&mut change, id, generation)?;
        self.commit(change)?;
        Ok(generation)
    }

    /// Takes a generation that no unit needs any more out of the key ring. Its record stays,
    /// so that its number is never used again.
    ///
    /// # Errors
    ///
    /// [`UpdateError::ActiveGeneration`], [`UpdateError::UnknownKey`],
    /// [`UpdateError::UnknownGeneration`], and the errors of every change.
    pub fn retire_dek(&mut self, id: &KeyId, generation: DekGeneration) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        let mut of_id = change.next.deks.iter_mut().filter(|dek| &dek.id == id);
        let mut any = false;
        let record = of_id.find(|dek| {
            any = true;
            dek.generation == generation
        });
        let id = id.clone();
        let Some(record) = record else {
            return Err(if any {
                UpdateError::UnknownGeneration { id, generation }
            } else {
                UpdateError::UnknownKey(id)
            });
        };
        if record.state == DekState::Active {
            return Err(UpdateError::ActiveGeneration { id, generation });
        }
        record.state = DekState::Retired;
        self.commit(change)
    }

    /// Every generation of a key id that is not retired, with the active one marked.
    ///
    /// # Errors
    ///
    /// [`DekError`].
    pub fn key_ring(&self, id: &KeyId) -> Result<KeyRing, DekError> {
        let records = || self.metadata.deks.iter().filter(|dek| &dek.id == id);
        let active = records().find(|dek| dek.state == DekState::Active);
        let active = active.ok_or_else(|| DekError::UnknownKey(id.clone()))?;
        let deks = records()
            .filter(|record| record.state != DekState::Retired)
            .map(|record| Ok((record.generation, self.keys.open_dek(record)?)))
            .collect::<Result<Vec<_>, DekError>>()?;
        let ring = KeyRing::new(self.metadata.store_id, id.clone(), deks, active.generation);
        ring.map_err(DekError::Ring)
    }

    fn insert_active(
        &self,
        change: &mut Change,
        id: &KeyId,
        generation: DekGeneration,
    ) -> Result<(), UpdateError> {
        let dek = Dek::generate()?;
        let record = DekRecord {
            id: id.clone(),
            generation,
            state: DekState::Active,
            check: dek.check_value(&self.metadata.store_id, id, generation)?,
            // Sealed by the commit, under the snapshot's keys.
            sealed: [0; SEALED_LEN],
        };
        change.insert(record, dek);
        Ok(())
    }
}
