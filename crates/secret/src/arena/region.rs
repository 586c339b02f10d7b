//! One piece of key memory: pages of their own between two that nobody may touch.
//!
//! May touch: the process's memory map.

use std::{
    alloc::Layout,
    ptr::NonNull,
    sync::atomic::{AtomicU64, Ordering},
};

use super::status::KeyMemory;

/// Octets at the start of a region that hold its sentinel; also what every slot is aligned to.
pub(super) const LINE_LEN: usize = 64;
/// What the sentinel reads while the region's octets are what was written. The kernel's wiping in a
/// forked child takes the sentinel along.
const ALIVE: u64 = u64::from_be_bytes(*b"keys are");

/// A region of key memory. Not freed when dropped: whoever owns it decides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    start: NonNull<u8>,
    len: usize,
    /// Whether the kernel gave pages, to be unmapped; else the allocator did.
    is_mapped: bool,
    pub(super) memory: KeyMemory,
}

/// Says whether the octets beside it are still what was written there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sentinel(NonNull<AtomicU64>);

impl Sentinel {
    /// Whether they are: `false` in a forked child.
    pub(super) fn is_alive(self) -> bool {
        // SAFETY: a sentinel is handed out with slots of its region alone, and a region is released
        // only when its last slot is gone.
        unsafe { self.0.as_ref() }.load(Ordering::Relaxed) == ALIVE
    }
}

impl Region {
    /// Zeroed memory for at least `octets` octets; protected as far as the system allows, and never
    /// refused: without pages of the kernel it comes from the allocator, and says so.
    pub(super) fn new(octets: usize) -> Self {
        let wanted = octets.saturating_add(LINE_LEN);
        let region = pages::map(wanted).unwrap_or_else(|| Self::of_allocator(wanted));
        let sentinel = region.sentinel();
        // SAFETY: in the region, which is zeroed and aligned to a line, and nobody else knows yet.
        unsafe { sentinel.0.as_ref() }.store(ALIVE, Ordering::Relaxed);
        region
    }

    /// Ordinary memory: wiped when freed like any other slot, but neither locked nor hidden.
    fn of_allocator(wanted: usize) -> Self {
        // Only an impossible length is refused, as `Box` would.
        let layout = layout(wanted).unwrap_or(Layout::new::<[u64; 8]>());
        // SAFETY: the layout is not empty.
        let start = unsafe { std::alloc::alloc_zeroed(layout) };
        let Some(start) = NonNull::new(start).filter(|_| layout.size() >= wanted) else {
            std::alloc::handle_alloc_error(layout)
        };
        Self {
            start,
            len: layout.size(),
            is_mapped: false,
            memory: KeyMemory::plain(layout.size()),
        }
    }

    /// Octets for slots.
    pub(super) const fn room(&self) -> usize {
        self.len.saturating_sub(LINE_LEN)
    }

    /// The sentinel of all slots in this region.
    pub(super) const fn sentinel(&self) -> Sentinel {
        Sentinel(self.start.cast())
    }

    /// The place `offset` octets behind the sentinel; `None` unless `len` octets fit there.
    pub(super) fn place(&self, offset: usize, len: usize) -> Option<NonNull<u8>> {
        let end = offset.checked_add(len)?;
        if end > self.room() {
            return None;
        }
        let from_start = offset.checked_add(LINE_LEN)?;
        // SAFETY: in the region, as checked.
        Some(unsafe { self.start.add(from_start) })
    }

    /// Gives the memory back.
    ///
    /// # Safety
    ///
    /// No slot of it and no sentinel may be used afterwards.
    pub(super) unsafe fn release(self) {
        if self.is_mapped {
            // SAFETY: as the caller promises.
            unsafe { pages::unmap(self.start, self.len) };
        } else if let Some(layout) = layout(self.len) {
            // SAFETY: allocated with this layout: rounding up twice changes nothing.
            unsafe { std::alloc::dealloc(self.start.as_ptr(), layout) };
        }
    }
}

fn layout(len: usize) -> Option<Layout> {
    let layout = Layout::from_size_align(len, LINE_LEN).ok()?;
    (len > 0).then(|| layout.pad_to_align())
}

/// Pages of the kernel.
#[cfg(all(target_os = "linux", not(miri)))]
mod pages {
    use std::{io, ptr, ptr::NonNull};

    use rustix::{
        mm::{
            Advice, MapFlags, MprotectFlags, ProtFlags, madvise, mlock, mmap_anonymous, mprotect,
            munmap,
        },
        param::page_size,
    };

    use super::super::status::Protection;
    use super::{KeyMemory, Region};

    /// At least `wanted` octets between two pages without access; `None` when there are none.
    pub(super) fn map(wanted: usize) -> Option<Region> {
        let page = page_size();
        let len = wanted.checked_next_multiple_of(page)?;
        let whole = len.checked_add(page.checked_mul(2)?)?;
        // SAFETY: a new private mapping at an address that the kernel chooses.
        let guard = unsafe {
            mmap_anonymous(
                ptr::null_mut(),
                whole,
                ProtFlags::empty(),
                MapFlags::PRIVATE,
            )
        }
        .ok()?;
        // SAFETY: inside the mapping, which is longer than a page.
        let start = unsafe { guard.byte_add(page) };
        let access = MprotectFlags::READ | MprotectFlags::WRITE;
        // SAFETY: `len` octets inside the mapping made above, which nobody uses yet.
        let opened = unsafe { mprotect(start, len, access) }.is_ok();
        let start = NonNull::new(start.cast::<u8>()).filter(|_| opened);
        let Some(start) = start else {
            // SAFETY: exactly the mapping made above; it is not used after this.
            let _nothing_to_do = unsafe { munmap(guard, whole) };
            return None;
        };
        let address = start.as_ptr().cast();
        // SAFETY: for all three: `len` octets of pages that are ours alone and hold nothing yet.
        let (locked, dumped, forked) = unsafe {
            (
                mlock(address, len),
                madvise(address, len, Advice::LinuxDontDump),
                madvise(address, len, Advice::LinuxWipeOnFork),
            )
        };
        Some(Region {
            start,
            len,
            is_mapped: true,
            memory: KeyMemory {
                octets: len,
                locked: protection(locked),
                left_out_of_dumps: protection(dumped),
                wiped_on_fork: protection(forked),
                guarded: Protection::InPlace,
            },
        })
    }

    fn protection(answer: rustix::io::Result<()>) -> Protection {
        match answer.map_err(|error| io::Error::from(error).kind()) {
            Ok(()) => Protection::InPlace,
            // What a kernel says of advice that it does not know.
            Err(io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
                Protection::Unsupported
            }
            Err(_) => Protection::Denied,
        }
    }

    /// # Safety
    ///
    /// `start` and `len` are those of a region of [`map`] that nobody uses any more.
    pub(super) unsafe fn unmap(start: NonNull<u8>, len: usize) {
        let page = page_size();
        let whole = len.saturating_add(page.saturating_mul(2));
        // SAFETY: the page before `start` is the first of the mapping, whose length this is.
        let _nothing_to_do = unsafe { munmap(start.as_ptr().byte_sub(page).cast(), whole) };
    }
}

/// Other systems: none yet, so everything comes from the allocator.
#[cfg(not(all(target_os = "linux", not(miri))))]
mod pages {
    use std::ptr::NonNull;

    use super::Region;

    pub(super) const fn map(_wanted: usize) -> Option<Region> {
        None
    }

    pub(super) const unsafe fn unmap(_start: NonNull<u8>, _len: usize) {}
}
