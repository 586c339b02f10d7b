//! Sealing and opening what WiredTiger calls a block or a log record (`docs/formats/wiredtiger.md`).
//!
//! May touch: memory and, when an epoch begins, the operating system's random generator.

use std::sync::Arc;

use strongroom_cipher::{
    KeyRing, META_LEN, OpenError, Opened, Place, PlaceError, SealError, WriteVersion,
};

/// What every unit of this crate is bound to besides its key id: a unit of another engine under
/// the same key id does not open here. WiredTiger tells an encryptor no address, so the unit's
/// number is always 0 (`docs/decisions/0012`).
pub(crate) const OBJECT: &[u8] = b"wiredtiger";

/// Octets that sealing adds, for an input of any length.
pub(crate) const OVERHEAD: usize = META_LEN;

/// Seals and opens under one key id.
#[derive(Debug)]
pub(crate) struct Blocks {
    ring: Arc<KeyRing>,
    place: Place<'static>,
}

impl Blocks {
    pub(crate) fn new(ring: Arc<KeyRing>) -> Result<Self, PlaceError> {
        let place = Place::new(OBJECT, 0)?;
        Ok(Self { ring, place })
    }

    pub(crate) fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// Seals `src` into `dst`, which has [`OVERHEAD`] octets more.
    pub(crate) fn seal(&self, src: &[u8], dst: &mut [u8]) -> Result<(), SealError> {
        self.ring
            .seal_inline_into(&self.place, WriteVersion::Unversioned, src, dst)
    }

    /// Opens `src` into `dst`, which has [`OVERHEAD`] octets less. On failure `dst` is zeroed.
    pub(crate) fn open(&self, src: &[u8], dst: &mut [u8]) -> Result<Opened, OpenError> {
        self.ring
            .open_inline_into(&self.place, WriteVersion::Unversioned, src, dst)
    }
}
