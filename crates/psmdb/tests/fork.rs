//! I1 across fork: a child uses none of its parent's IVs. One thread, so without the harness.
#![expect(clippy::unwrap_used, reason = "a test without the harness")]

use strongroom_psmdb::{CbcIvs, GcmIvs, IvError};
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
}
