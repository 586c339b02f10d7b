//! What a ring holds beside its cache: wholes that never change, of which one is current.
//!
//! May touch: memory only.

use std::{
    collections::BTreeMap,
    ops::Deref,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use arc_swap::{ArcSwap, Guard};
use strongroom_secret::process_mark;

use super::epoch::WriteEpoch;
use crate::dek::Dek;
use crate::envelope::Hkdf;
use crate::error::KeyRingError;
use crate::id::{DekGeneration, KeyId};

/// States that are kept as long as their ring.
const PINNED: usize = 16;

#[derive(Clone)]
pub(super) struct State {
    pub(super) deks: BTreeMap<DekGeneration, Arc<Hkdf>>,
    pub(super) active: DekGeneration,
    pub(super) write: Option<Arc<WriteEpoch>>,
    /// The process that may use it: a forked child has the same epoch and counter in its memory.
    pub(super) process: u64,
}

impl State {
    /// Without DEKs and epoch, of this process.
    pub(super) fn new(active: DekGeneration) -> Self {
        Self {
            deks: BTreeMap::new(),
            active,
            write: None,
            process: process_mark(),
        }
    }

    pub(super) fn add(
        &mut self,
        key_id: &KeyId,
        generation: DekGeneration,
        dek: &Dek,
    ) -> Result<(), KeyRingError> {
        let key_id = || key_id.clone();
        if self.deks.contains_key(&generation) {
            return Err(KeyRingError::Twice {
                key_id: key_id(),
                generation,
            });
        }
        let prk = Hkdf::from_prk(dek.secret().expose()).map_err(|source| {
            let key_id = key_id();
            KeyRingError::Provider { key_id, source }
        })?;
        self.deks.insert(generation, Arc::new(prk));
        Ok(())
    }
}

/// The current state. Reading it takes no lock and, of the first states of a ring, writes nothing.
///
/// A ring has one state for each epoch, and an epoch lasts for 2^36 units: the first few, kept until
/// the ring goes, are all that most rings ever have. Later ones are counted while they are read.
pub(super) struct Current {
    pinned: [OnceLock<State>; PINNED],
    /// Which of them is current; beyond them, the last is.
    at: AtomicUsize,
    last: ArcSwap<State>,
}

/// A state that is being read.
pub(super) enum Held<'a> {
    Pinned(&'a State),
    Counted(Guard<Arc<State>>),
}

impl Deref for Held<'_> {
    type Target = State;

    #[inline]
    fn deref(&self) -> &State {
        match self {
            Held::Pinned(state) => state,
            Held::Counted(state) => state,
        }
    }
}

impl Current {
    pub(super) fn new(first: State) -> Self {
        Self {
            pinned: std::array::from_fn(|_| OnceLock::new()),
            at: AtomicUsize::new(PINNED),
            last: ArcSwap::from_pointee(first),
        }
    }

    #[inline]
    pub(super) fn load(&self) -> Held<'_> {
        let pinned = self.pinned.get(self.at.load(Ordering::Acquire));
        match pinned.and_then(OnceLock::get) {
            Some(state) => Held::Pinned(state),
            None => Held::Counted(self.last.load()),
        }
    }

    /// Makes `state` the current one. Only one thread at a time.
    pub(super) fn store(&self, state: State) {
        let free = self.pinned.iter().position(|slot| slot.get().is_none());
        match free.and_then(|at| Some((at, self.pinned.get(at)?))) {
            Some((at, slot)) => {
                slot.get_or_init(|| state);
                self.at.store(at, Ordering::Release);
            }
            None => {
                self.last.store(Arc::new(state));
                self.at.store(PINNED, Ordering::Release);
            }
        }
    }
}
