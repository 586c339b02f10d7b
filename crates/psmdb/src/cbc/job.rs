//! One plaintext on its way into its room.
//!
//! May touch: values only.

use std::fmt;
use std::iter::zip;

use aes::Block;

use super::iv::CbcIv;
use super::{BLOCK_LEN, HEADER_LEN, blocks, checksum, padding};
use crate::error::EncryptError;

/// A plaintext, its IV, and the room for its encrypted form: what [`crate::CbcKey::encrypt_batch`] takes
/// several of.
pub struct CbcJob<'j> {
    iv: CbcIv,
    plaintext: &'j [u8],
    room: Room<'j>,
}

/// As long as the form.
struct Room<'j> {
    header: &'j mut [u8; HEADER_LEN],
    whole: &'j mut [Block],
    last: &'j mut Block,
}

/// The blocks of a job, each with the place where it goes.
pub(super) struct Parts<'p> {
    pub(super) iv: Block,
    pub(super) whole: &'p [Block],
    /// As many as `whole` has.
    pub(super) room: &'p mut [Block],
    /// The last octets with their padding.
    pub(super) last: Block,
    pub(super) room_of_last: &'p mut Block,
}

impl<'j> CbcJob<'j> {
    /// Takes the front of `room`.
    ///
    /// # Errors
    ///
    /// [`EncryptError`].
    pub fn new(iv: CbcIv, plaintext: &'j [u8], room: &'j mut [u8]) -> Result<Self, EncryptError> {
        let len = plaintext.len();
        // A full last block is followed by a block of padding: [PSMDB-1].
        let whole = len.checked_div(BLOCK_LEN).unwrap_or_default();
        let needed = (whole.checked_add(1))
            .and_then(|count| count.checked_mul(BLOCK_LEN))
            .and_then(|len| len.checked_add(HEADER_LEN))
            .ok_or(EncryptError::TooLong { len })?;
        let len = room.len();
        let room = (room.get_mut(..needed))
            .and_then(Room::split)
            .ok_or(EncryptError::RoomTooShort { needed, len })?;
        Ok(Self {
            iv,
            plaintext,
            room,
        })
    }

    /// Octets of the encrypted form, at the front of the room that was given.
    #[must_use]
    pub const fn encrypted_len(&self) -> usize {
        let blocks = self.room.whole.len().saturating_add(1);
        blocks.saturating_mul(BLOCK_LEN).saturating_add(HEADER_LEN)
    }

    /// Writes checksum and IV; the blocks are left to do.
    pub(super) fn begin(&mut self) -> Parts<'_> {
        let iv = self.iv.octets();
        let header = checksum(self.plaintext).into_iter().chain(*iv);
        for (place, octet) in zip(self.room.header.iter_mut(), header) {
            *place = octet;
        }
        let (whole, rest) = blocks(self.plaintext);
        Parts {
            iv: Block::from(*iv),
            whole,
            room: self.room.whole,
            last: padding::pad(rest).into(),
            room_of_last: self.room.last,
        }
    }
}

impl<'j> Room<'j> {
    /// Of exactly the octets of a form.
    fn split(room: &'j mut [u8]) -> Option<Self> {
        let (header, ciphertext) = room.split_first_chunk_mut()?;
        let (blocks, _) = Block::slice_as_chunks_mut(ciphertext);
        let (last, whole) = blocks.split_last_mut()?;
        Some(Self {
            header,
            whole,
            last,
        })
    }
}

impl fmt::Debug for CbcJob<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CbcJob({} octets)", self.plaintext.len())
    }
}
