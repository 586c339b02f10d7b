//! I7: after use, no half of a key is left in this process's memory. The schedule of AES-256 begins with
//! the key itself, so a schedule that is left is found too.
//!
//! One test, so that no other thread's stack holds keys at the same time; with controls, since a scan
//! that finds nothing ever would prove nothing.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test: it fails")]

use std::hint::black_box;

use ring::rand::{SecureRandom as _, SystemRandom};
use strongroom_psmdb::{CBC_GROWTH_MAX, CbcIv, CbcJob, CbcKey, GCM_GROWTH, GcmForm, GcmIv, GcmKey};
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

/// One key for each cipher: used in every way there is, while `alive` counts, then dropped.
#[inline(never)]
fn use_cbc(alive: impl FnOnce(&Needle)) -> Needle {
    let octets = random_key();
    let needle = Needle::of(octets.expose()).unwrap();
    let key = CbcKey::new(&octets).unwrap();
    drop(octets);
    let iv = || CbcIv::assume_random([1; 16]);
    let mut rooms = [[0; 4096 + CBC_GROWTH_MAX]; 9];
    let mut jobs = (rooms.each_mut()).map(|room| CbcJob::new(iv(), &PAGE, room).unwrap());
    key.encrypt_batch(&mut jobs);
    key.encrypt_into(iv(), &PAGE, &mut rooms[0]).unwrap();
    key.decrypt_into(&rooms[0], &mut [0; 4096]).unwrap();
    key.decrypt_in_place(&mut rooms[0]).unwrap();
    key.decrypt_in_place(&mut rooms[0]).unwrap_err();
    alive(&needle);
    needle
}

#[inline(never)]
fn use_gcm() -> Needle {
    let octets = random_key();
    let needle = Needle::of(octets.expose()).unwrap();
    let key = GcmKey::new(&octets).unwrap();
    let mut room = [0; 4096 + GCM_GROWTH];
    let iv = GcmIv::assume_unused([1; 12]);
    key.seal_into(GcmForm::Page, iv, &PAGE, &mut room).unwrap();
    key.open_into(GcmForm::Page, &room, &mut [0; 4096]).unwrap();
    key.open_in_place(GcmForm::Page, &mut room).unwrap();
    key.open_in_place(GcmForm::Page, &mut room).unwrap_err();
    needle
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

    let cbc = use_cbc(|needle| {
        assert!(hits(needle) >= 2, "control: a live schedule is found");
    });
    assert_eq!(hits(&cbc), 0, "CBC key");
    assert_eq!(hits(&use_gcm()), 0, "GCM key");
}
