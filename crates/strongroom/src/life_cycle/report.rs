//! What the life cycle tells besides its result. Pure values.

use std::fmt;
use std::path::PathBuf;

use strongroom_keystore::{CopyHealth, CopyName, Opening, RotationPhase};
use strongroom_secret::{KeyMemory, Protection};

/// Where the master key of this start came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyOrigin {
    /// This start made it on the key server.
    Made,
    /// This start took a key that was there, by its Name or Unique Identifier.
    Taken,
    /// The keystore names it.
    Recorded,
}

/// Something to look at; nothing is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// One copy of the keystore was bad and has been rewritten from the other.
    CopyMended {
        /// Which.
        copy: CopyName,
        /// What it was.
        found: CopyHealth,
    },
    /// One copy of the keystore is bad and could not be rewritten.
    CopyNotMended {
        /// Which.
        copy: CopyName,
        /// What it is.
        found: CopyHealth,
        /// The system's answer.
        error: String,
    },
    /// A rotation is not finished.
    RotationUnfinished(RotationPhase),
    /// A retired master key stays as it is on the key server.
    OldKeyKept {
        /// Its Unique Identifier.
        unique_identifier: String,
        /// Why.
        why: KeptBecause,
    },
    /// A retired master key could not be deactivated yet.
    NotRetiredYet {
        /// What happened.
        error: String,
    },
    /// A listed key server did not answer.
    ServerSilent {
        /// `host:port`.
        server: String,
        /// What happened.
        error: String,
    },
    /// The system does not protect the keys in memory as far as it could.
    KeyMemory(KeyMemory),
    /// This processor has no instructions for AES.
    SlowAes,
    /// A certificate or a revocation list runs out soon, or has run out.
    RenewalDue {
        /// Which, where, and when.
        what: String,
    },
    /// A master key of another copy of this store was deactivated.
    OtherCopyStopped {
        /// Its Unique Identifier.
        unique_identifier: String,
    },
    /// There was no pin yet.
    FirstPin {
        /// The file that was written.
        file: PathBuf,
    },
    /// The store runs, but nobody can act on it meanwhile.
    NoSocket {
        /// Why.
        error: String,
    },
    /// A throw-away key of a trial could not be destroyed.
    TrialKeyLeft {
        /// Its Unique Identifier.
        unique_identifier: String,
    },
}

/// Why a retired master key was not deactivated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeptBecause {
    /// We did not make it.
    NotOurs,
    /// Other stores use it.
    Shared,
    /// The key server gives out no Deactivated keys, so older backups would be lost.
    DeactivatedIsNotServed,
    /// It is not Active, so there is nothing to deactivate.
    NotActive,
    /// It is not on the key server any more.
    Absent,
    /// It is a file of the operator's.
    KeyFile,
    /// It is on key servers that the configuration does not list any more.
    Elsewhere,
}

impl fmt::Display for KeptBecause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotOurs => "this store did not make it",
            Self::Shared => "other stores share it",
            Self::DeactivatedIsNotServed => {
                "the key server gives out no Deactivated keys, and older backups need it"
            }
            Self::NotActive => "it is not Active",
            Self::Absent => "it is not on the key server any more",
            Self::Elsewhere => {
                "it is on key servers that the configuration does not list; revoke it there"
            }
            Self::KeyFile => "it is a key file; wipe it when no backup needs it",
        })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CopyMended { copy, found } => {
                write!(f, "{copy} was {found}; rewritten from its twin")
            }
            Self::CopyNotMended { copy, found, error } => {
                write!(f, "{copy} is {found} and could not be rewritten: {error}")
            }
            Self::RotationUnfinished(phase) => {
                write!(
                    f,
                    "a master key rotation stands in phase {phase}; `strongroom rotate` goes on with it"
                )
            }
            Self::OldKeyKept {
                unique_identifier,
                why,
            } => {
                write!(
                    f,
                    "the retired master key {unique_identifier:?} was not deactivated: {why}"
                )
            }
            Self::NotRetiredYet { error } => {
                write!(f, "the retired master key is not deactivated yet: {error}")
            }
            Self::ServerSilent { server, error } => {
                write!(f, "key server {server} did not answer: {error}")
            }
            Self::KeyMemory(memory) => {
                write!(f, "key memory is {memory}")?;
                match memory.locked {
                    Protection::Denied => f.write_str("; raise RLIMIT_MEMLOCK (`ulimit -l`)"),
                    _ => Ok(()),
                }
            }
            Self::SlowAes => f.write_str(
                "this processor has no instructions for AES: sealing is many times slower",
            ),
            Self::RenewalDue { what } => write!(f, "{what}; renew it"),
            Self::OtherCopyStopped { unique_identifier } => write!(
                f,
                "the master key {unique_identifier:?} of another copy of this store was deactivated"
            ),
            Self::FirstPin { file } => write!(
                f,
                "{} was not there; the keystore is pinned in it from now on",
                file.display()
            ),
            Self::NoSocket { error } => write!(
                f,
                "no socket can be made, so `strongroom rotate` and `keys` cannot act on the store while \
                 it runs: {error}"
            ),
            Self::TrialKeyLeft { unique_identifier } => {
                write!(
                    f,
                    "the throw-away key {unique_identifier:?} could not be destroyed"
                )
            }
        }
    }
}

/// What opening the keystore mended.
pub(super) fn of_opening(opening: &Opening) -> Vec<Warning> {
    let bad = opening
        .found
        .iter()
        .filter(|(_, health)| !matches!(health, CopyHealth::Sound { .. }));
    bad.map(|(copy, found)| match &opening.mend_error {
        Some(error) => Warning::CopyNotMended {
            copy: *copy,
            found: found.clone(),
            error: error.to_string(),
        },
        None => Warning::CopyMended {
            copy: *copy,
            found: found.clone(),
        },
    })
    .collect()
}
