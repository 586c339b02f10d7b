//! Sealing a stream, on all cores.
//!
//! May touch: the reader and the writer that it is given.

use std::io::{Read, Write};

use strongroom_cipher::chunked::ChunkedKey;
use strongroom_cipher::{KeyRing, ProviderError};

use crate::blocks::{self, Block, Form, Progress, Stopped, Threads, Work};
use crate::error::SealError;
use crate::header::Header;

/// Seals all of `from` into `to` under the active DEK of `ring` and gives the octets of plaintext.
///
/// `to` is neither flushed to a disk nor closed: a file is whole when this has returned and the caller
/// has synced it. At most three blocks of half a MiB for each thread, and a few more, are in memory.
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

    const READS: Form = Form::Plain;
    const WRITES: Form = Form::Sealed;

    fn work(&self, block: &mut Block) -> Result<(), ProviderError> {
        let mut written = 0_usize;
        let sealed = block.chunks(Self::READS).try_for_each(|(at, octets)| {
            written = written.saturating_add(octets.len());
            self.0.seal_chunk(at, octets)
        });
        block.set_written(if sealed.is_ok() { written } else { 0 });
        sealed
    }
}
