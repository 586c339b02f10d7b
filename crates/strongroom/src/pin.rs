//! The pin: which keystore stands, noted outside of the store's directory (`docs/formats/pin.md`).
//!
//! May touch: nothing here but values; the file is [`file`]'s.

mod file;
mod text;

use std::path::PathBuf;

use strongroom_cipher::StoreId;
use strongroom_keystore::{Metadata, StorageError, WriteError};

pub(crate) use file::PinFile;

/// How far the rotation number may be ahead of a pin with two masters: sealed under both, then
/// under one.
const SEALS_OF_A_ROTATION: u64 = 2;

/// What is pinned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    pub(crate) store_id: StoreId,
    pub(crate) rotation_number: u64,
    pub(crate) generation: u64,
    /// One, or two while a rotation is between them.
    pub(crate) masters: Vec<PinnedMaster>,
}

/// A pinned master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PinnedMaster {
    pub(crate) unique_identifier: String,
    pub(crate) name: Option<String>,
}

/// Why a pin stops a command.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PinError {
    /// The file lies where whoever can write the store can write it.
    #[error("security.masterKeyPin {} lies inside {}", file.display(), dbpath.display())]
    Inside {
        /// The pin file.
        file: PathBuf,
        /// The store's directory.
        dbpath: PathBuf,
    },
    /// The path names no file in a directory.
    #[error("security.masterKeyPin {}: {source}", file.display())]
    Place {
        /// The pin file.
        file: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The file breaks a rule of its format.
    #[error("the pin file {} is damaged: {rule}", file.display())]
    Damaged {
        /// The pin file.
        file: PathBuf,
        /// The rule.
        rule: &'static str,
    },
    /// The keystore is not the pinned one.
    #[error("the keystore is not the one that {} pins: {mismatch}", file.display())]
    Mismatch {
        /// The pin file.
        file: PathBuf,
        /// What differs.
        mismatch: PinMismatch,
    },
    /// The file could not be read.
    #[error(transparent)]
    Read(#[from] StorageError),
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// What differs between a pin and a keystore.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PinMismatch {
    /// There is no keystore.
    #[error("there is none in the directory, and the pinned store is {pinned}")]
    NoKeystore {
        /// The pinned store id.
        pinned: StoreId,
    },
    /// It is another store's.
    #[error("it is of the store {found}, and {pinned} is pinned")]
    Store {
        /// The keystore's store id.
        found: StoreId,
        /// The pinned one.
        pinned: StoreId,
    },
    /// It is sealed under a master key that is not pinned.
    #[error("it is sealed under master key {found:?}, which is not pinned")]
    Master {
        /// The Unique Identifier.
        found: String,
    },
    /// It is older.
    #[error("its generation is {found}, and {pinned} is pinned")]
    Generation {
        /// The keystore's generation.
        found: u64,
        /// The pinned one.
        pinned: u64,
    },
    /// It is of another rotation.
    #[error("its rotation number is {found}, and {pinned} is pinned")]
    Rotation {
        /// The keystore's rotation number.
        found: u64,
        /// The pinned one.
        pinned: u64,
    },
}

impl Pin {
    /// The pin of a keystore as it stands.
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let masters = metadata.masters().map(|entry| PinnedMaster {
            unique_identifier: entry.unique_identifier.clone(),
            name: entry.name.clone(),
        });
        Self {
            store_id: metadata.store_id(),
            rotation_number: metadata.rotation_number(),
            generation: metadata.generation(),
            masters: masters.collect(),
        }
    }

    /// The pin of a keystore that is about to be sealed under one more master.
    pub(crate) fn before_both(metadata: &Metadata, coming: PinnedMaster) -> Self {
        let mut pin = Self::of(metadata);
        pin.masters.push(coming);
        pin
    }

    /// Whether a keystore is the pinned one.
    ///
    /// # Errors
    ///
    /// The first [`PinMismatch`].
    pub(crate) fn fits(&self, metadata: &Metadata) -> Result<(), PinMismatch> {
        let found = Self::of(metadata);
        if found.store_id != self.store_id {
            return Err(PinMismatch::Store {
                found: found.store_id,
                pinned: self.store_id,
            });
        }
        let id = |master: &PinnedMaster| master.unique_identifier.clone();
        let pinned: Vec<_> = self.masters.iter().map(id).collect();
        if let Some(found) = found.masters.iter().map(id).find(|id| !pinned.contains(id)) {
            return Err(PinMismatch::Master { found });
        }
        if found.generation < self.generation {
            return Err(PinMismatch::Generation {
                found: found.generation,
                pinned: self.generation,
            });
        }
        let ahead = match self.masters.len() {
            1 => 0,
            _ => SEALS_OF_A_ROTATION,
        };
        let highest = self.rotation_number.saturating_add(ahead);
        if !(self.rotation_number..=highest).contains(&found.rotation_number) {
            return Err(PinMismatch::Rotation {
                found: found.rotation_number,
                pinned: self.rotation_number,
            });
        }
        Ok(())
    }
}
