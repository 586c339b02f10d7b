//! The log after a snapshot: entries bound to their snapshot, place and predecessor.
//!
//! May touch: memory only. The layout is drawn in `docs/formats/keystore.md`, 4.

use strongroom_cipher::envelope;
use strongroom_cipher::{DekGeneration, KeyId};

use crate::codec::{Reader, Writer};
use crate::crypto::SnapshotKeys;
use crate::error::{Damage, Field, FormatRule};
use crate::limits;
use crate::metadata::{
    self, DekRecord, DekState, EncodeError, EntrySalt, Metadata, PROOF_LEN, SALT_LEN,
};

const BEGIN: u8 = 0xe1;
const END: u8 = 0xe2;
const KIND_ADD: u8 = 1;
const KIND_RETIRE: u8 = 2;
/// From *begin* to *kind*.
const HEAD_LEN: usize = 18;
/// MAC, digest and *end*.
const FOOT_LEN: usize = PROOF_LEN + PROOF_LEN + 1;
/// Octets of a DEK record besides its key id.
const RECORD_LEN: usize = 70;

/// What an entry does.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// Adds DEKs, each the newest of its key id.
    Add(Vec<DekRecord>),
    /// Takes a DEK generation out of use.
    Retire(KeyId, DekGeneration),
}

/// Where a file ends, and what the next entry is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LogEnd {
    /// Octets of the snapshot.
    snapshot_len: usize,
    /// Octets of snapshot and entries.
    pub(crate) len: usize,
    /// Of the last entry; 0 without one.
    sequence: u32,
    mac: [u8; PROOF_LEN],
    digest: [u8; PROOF_LEN],
}

impl LogEnd {
    /// Behind a whole snapshot, which ends with its MAC and digest.
    pub(crate) fn of_snapshot(snapshot: &[u8]) -> Self {
        let proof = |from_end: usize| {
            let start = snapshot.len().saturating_sub(from_end);
            let octets = snapshot.get(start..).and_then(|rest| rest.first_chunk());
            octets.copied().unwrap_or_default()
        };
        Self {
            snapshot_len: snapshot.len(),
            len: snapshot.len(),
            sequence: 0,
            mac: proof(PROOF_LEN + PROOF_LEN),
            digest: proof(PROOF_LEN),
        }
    }

    /// Whether an entry that adds these may be appended; else a snapshot is due (KS-6).
    pub(crate) fn has_room_for(&self, ids: &[KeyId]) -> bool {
        let records = ids
            .iter()
            .map(|id| id.as_str().len().saturating_add(RECORD_LEN));
        let entry = records.fold(HEAD_LEN + SALT_LEN + FOOT_LEN, usize::saturating_add);
        let log = self
            .len
            .saturating_sub(self.snapshot_len)
            .saturating_add(entry);
        ids.len() <= limits::ENTRY_DEKS_MAX
            && log <= limits::LOG_LEN_ALWAYS.max(self.snapshot_len)
            && self.sequence < u32::MAX
    }

    /// The salt and place of the next entry.
    pub(crate) fn next_salt(&self, salt: [u8; SALT_LEN]) -> EntrySalt {
        EntrySalt {
            sequence: self.sequence.saturating_add(1),
            salt,
        }
    }

    /// The octets of the next entry, and the end behind it.
    ///
    /// # Errors
    ///
    /// [`EncodeError`]; nothing fails for an entry that [`Self::has_room_for`].
    pub(crate) fn encode(
        &self,
        action: &Action,
        salt: &EntrySalt,
        keys: &SnapshotKeys,
    ) -> Result<(Vec<u8>, Self), EncodeError> {
        let body = body(action, salt)?;
        let len = body.len().saturating_add(HEAD_LEN + FOOT_LEN);
        let mut out = Writer::default();
        out.u8(BEGIN);
        out.count32(len);
        out.u64(keys.generation());
        out.u32(salt.sequence);
        out.u8(match action {
            Action::Add(_) => KIND_ADD,
            Action::Retire(..) => KIND_RETIRE,
        });
        out.raw(&body);
        let mut octets = out.finish()?;
        let mac = keys.log_mac(&self.mac, &octets);
        let mac = mac.map_err(EncodeError::Provider)?;
        octets.extend_from_slice(&mac);
        let digest = envelope::sha256(&[&self.digest, &octets]);
        octets.extend_from_slice(&digest);
        octets.push(END);
        let end = Self {
            len: self.len.saturating_add(octets.len()),
            sequence: salt.sequence,
            mac,
            digest,
            ..*self
        };
        Ok((octets, end))
    }

    /// Reads all good entries of `file` from here on and applies them.
    pub(crate) fn advance(&mut self, file: &[u8], content: &mut Metadata) {
        while self.step(file, content).is_ok() {}
    }

    /// Reads one entry of `file`, which goes on here, and applies it.
    ///
    /// # Errors
    ///
    /// [`Damage`]; nothing was applied then.
    pub(crate) fn step(&mut self, file: &[u8], content: &mut Metadata) -> Result<(), Damage> {
        let entry = Entry::read(file, self, content)?;
        entry.action.apply(content);
        *self = entry.end;
        Ok(())
    }

    /// Whether every MAC from here to the end of `file` fits.
    pub(crate) fn authentic(mut self, file: &[u8], keys: &SnapshotKeys) -> bool {
        while self.len < file.len() {
            let Ok(frame) = Frame::read(file, &self) else {
                return false;
            };
            if !keys.is_log_mac(&self.mac, frame.signed, &frame.end.mac) {
                return false;
            }
            self = frame.end;
        }
        true
    }
}

fn body(action: &Action, salt: &EntrySalt) -> Result<Vec<u8>, Field> {
    let mut out = Writer::default();
    match action {
        Action::Add(records) => {
            out.raw(&salt.salt);
            out.count16(records.len());
            records
                .iter()
                .for_each(|record| metadata::put_dek(&mut out, record));
        }
        Action::Retire(id, generation) => {
            out.key_id(id);
            out.u32(generation.value());
        }
    }
    out.finish()
}

impl Action {
    /// Makes the change in memory; it was checked before.
    pub(crate) fn apply(self, content: &mut Metadata) {
        match self {
            Self::Add(records) => records
                .into_iter()
                .for_each(|record| content.deks.add(record)),
            Self::Retire(id, generation) => {
                if let Some(record) = content.deks.get_mut(&id, generation) {
                    record.state = DekState::Retired;
                }
            }
        }
        content.generation = content.generation.saturating_add(1);
    }

    /// Whether it is allowed on this content.
    fn fits(&self, content: &Metadata) -> bool {
        match self {
            Self::Add(records) => {
                let next = records.iter().skip(1);
                let ascend = records.iter().zip(next).all(|(one, next)| one.id < next.id);
                let room = limits::DEKS_MAX.saturating_sub(content.deks.len());
                let is_new = |record: &DekRecord| {
                    content
                        .next_dek(&record.id)
                        .is_some_and(|next| record.generation >= next)
                };
                !records.is_empty() && records.len() <= room && ascend && records.iter().all(is_new)
            }
            Self::Retire(id, generation) => {
                let mut of_id = content.deks.of(id);
                let record = of_id.find(|record| record.generation == *generation);
                record.is_some_and(|record| record.state == DekState::ReadOnly)
            }
        }
    }
}

/// An entry whose digest fits, not yet looked into.
struct Frame<'a> {
    /// What its MAC is over, besides the predecessor's.
    signed: &'a [u8],
    end: LogEnd,
}

impl<'a> Frame<'a> {
    fn read(file: &'a [u8], before: &LogEnd) -> Result<Self, Damage> {
        let mut reader = Reader::starting_at(file, before.len);
        let begin = reader.u8()?;
        reader.check(begin == BEGIN, FormatRule::Value)?;
        let len = usize::try_from(reader.u32()?).unwrap_or(usize::MAX);
        let bounds = (HEAD_LEN + FOOT_LEN)..=limits::ENTRY_LEN_MAX;
        reader.check(bounds.contains(&len), FormatRule::Bound)?;
        let mut reader = Reader::starting_at(file, before.len);
        let signed = reader.take(len.saturating_sub(FOOT_LEN))?;
        let mac: [u8; PROOF_LEN] = reader.array()?;
        let digest: [u8; PROOF_LEN] = reader.array()?;
        let end = reader.u8()?;
        reader.check(end == END, FormatRule::Value)?;
        if envelope::sha256(&[&before.digest, signed, &mac]) != digest {
            return Err(Damage::BadDigest);
        }
        Ok(Self {
            signed,
            end: LogEnd {
                len: before.len.saturating_add(len),
                sequence: before.sequence.saturating_add(1),
                mac,
                digest,
                ..*before
            },
        })
    }
}

struct Entry {
    action: Action,
    end: LogEnd,
}

impl Entry {
    fn read(file: &[u8], before: &LogEnd, content: &Metadata) -> Result<Self, Damage> {
        let frame = Frame::read(file, before)?;
        let mut reader = Reader::new(frame.signed);
        reader.take(5)?;
        let generation = reader.u64()?;
        let sequence = reader.u32()?;
        let in_place = generation == content.snapshot_generation && sequence == frame.end.sequence;
        reader.check(in_place && sequence > before.sequence, FormatRule::Order)?;
        let action = match reader.u8()? {
            KIND_ADD => Action::Add(additions(&mut reader, sequence)?),
            KIND_RETIRE => {
                let id = metadata::key_id(&mut reader)?;
                Action::Retire(id, DekGeneration::new(reader.u32()?))
            }
            _ => return Err(reader.broken(FormatRule::Value)),
        };
        reader.check(action.fits(content), FormatRule::Consistency)?;
        reader.finish()?;
        Ok(Self {
            action,
            end: frame.end,
        })
    }
}

fn additions(reader: &mut Reader<'_>, sequence: u32) -> Result<Vec<DekRecord>, Damage> {
    let salt = reader.array()?;
    let count = usize::from(reader.u16()?);
    let entry = Some(EntrySalt { sequence, salt });
    reader.list(count, limits::ENTRY_DEKS_MAX, |reader| {
        let record = metadata::add_record(reader)?;
        Ok(DekRecord { entry, ..record })
    })
}

#[cfg(test)]
mod tests;
