//! The key ring of one key id: seals under the write epoch, opens under any known generation.
//!
//! May touch: memory and, when an epoch begins, the operating system's random generator.

mod cache;
mod epoch;
mod input;

use std::{
    collections::BTreeMap,
    fmt,
    num::NonZeroU64,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use self::{
    cache::{EpochRef, SubkeyCache},
    epoch::WriteEpoch,
    input::{AAD_LEN_MAX, Scope},
};
use crate::dek::Dek;
use crate::envelope::Hkdf;
use crate::error::{
    KeyRingError, OpenError, OpenErrorKind, ProviderError, SealError, SealErrorKind,
};
use crate::id::{DekGeneration, EpochId, KeyId, StoreId};
use crate::meta::{FORMAT, SUITE_AES_256_GCM, TAG_LEN, UnitMeta};
use crate::place::{Place, WriteVersion};
use crate::provider::{Entropy, GcmKey, SystemEntropy};

pub use self::epoch::EpochLimits;

/// Subkeys of other epochs than the write epoch that a ring keeps.
const READERS_MAX: usize = 1024;

/// All DEKs of one key id, ready to seal and open.
///
/// Sealing begins an epoch when there is none: after construction, in a forked child, when the
/// limits of the epoch are reached. Nothing of an epoch is ever stored or read back, so no restart,
/// restored backup or copy can make a nonce repeat. Shared by reference between threads.
pub struct KeyRing {
    scope: Scope,
    limits: EpochLimits,
    entropy: Box<dyn Entropy>,
    state: RwLock<State>,
}

struct State {
    deks: BTreeMap<DekGeneration, Arc<Hkdf>>,
    active: DekGeneration,
    write: Option<Arc<WriteEpoch>>,
    readers: SubkeyCache,
}

/// What [`KeyRing::open`] says about a unit that it opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opened {
    /// The DEK generation that had sealed it.
    pub generation: DekGeneration,
    /// Whether that is another than the active one: seal it anew when convenient.
    pub stale: bool,
}

impl KeyRing {
    /// Longest unit, in octets: 1 GiB.
    pub const UNIT_LEN_MAX: usize = 1 << 30;

    /// The ring of `key_id` in `store_id`, sealing under the generation `active`.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Twice`], [`KeyRingError::ActiveMissing`].
    pub fn new(
        store_id: StoreId,
        key_id: KeyId,
        deks: Vec<(DekGeneration, Dek)>,
        active: DekGeneration,
    ) -> Result<Self, KeyRingError> {
        let ring = Self {
            scope: Scope { store_id, key_id },
            limits: EpochLimits::default(),
            entropy: Box::new(SystemEntropy),
            state: RwLock::new(State {
                deks: BTreeMap::new(),
                active,
                write: None,
                readers: SubkeyCache::new(READERS_MAX),
            }),
        };
        let mut state = ring.write_state();
        for (generation, dek) in deks {
            ring.add(&mut state, generation, &dek)?;
        }
        if !state.deks.contains_key(&active) {
            return Err(KeyRingError::ActiveMissing {
                key_id: ring.scope.key_id.clone(),
                generation: active,
            });
        }
        drop(state);
        Ok(ring)
    }

    /// The same ring with lower limits for an epoch.
    #[must_use]
    pub fn with_limits(mut self, limits: EpochLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Which store.
    #[must_use]
    pub const fn store_id(&self) -> &StoreId {
        &self.scope.store_id
    }

    /// Which key.
    #[must_use]
    pub const fn key_id(&self) -> &KeyId {
        &self.scope.key_id
    }

    /// The generation that seals.
    #[must_use]
    pub fn active(&self) -> DekGeneration {
        self.read_state().active
    }

    /// Begins a new epoch now; the next [`Self::seal`] is its first.
    ///
    /// Call it when a store is opened for writing, so that a failing random generator shows then.
    /// Nothing depends on it: without an epoch, `seal` begins one.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Random`]; the old epoch, if any, goes on.
    pub fn begin_epoch(&self) -> Result<(), ProviderError> {
        let mut state = self.write_state();
        state.write = Some(self.new_epoch(&state)?);
        Ok(())
    }

    /// Adds a DEK and seals with it from now on (`keys rotate`). Older units open as before and
    /// are reported as stale.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Twice`]; [`KeyRingError::Provider`], and the ring is as before.
    pub fn rotate(&self, generation: DekGeneration, dek: &Dek) -> Result<(), KeyRingError> {
        let mut state = self.write_state();
        self.add(&mut state, generation, dek)?;
        let before = std::mem::replace(&mut state.active, generation);
        match self.new_epoch(&state) {
            Ok(epoch) => state.write = Some(epoch),
            Err(error) => {
                state.active = before;
                state.deks.remove(&generation);
                return Err(self.provider_failed(error));
            }
        }
        Ok(())
    }

    /// Encrypts `buffer` in place and gives the meta to store beside it.
    ///
    /// # Shapes
    ///
    /// | argument | octets | content                                  |
    /// |----------|-------:|------------------------------------------|
    /// | `buffer` | 0-2^30 | plaintext in, ciphertext out             |
    /// | result   |     48 | meta; `place` and `version` are not in it |
    ///
    /// # Errors
    ///
    /// [`SealErrorKind::TooLong`], [`SealErrorKind::Exhausted`] (the unit alone is beyond the
    /// limits of an epoch), [`SealErrorKind::Provider`] (no random octets for a new epoch).
    ///
    /// # Specification
    ///
    /// `docs/formats/unit.md`, sections 2 to 4; NIST SP 800-38D, 7.1 and 8.2.1.
    pub fn seal(
        &self,
        place: &Place<'_>,
        version: WriteVersion,
        buffer: &mut [u8],
    ) -> Result<UnitMeta, SealError> {
        self.seal_unit(place, version, buffer)
            .map_err(|kind| SealError {
                key_id: self.scope.key_id.clone(),
                unit: place.unit(),
                kind,
            })
    }

    /// Verifies and decrypts `buffer` in place. On failure the buffer is zeroed.
    ///
    /// # Shapes
    ///
    /// | argument | octets | content                                        |
    /// |----------|-------:|------------------------------------------------|
    /// | `buffer` | 0-2^30 | ciphertext in, plaintext out                   |
    /// | `meta`   |     48 | as `seal` gave it; the caller need not trust it |
    ///
    /// # Errors
    ///
    /// One [`OpenErrorKind`] per cause. The key is fixed by the generation in `meta`; no other is
    /// tried.
    ///
    /// # Specification
    ///
    /// `docs/formats/unit.md`, sections 2 to 5; NIST SP 800-38D, 7.2.
    pub fn open(
        &self,
        place: &Place<'_>,
        version: WriteVersion,
        buffer: &mut [u8],
        meta: &UnitMeta,
    ) -> Result<Opened, OpenError> {
        self.open_unit(place, version, buffer, meta)
            .map_err(|kind| {
                buffer.fill(0);
                OpenError {
                    key_id: self.scope.key_id.clone(),
                    unit: place.unit(),
                    kind,
                }
            })
    }

    fn seal_unit(
        &self,
        place: &Place<'_>,
        version: WriteVersion,
        buffer: &mut [u8],
    ) -> Result<UnitMeta, SealErrorKind> {
        let len = buffer.len();
        if len > Self::UNIT_LEN_MAX {
            return Err(SealErrorKind::TooLong { len });
        }
        let numbers = (self.limits.numbers(len)).ok_or(SealErrorKind::Exhausted { len })?;
        let (epoch, counter) = self.claim(numbers)?;
        let mut meta = UnitMeta {
            format: FORMAT,
            suite: SUITE_AES_256_GCM,
            flags: 0,
            generation: epoch.generation,
            epoch: epoch.id,
            counter,
            tag: [0; TAG_LEN],
        };
        let mut area = [0; AAD_LEN_MAX];
        let aad = (self.scope).associated_data(&mut area, (place, version), &meta)?;
        meta.tag = (epoch.subkey).seal(input::nonce(counter), aad, buffer)?;
        Ok(meta)
    }

    /// A counter in the write epoch, or in a new one when that is at its end.
    fn claim(&self, numbers: NonZeroU64) -> Result<(Arc<WriteEpoch>, u64), ProviderError> {
        // Each turn that ends without a counter found an epoch that others had used up.
        loop {
            let epoch = self.read_state().write.clone();
            match epoch {
                Some(epoch) => match epoch.claim(numbers) {
                    Some(counter) => return Ok((epoch, counter)),
                    None => self.roll(Some(&epoch))?,
                },
                None => self.roll(None)?,
            }
        }
    }

    /// Begins a new epoch unless another thread did since `ended` was seen.
    fn roll(&self, ended: Option<&Arc<WriteEpoch>>) -> Result<(), ProviderError> {
        let mut state = self.write_state();
        let same = match (&state.write, ended) {
            (Some(now), Some(ended)) => Arc::ptr_eq(now, ended),
            (None, None) => true,
            _ => false,
        };
        if same {
            state.write = Some(self.new_epoch(&state)?);
        }
        Ok(())
    }

    /// An epoch under the active DEK, with an id drawn now.
    fn new_epoch(&self, state: &State) -> Result<Arc<WriteEpoch>, ProviderError> {
        // `new` and `rotate` see to it that the active DEK is there.
        let dek = (state.deks.get(&state.active)).ok_or(ProviderError::Length)?;
        let mut id = [0; 16];
        self.entropy.fill(&mut id)?;
        let id = EpochId(id);
        let subkey = self.scope.subkey(dek, state.active, id)?;
        let epoch = WriteEpoch::new(id, state.active, subkey, self.limits);
        Ok(Arc::new(epoch))
    }

    fn open_unit(
        &self,
        place: &Place<'_>,
        version: WriteVersion,
        buffer: &mut [u8],
        meta: &UnitMeta,
    ) -> Result<Opened, OpenErrorKind> {
        refuse_unknown(meta)?;
        if buffer.len() > Self::UNIT_LEN_MAX {
            return Err(OpenErrorKind::TooLong { len: buffer.len() });
        }
        let mut area = [0; AAD_LEN_MAX];
        let aad = (self.scope).associated_data(&mut area, (place, version), meta)?;
        let found = self.subkey_of(meta)?;
        let nonce = input::nonce(meta.counter);
        if !(found.subkey).open(nonce, aad, buffer, meta.tag)? {
            return Err(OpenErrorKind::WrongTag);
        }
        if found.unseen {
            let epoch = epoch_ref(meta);
            self.write_state().readers.enter(epoch, found.subkey);
        }
        Ok(Opened {
            generation: meta.generation,
            stale: found.stale,
        })
    }

    /// The one subkey that the meta names: the write epoch's, a cached one, or one derived now.
    fn subkey_of(&self, meta: &UnitMeta) -> Result<Found, OpenErrorKind> {
        let state = self.read_state();
        let stale = meta.generation != state.active;
        let own = (state.write.as_ref())
            .filter(|own| own.id == meta.epoch && own.generation == meta.generation)
            .map(|own| Arc::clone(&own.subkey));
        if let Some(subkey) = own.or_else(|| state.readers.subkey(&epoch_ref(meta))) {
            return Ok(Found {
                subkey,
                unseen: false,
                stale,
            });
        }
        let dek = (state.deks.get(&meta.generation).cloned())
            .ok_or(OpenErrorKind::UnknownGeneration(meta.generation))?;
        drop(state);
        let subkey = self.scope.subkey(&dek, meta.generation, meta.epoch)?;
        Ok(Found {
            subkey: Arc::new(subkey),
            unseen: true,
            stale,
        })
    }

    fn add(
        &self,
        state: &mut State,
        generation: DekGeneration,
        dek: &Dek,
    ) -> Result<(), KeyRingError> {
        let key_id = || self.scope.key_id.clone();
        if state.deks.contains_key(&generation) {
            return Err(KeyRingError::Twice {
                key_id: key_id(),
                generation,
            });
        }
        let prk = Hkdf::from_prk(dek.secret().expose()).map_err(|e| self.provider_failed(e))?;
        state.deks.insert(generation, Arc::new(prk));
        Ok(())
    }

    fn provider_failed(&self, source: ProviderError) -> KeyRingError {
        KeyRingError::Provider {
            key_id: self.scope.key_id.clone(),
            source,
        }
    }

    // A panic under the lock leaves a whole state: each change is one assignment.
    fn read_state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_state(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("store_id", &self.scope.store_id)
            .field("key_id", &self.scope.key_id)
            .finish_non_exhaustive()
    }
}

/// A subkey for opening.
struct Found {
    subkey: Arc<GcmKey>,
    /// Derived just now: to be entered in the cache if the tag verifies under it.
    unseen: bool,
    stale: bool,
}

const fn epoch_ref(meta: &UnitMeta) -> EpochRef {
    EpochRef {
        generation: meta.generation,
        epoch: meta.epoch,
    }
}

fn refuse_unknown(meta: &UnitMeta) -> Result<(), OpenErrorKind> {
    if meta.format != FORMAT {
        return Err(OpenErrorKind::UnknownFormat(meta.format));
    }
    if meta.suite != SUITE_AES_256_GCM {
        return Err(OpenErrorKind::UnknownSuite(meta.suite));
    }
    if meta.flags != 0 {
        return Err(OpenErrorKind::UnknownFlags(meta.flags));
    }
    match meta.counter {
        1..=EpochLimits::UNITS_MAX => Ok(()),
        counter => Err(OpenErrorKind::BadCounter(counter)),
    }
}

#[cfg(test)]
mod tests;
