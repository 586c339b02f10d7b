//! I7 for what ring makes of a key: the round keys of AES and the subkey of GHASH lie in key memory
//! alone while they are in use, and nowhere afterwards.
//!
//! One test, so that no other thread's stack holds keys at the same time.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test: it fails")]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::little_endian_bytes,
    reason = "the key expansion as FIPS 197 writes it, and ring's tables as the processor loads them"
)]

use aes::Aes256Enc;
use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use strongroom_cipher::{
    AesPath, Dek, DekGeneration, KeyId, KeyRing, Place, StoreId, UnitMeta, WriteVersion,
    envelope::Hkdf,
};
use strongroom_secret::{
    Protection, SecretBytes, key_memory,
    scan::{Needle, count_halves, count_halves_in_dumped_memory},
    scrubbed,
};

const GENERATION: DekGeneration = DekGeneration::FIRST;
const STORE: [u8; 16] = [1; 16];

/// What is looked for, each as two halves of 16 octets.
struct Needles {
    dek: Needle,
    /// The first two round keys, which are the key itself.
    subkey: Needle,
    /// The last two.
    last_round_keys: Needle,
    /// GHASH's subkey as ring keeps it: doubled, and its words in either order.
    ghash: Needle,
}

#[inline(never)]
fn ring_and_meta() -> (KeyRing, UnitMeta, Needles) {
    let dek = Dek::generate().unwrap();
    let copy = dek.duplicate();
    let deks = vec![(GENERATION, dek)];
    let key_id = KeyId::new("k").unwrap();
    let ring = KeyRing::new(StoreId::new(STORE), key_id, deks, GENERATION).unwrap();
    let place = Place::new(b"o", 1).unwrap();
    let meta = ring
        .seal(&place, WriteVersion::Unversioned, &mut [0; 64])
        .unwrap();
    let needles = needles(&copy, &meta);
    (ring, meta, needles)
}

/// All derived a second time, by hand.
#[inline(never)]
fn needles(dek: &Dek, meta: &UnitMeta) -> Needles {
    let hkdf = Hkdf::from_prk(dek.secret().expose()).unwrap();
    let epoch = meta.epoch();
    // `docs/formats/unit.md`, section 3.
    let info: [&[u8]; 7] = [
        b"strongroom unit subkey v1",
        &[meta.suite()],
        &STORE,
        &[1],
        b"k",
        &meta.generation().value().to_be_bytes(),
        epoch.octets(),
    ];
    let subkey = hkdf.expand_secret(&info, 32).unwrap();
    let round_keys = SecretBytes::build(32, |out| scrubbed(|| last_round_keys(&subkey, out)));
    let ghash = SecretBytes::build(32, |out| scrubbed(|| ghash_key(&subkey, out)));
    Needles {
        dek: Needle::of(dek.secret().expose()).unwrap(),
        subkey: Needle::of(subkey.expose()).unwrap(),
        last_round_keys: Needle::of(round_keys.expose()).unwrap(),
        ghash: Needle::of(ghash.expose()).unwrap(),
    }
}

/// Round keys 13 and 14 of AES-256 (FIPS 197, 5.2).
fn last_round_keys(key: &SecretBytes, out: &mut [u8]) {
    let words = SecretBytes::build(60 * 4, |words| {
        words[..32].copy_from_slice(key.expose());
        let mut rcon = 1_u8;
        for at in 8..60 {
            let mut word: [u8; 4] = words[at * 4 - 4..at * 4].try_into().unwrap();
            if at % 8 == 0 {
                word.rotate_left(1);
                word = word.map(sub_octet);
                word[0] ^= rcon;
                rcon <<= 1;
            } else if at % 8 == 4 {
                word = word.map(sub_octet);
            }
            for (place, octet) in word.iter().enumerate() {
                words[at * 4 + place] = words[at * 4 + place - 32] ^ octet;
            }
        }
    });
    out.copy_from_slice(&words.expose()[52 * 4..]);
}

/// The S-box (FIPS 197, 5.1.1), without a table: the inverse in the field, then the affine map.
fn sub_octet(octet: u8) -> u8 {
    let times = |a: u8, b: u8| {
        (0..8).fold(0, |sum, bit| {
            let doubled = (0..bit).fold(a, |a, _| (a << 1) ^ if a & 0x80 == 0 { 0 } else { 0x1b });
            sum ^ if b >> bit & 1 == 0 { 0 } else { doubled }
        })
    };
    // The 254th power.
    let inverse = (0..253).fold(octet, |power, _| times(power, octet));
    (0..5).fold(0x63, |sum, by| sum ^ inverse.rotate_left(by))
}

/// E(0) as a number with its bits in GCM's order turned round, doubled in the field: little endian,
/// and with its two words swapped.
fn ghash_key(key: &SecretBytes, out: &mut [u8]) {
    let cipher = Aes256Enc::new(key.expose().try_into().unwrap());
    let mut block = [0; 16].into();
    cipher.encrypt_block(&mut block);
    let h = u128::from_be_bytes(block.into());
    let reduced = if h >> 127 == 0 { 0 } else { (0xc2 << 120) | 1 };
    let doubled = (h << 1) ^ reduced;
    out[..16].copy_from_slice(&doubled.to_le_bytes());
    out[16..].copy_from_slice(&doubled.rotate_left(64).to_le_bytes());
}

#[test]
fn what_a_key_becomes_lies_in_key_memory_alone_and_is_wiped() {
    // The last round key of FIPS 197, A.3.
    let key: Vec<u8> = (0..32)
        .map(|at| {
            let text = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
            u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap()
        })
        .collect();
    let mut known = [0; 32];
    last_round_keys(&SecretBytes::copy_from(&key), &mut known);
    assert_eq!(known[16..20], [0xfe, 0x48, 0x90, 0xd1]);
    assert_eq!(known[28..], [0x70, 0x6c, 0x63, 0x1e]);

    let (ring, meta, needles) = ring_and_meta();
    // How ring keeps what comes after the key depends on the processor.
    let path = AesPath::detect();
    let all = [
        // Only its HKDF state is kept.
        ("DEK", &needles.dek, false),
        ("subkey", &needles.subkey, !path.is_fallback()),
        (
            "last round keys",
            &needles.last_round_keys,
            cfg!(target_arch = "x86_64") && !path.is_fallback(),
        ),
        ("GHASH subkey", &needles.ghash, path == AesPath::Vaes),
    ];
    for (what, needle, must_be_found) in all {
        let alive = count_halves(needle).unwrap();
        assert!(
            alive >= 1 || !must_be_found,
            "control: {what} is found while it is in use"
        );
        if key_memory().left_out_of_dumps == Protection::InPlace {
            let outside = count_halves_in_dumped_memory(needle).unwrap();
            assert_eq!(outside, 0, "{what} outside of key memory");
        }
    }
    let mut unit = [0; 64];
    let place = Place::new(b"o", 1).unwrap();
    ring.open(&place, WriteVersion::Unversioned, &mut unit, &meta)
        .unwrap_err();
    ring.seal(&place, WriteVersion::Unversioned, &mut unit)
        .unwrap();
    drop(ring);
    for (what, needle, _) in all {
        assert_eq!(count_halves(needle).unwrap(), 0, "{what} after close");
    }
}
