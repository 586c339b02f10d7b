//! A keystore without its key: both copies read, digests checked, nothing proven yet.
//!
//! May touch: the directory, through its [`Storage`].

use std::fmt;

use crate::crypto::{self, Binding, KeystoreKey, SealRefusal, SnapshotKeys};
use crate::dir::LockedDir;
use crate::error::{CopyHealth, CopyName, ForgedPart, InspectError, UnlockError, VerifyError};
use crate::keystore::Keystore;
use crate::master::MasterKey;
use crate::metadata::Metadata;
use crate::pair::{Pair, Whole};
use crate::storage::Storage;

/// A keystore as far as it can be known without the master key.
///
/// Nothing here is authenticated: use it to find out which master key to ask for, and to show.
#[derive(Debug)]
pub struct UnverifiedKeystore {
    lock: Option<LockedDir>,
    pair: Pair,
    intent_left: bool,
}

/// What each copy is, `keystore.a` first.
type Health = [(CopyName, CopyHealth); 2];
/// The copy to go on from, its keys, and what each copy turned out to be.
type Chosen<'a> = (&'a Whole, Opened, Health);

/// A keystore that a master key proves, before it is mended and opened.
pub struct Proven<'a> {
    dir: LockedDir,
    chosen: &'a Whole,
    opened: Opened,
    health: Health,
}

impl Proven<'_> {
    /// What would be opened, authenticated.
    #[must_use]
    pub const fn metadata(&self) -> &Metadata {
        &self.chosen.metadata
    }

    /// Mends a bad or older copy and opens the keystore.
    #[must_use]
    pub fn open(self) -> Keystore {
        Keystore::open(self.dir, self.chosen, self.opened, self.health)
    }
}

impl fmt::Debug for Proven<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proven")
            .field("metadata", &self.chosen.metadata)
            .finish_non_exhaustive()
    }
}

/// The keys of an authentic copy.
pub(crate) struct Opened {
    pub(crate) ksk: KeystoreKey,
    pub(crate) keys: SnapshotKeys,
}

/// Why a master key does not prove a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not sealed under the Unique Identifier that was given.
    NotListed,
    /// The check value does not fit.
    WrongKey,
    /// The check value fits; something else does not.
    Forged(ForgedPart),
}

impl UnverifiedKeystore {
    /// Reads both copies.
    pub(crate) fn read(
        storage: &dyn Storage,
        lock: Option<LockedDir>,
        intent_left: bool,
    ) -> Result<Self, InspectError> {
        Ok(Self {
            lock,
            pair: Pair::read(storage)?,
            intent_left,
        })
    }

    /// What the whole copy with the highest generation says.
    #[must_use]
    pub const fn metadata(&self) -> &Metadata {
        &self.pair.best.metadata
    }

    /// What each copy is, `keystore.a` first, as far as it can be told without the key.
    #[must_use]
    pub fn health(&self) -> [(CopyName, CopyHealth); 2] {
        self.pair.health()
    }

    /// Whether an intent file was left behind; unlocking removes it.
    #[must_use]
    pub const fn intent_left(&self) -> bool {
        self.intent_left
    }

    /// Proves the keystore with a master key, mends a bad or older copy, and opens it.
    ///
    /// The copy with the highest authenticated generation is taken. An older one is never
    /// taken because the newer one asks for another master. Mending is reported by
    /// [`Keystore::opening`]; when it fails the keystore opens and takes no writes.
    ///
    /// # Errors
    ///
    /// [`UnlockError`]; nothing was changed, and another master may be tried.
    pub fn unlock(
        &self,
        unique_identifier: &str,
        key: &MasterKey,
    ) -> Result<Keystore, UnlockError> {
        Ok(self.prove(unique_identifier, key)?.open())
    }

    /// As [`unlock`](Self::unlock), up to the point where anything is changed: what would be opened
    /// may be looked at first. It need not be what [`metadata`](Self::metadata) says.
    ///
    /// # Errors
    ///
    /// [`UnlockError`]; nothing was changed, and another master may be tried.
    pub fn prove(
        &self,
        unique_identifier: &str,
        key: &MasterKey,
    ) -> Result<Proven<'_>, UnlockError> {
        let dir = self.lock.clone().ok_or(UnlockError::ReadWithoutLock)?;
        let (chosen, opened, health) = self.choose((unique_identifier, key))?;
        Ok(Proven {
            dir,
            chosen,
            opened,
            health,
        })
    }

    /// Proves both copies and opens every data key, changing nothing; needs no lock.
    ///
    /// # Errors
    ///
    /// [`VerifyError`]: the first finding.
    pub fn verify(&self, unique_identifier: &str, key: &MasterKey) -> Result<(), VerifyError> {
        let (chosen, opened, health) = self.choose((unique_identifier, key))?;
        for (copy, health) in health {
            if !matches!(health, CopyHealth::Sound { .. }) {
                return Err(VerifyError::Copy { copy, health });
            }
        }
        opened.keys.open_all(&chosen.metadata)?;
        Ok(())
    }

    /// Whether a copy opens with this master.
    pub(crate) fn proves(&self, master: (&str, &MasterKey)) -> bool {
        self.choose(master).is_ok()
    }

    /// Both copies against the keys of an open handle.
    pub(crate) fn verify_with(
        &self,
        keys: &SnapshotKeys,
        generation: u64,
    ) -> Result<(), VerifyError> {
        for (copy, health) in self.health() {
            if health != (CopyHealth::Sound { generation }) {
                return Err(VerifyError::Copy { copy, health });
            }
        }
        let twin = self.pair.twin();
        for whole in [Some(&self.pair.best), twin].into_iter().flatten() {
            if !whole.authentic(keys) {
                let part = ForgedPart::Mac;
                return Err(VerifyError::Copy {
                    copy: whole.name,
                    health: CopyHealth::Forged { generation, part },
                });
            }
        }
        Ok(())
    }

    /// The copy to go on from (`docs/formats/keystore.md`, KS-20 to KS-24).
    fn choose(&self, master: (&str, &MasterKey)) -> Result<Chosen<'_>, UnlockError> {
        let mut health = self.health();
        let first = &self.pair.best;
        let best = first.prove(master);
        let Some(twin) = self.pair.twin() else {
            let opened = best.map_err(|refusal| first.refuse(master.0, refusal))?;
            return Ok((first, opened, health));
        };
        let generation = twin.metadata.generation;
        let two_lives = generation == first.metadata.generation && twin.octets != first.octets;
        match (best, twin.prove(master)) {
            (Ok(_), Ok(_) | Err(Refusal::NotListed)) | (Err(Refusal::NotListed), Ok(_))
                if two_lives =>
            {
                Err(UnlockError::Diverged { generation })
            }
            (Ok(opened), proof) => {
                if let Err(refusal) = proof {
                    mark(&mut health, twin, refusal);
                }
                Ok((first, opened, health))
            }
            // The key is right, for it proves the twin: so this one is a forgery. Not so when
            // this one names other masters: then its own master must speak first.
            (Err(refusal), Ok(opened)) if refusal != Refusal::NotListed => {
                mark(&mut health, first, refusal);
                set(&mut health, twin.name, CopyHealth::Sound { generation });
                Ok((twin, opened, health))
            }
            (Err(refusal), _) => Err(first.refuse(master.0, refusal)),
        }
    }
}

impl Whole {
    /// Check value first, then seal, then MAC.
    pub(crate) fn prove(&self, master: (&str, &MasterKey)) -> Result<Opened, Refusal> {
        let listed = self.metadata.master(master.0).ok_or(Refusal::NotListed)?;
        let binding = Binding::of(&self.metadata);
        let ksk = crypto::open_ksk(master, &binding, &listed.seal);
        let ksk = ksk.map_err(|refusal| match refusal {
            SealRefusal::WrongKey => Refusal::WrongKey,
            SealRefusal::DoesNotOpen => Refusal::Forged(ForgedPart::Seal),
        })?;
        let forged = Refusal::Forged(ForgedPart::Mac);
        let keys = SnapshotKeys::derive(&ksk, &self.metadata).map_err(|_| forged)?;
        if self.authentic(&keys) {
            Ok(Opened { ksk, keys })
        } else {
            Err(forged)
        }
    }

    fn refuse(&self, unique_identifier: &str, refusal: Refusal) -> UnlockError {
        let unique_identifier = unique_identifier.to_owned();
        let masters = self.metadata.master_ids().into_iter();
        match refusal {
            Refusal::NotListed => UnlockError::NotSealedUnder {
                unique_identifier,
                generation: self.metadata.generation,
                masters: masters.map(str::to_owned).collect(),
            },
            Refusal::WrongKey => UnlockError::WrongMasterKey { unique_identifier },
            Refusal::Forged(part) => UnlockError::Forged {
                copy: self.name,
                part,
            },
        }
    }
}

/// Records that `copy` was refused although the key is right.
fn mark(health: &mut Health, copy: &Whole, refusal: Refusal) {
    let generation = copy.metadata.generation;
    let part = match refusal {
        // An older twin under other masters only: nothing speaks against it.
        Refusal::NotListed => return,
        Refusal::WrongKey => ForgedPart::CheckValue,
        Refusal::Forged(part) => part,
    };
    set(health, copy.name, CopyHealth::Forged { generation, part });
}

fn set(health: &mut Health, name: CopyName, value: CopyHealth) {
    for (copy, health) in health {
        if *copy == name {
            health.clone_from(&value);
        }
    }
}

#[cfg(test)]
mod tests;
