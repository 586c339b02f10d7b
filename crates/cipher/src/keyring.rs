//! The key ring of one key id: seals under the write epoch, opens under any known generation.
//!
//! May touch: memory and, when an epoch begins, the provider's random generator.

mod cache;
mod chunked;
mod epoch;
mod follow;
mod input;
mod open;
mod recovery;
mod seal;
mod state;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use arc_swap::ArcSwap;
use strongroom_secret::process_mark;
use subtle::ConstantTimeEq as _;

use self::{
    cache::{EpochRef, SubkeyCache},
    epoch::WriteEpoch,
    input::Scope,
    state::{Current, State},
};
use crate::dek::{self, CHECK_VALUE_LEN, Dek};
use crate::error::{KeyRingError, ProviderError};
use crate::id::{DekGeneration, EpochId, KeyId, StoreId};
use crate::meta::UnitMeta;
use crate::place::{Place, WriteVersion};
use crate::provider::{Provider, RingProvider};
use crate::suite::Suite;

pub use self::{
    epoch::EpochLimits,
    follow::Followed,
    recovery::{OnAuthFailure, POISON, Recovered, Recovery},
};

/// Subkeys of other epochs than the write epoch that a ring keeps.
const READERS_MAX: usize = 1024;

/// All DEKs of one key id, ready to seal and open.
///
/// Sealing begins an epoch when there is none: after construction, and when the limits of the epoch
/// are reached. Nothing of an epoch is ever stored or read back, so no restart, restored backup or
/// copy can make a nonce repeat. A forked child is refused until it begins an epoch of its own.
/// Shared by reference between threads; sealing and opening take no lock.
pub struct KeyRing {
    scope: Scope,
    suite: Suite,
    limits: EpochLimits,
    provider: Arc<dyn Provider>,
    state: Current,
    readers: ArcSwap<SubkeyCache>,
    /// Held while one of the two is replaced.
    changing: Mutex<()>,
    #[cfg(feature = "mutants")]
    fork_unchecked: bool,
}

/// One unit of a batch, for [`KeyRing::seal_batch`] and [`KeyRing::open_batch`].
#[derive(Debug)]
pub struct BatchUnit<'a> {
    /// Where it belongs.
    pub place: Place<'a>,
    /// Which writing it is.
    pub version: WriteVersion,
    /// Plaintext or ciphertext.
    pub buffer: &'a mut [u8],
    /// Written by sealing ([`UnitMeta::UNSEALED`] before), read by opening.
    pub meta: UnitMeta,
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

    /// The ring of `key_id` in `store_id`, sealing under the generation `active` with
    /// [`Suite::Aes256Gcm`] of [`RingProvider`].
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Twice`], [`KeyRingError::ActiveMissing`], [`KeyRingError::Provider`].
    pub fn new(
        store_id: StoreId,
        key_id: KeyId,
        deks: Vec<(DekGeneration, Dek)>,
        active: DekGeneration,
    ) -> Result<Self, KeyRingError> {
        let mut state = State::new(active);
        for (generation, dek) in deks {
            state.add(&key_id, generation, &dek)?;
        }
        if !state.deks.contains_key(&active) {
            return Err(KeyRingError::ActiveMissing {
                key_id,
                generation: active,
            });
        }
        Ok(Self {
            scope: Scope { store_id, key_id },
            suite: Suite::default(),
            limits: EpochLimits::default(),
            provider: Arc::new(RingProvider),
            state: Current::new(state),
            readers: ArcSwap::from_pointee(SubkeyCache::new(READERS_MAX)),
            changing: Mutex::new(()),
            #[cfg(feature = "mutants")]
            fork_unchecked: false,
        })
    }

    /// The same ring with lower limits for an epoch.
    #[must_use]
    pub fn with_limits(mut self, limits: EpochLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The same ring, sealing with another suite. Units of every suite that the provider knows open.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Suite`] when the provider does not know it.
    pub fn with_suite(mut self, suite: Suite) -> Result<Self, KeyRingError> {
        self.suite = suite;
        self.renewed()
    }

    /// The same ring on another cryptographic library.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Suite`] when it does not know the ring's suite.
    pub fn with_provider(mut self, provider: Arc<dyn Provider>) -> Result<Self, KeyRingError> {
        self.provider = provider;
        self.renewed()
    }

    /// Without the epoch and subkeys of another suite or provider.
    fn renewed(self) -> Result<Self, KeyRingError> {
        if !self.provider.knows(self.suite) {
            return Err(KeyRingError::Suite {
                key_id: self.scope.key_id,
                suite: self.suite,
                provider: self.provider.name(),
            });
        }
        let state = State {
            write: None,
            ..State::clone(&self.state.load())
        };
        self.state.store(state);
        self.forget_readers();
        Ok(self)
    }

    /// Mutant: a ring that does not notice a fork. For the tests.
    #[cfg(feature = "mutants")]
    #[doc(hidden)]
    #[must_use]
    pub fn without_fork_check(mut self) -> Self {
        self.fork_unchecked = true;
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

    /// The suite that seals.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// The cryptographic library.
    #[must_use]
    pub fn provider(&self) -> &dyn Provider {
        &*self.provider
    }

    /// The generation that seals.
    #[must_use]
    pub fn active(&self) -> DekGeneration {
        self.state.load().active
    }

    /// Whether the DEK of `generation` is the one whose check value is `expected`
    /// (`docs/formats/unit.md`, section 5). To be asked before the first unit is read: a wrong key
    /// must not look like damage.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::WrongDek`], [`KeyRingError::UnknownGeneration`], [`KeyRingError::Provider`].
    pub fn check(
        &self,
        generation: DekGeneration,
        expected: &[u8; CHECK_VALUE_LEN],
    ) -> Result<(), KeyRingError> {
        let key_id = || self.scope.key_id.clone();
        let state = self.state.load();
        let dek = (state.deks.get(&generation)).ok_or_else(|| {
            let key_id = key_id();
            KeyRingError::UnknownGeneration { key_id, generation }
        })?;
        let value = dek::check_value(dek, &self.scope.store_id, &self.scope.key_id, generation)
            .map_err(|source| self.provider_failed(source))?;
        if bool::from(value.ct_eq(expected)) {
            return Ok(());
        }
        let key_id = key_id();
        Err(KeyRingError::WrongDek { key_id, generation })
    }

    /// Begins a new epoch now; the next [`Self::seal`] is its first.
    ///
    /// Call it when a store is opened for writing, so that a failing random generator shows then.
    /// Nothing depends on it, but in a forked child: there nothing is sealed or opened before.
    ///
    /// # Errors
    ///
    /// [`ProviderError::Random`]; the old epoch, if any, goes on. [`ProviderError::KeyLost`] in a
    /// forked child whose kernel wiped the DEKs: make a ring from DEKs unlocked anew.
    pub fn begin_epoch(&self) -> Result<(), ProviderError> {
        let _changing = self.change();
        let mut state = State::clone(&self.state.load());
        state.write = Some(self.new_epoch(&state)?);
        if !self.is_here(&state) {
            // Of the parent; the kernel may have wiped them.
            self.forget_readers();
            state.process = process_mark();
        }
        self.state.store(state);
        Ok(())
    }

    /// Adds a DEK and seals with it from now on (`keys rotate`). Older units open as before and
    /// are reported as stale.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Twice`]; [`KeyRingError::Forked`], [`KeyRingError::Provider`], and the ring
    /// is as before.
    pub fn rotate(&self, generation: DekGeneration, dek: &Dek) -> Result<(), KeyRingError> {
        let _changing = self.change();
        let mut state = State::clone(&self.state.load());
        if !self.is_here(&state) {
            let key_id = self.scope.key_id.clone();
            return Err(KeyRingError::Forked { key_id });
        }
        state.add(&self.scope.key_id, generation, dek)?;
        state.active = generation;
        let epoch = self.new_epoch(&state);
        state.write = Some(epoch.map_err(|source| self.provider_failed(source))?);
        self.state.store(state);
        Ok(())
    }

    /// Begins a new epoch unless another thread did since `seen` was current.
    fn roll(&self, seen: &State) -> Result<(), ProviderError> {
        let _changing = self.change();
        if std::ptr::eq(&*self.state.load(), seen) {
            let mut state = State::clone(seen);
            state.write = Some(self.new_epoch(seen)?);
            self.state.store(state);
        }
        Ok(())
    }

    /// An epoch under the active DEK, with an id drawn now.
    fn new_epoch(&self, state: &State) -> Result<Arc<WriteEpoch>, ProviderError> {
        // `new` and `rotate` see to it that the active DEK is there.
        let dek = (state.deks.get(&state.active)).ok_or(ProviderError::Length)?;
        let mut id = [0; 16];
        self.provider.random(&mut id)?;
        let unbound = UnitMeta {
            epoch: EpochId(id),
            ..UnitMeta::UNSEALED
        };
        let epoch = EpochRef {
            suite: self.suite,
            generation: state.active,
            epoch: unbound.bound(self.suite).epoch,
        };
        let subkey = self.scope.subkey(&*self.provider, dek, epoch)?;
        let limits = self.limits.within(self.suite);
        Ok(Arc::new(WriteEpoch::new(epoch, subkey, limits)))
    }

    /// Whether this is the process that `state` belongs to. A load and a comparison.
    fn is_here(&self, state: &State) -> bool {
        #[cfg(feature = "mutants")]
        if self.fork_unchecked {
            return true;
        }
        state.process == process_mark()
    }

    fn forget_readers(&self) {
        self.readers.store(Arc::new(SubkeyCache::new(READERS_MAX)));
    }

    fn provider_failed(&self, source: ProviderError) -> KeyRingError {
        KeyRingError::Provider {
            key_id: self.scope.key_id.clone(),
            source,
        }
    }

    // A panic under the lock leaves wholes: each change is one assignment.
    fn change(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("store_id", &self.scope.store_id)
            .field("key_id", &self.scope.key_id)
            .field("suite", &self.suite)
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
