//! An open keystore: authenticated, under lock, changed one durable generation at a time.
//!
//! May touch: the directory, through its [`Storage`](crate::Storage). Data keys stay sealed;
//! one at a time is open while it is handed out or sealed anew.

mod backups;
mod change;
mod deks;
mod rotate;

pub use backups::NewBackup;
pub use rotate::Activation;

use std::fmt;

use strongroom_cipher::StoreId;

use crate::crypto::{self, Binding, KeystoreKey, SnapshotKeys};
use crate::dir::LockedDir;
use crate::error::{CopyHealth, CopyName, CreateError, VerifyError, WriteError};
use crate::id::StoreLabel;
use crate::log::LogEnd;
use crate::master::{MasterEntry, MasterKey, NewMaster};
use crate::metadata::{self, Deks, Metadata, SealedMaster};
use crate::pair::Whole;
use crate::storage::StorageError;
use crate::unverified::{Opened, UnverifiedKeystore};
use crate::write;

/// An open keystore. Holds the directory's lock.
///
/// Every change is one new generation, durable in both copies before the method returns, and
/// in memory only then. After a failed write the handle takes no more changes.
pub struct Keystore {
    dir: LockedDir,
    metadata: Metadata,
    ksk: KeystoreKey,
    keys: SnapshotKeys,
    end: LogEnd,
    opening: Opening,
    poisoned: bool,
}

/// What opening a keystore found and mended.
#[derive(Debug)]
#[non_exhaustive]
pub struct Opening {
    /// What each copy was, `keystore.a` first.
    pub found: [(CopyName, CopyHealth); 2],
    /// The copies that were rewritten, durably.
    pub mended: Vec<CopyName>,
    /// Why mending failed: the keystore is open, but takes no changes.
    pub mend_error: Option<WriteError>,
    /// Why a stale intent file is still there (harmless).
    pub intent_error: Option<StorageError>,
}

/// What a new keystore is to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStore {
    /// Which store: from the intent.
    pub store_id: StoreId,
    /// Its label: from the intent.
    pub label: StoreLabel,
    /// What the configuration calls the master key; at most 1024 octets.
    pub logical_identifier: Option<String>,
    /// The first master.
    pub master: NewMaster,
}

impl Keystore {
    /// Makes the first generation, durable in both copies, then removes the intent file.
    ///
    /// The caller has created the master key, read it back and used it once, on every server
    /// (`docs/formats/keystore.md`, 9).
    ///
    /// # Errors
    ///
    /// [`CreateError`]; with [`WriteError::OutcomeUnknown`] a copy may be there: inspect again.
    pub fn create(
        dir: &LockedDir,
        store: NewStore,
        master: &MasterKey,
    ) -> Result<Self, CreateError> {
        vacant(dir)?;
        metadata::check_entry(&store.master).map_err(CreateError::Field)?;
        let logical = store.logical_identifier;
        metadata::check_identifier(logical.as_deref()).map_err(CreateError::Field)?;
        let entry = MasterEntry::begin(store.master, 1);
        let ksk = KeystoreKey::generate()?;
        let binding = Binding {
            store_id: store.store_id,
            rotation_number: 0,
            masters: vec![&entry.unique_identifier],
        };
        let seal = crypto::seal_ksk((&entry.unique_identifier, master), &binding, &ksk)?;
        let metadata = Metadata {
            store_id: store.store_id,
            label: store.label,
            generation: 1,
            snapshot_generation: 1,
            rotation_number: 0,
            salt: crypto::random()?,
            logical_identifier: logical,
            masters: vec![SealedMaster { entry, seal }],
            history: Vec::new(),
            burnt: Vec::new(),
            rotation: None,
            deks: Deks::default(),
            tombstones: Vec::new(),
            backups: Vec::new(),
        };
        let keys = SnapshotKeys::derive(&ksk, &metadata)?;
        let octets = metadata::encode(&metadata, &keys)?;
        write::replace_both(dir.storage(), &octets)?;
        let sound = |name| (name, CopyHealth::Sound { generation: 1 });
        Ok(Self {
            dir: dir.clone(),
            metadata,
            ksk,
            keys,
            end: LogEnd::of_snapshot(&octets),
            opening: Opening {
                found: [CopyName::A, CopyName::B].map(sound),
                mended: Vec::new(),
                mend_error: None,
                intent_error: dir.remove_intent().err(),
            },
            poisoned: false,
        })
    }

    /// From a copy that was proven; mends the other one.
    pub(crate) fn open(
        dir: LockedDir,
        chosen: &Whole,
        opened: Opened,
        found: [(CopyName, CopyHealth); 2],
    ) -> Self {
        let (sound, bad): (Vec<_>, Vec<_>) = found
            .iter()
            .partition(|(_, health)| matches!(health, CopyHealth::Sound { .. }));
        // A writer killed before its last sync left octets and names that a power cut could still
        // take back: what is handed out must be durable.
        let settled = write::settle(dir.storage(), sound.iter().map(|(copy, _)| *copy));
        let (mut mended, mut mend_error) = (Vec::new(), settled.err());
        for (copy, _) in bad {
            if mend_error.is_none() {
                mend_error = write::replace_copy(dir.storage(), *copy, &chosen.octets).err();
            }
            if mend_error.is_none() {
                mended.push(*copy);
            }
        }
        // The intent stands until both copies are durable.
        let intent_error = match mend_error {
            None => dir.remove_intent().err(),
            Some(_) => None,
        };
        Self {
            dir,
            metadata: chosen.metadata.clone(),
            ksk: opened.ksk,
            keys: opened.keys,
            end: chosen.end,
            poisoned: mend_error.is_some(),
            opening: Opening {
                found,
                mended,
                mend_error,
                intent_error,
            },
        }
    }

    /// The authenticated content.
    #[must_use]
    pub const fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// What opening found and mended.
    #[must_use]
    pub const fn opening(&self) -> &Opening {
        &self.opening
    }

    /// Whether a failed write ended this handle's right to change; reopen then.
    #[must_use]
    pub const fn is_poisoned(&self) -> bool {
        self.poisoned
    }

    /// The directory under lock.
    #[must_use]
    pub const fn dir(&self) -> &LockedDir {
        &self.dir
    }

    /// Reads both copies anew and opens every data key: both must be whole, authentic, equal,
    /// and of this handle's generation.
    ///
    /// # Errors
    ///
    /// [`VerifyError`]: the first finding.
    pub fn verify(&self) -> Result<(), VerifyError> {
        let found = UnverifiedKeystore::read(self.dir.storage(), None, false)?;
        found.verify_with(&self.keys, self.metadata.generation)?;
        self.keys.open_all(&self.metadata)?;
        Ok(())
    }
}

impl fmt::Debug for Keystore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keystore")
            .field("metadata", &self.metadata)
            .field("poisoned", &self.poisoned)
            .finish_non_exhaustive()
    }
}

fn vacant(dir: &LockedDir) -> Result<(), CreateError> {
    let names = dir.storage().list()?;
    for copy in [CopyName::A, CopyName::B] {
        if names.iter().any(|name| name == copy.file_name()) {
            return Err(CreateError::AlreadyThere(copy));
        }
    }
    Ok(())
}
