//! Cutting messages out of a stream.

use proptest::prelude::*;
use strongroom_ttlv::frame::needed;
use strongroom_ttlv::{FrameError, FrameReader, Limits, Need, Tag};

use crate::golden::golden;

const MESSAGES: &[Tag] = &[Tag::new(0x42_0078), Tag::new(0x42_007B)];

fn requests_and_answers() -> Vec<Vec<u8>> {
    let mut messages = golden();
    messages.retain(|message| matches!(message[2..4], [0x78 | 0x7B, 1]));
    assert_eq!(messages.len(), 18);
    messages
}

/// Feeds `stream` in pieces of these lengths, over and over.
pub(crate) fn collect(stream: &[u8], pieces: &[usize]) -> Result<Vec<Vec<u8>>, FrameError> {
    let mut reader = FrameReader::new(Limits::DEFAULT).expecting(MESSAGES);
    let mut messages = Vec::new();
    let mut rest = stream;
    let mut pieces = pieces.iter().cycle();
    while !rest.is_empty() {
        let len = (*pieces.next().unwrap()).min(rest.len());
        let (mut piece, later) = rest.split_at(len);
        rest = later;
        while !piece.is_empty() {
            if let Some(message) = reader.feed(&mut piece)? {
                assert!(reader.is_between());
                messages.push(message.to_vec());
            }
        }
    }
    reader.end()?;
    Ok(messages)
}

proptest! {
    #[test]
    fn any_split_gives_the_same_messages(pieces in prop::collection::vec(1_usize..400, 1..20)) {
        let messages = requests_and_answers();
        prop_assert_eq!(collect(&messages.concat(), &pieces), Ok(messages));
    }

    #[test]
    fn any_octets_give_an_error_or_messages(stream in prop::collection::vec(any::<u8>(), 0..200)) {
        let whole = collect(&stream, &[200]);
        prop_assert_eq!(collect(&stream, &[1]), whole);
    }
}

#[test]
fn the_reader_asks_for_what_is_missing() {
    let message = golden().swap_remove(0);
    for len in 0..=message.len() {
        let expected = match len {
            0..8 => Need::More(8 - len),
            312 => Need::Message(312),
            _ => Need::More(312 - len),
        };
        assert_eq!(needed(&message[..len], &Limits::DEFAULT), Ok(expected));
    }
    let more = [message.as_slice(), b"\x42"].concat();
    assert_eq!(needed(&more, &Limits::DEFAULT), Ok(Need::Message(312)));
}

#[test]
fn a_stream_that_ends_inside_a_message_is_truncated() {
    let message = golden().swap_remove(0);
    for len in 1..message.len() {
        let missing = if len < 8 { 8 - len } else { 312 - len };
        let found = collect(&message[..len], &[len]);
        assert_eq!(found, Err(FrameError::Truncated { missing }));
    }
    assert_eq!(collect(&[], &[1]), Ok(Vec::new()));
}

#[test]
fn the_claimed_length_is_refused_before_anything_follows() {
    let limit = 1 << 20;
    let header = |length: u32| [&[0x42, 0, 0x7B, 1][..], &length.to_be_bytes()].concat();
    for (length, expected) in [
        ((1 << 20) - 8, Ok(Need::More((1 << 20) - 8))),
        (
            1 << 20,
            Err(FrameError::TooLong {
                len: (1 << 20) + 8,
                limit,
            }),
        ),
        (
            0xFFFF_FFF8,
            Err(FrameError::TooLong {
                len: 1 << 32,
                limit,
            }),
        ),
        (0xFFFF_FFFF, Err(FrameError::BadLength { length: u32::MAX })),
        (4, Err(FrameError::BadLength { length: 4 })),
        (0, Ok(Need::Message(8))),
    ] {
        assert_eq!(
            needed(&header(length), &Limits::DEFAULT),
            expected,
            "{length}"
        );
    }
}

#[test]
fn other_protocols_are_recognised_by_their_first_octets() {
    let code = b' ';
    assert_eq!(
        needed(b"GET / HTTP/1.1\r\n", &Limits::DEFAULT),
        Err(FrameError::NotStructure { code })
    );
    let mut reader = FrameReader::new(Limits::DEFAULT).expecting(MESSAGES);
    let tag = Tag::new(0x16_0301);
    let error = Err(FrameError::UnexpectedTag { tag });
    assert_eq!(reader.feed(&mut &b"\x16\x03\x01"[..]), error);
}

#[test]
fn a_broken_stream_stays_broken() {
    let message = golden().swap_remove(0);
    let mut reader = FrameReader::new(Limits::DEFAULT);
    let error = Err(FrameError::NotStructure { code: b' ' });
    assert_eq!(reader.feed(&mut &b"GET / HTTP"[..]), error);
    assert_eq!(reader.feed(&mut message.as_slice()), error);
    assert!(!reader.is_between());
    assert_eq!(reader.end().map(|()| None), error);
}
