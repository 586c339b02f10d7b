//! What protects the key memory of this process, and what does not. No I/O.

use std::{error, fmt};

/// Whether the system does what key memory asks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Protection {
    /// It does.
    InPlace,
    /// It could but refuses, such as `mlock` beyond `RLIMIT_MEMLOCK`.
    Denied,
    /// This system or kernel cannot.
    Unsupported,
}

/// What protects all key memory that this process ever asked for: of each protection the worst
/// answer that any part of it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyMemory {
    /// Octets asked for so far, used or not.
    pub octets: usize,
    /// Never written to swap (`mlock`).
    pub locked: Protection,
    /// Not in core dumps (`MADV_DONTDUMP`).
    pub left_out_of_dumps: Protection,
    /// Zeroed in a forked child (`MADV_WIPEONFORK`).
    pub wiped_on_fork: Protection,
    /// Between pages without access, so that running past the end faults.
    pub guarded: Protection,
}

impl KeyMemory {
    /// Nothing yet, so nothing is wrong.
    pub(super) const EMPTY: Self = Self {
        octets: 0,
        locked: Protection::InPlace,
        left_out_of_dumps: Protection::InPlace,
        wiped_on_fork: Protection::InPlace,
        guarded: Protection::InPlace,
    };

    /// Memory of the allocator.
    pub(super) const fn plain(octets: usize) -> Self {
        Self {
            octets,
            locked: Protection::Unsupported,
            left_out_of_dumps: Protection::Unsupported,
            wiped_on_fork: Protection::Unsupported,
            guarded: Protection::Unsupported,
        }
    }

    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            octets: self.octets.saturating_add(other.octets),
            locked: self.locked.max(other.locked),
            left_out_of_dumps: self.left_out_of_dumps.max(other.left_out_of_dumps),
            wiped_on_fork: self.wiped_on_fork.max(other.wiped_on_fork),
            guarded: self.guarded.max(other.guarded),
        }
    }

    /// Each protection with its name.
    #[must_use]
    pub const fn protections(&self) -> [(&'static str, Protection); 4] {
        [
            ("locked", self.locked),
            ("left out of dumps", self.left_out_of_dumps),
            ("wiped on fork", self.wiped_on_fork),
            ("guarded", self.guarded),
        ]
    }

    /// Whether every protection is in place.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.protections()
            .iter()
            .all(|(_, protection)| *protection == Protection::InPlace)
    }
}

impl fmt::Display for KeyMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.protections();
        for (at, (name, protection)) in parts.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            match protection {
                Protection::InPlace => write!(f, "{comma}{name}")?,
                Protection::Denied => write!(f, "{comma}not {name} (denied)")?,
                Protection::Unsupported => write!(f, "{comma}not {name} (unsupported)")?,
            }
        }
        Ok(())
    }
}

/// [`crate::require_key_memory`] refused: the key memory lacks a protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyMemoryError {
    /// What there is.
    pub memory: KeyMemory,
}

impl fmt::Display for KeyMemoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key memory is {}", self.memory)
    }
}

impl error::Error for KeyMemoryError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_answer_counts() {
        let good = KeyMemory {
            octets: 10,
            ..KeyMemory::EMPTY
        };
        let denied = KeyMemory {
            octets: 5,
            locked: Protection::Denied,
            ..KeyMemory::EMPTY
        };
        assert!(good.is_complete());
        let both = good.and(denied).and(good);
        assert_eq!((both.octets, both.locked), (25, Protection::Denied));
        assert!(!both.is_complete());
        let plain = both.and(KeyMemory::plain(1));
        assert_eq!(plain.locked, Protection::Unsupported);
        assert_eq!(
            both.to_string(),
            "not locked (denied), left out of dumps, wiped on fork, guarded"
        );
        let refused = KeyMemoryError { memory: both };
        assert!(refused.to_string().starts_with("key memory is not locked"));
    }
}
