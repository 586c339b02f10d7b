//! Sealed units against raw ring: the same AES-256-GCM, with a key schedule made once and no associated data.
#![forbid(unsafe_code)]
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot run must say so and stop"
)]

use std::hint::black_box;
use std::io;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use strongroom_benches::{Goal, Row, Session, Work};
use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing, Place, StoreId, WriteVersion};

/// Octets of a unit, and the share of ring's speed that is wanted.
const LENGTHS: [(usize, f64); 4] = [(512, 0.70), (4096, 0.90), (16_384, 0.97), (32_768, 0.98)];

fn key_ring() -> KeyRing {
    let generation = DekGeneration::new(1);
    let dek = Dek::generate().expect("random octets");
    let key_id = KeyId::new("bench").expect("a short name");
    KeyRing::new(
        StoreId::new([7; 16]),
        key_id,
        vec![(generation, dek)],
        generation,
    )
    .expect("one generation, active")
}

/// Raw ring with a counter for a nonce.
struct Raw {
    key: LessSafeKey,
    counter: u64,
}

impl Raw {
    fn new() -> Self {
        let key = UnboundKey::new(&AES_256_GCM, &[7; 32]).expect("32 octets");
        Self {
            key: LessSafeKey::new(key),
            counter: 0,
        }
    }

    fn nonce(&self) -> Nonce {
        let [a, b, c, d, e, f, g, h] = self.counter.to_be_bytes();
        Nonce::assume_unique_for_key([0, 0, 0, 0, a, b, c, d, e, f, g, h])
    }

    fn seal(&mut self, unit: &mut [u8]) -> [u8; 16] {
        self.counter = self.counter.checked_add(1).expect("far from the end");
        let tag = self
            .key
            .seal_in_place_separate_tag(self.nonce(), Aad::empty(), unit)
            .expect("a short unit");
        tag.as_ref().try_into().expect("16 octets")
    }

    fn open(&self, unit_and_tag: &mut [u8]) {
        self.key
            .open_in_place(self.nonce(), Aad::empty(), unit_and_tag)
            .expect("sealed by us");
    }
}

fn seal(session: &mut Session<'_>, row: Row) {
    let ring = key_ring();
    let place = Place::new(b"collection-0", 7).expect("a short name");
    let (mut ours, mut theirs) = (vec![7; row.bytes], vec![7; row.bytes]);
    let mut raw = Raw::new();
    session.row(
        row,
        Work::new(move || {
            let meta = ring.seal(&place, WriteVersion::Unversioned, black_box(&mut ours));
            black_box(meta.expect("sealed"));
        }),
        Work::new(move || {
            black_box(raw.seal(black_box(&mut theirs)));
        }),
    );
}

/// Both sides copy the ciphertext first, because opening overwrites it.
fn open(session: &mut Session<'_>, row: Row) {
    let ring = key_ring();
    let place = Place::new(b"collection-0", 7).expect("a short name");
    let mut sealed = vec![7; row.bytes];
    let meta = ring
        .seal(&place, WriteVersion::Unversioned, &mut sealed)
        .expect("sealed");
    let mut raw = Raw::new();
    let mut raw_sealed = vec![7; row.bytes];
    let tag = raw.seal(&mut raw_sealed);
    raw_sealed.extend_from_slice(&tag);
    let (mut ours, mut theirs) = (sealed.clone(), raw_sealed.clone());
    session.row(
        row,
        Work::new(move || {
            ours.copy_from_slice(&sealed);
            let opened = ring.open(&place, WriteVersion::Unversioned, &mut ours, &meta);
            black_box(opened.expect("opened"));
        }),
        Work::new(move || {
            theirs.copy_from_slice(&raw_sealed);
            raw.open(black_box(&mut theirs));
        }),
    );
}

fn main() -> io::Result<()> {
    let mut session = Session::new();
    for (bytes, share) in LENGTHS {
        let row = |work| Row {
            group: "cipher",
            work,
            message: "",
            bytes,
            against: "ring",
            goal: Goal::SpeedAtLeast(share),
            allocations: None,
        };
        seal(&mut session, row("seal"));
        open(&mut session, row("open"));
    }
    session.run()
}
