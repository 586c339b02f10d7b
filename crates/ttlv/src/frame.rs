//! Cutting messages out of a byte stream: KMIP puts messages one after the other with nothing
//! between them, and the first header says how long each is.
//!
//! [`needed`] and [`FrameReader`] do no I/O. With the feature `std`, `MessageReader` reads from
//! any `std::io::Read`; with the feature `tokio`, `FrameCodec` serves `Framed` of tokio-util. All
//! of them take and refuse the same streams, with the same errors.

#[cfg(feature = "std")]
mod blocking;
#[cfg(feature = "tokio")]
mod codec;
#[cfg(feature = "std")]
mod error;

use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use crate::decode::Header;
use crate::item::{ALIGN, HEADER_LEN, ItemType, Tag};
use crate::limits::Limits;

#[cfg(feature = "std")]
pub use blocking::MessageReader;
#[cfg(feature = "tokio")]
pub use codec::FrameCodec;
#[cfg(feature = "std")]
pub use error::StreamError;

/// What the octets of a message that are there so far call for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// At least this many octets more, never 0. Until the header is complete, the rest of the header.
    More(usize),
    /// The message is complete and has this many octets.
    Message(usize),
}

/// Why a stream is not a sequence of messages. Reading on from it makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// The first item is no structure.
    #[error("not a message: item type {code:#04X} where a structure must begin")]
    NotStructure {
        /// The type code that is there.
        code: u8,
    },
    /// The first item has a tag that the reader does not expect.
    #[error("not a message: it begins with tag {tag}")]
    UnexpectedTag {
        /// The tag that is there.
        tag: Tag,
    },
    /// The length field is not a multiple of 8.
    #[error("not a message: a structure of {length} octets, not a multiple of 8")]
    BadLength {
        /// What the length field says.
        length: u32,
    },
    /// The message is longer than the limit.
    #[error("message of {len} octets exceeds the limit of {limit}")]
    TooLong {
        /// Octets of the message, its header included.
        len: u64,
        /// [`Limits::message_len`].
        limit: usize,
    },
    /// The stream ended inside a message.
    #[error("the stream ended inside a message, {missing} octets before its end or more")]
    Truncated {
        /// What [`Need::More`] said at the end.
        missing: usize,
    },
}

/// Whether the message at the front of `input` is complete, and if not, what is needed.
///
/// The claimed length is compared with [`Limits::message_len`] as soon as the header is
/// there: nobody waits for, or reserves, more than that.
///
/// # Errors
///
/// When no message within the limits can begin with `input`; a wrong type is found at the
/// fourth octet.
pub fn needed(input: &[u8], limits: &Limits) -> Result<Need, FrameError> {
    if let Some(&code) = input.get(3)
        && code != ItemType::Structure.code()
    {
        return Err(FrameError::NotStructure { code });
    }
    let Some(header) = input.first_chunk::<HEADER_LEN>() else {
        return Ok(Need::More(HEADER_LEN.saturating_sub(input.len())));
    };
    let total = total_len(&Header::read(header), limits)?;
    Ok(match total.checked_sub(input.len()) {
        None | Some(0) => Need::Message(total),
        Some(missing) => Need::More(missing),
    })
}

fn total_len(header: &Header, limits: &Limits) -> Result<usize, FrameError> {
    let (length, limit) = (header.length, limits.message_len);
    let too_long = FrameError::TooLong {
        len: u64::from(length).saturating_add(8),
        limit,
    };
    let length_in_memory = usize::try_from(length).map_err(|_| too_long)?;
    if !length_in_memory.is_multiple_of(ALIGN) {
        return Err(FrameError::BadLength { length });
    }
    match length_in_memory.checked_add(HEADER_LEN) {
        Some(total) if total <= limit => Ok(total),
        _ => Err(too_long),
    }
}

/// Room that [`FrameReader::space`] gives at least, if the message needs as much: a TLS record.
const SPACE_LEN: usize = 16 * 1024;

/// Collects one message after the other from a stream, whatever pieces it comes in.
///
/// Octets are handed in with [`feed`](Self::feed), or read into [`space`](Self::space).
///
/// Holds at most one message, in a buffer that grows as octets arrive and is wiped when it
/// grows, when it is dropped, and by whoever took the message from it.
pub struct FrameReader {
    limits: Limits,
    tags: &'static [Tag],
    /// The octets of the message that are there, then what [`FrameReader::space`] gave out.
    buffer: Zeroizing<Vec<u8>>,
    /// How many are there.
    held: usize,
    failed: Option<FrameError>,
}

impl FrameReader {
    /// A reader at the beginning of a stream. Only [`Limits::message_len`] counts here.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            tags: &[],
            buffer: Zeroizing::new(Vec::new()),
            held: 0,
            failed: None,
        }
    }

    /// The same, refusing messages with other tags than these.
    #[must_use]
    pub fn expecting(self, tags: &'static [Tag]) -> Self {
        Self { tags, ..self }
    }

    /// Takes octets from the front of `input`, up to the end of the message at hand, and
    /// gives the message when it is complete. Call it again while `input` is not empty.
    ///
    /// # Errors
    ///
    /// When the stream is no sequence of messages within the limits; every later call
    /// gives the same error.
    pub fn feed(&mut self, input: &mut &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, FrameError> {
        self.failed.map_or(Ok(()), Err)?;
        while !input.is_empty() {
            let missing = self.missing()?;
            let (now, later) = input
                .split_at_checked(missing)
                .unwrap_or((*input, <&[u8]>::default()));
            *input = later;
            self.buffer.truncate(self.held);
            self.grow(now.len(), missing);
            self.buffer.extend_from_slice(now);
            if let Some(message) = self.hold(now.len())? {
                return Ok(Some(message));
            }
        }
        Ok(None)
    }

    /// Where the next octets of the message at hand belong: read into it, then say how many with
    /// [`FrameReader::filled`]. Never empty, and never longer than what the message needs.
    ///
    /// What is written there and not said to be there is lost. Memory is taken for what is
    /// held, and as much again or 16 KiB.
    ///
    /// # Errors
    ///
    /// As [`FrameReader::feed`].
    ///
    /// ```
    /// # use std::io::Read as _;
    /// # use strongroom_ttlv::{FrameReader, Limits};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut stream = &b"\x42\x00\x7B\x01\x00\x00\x00\x00"[..];
    /// let mut frame = FrameReader::new(Limits::DEFAULT);
    /// let message = loop {
    ///     let count = stream.read(frame.space()?)?; // or `.await`, under a deadline
    ///     if count == 0 {
    ///         break frame.end().map(|()| None)?;
    ///     }
    ///     if let Some(message) = frame.filled(count)? {
    ///         break Some(message);
    ///     }
    /// };
    /// # assert_eq!(message.unwrap().len(), 8);
    /// # Ok(())
    /// # }
    /// ```
    pub fn space(&mut self) -> Result<&mut [u8], FrameError> {
        let missing = self.missing()?;
        let room = match self.buffer.capacity().saturating_sub(self.held) {
            0 => self.held.max(SPACE_LEN),
            spare => spare,
        };
        let len = missing.min(room);
        self.grow(len, missing);
        let end = self.held.saturating_add(len);
        // Only what is new is filled: a stream of single octets must not cost its square.
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        Ok(self.buffer.get_mut(self.held..end).unwrap_or_default())
    }

    /// Takes the first `count` octets of the last [`FrameReader::space`], all of them if there
    /// are not as many, and gives the message when it is complete.
    ///
    /// # Errors
    ///
    /// As [`FrameReader::feed`].
    pub fn filled(&mut self, count: usize) -> Result<Option<Zeroizing<Vec<u8>>>, FrameError> {
        self.failed.map_or(Ok(()), Err)?;
        self.hold(count)
    }

    /// Octets that the message at hand needs at least: what to ask the stream for next.
    ///
    /// # Errors
    ///
    /// As [`FrameReader::feed`].
    pub fn missing(&mut self) -> Result<usize, FrameError> {
        Ok(match self.need()? {
            Need::More(missing) => missing,
            Need::Message(_) => 0,
        })
    }

    /// Whether the stream stands between two messages.
    #[must_use]
    pub fn is_between(&self) -> bool {
        self.held == 0 && self.failed.is_none()
    }

    /// Says that the stream has ended.
    ///
    /// # Errors
    ///
    /// [`FrameError::Truncated`] inside a message, or the error that was met before.
    pub fn end(mut self) -> Result<(), FrameError> {
        self.close()
    }

    /// [`FrameReader::end`] of a reader that stays: after an error it gives nothing else.
    fn close(&mut self) -> Result<(), FrameError> {
        let missing = self.missing()?;
        if self.held == 0 {
            return Ok(());
        }
        Err(self.fail(FrameError::Truncated { missing }))
    }

    fn need(&mut self) -> Result<Need, FrameError> {
        self.failed.map_or(Ok(()), Err)?;
        self.check_tag()
            .and_then(|()| needed(self.octets(), &self.limits))
            .map_err(|error| self.fail(error))
    }

    /// Remembers `error` for good, and wipes what is held.
    #[cold]
    fn fail(&mut self, error: FrameError) -> FrameError {
        self.failed = Some(error);
        self.buffer = Zeroizing::new(Vec::new());
        self.held = 0;
        error
    }

    fn check_tag(&self) -> Result<(), FrameError> {
        let Some([a, b, c]) = self.octets().first_chunk() else {
            return Ok(());
        };
        let tag = Tag::new(u32::from_be_bytes([0, *a, *b, *c]));
        if self.tags.is_empty() || self.tags.contains(&tag) {
            Ok(())
        } else {
            Err(FrameError::UnexpectedTag { tag })
        }
    }

    /// The octets of the message that are there.
    fn octets(&self) -> &[u8] {
        self.buffer.get(..self.held).unwrap_or_default()
    }

    /// Counts in `count` octets more of the buffer, and gives the message if these were the last.
    fn hold(&mut self, count: usize) -> Result<Option<Zeroizing<Vec<u8>>>, FrameError> {
        self.held = self.held.saturating_add(count).min(self.buffer.len());
        if let Need::More(_) = self.need()? {
            return Ok(None);
        }
        self.buffer.truncate(self.held);
        self.held = 0;
        Ok(Some(core::mem::take(&mut self.buffer)))
    }

    /// Makes room for `len` octets of a message that needs `missing`. A buffer that is too small
    /// at least doubles, never beyond what the message needs, and leaves no copy behind.
    fn grow(&mut self, len: usize, missing: usize) {
        let needed = self.held.saturating_add(len);
        if needed > self.buffer.capacity() {
            let whole = self.held.saturating_add(missing);
            let doubled = self.buffer.capacity().saturating_mul(2);
            let capacity = doubled.min(whole).max(needed);
            let mut larger = Zeroizing::new(Vec::with_capacity(capacity));
            larger.extend_from_slice(self.octets());
            // Spare room is wiped in one go, the octets of a vector one by one.
            self.buffer.clear();
            self.buffer = larger;
        }
    }
}

impl fmt::Debug for FrameReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FrameReader({} octets held)", self.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_reserved_for_a_claimed_length() {
        let mut reader = FrameReader::new(Limits::FORMAT);
        let mut header = &[0x42, 0x00, 0x7B, 0x01, 0xFF, 0xFF, 0xFF, 0xF0][..];
        assert_eq!(reader.feed(&mut header), Ok(None));
        assert_eq!(reader.missing(), Ok(0xFFFF_FFF0));
        assert!(reader.buffer.capacity() <= 16);
        for _ in 0..1000 {
            assert_eq!(reader.feed(&mut &[0; 8][..]), Ok(None));
        }
        assert!(reader.buffer.capacity() <= 2 * 8008);
    }

    #[test]
    fn space_grows_with_what_is_held() {
        let mut reader = FrameReader::new(Limits::FORMAT);
        assert_eq!(reader.space().map(|space| space.len()), Ok(8));
        let header = [0x42, 0x00, 0x7B, 0x01, 0xFF, 0xFF, 0xFF, 0xF0];
        assert_eq!(reader.feed(&mut &header[..]), Ok(None));
        let mut held = 8;
        while held < 1 << 20 {
            let room = reader.space().unwrap().len();
            assert!((1..=SPACE_LEN.max(held)).contains(&room));
            assert!(reader.buffer.capacity() <= 2 * held + SPACE_LEN);
            // Nothing, and less than there was room for.
            assert_eq!(reader.filled(0), Ok(None));
            assert_eq!(reader.filled(room.div_ceil(2)), Ok(None));
            held += room.div_ceil(2);
            assert_eq!(reader.held, held);
        }
    }

    #[test]
    fn octets_that_were_not_said_to_be_there_are_no_part_of_a_message() {
        let mut reader = FrameReader::new(Limits::DEFAULT);
        let message = [0x42, 0, 0x7B, 1, 0, 0, 0, 8, 0x42, 0, 0x0D, 1, 0, 0, 0, 0];
        assert_eq!(reader.feed(&mut &message[..8]), Ok(None));
        reader.space().unwrap().fill(0xA5);
        assert_eq!(reader.filled(0), Ok(None));
        assert_eq!(reader.missing(), Ok(8));
        let whole = reader.feed(&mut &message[8..]).unwrap();
        assert_eq!(whole.as_deref().map(Vec::as_slice), Some(&message[..]));
        assert!(reader.is_between());
        // More than there was room for is what there was room for.
        reader.space().unwrap().copy_from_slice(&message[..8]);
        assert_eq!(reader.filled(100), Ok(None));
        assert_eq!(reader.held, 8);
    }

    #[test]
    fn a_message_in_small_pieces_ends_in_a_buffer_of_its_size() {
        let mut reader = FrameReader::new(Limits::DEFAULT);
        let message = [&[0x42, 0x00, 0x7B, 0x01, 0, 0, 3, 0xE8][..], &[0; 1000]].concat();
        let mut whole = None;
        for octet in &message {
            whole = reader.feed(&mut core::slice::from_ref(octet)).unwrap();
        }
        let whole = whole.unwrap();
        assert_eq!((whole.capacity(), &*whole), (1008, &message));
    }
}
