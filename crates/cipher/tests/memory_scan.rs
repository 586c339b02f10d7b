//! I7: after use, no half of a DEK or of a derived key is left in this process's memory.
//!
//! One test, so that no other thread's stack holds keys at the same time. The control rows must be
//! found by the same scan, else a count of zero would prove nothing.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test: it fails"
)]

use std::{hint::black_box, sync::Arc};

use aes_gcm_siv::{
    KeyInit as _,
    aes::{Aes256, Block, cipher::BlockCipherEncrypt as _},
};

use strongroom_cipher::{
    Dek, DekGeneration, KeyId, KeyRing, Place, Provider, RingProvider, StoreId, Suite, UnitMeta,
    WriteVersion,
    envelope::{Hkdf, HmacSha256, open_once, random, random_secret, seal_once},
};
use strongroom_secret::{
    SecretBytes,
    scan::{Needle, count_halves},
    scrubbed,
};
use zeroize::{Zeroize as _, Zeroizing};

fn providers() -> Vec<Arc<dyn Provider>> {
    vec![
        Arc::new(RingProvider),
        #[cfg(feature = "aws-lc")]
        Arc::new(strongroom_cipher::AwsLcProvider),
    ]
}

const GENERATION: DekGeneration = DekGeneration::FIRST;
const SUBKEY_LABEL: &[u8] = b"strongroom unit subkey v1";

fn hits(needle: &Needle) -> usize {
    count_halves(needle).unwrap()
}

/// Seals and opens under a fresh DEK, drops the ring; gives needles for the DEK, the subkey, and the key
/// of one nonce that GCM-SIV derives from that.
#[inline(never)]
fn live_and_die(provider: Arc<dyn Provider>, suite: Suite) -> [Needle; 3] {
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
    let made = |ring: KeyRing| {
        let ring = ring.with_provider(Arc::clone(&provider)).unwrap();
        ring.with_suite(suite).unwrap()
    };
    let ring = made(ring.unwrap());
    let place = Place::new(b"o", 1).unwrap();
    let mut unit = vec![0; 4096];
    let meta = ring
        .seal(&place, WriteVersion::Unversioned, &mut unit)
        .unwrap();
    ring.open(&place, WriteVersion::Unversioned, &mut unit, &meta)
        .unwrap();
    // The same unit through the cache of another ring, whose subkey is derived by opening.
    let deks = vec![(GENERATION, kept.duplicate())];
    let reader = KeyRing::new(store, KeyId::new("k").unwrap(), deks, GENERATION);
    let reader = made(reader.unwrap());
    unit.fill(0);
    let meta = ring
        .seal(&place, WriteVersion::Unversioned, &mut unit)
        .unwrap();
    let first = *unit.first_chunk::<16>().unwrap();
    reader
        .open(&place, WriteVersion::Unversioned, &mut unit, &meta)
        .unwrap();
    kept.check_value(&store, &KeyId::new("k").unwrap(), GENERATION)
        .unwrap();
    let zeros_sealed = (suite == Suite::Aes256GcmSiv).then_some(first);
    let [subkey, of_nonce] = needles_of_subkey(&kept, &meta, zeros_sealed);
    // The last use: nothing after it overwrites the stack but what sealing does itself.
    ring.seal(&place, WriteVersion::Unversioned, &mut unit)
        .unwrap();
    [of_dek, subkey, of_nonce]
}

/// The subkey, derived a second time by hand (`docs/formats/unit.md`, section 3), and the key of the
/// nonce that comes next. `zeros_sealed`: what GCM-SIV made of zeros, to see that this one's is right.
#[inline(never)]
fn needles_of_subkey(dek: &Dek, meta: &UnitMeta, zeros_sealed: Option<[u8; 16]>) -> [Needle; 2] {
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
    let of_nonce = |counter| {
        SecretBytes::build(32, |octets| {
            scrubbed(|| message_key(subkey.expose(), counter, octets));
        })
    };
    if let Some(zeros_sealed) = zeros_sealed {
        let key = of_nonce(meta.counter());
        assert_eq!(
            scrubbed(|| key_stream(key.expose(), *meta.tag())),
            zeros_sealed
        );
    }
    let of_nonce = of_nonce(meta.counter().wrapping_add(1));
    [&subkey, &of_nonce].map(|key| Needle::of(key.expose()).unwrap())
}

/// The message-encryption key of RFC 8452, section 4, for the nonce of a counter.
fn message_key(subkey: &[u8], counter: u64, key: &mut [u8]) {
    let aes = Aes256::new_from_slice(subkey).unwrap();
    for (number, half) in (2..6).zip(key.chunks_mut(8)) {
        let mut block = Zeroizing::new([0; 16]);
        block[0] = number;
        block[8..].copy_from_slice(&counter.to_be_bytes());
        let mut sealed = Block::from(*block);
        aes.encrypt_block(&mut sealed);
        half.copy_from_slice(&sealed[..8]);
        sealed.as_mut_slice().zeroize();
    }
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

/// The first block of AES-256-GCM-SIV's key stream (RFC 8452, section 4).
fn key_stream(key: &[u8], tag: [u8; 16]) -> [u8; 16] {
    let mut block = Block::from(tag);
    block[15] |= 0x80;
    Aes256::new_from_slice(key)
        .unwrap()
        .encrypt_block(&mut block);
    block.into()
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

    for provider in providers() {
        for suite in Suite::ALL {
            let what = format!("{}, {suite}", provider.name());
            let [dek, subkey, of_nonce] = live_and_die(Arc::clone(&provider), suite);
            assert_eq!(hits(&dek), 0, "DEK, {what}");
            assert_eq!(hits(&subkey), 0, "subkey, {what}");
            assert_eq!(hits(&of_nonce), 0, "key of a nonce, {what}");
        }
    }
    let [master, wrap] = seal_an_envelope();
    assert_eq!(hits(&master), 0, "master key");
    assert_eq!(hits(&wrap), 0, "wrap key");
}
