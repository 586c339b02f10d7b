//! Writes a snapshot: every field, then MAC, then digest; and the bounds of new fields.
//!
//! May touch: memory only.

use strongroom_cipher::ProviderError;

use super::{
    DekRecord, DekState, HEAD_LEN, MAGIC, Metadata, PREFIX_LEN, PROOF_LEN, Seal, VERSION, WRAPPED,
};
use crate::backup::Backup;
use crate::codec::Writer;
use crate::crypto::{self, SnapshotKeys};
use crate::error::Field;
use crate::limits;
use crate::master::{MasterEntry, MasterOrigin, NewMaster};
use crate::rotation::{Rotation, RotationPhase};

/// No file was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EncodeError {
    /// This field does not fit.
    Field(Field),
    /// No MAC was made.
    Provider(ProviderError),
}

impl From<Field> for EncodeError {
    fn from(field: Field) -> Self {
        Self::Field(field)
    }
}

/// The whole file.
///
/// # Errors
///
/// The [`Field`] that does not fit; [`ProviderError::KeyLost`].
pub(crate) fn encode(content: &Metadata, keys: &SnapshotKeys) -> Result<Vec<u8>, EncodeError> {
    check_content(content)?;
    // The length stands in the head and is put there when the fields are counted.
    let mut octets = fields(content)?;
    let file_len = octets.len();
    let file_len = file_len.checked_add(PROOF_LEN + PROOF_LEN);
    let file_len = file_len.and_then(|len| u64::try_from(len).ok());
    let file_len = file_len.filter(|len| *len <= limits::KEYSTORE_LEN_MAX);
    let file_len = file_len.ok_or(Field::File)?.to_be_bytes();
    let head = octets.get_mut(PREFIX_LEN..HEAD_LEN).ok_or(Field::File)?;
    head.copy_from_slice(&file_len);
    let mac = keys.mac(&octets).map_err(EncodeError::Provider)?;
    octets.extend_from_slice(&mac);
    let digest = crypto::sha256(&octets);
    octets.extend_from_slice(&digest);
    Ok(octets)
}

/// Bounds of a master that the caller brings.
pub(crate) fn check_entry(master: &NewMaster) -> Result<(), Field> {
    check_text(&master.unique_identifier, Field::UniqueIdentifier)?;
    if let Some(name) = &master.name {
        check_text(name, Field::Name)?;
    }
    within(
        &master.algorithm,
        limits::ALGORITHM_LEN_MAX,
        Field::Algorithm,
    )?;
    let server = |server: &String| within(server, limits::SERVER_LEN_MAX, Field::Servers);
    master.servers.iter().try_for_each(server)?;
    at_most(master.servers.len(), limits::SERVERS_MAX, Field::Servers)?;
    match master.wrapped.as_ref().map(Vec::len) {
        Some(0) => Err(Field::Wrapped),
        Some(len) => at_most(len, limits::WRAPPED_LEN_MAX, Field::Wrapped),
        None => Ok(()),
    }
}

/// Bounds of a logical key identifier.
pub(crate) fn check_identifier(identifier: Option<&str>) -> Result<(), Field> {
    identifier.map_or(Ok(()), |text| check_text(text, Field::LogicalIdentifier))
}

/// Whether one more retired master and one more burnt attempt will fit.
pub(crate) fn check_room(metadata: &Metadata) -> Result<(), Field> {
    let below = |count: usize, count_max: usize, field| {
        if count < count_max {
            Ok(())
        } else {
            Err(field)
        }
    };
    below(metadata.history.len(), limits::HISTORY_MAX, Field::History)?;
    below(
        metadata.burnt.len(),
        limits::BURNT_MAX,
        Field::BurntAttempts,
    )
}

fn check_text(text: &str, field: Field) -> Result<(), Field> {
    within(text, limits::IDENTIFIER_LEN_MAX, field)
}

fn within(text: &str, len_max: usize, field: Field) -> Result<(), Field> {
    if text.is_empty() {
        return Err(field);
    }
    at_most(text.len(), len_max, field)
}

fn at_most(count: usize, count_max: usize, field: Field) -> Result<(), Field> {
    if count > count_max {
        Err(field)
    } else {
        Ok(())
    }
}

fn check_content(content: &Metadata) -> Result<(), Field> {
    at_most(content.history.len(), limits::HISTORY_MAX, Field::History)?;
    at_most(content.burnt.len(), limits::BURNT_MAX, Field::BurntAttempts)?;
    at_most(content.deks.len(), limits::DEKS_MAX, Field::Deks)?;
    let tombstones = content.tombstones.len();
    at_most(tombstones, limits::TOMBSTONES_MAX, Field::Tombstones)?;
    at_most(content.backups.len(), limits::BACKUPS_MAX, Field::Backups)?;
    let label = |backup: &Backup| match &backup.label {
        Some(label) => within(label, limits::BACKUP_LABEL_LEN_MAX, Field::BackupLabel),
        None => Ok(()),
    };
    content.backups.iter().try_for_each(label)
}

fn fields(content: &Metadata) -> Result<Vec<u8>, Field> {
    let mut out = Writer::default();
    out.raw(&MAGIC);
    out.u8(VERSION);
    out.u64(0);
    out.raw(content.store_id.octets());
    out.raw(content.label.octets());
    out.u64(content.generation);
    out.u64(content.rotation_number);
    out.raw(&content.salt);
    out.optional(content.logical_identifier.as_ref(), |out, text| {
        out.text(text)
    });
    out.count8(content.masters.len());
    for master in &content.masters {
        entry(&mut out, &master.entry);
        seal(&mut out, &master.seal);
    }
    out.count16(content.history.len());
    content
        .history
        .iter()
        .for_each(|retired| entry(&mut out, retired));
    out.count16(content.burnt.len());
    for attempt in &content.burnt {
        out.u32(attempt.number);
        out.raw(attempt.attempt.octets());
    }
    out.optional(content.rotation.as_ref(), rotation);
    out.count32(content.deks.len());
    content
        .deks
        .iter()
        .for_each(|record| put_dek(&mut out, record));
    out.count32(content.tombstones.len());
    for tombstone in &content.tombstones {
        out.key_id(&tombstone.id);
        out.u32(tombstone.highest.value());
        out.u64(tombstone.shredded_generation);
    }
    out.count16(content.backups.len());
    content
        .backups
        .iter()
        .for_each(|registered| backup(&mut out, registered));
    out.finish()
}

fn entry(out: &mut Writer, entry: &MasterEntry) {
    out.text(&entry.unique_identifier);
    out.optional(entry.name.as_ref(), |out, name| out.text(name));
    out.u32(entry.number);
    let origin = match entry.origin {
        MasterOrigin::Create => 1,
        MasterOrigin::Register => 2,
        MasterOrigin::Given => 3,
    };
    out.u8(match entry.wrapped {
        Some(_) => origin | WRAPPED,
        None => origin,
    });
    out.u8(u8::from(entry.shared));
    out.u8(u8::from(entry.activated));
    out.u8(u8::from(entry.deactivated));
    out.u8(u8::from(entry.destroyed));
    out.count8(entry.servers.len());
    entry.servers.iter().for_each(|server| out.text(server));
    out.text(&entry.algorithm);
    out.u32(entry.length_bits);
    out.u64(entry.first_generation);
    out.optional(entry.retired_generation.as_ref(), |out, retired| {
        out.u64(*retired)
    });
    if let Some(wrapped) = &entry.wrapped {
        out.count16(wrapped.len());
        out.raw(wrapped);
    }
}

fn seal(out: &mut Writer, seal: &Seal) {
    out.raw(&seal.salt);
    out.raw(&seal.check);
    out.raw(&seal.sealed);
}

fn rotation(out: &mut Writer, rotation: &Rotation) {
    out.u8(match rotation.phase {
        RotationPhase::Planned => 1,
        RotationPhase::Creating => 2,
        RotationPhase::Both => 3,
        RotationPhase::Done => 4,
    });
    out.u32(rotation.plan.number);
    out.raw(rotation.plan.attempt.octets());
    out.optional(rotation.plan.logical_identifier.as_ref(), |out, text| {
        out.text(text)
    });
}

fn backup(out: &mut Writer, backup: &Backup) {
    out.raw(backup.id.octets());
    out.u64(backup.time);
    out.optional(backup.label.as_ref(), |out, label| out.text(label));
    out.u64(backup.generation);
    out.count8(backup.masters.len());
    backup.masters.iter().for_each(|master| out.text(master));
    out.count32(backup.keys.len());
    for key in &backup.keys {
        out.key_id(&key.id);
        out.u32(key.generation.value());
        out.raw(&key.check);
    }
}

pub(crate) fn put_dek(out: &mut Writer, record: &DekRecord) {
    out.key_id(&record.id);
    out.u32(record.generation.value());
    out.u8(match record.state {
        DekState::Active => 1,
        DekState::ReadOnly => 2,
        DekState::Retired => 3,
    });
    out.raw(&record.check);
    out.raw(&record.sealed);
}
