//! A keystore that others may use between two steps of the life cycle.
//!
//! May touch: memory only. It is never locked while a key server is asked.

use std::sync::{Mutex, MutexGuard, PoisonError};

use strongroom_keystore::Keystore;

/// A keystore behind a lock.
#[derive(Debug)]
pub(crate) struct Held(Mutex<Keystore>);

impl Held {
    pub(crate) const fn new(keystore: Keystore) -> Self {
        Self(Mutex::new(keystore))
    }

    /// The keystore, for as long as the guard lives.
    // A panic under the lock leaves wholes: a keystore takes a change over when it is durable.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Keystore> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn into_inner(self) -> Keystore {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
