//! What stands in clear before the chunks: which store, key and generation (`docs/formats/file.md`, 2).
//!
//! May touch: the reader that it is given.

use std::io::Read;

use strongroom_cipher::{DekGeneration, KeyId, KeyRing, StoreId};

use crate::error::OpenError;

/// The format that is written and read.
pub const FORMAT: u8 = 1;
/// How a file begins.
const MAGIC: &[u8; 8] = b"STRGFILE";
/// What follows the header: Cobblestone-256.
const COBBLESTONE_256: u8 = 1;
/// Octets before the key id.
const FIXED_LEN: usize = 8 + 1 + 1 + 16 + 4 + 1;

/// What a sealed file says of itself. A claim until the file's commitment is found to be that of the
/// key which it names: the header is part of the derivation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The store whose keystore has the key.
    pub store_id: StoreId,
    /// Which key.
    pub key_id: KeyId,
    /// Which DEK of it.
    pub generation: DekGeneration,
}

impl Header {
    /// Reads a header and nothing beyond it.
    ///
    /// # Errors
    ///
    /// [`OpenError::NotSealed`], [`OpenError::OtherFormat`], [`OpenError::OtherCipher`],
    /// [`OpenError::Truncated`], [`OpenError::Io`].
    pub fn read(from: &mut impl Read) -> Result<Self, OpenError> {
        let magic: [u8; MAGIC.len()] = read(from, OpenError::NotSealed)?;
        if magic != *MAGIC {
            return Err(OpenError::NotSealed);
        }
        let cut = || OpenError::Truncated { at: 0 };
        let [format, cipher] = read(from, cut())?;
        if format != FORMAT {
            return Err(OpenError::OtherFormat { found: format });
        }
        if cipher != COBBLESTONE_256 {
            return Err(OpenError::OtherCipher { found: cipher });
        }
        let store_id = StoreId::new(read(from, cut())?);
        let generation = DekGeneration::new(u32::from_be_bytes(read(from, cut())?));
        let [len] = read(from, cut())?;
        let mut room = [0; 255];
        let key_id = (room.get_mut(..usize::from(len))).ok_or(OpenError::BadKeyId)?;
        read_into(from, key_id, cut())?;
        let key_id = (std::str::from_utf8(key_id).ok())
            .and_then(|text| KeyId::new(text).ok())
            .ok_or(OpenError::BadKeyId)?;
        Ok(Self {
            store_id,
            key_id,
            generation,
        })
    }

    /// Of what `ring` seals under `generation`.
    pub(crate) fn of(ring: &KeyRing, generation: DekGeneration) -> Self {
        Self {
            store_id: *ring.store_id(),
            key_id: ring.key_id().clone(),
            generation,
        }
    }

    /// As it stands in the file; also the context of the derivation.
    pub(crate) fn octets(&self) -> Vec<u8> {
        let key_id = self.key_id.as_str().as_bytes();
        let mut octets = Vec::with_capacity(FIXED_LEN.saturating_add(key_id.len()));
        octets.extend_from_slice(MAGIC);
        octets.extend_from_slice(&[FORMAT, COBBLESTONE_256]);
        octets.extend_from_slice(self.store_id.octets());
        octets.extend_from_slice(&self.generation.value().to_be_bytes());
        // A key id has 1 to 255 octets.
        octets.push(u8::try_from(key_id.len()).unwrap_or(u8::MAX));
        octets.extend_from_slice(key_id);
        octets
    }

    /// Whether `ring` is the one for this file.
    pub(crate) fn check(&self, ring: &KeyRing) -> Result<(), OpenError> {
        if self.store_id != *ring.store_id() {
            return Err(OpenError::OtherStore {
                found: self.store_id,
                expected: *ring.store_id(),
            });
        }
        if self.key_id != *ring.key_id() {
            return Err(OpenError::OtherKeyId {
                found: self.key_id.clone(),
                expected: ring.key_id().clone(),
            });
        }
        Ok(())
    }
}

/// The next `N` octets; `cut` when there are fewer.
pub(crate) fn read<const N: usize>(
    from: &mut impl Read,
    cut: OpenError,
) -> Result<[u8; N], OpenError> {
    let mut octets = [0; N];
    read_into(from, &mut octets, cut)?;
    Ok(octets)
}

fn read_into(from: &mut impl Read, octets: &mut [u8], cut: OpenError) -> Result<(), OpenError> {
    from.read_exact(octets).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => cut,
        _ => OpenError::Io {
            doing: "read",
            source: error,
        },
    })
}
