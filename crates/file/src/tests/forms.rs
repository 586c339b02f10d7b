//! All ways to seal and to open agree; nothing depends on how a stream is cut into pieces.

use std::collections::HashSet;
use std::io::{self, Cursor, Read, Write};

use proptest::prelude::*;
use strongroom_cipher::chunked::CHUNK_LEN;

use super::{open, pattern, random, read, ring, seal, threads};
use crate::{Header, SealError, SealWriter, SealedFile, open_stream, seal_stream, sealed_len};

/// A block has 32 chunks.
const BLOCK_LEN: usize = 32 * CHUNK_LEN;

#[test]
fn every_length_around_chunks_and_blocks_comes_back_by_every_way() {
    let around = |len: usize| [len - 1, len, len + 1];
    let lens = [0, 1]
        .into_iter()
        .chain(around(CHUNK_LEN))
        .chain(around(2 * CHUNK_LEN));
    for len in lens.chain(around(BLOCK_LEN)).chain(around(2 * BLOCK_LEN)) {
        let plaintext = pattern(len);
        for count in [1, 3] {
            let sealed = seal(&plaintext, count);
            let header = Header::read(&mut &sealed[..]).unwrap().octets().len() as u64;
            let expected = sealed_len(len as u64).unwrap() + header;
            assert_eq!(sealed.len() as u64, expected, "{len}");
            let (to, opened) = open(&ring(), &sealed, 4 - count);
            assert_eq!(
                (opened.unwrap(), to),
                (len as u64, plaintext.clone()),
                "{len}"
            );
            let (to, opened) = read(&ring(), &sealed);
            opened.unwrap();
            assert_eq!(to, plaintext, "{len}");
            assert_eq!(random(&ring(), &sealed).unwrap(), plaintext, "{len}");
        }
    }
}

#[test]
fn two_files_of_one_plaintext_share_nothing_but_the_header() {
    let (one, two) = (seal(&pattern(40_000), 1), seal(&pattern(40_000), 1));
    let header = Header::read(&mut &one[..]).unwrap().octets().len();
    assert_eq!(one[..header], two[..header]);
    let (one, two) = (&one[header..], &two[header..]);
    let windows: HashSet<_> = two.windows(8).collect();
    assert_eq!(
        one.windows(8)
            .filter(|window| windows.contains(window))
            .count(),
        0
    );
}

/// Gives a few octets at a time, and is interrupted now and then.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.1 += 1;
        if self.1.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let len = room.len().min(self.1 % 5000);
        self.0.read(&mut room[..len])
    }
}

#[test]
fn a_stream_that_trickles_seals_and_opens_as_one_that_does_not() {
    let plaintext = pattern(BLOCK_LEN + 12_345);
    for count in [1, 2] {
        let mut sealed = Vec::new();
        let mut from = Trickle(&plaintext, 1);
        seal_stream(&ring(), &mut from, &mut sealed, threads(count), &mut |_| ()).unwrap();
        let mut from = Trickle(&sealed, 1);
        let header = Header::read(&mut from).unwrap();
        let mut to = Vec::new();
        open_stream(
            &ring(),
            &header,
            &mut from,
            &mut to,
            threads(count),
            &mut |_| (),
        )
        .unwrap();
        assert!(to == plaintext);
    }
}

/// Fails after so many octets.
#[derive(Debug)]
struct Failing(usize);

impl Failing {
    fn take(&mut self, len: usize) -> io::Result<usize> {
        match self.0 {
            0 => Err(io::ErrorKind::StorageFull.into()),
            left => {
                self.0 -= left.min(len);
                Ok(left.min(len))
            }
        }
    }
}

impl Read for Failing {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.take(room.len())
    }
}

impl Write for Failing {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.take(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_failing_reader_or_writer_ends_the_work_with_its_own_error() {
    let is_full = |error: &io::Error| error.kind() == io::ErrorKind::StorageFull;
    let plaintext = pattern(6 * BLOCK_LEN);
    for count in [1, 2] {
        for left in [0, 1, 100, CHUNK_LEN, BLOCK_LEN, 3 * BLOCK_LEN] {
            let sealed = &mut Vec::new();
            let failed = seal_stream(
                &ring(),
                &mut Failing(left),
                sealed,
                threads(count),
                &mut |_| (),
            );
            let Err(SealError::Io {
                doing: "read",
                source,
            }) = failed
            else {
                panic!("{failed:?}");
            };
            assert!(is_full(&source));
            let from = &mut &plaintext[..];
            let failed = seal_stream(
                &ring(),
                from,
                &mut Failing(left),
                threads(count),
                &mut |_| (),
            );
            let Err(SealError::Io {
                doing: "write",
                source,
            }) = failed
            else {
                panic!("{failed:?}");
            };
            assert!(is_full(&source));
        }
    }
}

#[test]
fn a_writer_that_failed_once_never_finishes() {
    let mut writer = SealWriter::new(&ring(), Failing(200)).unwrap();
    writer.write_all(&pattern(CHUNK_LEN)).unwrap_err();
    writer.write_all(&pattern(CHUNK_LEN)).unwrap_err();
    writer.finish().unwrap_err();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pieces_written_by_turns_open_as_one(
        lens in proptest::collection::vec(0..3 * CHUNK_LEN, 0..6),
        parts in proptest::collection::vec((0..6 * CHUNK_LEN, 0..2 * CHUNK_LEN), 1..8),
    ) {
        let plaintext = pattern(lens.iter().sum());
        let mut writer = SealWriter::new(&ring(), Vec::new()).unwrap();
        let mut rest = &plaintext[..];
        for len in lens {
            let (now, later) = rest.split_at(len);
            writer.write_all(now).unwrap();
            rest = later;
        }
        let sealed = writer.finish().unwrap();
        let (to, opened) = open(&ring(), &sealed, 2);
        prop_assert_eq!(opened.unwrap(), plaintext.len() as u64);
        prop_assert!(to == plaintext);
        // Any part, in any order.
        let mut file = SealedFile::open(&ring(), Cursor::new(&sealed)).unwrap();
        for (offset, len) in parts {
            let mut room = vec![0xaa; len];
            let read = file.read_at(offset as u64, &mut room).unwrap();
            let expected = plaintext.get(offset..).unwrap_or_default();
            let expected = &expected[..expected.len().min(len)];
            prop_assert_eq!(&room[..read], expected);
        }
    }
}
