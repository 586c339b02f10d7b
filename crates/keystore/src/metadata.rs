//! A keystore as a value: everything in a file but MACs and digests, entries of the log applied.
//!
//! May touch: memory only. The layout is drawn in `docs/formats/keystore.md`, 3; the reader
//! and the writer of snapshots are `metadata/decode.rs` and `metadata/encode.rs`.

mod decode;
mod deks;
mod encode;

use std::collections::BTreeSet;
use std::fmt;

use strongroom_cipher::{DekGeneration, KeyId, StoreId};

use crate::backup::{Backup, BackupKey, KeyStanding, ShredOutlook, Tombstone};
use crate::id::StoreLabel;
use crate::master::MasterEntry;
use crate::rotation::{BurntAttempt, Rotation, RotationPhase};

pub(crate) use decode::{Decoded, add_record, decode, key_id, signed_part};
pub(crate) use deks::Deks;
pub(crate) use encode::{EncodeError, check_entry, check_identifier, check_room, encode, put_dek};

/// First octets of a keystore file, of every version.
pub(crate) const MAGIC: [u8; 8] = *b"STRGKEYS";
/// The one version read and written here.
pub(crate) const VERSION: u8 = 2;
/// Set in the origin of a master entry that ends with a wrapped key.
pub(crate) const WRAPPED: u8 = 0x10;
/// Octets of the MAC, and of the digest after it.
pub(crate) const PROOF_LEN: usize = 32;
/// Magic and version: what a file of any version has besides its digest.
pub(crate) const PREFIX_LEN: usize = 9;

/// Where the length of the snapshot ends: what every version has.
pub(crate) const HEAD_LEN: usize = PREFIX_LEN + 8;

/// Octets of a salt.
pub(crate) const SALT_LEN: usize = 32;
/// Octets of a check value.
pub(crate) const CHECK_LEN: usize = 16;
/// Octets of a sealed 32-octet key.
pub(crate) const SEALED_LEN: usize = 48;

/// The cleartext content of a keystore: everything but the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    pub(crate) store_id: StoreId,
    pub(crate) label: StoreLabel,
    pub(crate) generation: u64,
    /// The generation of the snapshot that the log follows.
    pub(crate) snapshot_generation: u64,
    pub(crate) rotation_number: u64,
    pub(crate) salt: [u8; SALT_LEN],
    pub(crate) logical_identifier: Option<String>,
    /// One, or two in phase both: old first.
    pub(crate) masters: Vec<SealedMaster>,
    pub(crate) history: Vec<MasterEntry>,
    pub(crate) burnt: Vec<BurntAttempt>,
    pub(crate) rotation: Option<Rotation>,
    pub(crate) deks: Deks,
    /// Ascending by key id; none twice.
    pub(crate) tombstones: Vec<Tombstone>,
    pub(crate) backups: Vec<Backup>,
}

/// A master and the keystore key (KSK) sealed under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealedMaster {
    pub(crate) entry: MasterEntry,
    pub(crate) seal: Seal,
}

/// The KSK under one master.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Seal {
    pub(crate) salt: [u8; SALT_LEN],
    pub(crate) check: [u8; CHECK_LEN],
    pub(crate) sealed: [u8; SEALED_LEN],
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(..)")
    }
}

/// One generation of one data encryption key (DEK), wrapped.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DekRecord {
    pub(crate) id: KeyId,
    pub(crate) generation: DekGeneration,
    pub(crate) state: DekState,
    pub(crate) check: [u8; CHECK_LEN],
    pub(crate) sealed: [u8; SEALED_LEN],
    /// The log entry that it is sealed in; none: the snapshot.
    pub(crate) entry: Option<EntrySalt>,
}

/// What the wrap key of a log entry is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntrySalt {
    pub(crate) sequence: u32,
    pub(crate) salt: [u8; SALT_LEN],
}

impl DekRecord {
    fn info(&self) -> KeyInfo {
        KeyInfo {
            id: self.id.clone(),
            generation: self.generation,
            state: self.state,
        }
    }
}

impl fmt::Debug for DekRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id,
            generation,
            state,
            ..
        } = self;
        write!(f, "DekRecord({id:?} {generation} {state:?})")
    }
}

/// What a generation of a data key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DekState {
    /// Seals new units and opens old ones.
    Active,
    /// Opens old units only.
    ReadOnly,
    /// No unit needs it: in no key ring, kept so that its number is not used again.
    Retired,
}

/// One generation of one data key, as `keys` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyInfo {
    /// The key.
    pub id: KeyId,
    /// Its generation, from 1.
    pub generation: DekGeneration,
    /// What it is for.
    pub state: DekState,
}

impl Metadata {
    /// Which store; drawn once, the same for ever.
    #[must_use]
    pub const fn store_id(&self) -> StoreId {
        self.store_id
    }

    /// The store's label in names and labels on the key server.
    #[must_use]
    pub const fn label(&self) -> &StoreLabel {
        &self.label
    }

    /// Counts the durable changes, from 1.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// Counts the changes of the set of masters, from 0.
    #[must_use]
    pub const fn rotation_number(&self) -> u64 {
        self.rotation_number
    }

    /// What the configuration said the master key is called.
    #[must_use]
    pub fn logical_identifier(&self) -> Option<&str> {
        self.logical_identifier.as_deref()
    }

    /// The masters it is sealed under: one, or in rotation phase both the old and the new one.
    #[must_use]
    pub fn masters(&self) -> impl ExactSizeIterator<Item = &MasterEntry> + DoubleEndedIterator {
        self.masters.iter().map(|master| &master.entry)
    }

    /// Masters it was sealed under before, oldest first.
    #[must_use]
    pub fn history(&self) -> &[MasterEntry] {
        &self.history
    }

    /// Attempts to make a master key whose outcome is unknown.
    #[must_use]
    pub fn burnt(&self) -> &[BurntAttempt] {
        &self.burnt
    }

    /// The unfinished rotation, if any.
    #[must_use]
    pub const fn rotation(&self) -> Option<&Rotation> {
        self.rotation.as_ref()
    }

    /// All data keys, ascending by key id and generation.
    #[must_use]
    pub fn keys(&self) -> impl ExactSizeIterator<Item = KeyInfo> {
        self.deks.iter().map(DekRecord::info)
    }

    /// The newest generation of a data key, the active one.
    #[must_use]
    pub fn key(&self, id: &KeyId) -> Option<KeyInfo> {
        self.deks.newest(id).map(DekRecord::info)
    }

    /// Key ids that were shredded, ascending.
    #[must_use]
    pub fn tombstones(&self) -> &[Tombstone] {
        &self.tombstones
    }

    /// Registered backups, as they were added.
    #[must_use]
    pub fn backups(&self) -> &[Backup] {
        &self.backups
    }

    /// What the keystore has of a DEK that a backup needs.
    #[must_use]
    pub fn standing(&self, key: &BackupKey) -> KeyStanding {
        let mut found = self.deks.of(&key.id);
        match found.find(|dek| dek.generation == key.generation) {
            Some(dek) if dek.check != key.check => KeyStanding::Different,
            Some(dek) if dek.state == DekState::Retired => KeyStanding::Retired,
            Some(_) => KeyStanding::Held,
            None if self.tombstone(&key.id).is_some() => KeyStanding::Shredded,
            None => KeyStanding::Missing,
        }
    }

    /// What keeps the shredding of a key id from being effective (`docs/formats/keystore.md`,
    /// 10); `None` when it was not shredded.
    #[must_use]
    pub fn shred_outlook(&self, id: &KeyId) -> Option<ShredOutlook> {
        let tombstone = self.tombstone(id)?;
        Some(self.outlook(id, tombstone.highest, tombstone.shredded_generation))
    }

    /// What would keep the shredding of a key id from being effective if it was shredded now; `None` when
    /// there is no such key id.
    #[must_use]
    pub fn shred_plan(&self, id: &KeyId) -> Option<ShredOutlook> {
        let newest = self.key(id)?;
        let next = self.generation.saturating_add(1);
        Some(self.outlook(id, newest.generation, next))
    }

    /// Who can open a record of the key id, up to a DEK generation, from before a keystore generation.
    fn outlook(&self, id: &KeyId, highest: DekGeneration, shredded: u64) -> ShredOutlook {
        let opens = |entry: &&MasterEntry| !entry.destroyed && entry.first_generation < shredded;
        let masters = self.history.iter().chain(self.masters());
        let holds = |backup: &&Backup| {
            let mut keys = backup.keys.iter();
            keys.any(|key| &key.id == id && key.generation <= highest)
        };
        ShredOutlook {
            masters: masters
                .filter(opens)
                .map(|entry| entry.unique_identifier.clone())
                .collect(),
            backups: self
                .backups
                .iter()
                .filter(holds)
                .map(|backup| backup.id)
                .collect(),
        }
    }

    pub(crate) fn tombstone(&self, id: &KeyId) -> Option<&Tombstone> {
        let place = self
            .tombstones
            .binary_search_by(|tombstone| tombstone.id.cmp(id));
        self.tombstones.get(place.ok()?)
    }

    /// The DEK generation that a new data key of `id` gets; `None` past 2^32 - 1.
    pub(crate) fn next_dek(&self, id: &KeyId) -> Option<DekGeneration> {
        let newest = self.deks.newest(id).map(|record| record.generation);
        let buried = self.tombstone(id).map(|tombstone| tombstone.highest);
        match newest.max(buried) {
            None => Some(DekGeneration::FIRST),
            Some(highest) => highest.next(),
        }
    }

    /// The lowest number for a new master key: 1 + the highest that any master, attempt or
    /// plan has; `None` past 2^32 - 1.
    #[must_use]
    pub fn next_number(&self) -> Option<u32> {
        let masters = self.masters.iter().map(|master| master.entry.number);
        let history = self.history.iter().map(|entry| entry.number);
        let burnt = self.burnt.iter().map(|attempt| attempt.number);
        let planned = self.rotation.iter().map(|rotation| rotation.plan.number);
        let highest = masters.chain(history).chain(burnt).chain(planned).max();
        highest.unwrap_or(0).checked_add(1)
    }

    /// The ordered Unique Identifiers that every seal binds.
    pub(crate) fn master_ids(&self) -> Vec<&str> {
        self.masters()
            .map(|entry| entry.unique_identifier.as_str())
            .collect()
    }

    pub(crate) fn phase(&self) -> Option<RotationPhase> {
        self.rotation.as_ref().map(|rotation| rotation.phase)
    }

    /// The master of that Unique Identifier, if the snapshot is sealed under it.
    pub(crate) fn master(&self, unique_identifier: &str) -> Option<&SealedMaster> {
        self.masters
            .iter()
            .find(|master| master.entry.unique_identifier == unique_identifier)
    }

    /// Rules between fields, of every snapshot (`docs/formats/keystore.md`, 5).
    pub(crate) fn is_consistent(&self) -> bool {
        self.masters_fit()
            && self.history_fits()
            && self.deks_fit()
            && self.tombstones_fit()
            && self.backups_fit()
    }

    fn masters_fit(&self) -> bool {
        let two = self.phase() == Some(RotationPhase::Both);
        let first = self.masters.first().map(|master| &master.entry);
        let second = self.masters.get(1).map(|master| &master.entry);
        let distinct = match (first, second) {
            (Some(first), Some(second)) => first.unique_identifier != second.unique_identifier,
            _ => true,
        };
        let in_use = self.masters.iter().all(|master| {
            let entry = &master.entry;
            entry.retired_generation.is_none()
                && (1..=self.generation).contains(&entry.first_generation)
        });
        let count = if two { 2 } else { 1 };
        self.generation > 0 && self.masters.len() == count && distinct && in_use
    }

    fn history_fits(&self) -> bool {
        self.history.iter().all(|entry| {
            entry.retired_generation.is_some_and(|retired| {
                entry.first_generation > 0
                    && entry.first_generation < retired
                    && retired <= self.generation
            })
        })
    }

    /// Numbered from 1; the newest of each key id, and no other, is active.
    fn deks_fit(&self) -> bool {
        let numbered = self.deks.iter().all(|dek| dek.generation.value() > 0);
        let next = self.deks.iter().skip(1).map(Some).chain([None]);
        numbered
            && self.deks.iter().zip(next).all(|(dek, next)| {
                let newest = next.is_none_or(|next| next.id != dek.id);
                newest == (dek.state == DekState::Active)
            })
    }

    fn tombstones_fit(&self) -> bool {
        let next = self.tombstones.iter().skip(1);
        let ascend = self
            .tombstones
            .iter()
            .zip(next)
            .all(|(one, next)| one.id < next.id);
        ascend
            && self.tombstones.iter().all(|tombstone| {
                let oldest = self.deks.of(&tombstone.id).next();
                (1..=self.generation).contains(&tombstone.shredded_generation)
                    && tombstone.highest.value() > 0
                    && oldest.is_none_or(|oldest| oldest.generation > tombstone.highest)
            })
    }

    fn backups_fit(&self) -> bool {
        let mut ids = BTreeSet::new();
        self.backups.iter().all(|backup| {
            ids.insert(backup.id)
                && (1..=self.generation).contains(&backup.generation)
                && (1..=2).contains(&backup.masters.len())
        })
    }
}
