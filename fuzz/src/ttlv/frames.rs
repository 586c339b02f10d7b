//! Messages in a stream, in any pieces, by every reader that there is.

use std::io::{self, Read};

use bytes::BytesMut;
use strongroom_ttlv::frame::needed;
use strongroom_ttlv::{
    FrameCodec, FrameError, FrameReader, Limits, MessageReader, Need, StreamError, Tag,
};
use tokio_util::codec::{Decoder as _, Encoder as _};

use crate::{See, Seen};

const MESSAGES: &[Tag] = &[Tag::new(0x42_0078), Tag::new(0x42_007B)];

/// How a stream arrives and what is made of it: whatever the pieces and the reader, the same messages and the same
/// end.
///
/// ```text
/// octet 0      bits 0 to 3: n; bit 4: requests and answers only; bit 5: messages of up to 64 octets
/// n octets     lengths of the pieces, used over and over; 0 is nothing for now, then 1; none: all in one
/// the rest     the stream
/// ```
pub fn frame_stream(input: &[u8], see: See<'_>) {
    let Some((&how, rest)) = input.split_first() else {
        return;
    };
    let (lens, stream) = rest.split_at(usize::from(how & 0x0F).min(rest.len()));
    let plan = Plan {
        tags: if how & 0x10 == 0 { &[] } else { MESSAGES },
        limits: match how & 0x20 {
            0 => Limits::DEFAULT,
            _ => Limits::DEFAULT.with_message_len(64),
        },
        pieces: Pieces {
            stream,
            lens,
            next: 0,
            has_waited: false,
        },
    };
    let (ends, outcome) = plan.cut();
    let expected = Expected {
        stream,
        ends: &ends,
        start: 0,
        outcome,
    };
    plan.feed(expected);
    plan.read(expected);
    plan.decode(expected);
    if let Err(error) = outcome {
        see(Seen::Frame(error));
    }
}

struct Plan<'a> {
    tags: &'static [Tag],
    limits: Limits,
    pieces: Pieces<'a>,
}

impl Plan<'_> {
    /// Where the messages end, and how the stream does: told from the stream as a whole.
    fn cut(&self) -> (Vec<usize>, Result<(), FrameError>) {
        let stream = self.pieces.stream;
        let (mut ends, mut start) = (Vec::new(), 0);
        while start < stream.len() {
            match self.need(&stream[start..]) {
                Ok(Need::Message(len)) => {
                    start += len;
                    ends.push(start);
                }
                Ok(Need::More(missing)) => return (ends, Err(FrameError::Truncated { missing })),
                Err(error) => return (ends, Err(error)),
            }
        }
        (ends, Ok(()))
    }

    fn need(&self, rest: &[u8]) -> Result<Need, FrameError> {
        if let [a, b, c, ..] = *rest {
            let tag = Tag::new(u32::from_be_bytes([0, a, b, c]));
            if !self.tags.is_empty() && !self.tags.contains(&tag) {
                return Err(FrameError::UnexpectedTag { tag });
            }
        }
        needed(rest, &self.limits)
    }

    /// By the reader without I/O, which always knows what is missing.
    fn feed(&self, mut expected: Expected<'_>) {
        let mut reader = FrameReader::new(self.limits).expecting(self.tags);
        let mut fed = 0;
        for mut piece in self.pieces {
            fed += piece.len();
            while !piece.is_empty() {
                match reader.feed(&mut piece) {
                    Ok(Some(message)) => {
                        expected.message(&message);
                        assert!(reader.is_between());
                    }
                    Ok(None) => {
                        let need = self.need(&expected.stream[expected.start..fed]);
                        assert_eq!(reader.missing().map(Need::More), need);
                    }
                    Err(error) => {
                        assert!(!reader.is_between());
                        assert_eq!(reader.feed(&mut &b"\x42"[..]), Err(error));
                        return expected.end(reader.end());
                    }
                }
            }
        }
        expected.end(reader.end());
    }

    /// By the blocking reader, which takes no octet beyond a message.
    fn read(&self, mut expected: Expected<'_>) {
        let mut reader = MessageReader::new(self.pieces, self.limits).expecting(self.tags);
        loop {
            match reader.read() {
                Ok(Some(message)) => {
                    expected.message(&message);
                    let left = reader.get_mut().stream.len();
                    assert_eq!(left, expected.stream.len() - expected.start);
                }
                Ok(None) => return expected.end(Ok(())),
                Err(StreamError::Frame(error)) => {
                    let again = reader.read();
                    assert!(matches!(again, Err(StreamError::Frame(again)) if again == error));
                    return expected.end(Err(error));
                }
                Err(StreamError::Io(error)) => {
                    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
                }
                Err(error) => panic!("{error:?}"),
            }
        }
    }

    /// By the codec, which also writes the messages one behind the other.
    fn decode(&self, mut expected: Expected<'_>) {
        let mut codec = FrameCodec::new(self.limits).expecting(self.tags);
        let (mut octets, mut sent) = (BytesMut::new(), BytesMut::new());
        let mut pieces = self.pieces;
        loop {
            let piece = pieces.next();
            octets.extend_from_slice(piece.unwrap_or_default());
            let read = match piece {
                Some(_) => codec.decode(&mut octets),
                None => codec.decode_eof(&mut octets),
            };
            match (read, piece) {
                (Ok(Some(message)), _) => {
                    expected.message(&message);
                    codec.encode(&message, &mut sent).expect("it was read");
                    assert_eq!(sent.len(), expected.start);
                }
                (Ok(None), Some(_)) => assert!(octets.is_empty()),
                (Ok(None), None) => break expected.end(Ok(())),
                (Err(StreamError::Frame(error)), _) => break expected.end(Err(error)),
                (Err(error), _) => panic!("{error:?}"),
            }
        }
        assert_eq!(sent, expected.stream[..expected.start]);
    }
}

/// What every reader must find.
#[derive(Clone, Copy)]
struct Expected<'a> {
    stream: &'a [u8],
    /// Where the messages end that are still to come.
    ends: &'a [usize],
    /// Where the next one begins.
    start: usize,
    outcome: Result<(), FrameError>,
}

impl Expected<'_> {
    /// The next message is this one.
    fn message(&mut self, found: &[u8]) {
        let (end, later) = self.ends.split_first().expect("a message too many");
        assert!(self.stream[self.start..*end] == *found);
        (self.start, self.ends) = (*end, later);
    }

    /// No message is left, and the stream ends so.
    fn end(&self, outcome: Result<(), FrameError>) {
        assert_eq!((self.ends, outcome), (&[][..], self.outcome));
    }
}

/// `stream` in pieces of the lengths in `lens`, over and over.
#[derive(Clone, Copy)]
struct Pieces<'a> {
    stream: &'a [u8],
    lens: &'a [u8],
    next: usize,
    /// The piece at hand comes after nothing did.
    has_waited: bool,
}

impl<'a> Pieces<'a> {
    /// Length of the piece at hand; 0 once, where there is nothing for now.
    fn len(&mut self) -> usize {
        let len = match self.lens.get(self.next % self.lens.len().max(1)) {
            None => self.stream.len(),
            Some(0) if self.has_waited => 1,
            Some(len) => usize::from(*len),
        };
        self.has_waited = len == 0;
        if len > 0 {
            self.next += 1;
        }
        len
    }

    fn take(&mut self, len: usize) -> &'a [u8] {
        let (piece, rest) = self.stream.split_at(len.min(self.stream.len()));
        self.stream = rest;
        piece
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    /// Never an empty piece.
    fn next(&mut self) -> Option<&'a [u8]> {
        let len = match self.len() {
            0 => self.len(),
            len => len,
        };
        let piece = self.take(len);
        (!piece.is_empty()).then_some(piece)
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = match self.len() {
            0 if !self.stream.is_empty() => return Err(io::ErrorKind::WouldBlock.into()),
            len => len.min(out.len()),
        };
        let piece = self.take(len);
        out[..piece.len()].copy_from_slice(piece);
        Ok(piece.len())
    }
}
