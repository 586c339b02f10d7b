//! Reads a snapshot: digest first, then version, then every field and rule.
//!
//! May touch: memory only. Allocates no more than a small multiple of the file's length.

use strongroom_cipher::{DekGeneration, KeyId, StoreId};

use super::{
    CHECK_LEN, DekRecord, DekState, Deks, HEAD_LEN, MAGIC, Metadata, PREFIX_LEN, PROOF_LEN,
    SALT_LEN, SEALED_LEN, Seal, SealedMaster, VERSION, WRAPPED,
};
use crate::backup::{Backup, BackupKey, Tombstone};
use crate::codec::Reader;
use crate::crypto;
use crate::error::{Damage, FormatRule};
use crate::id::{AttemptId, BackupId, StoreLabel};
use crate::limits;
use crate::master::{MasterEntry, MasterOrigin};
use crate::rotation::{BurntAttempt, Rotation, RotationPhase, RotationPlan};

/// What the octets of a keystore file begin with, without any key.
pub(crate) enum Decoded {
    /// A snapshot of our version, and its length.
    Snapshot(Box<Metadata>, usize),
    /// Whole, of a version that is not read here.
    OtherVersion(u8),
}

/// Checks the digest, then decodes the snapshot at the beginning of `file`.
pub(crate) fn decode(file: &[u8]) -> Result<Decoded, Damage> {
    let octets = snapshot_of(file)?;
    let signed = signed_part(octets, MAGIC)?;
    let version = signed.get(MAGIC.len()).copied().unwrap_or_default();
    if version != VERSION {
        return Ok(Decoded::OtherVersion(version));
    }
    let body_len = signed
        .len()
        .checked_sub(PROOF_LEN)
        .and_then(|len| signed.get(..len));
    let body = body_len.ok_or(Damage::Malformed {
        offset: signed.len(),
        rule: FormatRule::Truncated,
    })?;
    let mut reader = Reader::new(body);
    let content = content(&mut reader)?;
    reader.check(content.is_consistent(), FormatRule::Consistency)?;
    reader.finish()?;
    Ok(Decoded::Snapshot(Box::new(content), octets.len()))
}

/// As many octets of the file as it says that its snapshot has.
fn snapshot_of(file: &[u8]) -> Result<&[u8], Damage> {
    if file.is_empty() {
        return Err(Damage::Empty);
    }
    let too_short = || Damage::TooShort {
        len: u64::try_from(file.len()).unwrap_or(u64::MAX),
    };
    if !file.starts_with(&MAGIC) && file.len() >= MAGIC.len() {
        return Err(Damage::BadMagic);
    }
    let mut head = Reader::new(file);
    let len = head.take(PREFIX_LEN).and_then(|_| head.u64());
    let len = usize::try_from(len.map_err(|_| too_short())?).unwrap_or(usize::MAX);
    // A length that is damaged is told from a file that was cut by nothing but the digest.
    let shortest = HEAD_LEN.saturating_add(PROOF_LEN);
    if file.len() < shortest {
        return Err(too_short());
    }
    file.get(..len)
        .filter(|octets| octets.len() >= shortest)
        .ok_or(Damage::BadDigest)
}

/// What the digest at the end of any file of ours covers, when it fits.
pub(crate) fn signed_part(octets: &[u8], magic: [u8; 8]) -> Result<&[u8], Damage> {
    if octets.is_empty() {
        return Err(Damage::Empty);
    }
    let at = octets.len().checked_sub(PROOF_LEN);
    let parts = at
        .filter(|at| *at >= PREFIX_LEN)
        .and_then(|at| octets.split_at_checked(at));
    let Some((signed, digest)) = parts else {
        let len = u64::try_from(octets.len()).unwrap_or(u64::MAX);
        return Err(Damage::TooShort { len });
    };
    if !signed.starts_with(&magic) {
        return Err(Damage::BadMagic);
    }
    if crypto::sha256(signed).as_slice() != digest {
        return Err(Damage::BadDigest);
    }
    Ok(signed)
}

fn content(reader: &mut Reader<'_>) -> Result<Metadata, Damage> {
    reader.take(HEAD_LEN)?;
    let store_id = StoreId::new(reader.array()?);
    let label = StoreLabel::from_octets(reader.array()?);
    let label = label.ok_or(reader.broken(FormatRule::Value))?;
    let generation = reader.u64()?;
    let rotation_number = reader.u64()?;
    let salt = reader.array::<SALT_LEN>()?;
    let logical_identifier = reader.optional(identifier)?;
    let count = usize::from(reader.u8()?);
    let masters = reader.list(count, limits::MASTERS_MAX, master)?;
    let count = usize::from(reader.u16()?);
    let history = reader.list(count, limits::HISTORY_MAX, entry)?;
    let count = usize::from(reader.u16()?);
    let burnt = reader.list(count, limits::BURNT_MAX, burnt)?;
    let rotation = reader.optional(rotation)?;
    let count = usize::try_from(reader.u32()?).unwrap_or(usize::MAX);
    let deks = Deks::from_ascending(reader.list(count, limits::DEKS_MAX, dek)?);
    let deks = deks.ok_or(reader.broken(FormatRule::Order))?;
    let count = usize::try_from(reader.u32()?).unwrap_or(usize::MAX);
    let tombstones = reader.list(count, limits::TOMBSTONES_MAX, tombstone)?;
    let count = usize::from(reader.u16()?);
    let backups = reader.list(count, limits::BACKUPS_MAX, backup)?;
    Ok(Metadata {
        store_id,
        label,
        generation,
        snapshot_generation: generation,
        rotation_number,
        salt,
        logical_identifier,
        masters,
        history,
        burnt,
        rotation,
        deks,
        tombstones,
        backups,
    })
}

fn identifier(reader: &mut Reader<'_>) -> Result<String, Damage> {
    reader.text(limits::IDENTIFIER_LEN_MAX)
}

fn master(reader: &mut Reader<'_>) -> Result<SealedMaster, Damage> {
    Ok(SealedMaster {
        entry: entry(reader)?,
        seal: Seal {
            salt: reader.array::<SALT_LEN>()?,
            check: reader.array::<CHECK_LEN>()?,
            sealed: reader.array::<SEALED_LEN>()?,
        },
    })
}

fn entry(reader: &mut Reader<'_>) -> Result<MasterEntry, Damage> {
    let unique_identifier = identifier(reader)?;
    let name = reader.optional(identifier)?;
    let number = reader.u32()?;
    let octet = reader.u8()?;
    let is_wrapped = octet & WRAPPED != 0;
    let origin = match octet & !WRAPPED {
        1 => MasterOrigin::Create,
        2 => MasterOrigin::Register,
        3 => MasterOrigin::Given,
        _ => return Err(reader.broken(FormatRule::Value)),
    };
    let shared = reader.flag()?;
    let activated = reader.flag()?;
    let deactivated = reader.flag()?;
    let destroyed = reader.flag()?;
    let count = usize::from(reader.u8()?);
    let servers = reader.list(count, limits::SERVERS_MAX, |reader| {
        reader.text(limits::SERVER_LEN_MAX)
    })?;
    Ok(MasterEntry {
        unique_identifier,
        name,
        number,
        origin,
        shared,
        activated,
        deactivated,
        destroyed,
        servers,
        algorithm: reader.text(limits::ALGORITHM_LEN_MAX)?,
        length_bits: reader.u32()?,
        first_generation: reader.u64()?,
        retired_generation: reader.optional(Reader::u64)?,
        wrapped: is_wrapped.then(|| wrapped(reader)).transpose()?,
    })
}

fn wrapped(reader: &mut Reader<'_>) -> Result<Vec<u8>, Damage> {
    let len = usize::from(reader.u16()?);
    if len == 0 || len > limits::WRAPPED_LEN_MAX {
        return Err(reader.broken(FormatRule::Value));
    }
    Ok(reader.take(len)?.to_vec())
}

fn burnt(reader: &mut Reader<'_>) -> Result<BurntAttempt, Damage> {
    Ok(BurntAttempt {
        number: reader.u32()?,
        attempt: AttemptId::from_octets(reader.array()?),
    })
}

fn rotation(reader: &mut Reader<'_>) -> Result<Rotation, Damage> {
    let phase = match reader.u8()? {
        1 => RotationPhase::Planned,
        2 => RotationPhase::Creating,
        3 => RotationPhase::Both,
        4 => RotationPhase::Done,
        _ => return Err(reader.broken(FormatRule::Value)),
    };
    let plan = RotationPlan {
        number: reader.u32()?,
        attempt: AttemptId::from_octets(reader.array()?),
        logical_identifier: reader.optional(identifier)?,
    };
    Ok(Rotation { phase, plan })
}

fn dek(reader: &mut Reader<'_>) -> Result<DekRecord, Damage> {
    let id = key_id(reader)?;
    let generation = DekGeneration::new(reader.u32()?);
    let state = match reader.u8()? {
        1 => DekState::Active,
        2 => DekState::ReadOnly,
        3 => DekState::Retired,
        _ => return Err(reader.broken(FormatRule::Value)),
    };
    Ok(DekRecord {
        id,
        generation,
        state,
        check: reader.array::<CHECK_LEN>()?,
        sealed: reader.array::<SEALED_LEN>()?,
        entry: None,
    })
}

/// A DEK record of a log entry.
pub(crate) fn add_record(reader: &mut Reader<'_>) -> Result<DekRecord, Damage> {
    let record = dek(reader)?;
    reader.check(record.state == DekState::Active, FormatRule::Value)?;
    Ok(record)
}

pub(crate) fn key_id(reader: &mut Reader<'_>) -> Result<KeyId, Damage> {
    let len = usize::from(reader.u8()?);
    let octets = reader.take(len)?;
    let id = std::str::from_utf8(octets).map_err(|_| reader.broken(FormatRule::Utf8))?;
    KeyId::new(id).map_err(|_| reader.broken(FormatRule::Bound))
}

fn tombstone(reader: &mut Reader<'_>) -> Result<Tombstone, Damage> {
    Ok(Tombstone {
        id: key_id(reader)?,
        highest: DekGeneration::new(reader.u32()?),
        shredded_generation: reader.u64()?,
    })
}

fn backup(reader: &mut Reader<'_>) -> Result<Backup, Damage> {
    let id = BackupId::from_octets(reader.array()?);
    let time = reader.u64()?;
    let label = reader.optional(|reader| reader.text(limits::BACKUP_LABEL_LEN_MAX))?;
    let generation = reader.u64()?;
    let count = usize::from(reader.u8()?);
    let masters = reader.list(count, limits::MASTERS_MAX, identifier)?;
    let count = usize::try_from(reader.u32()?).unwrap_or(usize::MAX);
    let keys = reader.list(count, limits::DEKS_MAX, |reader| {
        Ok(BackupKey {
            id: key_id(reader)?,
            generation: DekGeneration::new(reader.u32()?),
            check: reader.array::<CHECK_LEN>()?,
        })
    })?;
    Ok(Backup {
        id,
        label,
        time,
        generation,
        masters,
        keys,
    })
}
