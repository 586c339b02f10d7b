//! The two header copies: a sector in clear that says whose file this is, and a sealed body with
//! redb's header page and the lengths. Pure octets and the key ring; no I/O.

use std::fmt;

use strongroom_cipher::{DekGeneration, EpochId, UnitMeta};

use crate::layout::{GROUP_LEN, HEADER_COPY_LEN, META_LEN, SECTOR_LEN, UNIT_LEN};
use crate::meta::MetaOctets;
use crate::sealer::{ObjectId, Sealer};

/// First octets of every file of this format.
pub const MAGIC: [u8; 16] = *b"\x93strongroom-redb";
/// Format version that this crate writes. It reads [`FORMAT_WITHOUT_JOURNAL`] too, and no other.
pub const FORMAT: u16 = 2;
/// The format before it, whose files have no journal.
pub const FORMAT_WITHOUT_JOURNAL: u16 = 1;

const FORMAT_AT: usize = 16;
const GROUP_LEN_AT: usize = 18;
const UNIT_LEN_AT: usize = 20;
const SEQUENCE_AT: usize = 24;
const STORE_AT: usize = 32;
const OBJECT_AT: usize = 48;
const META_AT: usize = 64;
const KEY_ID_LEN_AT: usize = 112;
const KEY_ID_AT: usize = 113;
const KEY_ID_ROOM: usize = 255;
const PADDING_AT: usize = KEY_ID_AT + KEY_ID_ROOM;

const BODY_LEN: usize = HEADER_COPY_LEN - SECTOR_LEN;
const REPEAT_AT: usize = UNIT_LEN;
const LOGICAL_LEN_AT: usize = REPEAT_AT + SECTOR_LEN;
const HIGH_WATER_AT: usize = LOGICAL_LEN_AT + 8;
const CLEAN_AT: usize = HIGH_WATER_AT + 8;
const BODY_END: usize = CLEAN_AT + 4;

/// The octets of one header copy.
pub(crate) type CopyOctets = [u8; HEADER_COPY_LEN];

/// One of the two places of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderCopy {
    /// At offset 0; holds even sequence numbers.
    A,
    /// At offset 8192; holds odd sequence numbers.
    B,
}

impl HeaderCopy {
    /// The place of a sequence number.
    pub(crate) fn of(sequence: u64) -> Self {
        if sequence.is_multiple_of(2) {
            Self::A
        } else {
            Self::B
        }
    }

    /// File offset.
    pub(crate) fn offset(self) -> u64 {
        match self {
            Self::A => 0,
            Self::B => HEADER_COPY_LEN as u64,
        }
    }
}

impl fmt::Display for HeaderCopy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "A",
            Self::B => "B",
        })
    }
}

/// Why a header copy cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderFault {
    /// Nothing but zeros, or the file ends before it.
    #[error("nothing is written there")]
    Absent,
    /// It begins with other octets than [`MAGIC`].
    #[error("it does not begin as a Strongroom redb file does")]
    OtherFile,
    /// A format that this version does not read.
    #[error("it has format {found}; this version reads formats 1 to {FORMAT}")]
    OtherFormat {
        /// Format number of the file.
        found: u16,
    },
    /// Another store's file.
    #[error("it belongs to another store")]
    OtherStore,
    /// Sealed under another key id.
    #[error("it is sealed under key id {found:?}")]
    OtherKeyId {
        /// Key id of the file, which is not authenticated here.
        found: String,
    },
    /// Another database of this store and key id.
    #[error("it is the file of object {found}")]
    OtherObject {
        /// Object id of the file, which is not authenticated here.
        found: ObjectId,
    },
    /// The ring lacks the DEK generation that it is sealed under.
    #[error("it is sealed under DEK generation {generation}, which is not in the key ring")]
    UnknownGeneration {
        /// Generation asked for.
        generation: u32,
    },
    /// Octets that no version wrote: geometry, padding, key id or meta.
    #[error("its first sector is damaged")]
    Malformed,
    /// A copy of the other place.
    #[error("it is the copy of the other place")]
    Misplaced,
    /// The tag does not verify, or the sealed body does not repeat the first sector.
    #[error("it does not authenticate: torn, damaged or sealed under another key")]
    NotAuthentic,
}

/// How a valid header copy was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CopyMark {
    pub(crate) format: u16,
    pub(crate) generation: DekGeneration,
    pub(crate) epoch: EpochId,
}

impl CopyMark {
    /// The mark of a copy that [`Header::seal`] made or [`Header::open`] took.
    pub(crate) fn of(octets: &CopyOctets) -> Option<Self> {
        let meta = UnitMeta::from_octets(&field(octets, META_AT).ok()?);
        Some(Self {
            format: format_of(octets).ok()?,
            generation: meta.generation(),
            epoch: meta.epoch(),
        })
    }
}

/// What a valid header copy says.
#[derive(Clone)]
pub(crate) struct Header {
    /// redb's header page.
    pub(crate) page: Box<[u8; UNIT_LEN]>,
    /// Counts header writes; picks the place.
    pub(crate) sequence: u64,
    /// Octets that redb sees.
    pub(crate) logical_len: u64,
    /// Units below this number were written, and stand in the file.
    pub(crate) high_water: u64,
    /// Every unit and meta was durable before this copy was written, and none was written since.
    pub(crate) clean: bool,
}

impl Header {
    /// The header of a file that redb has not touched yet.
    pub(crate) fn blank() -> Self {
        Self {
            page: Box::new([0; UNIT_LEN]),
            sequence: 0,
            logical_len: 0,
            high_water: 1,
            clean: true,
        }
    }

    /// The copy's octets, sealed under the ring's active generation.
    ///
    /// # Errors
    ///
    /// The sealer's own.
    pub(crate) fn seal(&self, sealer: &Sealer) -> std::io::Result<Box<CopyOctets>> {
        let mut octets: Box<CopyOctets> = Box::new([0; HEADER_COPY_LEN]);
        let prologue = prologue(sealer, (FORMAT, self.sequence), None);
        let (sector, body) = octets.split_at_mut(SECTOR_LEN);
        self.write_body(&prologue, body);
        let meta = sealer.seal_header(self.sequence, body)?;
        sector.copy_from_slice(&prologue);
        put(sector, META_AT, &meta);
        Ok(octets)
    }

    /// Whether two headers differ in nothing but the sequence number.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        let lengths = |header: &Self| (header.logical_len, header.high_water, header.clean);
        self.page == other.page && lengths(self) == lengths(other)
    }

    fn write_body(&self, prologue: &[u8; SECTOR_LEN], body: &mut [u8]) {
        put(body, 0, self.page.as_slice());
        put(body, REPEAT_AT, prologue);
        put(body, LOGICAL_LEN_AT, &self.logical_len.to_be_bytes());
        put(body, HIGH_WATER_AT, &self.high_water.to_be_bytes());
        put(body, CLEAN_AT, &u32::from(self.clean).to_be_bytes());
    }

    /// Opens the copy at `place`; `sealer` brings the object id that the caller expects, or the
    /// one that [`object_of`] found.
    ///
    /// # Errors
    ///
    /// [`HeaderFault`]: what is seen without a key first, then the tag.
    pub(crate) fn open(
        sealer: &Sealer,
        place: HeaderCopy,
        octets: &CopyOctets,
    ) -> Result<Self, HeaderFault> {
        let (sector, body) = octets.split_at(SECTOR_LEN);
        let format = format_of(sector)?;
        check_owner(sealer, sector)?;
        let sequence = u64::from_be_bytes(field(sector, SEQUENCE_AT)?);
        let meta: MetaOctets = field(sector, META_AT)?;
        let expected = prologue(sealer, (format, sequence), Some(&meta));
        if sector != expected {
            return Err(HeaderFault::Malformed);
        }
        if HeaderCopy::of(sequence) != place {
            return Err(HeaderFault::Misplaced);
        }
        let mut body = body.to_vec();
        sealer.open_header(sequence, &mut body, &meta)?;
        let repeat = prologue(sealer, (format, sequence), None);
        Self::read_body(&repeat, sequence, &body)
    }

    fn read_body(
        prologue: &[u8; SECTOR_LEN],
        sequence: u64,
        body: &[u8],
    ) -> Result<Self, HeaderFault> {
        let repeat: [u8; SECTOR_LEN] = field(body, REPEAT_AT)?;
        let clean = u32::from_be_bytes(field(body, CLEAN_AT)?);
        let rest = body.get(BODY_END..).ok_or(HeaderFault::NotAuthentic)?;
        if repeat != *prologue || clean > 1 || rest.iter().any(|octet| *octet != 0) {
            return Err(HeaderFault::NotAuthentic);
        }
        Ok(Self {
            page: Box::new(field(body, 0)?),
            sequence,
            logical_len: u64::from_be_bytes(field(body, LOGICAL_LEN_AT)?),
            high_water: u64::from_be_bytes(field(body, HIGH_WATER_AT)?).max(1),
            clean: clean == 1,
        })
    }
}

/// The object id that a copy bears, before anything is decrypted.
///
/// # Errors
///
/// [`HeaderFault`] when the octets are not those of a file of this format.
pub(crate) fn object_of(octets: &CopyOctets) -> Result<ObjectId, HeaderFault> {
    format_of(octets)?;
    Ok(ObjectId::new(field(octets, OBJECT_AT)?))
}

/// The format number, when it is one that can be read.
fn format_of(sector: &[u8]) -> Result<u16, HeaderFault> {
    if sector.iter().take(SECTOR_LEN).all(|octet| *octet == 0) {
        return Err(HeaderFault::Absent);
    }
    if field::<16>(sector, 0)? != MAGIC {
        return Err(HeaderFault::OtherFile);
    }
    match u16::from_be_bytes(field(sector, FORMAT_AT)?) {
        known @ (FORMAT_WITHOUT_JOURNAL | FORMAT) => Ok(known),
        found => Err(HeaderFault::OtherFormat { found }),
    }
}

fn check_owner(sealer: &Sealer, sector: &[u8]) -> Result<(), HeaderFault> {
    if field::<16>(sector, STORE_AT)? != sealer.store_octets() {
        return Err(HeaderFault::OtherStore);
    }
    let [len] = field(sector, KEY_ID_LEN_AT)?;
    let end = KEY_ID_AT.checked_add(usize::from(len));
    let key_id = end.and_then(|end| sector.get(KEY_ID_AT..end));
    let key_id = key_id.ok_or(HeaderFault::Malformed)?;
    if key_id != sealer.key_id_octets() {
        let found = std::str::from_utf8(key_id).map_err(|_| HeaderFault::Malformed)?;
        return Err(HeaderFault::OtherKeyId {
            found: found.to_owned(),
        });
    }
    let object = ObjectId::new(field(sector, OBJECT_AT)?);
    if object != sealer.object() {
        return Err(HeaderFault::OtherObject { found: object });
    }
    Ok(())
}

/// The first sector. The sealed body repeats it with zeros in place of the meta.
fn prologue(
    sealer: &Sealer,
    (format, sequence): (u16, u64),
    meta: Option<&MetaOctets>,
) -> [u8; SECTOR_LEN] {
    let mut sector = [0; SECTOR_LEN];
    let key_id = sealer.key_id_octets();
    put(&mut sector, 0, &MAGIC);
    put(&mut sector, FORMAT_AT, &format.to_be_bytes());
    put(
        &mut sector,
        GROUP_LEN_AT,
        &u16::try_from(GROUP_LEN).unwrap_or(0).to_be_bytes(),
    );
    put(
        &mut sector,
        UNIT_LEN_AT,
        &u32::try_from(UNIT_LEN).unwrap_or(0).to_be_bytes(),
    );
    put(&mut sector, SEQUENCE_AT, &sequence.to_be_bytes());
    put(&mut sector, STORE_AT, &sealer.store_octets());
    put(&mut sector, OBJECT_AT, &sealer.object().octets());
    put(&mut sector, META_AT, meta.unwrap_or(&[0; META_LEN]));
    put(
        &mut sector,
        KEY_ID_LEN_AT,
        &[u8::try_from(key_id.len()).unwrap_or(u8::MAX)],
    );
    put(&mut sector, KEY_ID_AT, key_id);
    sector
}

/// Puts `value` at `at`. All places are consts that fit; `const` assertions below prove it.
fn put(octets: &mut [u8], at: usize, value: &[u8]) {
    let end = at.saturating_add(value.len());
    if let Some(place) = octets.get_mut(at..end) {
        place.copy_from_slice(value);
    }
}

const _: () = assert!(PADDING_AT < SECTOR_LEN && BODY_END < BODY_LEN);
const _: () = assert!(META_AT + META_LEN == KEY_ID_LEN_AT && GROUP_LEN == 80);

fn field<const LEN: usize>(octets: &[u8], at: usize) -> Result<[u8; LEN], HeaderFault> {
    let rest = octets.get(at..).ok_or(HeaderFault::Malformed)?;
    rest.first_chunk().copied().ok_or(HeaderFault::Malformed)
}
