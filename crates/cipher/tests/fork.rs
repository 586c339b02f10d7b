//! I1 across fork: a child never seals under its parent's epoch. One thread, so without the harness.
#![expect(clippy::unwrap_used, reason = "a test without the harness")]

use strongroom_cipher::{Dek, DekGeneration, KeyId, KeyRing, Place, StoreId, WriteVersion};
use strongroom_secret::fork::{Child, in_child};

fn main() {
    if cfg!(not(target_os = "linux")) {
        // Only there the helper can tell how many threads there are.
        return;
    }
    let generation = DekGeneration::FIRST;
    let deks = vec![(generation, Dek::generate().unwrap())];
    let store = StoreId::generate().unwrap();
    let ring = KeyRing::new(store, KeyId::new("k").unwrap(), deks, generation).unwrap();
    let seal = || {
        let mut unit = [0; 64];
        let place = Place::new(b"o", 0).unwrap();
        let meta = (ring.seal(&place, WriteVersion::Unversioned, &mut unit)).unwrap();
        (meta, unit)
    };

    let (parent, _) = seal();
    let child = in_child(|| {
        let (child, mut unit) = seal();
        let place = Place::new(b"o", 0).unwrap();
        let opened = ring.open(&place, WriteVersion::Unversioned, &mut unit, &child);
        u8::from(child.epoch() != parent.epoch() && child.counter() == 1 && opened.is_ok())
    });
    assert_eq!(child.unwrap(), Child::Gave(1));

    let (again, _) = seal();
    assert_eq!(again.epoch(), parent.epoch(), "the parent's epoch goes on");
    assert_eq!(again.counter(), 2);
}
