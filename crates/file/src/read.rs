//! Opening what is read piece by piece.
//!
//! May touch: the reader that it is given.

use std::fmt;
use std::io::{self, Read};

use strongroom_cipher::KeyRing;
use strongroom_cipher::chunked::{ChunkedKey, SEALED_CHUNK_LEN};

use crate::error::OpenError;
use crate::header::Header;
use crate::open::{self, open_chunk};

/// A reader that opens. It gives authentic octets only, and an error in place of the chunk that is
/// not, and of the end when the message was cut off: reading to the end proves that it is whole.
///
/// An example stands at [`crate::SealWriter`].
pub struct OpenReader<R> {
    from: R,
    key: ChunkedKey,
    /// Number of the chunk to be read next.
    at: u64,
    chunk: Vec<u8>,
    /// Where in `chunk` the octets are that were not given out yet.
    left: std::ops::Range<usize>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Going,
    /// The last chunk was read.
    Ended,
    /// And it stays so.
    Failed,
}

impl<R: Read> OpenReader<R> {
    /// Of what follows `header` in `from`.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn new(ring: &KeyRing, header: &Header, mut from: R) -> Result<Self, OpenError> {
        let key = open::key(ring, header, &mut from)?;
        Ok(Self::with_key(key, from))
    }

    /// Of the chunks, which are all that is left in `from`.
    pub(crate) fn with_key(key: ChunkedKey, from: R) -> Self {
        Self {
            from,
            key,
            at: 0,
            chunk: Vec::with_capacity(SEALED_CHUNK_LEN),
            left: 0..0,
            state: State::Going,
        }
    }

    fn next_chunk(&mut self) -> Result<(), OpenError> {
        self.chunk.clear();
        let limit = u64::try_from(SEALED_CHUNK_LEN).unwrap_or(u64::MAX);
        (&mut self.from)
            .take(limit)
            .read_to_end(&mut self.chunk)
            .map_err(|source| OpenError::Io {
                doing: "read",
                source,
            })?;
        let len = open_chunk(&self.key, self.at, &mut self.chunk)?;
        self.left = 0..len;
        self.at = self.at.saturating_add(1);
        self.state = if self.chunk.len() < SEALED_CHUNK_LEN {
            State::Ended
        } else {
            State::Going
        };
        Ok(())
    }
}

impl<R: Read> Read for OpenReader<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if room.is_empty() {
            return Ok(0);
        }
        while self.left.is_empty() {
            match self.state {
                State::Ended => return Ok(0),
                State::Failed => {
                    let text = "the message failed to open before";
                    return Err(io::Error::new(io::ErrorKind::InvalidData, text));
                }
                State::Going => {
                    self.state = State::Failed;
                    self.next_chunk()?;
                }
            }
        }
        let mut text = self.chunk.get(self.left.clone()).unwrap_or_default();
        let len = text.read(room)?;
        self.left.start = self.left.start.saturating_add(len);
        Ok(len)
    }
}

impl<R> fmt::Debug for OpenReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenReader")
            .field("chunk", &self.at)
            .finish_non_exhaustive()
    }
}
