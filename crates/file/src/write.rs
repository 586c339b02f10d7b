//! Sealing what is written piece by piece.
//!
//! May touch: the writer that it is given.

use std::fmt;
use std::io::{self, Write};

use strongroom_cipher::chunked::{CHUNK_LEN, CHUNKS_MAX, ChunkedKey, SEALED_CHUNK_LEN};
use strongroom_cipher::{KeyRing, TAG_LEN};

use crate::error::SealError;
use crate::seal;

/// A writer that seals under the active DEK of a ring.
///
/// [`Self::finish`] writes the last chunk. What was dropped without it does not open to its end.
/// [`crate::seal_stream`] is quicker where there is a reader.
///
/// ```
/// use std::io::{Read as _, Write as _};
/// use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing, StoreId};
/// use strongroom_file::{Header, OpenReader, SealWriter};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let generation = DekGeneration::FIRST;
/// # let deks = vec![(generation, Dek::generate()?)];
/// # let ring = KeyRing::new(StoreId::generate()?, KeyId::new("backups")?, deks, generation)?;
/// let mut writer = SealWriter::new(&ring, Vec::new())?;
/// writer.write_all(b"a log line\n")?;
/// let sealed = writer.finish()?;
///
/// let mut from = &sealed[..];
/// let header = Header::read(&mut from)?;
/// let mut text = String::new();
/// OpenReader::new(&ring, &header, from)?.read_to_string(&mut text)?;
/// assert_eq!(text, "a log line\n");
/// # Ok(())
/// # }
/// ```
pub struct SealWriter<W> {
    to: W,
    key: ChunkedKey,
    /// Number of the chunk that is being filled.
    at: u64,
    /// Its octets; at the end the tag behind them.
    chunk: Vec<u8>,
    /// A write failed: nobody knows how much of a chunk is out.
    is_broken: bool,
}

impl<W: Write> SealWriter<W> {
    /// Writes header, salt and commitment.
    ///
    /// # Errors
    ///
    /// [`SealError`].
    pub fn new(ring: &KeyRing, mut to: W) -> Result<Self, SealError> {
        let key = seal::begin(ring, &mut to)?;
        Ok(Self {
            to,
            key,
            at: 0,
            chunk: Vec::with_capacity(SEALED_CHUNK_LEN),
            is_broken: false,
        })
    }

    /// Writes the last chunk and gives the writer back, neither flushed nor synced.
    ///
    /// # Errors
    ///
    /// [`SealError`], also when an earlier write failed.
    pub fn finish(mut self) -> Result<W, SealError> {
        self.put()?;
        Ok(self.to)
    }

    /// Seals and writes the chunk.
    fn put(&mut self) -> Result<(), SealError> {
        if std::mem::replace(&mut self.is_broken, true) {
            let source = io::Error::other("an earlier write failed: begin anew");
            return Err(seal::write_failed(source));
        }
        self.chunk.extend_from_slice(&[0; TAG_LEN]);
        self.key.seal_chunk(self.at, &mut self.chunk)?;
        (self.to.write_all(&self.chunk)).map_err(seal::write_failed)?;
        self.chunk.clear();
        self.at = (self.at.checked_add(1))
            .filter(|at| *at < CHUNKS_MAX)
            .ok_or(SealError::TooLong)?;
        self.is_broken = false;
        Ok(())
    }
}

impl<W: Write> Write for SealWriter<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let room = CHUNK_LEN.saturating_sub(self.chunk.len());
        let (now, _) = octets.split_at(octets.len().min(room));
        self.chunk.extend_from_slice(now);
        if self.chunk.len() == CHUNK_LEN {
            self.put()?;
        }
        Ok(now.len())
    }

    /// Flushes the writer below. The octets of a chunk that is not full stay here: only a whole chunk
    /// can be sealed.
    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl<W> fmt::Debug for SealWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealWriter")
            .field("chunk", &self.at)
            .finish_non_exhaustive()
    }
}
