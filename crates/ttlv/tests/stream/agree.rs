//! `FrameReader`, `MessageReader` and `FrameCodec` read any stream alike.

use std::pin::Pin;

use futures_core::Stream as _;
use proptest::prelude::*;
use strongroom_ttlv::{
    FrameCodec, FrameError, FrameReader, Limits, MessageReader, StreamError, Tag,
};
use tokio_util::codec::FramedRead;

use crate::build::golden;
use crate::source::{Source, Step, ready};

const MESSAGES: &[Tag] = &[Tag::new(0x42_0078), Tag::new(0x42_007B)];
const LIMITS: Limits = Limits::DEFAULT.with_message_len(1024);

/// The messages of a stream, and how it ended.
type Read = (Vec<Vec<u8>>, Result<(), FrameError>);

fn by_frame_reader(stream: &[u8], lens: &[usize]) -> Read {
    let mut reader = FrameReader::new(LIMITS).expecting(MESSAGES);
    let mut messages = Vec::new();
    let (mut rest, mut lens) = (stream, lens.iter().cycle());
    while !rest.is_empty() {
        let (mut piece, later) = rest.split_at((*lens.next().unwrap()).min(rest.len()));
        rest = later;
        while !piece.is_empty() {
            match reader.feed(&mut piece) {
                Ok(message) => messages.extend(message.map(|message| message.to_vec())),
                Err(error) => return (messages, Err(error)),
            }
        }
    }
    (messages, reader.end())
}

fn by_message_reader(stream: &[u8], lens: &[usize]) -> Read {
    let source = Source::pieces(stream, lens);
    let mut reader = MessageReader::new(source, LIMITS).expecting(MESSAGES);
    let mut messages = Vec::new();
    loop {
        match reader.read() {
            Ok(Some(message)) => messages.push(message.to_vec()),
            Ok(None) => return (messages, Ok(())),
            Err(StreamError::Frame(error)) => return (messages, Err(error)),
            Err(error) => panic!("{error}"),
        }
    }
}

/// With a stream that now and then is not ready.
fn by_codec(stream: &[u8], lens: &[usize]) -> Read {
    let mut steps: Vec<_> = lens.iter().copied().map(Step::Octets).collect();
    steps.push(Step::Fails(std::io::ErrorKind::WouldBlock));
    let codec = FrameCodec::new(LIMITS).expecting(MESSAGES);
    let mut framed = FramedRead::new(Source::new(stream, &steps), codec);
    let mut messages = Vec::new();
    loop {
        match ready(|cx| Pin::new(&mut framed).poll_next(cx)) {
            Some(Ok(message)) => messages.push(message.to_vec()),
            None => return (messages, Ok(())),
            Some(Err(StreamError::Frame(error))) => return (messages, Err(error)),
            Some(Err(error)) => panic!("{error}"),
        }
    }
}

/// What all three say, once they say the same.
fn read(stream: &[u8], lens: &[usize]) -> Read {
    let read = by_frame_reader(stream, lens);
    assert_eq!(by_message_reader(stream, lens), read, "{lens:?}");
    assert_eq!(by_codec(stream, lens), read, "{lens:?}");
    read
}

/// Pieces of a stream: messages, cut messages, rubbish, headers that lie.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let whole = prop::sample::select(golden());
    let cut = (whole.clone(), any::<prop::sample::Index>())
        .prop_map(|(message, at)| message[..at.index(message.len())].to_vec());
    let header = (any::<bool>(), any::<u32>()).prop_map(|(aligned, length)| {
        let length = if aligned { length & 0x7F8 } else { length };
        [&[0x42, 0, 0x7B, 1][..], &length.to_be_bytes()].concat()
    });
    prop_oneof![
        6 => whole,
        1 => cut,
        1 => prop::collection::vec(any::<u8>(), 0..24),
        1 => header,
    ]
}

proptest! {
    #[test]
    fn random_streams_are_read_alike_in_any_pieces(
        stream in prop::collection::vec(piece(), 0..8),
        lens in prop::collection::vec(1_usize..900, 1..12),
    ) {
        let stream = stream.concat();
        let in_one = read(&stream, &[stream.len().max(1)]);
        prop_assert_eq!(read(&stream, &lens), in_one);
    }

    #[test]
    fn any_split_of_many_messages_gives_them_back(
        messages in prop::collection::vec(prop::sample::select(golden()), 1..20),
        lens in prop::collection::vec(1_usize..2000, 1..20),
    ) {
        prop_assert_eq!(read(&messages.concat(), &lens), (messages, Ok(())));
    }
}

#[test]
fn every_split_point_gives_the_same_messages() {
    let messages = golden();
    let stream = messages.concat();
    for at in 1..stream.len() {
        assert_eq!(
            read(&stream, &[at, stream.len() - at]),
            (messages.clone(), Ok(()))
        );
    }
}

#[test]
fn one_octet_at_a_time_gives_the_same_messages() {
    let messages = golden();
    assert_eq!(read(&messages.concat(), &[1]), (messages, Ok(())));
}

#[test]
fn an_end_at_any_octet_is_an_error_but_between_messages() {
    let messages = golden();
    let stream = messages.concat();
    let mut ends = vec![0];
    for message in &messages {
        ends.push(ends.last().unwrap() + message.len());
    }
    for len in 0..=stream.len() {
        let whole = ends.iter().filter(|end| **end <= len).count() - 1;
        let held = len - ends[whole];
        let outcome = match held {
            0 => Ok(()),
            1..8 => Err(FrameError::Truncated { missing: 8 - held }),
            _ => Err(FrameError::Truncated {
                missing: messages[whole].len() - held,
            }),
        };
        for piece in [1, 7, 8, 300, 2000] {
            let expected = (messages[..whole].to_vec(), outcome);
            assert_eq!(read(&stream[..len], &[piece]), expected, "{len}");
        }
    }
}

#[test]
fn the_limit_is_applied_to_each_message() {
    let message = |len: u32| {
        let header = [&[0x42, 0, 0x7B, 1][..], &(len - 8).to_be_bytes()].concat();
        [header, vec![0; usize::try_from(len).unwrap() - 8]].concat()
    };
    let longest = message(1024);
    let stream = [longest.clone(), longest.clone(), message(1032)].concat();
    let error = FrameError::TooLong {
        len: 1032,
        limit: 1024,
    };
    let expected = (vec![longest.clone(), longest], Err(error));
    for piece in [1, 100, 5000] {
        assert_eq!(read(&stream, &[piece]), expected);
    }
}

#[test]
fn messages_before_a_fault_are_given_and_none_after_it() {
    let messages = golden();
    let tag = Tag::new(0x15_0303);
    // A TLS alert between two messages.
    let stream = [
        &messages[0],
        &b"\x15\x03\x03\x00\x02\x02\x28"[..],
        &messages[1],
    ]
    .concat();
    let expected = (
        vec![messages[0].clone()],
        Err(FrameError::UnexpectedTag { tag }),
    );
    for piece in [1, 100, 5000] {
        assert_eq!(read(&stream, &[piece]), expected);
    }
}
