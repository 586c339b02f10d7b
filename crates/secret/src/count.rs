//! An allocator that counts allocations and octets, per thread. For tests (feature `count`).
//!
//! May touch: the system's allocator.
#![expect(unsafe_code, reason = "an allocator cannot be written without it")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    /// Octets that this thread allocated less those that it freed; wraps where it freed another's.
    static LIVE: Cell<usize> = const { Cell::new(0) };
    /// The most that `LIVE` was above where [`peak`] began.
    static PEAK: Cell<usize> = const { Cell::new(0) };
    static BEGAN: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, counting. Install it in a test binary with `#[global_allocator]`.
#[derive(Debug)]
pub struct Counting;

/// Allocations and reallocations that this thread makes while `work` runs, where [`Counting`] is
/// installed; 0 elsewhere.
pub fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get().wrapping_sub(before)
}

/// The most octets that this thread held at once while `work` ran, beyond what it held before, where
/// [`Counting`] is installed; 0 elsewhere. A block that is resized counts twice for a moment, as if it
/// were copied. Not to be nested.
pub fn peak(work: impl FnOnce()) -> usize {
    BEGAN.set(LIVE.get());
    PEAK.set(0);
    work();
    PEAK.get()
}

fn took(octets: usize) {
    // Cells without a destructor: never torn down, never allocate.
    ALLOCATIONS.set(ALLOCATIONS.get().wrapping_add(1));
    LIVE.set(LIVE.get().wrapping_add(octets));
    let above = LIVE.get().wrapping_sub(BEGAN.get());
    // Above half of the address space: less is held than when it began.
    if above <= usize::MAX / 2 {
        PEAK.set(PEAK.get().max(above));
    }
}

fn gave(octets: usize) {
    LIVE.set(LIVE.get().wrapping_sub(octets));
}

// SAFETY: every call goes to `System` unchanged; counting does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: the caller keeps `GlobalAlloc`'s contract, which is `System`'s.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_len: usize) -> *mut u8 {
        took(new_len);
        gave(layout.size());
        // SAFETY: as above; `block` came from `System` by one of these methods.
        unsafe { System.realloc(block, layout, new_len) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        gave(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}
