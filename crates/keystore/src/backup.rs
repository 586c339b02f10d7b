//! Registered backups and shredded key ids, as the keystore records them.
//!
//! May touch: memory only.

use strongroom_cipher::{DekGeneration, KeyId};

use crate::id::BackupId;

/// One registered backup of the store: what is needed to open it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backup {
    /// Names it.
    pub id: BackupId,
    /// What people call it; 1 to 256 octets.
    pub label: Option<String>,
    /// When it was made, as the caller said; seconds since 1970-01-01T00:00:00Z.
    pub time: u64,
    /// The generation of the keystore in it.
    pub generation: u64,
    /// Unique Identifiers of the masters that open that keystore.
    pub masters: Vec<String>,
    /// The DEKs that its data may need, ascending.
    pub keys: Vec<BackupKey>,
}

/// One DEK that a backup needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BackupKey {
    /// The key.
    pub id: KeyId,
    /// Its generation.
    pub generation: DekGeneration,
    /// Tells this DEK from another (`docs/formats/unit.md`, 5); no secret.
    pub check: [u8; 16],
}

impl BackupKey {
    /// As a manifest names it.
    #[must_use]
    pub const fn new(id: KeyId, generation: DekGeneration, check: [u8; 16]) -> Self {
        Self {
            id,
            generation,
            check,
        }
    }
}

/// What a keystore has of a DEK that a backup needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyStanding {
    /// The same DEK.
    Held,
    /// A record of it, without use: it was retired.
    Retired,
    /// Nothing: its key id was shredded.
    Shredded,
    /// Nothing.
    Missing,
    /// Another DEK of that key id and generation.
    Different,
}

/// A key id that was shredded: its DEK generations are never used again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tombstone {
    /// The key.
    pub id: KeyId,
    /// The highest DEK generation that it ever had.
    pub highest: DekGeneration,
    /// The keystore generation that no longer held its DEKs.
    pub shredded_generation: u64,
}

/// How far a shredded key id is out of everybody's reach.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShredOutlook {
    /// Unique Identifiers of masters that open an older copy of the record and are not recorded
    /// as destroyed.
    pub masters: Vec<String>,
    /// Registered backups that hold the record.
    pub backups: Vec<BackupId>,
}

impl ShredOutlook {
    /// Whether nobody can open an old copy any more.
    #[must_use]
    pub fn is_effective(&self) -> bool {
        self.masters.is_empty() && self.backups.is_empty()
    }
}
