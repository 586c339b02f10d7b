//! Sealed files: in memory against raw ring on the same chunks, and an archive of 1 GiB on disk against
//! `rage` and `openssl enc`.
#![forbid(unsafe_code)]
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot run must say so and stop"
)]

mod archive;

use std::hint::black_box;
use std::io;
use std::num::NonZeroUsize;
use std::rc::Rc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use strongroom_benches::{Goal, Row, Session, Work};
use strongroom_cipher::chunked::CHUNK_LEN;
use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing, StoreId, TAG_LEN};
use strongroom_file::{Header, Threads, open_stream, seal_stream};

/// What is sealed in memory: more than the caches next to a processor hold.
const LEN: usize = 8 << 20;

fn ring() -> KeyRing {
    let generation = DekGeneration::FIRST;
    let deks = vec![(generation, Dek::generate().expect("random octets"))];
    let store = StoreId::generate().expect("random octets");
    let key_id = KeyId::new("backups").expect("a key id");
    KeyRing::new(store, key_id, deks, generation).expect("one DEK")
}

const fn row(work: &'static str, bytes: usize, against: &'static str, goal: Goal) -> Row {
    Row::on_octets(["file", work, against], bytes, goal)
}

fn threads(count: usize) -> Threads {
    NonZeroUsize::new(count).map_or(Threads::ONE, Threads::new)
}

/// Chunk after chunk, from buffer to buffer, with a tag behind each.
struct Raw {
    key: LessSafeKey,
    counter: u64,
}

impl Raw {
    fn new() -> Self {
        let key = UnboundKey::new(&AES_256_GCM, &[7; 32]).expect("32 octets");
        let key = LessSafeKey::new(key);
        Self { key, counter: 0 }
    }

    fn seal(&mut self, from: &[u8], to: &mut [u8]) {
        let places = to.chunks_mut(CHUNK_LEN.saturating_add(TAG_LEN));
        for (chunk, place) in from.chunks(CHUNK_LEN).zip(places) {
            self.counter = self.counter.saturating_add(1);
            let mut nonce = [0; 12];
            let (_, low) = nonce.split_last_chunk_mut().expect("12 octets");
            *low = self.counter.to_be_bytes();
            let (body, tag) = place.split_at_mut(chunk.len());
            body.copy_from_slice(chunk);
            let nonce = Nonce::assume_unique_for_key(nonce);
            let made = (self
                .key
                .seal_in_place_separate_tag(nonce, Aad::empty(), body))
            .expect("sealed");
            tag.copy_from_slice(made.as_ref());
        }
    }
}

fn room() -> Vec<u8> {
    vec![0; LEN.saturating_add(LEN / 512).saturating_add(512)]
}

fn sealing(plaintext: Rc<[u8]>, count: usize) -> Work<'static> {
    let (ring, mut room) = (ring(), room());
    Work::new(move || {
        let mut to = &mut room[..];
        let from = &mut black_box(&plaintext[..]);
        let done = seal_stream(&ring, from, &mut to, threads(count), &mut |_| ());
        black_box(done.expect("sealed"));
    })
}

fn opening(plaintext: &[u8], count: usize) -> Work<'static> {
    let ring = ring();
    let mut sealed = Vec::new();
    let sealing = seal_stream(
        &ring,
        &mut &*plaintext,
        &mut sealed,
        threads(2),
        &mut |_| (),
    );
    sealing.expect("sealed");
    let mut room = vec![0; LEN];
    Work::new(move || {
        let mut from = black_box(&sealed[..]);
        let header = Header::read(&mut from).expect("a header");
        let mut to = &mut room[..];
        let done = open_stream(
            &ring,
            &header,
            &mut from,
            &mut to,
            threads(count),
            &mut |_| (),
        );
        black_box(done.expect("opened"));
    })
}

fn raw(plaintext: Rc<[u8]>) -> Work<'static> {
    let (mut raw, mut room) = (Raw::new(), room());
    Work::new(move || {
        raw.seal(black_box(&plaintext), &mut room);
        black_box(&room);
    })
}

fn main() -> io::Result<()> {
    let mut session = Session::new();
    let plaintext: Rc<[u8]> = vec![7; LEN].into();
    let works = vec![
        sealing(Rc::clone(&plaintext), 1),
        sealing(Rc::clone(&plaintext), 2),
        opening(&plaintext, 1),
        opening(&plaintext, 2),
        raw(plaintext),
    ];
    let goal = Goal::SpeedAtLeast(0.85);
    session.rows(
        works,
        &[
            (row("seal", LEN, "ring", goal), (0, 4)),
            (
                row("seal, 2 threads", LEN, "ring, 1 thread", Goal::Speed),
                (1, 4),
            ),
            (row("open", LEN, "ring's seal", Goal::Speed), (2, 4)),
            (
                row("open, 2 threads", LEN, "ring's seal, 1 thread", Goal::Speed),
                (3, 4),
            ),
        ],
    );
    archive::rows(&mut session)?;
    session.run()
}
