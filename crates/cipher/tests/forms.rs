//! The forms of sealing and opening: in place, inline, from one buffer into another, in batches; and
//! what each leaves in its buffers when it refuses.
#![expect(clippy::unwrap_used, reason = "a test: it fails")]

use std::sync::Arc;

use strongroom_cipher::{
    BatchUnit, Dek, DekGeneration, EpochLimits, KEY_LEN, KeyId, KeyRing, KeyRingError, META_LEN,
    Nonce, OnAuthFailure, OpenErrorKind, POISON, Place, Provider, ProviderError, Recovered,
    Recovery, RingProvider, SealErrorKind, StoreId, Suite, Tag, UnitKey, UnitMeta, WriteVersion,
};
use strongroom_secret::SecretBytes;

const GENERATION: DekGeneration = DekGeneration::FIRST;
const PLAINTEXT: [u8; 100] = [0x5a; 100];
const NOW: WriteVersion = WriteVersion::At(3);

fn dek(octet: u8) -> Dek {
    Dek::from_secret(SecretBytes::copy_from(&[octet; 32])).unwrap()
}

fn ring() -> KeyRing {
    let deks = vec![(GENERATION, dek(2))];
    KeyRing::new(
        StoreId::new([1; 16]),
        KeyId::new("accounts").unwrap(),
        deks,
        GENERATION,
    )
    .unwrap()
}

fn rings() -> Vec<KeyRing> {
    let mut rings = Vec::new();
    for suite in Suite::ALL {
        rings.push(ring().with_suite(suite).unwrap());
        #[cfg(feature = "aws-lc")]
        rings.push({
            let provider = Arc::new(strongroom_cipher::AwsLcProvider);
            let ring = ring().with_provider(provider).unwrap();
            ring.with_suite(suite).unwrap()
        });
    }
    rings
}

fn place(unit: u64) -> Place<'static> {
    Place::new(b"accounts.db", unit).unwrap()
}

/// Seals the plaintext in place.
fn sealed(ring: &KeyRing) -> (Vec<u8>, UnitMeta) {
    let mut unit = PLAINTEXT.to_vec();
    let meta = ring.seal(&place(1), NOW, &mut unit).unwrap();
    (unit, meta)
}

/// A buffer that must be overwritten.
fn stale_buffer(len: usize) -> Vec<u8> {
    vec![0x77; len]
}

fn is_zeroed(buffer: &[u8]) -> bool {
    buffer.iter().all(|octet| *octet == 0)
}

// ---- all forms are one ----

#[test]
fn every_form_opens_what_every_form_sealed() {
    for ring in rings() {
        let what = format!("{ring:?}");
        let (unit, meta) = sealed(&ring);
        let mut all = vec![[&unit[..], &meta.to_octets()].concat()];

        let mut inline = [&PLAINTEXT[..], &[0x77; META_LEN]].concat();
        ring.seal_inline(&place(1), NOW, &mut inline).unwrap();
        all.push(inline);

        let mut dst = stale_buffer(PLAINTEXT.len());
        let meta = ring
            .seal_into(&place(1), NOW, &PLAINTEXT, &mut dst)
            .unwrap();
        all.push([&dst[..], &meta.to_octets()].concat());

        let mut dst = stale_buffer(PLAINTEXT.len() + META_LEN);
        ring.seal_inline_into(&place(1), NOW, &PLAINTEXT, &mut dst)
            .unwrap();
        all.push(dst);

        let mut unit = PLAINTEXT.to_vec();
        let mut batch = [of(1, &mut unit)];
        ring.seal_batch(&mut batch).unwrap();
        let meta = batch[0].meta;
        all.push([&unit[..], &meta.to_octets()].concat());

        for inline in all {
            assert_ne!(inline[..PLAINTEXT.len()], PLAINTEXT, "{what}");
            opens_in_every_form(&ring, &inline);
        }
    }
}

fn opens_in_every_form(ring: &KeyRing, inline: &[u8]) {
    let what = format!("{ring:?}");
    let (unit, meta) = inline.split_last_chunk::<META_LEN>().unwrap();
    let meta = UnitMeta::from_octets(meta);

    let mut buffer = unit.to_vec();
    ring.open(&place(1), NOW, &mut buffer, &meta).unwrap();
    assert_eq!(buffer, PLAINTEXT, "{what}");

    let mut buffer = inline.to_vec();
    let (plaintext, opened) = ring.open_inline(&place(1), NOW, &mut buffer).unwrap();
    assert_eq!(plaintext, PLAINTEXT, "{what}");
    assert!(!opened.stale);

    let mut dst = stale_buffer(PLAINTEXT.len());
    ring.open_into(&place(1), NOW, (unit, &meta), &mut dst)
        .unwrap();
    assert_eq!(dst, PLAINTEXT, "{what}");

    let mut dst = stale_buffer(PLAINTEXT.len());
    ring.open_inline_into(&place(1), NOW, inline, &mut dst)
        .unwrap();
    assert_eq!(dst, PLAINTEXT, "{what}");

    let mut buffer = unit.to_vec();
    let mut batch = [BatchUnit {
        meta,
        ..of(1, &mut buffer)
    }];
    assert_eq!(ring.open_batch(&mut batch), Ok(0));
    assert_eq!(buffer, PLAINTEXT, "{what}");
}

fn of(unit: u64, buffer: &mut [u8]) -> BatchUnit<'_> {
    BatchUnit {
        place: place(unit),
        version: NOW,
        buffer,
        meta: UnitMeta::UNSEALED,
    }
}

// ---- a refused open leaves no plaintext ----

/// Every form, with a ring and a meta that make it refuse: the error, and zeros in each buffer.
fn refuses_in_every_form(ring: &KeyRing, unit: &[u8], meta: &UnitMeta, expected: OpenErrorKind) {
    let what = format!("{ring:?}");
    let at = place(1);
    let mut buffer = unit.to_vec();
    let refused = ring.open(&at, NOW, &mut buffer, meta).unwrap_err();
    assert_eq!((refused.kind, refused.unit), (expected, 1), "{what}");
    assert!(is_zeroed(&buffer), "open, {what}");

    let mut buffer = [unit, &meta.to_octets()].concat();
    let refused = ring.open_inline(&at, NOW, &mut buffer).unwrap_err();
    assert_eq!(refused.kind, expected, "{what}");
    assert!(is_zeroed(&buffer), "open_inline, {what}");

    let mut dst = stale_buffer(unit.len());
    let refused = ring.open_into(&at, NOW, (unit, meta), &mut dst);
    assert_eq!(refused.unwrap_err().kind, expected, "{what}");
    assert!(is_zeroed(&dst), "open_into, {what}");

    let mut dst = stale_buffer(unit.len());
    let src = [unit, &meta.to_octets()].concat();
    let refused = ring.open_inline_into(&at, NOW, &src, &mut dst);
    assert_eq!(refused.unwrap_err().kind, expected, "{what}");
    assert!(is_zeroed(&dst), "open_inline_into, {what}");

    let recovery = Recovery::new(ring, OnAuthFailure::Error, 0);
    let mut buffer = unit.to_vec();
    let refused = recovery.open(&at, NOW, &mut buffer, meta);
    assert_eq!(refused.unwrap_err().kind, expected, "{what}");
    assert!(is_zeroed(&buffer), "Recovery::open, {what}");

    let mut scratch = stale_buffer(unit.len());
    ring.diagnose([(at, NOW)], (unit, meta), &mut scratch);
    assert!(is_zeroed(&scratch), "diagnose, {what}");
}

#[test]
fn a_refused_open_of_any_form_leaves_zeros() {
    for ring in rings() {
        let (unit, meta) = sealed(&ring);
        let mut octets = meta.to_octets();
        octets[META_LEN - 1] ^= 1;
        let forged = UnitMeta::from_octets(&octets);
        refuses_in_every_form(&ring, &unit, &forged, OpenErrorKind::WrongTag);
        let mut damaged = unit.clone();
        damaged[99] ^= 1;
        refuses_in_every_form(&ring, &damaged, &meta, OpenErrorKind::WrongTag);
        octets = meta.to_octets();
        octets[7] = 9;
        let foreign = UnitMeta::from_octets(&octets);
        let unknown = OpenErrorKind::UnknownGeneration(DekGeneration::new(9));
        refuses_in_every_form(&ring, &unit, &foreign, unknown);
        octets[1] = 200;
        let newer = UnitMeta::from_octets(&octets);
        refuses_in_every_form(&ring, &unit, &newer, OpenErrorKind::UnknownSuite(200));
        let none = UnitMeta::UNSEALED;
        refuses_in_every_form(&ring, &unit, &none, OpenErrorKind::UnknownFormat(0));
    }
}

#[test]
fn a_batch_with_one_bad_unit_opens_none() {
    for ring in rings() {
        for bad in 0..3 {
            let mut buffers = [PLAINTEXT; 3];
            let metas = seal_three(&ring, &mut buffers);
            buffers[bad][0] ^= 1;
            let mut units = (1..).zip(&mut buffers).zip(metas);
            let mut batch: [_; 3] = std::array::from_fn(|_| {
                let ((unit, buffer), meta) = units.next().unwrap();
                BatchUnit {
                    meta,
                    ..of(unit, buffer)
                }
            });
            let refused = ring.open_batch(&mut batch).unwrap_err();
            assert_eq!(refused.kind, OpenErrorKind::WrongTag);
            assert_eq!(refused.unit, u64::try_from(bad).unwrap() + 1);
            assert!(buffers.iter().all(|buffer| is_zeroed(buffer)), "{bad}");
        }
    }
}

fn seal_three(ring: &KeyRing, buffers: &mut [[u8; 100]; 3]) -> [UnitMeta; 3] {
    let [a, b, c] = buffers;
    let mut batch = [of(1, a), of(2, b), of(3, c)];
    ring.seal_batch(&mut batch).unwrap();
    batch.map(|unit| unit.meta)
}

// ---- lengths ----

#[test]
fn buffers_of_a_wrong_length_are_named_and_zeroed() {
    let ring = ring();
    let (unit, meta) = sealed(&ring);
    let inline = [&unit[..], &meta.to_octets()].concat();
    let seal_kind = |len, needed| SealErrorKind::WrongLength { len, needed };
    let open_kind = |len, needed| OpenErrorKind::WrongLength { len, needed };

    let mut short = stale_buffer(47);
    let refused = ring.seal_inline(&place(1), NOW, &mut short).unwrap_err();
    assert_eq!(refused.kind, seal_kind(47, 48));
    let refused = ring.open_inline(&place(1), NOW, &mut short).unwrap_err();
    assert_eq!(refused.kind, open_kind(47, 48));
    assert!(is_zeroed(&short));
    let refused = ring.open_inline_into(&place(1), NOW, &short, &mut []);
    assert_eq!(refused.unwrap_err().kind, open_kind(47, 48));

    for len in [99, 101] {
        let mut dst = stale_buffer(len);
        let refused = ring.seal_into(&place(1), NOW, &PLAINTEXT, &mut dst);
        assert_eq!(refused.unwrap_err().kind, seal_kind(len, 100));
        assert!(is_zeroed(&dst));
        let mut dst = stale_buffer(len);
        let refused = ring.open_into(&place(1), NOW, (&unit, &meta), &mut dst);
        assert_eq!(refused.unwrap_err().kind, open_kind(len, 100));
        assert!(is_zeroed(&dst));
        let mut dst = stale_buffer(len + 48);
        let refused = ring.seal_inline_into(&place(1), NOW, &PLAINTEXT, &mut dst);
        assert_eq!(refused.unwrap_err().kind, seal_kind(len + 48, 148));
        assert!(is_zeroed(&dst));
        let mut dst = stale_buffer(len);
        let refused = ring.open_inline_into(&place(1), NOW, &inline, &mut dst);
        assert_eq!(refused.unwrap_err().kind, open_kind(len, 100));
        assert!(is_zeroed(&dst));
    }
}

// ---- batches ----

#[test]
fn a_batch_takes_numbers_of_one_epoch_at_once() {
    // 10 numbers of 4 blocks (64 octets) each; 100 octets take two.
    let ring = ring().with_limits(EpochLimits::new(10, 40));
    let (mut a, mut b, mut c) = ([0; 64], [0; 100], [0; 1]);
    let mut counters = || {
        let mut batch = [of(1, &mut a), of(2, &mut b), of(3, &mut c)];
        ring.seal_batch(&mut batch).unwrap();
        let epoch = batch[0].meta.epoch();
        assert!(batch.iter().all(|unit| unit.meta.epoch() == epoch));
        batch.map(|unit| unit.meta.counter())
    };
    assert_eq!(counters(), [1, 3, 4]);
    assert_eq!(counters(), [5, 7, 8]);
    // Two numbers are left, and not begun: the next epoch takes the whole batch.
    assert_eq!(counters(), [1, 3, 4]);
    assert_eq!(ring.seal_batch(&mut []), Ok(()));
    assert_eq!(ring.open_batch(&mut []), Ok(0));
}

#[test]
fn a_batch_beyond_an_epoch_is_refused_untouched() {
    let ring = ring().with_limits(EpochLimits::new(2, 1000));
    let mut buffers = [PLAINTEXT; 3];
    let [a, b, c] = &mut buffers;
    let refused = ring.seal_batch(&mut [of(1, a), of(2, b), of(3, c)]);
    assert_eq!(
        refused.unwrap_err().kind,
        SealErrorKind::Exhausted { len: 300 }
    );
    assert_eq!(buffers, [PLAINTEXT; 3]);
    let mut long = vec![0; 16_001];
    let [a, b, _] = &mut buffers;
    let refused = ring.seal_batch(&mut [of(1, a), of(2, &mut long), of(3, b)]);
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind, SealErrorKind::Exhausted { len: 16_001 });
    assert_eq!(refused.unit, 2);
    assert_eq!(buffers, [PLAINTEXT; 3]);
}

#[test]
fn a_batch_says_how_many_units_are_stale() {
    let ring = ring();
    let mut buffers = [PLAINTEXT; 3];
    let metas = seal_three(&ring, &mut buffers);
    ring.rotate(GENERATION.next().unwrap(), &dek(9)).unwrap();
    let mut fresh = PLAINTEXT;
    let meta = ring.seal(&place(4), NOW, &mut fresh).unwrap();
    let [a, b, _] = &mut buffers;
    let mut batch = [
        BatchUnit {
            meta: metas[0],
            ..of(1, a)
        },
        BatchUnit {
            meta,
            ..of(4, &mut fresh)
        },
        BatchUnit {
            meta: metas[1],
            ..of(2, b)
        },
    ];
    assert_eq!(ring.open_batch(&mut batch), Ok(2));
    assert_eq!(
        (buffers[0], buffers[1], fresh),
        (PLAINTEXT, PLAINTEXT, PLAINTEXT)
    );
}

// ---- swapped places, and the mutant that binds none ----

#[test]
fn a_swapped_unit_is_told_from_a_damaged_one() {
    let ring = ring();
    let (unit, meta) = sealed(&ring);
    let mut scratch = stale_buffer(unit.len());
    let places = || (0..9).map(|unit| (place(unit), NOW));
    let cause = ring.diagnose(places(), (&unit, &meta), &mut scratch);
    assert_eq!(cause, OpenErrorKind::Swapped { unit: 1 });
    assert!(is_zeroed(&scratch));
    let elsewhere = || places().filter(|(place, _)| place.unit() != 1);
    let cause = ring.diagnose(elsewhere(), (&unit, &meta), &mut scratch);
    assert_eq!(cause, OpenErrorKind::WrongTag);
    let cause = ring.diagnose(places(), (&unit, &UnitMeta::UNSEALED), &mut scratch);
    assert_eq!(cause, OpenErrorKind::UnknownFormat(0));
    let cause = ring.diagnose(places(), (&unit, &meta), &mut scratch[1..]);
    let wrong = OpenErrorKind::WrongLength {
        len: 99,
        needed: 100,
    };
    assert_eq!(cause, wrong);
}

/// Mutant: the library is not given what the unit is bound to.
#[derive(Debug)]
struct AadDropped;

impl Provider for AadDropped {
    fn name(&self) -> &'static str {
        "mutant"
    }
    fn knows(&self, suite: Suite) -> bool {
        suite != Suite::Aes256GcmSiv
    }
    fn random(&self, octets: &mut [u8]) -> Result<(), ProviderError> {
        RingProvider.random(octets)
    }
    fn unit_key(
        &self,
        suite: Suite,
        key: &[u8; KEY_LEN],
    ) -> Result<Box<dyn UnitKey>, ProviderError> {
        Ok(Box::new(Unbound(RingProvider.unit_key(suite, key)?)))
    }
}

struct Unbound(Box<dyn UnitKey>);

impl UnitKey for Unbound {
    fn seal(&self, nonce: &mut Nonce, _: &[u8], buffer: &mut [u8]) -> Result<Tag, ProviderError> {
        self.0.seal(nonce, b"", buffer)
    }
    fn open(
        &self,
        nonce: &Nonce,
        _: &[u8],
        buffer: &mut [u8],
        tag: &Tag,
    ) -> Result<bool, ProviderError> {
        self.0.open(nonce, b"", buffer, tag)
    }
}

/// Whether two units open in each other's place, or in another version.
fn units_can_be_moved(ring: &KeyRing) -> [bool; 2] {
    let mut buffers = [PLAINTEXT; 3];
    let [first, second, _] = seal_three(ring, &mut buffers);
    let [one, two, _] = &mut buffers;
    let mut one_late = *one;
    let swapped = [
        ring.open(&place(1), NOW, two, &second),
        ring.open(&place(2), NOW, one, &first),
    ];
    let older = ring.open(&place(1), WriteVersion::At(4), &mut one_late, &first);
    [swapped.iter().all(Result::is_ok), older.is_ok()]
}

#[test]
fn no_unit_can_be_moved_and_a_provider_that_drops_the_aad_is_noticed() {
    for ring in rings() {
        assert_eq!(units_can_be_moved(&ring), [false; 2], "{ring:?}");
    }
    for suite in [Suite::Aes256Gcm, Suite::Aes256GcmDrawnNonce] {
        let mutant = ring().with_provider(Arc::new(AadDropped)).unwrap();
        let mutant = mutant.with_suite(suite).unwrap();
        assert_eq!(units_can_be_moved(&mutant), [true; 2], "{suite}");
    }
}

// ---- suites that a provider does not know ----

#[test]
fn a_suite_that_the_provider_does_not_know_is_refused() {
    let limited = || ring().with_provider(Arc::new(AadDropped)).unwrap();
    let refused = limited().with_suite(Suite::Aes256GcmSiv).unwrap_err();
    assert!(matches!(
        refused,
        KeyRingError::Suite {
            suite: Suite::Aes256GcmSiv,
            provider: "mutant",
            ..
        }
    ));
    let siv = ring().with_suite(Suite::Aes256GcmSiv).unwrap();
    let (unit, meta) = sealed(&siv);
    assert!(siv.with_provider(Arc::new(AadDropped)).is_err());
    let mut buffer = unit;
    let refused = limited().open(&place(1), NOW, &mut buffer, &meta);
    assert_eq!(refused.unwrap_err().kind, OpenErrorKind::UnknownSuite(2));
}

/// What the misuse-resistant suite is for: two writers with one key and one counter.
#[test]
fn a_repeated_nonce_shows_plaintext_under_gcm_and_nothing_under_gcm_siv() {
    for (suite, shows) in [(Suite::Aes256Gcm, true), (Suite::Aes256GcmSiv, false)] {
        let key = RingProvider.unit_key(suite, &[5; KEY_LEN]).unwrap();
        let (mut one, mut two) = ([0x11; 64], [0x22; 64]);
        key.seal(&mut [1; 12], b"aad", &mut one).unwrap();
        key.seal(&mut [1; 12], b"aad", &mut two).unwrap();
        let xor: Vec<u8> = one.iter().zip(&two).map(|(a, b)| a ^ b).collect();
        assert_eq!(xor == [0x33; 64], shows, "{suite}");
    }
}

// ---- recovery mode ----

fn torn(ring: &KeyRing) -> (Vec<u8>, UnitMeta) {
    let (mut unit, meta) = sealed(ring);
    unit.iter_mut().skip(50).for_each(|octet| *octet = 0);
    (unit, meta)
}

#[test]
fn recovery_reads_a_torn_unit_as_poison_and_counts_it_until_it_ends() {
    let ring = ring();
    let recovery = Recovery::new(&ring, OnAuthFailure::Poison, 0);
    let read = |(mut unit, meta): (Vec<u8>, UnitMeta)| {
        let read = recovery.open(&place(1), NOW, &mut unit, &meta);
        (read.map_err(|error| error.kind), unit)
    };
    let (read_sound, plaintext) = read(sealed(&ring));
    assert!(matches!(read_sound, Ok(Recovered::Opened(_))));
    assert_eq!(plaintext, PLAINTEXT);
    assert_eq!(recovery.poisoned(), 0);

    let poisoned = (Ok(Recovered::Poisoned), vec![POISON; 100]);
    assert_eq!(read(torn(&ring)), poisoned);
    // A meta that was torn as well, or never written.
    let (unit, meta) = sealed(&ring);
    for octet in [0, 1, 2, 24] {
        let mut octets = meta.to_octets();
        octets[octet] ^= 0x40;
        assert_eq!(
            read((unit.clone(), UnitMeta::from_octets(&octets))),
            poisoned
        );
    }
    assert_eq!(read((vec![0; 100], UnitMeta::UNSEALED)), poisoned);
    assert_eq!(recovery.poisoned(), 6);

    assert_eq!(recovery.end(), 6);
    assert_eq!(
        read(torn(&ring)),
        (Err(OpenErrorKind::WrongTag), vec![0; 100])
    );
    assert_eq!(recovery.poisoned(), 6);
    assert!(read(sealed(&ring)).0.is_ok());
}

#[test]
fn recovery_never_reads_a_missing_key_or_a_lost_write_as_poison() {
    let ring = ring();
    let recovery = Recovery::new(&ring, OnAuthFailure::Poison, 2);
    let (unit, meta) = sealed(&ring);
    let mut octets = meta.to_octets();
    octets[7] = 9;
    let mut buffer = unit.clone();
    let refused = recovery.open(&place(1), NOW, &mut buffer, &UnitMeta::from_octets(&octets));
    let unknown = OpenErrorKind::UnknownGeneration(DekGeneration::new(9));
    assert_eq!(refused.unwrap_err().kind, unknown);
    assert!(is_zeroed(&buffer));

    // All zeros below the high-water mark, which is 2: it was written, and is lost.
    let mut zeros = vec![0; 100];
    let refused = recovery.open(&place(1), NOW, &mut zeros, &UnitMeta::UNSEALED);
    assert_eq!(refused.unwrap_err().kind, OpenErrorKind::UnknownFormat(0));
    assert!(is_zeroed(&zeros));
    assert_eq!(recovery.poisoned(), 0);
    let read = recovery.open(&place(2), NOW, &mut zeros, &UnitMeta::UNSEALED);
    assert_eq!(read, Ok(Recovered::Poisoned));
    // Zeros under a meta, or a meta under zeros, are torn and not lost.
    let mut zeros = vec![0; 100];
    let read = recovery.open(&place(1), NOW, &mut zeros, &meta);
    assert_eq!(read, Ok(Recovered::Poisoned));
    let mut buffer = unit;
    let read = recovery.open(&place(1), NOW, &mut buffer, &UnitMeta::UNSEALED);
    assert_eq!(read, Ok(Recovered::Poisoned));
    assert_eq!(recovery.poisoned(), 3);
}
