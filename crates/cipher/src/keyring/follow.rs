//! A ring in use takes over what a newer ring of the same key holds.
//!
//! May touch: memory and, when an epoch begins, the provider's random generator.

use super::KeyRing;
use super::state::State;
use crate::error::KeyRingError;
use crate::id::DekGeneration;

/// What [`KeyRing::follow`] changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Followed {
    /// The generation that seals now, when it is another than before.
    pub seals: Option<DekGeneration>,
    /// How many generations do not open any more.
    pub dropped: usize,
}

impl KeyRing {
    /// Takes over the DEKs of `newer`, a ring of the same store and key id that was made from a later
    /// state of the keystore (`keys rotate`, `keys retire`), while others seal and open with this one.
    ///
    /// Where the active generation is another, a new epoch begins and the next unit is its first.
    /// Units of a generation that `newer` does not have open no more; their DEKs leave the memory with
    /// this ring.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::NotNewer`]; [`KeyRingError::Forked`], [`KeyRingError::Provider`]. The ring is
    /// then as before.
    pub fn follow(&self, newer: &Self) -> Result<Followed, KeyRingError> {
        let key_id = || self.scope.key_id.clone();
        let theirs = newer.state.load();
        let _changing = self.change();
        let old = self.state.load();
        if !self.is_here(&old) {
            return Err(KeyRingError::Forked { key_id: key_id() });
        }
        if self.scope != newer.scope || theirs.active < old.active {
            return Err(KeyRingError::NotNewer { key_id: key_id() });
        }
        let gone = |generation: &&DekGeneration| !theirs.deks.contains_key(generation);
        let followed = Followed {
            seals: Some(theirs.active).filter(|active| *active != old.active),
            dropped: old.deks.keys().filter(gone).count(),
        };
        let same = old.deks.keys().eq(theirs.deks.keys());
        if same && followed.seals.is_none() {
            return Ok(followed);
        }
        let mut state = State {
            deks: theirs.deks.clone(),
            active: theirs.active,
            write: old.write.clone(),
            process: old.process,
        };
        if followed.seals.is_some() {
            let epoch = self.new_epoch(&state);
            state.write = Some(epoch.map_err(|source| self.provider_failed(source))?);
        }
        self.state.store(state);
        if followed.dropped > 0 {
            self.forget_readers();
        }
        Ok(followed)
    }
}
