//! What needs a chosen random generator or a look inside: limits, fork, the cache, seal vectors.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "a test: an overflow fails it"
)]

mod lanes;
mod nonces;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicBool, Ordering},
};

use strongroom_secret::SecretBytes;

use super::input::{AAD_LEN_MAX, At, SHORT_AAD_LEN};
use super::*;
use crate::error::{OpenErrorKind, SealErrorKind};
use crate::provider::{KEY_LEN, UnitKey};
use crate::vectors::cases;

const GENERATION: DekGeneration = DekGeneration::FIRST;

/// ring, with random octets of one's own.
struct Drawing<F>(F);

impl<F> fmt::Debug for Drawing<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Drawing")
    }
}

impl<F: Fn(&mut [u8]) -> Result<(), ProviderError> + Send + Sync> Provider for Drawing<F> {
    fn name(&self) -> &'static str {
        "a test's"
    }
    fn knows(&self, suite: Suite) -> bool {
        RingProvider.knows(suite)
    }
    fn random(&self, octets: &mut [u8]) -> Result<(), ProviderError> {
        (self.0)(octets)
    }
    fn unit_key(
        &self,
        suite: Suite,
        key: &[u8; KEY_LEN],
    ) -> Result<Box<dyn UnitKey>, ProviderError> {
        RingProvider.unit_key(suite, key)
    }
}

/// Gives the same octets for ever: the defect that I1 forbids.
fn fixed(id: [u8; 16]) -> impl Provider {
    Drawing(move |octets: &mut [u8]| {
        octets.copy_from_slice(&id);
        Ok(())
    })
}

fn dek() -> Dek {
    Dek::from_secret(SecretBytes::copy_from(&[3; 32])).unwrap()
}

fn ring() -> KeyRing {
    let key_id = KeyId::new("k").unwrap();
    KeyRing::new(
        StoreId::new([1; 16]),
        key_id,
        vec![(GENERATION, dek())],
        GENERATION,
    )
    .unwrap()
}

fn ring_with(provider: impl Provider + 'static) -> KeyRing {
    ring().with_provider(Arc::new(provider)).unwrap()
}

fn place(unit: u64) -> Place<'static> {
    Place::new(b"o", unit).unwrap()
}

fn seal(ring: &KeyRing, len: usize) -> UnitMeta {
    ring.seal(&place(0), WriteVersion::Unversioned, &mut vec![0; len])
        .unwrap()
}

#[test]
fn threads_that_roll_epochs_at_the_same_time_repeat_nothing() {
    let ring = ring().with_limits(EpochLimits::new(7, EpochLimits::BLOCKS_MAX));
    let metas: Vec<UnitMeta> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..250).map(|_| seal(&ring, 1)).collect::<Vec<_>>()))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let pairs: BTreeSet<_> = metas
        .iter()
        .map(|meta| (meta.epoch, meta.counter))
        .collect();
    assert_eq!(pairs.len(), 1000);
    assert!(metas.iter().all(|meta| (1..=7).contains(&meta.counter)));
}

// ---- limits ----

fn counters_of(ring: &KeyRing, lens: &[usize]) -> Vec<u64> {
    lens.iter().map(|len| seal(ring, *len).counter).collect()
}

#[test]
fn an_epoch_ends_at_its_unit_limit_and_the_next_begins() {
    let ring = ring().with_limits(EpochLimits::new(3, 1000));
    assert_eq!(counters_of(&ring, &[16; 7]), [1, 2, 3, 1, 2, 3, 1]);
}

#[test]
fn an_epoch_ends_at_its_block_limit_and_the_next_begins() {
    // 3 numbers of 2 blocks each; a unit uses the last number that it takes.
    let ring = ring().with_limits(EpochLimits::new(3, 6));
    let counters = counters_of(&ring, &[32, 33, 32, 96, 0, 1, 17, 80, 1]);
    assert_eq!(counters, [1, 3, 1, 3, 1, 2, 3, 3, 1]);
    // Fewer blocks than units: one number a block.
    let ring = self::ring().with_limits(EpochLimits::new(1000, 4));
    assert_eq!(counters_of(&ring, &[16, 48, 64, 0, 0]), [1, 4, 4, 1, 2]);
}

/// Whatever lengths come: the blocks of an epoch stay within its limit.
#[test]
fn no_epoch_seals_more_blocks_or_units_than_its_limits() {
    for (units, blocks) in [(1, 1), (5, 7), (7, 50), (10, 1000), (100, 3)] {
        let ring = ring().with_limits(EpochLimits::new(units, blocks));
        let mut spent = BTreeMap::new();
        for len in (0..400_usize).map(|at| at * 37 % 160) {
            let sealed = ring.seal(&place(0), WriteVersion::Unversioned, &mut vec![0; len]);
            let Ok(meta) = sealed else { continue };
            let (sealed_units, sealed_blocks) = spent.entry(meta.epoch).or_insert((0, 0));
            *sealed_units += 1;
            *sealed_blocks += u64::try_from(len.div_ceil(16)).unwrap();
            assert!(
                *sealed_units <= units && *sealed_blocks <= blocks,
                "{units}, {blocks}"
            );
        }
    }
}

#[test]
fn a_unit_beyond_the_block_limit_is_refused_untouched() {
    let ring = ring().with_limits(EpochLimits::new(1000, 6));
    let mut unit = [5; 97];
    let refused = (ring.seal(&place(4), WriteVersion::Unversioned, &mut unit)).unwrap_err();
    assert_eq!(refused.kind, SealErrorKind::Exhausted { len: 97 });
    assert_eq!(refused.unit, 4);
    assert_eq!(unit, [5; 97]);
}

#[test]
fn limits_are_never_above_those_of_the_format() {
    let limits = EpochLimits::new(u64::MAX, u64::MAX);
    assert_eq!(limits, EpochLimits::default());
    assert_eq!(limits, EpochLimits::new(1 << 36, 1 << 47));
    // 32 KiB take one number, the longest unit 2^15 of them.
    let numbers = |len| limits.numbers(len).unwrap().get();
    assert_eq!(
        [numbers(0), numbers(32 << 10), numbers((32 << 10) + 1)],
        [1, 1, 2]
    );
    assert_eq!(numbers(KeyRing::UNIT_LEN_MAX), 1 << 15);
}

#[test]
fn begin_epoch_begins_one() {
    let ring = ring();
    let (first, second) = (seal(&ring, 1), seal(&ring, 1));
    assert_eq!(first.epoch, second.epoch);
    ring.begin_epoch().unwrap();
    let third = seal(&ring, 1);
    assert_ne!(third.epoch, first.epoch);
    assert_eq!(third.counter, 1);
}

#[test]
fn without_entropy_nothing_is_sealed_and_a_running_epoch_goes_on() {
    let broken = Arc::new(AtomicBool::new(false));
    let is_broken = Arc::clone(&broken);
    let ring = ring_with(Drawing(move |octets: &mut [u8]| {
        match is_broken.load(Ordering::Relaxed) {
            true => Err(ProviderError::Random),
            false => RingProvider.random(octets),
        }
    }))
    .with_limits(EpochLimits::new(2, 1000));
    let first = seal(&ring, 1);
    broken.store(true, Ordering::Relaxed);
    assert_eq!(ring.begin_epoch().unwrap_err(), ProviderError::Random);
    let rotated = ring.rotate(GENERATION.next().unwrap(), &dek());
    assert!(matches!(rotated, Err(KeyRingError::Provider { .. })));
    assert_eq!(ring.active(), GENERATION);

    assert_eq!(seal(&ring, 1).epoch, first.epoch);
    let mut unit = [5; 16];
    let refused = (ring.seal(&place(0), WriteVersion::Unversioned, &mut unit)).unwrap_err();
    assert_eq!(refused.kind, SealErrorKind::Provider(ProviderError::Random));
    assert_eq!(unit, [5; 16]);

    broken.store(false, Ordering::Relaxed);
    assert_ne!(seal(&ring, 1).epoch, first.epoch);
}

// ---- states, of which the first are kept ----

#[test]
fn epochs_beyond_the_pinned_ones_go_on_as_before() {
    let ring = ring().with_limits(EpochLimits::new(1, 1000));
    let mut epochs = BTreeSet::new();
    for _ in 0..50 {
        let mut unit = [5; 16];
        let meta = (ring.seal(&place(0), WriteVersion::Unversioned, &mut unit)).unwrap();
        assert_eq!(meta.counter, 1);
        assert!(epochs.insert(*meta.epoch.octets()));
        assert_eq!(
            ring.state.load().write.as_ref().unwrap().epoch.epoch,
            meta.epoch
        );
        ring.open(&place(0), WriteVersion::Unversioned, &mut unit, &meta)
            .unwrap();
        assert_eq!(unit, [5; 16]);
    }
    ring.rotate(GENERATION.next().unwrap(), &dek()).unwrap();
    assert_eq!(ring.active(), GENERATION.next().unwrap());
}

// ---- fork; with real ones in tests/fork.rs ----

/// A ring whose state says that it belongs to another process.
fn forked() -> KeyRing {
    let ring = ring();
    seal(&ring, 1);
    let mut state = State::clone(&ring.state.load());
    state.process ^= 1;
    ring.state.store(state);
    ring
}

#[test]
fn in_another_process_nothing_goes_before_a_new_epoch() {
    let mut unit = [5; 16];
    let meta = (ring().seal(&place(0), WriteVersion::Unversioned, &mut unit)).unwrap();
    let ring = forked();
    let parent = ring.state.load().write.clone().unwrap().epoch.epoch;

    let mut plain = [5; 16];
    let refused = ring.seal(&place(0), WriteVersion::Unversioned, &mut plain);
    assert_eq!(refused.unwrap_err().kind, SealErrorKind::Forked);
    assert_eq!(plain, [5; 16]);
    let mut sealed = unit;
    let refused = ring.open(&place(0), WriteVersion::Unversioned, &mut sealed, &meta);
    assert_eq!(refused.unwrap_err().kind, OpenErrorKind::Forked);
    assert_eq!(sealed, [0; 16]);
    let rotated = ring.rotate(GENERATION.next().unwrap(), &dek());
    assert!(matches!(rotated, Err(KeyRingError::Forked { .. })));

    ring.begin_epoch().unwrap();
    let own = seal(&ring, 1);
    assert_ne!(own.epoch, parent);
    assert_eq!(own.counter, 1);
    (ring.open(&place(0), WriteVersion::Unversioned, &mut unit, &meta)).unwrap();
    assert_eq!(unit, [5; 16]);
}

// ---- room for the AAD ----

#[test]
fn names_of_any_length_have_room() {
    for (id, object) in [(1, 0), (40, 34), (40, 35), (74, 1), (255, 0), (255, 255)] {
        let key_id = KeyId::new(&"k".repeat(id)).unwrap();
        let ring = KeyRing::new(
            StoreId::new([1; 16]),
            key_id,
            vec![(GENERATION, dek())],
            GENERATION,
        )
        .unwrap();
        let object = vec![b'o'; object];
        let place = match &object[..] {
            [] => Place::UNPLACED,
            object => Place::new(object, 1).unwrap(),
        };
        let version = WriteVersion::At(u64::MAX);
        let at = At {
            place: &place,
            version,
        };
        let mut area = [0; AAD_LEN_MAX];
        let aad = ring
            .scope
            .associated_data(&mut area, at, &UnitMeta::UNSEALED)
            .unwrap();
        assert_eq!(aad.len(), 51 + id + object.len());
        assert_eq!(
            ring.scope.is_short(at),
            aad.len() <= SHORT_AAD_LEN,
            "{}",
            aad.len()
        );
        let mut unit = [5; 16];
        let meta = ring.seal(&place, version, &mut unit).unwrap();
        ring.open(&place, version, &mut unit, &meta).unwrap();
        assert_eq!(unit, [5; 16]);
    }
}

// ---- the cache of subkeys ----

#[test]
fn a_subkey_is_entered_only_after_a_tag_verified_under_it() {
    let mut unit = [7; 32];
    let mut meta = ring()
        .seal(&place(0), WriteVersion::Unversioned, &mut unit)
        .unwrap();
    let reader = ring();
    let cached = || reader.readers.load().len();

    meta.tag[0] ^= 1;
    let mut forged = unit;
    reader
        .open(&place(0), WriteVersion::Unversioned, &mut forged, &meta)
        .unwrap_err();
    assert_eq!(cached(), 0);

    meta.tag[0] ^= 1;
    reader
        .open(&place(0), WriteVersion::Unversioned, &mut unit, &meta)
        .unwrap();
    assert_eq!(cached(), 1);
}

#[test]
fn the_cache_is_bounded_and_everything_opens_still() {
    let writer = ring().with_limits(EpochLimits::new(1, 1000));
    let reader = ring();
    let sealed: Vec<_> = (0..1100)
        .map(|number: u64| {
            let mut unit = number.to_be_bytes();
            let meta = writer
                .seal(&place(number), WriteVersion::Unversioned, &mut unit)
                .unwrap();
            (unit, meta)
        })
        .collect();
    for _ in 0..2 {
        for (number, (unit, meta)) in (0_u64..).zip(&sealed) {
            let mut unit = *unit;
            reader
                .open(&place(number), WriteVersion::Unversioned, &mut unit, meta)
                .unwrap();
            assert_eq!(u64::from_be_bytes(unit), number);
        }
    }
    assert_eq!(reader.readers.load().len(), READERS_MAX);
}

#[test]
fn what_is_used_stays_longer_in_the_cache() {
    let subkey = || Arc::from(RingProvider.unit_key(Suite::Aes256Gcm, &[0; 32]).unwrap());
    let epoch = |octet| EpochRef {
        suite: Suite::Aes256Gcm,
        generation: GENERATION,
        epoch: EpochId([octet; 16]),
    };
    let mut cache = SubkeyCache::new(2);
    cache.enter(epoch(1), subkey());
    cache.enter(epoch(2), subkey());
    assert!(cache.subkey(&epoch(1)).is_some());
    cache.enter(epoch(3), subkey());
    assert!(cache.subkey(&epoch(2)).is_none(), "unused: it went");
    assert!(cache.subkey(&epoch(1)).is_some());
    // Another generation with the same epoch id is another subkey.
    let other = EpochRef {
        generation: DekGeneration::new(2),
        ..epoch(1)
    };
    assert!(cache.subkey(&other).is_none());
    let other = EpochRef {
        suite: Suite::Aes256GcmSiv,
        ..epoch(1)
    };
    assert!(cache.subkey(&other).is_none());
}

// ---- vectors ----

/// The sealing direction of the vectors: the script's epoch id from the generator, units sealed
/// until the counter is the script's.
#[test]
fn sealing_gives_the_octets_of_the_independent_script() {
    let mut sealed = 0;
    for case in cases(include_str!("../../tests/vectors/unit_v1.txt")) {
        let in_reach = case.kind == "unit" && (1..=3).contains(&case.number::<u64>("counter"));
        if !in_reach {
            continue;
        }
        let generation = DekGeneration::new(case.number("generation"));
        let dek = Dek::from_secret(SecretBytes::copy_from(&case.octets("dek"))).unwrap();
        let key_id = KeyId::new(std::str::from_utf8(&case.octets("key_id")).unwrap()).unwrap();
        let store_id = StoreId::new(case.array("store"));
        let suite = Suite::from_number(case.number("suite")).unwrap();
        let ring = KeyRing::new(store_id, key_id, vec![(generation, dek)], generation)
            .and_then(|ring| ring.with_provider(Arc::new(fixed(case.array("epoch")))))
            .and_then(|ring| ring.with_suite(suite))
            .unwrap();
        let object = case.octets("object");
        let place = match &object[..] {
            [] => Place::UNPLACED,
            object => Place::new(object, case.number("unit")).unwrap(),
        };
        let version = match case.text("version") {
            "unversioned" => WriteVersion::Unversioned,
            _ => WriteVersion::At(case.number("version")),
        };
        for _ in 1..case.number("counter") {
            seal(&ring, 1);
        }
        let mut unit = case.octets("plaintext");
        let meta = ring.seal(&place, version, &mut unit).unwrap();
        assert_eq!(unit, case.octets("ciphertext"), "{}", case.name);
        assert_eq!(meta.to_octets(), case.array("meta"), "{}", case.name);
        let mut area = [0; AAD_LEN_MAX];
        let at = At {
            place: &place,
            version,
        };
        let aad = ring.scope.associated_data(&mut area, at, &meta);
        assert_eq!(aad.unwrap(), case.octets("aad"), "{}", case.name);
        sealed += 1;
    }
    assert_eq!(sealed, 12);
}
