//! Opening parts of a sealed file, wherever they lie.
//!
//! May touch: the file that it is given.

use std::fmt;
use std::io::{Read, Seek, SeekFrom};

use strongroom_cipher::KeyRing;
use strongroom_cipher::chunked::{CHUNK_LEN, ChunkedKey, SEALED_CHUNK_LEN};

use crate::error::OpenError;
use crate::header::Header;
use crate::layout::{PREFIX_LEN, octets, plaintext_len};
use crate::open::{self, open_chunk};

/// A sealed file that is read at any place. Its length is authentic: the last chunk was opened.
///
/// The file must not change meanwhile; if it does, the chunks that changed are errors.
pub struct SealedFile<F> {
    file: F,
    key: ChunkedKey,
    header: Header,
    /// Where the chunks begin.
    begin: u64,
    len: u64,
    /// The chunk that was opened last, with its number.
    chunk: Vec<u8>,
    at: Option<u64>,
}

impl<F: Read + Seek> SealedFile<F> {
    /// Reads the header at the file's beginning, and its last chunk.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; [`OpenError::Truncated`] when the file cannot have this length.
    pub fn open(ring: &KeyRing, mut file: F) -> Result<Self, OpenError> {
        seek(&mut file, SeekFrom::Start(0))?;
        let header = Header::read(&mut file)?;
        let key = open::key(ring, &header, &mut file)?;
        Self::with_key(key, header, file)
    }

    /// Of the chunks that begin where `file` stands.
    pub(crate) fn with_key(
        key: ChunkedKey,
        header: Header,
        mut file: F,
    ) -> Result<Self, OpenError> {
        let begin = seek(&mut file, SeekFrom::Current(0))?;
        let end = seek(&mut file, SeekFrom::End(0))?;
        let message = end.saturating_sub(begin).saturating_add(octets(PREFIX_LEN));
        let len = plaintext_len(message).ok_or(OpenError::Truncated {
            at: whole_chunks(message),
        })?;
        let mut opened = Self {
            file,
            key,
            header,
            begin,
            len,
            chunk: Vec::with_capacity(SEALED_CHUNK_LEN),
            at: None,
        };
        opened.load(len.checked_div(octets(CHUNK_LEN)).unwrap_or_default())?;
        Ok(opened)
    }

    /// What the file says of itself.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Octets of plaintext.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is no plaintext.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Reads from `offset` of the plaintext into `room` and gives how many octets: fewer than asked for
    /// at the end only, none behind it.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; what stands in `room` then is not authentic as a whole: `room` is zeroed.
    pub fn read_at(&mut self, offset: u64, room: &mut [u8]) -> Result<usize, OpenError> {
        let read = self.read_chunks(offset, room);
        if read.is_err() {
            room.fill(0);
        }
        read
    }

    fn read_chunks(&mut self, offset: u64, room: &mut [u8]) -> Result<usize, OpenError> {
        let mut done = 0_usize;
        while let Some(left) = room.get_mut(done..).filter(|left| !left.is_empty()) {
            let place = offset.saturating_add(octets(done));
            if place >= self.len {
                break;
            }
            let at = place.checked_div(octets(CHUNK_LEN)).unwrap_or_default();
            if self.at != Some(at) {
                self.load(at)?;
            }
            let skip = place.checked_rem(octets(CHUNK_LEN)).unwrap_or_default();
            let skip = usize::try_from(skip).unwrap_or(CHUNK_LEN);
            let text = self.chunk.get(skip..).unwrap_or_default();
            let len = text.len().min(left.len());
            let (Some(text), Some(left)) = (text.get(..len), left.get_mut(..len)) else {
                break;
            };
            if len == 0 {
                // The chunk is shorter than the file's length said.
                return Err(OpenError::Truncated { at: place });
            }
            left.copy_from_slice(text);
            done = done.saturating_add(len);
        }
        Ok(done)
    }

    /// Opens chunk `at` into `chunk`.
    fn load(&mut self, at: u64) -> Result<(), OpenError> {
        self.at = None;
        let place = (at.checked_mul(octets(SEALED_CHUNK_LEN)))
            .and_then(|place| place.checked_add(self.begin))
            .ok_or(OpenError::TooLong)?;
        seek(&mut self.file, SeekFrom::Start(place))?;
        self.chunk.clear();
        (&mut self.file)
            .take(octets(SEALED_CHUNK_LEN))
            .read_to_end(&mut self.chunk)
            .map_err(|source| OpenError::Io {
                doing: "read",
                source,
            })?;
        let len = open_chunk(&self.key, at, &mut self.chunk)?;
        self.chunk.truncate(len);
        self.at = Some(at);
        Ok(())
    }
}

/// Octets of plaintext in the whole chunks of a message of `len` octets.
fn whole_chunks(len: u64) -> u64 {
    let chunks = len.saturating_sub(octets(PREFIX_LEN));
    let whole = chunks.checked_div(octets(SEALED_CHUNK_LEN));
    whole.unwrap_or_default().saturating_mul(octets(CHUNK_LEN))
}

fn seek(file: &mut impl Seek, to: SeekFrom) -> Result<u64, OpenError> {
    file.seek(to).map_err(|source| OpenError::Io {
        doing: "seek",
        source,
    })
}

impl<F> fmt::Debug for SealedFile<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedFile")
            .field("header", &self.header)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}
