//! A slot for values whose memory must be wiped but that do not wipe themselves.
//!
//! May touch: key memory, and the unused part of the calling thread's stack.
#![expect(
    unsafe_code,
    reason = "reading a slot that is known to be filled, and volatile writes over unused stack"
)]

use std::{
    cell::Cell, convert::Infallible, fmt, hint, marker::PhantomData, mem, mem::MaybeUninit, ptr,
};

use crate::arena::{SLOT_ALIGN, Slot};

/// Octets of stack that are overwritten after a value was built.
///
/// Measured with ring 0.17.14 and no optimisation: after 4 KiB the memory scan of
/// `strongroom-cipher` still finds keys, after 16 KiB none. The rest is margin.
pub const SCRUB_LEN: usize = 64 * 1024;

/// Octets of stack that [`scrubbed_shallow`] overwrites.
///
/// Measured with aes 0.9.4, which lays copies of its round keys on the stack in every call: after
/// 8 KiB the memory scan of `strongroom-psmdb` still finds one, after 10 KiB none, with
/// optimisation and without.
pub const SHALLOW_SCRUB_LEN: usize = 12 * 1024;

/// Octets between the caller's frame and the first frame of the work that is scrubbed after.
const HEAD_ROOM: usize = 1024;
const SCRUB_BLOCK: usize = 256;
const SCRUB_BLOCKS: usize = SCRUB_LEN / SCRUB_BLOCK;
const SHALLOW_BLOCKS: usize = SHALLOW_SCRUB_LEN / SCRUB_BLOCK;

/// A `T` in key memory, overwritten with volatile writes when it is dropped.
///
/// For types of other crates that hold keys and have no `Drop` of their own, such as ring's key
/// schedules. `T` must not need dropping (checked when the program is compiled): its octets are
/// overwritten in place of running a destructor.
///
/// ```
/// use strongroom_secret::WipedBox;
///
/// let schedule = WipedBox::new(|| [7_u32; 4]);
/// assert_eq!(schedule.get(), Some(&[7; 4]));
/// ```
///
/// ```compile_fail
/// // A `String` owns memory elsewhere that would be neither wiped nor freed.
/// strongroom_secret::WipedBox::new(|| String::from("key"));
/// ```
pub struct WipedBox<T> {
    slot: Slot,
    value: PhantomData<T>,
}

impl<T> WipedBox<T> {
    /// Builds the value with `make` and leaves no copy of it on the stack.
    ///
    /// `make` runs in a frame of its own; the [`SCRUB_LEN`] octets of stack below the caller are
    /// overwritten afterwards, also when `make` fails or panics.
    ///
    /// # Errors
    ///
    /// What `make` returns; nothing is kept then.
    pub fn try_new<E>(make: impl FnOnce() -> Result<T, E>) -> Result<Self, E> {
        const {
            assert!(
                !mem::needs_drop::<T>(),
                "the value must not need dropping: its memory is overwritten instead"
            );
            assert!(
                align_of::<T>() <= SLOT_ALIGN,
                "slots of key memory are aligned to a cache line"
            );
        };
        let slot = Slot::new(size_of::<T>());
        let place = slot.start().cast::<T>();
        // SAFETY: room for a `T`, aligned for it, that nobody else refers to.
        scrubbed(|| make().map(|value| unsafe { place.write(value) }))?;
        let value = PhantomData;
        Ok(Self { slot, value })
    }

    /// As [`Self::try_new`], where building cannot fail.
    pub fn new(make: impl FnOnce() -> T) -> Self {
        match Self::try_new(|| Ok::<T, Infallible>(make())) {
            Ok(slot) => slot,
            Err(never) => match never {},
        }
    }

    /// The value; `None` in a child forked since it was made, where the kernel wiped it. A load and
    /// a comparison.
    #[must_use]
    #[inline]
    pub fn get(&self) -> Option<&T> {
        if !self.slot.is_alive() {
            return None;
        }
        // SAFETY: `try_new` is the only constructor, and hands out only what it wrote a `T` to;
        // nothing writes it again before `drop`. The one exception is the kernel in a forked child,
        // before any of the child's code runs: then the slot is not alive.
        Some(unsafe { self.slot.start().cast().as_ref() })
    }
}

impl<T> fmt::Debug for WipedBox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WipedBox(..)")
    }
}

thread_local! {
    /// Blocks that the outermost scrubbing around this thread's work will overwrite; 0 outside.
    static INSIDE: Cell<usize> = const { Cell::new(0) };
}

/// Runs `work` in a frame of its own, then overwrites the [`SCRUB_LEN`] octets of stack that it
/// may have used, also when it panics. About 3 microseconds.
///
/// Inside another `scrubbed` of the same thread it only runs `work`, and the outer one overwrites
/// the stack at its end: for bulk work put one around the whole. It reaches [`SCRUB_LEN`] octets
/// deep, so what is between the two must not nest deeply or hold large arrays.
///
/// What `work` returns is moved through the caller's frame, which is not overwritten: let it
/// write secrets to a place behind a reference or a box instead.
pub fn scrubbed<R>(work: impl FnOnce() -> R) -> R {
    scrubbed_blocks::<R, SCRUB_BLOCKS>(work)
}

/// As [`scrubbed`], for work that does not nest deeply: [`SHALLOW_SCRUB_LEN`] octets, a fraction of
/// the time. For what is called once a page.
pub fn scrubbed_shallow<R>(work: impl FnOnce() -> R) -> R {
    scrubbed_blocks::<R, SHALLOW_BLOCKS>(work)
}

#[inline(never)]
fn scrubbed_blocks<R, const BLOCKS: usize>(work: impl FnOnce() -> R) -> R {
    struct ScrubLater<const BLOCKS: usize>(usize);
    impl<const BLOCKS: usize> Drop for ScrubLater<BLOCKS> {
        fn drop(&mut self) {
            INSIDE.set(self.0);
            scrub::<BLOCKS>();
        }
    }
    let outer = INSIDE.get();
    if outer >= BLOCKS {
        return work();
    }
    INSIDE.set(BLOCKS);
    let _scrub_later = ScrubLater::<BLOCKS>(outer);
    apart(work)
}

/// Calls `work` a little deeper than [`scrub`] begins to write.
///
/// The frames on the way to `scrub` (the drop glue, its saved registers) keep some octets below
/// the caller's frame from being overwritten; nothing of `work` may lie there.
#[inline(never)]
fn apart<R>(work: impl FnOnce() -> R) -> R {
    let head_room = [const { MaybeUninit::<u8>::uninit() }; HEAD_ROOM];
    hint::black_box(&head_room);
    let result = deeper(work);
    hint::black_box(&head_room);
    result
}

#[inline(never)]
fn deeper<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[inline(never)]
fn scrub<const BLOCKS: usize>() {
    let mut area = [const { MaybeUninit::<[u8; SCRUB_BLOCK]>::uninit() }; BLOCKS];
    // SAFETY: `area` is valid for writing in its whole length, and zeros are a valid `MaybeUninit`.
    unsafe { ptr::write_bytes(area.as_mut_ptr(), 0, BLOCKS) };
    keep_writes(&area);
}

/// Makes the compiler believe that somebody reads the octets, so that it cannot leave out their writing.
#[cfg(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
fn keep_writes<T>(octets: &T) {
    // SAFETY: no instruction. Not declared `nomem`, so what the address leads to counts as read.
    unsafe {
        std::arch::asm!("/* {0} */", in(reg) ptr::from_ref(octets), options(nostack, preserves_flags));
    }
}

/// As far as [`hint::black_box`] promises it.
#[cfg(not(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri))))]
fn keep_writes<T>(octets: &T) {
    hint::black_box(octets);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_gives_back_what_was_built() {
        let slot = WipedBox::new(|| [0xabcd_u16; 100]);
        assert_eq!(slot.get(), Some(&[0xabcd; 100]));
        assert_eq!(format!("{slot:?}"), "WipedBox(..)");
    }

    #[test]
    fn a_failed_build_gives_the_error() {
        let refused = WipedBox::<u8>::try_new(|| Err("no entropy"));
        assert_eq!(refused.unwrap_err(), "no entropy");
    }

    #[test]
    fn a_panic_while_building_frees_the_slot_without_reading_it() {
        let outcome = std::panic::catch_unwind(|| {
            WipedBox::<[u8; 16]>::new(|| std::panic::resume_unwind(Box::new(())))
        });
        assert!(outcome.is_err());
    }

    #[test]
    fn scrubbed_gives_the_result_of_the_work() {
        assert_eq!(scrubbed(|| 6 * 7), 42);
        assert_eq!(scrubbed(|| scrubbed(|| 6) * scrubbed(|| 7)), 42);
        assert_eq!(
            scrubbed_shallow(|| scrubbed(|| 6) * scrubbed_shallow(|| 7)),
            42
        );
        assert_eq!(INSIDE.get(), 0);
    }

    #[test]
    fn a_deep_scope_inside_a_shallow_one_scrubs_by_itself() {
        scrubbed_shallow(|| {
            assert_eq!(INSIDE.get(), SHALLOW_BLOCKS);
            scrubbed(|| assert_eq!(INSIDE.get(), SCRUB_BLOCKS));
            assert_eq!(INSIDE.get(), SHALLOW_BLOCKS, "the outer one goes on");
        });
        scrubbed(|| scrubbed_shallow(|| assert_eq!(INSIDE.get(), SCRUB_BLOCKS)));
        assert_eq!(INSIDE.get(), 0);
    }

    #[test]
    fn a_panic_inside_leaves_the_scope() {
        let work = || scrubbed(|| std::panic::resume_unwind(Box::new(())));
        assert!(std::panic::catch_unwind(work).is_err());
        assert_eq!(INSIDE.get(), 0);
    }
}
