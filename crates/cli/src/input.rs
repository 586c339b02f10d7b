//! Record input: CSV with a header line, or NDJSON (one JSON object a line).
//!
//! May touch: the one file that it is given. All of it is read and checked before anything is
//! written anywhere, so that a bad line leaves nothing half done.

mod parse;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

pub(crate) use parse::Format;

/// The largest input file, in octets. It is held in memory, once as read and once as records.
pub(crate) const MAX_INPUT_LEN: u64 = 1 << 30;

/// The data set that `quickstart` uses when no file is given; see `data/README.md`.
const BUNDLED: &[u8] = include_bytes!("../data/faa-wildlife-strikes.csv");
const BUNDLED_NAME: &str = "faa-wildlife-strikes.csv";

/// One record: field names and values in their order. Values keep the octets of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// Name and value of each field.
    pub(crate) fields: Vec<(String, String)>,
}

/// All records of one input.
#[derive(Debug)]
pub(crate) struct Dataset {
    /// What people call it: the file name.
    pub(crate) name: String,
    /// The records in input order; never empty.
    pub(crate) records: Vec<Record>,
    /// Octets of the input.
    pub(crate) input_len: u64,
    /// SHA-256 of the input: the identity under which records are stored.
    pub(crate) digest: [u8; 32],
}

/// Why an input was refused. Nothing of it has been stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum InputError {
    /// The file could not be read.
    #[error("cannot read the input file {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The file is larger than is held in memory.
    #[error("the input file {path} is larger than {MAX_INPUT_LEN} bytes; split it")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// There is no record in it.
    #[error("{name} holds no records")]
    Empty {
        /// The file's name.
        name: String,
    },
    /// One line is not a record.
    #[error("{name}, line {line}: {what}")]
    Line {
        /// The file's name.
        name: String,
        /// Counted from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
}

impl Dataset {
    /// The bundled data set.
    ///
    /// # Errors
    ///
    /// Never, unless the build is broken.
    pub(crate) fn bundled() -> Result<Self, InputError> {
        Self::from_octets(BUNDLED_NAME, Format::Csv, BUNDLED)
    }

    /// Reads and checks the whole of `path`.
    ///
    /// # Errors
    ///
    /// [`InputError`], with the line where one is to blame.
    pub(crate) fn from_file(path: &Path) -> Result<Self, InputError> {
        let read = |source| InputError::Read {
            path: path.to_owned(),
            source,
        };
        let mut octets = Vec::new();
        File::open(path)
            .map_err(read)?
            .take(MAX_INPUT_LEN.saturating_add(1))
            .read_to_end(&mut octets)
            .map_err(read)?;
        if len_of(&octets) > MAX_INPUT_LEN {
            return Err(InputError::TooLarge {
                path: path.to_owned(),
            });
        }
        let name = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Self::from_octets(&name, Format::guess(path, &octets), &octets)
    }

    fn from_octets(name: &str, format: Format, octets: &[u8]) -> Result<Self, InputError> {
        let records = parse::records(name, format, octets)?;
        if records.is_empty() {
            return Err(InputError::Empty {
                name: name.to_owned(),
            });
        }
        Ok(Self {
            name: name.to_owned(),
            records,
            input_len: len_of(octets),
            digest: strongroom_cipher::envelope::sha256(&[octets]),
        })
    }
}

fn len_of(octets: &[u8]) -> u64 {
    u64::try_from(octets.len()).unwrap_or(u64::MAX)
}

impl Record {
    /// The stored form: for each field, name and value, each behind its length (u32, big endian).
    ///
    /// Values stand in it octet for octet, so that a search for plaintext finds them in an
    /// unencrypted file.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        for (name, value) in &self.fields {
            for part in [name, value] {
                out.extend_from_slice(&u32::try_from(part.len()).ok()?.to_be_bytes());
                out.extend_from_slice(part.as_bytes());
            }
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_data_set_is_large_enough_and_whole() {
        let dataset = Dataset::bundled().unwrap();
        assert!(dataset.records.len() >= 10_000);
        assert!(
            dataset
                .records
                .iter()
                .all(|record| record.fields.len() == 14)
        );
    }

    #[test]
    fn stored_records_hold_their_values_octet_for_octet() {
        let record = Record {
            fields: vec![("name".into(), "Gr\u{fc}\u{df}e \"x\"".into())],
        };
        let stored = record.encode().unwrap();
        let value = record.fields[0].1.as_bytes();
        assert!(stored.windows(value.len()).any(|window| window == value));
    }
}
