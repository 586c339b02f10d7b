//! Key memory: made once, handed out in slots, wiped before it is handed out again.
//!
//! What is free, and where, is kept in ordinary memory; a region holds keys and its sentinel alone.
//! May touch: the process's memory map.
#![expect(
    unsafe_code,
    reason = "slots are raw memory: pages of the kernel, wiped by it in a forked child"
)]

mod region;
mod status;

use std::{
    ptr::{self, NonNull},
    slice,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicPtr, Ordering},
    },
};

use zeroize::Zeroize as _;

use self::region::{LINE_LEN, Region, Sentinel};
pub use self::status::{KeyMemory, KeyMemoryError, Protection};
use crate::process_mark;

/// Room of the slots that regions are cut into; what is longer has a region to itself. A DEK takes
/// the first, HKDF's and HMAC's keys the third, an AES-256-GCM key of ring the sixth.
const ROOMS: [usize; 10] = [64, 128, 192, 256, 384, 576, 1024, 1536, 2560, 4096];
/// Octets of the first region: about a hundred schedules.
const FIRST_LEN: usize = 64 * 1024;
/// Each further region is twice as long, up to this.
const REGION_LEN_MAX: usize = 1024 * 1024;
/// What every slot is aligned to.
pub(crate) const SLOT_ALIGN: usize = LINE_LEN;

/// The key memory of one process. A forked child makes its own: what it has of its parent's is
/// zeroed, and the parent may have held the lock.
struct Home {
    process: u64,
    arena: Mutex<Arena>,
}

static HOME: AtomicPtr<Home> = AtomicPtr::new(ptr::null_mut());
static WARNED: AtomicBool = AtomicBool::new(false);

/// Regions, and what is free in them.
struct Arena {
    /// Cut from the front.
    region: Option<Region>,
    /// Octets that are cut from `region`.
    used: usize,
    next_len: usize,
    free: [Vec<Hole>; ROOMS.len()],
    memory: KeyMemory,
}

/// Zeroed memory for one slot.
#[derive(Clone, Copy)]
struct Hole {
    start: NonNull<u8>,
    sentinel: Sentinel,
}

// SAFETY: memory that belongs to whoever holds the hole, like a box; the sentinel is an atomic.
unsafe impl Send for Hole {}
// SAFETY: as above: shared, it is only read.
unsafe impl Sync for Hole {}
// SAFETY: as above; the lock around the arena hands its region from thread to thread.
unsafe impl Send for Region {}
// SAFETY: as above.
unsafe impl Sync for Region {}

/// Zeroed key memory of one owner; wiped when dropped.
pub(crate) struct Slot {
    hole: Hole,
    len: usize,
    origin: Origin,
}

enum Origin {
    /// Cut from a region of this home, with the room at this place of [`ROOMS`].
    Cut(&'static Home, usize),
    /// A region to itself.
    Whole(Region),
}

impl Slot {
    /// `len` octets of zero, aligned to [`SLOT_ALIGN`].
    pub(crate) fn new(len: usize) -> Self {
        let home = home();
        let (hole, origin) = match ROOMS.iter().position(|room| len <= *room) {
            Some(class) => (home.arena().cut(class), Origin::Cut(home, class)),
            None => {
                let region = Region::new(len);
                home.arena().count(&region);
                (whole(&region), Origin::Whole(region))
            }
        };
        Self { hole, len, origin }
    }

    /// Octets.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Whether the octets are what was written; `false` in a child forked since, where the kernel
    /// wiped them.
    pub(crate) fn is_alive(&self) -> bool {
        self.hole.sentinel.is_alive()
    }

    /// Where the octets begin.
    pub(crate) const fn start(&self) -> NonNull<u8> {
        self.hole.start
    }

    /// The octets, whether alive or wiped.
    pub(crate) const fn octets(&self) -> &[u8] {
        // SAFETY: `len` octets that are initialised (zeroed at least) and borrowed with the slot.
        unsafe { slice::from_raw_parts(self.hole.start.as_ptr(), self.len) }
    }

    /// The octets, to write them.
    pub(crate) const fn octets_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and borrowed mutably.
        unsafe { slice::from_raw_parts_mut(self.hole.start.as_ptr(), self.len) }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // Volatile writes. In a child they meet zeros.
        self.octets_mut().zeroize();
        match &self.origin {
            // SAFETY: this was its only slot, and it is gone.
            Origin::Whole(region) => unsafe { region.release() },
            // A child leaves its parent's home alone.
            Origin::Cut(home, class) if home.process == process_mark() => {
                home.arena().take_back(*class, self.hole);
            }
            Origin::Cut(..) => {}
        }
    }
}

impl Home {
    fn arena(&self) -> MutexGuard<'_, Arena> {
        // A panic under the lock loses a hole at most.
        self.arena.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Arena {
    const fn new() -> Self {
        Self {
            region: None,
            used: 0,
            next_len: FIRST_LEN,
            free: [const { Vec::new() }; ROOMS.len()],
            memory: KeyMemory::EMPTY,
        }
    }

    fn cut(&mut self, class: usize) -> Hole {
        let returned = self.free.get_mut(class).and_then(Vec::pop);
        let room = ROOMS.get(class).copied().unwrap_or(FIRST_LEN);
        returned
            .or_else(|| self.cut_front(room))
            .unwrap_or_else(|| self.cut_new(room))
    }

    /// The next `room` octets of the region.
    fn cut_front(&mut self, room: usize) -> Option<Hole> {
        let region = self.region?;
        let start = region.place(self.used, room)?;
        self.used = self.used.checked_add(room)?;
        let sentinel = region.sentinel();
        Some(Hole { start, sentinel })
    }

    /// The first `room` octets of a new region. What the old one had left stays unused: less than
    /// the longest room.
    fn cut_new(&mut self, room: usize) -> Hole {
        let region = Region::new(self.next_len.saturating_sub(LINE_LEN));
        self.next_len = self.next_len.saturating_mul(2).min(REGION_LEN_MAX);
        self.count(&region);
        self.region = Some(region);
        self.used = room;
        whole(&region)
    }

    fn take_back(&mut self, class: usize, hole: Hole) {
        if let Some(free) = self.free.get_mut(class) {
            free.push(hole);
        }
    }

    fn count(&mut self, region: &Region) {
        self.memory = self.memory.and(region.memory);
    }
}

/// The place right behind the sentinel.
fn whole(region: &Region) -> Hole {
    let sentinel = region.sentinel();
    // A region has room for the slot that it was made for: the dangling place is never taken.
    let start = region.place(0, 0).unwrap_or(NonNull::dangling());
    Hole { start, sentinel }
}

/// This process's key memory.
fn home() -> &'static Home {
    let process = process_mark();
    let seen = HOME.load(Ordering::Acquire);
    // SAFETY: null, or a leaked box that `adopt` published and that is never freed.
    match unsafe { seen.as_ref() } {
        Some(home) if home.process == process => home,
        _ => adopt(process, seen),
    }
}

/// Makes a home for `process` in place of the one that was seen, unless another thread did.
#[cold]
fn adopt(process: u64, seen: *mut Home) -> &'static Home {
    let arena = Mutex::new(Arena::new());
    let fresh = Box::into_raw(Box::new(Home { process, arena }));
    match HOME.compare_exchange(seen, fresh, Ordering::AcqRel, Ordering::Acquire) {
        // SAFETY: leaked above and never freed.
        Ok(_) => unsafe { &*fresh },
        Err(theirs) => {
            // SAFETY: leaked above, and nobody else saw it.
            drop(unsafe { Box::from_raw(fresh) });
            // SAFETY: published by another thread of this process; never freed.
            unsafe { &*theirs }
        }
    }
}

/// What protects the key memory of this process. Makes its first region if there is none.
#[must_use]
pub fn key_memory() -> KeyMemory {
    let home = home();
    if home.arena().region.is_none() {
        drop(Slot::new(0));
    }
    home.arena().memory
}

/// The same, once in a process and only when a protection is missing: for one warning in a log.
#[must_use]
pub fn key_memory_warning() -> Option<KeyMemory> {
    let memory = key_memory();
    let is_first = !memory.is_complete() && !WARNED.swap(true, Ordering::Relaxed);
    is_first.then_some(memory)
}

/// For those who would rather not start than have keys in swap or in core dumps: tries to make
/// key memory of `octets` octets at once, so that what is asked for later finds its place there.
///
/// # Errors
///
/// [`KeyMemoryError`] when any protection is missing, then or before.
pub fn require_key_memory(octets: usize) -> Result<KeyMemory, KeyMemoryError> {
    let home = home();
    let mut arena = home.arena();
    let room = arena.region.map_or(0, |region| region.room());
    if room.saturating_sub(arena.used) < octets {
        let wanted = arena.next_len.max(octets);
        arena.next_len = wanted;
        let smallest = ROOMS.first().copied().unwrap_or(LINE_LEN);
        let hole = arena.cut_new(smallest);
        arena.take_back(0, hole);
    }
    let memory = arena.memory;
    match memory.is_complete() {
        true => Ok(memory),
        false => Err(KeyMemoryError { memory }),
    }
}

#[cfg(test)]
mod tests;
