//! The codec for `Framed` of tokio-util.
//!
//! May touch: the buffers that it is handed.

use alloc::vec::Vec;
use core::fmt;

use bytes::{Buf as _, BytesMut};
use tokio_util::codec::{Decoder, Encoder};
use zeroize::{Zeroize as _, Zeroizing};

use super::{FrameReader, Need, StreamError, needed};
use crate::item::Tag;
use crate::limits::Limits;

/// Cuts a stream into messages, and puts messages on it, for `Framed`, `FramedRead` and
/// `FramedWrite` of tokio-util.
///
/// # Secrets
///
/// Reading: octets are taken out of the `BytesMut` as soon as they are in it and overwritten with
/// zeros there; the message grows in a buffer that is wiped, and leaves in one of its exact size.
/// `FramedRead` decodes all it has before it reads on, so its buffer is empty whenever it grows.
/// Octets behind a message stay in the `BytesMut` until the next call, and nobody wipes them when
/// `FramedRead` is dropped before.
///
/// Writing: `FramedWrite` has a buffer of its own that nobody wipes, before or after the octets
/// are sent. Write a message with keys or passwords to the stream itself, behind a flush:
/// `framed.get_mut().write_all(&message)`.
///
/// ```
/// use std::future::poll_fn;
/// use std::pin::Pin;
///
/// use futures_core::Stream as _;
/// use strongroom_ttlv::{FrameCodec, Limits, StreamError, Tag};
/// use tokio::io::AsyncRead;
/// use tokio_util::codec::FramedRead;
///
/// const REQUEST: Tag = Tag::new(0x42_0078);
///
/// /// Counts the octets of all requests until the client leaves.
/// async fn count(stream: impl AsyncRead + Unpin) -> Result<usize, StreamError> {
///     let codec = FrameCodec::new(Limits::DEFAULT).expecting(&[REQUEST]);
///     let mut requests = FramedRead::new(stream, codec);
///     let mut octets = 0;
///     // `requests.next().await` with the `StreamExt` of futures-util or tokio-stream.
///     while let Some(request) = poll_fn(|cx| Pin::new(&mut requests).poll_next(cx)).await {
///         octets += request?.len();
///     }
///     Ok(octets)
/// }
/// ```
pub struct FrameCodec {
    frame: FrameReader,
    limits: Limits,
}

impl FrameCodec {
    /// A codec at the beginning of a stream. Only [`Limits::message_len`] counts here, for both
    /// directions.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            frame: FrameReader::new(limits),
            limits,
        }
    }

    /// The same, refusing to read messages with other tags than these.
    #[must_use]
    pub fn expecting(self, tags: &'static [Tag]) -> Self {
        let frame = self.frame.expecting(tags);
        Self { frame, ..self }
    }
}

/// The octets of one message, not looked into beyond the first header.
///
/// After an error that is not of the stream itself, every later call gives the same error, and
/// octets that are handed in are wiped unread.
impl Decoder for FrameCodec {
    type Item = Zeroizing<Vec<u8>>;
    type Error = StreamError;

    fn decode(&mut self, src: &mut BytesMut) -> Result<Option<Self::Item>, StreamError> {
        let mut rest: &[u8] = src;
        let outcome = self.frame.feed(&mut rest);
        let left = if outcome.is_ok() { rest.len() } else { 0 };
        let taken = src.len().saturating_sub(left);
        src.get_mut(..taken).unwrap_or_default().zeroize();
        src.advance(taken);
        Ok(outcome?)
    }

    fn decode_eof(&mut self, src: &mut BytesMut) -> Result<Option<Self::Item>, StreamError> {
        let message = self.decode(src)?;
        if message.is_none() {
            self.frame.close()?;
        }
        Ok(message)
    }
}

/// Appends one whole message, as [`encode`](crate::encode) makes it. Refuses what a reader with
/// the same limits would, and what is more or less than one message; `dst` is then as it was.
impl<M: AsRef<[u8]>> Encoder<M> for FrameCodec {
    type Error = StreamError;

    fn encode(&mut self, message: M, dst: &mut BytesMut) -> Result<(), StreamError> {
        let octets = message.as_ref();
        let len = octets.len();
        let expected = match needed(octets, &self.limits)? {
            Need::Message(expected) => expected,
            Need::More(missing) => len.saturating_add(missing),
        };
        if len != expected {
            return Err(StreamError::NotOneMessage { len, expected });
        }
        dst.extend_from_slice(octets);
        Ok(())
    }
}

impl fmt::Debug for FrameCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FrameCodec({:?})", self.frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_reserved_for_a_claimed_length() {
        let mut codec = FrameCodec::new(Limits::FORMAT);
        let mut src = BytesMut::with_capacity(64);
        src.extend_from_slice(&[0x42, 0, 0x7B, 1, 0xFF, 0xFF, 0xFF, 0xF0]);
        for held in (8..4008).step_by(8) {
            assert!(codec.decode(&mut src).unwrap().is_none());
            assert_eq!(codec.frame.held, held);
            assert!(src.is_empty() && src.capacity() <= 64);
            src.reserve(1);
            src.extend_from_slice(&[0xA5; 8]);
        }
        assert!(codec.frame.buffer.capacity() <= 2 * 4008);
    }
}
