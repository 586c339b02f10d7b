//! Which slots of the host's connection table hold what: one row per layout that is known.
//!
//! May touch: values only. A version number does not name a layout, and the number of slots alone
//! does not either: both together do, nearly always.

use std::fmt;

/// Where in the table of a `WT_CONNECTION` the functions lie that the library calls.
///
/// `get_extension_api` is the last slot in every layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// How many slots the table has.
    pub(crate) slots: usize,
    /// The slot of `add_encryptor`, counted from 0.
    pub(crate) add_encryptor: usize,
    /// The slot of `get_home`, counted from 0.
    pub(crate) get_home: usize,
}

impl Layout {
    const fn new(slots: usize, add_encryptor: usize, get_home: usize) -> Self {
        Self {
            slots,
            add_encryptor,
            get_home,
        }
    }

    /// WiredTiger 2.9: MongoDB 3.2.12 to 3.2.22, 3.4.2 to 3.4.24.
    pub(crate) const S16_12: Self = Self::new(16, 12, 4);
    /// WiredTiger 10.0.0 as in MongoDB 4.4.2 to 4.4.4.
    pub(crate) const S18_14: Self = Self::new(18, 14, 3);
    /// WiredTiger 3.0 to 3.3, and 10.0.0 as in MongoDB 4.4.0 and 4.4.1: MongoDB 3.6, 4.0, 4.2.
    pub(crate) const S20_16: Self = Self::new(20, 16, 5);
    /// WiredTiger 10.0.0 as in MongoDB 4.4.5, to 11.3.0 as in 7.2: MongoDB 4.4.5 to 7.3.
    pub(crate) const S20_14: Self = Self::new(20, 14, 3);
    /// WiredTiger 11.3.0 as in MongoDB 8.0, and 11.3.1.
    pub(crate) const S21_15: Self = Self::new(21, 15, 3);
    /// WiredTiger 12.0.0 as in MongoDB 8.1.
    pub(crate) const S20_15: Self = Self::new(20, 15, 3);
    /// WiredTiger 12.0.0 as in its branch `develop` of June 2025.
    pub(crate) const S22_15: Self = Self::new(22, 15, 3);
}

/// What the host's `wiredtiger_version` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub(crate) major: i32,
    pub(crate) minor: i32,
    pub(crate) patch: i32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The host is refused; nothing of it was called but what tells who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum LayoutError {
    /// Before 2.9 the settings of an extension lie elsewhere.
    #[error(
        "the host is older than WiredTiger 2.9 ({slots} slots{}): it is not supported",
        of(*version)
    )]
    TooOld {
        slots: usize,
        version: Option<Version>,
    },
    /// Two layouts have this number of slots.
    #[error(
        "the connection table of the host has {slots} slots{}, which two layouts have: \
         name the entry point, e.g. entry=strongroom_mongodb_4_4_5 (see docs/operate/mongodb.md)",
        of(*version)
    )]
    Ambiguous {
        slots: usize,
        version: Option<Version>,
    },
    /// No layout that is known.
    #[error(
        "the connection table of the host has {slots} slots{}: a layout that is not known here, \
         so nothing is called; this version of the host needs a newer library",
        of(*version)
    )]
    Unknown {
        slots: usize,
        version: Option<Version>,
    },
    /// The entry point that was named is for another layout.
    #[error(
        "the entry point is for a connection table with {named} slots, the host's has {slots}{}: \
         leave `entry` out, or name the one of this host",
        of(*version)
    )]
    OtherEntry {
        named: usize,
        slots: usize,
        version: Option<Version>,
    },
}

fn of(version: Option<Version>) -> String {
    match version {
        Some(version) => format!(" and is WiredTiger {version}"),
        None => " and does not show its version".to_owned(),
    }
}

/// The layout of a table with `slots` slots in a host that says it is `version`.
///
/// # Errors
///
/// [`LayoutError`], when that is not certain.
pub(crate) fn choose(slots: usize, version: Option<Version>) -> Result<Layout, LayoutError> {
    let numbers = version.map(|version| (version.major, version.minor, version.patch));
    match (slots, numbers) {
        (15, _) | (16, Some((2, ..=8, _))) => Err(LayoutError::TooOld { slots, version }),
        (16, Some((2, 9, _))) => Ok(Layout::S16_12),
        (18, Some((10, 0, 0))) => Ok(Layout::S18_14),
        (20, Some((3, ..))) => Ok(Layout::S20_16),
        (16 | 18 | 20, None) | (20, Some((10, 0, 0))) => {
            Err(LayoutError::Ambiguous { slots, version })
        }
        (20, Some((10 | 11, ..))) => Ok(Layout::S20_14),
        (20, Some((12, ..))) => Ok(Layout::S20_15),
        (21, None | Some((11, ..))) => Ok(Layout::S21_15),
        (22, None | Some((12, ..))) => Ok(Layout::S22_15),
        _ => Err(LayoutError::Unknown { slots, version }),
    }
}

/// The layout that an entry point names, when nothing that is seen speaks against it.
///
/// # Errors
///
/// [`LayoutError::OtherEntry`], when the number of slots differs or the version is known to have
/// another layout.
pub(crate) fn confirm(
    named: Layout,
    slots: usize,
    version: Option<Version>,
) -> Result<Layout, LayoutError> {
    let other = matches!(choose(slots, version), Ok(seen) if seen != named);
    if slots == named.slots && !other {
        return Ok(named);
    }
    Err(LayoutError::OtherEntry {
        named: named.slots,
        slots,
        version,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn version(major: i32, minor: i32, patch: i32) -> Option<Version> {
        Some(Version {
            major,
            minor,
            patch,
        })
    }

    #[test]
    fn each_release_that_is_known_has_its_layout() {
        for (slots, seen, layout) in [
            (16, version(2, 9, 2), (12, 4)),
            (18, version(10, 0, 0), (14, 3)),
            (20, version(3, 2, 1), (16, 5)),
            (20, version(10, 0, 2), (14, 3)),
            (20, version(11, 2, 0), (14, 3)),
            (20, version(11, 3, 0), (14, 3)),
            (21, version(11, 3, 1), (15, 3)),
            (21, None, (15, 3)),
            (20, version(12, 0, 0), (15, 3)),
            (22, version(12, 0, 0), (15, 3)),
        ] {
            let chosen = choose(slots, seen).unwrap();
            assert_eq!(
                (chosen.slots, chosen.add_encryptor, chosen.get_home),
                (slots, layout.0, layout.1),
                "{seen:?}"
            );
        }
    }

    #[test]
    fn what_is_not_certain_is_refused_and_named() {
        for (slots, seen, words) in [
            (15, None, "older than WiredTiger 2.9"),
            (16, version(2, 8, 1), "older than WiredTiger 2.9"),
            (20, version(10, 0, 0), "two layouts"),
            (20, None, "does not show its version"),
            (19, version(10, 0, 0), "19 slots and is WiredTiger 10.0.0"),
            (21, version(13, 0, 0), "needs a newer library"),
            (23, version(12, 1, 0), "23 slots and is WiredTiger 12.1.0"),
            (0, None, "0 slots"),
        ] {
            let text = choose(slots, seen).unwrap_err().to_string();
            assert!(text.contains(words), "{text}");
        }
    }

    #[test]
    fn a_named_entry_counts_where_the_version_leaves_it_open_and_nowhere_else() {
        let ambiguous = version(10, 0, 0);
        assert_eq!(confirm(Layout::S20_14, 20, ambiguous), Ok(Layout::S20_14));
        assert_eq!(confirm(Layout::S20_16, 20, ambiguous), Ok(Layout::S20_16));
        assert_eq!(confirm(Layout::S20_14, 20, None), Ok(Layout::S20_14));
        for (named, slots, seen) in [
            (Layout::S20_14, 21, version(11, 3, 1)),
            (Layout::S20_14, 20, version(12, 0, 0)),
            (Layout::S20_16, 20, version(11, 2, 0)),
        ] {
            let refused = confirm(named, slots, seen).unwrap_err();
            assert!(matches!(refused, LayoutError::OtherEntry { .. }));
        }
    }
}
