//! Opening a stream, on all cores.
//!
//! May touch: the reader and the writer that it is given.

use std::io::{Read, Write};

use strongroom_cipher::chunked::{CHUNK_LEN, CHUNKS_MAX, COMMITMENT_LEN, ChunkedKey, SALT_LEN};
use strongroom_cipher::{KeyRing, TAG_LEN};

use crate::blocks::{self, Block, Form, Progress, Stopped, Threads, Work};
use crate::error::OpenError;
use crate::header::{self, Header};
use crate::layout::octets;

/// Opens all of `from`, whose header was read already, into `to`, and gives the octets of plaintext.
///
/// Only authentic plaintext is written, in order, and nothing past a chunk that is not. Whoever must
/// not use a part of a message keeps what was written aside until this has returned.
///
/// # Errors
///
/// [`OpenError`]; in `to` are the chunks before the failed one.
///
/// # Specification
///
/// `docs/formats/file.md`.
pub fn open_stream(
    ring: &KeyRing,
    header: &Header,
    from: &mut (dyn Read + Send),
    to: &mut dyn Write,
    threads: Threads,
    progress: Progress<'_>,
) -> Result<u64, OpenError> {
    let key = key(ring, header, &mut *from)?;
    open_with(key, from, to, threads, progress)
}

/// Opens the chunks, which are all that is left in `from`.
pub(crate) fn open_with(
    key: ChunkedKey,
    from: &mut (dyn Read + Send),
    to: &mut dyn Write,
    threads: Threads,
    progress: Progress<'_>,
) -> Result<u64, OpenError> {
    let io = |doing| move |source| OpenError::Io { doing, source };
    blocks::run(&Opening(key), (from, to), threads, progress).map_err(|stopped| match stopped {
        Stopped::Read(source) => io("read")(source),
        Stopped::Write(source) => io("write")(source),
        Stopped::TooLong => OpenError::TooLong,
        Stopped::ThreadLost => OpenError::ThreadLost,
        Stopped::Work(error) => error,
    })
}

/// Reads salt and commitment and gives the key, when it is the one that the file was sealed with.
pub(crate) fn key(
    ring: &KeyRing,
    header: &Header,
    mut from: impl Read,
) -> Result<ChunkedKey, OpenError> {
    header.check(ring)?;
    let cut = || OpenError::Truncated { at: 0 };
    let salt: [u8; SALT_LEN] = header::read(&mut from, cut())?;
    let commitment: [u8; COMMITMENT_LEN] = header::read(&mut from, cut())?;
    let key = ring.chunked_key(header.generation, &salt, &header.octets())?;
    if !key.is_committed_to(&commitment) {
        return Err(OpenError::WrongCommitment);
    }
    Ok(key)
}

/// Opens chunk `at` in place and gives the octets of plaintext in front.
pub(crate) fn open_chunk(key: &ChunkedKey, at: u64, sealed: &mut [u8]) -> Result<usize, OpenError> {
    let offset = at.saturating_mul(octets(CHUNK_LEN));
    if at >= CHUNKS_MAX {
        return Err(OpenError::TooLong);
    }
    // Not even a tag: the short chunk at the end is missing, or a part of it.
    let len = (sealed.len().checked_sub(TAG_LEN)).ok_or(OpenError::Truncated { at: offset })?;
    if key.open_chunk(at, sealed)? {
        Ok(len)
    } else {
        Err(OpenError::Damaged {
            chunk: at,
            at: offset,
        })
    }
}

struct Opening(ChunkedKey);

impl Work for Opening {
    type Error = OpenError;

    const READS: Form = Form::Sealed;
    const WRITES: Form = Form::Plain;

    fn work(&self, block: &mut Block) -> Result<(), OpenError> {
        let mut written = 0_usize;
        let opened = block.chunks(Self::READS).try_for_each(|(at, octets)| {
            written = written.saturating_add(open_chunk(&self.0, at, octets)?);
            Ok(())
        });
        block.set_written(written);
        opened
    }
}
