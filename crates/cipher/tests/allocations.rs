//! Sealing and opening under a cached key allocates nothing.
#![expect(clippy::unwrap_used, reason = "a test: it fails")]

use strongroom_cipher::{
    BatchUnit, Dek, DekGeneration, KeyId, KeyRing, META_LEN, Place, StoreId, Suite, UnitMeta,
    WriteVersion,
};
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

/// Every form and suite.
#[test]
fn no_form_allocates() {
    for suite in Suite::ALL {
        let writer = ring().with_suite(suite).unwrap();
        let reader = ring();
        let place = Place::new(b"accounts.db", 17).unwrap();
        let version = WriteVersion::At(1);
        let (mut inline, mut other) = (vec![0; 4096 + META_LEN], vec![0; 4096 + META_LEN]);
        let (mut one, mut two) = (vec![0; 4096], vec![0; 4096]);
        let mut run = || {
            writer.seal_inline(&place, version, &mut inline).unwrap();
            (reader.open_inline_into(&place, version, &inline, &mut one)).unwrap();
            reader.open_inline(&place, version, &mut inline).unwrap();
            (writer.seal_inline_into(&place, version, &one, &mut other)).unwrap();
            let meta = writer.seal_into(&place, version, &one, &mut two).unwrap();
            (reader.open_into(&place, version, (&two, &meta), &mut one)).unwrap();
            let mut batch = [&mut one, &mut two].map(|buffer| BatchUnit {
                place,
                version,
                buffer,
                meta: UnitMeta::UNSEALED,
            });
            writer.seal_batch(&mut batch).unwrap();
            reader.open_batch(&mut batch).unwrap();
        };
        run();
        assert_eq!(allocations(&mut run), 0, "{suite}");
    }
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
