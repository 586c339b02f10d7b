//! Runs a closure in a forked child. For tests (feature `fork`).
//!
//! May touch: makes one process and waits for it.
#![expect(unsafe_code, reason = "fork, wait and exit without clean-up")]

use std::{fs, io, panic};

/// What the child's closure gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Child {
    /// The closure's number.
    Gave(u8),
    /// It panicked, or a signal ended it.
    Died,
}

/// The child's exit status when its closure panics.
const PANICKED: i32 = 255;

/// Runs `work` in a forked child of this process, which must have one thread only (a test binary
/// with `harness = false`), and gives its number, 0 to 254.
///
/// # Errors
///
/// Of the kind `Unsupported` when there are more threads, or when the system does not say how many;
/// else what the system says.
pub fn in_child(work: impl FnOnce() -> u8) -> io::Result<Child> {
    if fs::read_dir("/proc/self/task")?.count() != 1 {
        return Err(io::ErrorKind::Unsupported.into());
    }
    // SAFETY: this is the only thread, so the child finds no lock held and no state half changed.
    let child = unsafe { libc::fork() };
    match child {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            let outcome = panic::catch_unwind(panic::AssertUnwindSafe(work));
            let status = outcome.map_or(PANICKED, i32::from);
            // SAFETY: ends the child at once; nothing of the parent is run or flushed twice.
            unsafe { libc::_exit(status) }
        }
        child => wait(child),
    }
}

fn wait(child: libc::pid_t) -> io::Result<Child> {
    let mut status = 0;
    loop {
        // SAFETY: `status` is valid for writing, and `child` is an unwaited child of this process.
        let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
        if waited == child {
            break;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    let gave = libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status));
    Ok(match gave.map(u8::try_from) {
        Some(Ok(number @ 0..=254)) => Child::Gave(number),
        _ => Child::Died,
    })
}
