//! I1: no nonce repeats under a key, counted as keys and nonces reach the provider; with mutants.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::Mutex;

use super::*;
use crate::keyring::epoch::WriteEpoch;
use crate::provider::{Nonce, Tag};

/// What one sealing used: the number of its key in [`Seen`], and its nonce.
type KeyAndNonce = (u32, Nonce);

/// All that any provider of one run was asked to seal with.
#[derive(Default)]
struct Seen {
    keys: HashMap<[u8; KEY_LEN], u32>,
    used: Vec<KeyAndNonce>,
}

impl Seen {
    /// How many sealings used a key and nonce that another one had used.
    fn repeats(&mut self) -> usize {
        self.used.sort_unstable();
        let all = self.used.len();
        self.used.dedup();
        all - self.used.len()
    }
}

/// ring, and writes down each key and nonce that it seals with.
#[derive(Clone, Default)]
struct Counting(Arc<Mutex<Seen>>);

impl fmt::Debug for Counting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counting")
    }
}

impl Provider for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }
    fn knows(&self, suite: Suite) -> bool {
        RingProvider.knows(suite)
    }
    fn random(&self, octets: &mut [u8]) -> Result<(), ProviderError> {
        RingProvider.random(octets)
    }
    fn unit_key(
        &self,
        suite: Suite,
        key: &[u8; KEY_LEN],
    ) -> Result<Box<dyn UnitKey>, ProviderError> {
        let mut seen = self.0.lock().unwrap();
        let next = u32::try_from(seen.keys.len()).unwrap();
        let number = *seen.keys.entry(*key).or_insert(next);
        let inner = RingProvider.unit_key(suite, key)?;
        let seen = Arc::clone(&self.0);
        Ok(Box::new(CountingKey {
            inner,
            number,
            seen,
        }))
    }
}

struct CountingKey {
    inner: Box<dyn UnitKey>,
    number: u32,
    seen: Arc<Mutex<Seen>>,
}

impl UnitKey for CountingKey {
    fn seal(&self, nonce: &mut Nonce, aad: &[u8], buffer: &mut [u8]) -> Result<Tag, ProviderError> {
        let tag = self.inner.seal(nonce, aad, buffer)?;
        self.seen.lock().unwrap().used.push((self.number, *nonce));
        Ok(tag)
    }
    fn open(
        &self,
        nonce: &Nonce,
        aad: &[u8],
        buffer: &mut [u8],
        tag: &Tag,
    ) -> Result<bool, ProviderError> {
        self.inner.open(nonce, aad, buffer, tag)
    }
}

/// What a backup, a clone or a rollback copies.
#[derive(Clone, Default)]
struct Disk {
    epoch: Option<(EpochId, u64)>,
}

/// How a writer begins and ends a life. `disk` is all that outlives it.
trait Writer {
    fn begin(provider: &Counting, suite: Suite, disk: &Disk) -> KeyRing;
    fn end(_: &KeyRing, _: &mut Disk) {}
}

fn counted(provider: impl Provider + 'static, suite: Suite) -> KeyRing {
    ring_with(provider)
        .with_suite(suite)
        .unwrap()
        .with_limits(EpochLimits::new(70_000, EpochLimits::BLOCKS_MAX))
}

struct Ours;

impl Writer for Ours {
    fn begin(provider: &Counting, suite: Suite, _: &Disk) -> KeyRing {
        counted(provider.clone(), suite)
    }
}

/// Mutant: the epoch id is the same in every life.
struct EpochReused;

/// Counts, and draws the same epoch id for ever.
#[derive(Debug)]
struct CountingFixed(Counting);

impl Provider for CountingFixed {
    fn name(&self) -> &'static str {
        "counting, fixed"
    }
    fn knows(&self, suite: Suite) -> bool {
        self.0.knows(suite)
    }
    fn random(&self, octets: &mut [u8]) -> Result<(), ProviderError> {
        octets.fill(9);
        Ok(())
    }
    fn unit_key(
        &self,
        suite: Suite,
        key: &[u8; KEY_LEN],
    ) -> Result<Box<dyn UnitKey>, ProviderError> {
        self.0.unit_key(suite, key)
    }
}

impl Writer for EpochReused {
    fn begin(provider: &Counting, suite: Suite, _: &Disk) -> KeyRing {
        counted(CountingFixed(provider.clone()), suite)
    }
}

/// Mutant: the epoch and its counter go on from where the disk says.
struct CounterPersisted;

impl Writer for CounterPersisted {
    fn begin(provider: &Counting, suite: Suite, disk: &Disk) -> KeyRing {
        let ring = counted(provider.clone(), suite);
        if let Some((epoch, last)) = disk.epoch {
            let mut state = State::clone(&ring.state.load());
            let epoch = EpochRef {
                suite,
                generation: GENERATION,
                epoch,
            };
            let dek = &state.deks[&GENERATION];
            let subkey = ring.scope.subkey(provider, dek, epoch).unwrap();
            state.write = Some(Arc::new(WriteEpoch::resumed(epoch, subkey, last)));
            ring.state.store(state);
        }
        ring
    }
    fn end(ring: &KeyRing, disk: &mut Disk) {
        let write = ring.state.load().write.clone().unwrap();
        let last = write.claim(NonZeroU64::MIN).unwrap();
        disk.epoch = Some((write.epoch.epoch, last));
    }
}

/// Seals `units` units in each of 100 lives: restarts, restored backups, rollbacks, crashes, and
/// clones of the disk that run beside the original; one by one and in batches.
fn run<W: Writer>(suite: Suite, units: usize) -> Seen {
    let provider = Counting::default();
    let mut disk = Disk::default();
    let mut backup = disk.clone();
    let mut snapshots = vec![disk.clone()];
    for life in 0..100 {
        match life % 5 {
            // A restart: the disk as it is.
            0 | 1 => {}
            // A backup is taken, and later restored.
            2 => backup = disk.clone(),
            3 => disk = backup.clone(),
            // A rollback to the state of some life before.
            _ => disk = snapshots[life * 31 % snapshots.len()].clone(),
        }
        snapshots.push(disk.clone());
        let mut writers = vec![W::begin(&provider, suite, &disk)];
        // In every other life a clone of the disk is opened at the same time.
        if life % 2 == 0 {
            writers.push(W::begin(&provider, suite, &disk.clone()));
        }
        let share = units / writers.len();
        for writer in &writers {
            seal_many(writer, share);
        }
        // A crash leaves the disk as it was.
        if life % 7 != 0 {
            W::end(&writers[0], &mut disk);
        }
    }
    std::mem::take(&mut *provider.0.lock().unwrap())
}

/// Nine in ten one by one, the rest in batches of five.
fn seal_many(ring: &KeyRing, units: usize) {
    let batches = units / 50;
    for _ in 0..units - batches * 5 {
        seal(ring, 16);
    }
    for _ in 0..batches {
        let mut buffers = [[0; 16]; 5];
        let mut batch: Vec<_> = (buffers.iter_mut())
            .map(|buffer| BatchUnit {
                place: place(0),
                version: WriteVersion::Unversioned,
                buffer,
                meta: UnitMeta::UNSEALED,
            })
            .collect();
        ring.seal_batch(&mut batch).unwrap();
    }
}

#[test]
fn no_nonce_repeats_across_restarts_restores_rollbacks_clones_and_crashes() {
    for suite in Suite::ALL {
        let mut seen = run::<Ours>(suite, 200);
        assert_eq!(seen.used.len(), 20_000, "{suite}");
        assert_eq!(
            seen.keys.len(),
            150,
            "{suite}: one epoch in each life of a writer"
        );
        assert_eq!(seen.repeats(), 0, "{suite}");
    }
}

/// The same with 10^7 units; epochs end by their limit as well:
/// `cargo test --release -p strongroom-cipher --lib -- --ignored ten_million`.
#[test]
#[ignore = "some seconds with optimisation, minutes without"]
fn no_nonce_repeats_in_ten_million_units() {
    let mut seen = run::<Ours>(Suite::Aes256Gcm, 100_000);
    assert_eq!(seen.used.len(), 10_000_000);
    assert!(seen.keys.len() > 150, "{}", seen.keys.len());
    assert_eq!(seen.repeats(), 0);
}

#[test]
fn the_count_catches_a_reused_epoch_and_a_persisted_counter() {
    for suite in [Suite::Aes256Gcm, Suite::Aes256GcmSiv] {
        assert!(run::<EpochReused>(suite, 200).repeats() > 1000, "{suite}");
        assert!(
            run::<CounterPersisted>(suite, 200).repeats() > 1000,
            "{suite}"
        );
    }
}
