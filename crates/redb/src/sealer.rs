//! The one place where this crate meets the cipher: units and header bodies of one file, sealed
//! and opened under a key ring. No I/O.

use std::fmt;
use std::io;
use std::sync::Arc;

use strongroom_cipher::{
    DekGeneration, KeyRing, OpenErrorKind, Place, ProviderError, UnitMeta, WriteVersion, envelope,
};

use crate::header::HeaderFault;
use crate::layout::Unit;
use crate::meta::MetaOctets;

/// Unit number under which header bodies are sealed. No data unit reaches it.
const HEADER_UNIT: Unit = u64::MAX;
/// Unit number under which the head of a journal is sealed.
const JOURNAL_UNIT: Unit = u64::MAX - 1;

/// Which database file: 16 random octets, drawn when the file is made and authenticated with
/// every unit, so that a unit of another file is refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId([u8; 16]);

impl ObjectId {
    /// An id that was drawn before.
    #[must_use]
    pub const fn new(octets: [u8; 16]) -> Self {
        Self(octets)
    }

    /// A fresh random id.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Random`].
    pub fn generate() -> Result<Self, ProviderError> {
        let mut octets = [0; 16];
        envelope::random(&mut octets)?;
        Ok(Self(octets))
    }

    /// The 16 octets.
    #[must_use]
    pub const fn octets(&self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectId({self})")
    }
}

/// A key ring and the object that it seals for.
#[derive(Clone)]
pub(crate) struct Sealer {
    ring: Arc<KeyRing>,
    object: ObjectId,
}

impl Sealer {
    pub(crate) fn new(ring: Arc<KeyRing>, object: ObjectId) -> Self {
        Self { ring, object }
    }

    pub(crate) fn object(&self) -> ObjectId {
        self.object
    }

    pub(crate) fn store_octets(&self) -> [u8; 16] {
        *self.ring.store_id().octets()
    }

    pub(crate) fn key_id_octets(&self) -> &[u8] {
        self.ring.key_id().as_str().as_bytes()
    }

    /// The generation that seals now.
    pub(crate) fn active(&self) -> DekGeneration {
        self.ring.active()
    }

    /// Seals a data unit in place.
    pub(crate) fn seal_unit(&self, unit: Unit, octets: &mut [u8]) -> io::Result<MetaOctets> {
        self.seal(unit, WriteVersion::Unversioned, octets)
    }

    /// Seals a header body in place, bound to its sequence number.
    pub(crate) fn seal_header(&self, sequence: u64, body: &mut [u8]) -> io::Result<MetaOctets> {
        self.seal(HEADER_UNIT, WriteVersion::At(sequence), body)
    }

    /// Seals the body of a journal's head in place, bound to the sequence number of the header that
    /// counts.
    pub(crate) fn seal_journal(&self, sequence: u64, body: &mut [u8]) -> io::Result<MetaOctets> {
        self.seal(JOURNAL_UNIT, WriteVersion::At(sequence), body)
    }

    fn seal(&self, unit: Unit, version: WriteVersion, octets: &mut [u8]) -> io::Result<MetaOctets> {
        let place = Place::new(&self.object.0, unit).map_err(io::Error::other)?;
        let meta = self
            .ring
            .seal(&place, version, octets)
            .map_err(io::Error::other)?;
        Ok(meta.to_octets())
    }

    /// Opens a data unit in place; on failure the octets are zeros.
    pub(crate) fn open_unit(
        &self,
        unit: Unit,
        octets: &mut [u8],
        meta: &MetaOctets,
    ) -> Result<(), OpenErrorKind> {
        let opened = self.open(unit, WriteVersion::Unversioned, octets, meta);
        if opened.is_err() {
            octets.fill(0);
        }
        opened
    }

    /// Opens a header body in place.
    pub(crate) fn open_header(
        &self,
        sequence: u64,
        body: &mut [u8],
        meta: &MetaOctets,
    ) -> Result<(), HeaderFault> {
        let opened = self.open(HEADER_UNIT, WriteVersion::At(sequence), body, meta);
        opened.map_err(|kind| match kind {
            OpenErrorKind::UnknownGeneration(generation) if generation >= DekGeneration::FIRST => {
                HeaderFault::UnknownGeneration {
                    generation: generation.value(),
                }
            }
            _ => HeaderFault::NotAuthentic,
        })
    }

    /// Opens the body of a journal's head in place.
    pub(crate) fn open_journal(
        &self,
        sequence: u64,
        body: &mut [u8],
        meta: &MetaOctets,
    ) -> Result<(), OpenErrorKind> {
        self.open(JOURNAL_UNIT, WriteVersion::At(sequence), body, meta)
    }

    fn open(
        &self,
        unit: Unit,
        version: WriteVersion,
        octets: &mut [u8],
        meta: &MetaOctets,
    ) -> Result<(), OpenErrorKind> {
        let place = Place::new(&self.object.0, unit).map_err(|_| OpenErrorKind::WrongTag)?;
        match self
            .ring
            .open(&place, version, octets, &UnitMeta::from_octets(meta))
        {
            Ok(_) => Ok(()),
            Err(error) => Err(error.kind),
        }
    }
}
