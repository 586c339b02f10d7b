//! An open keystore: authenticated, under lock, changed one durable snapshot at a time.
//!
//! May touch: the directory, through its [`Storage`](crate::Storage). Data keys stay sealed;
//! one at a time is open while it is handed out or sealed anew.

mod change;
mod deks;
mod rotate;

pub use rotate::Activation;

use std::fmt;

use strongroom_cipher::StoreId;

use crate::crypto::{self, Binding, KeystoreKey, SnapshotKeys};
use crate::dir::LockedDir;
use crate::error::{CopyHealth, CopyName, CreateError, VerifyError, WriteError};
use crate::id::StoreLabel;
use crate::master::{MasterEntry, MasterKey, NewMaster};
use crate::metadata::{self, Metadata, SealedMaster};
use crate::storage::StorageError;
use crate::unverified::{Opened, UnverifiedKeystore, Whole};
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
    opening: Opening,
    poisoned: bool,
}

/// What opening a keystore found and mended.
#[derive(Debug)]
#[non_exhaustive]
pub struct Opening {
    /// What each copy was, `keystore.a` first.
    pub found: [(CopyName, CopyHealth); 2],
    /// The copy that was rewritten, durably.
    pub mended: Option<CopyName>,
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
    /// (`docs/formats/keystore.md`, 7).
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
            rotation_number: 0,
            salt: crypto::random()?,
            logical_identifier: logical,
            masters: vec![SealedMaster { entry, seal }],
            history: Vec::new(),
            burnt: Vec::new(),
            rotation: None,
            deks: Vec::new(),
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
            opening: Opening {
                found: [CopyName::A, CopyName::B].map(sound),
                mended: None,
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
        let mut bad = found
            .iter()
            .filter(|(_, health)| !matches!(health, CopyHealth::Sound { .. }))
            .map(|(copy, _)| *copy);
        let (mut mended, mut mend_error) = (None, None);
        match bad.next() {
            Some(copy) => match write::replace_copy(dir.storage(), copy, &chosen.octets) {
                Ok(()) => mended = Some(copy),
                Err(error) => mend_error = Some(error),
            },
            // A writer killed before its last directory sync left names that a power cut could
            // still take back: what is handed out must be durable.
            None => mend_error = write::settle(dir.storage()).err(),
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
        for record in &self.metadata.deks {
            self.keys.open_dek(record)?;
        }
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
