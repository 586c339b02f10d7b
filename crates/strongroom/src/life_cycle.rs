//! The life cycle of a store: first start, start, rotation, status.
//!
//! May touch: the store's directory through `strongroom-keystore`, the key servers through
//! [`crate::master`]. This is the one place where KMIP meets the keystore.

mod accept;
mod activate;
mod certificates;
mod data_keys;
pub(crate) mod find;
mod first_start;
pub(crate) mod held;
mod machine;
mod masters;
mod open;
mod report;
mod retire;
pub(crate) mod rotate;
mod shred;
mod status;
mod take_over;
mod unlock;

use std::path::Path;
use std::sync::Arc;

use strongroom_config::{Config, KmipConfig};
use strongroom_keystore::{DirState, DirStorage, LockedDir, UnverifiedKeystore, inspect_dir};

pub use certificates::CertificateReport;
pub use data_keys::retire_key;
pub use machine::{KeyMemoryReport, MachineReport};
pub use masters::{
    BurntReport, DestroyedMaster, ListedMaster, MasterList, Stray, destroy_master, list_masters,
};
pub use report::{KeptBecause, KeyOrigin, Warning};
pub use rotate::{Rotated, RotationOutlook, plan_rotation, rotate};
pub use shred::{ShredReport, plan_shred, shred_key};
pub use status::{CopyReport, KeyReport, MasterReport, ServerReport, Status, status};
pub(crate) use status::{ask_servers, keys, live_status};
pub use take_over::{TakeOver, take_over};
pub use unlock::{Unlocked, unlock};

use crate::error::Error;

/// What changes how a store is started or rotated.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// Names that may lie in the directory at a first start besides our own; they hold no data
    /// (`docs/decisions/0002`).
    pub tolerated: Vec<String>,
    /// Start only where the system protects the keys in memory in every way that it could: else that
    /// is a warning.
    pub strict_key_memory: bool,
    /// Use a key that bears another store's label; this store's rotations never deactivate it.
    pub shared_key: bool,
    /// What a rotation calls the next master key, instead of the configuration's `keyIdentifier`.
    pub key_identifier: Option<String>,
    /// Label of the copies that this store comes from, whose keys a rotation must not take.
    source_label: Option<String>,
}

impl Options {
    /// Names that may lie in the directory at a first start.
    #[must_use]
    pub fn tolerating(mut self, names: &[&str]) -> Self {
        self.tolerated = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// Whether missing protection of the keys in memory is an error.
    #[must_use]
    pub fn strict_key_memory(mut self, strict: bool) -> Self {
        self.strict_key_memory = strict;
        self
    }

    /// Whether a key that bears another store's label may be used.
    #[must_use]
    pub fn shared_key(mut self, shared: bool) -> Self {
        self.shared_key = shared;
        self
    }

    /// What a rotation calls the next master key, instead of the configuration's `keyIdentifier`.
    #[must_use]
    pub fn key_identifier(mut self, identifier: Option<String>) -> Self {
        self.key_identifier = identifier;
        self
    }

    fn tolerated(&self) -> Vec<&str> {
        self.tolerated.iter().map(String::as_str).collect()
    }
}

/// The section `security.kmip`, which every step needs.
fn kmip(config: &Config) -> Result<&KmipConfig, Error> {
    config.kmip.as_ref().ok_or(Error::NoKeyServer)
}

/// Whether keys are activated, and a start demands Active ones. A key file has no state.
fn activates(config: &Config) -> bool {
    let kmip = config.kmip.as_ref();
    kmip.is_some_and(|kmip| kmip.activate_keys.value)
}

fn storage(dbpath: &Path) -> Result<DirStorage, Error> {
    let refused = |source| Error::Dbpath {
        dbpath: dbpath.to_owned(),
        source,
    };
    let facts = std::fs::metadata(dbpath).map_err(refused)?;
    if !facts.is_dir() {
        return Err(refused(std::io::ErrorKind::NotADirectory.into()));
    }
    Ok(DirStorage::new(dbpath))
}

/// The keystore in `dbpath`, as far as it can be read without lock and key.
pub(crate) fn read_keystore(
    dbpath: &Path,
    options: &Options,
) -> Result<Box<UnverifiedKeystore>, Error> {
    keystore_in(look(dbpath, options)?, dbpath)
}

/// The keystore that was found in `dbpath`, where there must be one.
fn keystore_in(state: DirState, dbpath: &Path) -> Result<Box<UnverifiedKeystore>, Error> {
    match state {
        DirState::Keystore(found) => Ok(found),
        _ => Err(Error::NoKeystore {
            dbpath: dbpath.to_owned(),
        }),
    }
}

/// What lies in the directory, read without the lock; nothing is left behind.
pub(crate) fn look(dbpath: &Path, options: &Options) -> Result<DirState, Error> {
    match inspect_dir(&storage(dbpath)?, &options.tolerated())? {
        DirState::Lost { files } => Err(Error::KeystoreLost {
            dbpath: dbpath.to_owned(),
            files,
        }),
        state => Ok(state),
    }
}

/// Takes the lock, then reads. A directory with files of somebody else gets no lock file.
fn lock(dbpath: &Path, options: &Options) -> Result<(LockedDir, DirState), Error> {
    // Damage, and the like, is told by the locked read: it may be mended meanwhile.
    if let Err(error @ (Error::KeystoreLost { .. } | Error::Dbpath { .. })) = look(dbpath, options)
    {
        return Err(error);
    }
    let dir = LockedDir::lock(Arc::new(storage(dbpath)?))?;
    match dir.inspect(&options.tolerated())? {
        DirState::Lost { files } => Err(Error::KeystoreLost {
            dbpath: dbpath.to_owned(),
            files,
        }),
        state => Ok((dir, state)),
    }
}
