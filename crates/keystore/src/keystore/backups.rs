//! The registry of backups: what each needs to be opened.
//!
//! May touch: the directory, through its [`Storage`](crate::Storage). The backups themselves lie
//! elsewhere and are never read.

use super::Keystore;
use crate::backup::{Backup, BackupKey};
use crate::error::{Field, UpdateError};
use crate::id::BackupId;
use crate::limits;
use crate::metadata::DekState;

/// A backup that was made of the store as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBackup {
    /// Names it.
    pub id: BackupId,
    /// What people call it; 1 to 256 octets.
    pub label: Option<String>,
    /// When it was made; seconds since 1970-01-01T00:00:00Z.
    pub time: u64,
}

impl Keystore {
    /// Records that a backup of this keystore, as it is now, and of data under its keys exists.
    /// The manifest that is kept names the masters and every DEK that is not retired.
    ///
    /// # Errors
    ///
    /// [`UpdateError::BackupExists`], [`UpdateError::Field`], and the errors of every change.
    pub fn add_backup(&mut self, backup: NewBackup) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        let known = &self.metadata.backups;
        if known.iter().any(|other| other.id == backup.id) {
            return Err(UpdateError::BackupExists(backup.id));
        }
        if known.len() >= limits::BACKUPS_MAX {
            return Err(UpdateError::Field(Field::Backups));
        }
        let needed = self
            .metadata
            .deks
            .iter()
            .filter(|dek| dek.state != DekState::Retired);
        let masters = self.metadata.master_ids().into_iter();
        change.next.backups.push(Backup {
            id: backup.id,
            label: backup.label,
            time: backup.time,
            generation: self.metadata.generation,
            masters: masters.map(str::to_owned).collect(),
            keys: needed
                .map(|dek| BackupKey {
                    id: dek.id.clone(),
                    generation: dek.generation,
                    check: dek.check,
                })
                .collect(),
        });
        self.commit(change)
    }

    /// Forgets a backup that is no more: nothing is kept for its sake.
    ///
    /// # Errors
    ///
    /// [`UpdateError::UnknownBackup`], and the errors of every change.
    pub fn forget_backup(&mut self, id: BackupId) -> Result<(), UpdateError> {
        let mut change = self.begin()?;
        let place = change
            .next
            .backups
            .iter()
            .position(|backup| backup.id == id);
        change
            .next
            .backups
            .remove(place.ok_or(UpdateError::UnknownBackup(id))?);
        self.commit(change)
    }
}
