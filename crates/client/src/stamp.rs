//! Whether a file is still the one that was read.
//!
//! May touch: metadata of the files it is told to look at.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A file system may note times no finer than this, so a younger file may change once more and
/// look the same.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

/// A file as it looked at one moment, links followed.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    file: PathBuf,
    look: Option<Look>,
    /// Whether a later change must show.
    settled: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Look {
    modified: Option<SystemTime>,
    len: u64,
    inode: (u64, u64),
}

impl Stamp {
    /// Taken before the file is read: a change in between then counts as one.
    pub(crate) fn of(file: &Path) -> Self {
        Self::at(file, SystemTime::now())
    }

    fn at(file: &Path, now: SystemTime) -> Self {
        let look = fs::metadata(file).ok().map(|metadata| Look {
            modified: metadata.modified().ok(),
            len: metadata.len(),
            inode: inode(&metadata),
        });
        let settled = look
            .as_ref()
            .and_then(|look| now.duration_since(look.modified?).ok())
            .is_some_and(|age| age > SETTLED_AFTER);
        Self {
            file: file.to_owned(),
            look,
            settled,
        }
    }

    /// The same file now.
    pub(crate) fn again(&self) -> Self {
        Self::of(&self.file)
    }

    /// Whether `newer` must be read to know what is in the file.
    pub(crate) fn differs(&self, newer: &Self) -> bool {
        !self.settled || self.look != newer.look
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_shows_and_a_young_file_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "one").unwrap();
        let later = SystemTime::now() + Duration::from_secs(60);
        let young = Stamp::of(&file);
        assert!(young.differs(&young.again()), "may change within one tick");
        let old = Stamp::at(&file, later);
        assert!(!old.differs(&old.again()));

        fs::write(&file, "other").unwrap();
        assert!(old.differs(&old.again()), "another length");
        fs::write(dir.path().join("new"), "one").unwrap();
        fs::rename(dir.path().join("new"), &file).unwrap();
        assert!(old.differs(&old.again()), "another file");
        fs::remove_file(&file).unwrap();
        assert!(old.differs(&old.again()), "no file");
    }
}
