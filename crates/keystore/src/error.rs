//! What can go wrong, one type per family of operations.
//!
//! May touch: memory only. Nothing here holds a secret.

use std::fmt;

use strongroom_cipher::{DekGeneration, KeyId, KeyRingError, ProviderError, StoreId};

use crate::id::BackupId;
use crate::metadata::EncodeError;
use crate::rotation::RotationPhase;
use crate::storage::StorageError;

/// One of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CopyName {
    /// `keystore.a`, always written first.
    A,
    /// `keystore.b`, written when `a` is complete.
    B,
}

impl CopyName {
    /// Its file name.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::A => "keystore.a",
            Self::B => "keystore.b",
        }
    }

    pub(crate) const fn temp_name(self) -> &'static str {
        match self {
            Self::A => "keystore.a.tmp",
            Self::B => "keystore.b.tmp",
        }
    }
}

impl fmt::Display for CopyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file_name())
    }
}

/// What is known of one copy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CopyHealth {
    /// Whole, as far as that can be told without the key.
    Sound {
        /// The generation it states.
        generation: u64,
    },
    /// No such file.
    Missing,
    /// Its octets are not what was written.
    Damaged(Damage),
    /// Whole, but of an earlier generation than its twin.
    Older {
        /// The generation it states.
        generation: u64,
    },
    /// Whole, but not made with this store's keys (known after `unlock` only).
    Forged {
        /// The generation it states.
        generation: u64,
        /// Which proof failed.
        part: ForgedPart,
    },
}

impl fmt::Display for CopyHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sound { generation } => write!(f, "sound (generation {generation})"),
            Self::Missing => f.write_str("missing"),
            Self::Damaged(damage) => write!(f, "damaged ({damage})"),
            Self::Older { generation } => write!(f, "older (generation {generation})"),
            Self::Forged { generation, part } => {
                write!(f, "not authentic (generation {generation}: {part})")
            }
        }
    }
}

/// Why a file is not what was written. Found without any key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Damage {
    /// No octet.
    Empty,
    /// Shorter than the smallest file of this kind.
    TooShort {
        /// Octets found.
        len: u64,
    },
    /// Longer than any file of this kind may be.
    TooLong,
    /// The first octets are not those of this kind of file.
    BadMagic,
    /// The digest over every octet does not fit.
    BadDigest,
    /// The snapshot is whole, and the log after it is cut short or changed.
    Log {
        /// Where the first bad entry begins, in octets from the start of the file.
        offset: usize,
    },
    /// The digest fits, but the content breaks the format's rules: a faulty writer made it.
    Malformed {
        /// Where, in octets from the start of the file.
        offset: usize,
        /// Which rule.
        rule: FormatRule,
    },
    /// The system cannot read it.
    Unreadable(std::io::ErrorKind),
    /// The digest fits, but the format version is not ours (intent files only: for a
    /// keystore this is an error of its own).
    NewerFormat {
        /// The version it states.
        version: u8,
    },
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("empty file"),
            Self::TooShort { len } => write!(f, "cut short: {len} octets"),
            Self::TooLong => f.write_str("too long"),
            Self::BadMagic => f.write_str("does not begin like a file of this kind"),
            Self::BadDigest => f.write_str("digest does not fit"),
            Self::Log { offset } => write!(f, "log is cut or changed from octet {offset} on"),
            Self::Malformed { offset, rule } => write!(f, "malformed at octet {offset}: {rule}"),
            Self::Unreadable(kind) => write!(f, "unreadable: {kind}"),
            Self::NewerFormat { version } => write!(f, "format version {version}"),
        }
    }
}

/// Rules that a decoder checks (`docs/formats/keystore.md`, 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FormatRule {
    /// A field runs past the end.
    Truncated,
    /// Octets are left over.
    Trailing,
    /// A count or length is above its bound, or zero where it may not be.
    Bound,
    /// Text is not UTF-8.
    Utf8,
    /// A flag, phase, origin or state has a value without meaning.
    Value,
    /// Records are not in strictly ascending order.
    Order,
    /// Fields contradict each other.
    Consistency,
}

impl fmt::Display for FormatRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "a field runs past the end",
            Self::Trailing => "octets left over",
            Self::Bound => "count or length out of bounds",
            Self::Utf8 => "text is not UTF-8",
            Self::Value => "value without meaning",
            Self::Order => "records out of order",
            Self::Consistency => "fields contradict each other",
        })
    }
}

/// Which proof of authenticity failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ForgedPart {
    /// The key check value does not fit, though the key opens the twin.
    CheckValue,
    /// The sealed keystore key (KSK) does not open for this store, rotation and list of masters.
    Seal,
    /// The MAC over the file does not fit.
    Mac,
}

impl fmt::Display for ForgedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CheckValue => "check value does not fit",
            Self::Seal => "sealed keystore key does not open",
            Self::Mac => "MAC does not fit",
        })
    }
}

/// A directory does not hold a keystore that can be gone on with; nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    /// Neither copy is whole.
    #[error("neither copy of the keystore can be used: keystore.a is {a}, keystore.b is {b}")]
    Damaged {
        /// What is wrong with `keystore.a`.
        a: CopyHealth,
        /// What is wrong with `keystore.b`.
        b: CopyHealth,
    },
    /// A copy is whole and of a format that this version does not read.
    #[error("{copy} has format version {version}; this version reads {supported} only")]
    NewerFormat {
        /// Which copy.
        copy: CopyName,
        /// The version it states.
        version: u8,
        /// The version read here.
        supported: u8,
    },
    /// The two copies belong to different stores.
    #[error("keystore.a and keystore.b belong to different stores; put back the right twin")]
    AnotherStore {
        /// The store that `keystore.a` names.
        a: StoreId,
        /// The store that `keystore.b` names.
        b: StoreId,
    },
    /// The directory cannot be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The keystore did not open; nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnlockError {
    /// It was inspected without holding the lock, so it may be stale.
    #[error("the keystore was read without holding the lock; lock the directory first")]
    ReadWithoutLock,
    /// It is not sealed under the key that was given.
    #[error(
        "keystore generation {generation} is not sealed under {unique_identifier:?}; it needs one of {masters:?}"
    )]
    NotSealedUnder {
        /// The Unique Identifier that was given.
        unique_identifier: String,
        /// The generation in question.
        generation: u64,
        /// Unique Identifiers that open it.
        masters: Vec<String>,
    },
    /// The key's octets are not those that this keystore was sealed under.
    #[error(
        "wrong master key: the octets given for {unique_identifier:?} do not fit the key check value"
    )]
    WrongMasterKey {
        /// Whose octets they were said to be.
        unique_identifier: String,
    },
    /// Whole, the right key, and yet not made with it: tampered with.
    #[error("{copy} is not authentic: {part}; restore the keystore from a backup")]
    Forged {
        /// The copy with the highest generation.
        copy: CopyName,
        /// Which proof failed.
        part: ForgedPart,
    },
    /// Both copies are authentic and of one generation, yet differ: two lives of one store.
    #[error(
        "keystore.a and keystore.b are two different generations {generation}: copies of two lives of one store; keep one of them"
    )]
    Diverged {
        /// The generation both state.
        generation: u64,
    },
}

/// No keystore was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// A keystore file is there already.
    #[error("{0} is there already")]
    AlreadyThere(CopyName),
    /// A field is empty or too long.
    #[error("{0} is empty, too long or too many")]
    Field(Field),
    /// The cryptographic library refused.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// Not written, or not known to be durable; see the inner error.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The directory cannot be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A field of an entry that is out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// Unique Identifier of a master.
    UniqueIdentifier,
    /// Name of a master.
    Name,
    /// Servers of a master.
    Servers,
    /// Algorithm of a master.
    Algorithm,
    /// Wrapped key of a master.
    Wrapped,
    /// Logical key identifier.
    LogicalIdentifier,
    /// Remembered masters.
    History,
    /// Burnt attempts.
    BurntAttempts,
    /// DEK records.
    Deks,
    /// Shredded key ids.
    Tombstones,
    /// Registered backups.
    Backups,
    /// Label of a backup.
    BackupLabel,
    /// The whole file.
    File,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UniqueIdentifier => "Unique Identifier",
            Self::Name => "Name",
            Self::Servers => "list of servers",
            Self::Algorithm => "algorithm",
            Self::Wrapped => "wrapped key",
            Self::LogicalIdentifier => "logical key identifier",
            Self::History => "list of retired masters",
            Self::BurntAttempts => "list of burnt attempts",
            Self::Deks => "list of data keys",
            Self::Tombstones => "list of shredded keys",
            Self::Backups => "list of backups",
            Self::BackupLabel => "label of the backup",
            Self::File => "keystore file",
        })
    }
}

/// A snapshot was not made durable in both copies.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// It is in neither copy; the old state stands.
    #[error("nothing was changed: {0}")]
    NotWritten(#[source] StorageError),
    /// It may be in one copy: reopen and go on from what is found.
    #[error("outcome unknown, reopen the keystore: {0}")]
    OutcomeUnknown(#[source] StorageError),
}

/// A change was refused or failed. The state in memory is the old one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateError {
    /// An earlier write failed; this handle writes no more.
    #[error("an earlier write failed; reopen the keystore before changing it")]
    Poisoned,
    /// No such key id.
    #[error("no key {0:?} in the keystore")]
    UnknownKey(KeyId),
    /// The key id is there already.
    #[error("key {0:?} is in the keystore already")]
    KeyExists(KeyId),
    /// A backup of that id is registered already.
    #[error("backup {0} is registered already")]
    BackupExists(BackupId),
    /// No such registered backup.
    #[error("no backup {0} is registered")]
    UnknownBackup(BackupId),
    /// No such generation of this key.
    #[error("key {id:?} has no generation {generation:?}")]
    UnknownGeneration {
        /// The key.
        id: KeyId,
        /// The generation asked for.
        generation: DekGeneration,
    },
    /// The active generation cannot be retired.
    #[error("generation {generation:?} of key {id:?} is active; rotate the key first")]
    ActiveGeneration {
        /// The key.
        id: KeyId,
        /// The generation asked for.
        generation: DekGeneration,
    },
    /// Generations are numbered to 2^32 - 1, snapshots to 2^64 - 1.
    #[error("no number is left to count on")]
    CounterExhausted,
    /// Not allowed at this point of a rotation.
    #[error("not allowed {}; resume the rotation", phase_text(*.found))]
    WrongPhase {
        /// The phase found; `None` is no rotation.
        found: Option<RotationPhase>,
    },
    /// The number is not the recorded one, or was used before.
    #[error("master key number {number} does not fit; expected {expected}")]
    WrongNumber {
        /// The number given.
        number: u32,
        /// The number recorded, or the lowest free one.
        expected: u32,
    },
    /// No such master.
    #[error("no master key {0:?} in this place of the keystore")]
    UnknownMaster(String),
    /// This Unique Identifier is or was a master of this store.
    #[error("master key {0:?} is or was a master of this store")]
    MasterExists(String),
    /// The new master has the octets of the old one.
    #[error("the new master key has the same octets as the old one")]
    SameKey,
    /// The new master was not activated yet.
    #[error("master key {0:?} is not recorded as activated")]
    NotActivated(String),
    /// The octets do not fit the key check value.
    #[error("wrong master key: the octets given for {0:?} do not fit the key check value")]
    WrongMasterKey(String),
    /// A field is empty, too long or too many.
    #[error("{0} is empty, too long or too many")]
    Field(Field),
    /// A stored data key does not open: memory or the keystore key is damaged.
    #[error(transparent)]
    Dek(#[from] DekError),
    /// The cryptographic library refused.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// Not written, or not known to be durable. The handle is poisoned.
    #[error(transparent)]
    Write(#[from] WriteError),
}

fn phase_text(found: Option<RotationPhase>) -> String {
    found.map_or_else(
        || "without a rotation".to_owned(),
        |phase| format!("in rotation phase {phase}"),
    )
}

/// A data key could not be taken out of the keystore.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DekError {
    /// No such key id.
    #[error("no key {0:?} in the keystore")]
    UnknownKey(KeyId),
    /// Its sealed form does not open, or not to the key that its check value tells.
    #[error("generation {generation:?} of key {id:?} does not open")]
    DoesNotOpen {
        /// The key.
        id: KeyId,
        /// The generation.
        generation: DekGeneration,
    },
    /// The cipher refused to make a ring of its generations.
    #[error(transparent)]
    Ring(KeyRingError),
}

/// `verify` found something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// A copy is not sound, or not this handle's generation.
    #[error("{copy} is {health}")]
    Copy {
        /// Which copy.
        copy: CopyName,
        /// What it is.
        health: CopyHealth,
    },
    /// A data key does not open.
    #[error(transparent)]
    Dek(#[from] DekError),
    /// The key does not open it.
    #[error(transparent)]
    Unlock(#[from] UnlockError),
    /// It cannot be read.
    #[error(transparent)]
    Inspect(#[from] InspectError),
}

impl From<EncodeError> for CreateError {
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::Field(field) => Self::Field(field),
            EncodeError::Provider(source) => Self::Provider(source),
        }
    }
}

impl From<EncodeError> for UpdateError {
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::Field(field) => Self::Field(field),
            EncodeError::Provider(source) => Self::Provider(source),
        }
    }
}
