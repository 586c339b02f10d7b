//! Messages from a blocking stream.
//!
//! May touch: the source it was given.

use alloc::vec::Vec;
use core::fmt;
use std::io::{self, Read};

use zeroize::Zeroizing;

use super::{FrameReader, StreamError};
use crate::item::Tag;
use crate::limits::Limits;

/// Reads one message after the other from `R`, and never an octet beyond the message at hand.
///
/// So the source can be taken back between two messages, and needs no buffer to be shared. A
/// message costs two reads or more; wrap the source in a [`std::io::BufReader`] where reads are
/// dear and its buffer, which nobody wipes, may hold what the messages hold.
///
/// ```
/// use strongroom_ttlv::{Limits, MessageReader, Tag, encode};
///
/// const RESPONSE: Tag = Tag::new(0x42_007B);
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let message = encode(|w| w.structure(RESPONSE, |_| {}))?;
/// let stream = message.repeat(2); // a `TcpStream`, in life
///
/// let mut messages = MessageReader::new(&*stream, Limits::DEFAULT).expecting(&[RESPONSE]);
/// while let Some(read) = messages.read()? {
///     assert_eq!(read, message);
/// }
/// # Ok(())
/// # }
/// ```
pub struct MessageReader<R> {
    source: R,
    frame: FrameReader,
}

impl<R: Read> MessageReader<R> {
    /// A reader at the beginning of a message. Only [`Limits::message_len`] counts here.
    #[must_use]
    pub fn new(source: R, limits: Limits) -> Self {
        Self {
            source,
            frame: FrameReader::new(limits),
        }
    }

    /// The same, refusing messages with other tags than these.
    #[must_use]
    pub fn expecting(self, tags: &'static [Tag]) -> Self {
        let frame = self.frame.expecting(tags);
        Self { frame, ..self }
    }

    /// The next message, in a buffer of its size that is wiped when dropped; `None` where the
    /// stream ends between two messages.
    ///
    /// Memory is taken as octets arrive, never for a claimed length. An interrupted read is
    /// repeated.
    ///
    /// # Errors
    ///
    /// [`StreamError::Io`] when the source fails, or has nothing in time: the octets that came
    /// before are kept, and the next call goes on behind them. [`StreamError::Frame`] when the
    /// stream is no sequence of messages within the limits, or ends inside one; every later call
    /// gives the same error and reads nothing.
    pub fn read(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StreamError> {
        loop {
            let space = self.frame.space()?;
            let room = space.len();
            let count = match self.source.read(space) {
                Ok(count) if count <= room => count,
                Ok(_) => return Err(more_than_asked().into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            if count == 0 {
                self.frame.close()?;
                return Ok(None);
            }
            if let Some(message) = self.frame.filled(count)? {
                return Ok(Some(message));
            }
        }
    }

    /// Whether the stream stands between two messages: tells a source that is silent from one
    /// that is slow.
    #[must_use]
    pub fn is_between(&self) -> bool {
        self.frame.is_between()
    }

    /// The source, to write to it or to set its timeouts. Reading from it would lose the place.
    #[must_use]
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.source
    }

    /// Gives the source back. Octets of a message that is not complete are lost.
    #[must_use]
    pub fn into_inner(self) -> R {
        self.source
    }
}

/// A source that breaks the rules of [`Read`].
fn more_than_asked() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the source says that it read more than it was asked for",
    )
}

impl<R> fmt::Debug for MessageReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageReader({:?})", self.frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_reserved_for_a_claimed_length() {
        let header = [0x42, 0, 0x7B, 1, 0xFF, 0xFF, 0xFF, 0xF0];
        let stream = [&header[..], &[0xA5; 400]].concat();
        let mut messages = MessageReader::new(Late(&stream), Limits::FORMAT);
        let error = messages.read().unwrap_err();
        assert!(matches!(error, StreamError::Io(_)), "{error:?}");
        assert_eq!(messages.frame.held, 408);
        assert!(messages.frame.buffer.capacity() <= 2 * 16 * 1024);
    }

    /// What it has, then nothing for now.
    struct Late<'a>(&'a [u8]);

    impl Read for Late<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            match self.0.read(out)? {
                0 => Err(io::ErrorKind::WouldBlock.into()),
                count => Ok(count),
            }
        }
    }
}
