//! Searches files for plaintext. May touch: files below a folder, for reading.
//!
//! A clean result proves something only beside a search that finds: callers run the same needles
//! over an unencrypted twin and demand that every one of them hits.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use aho_corasick::{AhoCorasick, BuildError, MatchKind};

use crate::input::Record;

/// Shorter values occur by chance and in metadata; they are not searched for.
pub(crate) const MIN_NEEDLE_LEN: usize = 8;

const CHUNK_LEN: usize = 4 << 20;

/// Every distinct field value of at least [`MIN_NEEDLE_LEN`] octets.
pub(crate) struct Needles {
    automaton: AhoCorasick,
    values: Vec<String>,
    longest: usize,
}

/// What a search found: the first place of each needle in each file.
pub(crate) type Hits = Vec<(usize, Place)>;

/// A file and the octet offset in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The file.
    pub(crate) path: PathBuf,
    /// Octets from its start.
    pub(crate) offset: u64,
}

impl Needles {
    /// The needles of `records`.
    ///
    /// # Errors
    ///
    /// When they are too many for the search automaton.
    pub(crate) fn of(records: &[Record]) -> Result<Self, BuildError> {
        let values: BTreeSet<&str> = records
            .iter()
            .flat_map(|record| &record.fields)
            .map(|(_, value)| value.as_str())
            .filter(|value| value.len() >= MIN_NEEDLE_LEN)
            .collect();
        let values: Vec<String> = values.into_iter().map(str::to_owned).collect();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(&values)?;
        let longest = values.iter().map(String::len).max().unwrap_or(0);
        Ok(Self {
            automaton,
            values,
            longest,
        })
    }

    /// The text of a needle.
    pub(crate) fn value(&self, needle: usize) -> &str {
        self.values.get(needle).map_or("", String::as_str)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.values.len()
    }

    /// Searches `octets`.
    pub(crate) fn in_octets(&self, octets: &[u8]) -> BTreeSet<usize> {
        self.automaton
            .find_overlapping_iter(octets)
            .map(|found| found.pattern().as_usize())
            .collect()
    }

    /// Searches every regular file below `dir`; also gives the octets read.
    ///
    /// # Errors
    ///
    /// When a file or folder cannot be read: an unread file is not a clean one.
    pub(crate) fn below(&self, dir: &Path) -> io::Result<(Hits, Volume)> {
        let mut hits = Hits::new();
        let mut read = Volume::default();
        for path in files_below(dir)? {
            let (found, len) = self.in_file(&path)?;
            hits.extend(found);
            read.files = read.files.saturating_add(1);
            read.octets = read.octets.saturating_add(len);
        }
        Ok((hits, read))
    }

    fn in_file(&self, path: &Path) -> io::Result<(Hits, u64)> {
        let mut hits = BTreeMap::new();
        let mut file = File::open(path)?;
        let overlap = self.longest.saturating_sub(1);
        let mut window = Vec::new();
        let mut base = 0_u64;
        let mut total = 0_u64;
        loop {
            let read = (&mut file)
                .take(u64::try_from(CHUNK_LEN).unwrap_or(u64::MAX))
                .read_to_end(&mut window)?;
            if read == 0 {
                return Ok((hits.into_iter().collect(), total));
            }
            total = total.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
            for found in self.automaton.find_overlapping_iter(&window) {
                let offset = base.saturating_add(u64::try_from(found.start()).unwrap_or(u64::MAX));
                hits.entry(found.pattern().as_usize()).or_insert(Place {
                    path: path.to_owned(),
                    offset,
                });
            }
            let drop = window.len().saturating_sub(overlap);
            window.drain(..drop);
            base = base.saturating_add(u64::try_from(drop).unwrap_or(u64::MAX));
        }
    }
}

/// How much a search read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Volume {
    /// Files.
    pub(crate) files: u64,
    /// Octets.
    pub(crate) octets: u64,
}

/// Every regular file below `dir`, sorted. Links are not followed.
///
/// # Errors
///
/// When a folder cannot be listed.
pub(crate) fn files_below(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(values: &[&str]) -> Record {
        Record {
            fields: values
                .iter()
                .map(|value| ("f".to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn a_value_across_two_chunks_and_one_inside_another_are_found() {
        let needles = Needles::of(&[record(&["needle-one", "needle-one-more", "short"])]).unwrap();
        assert_eq!(needles.count(), 2);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let mut octets = vec![b'.'; CHUNK_LEN - 5];
        octets.extend_from_slice(b"needle-one-more...");
        fs::write(&path, &octets).unwrap();
        let (hits, read) = needles.below(dir.path()).unwrap();
        assert_eq!(hits.len(), 2);
        assert_eq!(hits[0].1.offset, u64::try_from(CHUNK_LEN - 5).unwrap());
        assert_eq!(read.octets, u64::try_from(octets.len()).unwrap());
        assert_eq!(read.files, 1);
    }

    #[test]
    fn clean_files_give_no_hit() {
        let needles = Needles::of(&[record(&["needle-one"])]).unwrap();
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("sub")).unwrap();
        fs::write(dir.path().join("sub/file"), b"needle-on").unwrap();
        assert!(needles.below(dir.path()).unwrap().0.is_empty());
    }
}
