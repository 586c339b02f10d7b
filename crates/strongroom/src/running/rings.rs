//! The key rings that are in use. May touch: memory only.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use serde::{Deserialize, Serialize};
use strongroom_cipher::{KeyId, KeyRing};

/// A key id that the process seals and opens under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RingReport {
    /// Key id.
    pub id: String,
    /// The generation that seals.
    pub generation: u32,
}

/// Rings that were given out, one for a key id. Who has them decides how long they live.
///
/// Given out and looked up under the keystore's lock, so that none misses a generation.
#[derive(Debug, Default)]
pub(super) struct Rings(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    rings: BTreeMap<KeyId, Weak<KeyRing>>,
    /// How many make it worth to look for those that are gone.
    many: usize,
}

impl Rings {
    pub(super) fn get(&self, id: &KeyId) -> Option<Arc<KeyRing>> {
        self.table().rings.get(id)?.upgrade()
    }

    pub(super) fn put(&self, ring: &Arc<KeyRing>) {
        let mut table = self.table();
        if table.rings.len() > table.many {
            table.rings.retain(|_, ring| ring.strong_count() > 0);
            table.many = table.rings.len().saturating_mul(2).max(64);
        }
        let id = ring.key_id().clone();
        table.rings.insert(id, Arc::downgrade(ring));
    }

    pub(super) fn report(&self) -> Vec<RingReport> {
        let table = self.table();
        let live = table.rings.iter().filter_map(|(id, ring)| {
            let generation = ring.upgrade()?.active().value();
            let id = id.as_str().to_owned();
            Some(RingReport { id, generation })
        });
        live.collect()
    }

    // A panic under the lock leaves wholes: each change is one call.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_cipher::{Dek, DekGeneration, StoreId};

    fn ring(id: usize) -> Arc<KeyRing> {
        let first = DekGeneration::FIRST;
        let id = KeyId::new(format!("key {id}").as_str()).unwrap();
        let deks = vec![(first, Dek::generate().unwrap())];
        let store = StoreId::generate().unwrap();
        Arc::new(KeyRing::new(store, id, deks, first).unwrap())
    }

    #[test]
    fn a_ring_is_known_while_somebody_has_it_and_no_longer() {
        let rings = Rings::default();
        let kept = ring(0);
        rings.put(&kept);
        for number in 1..1000 {
            rings.put(&ring(number));
        }
        assert!(Arc::ptr_eq(&rings.get(kept.key_id()).unwrap(), &kept));
        assert_eq!(rings.report().len(), 1);
        assert!(rings.table().rings.len() < 200);
        let id = kept.key_id().clone();
        drop(kept);
        assert!(rings.get(&id).is_none());
        assert!(rings.report().is_empty());
    }
}
