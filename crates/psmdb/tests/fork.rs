//! I1 and key memory across fork: a child uses none of its parent's IVs and has none of its keys. One
//! thread, so without the harness.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test without the harness"
)]

use strongroom_psmdb::{
    CBC_GROWTH_MAX, CbcIv, CbcIvs, CbcKey, DecryptError, EncryptError, GcmIvs, IvError,
};
use strongroom_secret::SecretBytes;
use strongroom_secret::fork::{Child, in_child};

fn main() {
    if cfg!(not(target_os = "linux")) {
        // Only there the helper can tell how many threads there are.
        return;
    }
    let counters = GcmIvs::resume(0);
    counters.raise(4096).unwrap();
    counters.next().unwrap();
    let child = in_child(|| {
        let refused = counters.next() == Err(IvError::Forked);
        u8::from(refused && counters.raise(8192) == Err(IvError::Forked))
    });
    assert_eq!(child.unwrap(), Child::Gave(1));
    assert_eq!(counters.unused(), 2);
    assert!(counters.next().is_ok(), "the parent goes on");

    let ivs = CbcIvs::new().unwrap();
    let child = in_child(|| {
        let own = CbcIvs::new().unwrap().next().is_ok();
        u8::from(own && ivs.next() == Err(IvError::Forked))
    });
    assert_eq!(child.unwrap(), Child::Gave(1));
    assert!(ivs.next().is_ok(), "the parent goes on");

    let key = CbcKey::new(&SecretBytes::copy_from(&[7; 32])).unwrap();
    let mut room = [0; 5 + CBC_GROWTH_MAX];
    let iv = || CbcIv::assume_random([9; 16]);
    let len = key.encrypt_into(iv(), b"plain", &mut room).unwrap();
    let child = in_child(|| {
        let mut other = [0; 5 + CBC_GROWTH_MAX];
        let encrypted = key.encrypt_into(iv(), b"plain", &mut other);
        let is_untouched = encrypted == Err(EncryptError::KeyLost) && other == [0; 41];
        let mut page = room;
        let decrypted = key.decrypt_in_place(&mut page[..len]).err();
        u8::from(is_untouched && decrypted == Some(DecryptError::KeyLost))
    });
    assert_eq!(child.unwrap(), Child::Gave(1));
    assert_eq!(key.decrypt_in_place(&mut room[..len]).unwrap(), b"plain");
}
