//! The encrypted database of a demonstration. May touch: its file, and the keystore for its key.

use std::sync::Arc;

use indicatif::ProgressBar;
use strongroom::{Class, Unlocked};
use strongroom_cipher::KeyId;
use strongroom_redb::{OpenError, Opened};

use super::place::{KEY_ID, Place};
use super::records::{self, Filled};
use crate::failure::Failure;
use crate::input::Dataset;

/// Writes the records, unless they are there.
///
/// # Errors
///
/// When a key, the file or the disk refuses; then no record was written.
pub(crate) fn fill(
    place: &Place,
    store: &mut Unlocked,
    dataset: &Dataset,
    bar: &ProgressBar,
) -> Result<Filled, Failure> {
    let opened = open(place, store)?;
    records::fill(&opened.database, dataset, bar).map_err(|error| engine(place, &error))
}

/// The numbers of the records that differ.
///
/// # Errors
///
/// As [`fill`].
pub(crate) fn differing(
    place: &Place,
    store: &mut Unlocked,
    dataset: &Dataset,
    bar: &ProgressBar,
) -> Result<Vec<u64>, Failure> {
    let opened = open(place, store)?;
    records::differing(&opened.database, dataset, bar).map_err(|error| engine(place, &error))
}

fn open(place: &Place, store: &mut Unlocked) -> Result<Opened, Failure> {
    let id = KeyId::new(KEY_ID).map_err(|error| {
        Failure::because(Class::CheckFailed, format!("key id {KEY_ID}"), &error)
    })?;
    let ring = Arc::new(store.key_ring(&id)?);
    let path = place.data_file();
    strongroom_redb::open_database(&path, ring, None).map_err(|error| {
        let class = match &error {
            OpenError::Io { .. } => Class::Storage,
            OpenError::Locked { .. } => Class::Locked,
            _ => Class::Integrity,
        };
        Failure::because(class, path.display().to_string(), &error)
    })
}

fn engine(place: &Place, error: &redb::Error) -> Failure {
    let class = match error {
        // The sealed file's integrity errors come up through redb as invalid data.
        redb::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Class::Integrity
        }
        redb::Error::Io(_) | redb::Error::PreviousIo => Class::Storage,
        _ => Class::Integrity,
    };
    Failure::because(class, place.data_file().display().to_string(), error)
}
