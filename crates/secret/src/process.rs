//! Which process is this? A number that changes in a forked child, cheap enough for every unit.
//!
//! May touch: one page of memory that the kernel zeroes in a forked child (Linux 4.14 and later).
//! Elsewhere it asks for the process id each time.
#![cfg_attr(
    all(target_os = "linux", not(miri)),
    expect(
        unsafe_code,
        reason = "one anonymous page that is wiped in a forked child"
    )
)]

/// A number that is the same for the whole life of a process and another one in a child forked
/// from it. Never 0.
///
/// What is derived from memory that both have, such as a counter under a key, must not go on in
/// the child: remember the number, compare it before each use. A load of a few nanoseconds on
/// Linux 4.14 and later (`MADV_WIPEONFORK`), a system call elsewhere.
///
/// It does not notice a copy of the whole machine (a snapshot that runs twice).
#[must_use]
pub fn process_mark() -> u64 {
    #[cfg(all(target_os = "linux", not(miri)))]
    if let Some(mark) = wiped_on_fork::mark() {
        return mark;
    }
    u64::from(std::process::id())
}

// Miri knows no such advice.
#[cfg(all(target_os = "linux", not(miri)))]
mod wiped_on_fork {
    use std::{
        ptr,
        sync::{
            OnceLock,
            atomic::{AtomicU64, Ordering},
        },
    };

    use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};

    /// The kernel rounds up to a page.
    const PAGE_LEN: usize = size_of::<AtomicU64>();
    /// Above every process id, so that the two kinds of mark never meet.
    const FIRST: u64 = 1 << 32;

    static PAGE: OnceLock<Option<&'static AtomicU64>> = OnceLock::new();
    /// The next mark. Ordinary memory: a child goes on where its parent was, above its mark.
    static NEXT: AtomicU64 = AtomicU64::new(FIRST);

    pub(super) fn mark() -> Option<u64> {
        let page = (*PAGE.get_or_init(map))?;
        match page.load(Ordering::Relaxed) {
            // Fresh, or wiped by a fork.
            0 => Some(draw(page)),
            mark => Some(mark),
        }
    }

    #[cold]
    fn draw(page: &AtomicU64) -> u64 {
        let mark = NEXT.fetch_add(1, Ordering::Relaxed);
        match page.compare_exchange(0, mark, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => mark,
            Err(drawn_by_another_thread) => drawn_by_another_thread,
        }
    }

    /// A page that lives as long as the process; `None` when the kernel does not know the advice.
    fn map() -> Option<&'static AtomicU64> {
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new private mapping at an address that the kernel chooses.
        let page =
            unsafe { mmap_anonymous(ptr::null_mut(), PAGE_LEN, protection, MapFlags::PRIVATE) }
                .ok()?;
        // SAFETY: exactly the mapping made above, not yet used by anybody.
        if unsafe { madvise(page, PAGE_LEN, Advice::LinuxWipeOnFork) }.is_err() {
            // SAFETY: as above; it is not used after this.
            let _nothing_to_do = unsafe { munmap(page, PAGE_LEN) };
            return None;
        }
        // SAFETY: page-aligned, zeroed, never unmapped, and only ever used as this atomic. The
        // kernel's zeroing in a child happens before any of the child's code runs.
        Some(unsafe { AtomicU64::from_ptr(page.cast()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stays_the_same_in_one_process() {
        let mark = process_mark();
        assert_ne!(mark, 0);
        let of_threads: Vec<u64> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(process_mark)).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert_eq!(of_threads, [mark; 4]);
    }
}
