//! Every form of opening, on answers from outside, on damage and on failing streams.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow must fail its test"
)]

mod damage;
mod forms;
mod vectors;
mod wycheproof;

use std::io::{Cursor, Read as _};
use std::num::NonZeroUsize;

use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing, StoreId};
use strongroom_secret::SecretBytes;

use crate::{Header, OpenError, OpenReader, SealedFile, Threads, open_stream, seal_stream};

fn ring_of(store: u8, key_id: &str, dek: u8, generation: u32) -> KeyRing {
    let generation = DekGeneration::new(generation);
    let dek = Dek::from_secret(SecretBytes::copy_from(&[dek; 32])).unwrap();
    let key_id = KeyId::new(key_id).unwrap();
    KeyRing::new(
        StoreId::new([store; 16]),
        key_id,
        vec![(generation, dek)],
        generation,
    )
    .unwrap()
}

fn ring() -> KeyRing {
    ring_of(1, "backups", 2, 3)
}

fn threads(count: usize) -> Threads {
    Threads::new(NonZeroUsize::new(count).unwrap())
}

/// Octet n is (n mod 251) XOR (n / 16384), as in `make_file_vectors.py`.
fn pattern(len: usize) -> Vec<u8> {
    let octet = |at: usize| u8::try_from((at % 251) ^ (at >> 14) & 0xff).unwrap();
    (0..len).map(octet).collect()
}

fn seal(plaintext: &[u8], count: usize) -> Vec<u8> {
    let mut sealed = Vec::new();
    let (mut from, mut seen) = (plaintext, 0);
    let mut progress = |done| {
        assert!(done >= seen);
        seen = done;
    };
    let len = seal_stream(
        &ring(),
        &mut from,
        &mut sealed,
        threads(count),
        &mut progress,
    )
    .unwrap();
    assert_eq!((len, seen), (plaintext.len() as u64, len));
    sealed
}

/// What [`open_stream`] wrote, and how it ended.
fn open(ring: &KeyRing, sealed: &[u8], count: usize) -> (Vec<u8>, Result<u64, OpenError>) {
    let (mut from, mut to) = (sealed, Vec::new());
    let opened = Header::read(&mut from).and_then(|header| {
        open_stream(
            ring,
            &header,
            &mut from,
            &mut to,
            threads(count),
            &mut |_| (),
        )
    });
    (to, opened)
}

/// What [`OpenReader`] gave, and how it ended.
fn read(ring: &KeyRing, mut sealed: &[u8]) -> (Vec<u8>, Result<(), OpenError>) {
    let reader =
        Header::read(&mut sealed).and_then(|header| OpenReader::new(ring, &header, sealed));
    let mut reader = match reader {
        Ok(reader) => reader,
        Err(error) => return (Vec::new(), Err(error)),
    };
    let mut to = Vec::new();
    match reader.read_to_end(&mut to) {
        Ok(_) => (to, Ok(())),
        Err(error) => {
            let again = reader.read(&mut [0]);
            assert!(again.is_err(), "it fails for ever");
            let cause = error.into_inner().unwrap().downcast().unwrap();
            (to, Err(*cause))
        }
    }
}

fn random(ring: &KeyRing, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
    let mut file = SealedFile::open(ring, Cursor::new(sealed))?;
    let mut all = vec![0; usize::try_from(file.len()).unwrap()];
    assert_eq!(file.read_at(0, &mut all)?, all.len());
    Ok(all)
}
