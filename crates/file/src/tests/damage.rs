//! What was changed, cut, moved or made for another reader is refused, and nothing past it comes out.

use std::collections::BTreeSet;
use std::io::Cursor;

use strongroom_cipher::KeyRingError;
use strongroom_cipher::chunked::{CHUNK_LEN, SEALED_CHUNK_LEN};

use super::{open, pattern, random, read, ring, ring_of, seal};
use crate::layout::PREFIX_LEN;
use crate::{Header, OpenError, SealedFile};

const LEN: usize = 2 * CHUNK_LEN + 100;

fn header_len(sealed: &[u8]) -> usize {
    Header::read(&mut &sealed[..]).unwrap().octets().len()
}

/// Refused by every way, and what came out is the plaintext's beginning, whole chunks of it.
#[track_caller]
fn refused(sealed: &[u8], plaintext: &[u8]) -> OpenError {
    let (by_one, first) = open(&ring(), sealed, 1);
    let (by_two, second) = open(&ring(), sealed, 2);
    let (by_reader, third) = read(&ring(), sealed);
    let first = first.unwrap_err();
    for other in [second.unwrap_err(), third.unwrap_err()] {
        assert_eq!(first.to_string(), other.to_string());
    }
    assert!(by_one == by_two && by_one == by_reader);
    assert!(by_one.len().is_multiple_of(CHUNK_LEN) && plaintext.starts_with(&by_one));
    first
}

#[test]
fn every_flipped_bit_is_refused() {
    let plaintext = pattern(LEN);
    let sealed = seal(&plaintext, 1);
    let chunks = header_len(&sealed) + PREFIX_LEN;
    // Every bit in front; of the chunks some octets, the borders and tags among them.
    let places: BTreeSet<usize> =
        (0..chunks + 40)
            .chain((chunks..sealed.len()).step_by(509))
            .chain((1..=2).flat_map(|k| {
                chunks + k * SEALED_CHUNK_LEN - 18..chunks + k * SEALED_CHUNK_LEN + 2
            }))
            .chain(sealed.len() - 20..sealed.len())
            .collect();
    for at in places {
        // Of the octets behind the front one bit each, another one every time.
        let bits = if at < chunks {
            0..8
        } else {
            at % 8..at % 8 + 1
        };
        for bit in bits {
            let mut other = sealed.clone();
            other[at] ^= 1 << bit;
            let error = refused(&other, &plaintext);
            if let Some(offset) = at.checked_sub(chunks) {
                let chunk = (offset / SEALED_CHUNK_LEN) as u64;
                let found =
                    matches!(error, OpenError::Damaged { chunk: found, .. } if found == chunk);
                assert!(found, "{at}: {error}");
            }
            random(&ring(), &other).unwrap_err();
        }
    }
}

#[test]
fn every_cut_is_refused() {
    let plaintext = pattern(LEN);
    let sealed = seal(&plaintext, 1);
    let chunks = header_len(&sealed) + PREFIX_LEN;
    for len in (0..chunks + 40)
        .chain((chunks..sealed.len()).step_by(97))
        .chain([
            chunks + SEALED_CHUNK_LEN,
            chunks + 2 * SEALED_CHUNK_LEN,
            sealed.len() - 1,
        ])
    {
        let error = refused(&sealed[..len], &plaintext);
        random(&ring(), &sealed[..len]).unwrap_err();
        // At a chunk's border nothing is damaged: only the end is missing.
        if len >= chunks && (len - chunks).is_multiple_of(SEALED_CHUNK_LEN) {
            let at = ((len - chunks) / SEALED_CHUNK_LEN * CHUNK_LEN) as u64;
            assert!(
                matches!(error, OpenError::Truncated { at: found } if found == at),
                "{error}"
            );
        }
    }
}

#[test]
fn chunks_that_are_swapped_doubled_left_out_or_of_another_file_are_refused() {
    let plaintext = pattern(LEN);
    let (sealed, other) = (seal(&plaintext, 1), seal(&plaintext, 1));
    let chunks = header_len(&sealed) + PREFIX_LEN;
    let chunk = |file: &[u8], at: usize| {
        let from = chunks + at * SEALED_CHUNK_LEN;
        file[from..(from + SEALED_CHUNK_LEN).min(file.len())].to_vec()
    };
    let file = |parts: &[Vec<u8>]| [&sealed[..chunks], &parts.concat()].concat();
    let [first, second, last] = [0, 1, 2].map(|at| chunk(&sealed, at));
    assert_eq!(file(&[first.clone(), second.clone(), last.clone()]), sealed);
    for parts in [
        vec![second.clone(), first.clone(), last.clone()],
        vec![first.clone(), first.clone(), second.clone(), last.clone()],
        vec![first.clone(), last.clone()],
        vec![second.clone(), last.clone()],
        vec![first.clone(), chunk(&other, 1), last.clone()],
        vec![first.clone(), second.clone(), chunk(&other, 2)],
        vec![first.clone(), second.clone(), last.clone(), last.clone()],
        vec![first, second, last, vec![0; 40]],
    ] {
        refused(&file(&parts), &plaintext);
        random(&ring(), &file(&parts)).unwrap_err();
    }
}

#[test]
fn who_is_not_meant_is_told_why() {
    let sealed = seal(&pattern(100), 1);
    let with = |ring| open(&ring, &sealed, 1).1.unwrap_err();
    let error = with(ring_of(9, "backups", 2, 3));
    assert!(matches!(error, OpenError::OtherStore { .. }), "{error}");
    let error = with(ring_of(1, "archives", 2, 3));
    assert!(matches!(error, OpenError::OtherKeyId { .. }), "{error}");
    let error = with(ring_of(1, "backups", 2, 4));
    let unknown = matches!(
        error,
        OpenError::Key(KeyRingError::UnknownGeneration { .. })
    );
    assert!(unknown, "{error}");
    let error = with(ring_of(1, "backups", 7, 3));
    assert!(matches!(error, OpenError::WrongCommitment), "{error}");

    let changed = |at: usize, octet: u8| {
        let mut other = sealed.clone();
        other[at] = octet;
        open(&ring(), &other, 1).1.unwrap_err()
    };
    assert!(matches!(changed(0, 0), OpenError::NotSealed));
    assert!(matches!(changed(8, 2), OpenError::OtherFormat { found: 2 }));
    assert!(matches!(changed(9, 2), OpenError::OtherCipher { found: 2 }));
    assert!(matches!(changed(30, 0), OpenError::BadKeyId));
    assert!(matches!(changed(31, 0xff), OpenError::BadKeyId));
    let empty = open(&ring(), b"", 1).1.unwrap_err();
    assert!(matches!(empty, OpenError::NotSealed), "{empty}");
}

#[test]
fn a_part_is_read_though_another_is_damaged_and_the_damaged_one_is_zeroed() {
    let plaintext = pattern(LEN);
    let mut sealed = seal(&plaintext, 1);
    let chunks = header_len(&sealed) + PREFIX_LEN;
    sealed[chunks + SEALED_CHUNK_LEN + 5] ^= 1;
    let mut file = SealedFile::open(&ring(), Cursor::new(&sealed)).unwrap();
    let mut room = [0; 50];
    file.read_at(10, &mut room).unwrap();
    assert_eq!(room, plaintext[10..60]);
    let mut across = [0xaa; 100];
    let error = file
        .read_at(CHUNK_LEN as u64 - 50, &mut across)
        .unwrap_err();
    assert!(
        matches!(error, OpenError::Damaged { chunk: 1, .. }),
        "{error}"
    );
    assert_eq!(across, [0; 100]);
    file.read_at(2 * CHUNK_LEN as u64, &mut room).unwrap();
    assert_eq!(room, plaintext[2 * CHUNK_LEN..][..50]);
}
