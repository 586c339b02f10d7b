//! Master key rotation as steps, each durable in both copies before it returns.
//!
//! May touch: the directory, through its [`Storage`](crate::Storage). The facade does what
//! lies between the steps on the key servers. A rotation never goes back.
//!
//! ```text
//! (none) -- record_rotation --> creating -- seal_under_both --> both -- mark_activated,
//!             ^                   |                              |       seal_under_new --> done
//!             |                   | burn_attempt                 | drop_new_master           |
//!             +---- planned <-----+------------------------------+         mark_deactivated, |
//!                                                                          finish_rotation   v
//!                                                                                         (none)
//! ```

use super::Keystore;
use crate::crypto;
use crate::error::UpdateError;
use crate::id::StoreLabel;
use crate::master::{MasterEntry, MasterKey, NewMaster};
use crate::metadata::{self, CHECK_LEN, Metadata, SALT_LEN, SEALED_LEN, Seal, SealedMaster};
use crate::rotation::{BurntAttempt, Rotation, RotationPhase, RotationPlan};

/// Whether the new master must have been read back Active before the old one is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// It must (`activateKeys` true or absent).
    Required,
    /// Keys stay Pre-Active (`activateKeys: false`); a later start may activate it.
    Waived,
}

impl Keystore {
    /// Step 1: records what is about to be asked of the key server. Phase `creating`.
    ///
    /// Allowed without a rotation and in phase `planned`.
    ///
    /// # Errors
    ///
    /// [`UpdateError::WrongPhase`]; [`UpdateError::WrongNumber`] for a number below
    /// [`Metadata::next_number`]; and the errors of every change.
    pub fn record_rotation(&mut self, plan: RotationPlan) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        self.expect_phase(&[None, Some(RotationPhase::Planned)])?;
        let lowest = self.metadata.next_number();
        let lowest = lowest.ok_or(UpdateError::CounterExhausted)?;
        if plan.number < lowest {
            return Err(UpdateError::WrongNumber {
                number: plan.number,
                expected: lowest,
            });
        }
        let logical = plan.logical_identifier.as_deref();
        metadata::check_identifier(logical).map_err(UpdateError::Field)?;
        // Room for what this rotation will add is made sure of before any key is made.
        metadata::check_room(&self.metadata).map_err(UpdateError::Field)?;
        change.next.rotation = Some(Rotation {
            phase: RotationPhase::Creating,
            plan,
        });
        self.commit(change)
    }

    /// Gives up an attempt whose outcome is unknown, or whose key is lost: its number is never
    /// used again. Phase `planned`; the rotation goes on with another attempt.
    ///
    /// # Errors
    ///
    /// [`UpdateError::WrongPhase`] unless in phase `creating`; [`UpdateError::WrongNumber`];
    /// and the errors of every change.
    pub fn burn_attempt(&mut self, number: u32) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        self.expect_phase(&[Some(RotationPhase::Creating)])?;
        self.expect_number(number)?;
        burn(&mut change.next);
        self.commit(change)
    }

    /// Step 4: a fresh keystore key under the old and the new master, every data key sealed
    /// anew, read back from disk and opened with both. Phase `both`.
    ///
    /// # Errors
    ///
    /// [`UpdateError::WrongPhase`] unless in phase `creating`; [`UpdateError::WrongNumber`];
    /// [`UpdateError::MasterExists`]; [`UpdateError::WrongMasterKey`] for `old`;
    /// [`UpdateError::SameKey`]; and the errors of every change.
    pub fn seal_under_both(
        &mut self,
        master: NewMaster,
        old: &MasterKey,
        new: &MasterKey,
    ) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        self.expect_phase(&[Some(RotationPhase::Creating)])?;
        self.expect_number(master.number)?;
        metadata::check_entry(&master).map_err(UpdateError::Field)?;
        self.expect_unknown(&master.unique_identifier)?;
        let old_id = self.expect_master(0, old)?;
        if old.secret().ct_eq(new.secret().expose()) {
            return Err(UpdateError::SameKey);
        }
        let new_id = master.unique_identifier.clone();
        let entry = MasterEntry::begin(master, change.next.generation);
        change.next.masters.push(SealedMaster {
            entry,
            seal: unsealed(),
        });
        set_phase(&mut change.next, RotationPhase::Both);
        let masters = [(old_id.as_str(), old), (new_id.as_str(), new)];
        change.seal_under(&masters)?;
        self.commit(change)?;
        self.confirm(&masters)
    }

    /// Gives up a new master that is lost while the old one still opens the keystore: a fresh
    /// keystore key under the old master alone. Phase `planned`; its number is burnt.
    ///
    /// # Errors
    ///
    /// [`UpdateError::WrongPhase`] unless in phase `both`; [`UpdateError::WrongMasterKey`];
    /// and the errors of every change.
    pub fn drop_new_master(&mut self, old: &MasterKey) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        self.expect_phase(&[Some(RotationPhase::Both)])?;
        let old_id = self.expect_master(0, old)?;
        retire(&mut change.next, 1);
        burn(&mut change.next);
        let masters = [(old_id.as_str(), old)];
        change.seal_under(&masters)?;
        self.commit(change)?;
        self.confirm(&masters)
    }

    /// Step 6: records that a master was read back Active from every listed server.
    ///
    /// # Errors
    ///
    /// [`UpdateError::UnknownMaster`] unless the keystore is sealed under it; and the errors
    /// of every change.
    pub fn mark_activated(&mut self, unique_identifier: &str) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        let mut masters = change.next.masters.iter_mut();
        let master = masters.find(|master| master.entry.unique_identifier == unique_identifier);
        let unknown = || UpdateError::UnknownMaster(unique_identifier.to_owned());
        master.ok_or_else(unknown)?.entry.activated = true;
        self.commit(change)
    }

    /// Step 7: a fresh keystore key under the new master alone, every data key sealed anew,
    /// read back from disk and opened with it. The old master moves to the history and the
    /// planned logical key identifier takes effect. Phase `done`.
    ///
    /// # Errors
    ///
    /// [`UpdateError::WrongPhase`] unless in phase `both`; [`UpdateError::NotActivated`];
    /// [`UpdateError::WrongMasterKey`]; and the errors of every change.
    pub fn seal_under_new(
        &mut self,
        new: &MasterKey,
        activation: Activation,
    ) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        self.expect_phase(&[Some(RotationPhase::Both)])?;
        let new_id = self.expect_master(1, new)?;
        let waived = activation == Activation::Waived;
        if !waived && !self.metadata.masters().skip(1).all(|entry| entry.activated) {
            return Err(UpdateError::NotActivated(new_id));
        }
        retire(&mut change.next, 0);
        set_phase(&mut change.next, RotationPhase::Done);
        let plan = change.next.rotation.as_ref().map(|rotation| &rotation.plan);
        change.next.logical_identifier = plan.and_then(|plan| plan.logical_identifier.clone());
        let masters = [(new_id.as_str(), new)];
        change.seal_under(&masters)?;
        self.commit(change)?;
        self.confirm(&masters)
    }

    /// Step 8: records that a retired master was deactivated. Ends a rotation in phase `done`
    /// whose old master it is.
    ///
    /// # Errors
    ///
    /// [`UpdateError::UnknownMaster`] unless it is in the history; and the errors of every
    /// change.
    pub fn mark_deactivated(&mut self, unique_identifier: &str) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        let history = &mut change.next.history;
        let place = history
            .iter()
            .rposition(|entry| entry.unique_identifier == unique_identifier);
        let entry = place.and_then(|place| history.get_mut(place));
        let unknown = || UpdateError::UnknownMaster(unique_identifier.to_owned());
        entry.ok_or_else(unknown)?.deactivated = true;
        let last = history.last();
        let is_last = last.is_some_and(|last| last.unique_identifier == unique_identifier);
        if is_last && change.next.phase() == Some(RotationPhase::Done) {
            change.next.rotation = None;
        }
        self.commit(change)
    }

    /// Records that the key server no longer has a retired master.
    ///
    /// # Errors
    ///
    /// [`UpdateError::UnknownMaster`] unless it is in the history; and the errors of every
    /// change.
    pub fn mark_destroyed(&mut self, unique_identifier: &str) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        let mut history = change.next.history.iter_mut();
        let entry = history.rfind(|entry| entry.unique_identifier == unique_identifier);
        let unknown = || UpdateError::UnknownMaster(unique_identifier.to_owned());
        entry.ok_or_else(unknown)?.destroyed = true;
        self.commit(change)
    }

    /// Ends a rotation in phase `done`, keeping the old master as it is on the key server.
    ///
    /// # Errors
    ///
    /// [`UpdateError::WrongPhase`]; and the errors of every change.
    pub fn finish_rotation(&mut self) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        self.expect_phase(&[Some(RotationPhase::Done)])?;
        change.next.rotation = None;
        self.commit(change)
    }

    /// Records what the configuration calls the master key.
    ///
    /// # Errors
    ///
    /// [`UpdateError::Field`], and the errors of every change.
    pub fn set_logical_identifier(
        &mut self,
        identifier: Option<String>,
    ) -> Result<(), UpdateError> {
        metadata::check_identifier(identifier.as_deref()).map_err(UpdateError::Field)?;
        let mut change = self.begin()?;
        change.next.logical_identifier = identifier;
        self.commit(change)
    }

    /// Goes on from an older copy of the store: the generation becomes `at_least`, if that is higher
    /// than the next one. With a label the store becomes a clone: it bears that label from now on, and
    /// every master until now counts as shared.
    ///
    /// # Errors
    ///
    /// The errors of every change.
    pub fn take_over(
        &mut self,
        at_least: u64,
        clone: Option<StoreLabel>,
    ) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        let next = &mut change.next;
        next.generation = next.generation.max(at_least);
        next.snapshot_generation = next.generation;
        if let Some(label) = clone {
            next.label = label;
            let masters = next.masters.iter_mut().map(|master| &mut master.entry);
            for entry in masters.chain(&mut next.history) {
                entry.shared = true;
            }
        }
        self.commit(change)
    }

    fn expect_phase(&self, allowed: &[Option<RotationPhase>]) -> Result<(), UpdateError> {
        let found = self.metadata.phase();
        if allowed.contains(&found) {
            return Ok(());
        }
        Err(UpdateError::WrongPhase { found })
    }

    fn expect_number(&self, number: u32) -> Result<(), UpdateError> {
        match self.metadata.rotation() {
            Some(rotation) if rotation.plan.number != number => Err(UpdateError::WrongNumber {
                number,
                expected: rotation.plan.number,
            }),
            _ => Ok(()),
        }
    }

    /// Refuses a Unique Identifier that is or was a master here.
    fn expect_unknown(&self, unique_identifier: &str) -> Result<(), UpdateError> {
        let mut known = self.metadata.masters().chain(self.metadata.history());
        if known.any(|entry| entry.unique_identifier == unique_identifier) {
            return Err(UpdateError::MasterExists(unique_identifier.to_owned()));
        }
        Ok(())
    }

    /// The Unique Identifier of the master at `place`, when `key` fits it.
    fn expect_master(&self, place: usize, key: &MasterKey) -> Result<String, UpdateError> {
        let master = self.metadata.masters.get(place);
        let wrong_phase = || UpdateError::WrongPhase {
            found: self.metadata.phase(),
        };
        let master = master.ok_or_else(wrong_phase)?;
        let id = master.entry.unique_identifier.clone();
        if crypto::fits((&id, key), self.metadata.store_id, &master.seal) {
            return Ok(id);
        }
        Err(UpdateError::WrongMasterKey(id))
    }
}

fn set_phase(next: &mut Metadata, phase: RotationPhase) {
    if let Some(rotation) = &mut next.rotation {
        rotation.phase = phase;
    }
}

/// Remembers the attempt as burnt; phase `planned`.
fn burn(next: &mut Metadata) {
    if let Some(rotation) = &mut next.rotation {
        rotation.phase = RotationPhase::Planned;
        next.burnt.push(BurntAttempt {
            number: rotation.plan.number,
            attempt: rotation.plan.attempt,
        });
    }
}

/// Moves the master at `place` to the history.
fn retire(next: &mut Metadata, place: usize) {
    if place < next.masters.len() {
        let mut entry = next.masters.remove(place).entry;
        entry.retired_generation = Some(next.generation);
        next.history.push(entry);
    }
}

/// Stands in a new entry until `Change::seal_under` replaces it.
const fn unsealed() -> Seal {
    Seal {
        salt: [0; SALT_LEN],
        check: [0; CHECK_LEN],
        sealed: [0; SEALED_LEN],
    }
}
