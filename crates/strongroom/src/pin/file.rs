//! The pin file: where it may lie, reading and writing it. May touch: that file and its directory.

use std::io;
use std::path::{Path, PathBuf};

use strongroom_config::Config;
use strongroom_keystore::{DirStorage, Metadata, Storage, replace_file};

use super::{Pin, PinError, PinMismatch, text};
use crate::place::{parent, split};

/// Octets that a pin file may have.
const LEN_MAX: u64 = 64 * 1024;

/// The configured pin file.
#[derive(Debug)]
pub(crate) struct PinFile {
    path: PathBuf,
    dir: DirStorage,
    name: String,
}

impl PinFile {
    /// `None` when none is configured.
    ///
    /// # Errors
    ///
    /// [`PinError::Place`] when the path names no file in a directory.
    pub(crate) fn of(config: &Config) -> Result<Option<Self>, PinError> {
        let Some(setting) = &config.master_key_pin else {
            return Ok(None);
        };
        let path = setting.value.clone();
        let Some((dir, name)) = split(&path) else {
            return Err(place(&path, io::ErrorKind::InvalidInput.into()));
        };
        Ok(Some(Self { path, dir, name }))
    }

    /// Refuses a pin where whoever can write the store can write it.
    ///
    /// # Errors
    ///
    /// [`PinError::Inside`]; [`PinError::Place`] when its directory is not there.
    pub(crate) fn outside(&self, dbpath: &Path) -> Result<(), PinError> {
        let refused = |error| place(&self.path, error);
        let Ok(store) = dbpath.canonicalize() else {
            // A directory that is not there is told by whoever needs it.
            return Ok(());
        };
        let dir = parent(&self.path).canonicalize().map_err(refused)?;
        // A link is followed; a file that is not there yet is where its directory is.
        let target = self.path.canonicalize().unwrap_or_else(|_| dir.clone());
        if dir.starts_with(&store) || target.starts_with(&store) {
            return Err(PinError::Inside {
                file: self.path.clone(),
                dbpath: dbpath.to_owned(),
            });
        }
        Ok(())
    }

    /// What is pinned; `None` when the file is not there.
    ///
    /// # Errors
    ///
    /// [`PinError::Read`], [`PinError::Damaged`].
    pub(crate) fn read(&self) -> Result<Option<Pin>, PinError> {
        let Some(octets) = self.dir.read(&self.name, LEN_MAX)? else {
            return Ok(None);
        };
        let pin = text::read(&octets).map_err(|rule| PinError::Damaged {
            file: self.path.clone(),
            rule,
        })?;
        Ok(Some(pin))
    }

    /// Whether the keystore is the pinned one; one that is not pinned yet is.
    ///
    /// # Errors
    ///
    /// [`PinError::Mismatch`], and those of [`read`](Self::read).
    pub(crate) fn compare(&self, metadata: &Metadata) -> Result<(), PinError> {
        match self.read()? {
            Some(pin) => pin.fits(metadata).map_err(|found| self.mismatch(found)),
            None => Ok(()),
        }
    }

    /// A directory without a keystore: good only where nothing is pinned.
    ///
    /// # Errors
    ///
    /// [`PinError::Mismatch`], and those of [`read`](Self::read).
    pub(crate) fn compare_empty(&self) -> Result<(), PinError> {
        match self.read()? {
            Some(pin) => Err(self.mismatch(PinMismatch::NoKeystore {
                pinned: pin.store_id,
            })),
            None => Ok(()),
        }
    }

    /// Writes the pin unless it stands there; gives whether there was none before.
    ///
    /// # Errors
    ///
    /// [`PinError::Write`]; after [`PinError::Read`] and [`PinError::Damaged`] nothing was written.
    pub(crate) fn write(&self, pin: &Pin) -> Result<bool, PinError> {
        let before = self.read()?;
        if before.as_ref() != Some(pin) {
            replace_file(&self.dir, &self.name, text::write(pin).as_bytes())?;
        }
        Ok(before.is_none())
    }

    /// The path, as configured.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn mismatch(&self, mismatch: PinMismatch) -> PinError {
        PinError::Mismatch {
            file: self.path.clone(),
            mismatch,
        }
    }
}

fn place(path: &Path, source: io::Error) -> PinError {
    PinError::Place {
        file: path.to_owned(),
        source,
    }
}
