//! `FrameCodec`: the buffers that it is handed, and what it refuses to send.

use std::pin::Pin;

use bytes::BytesMut;
use futures_core::Stream as _;
use futures_sink::Sink;
use strongroom_ttlv::{FrameCodec, FrameError, Limits, StreamError, Tag, encode};
use tokio_util::codec::{Decoder as _, Encoder as _, FramedRead, FramedWrite};

use crate::build::golden;
use crate::source::{Source, ready};

fn codec() -> FrameCodec {
    FrameCodec::new(Limits::DEFAULT)
}

#[test]
fn several_messages_in_one_buffer_come_out_one_by_one() {
    let messages = golden();
    let mut src = BytesMut::from(&*messages.concat());
    let mut codec = codec();
    for message in &messages {
        let found = codec.decode(&mut src).unwrap().unwrap();
        assert_eq!((&*found, found.capacity()), (message, message.len()));
    }
    assert!(codec.decode(&mut src).unwrap().is_none());
    assert!(codec.decode_eof(&mut src).unwrap().is_none());
}

#[test]
fn after_an_error_messages_are_refused_and_wiped_unread() {
    let message = golden().swap_remove(0);
    let mut codec = codec();
    let mut src = BytesMut::from(&b"GET / HTTP/1.1\r\n\r\n"[..]);
    for _ in 0..3 {
        let error = codec.decode(&mut src).unwrap_err();
        let expected = FrameError::NotStructure { code: b' ' };
        assert!(matches!(error, StreamError::Frame(error) if error == expected));
        assert!(src.is_empty());
        src.extend_from_slice(&message);
    }
    assert!(codec.decode_eof(&mut src).is_err());
}

#[test]
fn the_buffer_of_framed_read_stays_small_whatever_the_message() {
    let message = encode(|w| {
        w.structure(Tag::new(0x42_007B), |w| {
            w.bytes(Tag::new(0x42_0043), &[0xA5; 500_000]);
        });
    })
    .unwrap();
    let mut framed = FramedRead::new(Source::pieces(&message, &[100_000]), codec());
    let before = framed.read_buffer().capacity();
    let read = ready(|cx| Pin::new(&mut framed).poll_next(cx));
    assert_eq!(read.unwrap().unwrap(), message);
    assert!(framed.read_buffer().is_empty() && framed.read_buffer().capacity() <= before);
}

/// Reads the process's own memory: safe code sees no octets that a buffer has given up.
#[cfg(target_os = "linux")]
#[test]
fn octets_that_were_taken_are_overwritten_in_the_buffer() {
    use std::fs::File;
    use std::os::unix::fs::FileExt as _;

    let memory = File::open("/proc/self/mem").unwrap();
    let peek = |address: u64, len: usize| {
        let mut octets = vec![0; len];
        memory.read_exact_at(&mut octets, address).unwrap();
        octets
    };
    let message = golden().swap_remove(0);
    let stream = [&message, &message[..100]].concat();
    let mut src = BytesMut::from(&*stream);
    let address = u64::try_from(src.as_ptr().addr()).unwrap();
    assert_eq!(peek(address, stream.len()), stream, "the control case");

    let mut codec = codec();
    assert_eq!(codec.decode(&mut src).unwrap().as_deref(), Some(&message));
    assert_eq!(
        peek(address, stream.len()),
        [&vec![0; message.len()], &message[..100]].concat()
    );
    assert!(codec.decode(&mut src).unwrap().is_none());
    assert_eq!(peek(address, stream.len()), vec![0; stream.len()]);
    assert_eq!(src.len(), 0);
}

#[test]
fn what_one_side_sends_the_other_reads() {
    let messages = golden();
    let mut sender = FramedWrite::new(Vec::new(), codec());
    for message in &messages {
        let mut sink = Pin::new(&mut sender);
        ready(|cx| Sink::<&[u8]>::poll_ready(sink.as_mut(), cx)).unwrap();
        sink.as_mut().start_send(message.as_slice()).unwrap();
        ready(|cx| Sink::<&[u8]>::poll_flush(sink.as_mut(), cx)).unwrap();
    }
    let stream = sender.into_inner();
    let mut receiver = FramedRead::new(Source::pieces(&stream, &[50]), codec());
    for message in &messages {
        let read = ready(|cx| Pin::new(&mut receiver).poll_next(cx));
        assert_eq!(*read.unwrap().unwrap(), *message);
    }
}

#[test]
fn what_is_not_one_whole_message_is_not_sent() {
    let message = golden().swap_remove(0);
    let twice = message.repeat(2);
    let boolean = b"\x42\x00\x7B\x06\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x01";
    let huge = b"\x42\x00\x7B\x01\xFF\xFF\xFF\xF8";
    let part = |len, expected| format!("{:?}", StreamError::NotOneMessage { len, expected });
    let frame = |error| format!("{:?}", StreamError::Frame(error));
    let cases: &[(&[u8], String)] = &[
        (b"", part(0, 8)),
        (&message[..5], part(5, 8)),
        (&message[..304], part(304, 312)),
        (&twice, part(624, 312)),
        (boolean, frame(FrameError::NotStructure { code: 6 })),
        (
            huge,
            frame(FrameError::TooLong {
                len: 1 << 32,
                limit: 1 << 20,
            }),
        ),
    ];
    let mut dst = BytesMut::from("before");
    for (octets, expected) in cases {
        let error = codec().encode(octets, &mut dst).unwrap_err();
        assert_eq!(&format!("{error:?}"), expected);
        assert_eq!(dst, "before");
    }
    codec().encode(&message, &mut dst).unwrap();
    assert_eq!(dst, [b"before", message.as_slice()].concat());
}
