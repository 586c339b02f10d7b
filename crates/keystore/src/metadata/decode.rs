//! Reads a keystore file: digest first, then version, then every field and rule.
//!
//! May touch: memory only. Allocates no more than a small multiple of the file's length.

use strongroom_cipher::{DekGeneration, KeyId, StoreId};

use super::{
    CHECK_LEN, DekRecord, DekState, MAGIC, Metadata, PREFIX_LEN, PROOF_LEN, SALT_LEN, SEALED_LEN,
    Seal, SealedMaster, VERSION,
};
use crate::codec::Reader;
use crate::crypto;
use crate::error::{Damage, FormatRule};
use crate::id::{AttemptId, StoreLabel};
use crate::limits;
use crate::master::{MasterEntry, MasterOrigin};
use crate::rotation::{BurntAttempt, Rotation, RotationPhase, RotationPlan};

/// What the octets of a keystore file are, without any key.
pub(crate) enum Decoded {
    /// A snapshot of our version.
    Metadata(Box<Metadata>),
    /// Whole, of a version that is not read here.
    OtherVersion(u8),
}

/// Checks the digest, then decodes.
pub(crate) fn decode(octets: &[u8]) -> Result<Decoded, Damage> {
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
    let content = content(&mut reader, octets.len())?;
    reader.check(content.is_consistent(), FormatRule::Consistency)?;
    reader.finish()?;
    Ok(Decoded::Metadata(Box::new(content)))
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

fn content(reader: &mut Reader<'_>, file_len: usize) -> Result<Metadata, Damage> {
    reader.take(PREFIX_LEN)?;
    let stated = reader.u64()?;
    let fits = usize::try_from(stated).is_ok_and(|len| len == file_len);
    reader.check(fits, FormatRule::Length)?;
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
    let deks = reader.list(count, limits::DEKS_MAX, dek)?;
    Ok(Metadata {
        store_id,
        label,
        generation,
        rotation_number,
        salt,
        logical_identifier,
        masters,
        history,
        burnt,
        rotation,
        deks,
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
    let origin = match reader.u8()? {
        1 => MasterOrigin::Create,
        2 => MasterOrigin::Register,
        3 => MasterOrigin::Given,
        _ => return Err(reader.broken(FormatRule::Value)),
    };
    let shared = reader.flag()?;
    let activated = reader.flag()?;
    let deactivated = reader.flag()?;
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
        servers,
        algorithm: reader.text(limits::ALGORITHM_LEN_MAX)?,
        length_bits: reader.u32()?,
        first_generation: reader.u64()?,
        retired_generation: reader.optional(Reader::u64)?,
    })
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
    let len = usize::from(reader.u8()?);
    let octets = reader.take(len)?;
    let id = std::str::from_utf8(octets).map_err(|_| reader.broken(FormatRule::Utf8))?;
    let id = KeyId::new(id).map_err(|_| reader.broken(FormatRule::Bound))?;
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
    })
}
