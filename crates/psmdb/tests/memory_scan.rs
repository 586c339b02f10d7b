//! I7: after use, no half of a key is left in this process's memory. The schedule of AES-256 begins with
//! the key itself, so a schedule that is left is found too.
//!
//! One test, so that no other thread's stack holds keys at the same time; with controls, since a scan
//! that finds nothing ever would prove nothing.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test: it fails")]

use std::hint::black_box;

use ring::rand::{SecureRandom as _, SystemRandom};
use strongroom_psmdb::{CBC_GROWTH_MAX, CbcIv, CbcJob, CbcKey, GcmForm, GcmIv, GcmKey};
use strongroom_secret::{
    SecretBytes,
    scan::{Needle, count_halves},
};

const PAGE: [u8; 4096] = [3; 4096];

fn hits(needle: &Needle) -> usize {
    count_halves(needle).unwrap()
}

fn random_key() -> SecretBytes {
    SecretBytes::build(32, |octets| SystemRandom::new().fill(octets).unwrap())
}

type Use<K> = (&'static str, fn(&K, &mut [u8]));

fn iv() -> CbcIv {
    CbcIv::assume_random([1; 16])
}

/// Each way to use a CBC key by itself, since the next one would wipe what the one before left.
const CBC_USES: [Use<CbcKey>; 5] = [
    ("made", |_, _| ()),
    ("one page", |key, room| {
        key.encrypt_into(iv(), &PAGE, room).map(drop).unwrap();
    }),
    ("a batch", |key, room| {
        let mut rooms = [[0; 4096 + CBC_GROWTH_MAX]; 2];
        let [first, second] = &mut rooms;
        let jobs = [first, second, room.first_chunk_mut().unwrap()];
        key.encrypt_batch(&mut jobs.map(|room| CbcJob::new(iv(), &PAGE, room).unwrap()))
            .unwrap();
    }),
    ("into another place", |key, room| {
        assert!(key.decrypt_into(room, &mut [0; 4096]).is_err());
    }),
    ("in place", |key, room| {
        assert!(key.decrypt_in_place(room).is_err());
    }),
];

const GCM_USES: [Use<GcmKey>; 4] = [
    ("made", |_, _| ()),
    ("sealed", |key, room| {
        let iv = GcmIv::assume_unused([1; 12]);
        let sealed = key.seal_into(GcmForm::Page, iv, &PAGE, room);
        sealed.map(drop).unwrap();
    }),
    ("opened", |key, room| {
        assert!(key.open_into(GcmForm::Page, room, &mut [0; 5000]).is_err());
    }),
    ("in place", |key, room| {
        assert!(key.open_in_place(GcmForm::Page, room).is_err());
    }),
];

/// Makes a key, uses it once, counts the halves that are there while it lives, and drops it.
#[inline(never)]
fn use_once<K>(make: fn(&SecretBytes) -> K, used: fn(&K, &mut [u8])) -> (usize, Needle) {
    let octets = random_key();
    let needle = Needle::of(octets.expose()).unwrap();
    let key = make(&octets);
    drop(octets);
    used(&key, &mut [0; 4096 + CBC_GROWTH_MAX]);
    let alive = hits(&needle);
    drop(key);
    (alive, needle)
}

/// While a key lives its schedule is found, and nothing else; afterwards nothing.
fn check<K>(make: fn(&SecretBytes) -> K, uses: &[Use<K>]) {
    let (schedule, _) = use_once(make, |_, _| ());
    assert!(schedule >= 1, "control: a live schedule is found");
    for (name, used) in uses {
        let (alive, needle) = use_once(make, *used);
        assert_eq!(alive, schedule, "{name}: while the key lives");
        assert_eq!(hits(&needle), 0, "{name}: after it was dropped");
    }
}

#[test]
fn no_half_of_a_key_is_left_in_memory() {
    let alive = random_key();
    let needle = Needle::of(alive.expose()).unwrap();
    assert_eq!(hits(&needle), 2, "control: a live key is found once");
    let stray = alive.expose().to_vec();
    drop(alive);
    assert_eq!(hits(&needle), 2, "control: a stray copy is found");
    drop(black_box(stray));

    check(|key| CbcKey::new(key).unwrap(), &CBC_USES);
    check(|key| GcmKey::new(key).unwrap(), &GCM_USES);
}
