//! Sealing and opening under a cached key allocates nothing.
#![expect(clippy::unwrap_used, reason = "a test: it fails")]

use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing, Place, StoreId, WriteVersion};
use strongroom_secret::count::{Counting, allocations};

#[global_allocator]
static COUNTING: Counting = Counting;

fn ring() -> KeyRing {
    let generation = DekGeneration::FIRST;
    let secret = strongroom_secret::SecretBytes::copy_from(&[7; 32]);
    let deks = vec![(generation, Dek::from_secret(secret).unwrap())];
    let key_id = KeyId::new("accounts").unwrap();
    KeyRing::new(StoreId::new([1; 16]), key_id, deks, generation).unwrap()
}

#[test]
fn the_allocator_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
    assert_eq!(allocations(|| ()), 0);
}

#[test]
fn sealing_and_opening_with_a_cached_key_allocates_nothing() {
    let writer = ring();
    let reader = ring();
    let place = Place::new(b"accounts.db", 17).unwrap();
    let version = WriteVersion::At(1);
    let mut page = vec![0; 4096];
    // The first unit makes the epoch and fills the cache.
    let meta = writer.seal(&place, version, &mut page).unwrap();
    reader.open(&place, version, &mut page, &meta).unwrap();

    let count = allocations(|| {
        for _ in 0..100 {
            let meta = writer.seal(&place, version, &mut page).unwrap();
            reader.open(&place, version, &mut page, &meta).unwrap();
        }
    });
    assert_eq!(count, 0);
}

#[test]
fn refusing_allocates_nothing() {
    let writer = ring();
    let place = Place::new(b"accounts.db", 17).unwrap();
    let mut page = vec![0; 4096];
    let meta = writer.seal(&place, WriteVersion::At(1), &mut page).unwrap();
    let count = allocations(|| {
        let refused = writer.open(&place, WriteVersion::At(2), &mut page, &meta);
        assert!(refused.is_err());
    });
    assert_eq!(count, 0);
}
