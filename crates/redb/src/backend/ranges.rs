//! Locks on stretches of the file: who reads or writes units of one group waits for nobody who is
//! in another. Memory only.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::layout::{self, Unit};

/// Locks of one file. Groups that are so many apart share one.
const STRIPES: usize = 64;

/// One lock for each stretch. A unit's octets and its meta belong together while its lock is held.
///
/// Order: the turn of a sync, then one stretch or all of them, then the state. Who holds a stretch
/// takes no second one.
pub(super) struct Ranges {
    stripes: [RwLock<()>; STRIPES],
    /// Taken where no stripe is found, which no unit number leads to.
    rest: RwLock<()>,
}

impl Ranges {
    pub(super) fn new() -> Self {
        Self {
            stripes: std::array::from_fn(|_| RwLock::new(())),
            rest: RwLock::new(()),
        }
    }

    fn of(&self, unit: Unit) -> &RwLock<()> {
        let group = layout::slot(unit).map_or(0, |(group, _)| group);
        let stripe = group.checked_rem(STRIPES).unwrap_or(0);
        self.stripes.get(stripe).unwrap_or(&self.rest)
    }

    /// Keeps writers away from the group of `unit`.
    pub(super) fn reading(&self, unit: Unit) -> RwLockReadGuard<'_, ()> {
        // The octets that a lock guards lie in the file, so a panic leaves nothing half-done here.
        self.of(unit).read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps everybody away from the group of `unit`.
    pub(super) fn writing(&self, unit: Unit) -> RwLockWriteGuard<'_, ()> {
        self.of(unit)
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps everybody away from every group.
    pub(super) fn all(&self) -> Vec<RwLockWriteGuard<'_, ()>> {
        self.stripes
            .iter()
            .map(|stripe| stripe.write().unwrap_or_else(PoisonError::into_inner))
            .collect()
    }
}
