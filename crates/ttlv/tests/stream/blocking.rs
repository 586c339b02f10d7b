//! `MessageReader`: what it asks of its source, and what it keeps when the source fails.

use std::error::Error as _;
use std::io::{self, ErrorKind, Read};

use strongroom_ttlv::{FrameError, Limits, MessageReader, StreamError};

use crate::build::golden;
use crate::source::{Source, Step};

fn io_kind(error: &StreamError) -> Option<ErrorKind> {
    let source = error.source()?.downcast_ref::<io::Error>()?;
    Some(source.kind())
}

#[test]
fn nothing_beyond_a_message_is_read() {
    let messages = golden();
    let stream = messages.concat();
    let mut reader = MessageReader::new(&*stream, Limits::DEFAULT);
    let mut left = stream.len();
    for message in &messages {
        assert_eq!(reader.read().unwrap().as_deref(), Some(message));
        left -= message.len();
        assert_eq!(reader.get_mut().len(), left);
        assert!(reader.is_between());
    }
    assert_eq!(reader.read().unwrap(), None);
    assert_eq!(reader.read().unwrap(), None);

    let mut reader = MessageReader::new(&*stream, Limits::DEFAULT);
    reader.read().unwrap();
    assert_eq!(reader.into_inner(), &stream[messages[0].len()..]);
}

#[test]
fn a_small_message_costs_two_reads() {
    let stream = golden().concat();
    let mut reader = MessageReader::new(Source::pieces(&stream, &[9000]), Limits::DEFAULT);
    reader.read().unwrap();
    reader.read().unwrap();
    assert_eq!(reader.get_mut().reads(), 4);
}

#[test]
fn an_interrupted_read_is_repeated() {
    let messages = golden();
    let interrupted = Step::Fails(ErrorKind::Interrupted);
    let steps = [interrupted, interrupted, Step::Octets(5)];
    let source = Source::new(&messages.concat(), &steps);
    let mut reader = MessageReader::new(source, Limits::DEFAULT);
    for message in &messages {
        assert_eq!(reader.read().unwrap().as_deref(), Some(message));
    }
}

#[test]
fn a_source_that_has_nothing_in_time_loses_no_octet() {
    let messages = golden();
    for kind in [
        ErrorKind::WouldBlock,
        ErrorKind::TimedOut,
        ErrorKind::ConnectionReset,
    ] {
        let steps = [Step::Octets(3), Step::Fails(kind)];
        let source = Source::new(&messages.concat(), &steps);
        let mut reader = MessageReader::new(source, Limits::DEFAULT);
        let mut read = Vec::new();
        let mut failures = 0;
        while read.len() < messages.len() {
            match reader.read() {
                Ok(message) => read.push(message.unwrap().to_vec()),
                Err(error) => {
                    assert_eq!(io_kind(&error), Some(kind), "{error:?}");
                    failures += 1;
                }
            }
        }
        assert_eq!(read, messages);
        assert!(failures > 100);
    }
}

#[test]
fn a_silent_source_and_a_slow_one_are_told_apart() {
    let message = golden().swap_remove(0);
    let blocked = Step::Fails(ErrorKind::WouldBlock);
    let source = Source::new(&message, &[blocked, Step::Octets(1), blocked]);
    let mut reader = MessageReader::new(source, Limits::DEFAULT);
    assert!(reader.read().is_err() && reader.is_between());
    assert!(reader.read().is_err() && !reader.is_between());
}

#[test]
fn after_a_fault_nothing_is_read() {
    let stream = [&b"GET / HTTP/1.1\r\n\r\n"[..], &golden().concat()].concat();
    let mut reader = MessageReader::new(Source::pieces(&stream, &[9000]), Limits::DEFAULT);
    for _ in 0..3 {
        let error = reader.read().unwrap_err();
        let StreamError::Frame(error) = error else {
            panic!("{error:?}");
        };
        assert_eq!(error, FrameError::NotStructure { code: b' ' });
        assert_eq!(
            (reader.get_mut().reads(), reader.get_mut().left()),
            (1, stream.len() - 8)
        );
    }
}

#[test]
fn after_an_end_inside_a_message_nothing_is_read() {
    let message = golden().swap_remove(0);
    let mut reader = MessageReader::new(Source::pieces(&message[..20], &[20]), Limits::DEFAULT);
    for _ in 0..3 {
        let error = reader.read().unwrap_err();
        let truncated = FrameError::Truncated { missing: 292 };
        assert!(matches!(error, StreamError::Frame(error) if error == truncated));
        assert_eq!(reader.get_mut().reads(), 3);
    }
}

#[test]
fn a_source_that_claims_more_than_it_was_asked_for_is_refused() {
    struct Boaster;
    impl Read for Boaster {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            Ok(out.len() + 1)
        }
    }
    let error = MessageReader::new(Boaster, Limits::DEFAULT)
        .read()
        .unwrap_err();
    assert_eq!(io_kind(&error), Some(ErrorKind::InvalidData));
}
