//! I7: after use, no half of a DEK or of a derived key is left in this process's memory.
//!
//! One test, so that no other thread's stack holds keys at the same time. The control rows must be
//! found by the same scan, else a count of zero would prove nothing.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test: it fails")]

use std::hint::black_box;

use strongroom_cipher::{
    Dek, DekGeneration, KeyId, KeyRing, Place, StoreId, UnitMeta, WriteVersion,
    envelope::{Hkdf, HmacSha256, open_once, random, random_secret, seal_once},
};
use strongroom_secret::{
    SecretBytes,
    scan::{Needle, count_halves},
};

const GENERATION: DekGeneration = DekGeneration::FIRST;
const SUBKEY_LABEL: &[u8] = b"strongroom unit subkey v1";

fn hits(needle: &Needle) -> usize {
    count_halves(needle).unwrap()
}

/// Seals and opens under a fresh DEK, drops the ring; gives needles for the DEK and the subkey.
#[inline(never)]
fn live_and_die() -> [Needle; 2] {
    let dek = Dek::generate().unwrap();
    let of_dek = Needle::of(dek.secret().expose()).unwrap();
    let kept = dek.duplicate();
    let store = StoreId::new([1; 16]);
    let ring = KeyRing::new(
        store,
        KeyId::new("k").unwrap(),
        vec![(GENERATION, dek)],
        GENERATION,
    );
    let ring = ring.unwrap();
    let place = Place::new(b"o", 1).unwrap();
    let mut unit = vec![0; 4096];
    let meta = ring
        .seal(&place, WriteVersion::Unversioned, &mut unit)
        .unwrap();
    ring.open(&place, WriteVersion::Unversioned, &mut unit, &meta)
        .unwrap();
    // The same unit through the cache of another ring, whose subkey is derived by opening.
    let deks = vec![(GENERATION, kept.duplicate())];
    let reader = KeyRing::new(store, KeyId::new("k").unwrap(), deks, GENERATION).unwrap();
    let meta = ring
        .seal(&place, WriteVersion::Unversioned, &mut unit)
        .unwrap();
    reader
        .open(&place, WriteVersion::Unversioned, &mut unit, &meta)
        .unwrap();
    kept.check_value(&store, &KeyId::new("k").unwrap(), GENERATION)
        .unwrap();
    [of_dek, needle_of_subkey(&kept, &meta)]
}

/// The subkey, derived a second time by hand (`docs/formats/unit.md`, section 3).
#[inline(never)]
fn needle_of_subkey(dek: &Dek, meta: &UnitMeta) -> Needle {
    let hkdf = Hkdf::from_prk(dek.secret().expose()).unwrap();
    let generation = meta.generation().value().to_be_bytes();
    let epoch = meta.epoch();
    let info: [&[u8]; 7] = [
        SUBKEY_LABEL,
        &[meta.suite()],
        &[1; 16],
        &[1],
        b"k",
        &generation,
        epoch.octets(),
    ];
    let subkey = hkdf.expand_secret(&info, 32).unwrap();
    Needle::of(subkey.expose()).unwrap()
}

/// The envelope: HKDF, HMAC, sealing once. Needles for the input key and the derived one.
#[inline(never)]
fn seal_an_envelope() -> [Needle; 2] {
    let master = random_secret(32).unwrap();
    let hkdf = Hkdf::extract(b"salt", master.expose()).unwrap();
    let key = hkdf.expand_secret(&[b"wrap"], 32).unwrap();
    let needles = [Needle::of(master.expose()), Needle::of(key.expose())];
    let mac = HmacSha256::new(&key).unwrap().sign(&[b"message"]).unwrap();
    assert!(HmacSha256::new(&key).unwrap().verify(&[b"message"], &mac));
    let sealed = seal_once(key.duplicate(), b"aad", b"plaintext").unwrap();
    open_once(&key, b"aad", &sealed).unwrap();
    needles.map(Option::unwrap)
}

/// Control: a key in plain memory that nobody wipes.
#[inline(never)]
fn leave_a_copy() -> (Needle, Vec<u8>) {
    let mut stray = vec![0; 32];
    random(&mut stray).unwrap();
    (Needle::of(&stray).unwrap(), stray)
}

#[test]
fn no_half_of_a_key_is_left_in_memory() {
    let (needle, stray) = leave_a_copy();
    assert!(hits(&needle) >= 2, "control: a stray copy is found");
    drop(black_box(stray));

    // Control: a key that is in use is found, so what is counted below is in reach of the scan.
    let alive = random_secret(32).unwrap();
    let needle = Needle::of(alive.expose()).unwrap();
    assert_eq!(hits(&needle), 2, "control: a live key is found once");
    drop(alive);
    assert_eq!(hits(&needle), 0, "a wiped box");

    // Control: the first half alone, as allocators leave it.
    let alive = SecretBytes::build(32, |octets| random(octets).unwrap());
    let needle = Needle::of(alive.expose()).unwrap();
    let half = alive.expose().last_chunk::<16>().unwrap().to_vec();
    drop(alive);
    assert_eq!(hits(&needle), 1, "control: half a key is found");
    drop(black_box(half));

    let [dek, subkey] = live_and_die();
    assert_eq!(hits(&dek), 0, "DEK");
    assert_eq!(hits(&subkey), 0, "subkey");
    let [master, wrap] = seal_an_envelope();
    assert_eq!(hits(&master), 0, "master key");
    assert_eq!(hits(&wrap), 0, "wrap key");
}
