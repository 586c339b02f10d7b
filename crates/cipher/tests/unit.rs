//! Units through the public API: vectors made by `vectors/make_unit_vectors.py`, and every refusal.
#![expect(clippy::unwrap_used, reason = "a test: it fails")]

use proptest::prelude::*;
use strongroom_cipher::{
    Dek, DekGeneration, KeyId, KeyRing, KeyRingError, META_LEN, OpenErrorKind, Place, StoreId,
    Suite, UnitMeta, WriteVersion,
};
use strongroom_secret::SecretBytes;

use self::text::{Case, cases};

#[path = "vectors/text.rs"]
mod text;

const VECTORS: &str = include_str!("vectors/unit_v1.txt");
const GENERATION: DekGeneration = DekGeneration::FIRST;

fn dek(octets: &[u8]) -> Dek {
    Dek::from_secret(SecretBytes::copy_from(octets)).unwrap()
}

fn key_id(octets: &[u8]) -> KeyId {
    KeyId::new(std::str::from_utf8(octets).unwrap()).unwrap()
}

fn ring_of(store: [u8; 16], id: &str, octets: [u8; 32]) -> KeyRing {
    let deks = vec![(GENERATION, dek(&octets))];
    KeyRing::new(
        StoreId::new(store),
        KeyId::new(id).unwrap(),
        deks,
        GENERATION,
    )
    .unwrap()
}

fn place(object: &[u8], unit: u64) -> Place<'_> {
    match object {
        [] => Place::UNPLACED,
        _ => Place::new(object, unit).unwrap(),
    }
}

fn ring_of_case(case: &Case) -> KeyRing {
    let generation = DekGeneration::new(case.number("generation"));
    let deks = vec![(generation, dek(&case.octets("dek")))];
    let store = StoreId::new(case.array("store"));
    KeyRing::new(store, key_id(&case.octets("key_id")), deks, generation).unwrap()
}

fn version_of(case: &Case) -> WriteVersion {
    match case.text("version") {
        "unversioned" => WriteVersion::Unversioned,
        _ => WriteVersion::At(case.number("version")),
    }
}

#[test]
fn vectors_of_the_independent_script_open() {
    let mut opened = 0;
    for case in cases(VECTORS).iter().filter(|case| case.kind == "unit") {
        let ring = ring_of_case(case);
        let object = case.octets("object");
        let place = place(&object, case.number("unit"));
        let mut unit = case.octets("ciphertext");
        let meta = UnitMeta::from_octets(&case.array("meta"));
        let result = ring
            .open(&place, version_of(case), &mut unit, &meta)
            .unwrap();
        assert_eq!(unit, case.octets("plaintext"), "{}", case.name);
        assert!(!result.stale);
        opened += 1;
    }
    assert_eq!(opened, 17);
}

#[test]
fn check_values_of_the_independent_script_match() {
    let mut matched = 0;
    for case in cases(VECTORS).iter().filter(|case| case.kind == "check") {
        let store = StoreId::new(case.array("store"));
        let id = key_id(&case.octets("key_id"));
        let generation = DekGeneration::new(case.number("generation"));
        let dek = dek(&case.octets("dek"));
        let value = dek.check_value(&store, &id, generation).unwrap();
        assert_eq!(value, case.array::<16>("check"), "{}", case.name);
        assert!(dek.matches(&store, &id, generation, &value).unwrap());
        for bit in 0..128 {
            let mut other = value;
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(
                !dek.matches(&store, &id, generation, &other).unwrap(),
                "bit {bit}"
            );
        }
        matched += 1;
    }
    assert_eq!(matched, 3);
}

#[test]
fn check_values_differ_by_dek_store_key_id_and_generation() {
    let value = |dek_octet, store, id: &str, generation| {
        let id = KeyId::new(id).unwrap();
        let generation = DekGeneration::new(generation);
        (dek(&[dek_octet; 32]).check_value(&StoreId::new([store; 16]), &id, generation)).unwrap()
    };
    let values = [
        value(1, 1, "a", 1),
        value(2, 1, "a", 1),
        value(1, 2, "a", 1),
        value(1, 1, "b", 1),
        value(1, 1, "a", 2),
    ];
    let distinct: std::collections::BTreeSet<_> = values.iter().collect();
    assert_eq!(distinct.len(), values.len());
}

/// One sealed unit and all that it is bound to.
struct Sealed {
    ring: KeyRing,
    unit: Vec<u8>,
    meta: UnitMeta,
}

const PLAINTEXT: [u8; 40] = [0x5a; 40];
const HERE: (&[u8], u64) = (b"accounts.db", 17);
const NOW: WriteVersion = WriteVersion::At(3);

fn sealed() -> Sealed {
    sealed_under(Suite::Aes256Gcm)
}

fn sealed_under(suite: Suite) -> Sealed {
    let ring = (ring_of([1; 16], "accounts", [2; 32]).with_suite(suite)).unwrap();
    let mut unit = PLAINTEXT.to_vec();
    let meta = ring.seal(&place(HERE.0, HERE.1), NOW, &mut unit).unwrap();
    assert_ne!(unit, PLAINTEXT);
    Sealed { ring, unit, meta }
}

/// Opens, and checks that a refused unit is zeroed.
fn open(
    ring: &KeyRing,
    (place, version): (Place<'_>, WriteVersion),
    unit: &[u8],
    meta: &UnitMeta,
) -> Result<Vec<u8>, OpenErrorKind> {
    let mut buffer = unit.to_vec();
    match ring.open(&place, version, &mut buffer, meta) {
        Ok(_) => Ok(buffer),
        Err(error) => {
            assert_eq!(buffer, vec![0; unit.len()], "a refused unit is zeroed");
            assert_eq!(error.key_id, *ring.key_id());
            assert_eq!(error.unit, place.unit());
            Err(error.kind)
        }
    }
}

#[test]
fn an_untouched_unit_opens() {
    let it = sealed();
    let opened = open(&it.ring, (place(HERE.0, HERE.1), NOW), &it.unit, &it.meta);
    assert_eq!(opened.unwrap(), PLAINTEXT);
    // Sealed for good: the ring of another process opens it too.
    let ring = ring_of([1; 16], "accounts", [2; 32]);
    let opened = open(&ring, (place(HERE.0, HERE.1), NOW), &it.unit, &it.meta);
    assert_eq!(opened.unwrap(), PLAINTEXT);
}

#[test]
fn every_flipped_bit_of_the_body_is_refused() {
    for suite in Suite::ALL {
        let it = sealed_under(suite);
        for bit in 0..it.unit.len() * 8 {
            let mut unit = it.unit.clone();
            unit[bit / 8] ^= 1 << (bit % 8);
            let refused = open(&it.ring, (place(HERE.0, HERE.1), NOW), &unit, &it.meta);
            assert_eq!(refused, Err(OpenErrorKind::WrongTag), "{suite}, bit {bit}");
        }
    }
}

#[test]
fn every_flipped_bit_of_the_meta_is_refused_by_its_cause() {
    for suite in Suite::ALL {
        let it = sealed_under(suite);
        for bit in 0..META_LEN * 8 {
            let mut octets = it.meta.to_octets();
            octets[bit / 8] ^= 1 << (bit % 8);
            let meta = UnitMeta::from_octets(&octets);
            let refused = open(&it.ring, (place(HERE.0, HERE.1), NOW), &it.unit, &meta);
            let of_suite = Suite::from_number(meta.suite());
            // Drawn nonces take the counter's place; else it was 1, and some flips leave the range.
            let counted = of_suite != Some(Suite::Aes256GcmDrawnNonce);
            let in_range = (1..=1 << 36).contains(&meta.counter());
            let expected = match bit / 8 {
                0 => OpenErrorKind::UnknownFormat(meta.format()),
                1 if of_suite.is_none() => OpenErrorKind::UnknownSuite(meta.suite()),
                2..4 => OpenErrorKind::UnknownFlags(meta.flags()),
                _ if counted && !in_range => OpenErrorKind::BadCounter(meta.counter()),
                4..8 => OpenErrorKind::UnknownGeneration(meta.generation()),
                _ => OpenErrorKind::WrongTag,
            };
            assert_eq!(
                refused,
                Err(expected),
                "{suite}, octet {}, bit {}",
                bit / 8,
                bit % 8
            );
        }
    }
}

/// All that the AAD holds beside the meta: key id, object, unit number, write version.
#[test]
fn every_flipped_bit_of_the_aad_is_refused() {
    for suite in Suite::ALL {
        let it = sealed_under(suite);
        let wrong = Err(OpenErrorKind::WrongTag);
        for bit in 0..HERE.0.len() * 8 {
            let mut object = HERE.0.to_vec();
            object[bit / 8] ^= 1 << (bit % 8);
            let at = (place(&object, HERE.1), NOW);
            assert_eq!(
                open(&it.ring, at, &it.unit, &it.meta),
                wrong,
                "{suite}, object {bit}"
            );
        }
        for bit in 0..64 {
            let at = (place(HERE.0, HERE.1 ^ (1 << bit)), NOW);
            assert_eq!(
                open(&it.ring, at, &it.unit, &it.meta),
                wrong,
                "{suite}, unit {bit}"
            );
            let at = (place(HERE.0, HERE.1), WriteVersion::At(3 ^ (1 << bit)));
            assert_eq!(
                open(&it.ring, at, &it.unit, &it.meta),
                wrong,
                "{suite}, version {bit}"
            );
        }
        for bit in 0..7 {
            let mut id = *b"accounts";
            id[5] ^= 1 << bit;
            let ring = ring_of([1; 16], std::str::from_utf8(&id).unwrap(), [2; 32]);
            let at = (place(HERE.0, HERE.1), NOW);
            assert_eq!(
                open(&ring, at, &it.unit, &it.meta),
                wrong,
                "{suite}, key id {bit}"
            );
        }
    }
}

/// The suite that seals is the owner's choice; the unit says which one it was.
#[test]
fn a_ring_opens_units_of_every_suite() {
    for suite in Suite::ALL {
        let it = sealed_under(suite);
        assert_eq!(it.meta.suite(), suite.number());
        let reader = ring_of([1; 16], "accounts", [2; 32]);
        let here = (place(HERE.0, HERE.1), NOW);
        for _ in 0..2 {
            // Derived, then from the cache.
            assert_eq!(open(&reader, here, &it.unit, &it.meta).unwrap(), PLAINTEXT);
        }
    }
}

#[test]
fn a_drawn_nonce_is_another_one_each_time_and_no_part_of_the_epoch() {
    let ring = (ring_of([1; 16], "k", [2; 32]).with_suite(Suite::Aes256GcmDrawnNonce)).unwrap();
    let seal = || ring.seal(&place(b"o", 1), NOW, &mut [0; 16]).unwrap();
    let (one, two) = (seal(), seal());
    assert_eq!(one.epoch(), two.epoch());
    assert_eq!(one.epoch().octets()[12..], [0; 4]);
    assert_ne!(one.to_octets()[20..32], two.to_octets()[20..32]);
}

/// A wrong DEK is found before any unit is read, and named as such.
#[test]
fn a_wrong_dek_is_no_damage() {
    let ring = ring_of([1; 16], "accounts", [2; 32]);
    let value = (dek(&[2; 32]).check_value(ring.store_id(), ring.key_id(), GENERATION)).unwrap();
    assert_eq!(ring.check(GENERATION, &value), Ok(()));
    let wrong = ring_of([1; 16], "accounts", [3; 32]).check(GENERATION, &value);
    assert!(matches!(
        wrong,
        Err(KeyRingError::WrongDek {
            generation: GENERATION,
            ..
        })
    ));
    let unknown = ring.check(GENERATION.next().unwrap(), &value);
    assert!(matches!(
        unknown,
        Err(KeyRingError::UnknownGeneration { .. })
    ));
}

#[test]
fn a_unit_of_another_place_version_length_store_key_or_generation_is_refused() {
    let it = sealed();
    let here = place(HERE.0, HERE.1);
    let wrong = Err(OpenErrorKind::WrongTag);
    for (what, place, version) in [
        ("next unit", place(HERE.0, 18), NOW),
        ("another object", place(b"accounts.dc", 17), NOW),
        ("a shorter object", place(b"accounts.d", 17), NOW),
        ("no place", Place::UNPLACED, NOW),
        ("older version", here, WriteVersion::At(2)),
        ("newer version", here, WriteVersion::At(4)),
        ("version zero", here, WriteVersion::At(0)),
        ("unversioned", here, WriteVersion::Unversioned),
    ] {
        assert_eq!(
            open(&it.ring, (place, version), &it.unit, &it.meta),
            wrong,
            "{what}"
        );
    }
    for (what, ring) in [
        ("another store", ring_of([9; 16], "accounts", [2; 32])),
        ("another key id", ring_of([1; 16], "accountt", [2; 32])),
        ("another DEK", ring_of([1; 16], "accounts", [3; 32])),
    ] {
        assert_eq!(
            open(&ring, (here, NOW), &it.unit, &it.meta),
            wrong,
            "{what}"
        );
    }
    let shorter = &it.unit[..it.unit.len() - 1];
    assert_eq!(open(&it.ring, (here, NOW), shorter, &it.meta), wrong);
    assert_eq!(open(&it.ring, (here, NOW), &[], &it.meta), wrong);
}

#[test]
fn units_do_not_open_in_each_others_place() {
    let ring = ring_of([1; 16], "accounts", [2; 32]);
    let (first, second) = (place(b"o", 1), place(b"o", 2));
    let (mut one, mut two) = ([1; 64], [2; 64]);
    let meta_one = ring.seal(&first, NOW, &mut one).unwrap();
    let meta_two = ring.seal(&second, NOW, &mut two).unwrap();
    let wrong = Err(OpenErrorKind::WrongTag);
    assert_eq!(open(&ring, (first, NOW), &two, &meta_two), wrong);
    assert_eq!(open(&ring, (second, NOW), &one, &meta_one), wrong);
    // Nor with each other's meta in the right place.
    assert_eq!(open(&ring, (first, NOW), &one, &meta_two), wrong);
}

/// Borders in the AAD: the same octets cut elsewhere are another place.
#[test]
fn key_id_and_object_cannot_lend_each_other_octets() {
    let ring = ring_of([1; 16], "ab", [2; 32]);
    let mut unit = PLAINTEXT;
    let meta = ring.seal(&place(b"cd", 0), NOW, &mut unit).unwrap();
    let other = ring_of([1; 16], "abc", [2; 32]);
    let refused = open(&other, (place(b"d", 0), NOW), &unit, &meta);
    assert_eq!(refused, Err(OpenErrorKind::WrongTag));
}

#[test]
fn rotation_seals_with_the_new_dek_and_reports_older_units_as_stale() {
    let it = sealed();
    let second = GENERATION.next().unwrap();
    it.ring.rotate(second, &dek(&[7; 32])).unwrap();
    assert_eq!(it.ring.active(), second);

    let here = place(HERE.0, HERE.1);
    let mut old = it.unit.clone();
    let opened = it.ring.open(&here, NOW, &mut old, &it.meta).unwrap();
    assert!(opened.stale);
    assert_eq!(opened.generation, GENERATION);

    let meta = it.ring.seal(&here, NOW, &mut old).unwrap();
    assert_eq!(meta.generation(), second);
    assert!(!it.ring.open(&here, NOW, &mut old, &meta).unwrap().stale);
    // A ring without the new DEK says which one it lacks.
    let refused = open(
        &ring_of([1; 16], "accounts", [2; 32]),
        (here, NOW),
        &old,
        &meta,
    );
    assert_eq!(refused, Err(OpenErrorKind::UnknownGeneration(second)));
}

#[test]
fn a_ring_refuses_two_deks_of_one_generation_and_a_missing_active_one() {
    let id = || KeyId::new("k").unwrap();
    let store = StoreId::new([0; 16]);
    let two = vec![(GENERATION, dek(&[1; 32])), (GENERATION, dek(&[2; 32]))];
    assert!(matches!(
        KeyRing::new(store, id(), two, GENERATION),
        Err(KeyRingError::Twice { .. })
    ));
    assert!(matches!(
        KeyRing::new(store, id(), vec![], GENERATION),
        Err(KeyRingError::ActiveMissing { .. })
    ));
    let ring = KeyRing::new(store, id(), vec![(GENERATION, dek(&[1; 32]))], GENERATION).unwrap();
    let again = ring.rotate(GENERATION, &dek(&[3; 32]));
    assert!(matches!(again, Err(KeyRingError::Twice { .. })));
    assert_eq!(ring.active(), GENERATION);
}

#[test]
fn a_ring_in_use_follows_a_newer_one_and_forgets_what_that_has_not() {
    let it = sealed();
    let here = place(HERE.0, HERE.1);
    let second = GENERATION.next().unwrap();
    let store = *it.ring.store_id();
    let newer = |deks: &[(DekGeneration, u8)]| {
        let active = deks.last().unwrap().0;
        let deks = deks
            .iter()
            .map(|(generation, octet)| (*generation, dek(&[*octet; 32])))
            .collect();
        KeyRing::new(store, it.ring.key_id().clone(), deks, active).unwrap()
    };
    let both = newer(&[(GENERATION, 2), (second, 7)]);
    let followed = it.ring.follow(&both).unwrap();
    assert_eq!((followed.seals, followed.dropped), (Some(second), 0));
    let mut unit = it.unit.clone();
    assert!(it.ring.open(&here, NOW, &mut unit, &it.meta).unwrap().stale);
    let meta = it.ring.seal(&here, NOW, &mut unit).unwrap();
    assert_eq!(meta.generation(), second);
    assert!(both.open(&here, NOW, &mut unit, &meta).is_ok());
    // A second time nothing is new, and the epoch goes on.
    assert_eq!(it.ring.follow(&both).unwrap(), Default::default());
    let next = it.ring.seal(&here, NOW, &mut unit).unwrap();
    assert_eq!(next.to_octets()[..24], meta.to_octets()[..24]);

    let followed = it.ring.follow(&newer(&[(second, 7)])).unwrap();
    assert_eq!((followed.seals, followed.dropped), (None, 1));
    // Its subkey was in the cache.
    let refused = open(&it.ring, (here, NOW), &it.unit, &it.meta);
    assert_eq!(refused, Err(OpenErrorKind::UnknownGeneration(GENERATION)));

    for other in [
        newer(&[(GENERATION, 2)]),
        ring_of([1; 16], "another", [2; 32]),
    ] {
        let refused = it.ring.follow(&other);
        assert!(matches!(refused, Err(KeyRingError::NotNewer { .. })));
    }
    assert_eq!(it.ring.active(), second);
}

#[test]
fn threads_seal_and_open_while_their_ring_follows_one_rotation_after_another() {
    const GENERATIONS: u32 = 24;
    let ring_up_to = |last: u32| {
        let deks = (1..=last).map(|number| {
            let octet = u8::try_from(number).unwrap();
            (DekGeneration::new(number), dek(&[octet; 32]))
        });
        let active = DekGeneration::new(last);
        let id = KeyId::new("k").unwrap();
        KeyRing::new(StoreId::new([1; 16]), id, deks.collect(), active).unwrap()
    };
    let here = place(HERE.0, HERE.1);
    let ring = ring_up_to(1);
    let seal_until_last = || {
        let mut sealed = Vec::new();
        // Some under the last generation too.
        let mut left = 100;
        while left > 0 {
            let mut unit = PLAINTEXT;
            let meta = ring.seal(&here, NOW, &mut unit).unwrap();
            let mut opened = unit;
            ring.open(&here, NOW, &mut opened, &meta).unwrap();
            assert_eq!(opened, PLAINTEXT);
            if meta.generation().value() == GENERATIONS {
                left -= 1;
            }
            sealed.push((meta, unit));
        }
        sealed
    };
    let sealed: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(seal_until_last)).collect();
        for last in 2..=GENERATIONS {
            ring.follow(&ring_up_to(last)).unwrap();
        }
        let joined = threads.into_iter().map(|thread| thread.join().unwrap());
        joined.flatten().collect()
    });
    let last = ring_up_to(GENERATIONS);
    let mut nonces = std::collections::HashSet::new();
    for (meta, mut unit) in sealed {
        // Everything in front of the tag: generation, epoch and counter.
        let named: [u8; 32] = meta.to_octets()[..32].try_into().unwrap();
        assert!(nonces.insert(named), "a nonce twice: {meta:?}");
        last.open(&here, NOW, &mut unit, &meta).unwrap();
        assert_eq!(unit, PLAINTEXT);
    }
}

#[test]
fn debug_shows_no_key() {
    let ring = ring_of([1; 16], "accounts", [0xee; 32]);
    let shown = format!("{ring:?} {:?}", dek(&[0xee; 32]));
    assert!(shown.contains("accounts"));
    assert!(
        !shown.contains("238") && !shown.contains("ee, ") && !shown.contains("eeee"),
        "{shown}"
    );
}

proptest! {
    #[test]
    fn what_was_sealed_opens(
        plaintext in proptest::collection::vec(any::<u8>(), 0..600),
        object in proptest::collection::vec(any::<u8>(), 0..=255),
        unit in any::<u64>(),
        version in proptest::option::of(any::<u64>()),
    ) {
        let ring = ring_of([1; 16], "k", [2; 32]);
        let place = place(&object, unit);
        let version = version.map_or(WriteVersion::Unversioned, WriteVersion::At);
        let mut buffer = plaintext.clone();
        let meta = ring.seal(&place, version, &mut buffer).unwrap();
        let meta = UnitMeta::from_octets(&meta.to_octets());
        ring.open(&place, version, &mut buffer, &meta).unwrap();
        prop_assert_eq!(buffer, plaintext);
    }

    /// Any 48 octets as meta and any buffer: refused, zeroed, no panic.
    #[test]
    fn arbitrary_meta_is_refused(
        octets in proptest::array::uniform32(any::<u8>()),
        tag in proptest::array::uniform16(any::<u8>()),
        known in any::<bool>(),
        unit in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut meta = [0; META_LEN];
        meta[..32].copy_from_slice(&octets);
        meta[32..].copy_from_slice(&tag);
        if known {
            // Nothing unknown: only the tag can refuse it.
            meta[..8].copy_from_slice(&[1, 1, 0, 0, 0, 0, 0, 1]);
            meta[24..31].fill(0);
            meta[31] |= 1;
        }
        let ring = ring_of([1; 16], "k", [2; 32]);
        let meta = UnitMeta::from_octets(&meta);
        prop_assert!(open(&ring, (place(b"o", 1), NOW), &unit, &meta).is_err());
    }
}
