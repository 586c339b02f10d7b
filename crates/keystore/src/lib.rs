#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod backup;
mod bulk;
mod codec;
mod crypto;
mod dir;
mod error;
mod id;
mod intent;
mod keystore;
pub mod limits;
mod log;
mod master;
mod metadata;
mod pair;
mod rotation;
mod storage;
mod unverified;
mod write;

pub use backup::{Backup, BackupKey, KeyStanding, ShredOutlook, Tombstone};
pub use dir::{DirState, INTENT_FILE, IntentError, LOCK_FILE, LockedDir, inspect_dir};
pub use error::{
    CopyHealth, CopyName, CreateError, Damage, DekError, Field, ForgedPart, FormatRule,
    InspectError, UnlockError, UpdateError, VerifyError, WriteError,
};
pub use id::{AttemptId, BackupId, StoreLabel};
pub use intent::{Intent, IntentState};
pub use keystore::{Activation, Keystore, NewBackup, NewStore, Opening};
pub use master::{
    MASTER_KEY_LEN, MasterEntry, MasterKey, MasterKeyLengthError, MasterOrigin, NewMaster,
};
pub use metadata::{DekState, KeyInfo, Metadata};
pub use rotation::{BurntAttempt, Rotation, RotationPhase, RotationPlan};
pub use storage::{
    DirStorage, LockError, LockGuard, Salvaged, Storage, StorageError, StorageErrorKind,
    StorageFile, StorageOperation,
};
pub use unverified::{Proven, UnverifiedKeystore};
pub use write::replace_file;
