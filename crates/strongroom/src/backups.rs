//! Registered backups: the record in the keystore, and the manifest beside the backup.
//!
//! May touch: the keystore's files, a manifest file, the clock.

mod manifest;

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use strongroom_keystore::{Backup, BackupId, Keystore, Metadata, NewBackup, UpdateError};

pub use manifest::{Manifest, ManifestError, ManifestFault, ManifestKey};

use crate::error::Error;
use crate::hex::sixteen;
use crate::life_cycle::{Options, read_keystore};

/// A registered backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BackupReport {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub label: Option<String>,
    /// When it was registered; seconds since 1970-01-01T00:00:00Z.
    pub time: u64,
    /// The generation of the keystore in it.
    pub generation: u64,
    /// Unique Identifiers of the master keys that open that keystore.
    pub masters: Vec<String>,
    /// How many DEKs its data may need.
    pub keys: usize,
}

/// Registers a backup of the keystore as it is now and of data under its keys.
///
/// From now on `master destroy` spares the master keys that it needs, and the shredding of a key in it is
/// not effective.
///
/// # Errors
///
/// [`Error::Update`].
pub fn add_backup(keystore: &mut Keystore, label: Option<String>) -> Result<Manifest, Error> {
    let id = BackupId::generate().map_err(|_| Error::NoRandomness)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let time = now.map_or(0, |since| since.as_secs());
    keystore.add_backup(NewBackup { id, label, time })?;
    let metadata = keystore.metadata();
    let added = metadata.backups().iter().find(|backup| backup.id == id);
    let added = added.ok_or(UpdateError::UnknownBackup(id))?;
    Ok(Manifest::of(metadata.store_id(), added))
}

/// Takes a backup that is gone out of the record.
///
/// # Errors
///
/// [`Error::BackupId`] when `id` is none; [`Error::Update`] when no such backup is registered.
pub fn forget_backup(keystore: &mut Keystore, id: &str) -> Result<(), Error> {
    let octets = sixteen(id).ok_or_else(|| Error::BackupId { id: id.to_owned() })?;
    Ok(keystore.forget_backup(BackupId::from_octets(octets))?)
}

/// The registered backups of the store in `dbpath`, oldest first. Works without the key; changes nothing.
///
/// # Errors
///
/// [`Error::Inspect`], [`Error::NoKeystore`].
pub fn list_backups(dbpath: &Path, options: &Options) -> Result<Vec<BackupReport>, Error> {
    Ok(reports(read_keystore(dbpath, options)?.metadata()))
}

/// The same, of a keystore that is open.
pub(crate) fn reports(metadata: &Metadata) -> Vec<BackupReport> {
    let backups = metadata.backups().iter();
    let report = |backup: &Backup| BackupReport {
        id: backup.id.to_string(),
        label: backup.label.clone(),
        time: backup.time,
        generation: backup.generation,
        masters: backup.masters.clone(),
        keys: backup.keys.len(),
    };
    backups.map(report).collect()
}

/// What of the backup the keystore in `dbpath` does not open: nothing when the list is empty. Works without
/// the key; changes nothing.
///
/// # Errors
///
/// As [`list_backups`].
pub fn compare_with_backup(
    dbpath: &Path,
    manifest: &Manifest,
    options: &Options,
) -> Result<Vec<ManifestFault>, Error> {
    Ok(manifest.compare(read_keystore(dbpath, options)?.metadata()))
}
