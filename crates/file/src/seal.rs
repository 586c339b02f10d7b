//! Sealing a stream, on all cores.
//!
//! May touch: the reader and the writer that it is given.

use std::io::{Read, Write};

use strongroom_cipher::chunked::{CHUNK_LEN, ChunkedKey, SEALED_CHUNK_LEN};
use strongroom_cipher::{KeyRing, ProviderError, TAG_LEN};

use crate::blocks::{self, BLOCK_CHUNKS, Block, Progress, Stopped, Threads, Work};
use crate::error::SealError;
use crate::header::Header;

/// Seals all of `from` into `to` under the active DEK of `ring` and gives the octets of plaintext.
///
/// `to` is neither flushed to a disk nor closed: a file is whole when this has returned and the caller
/// has synced it. At most four blocks of half a MiB for each thread are in memory.
///
/// # Errors
///
/// [`SealError`]; what was written until then does not open to its end.
///
/// # Specification
///
/// `docs/formats/file.md`.
pub fn seal_stream(
    ring: &KeyRing,
    from: &mut (dyn Read + Send),
    to: &mut dyn Write,
    threads: Threads,
    progress: Progress<'_>,
) -> Result<u64, SealError> {
    let key = begin(ring, to)?;
    blocks::run(&Sealing(key), (from, to), threads, progress).map_err(|stopped| match stopped {
        Stopped::Read(source) => SealError::Io {
            doing: "read",
            source,
        },
        Stopped::Write(source) => write_failed(source),
        Stopped::TooLong => SealError::TooLong,
        Stopped::ThreadLost => SealError::ThreadLost,
        Stopped::Work(error) => error.into(),
    })
}

/// Writes header, salt and commitment, and gives the key for the chunks.
pub(crate) fn begin(ring: &KeyRing, to: &mut dyn Write) -> Result<ChunkedKey, SealError> {
    let header = |generation| Header::of(ring, generation).octets();
    let (generation, salt, key) = ring.new_chunked_key(header)?;
    [&header(generation), &salt[..], key.commitment()]
        .iter()
        .try_for_each(|part| to.write_all(part))
        .map_err(write_failed)?;
    Ok(key)
}

pub(crate) fn write_failed(source: std::io::Error) -> SealError {
    SealError::Io {
        doing: "write",
        source,
    }
}

struct Sealing(ChunkedKey);

impl Work for Sealing {
    type Error = ProviderError;

    fn block_len(&self) -> usize {
        const { BLOCK_CHUNKS * CHUNK_LEN }
    }

    fn work(&self, block: &mut Block) -> Result<(), ProviderError> {
        let whole = block.input.len().checked_div(CHUNK_LEN).unwrap_or_default();
        let chunks = whole.saturating_add(usize::from(block.is_last));
        let tags = chunks.saturating_mul(TAG_LEN);
        (block.output).resize(block.input.len().saturating_add(tags), 0);
        // A short chunk ends the message, an empty one too.
        let empty: &[u8] = &[];
        let end = (block.is_last && block.input.len().is_multiple_of(CHUNK_LEN)).then_some(empty);
        let chunks = block.input.chunks(CHUNK_LEN).chain(end);
        let rooms = block.output.chunks_mut(SEALED_CHUNK_LEN);
        (block.first..)
            .zip(chunks.zip(rooms))
            .try_for_each(|(at, (chunk, room))| self.0.seal_chunk(at, chunk, room))
    }

    fn plaintext_len(&self, block: &Block) -> usize {
        block.input.len()
    }
}
