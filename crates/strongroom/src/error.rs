//! The facade's one error: what happened, its class, and the way out. Touches nothing.

use std::path::PathBuf;

use strongroom_cipher::{DekGeneration, KeyId, KeyRingError, ProviderError};
use strongroom_client::{ClientError, ErrorKind, IdentityError, Outcome, TrustError};
use strongroom_config::{ConfigError, OptionId};
use strongroom_keystore::{
    CreateError, DekError, InspectError, IntentError, LockError, StorageError, UnlockError,
    UpdateError, VerifyError, WriteError,
};
use strongroom_kmip::enumeration::State;
use strongroom_secret::KeyMemoryError;

use crate::class::Class;
use crate::master::{KeyFileError, Unfit};
use crate::pin::PinError;

/// Any failure of the life cycle.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The value of one option is wrong in a way that only its use shows.
    #[error("{}: {source}", option.path())]
    Option {
        /// The option.
        option: OptionId,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The configuration names no key server.
    #[error("the configuration has no security.kmip.serverName")]
    NoKeyServer,
    /// The key file cannot be used.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// The store's master key is in a key file, and none is configured.
    #[error("the store's master key is in a key file, and security.encryptionKeyFile is not given")]
    KeyFileNotGiven,
    /// The configured key file holds another key.
    #[error("{file} holds the key {found}, and the keystore is sealed under {recorded}")]
    WrongKeyFile {
        /// The file.
        file: String,
        /// The key in it.
        found: String,
        /// The key that the keystore names.
        recorded: String,
    },
    /// A first start with a key file and a key server.
    #[error(
        "security.encryptionKeyFile and security.kmip are both given, and there is no store yet"
    )]
    TwoMasterKeys,
    /// Encryption is switched off beside an encrypted store.
    #[error("security.enableEncryption is false or absent, but {} holds a keystore", dbpath.display())]
    EncryptionSwitchedOff {
        /// The directory.
        dbpath: PathBuf,
    },
    /// Encryption is switched off, and there is nothing to open.
    #[error("security.enableEncryption is false or absent: there is nothing to unlock")]
    EncryptionNotEnabled,
    /// The system does not protect keys in memory, and [`Options`](crate::Options) insist on it.
    #[error(
        "{0}; raise RLIMIT_MEMLOCK (`ulimit -l`) if it is not locked, or do not insist (strictKeyMemory)"
    )]
    KeyMemory(#[from] KeyMemoryError),
    /// The directory is not there or is no directory.
    #[error("--dbpath {}: {source}", dbpath.display())]
    Dbpath {
        /// What was given.
        dbpath: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// Another process holds the directory.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The keystore's files cannot be used.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// The keystore does not open.
    #[error(transparent)]
    Unlock(#[from] UnlockError),
    /// The keystore could not be made.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// The keystore could not be changed.
    #[error(transparent)]
    Update(#[from] UpdateError),
    /// A data encryption key cannot be had.
    #[error(transparent)]
    Dek(#[from] DekError),
    /// The keystore is not whole.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The intent file could not be written.
    #[error(transparent)]
    Intent(#[from] IntentError),
    /// The disk refused.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The pin outside of the directory.
    #[error(transparent)]
    Pin(#[from] PinError),
    /// The operating system gave no random octets.
    #[error("the operating system gave no random octets")]
    NoRandomness,
    /// There are files, but no keystore.
    #[error("keystore lost: {} holds {} but no keystore", dbpath.display(), list(files))]
    KeystoreLost {
        /// The directory.
        dbpath: PathBuf,
        /// Names in it.
        files: Vec<String>,
    },
    /// A rotation of the master key while another one is under way in the same process.
    #[error("a rotation of the master key is under way already")]
    RotationUnderWay,
    /// A generation that nobody said can go.
    #[error(
        "generation {generation} of key {id} was not retired: nobody said that no unit needs it, and \
         what is sealed under it opens no more afterwards"
    )]
    StillNeeded {
        /// The key id.
        id: KeyId,
        /// The generation.
        generation: DekGeneration,
    },
    /// A key id was not shredded, because the process has a ring of it.
    #[error("the process that has the store open seals and opens with key {id}")]
    KeyInUse {
        /// The key id.
        id: KeyId,
    },
    /// The keystore was changed, but a ring in use did not follow.
    #[error("the keystore was changed, but the process goes on with the keys of {id} as before")]
    RingBehind {
        /// The key id.
        id: KeyId,
        /// What kept it.
        source: KeyRingError,
    },
    /// A ring that cannot seal.
    #[error("no epoch of key {id} could begin")]
    Epoch {
        /// The key id.
        id: KeyId,
        /// What failed.
        source: ProviderError,
    },
    /// The system gave no thread.
    #[error("the thread that serves a running store could not start: {0}")]
    Thread(std::io::Error),
    /// A rotation of a store that does not exist (PSMDB's rule S1).
    #[error("master key rotation is asked for, but {} holds no keystore yet", dbpath.display())]
    NothingToRotate {
        /// The directory.
        dbpath: PathBuf,
    },
    /// A backup that was named by no id.
    #[error("{id:?} is no id of a backup: 32 hexadecimal digits are")]
    BackupId {
        /// What was given.
        id: String,
    },
    /// A question about a store that does not exist.
    #[error("{} holds no keystore", dbpath.display())]
    NoKeystore {
        /// The directory.
        dbpath: PathBuf,
    },
    /// The configuration names another key than the keystore (S5).
    #[error(
        "security.kmip.keyIdentifier is {configured:?}, but this store's master key is {recorded}"
    )]
    AnotherIdentifier {
        /// What the configuration says.
        configured: String,
        /// What the keystore records.
        recorded: String,
    },
    /// A rotation to the key that is in use (S9).
    #[error(
        "security.kmip.keyIdentifier {identifier:?} is the master key in use; a rotation needs another key"
    )]
    RotationToSameKey {
        /// The Unique Identifier.
        identifier: String,
    },
    /// A start that is told to rotate: each restart would make another key.
    #[error("security.kmip.rotateMasterKey is true: a start does not rotate")]
    RotationAtStart,
    /// The key server could not be asked, or refused.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The key is on no listed server.
    #[error(
        "master key {identifier:?} is on none of the key servers {}",
        list(servers)
    )]
    KeyNotFound {
        /// Name or Unique Identifier.
        identifier: String,
        /// The servers asked.
        servers: Vec<String>,
    },
    /// A Name that several keys have.
    #[error("{} keys have the Name {name:?}: {}", ids.len(), list(ids))]
    SeveralKeys {
        /// The Name.
        name: String,
        /// Their Unique Identifiers.
        ids: Vec<String>,
    },
    /// A key that bears another store's label.
    #[error(
        "key {unique_identifier:?} belongs to another store (label {label}); every node needs a kmipKeyIdentifier of its own"
    )]
    AnotherStoresKey {
        /// The key.
        unique_identifier: String,
        /// The label found.
        label: String,
    },
    /// A key whose state forbids its use.
    #[error("master key {unique_identifier:?} is {state} on the key server")]
    KeyState {
        /// The key.
        unique_identifier: String,
        /// Its state; the worst that any listed server reports.
        state: State,
    },
    /// A keystore that is sealed under a master key that was retired: an old one, a forged one, or one
    /// whose master key somebody revoked.
    #[error(
        "the keystore is sealed under master key {unique_identifier:?}, which is {} on the key server",
        state.map_or("not there any more".to_owned(), |state| state.to_string())
    )]
    RetiredMaster {
        /// The key.
        unique_identifier: String,
        /// Its state, the worst that any listed server reports; `None` when no server that answers has it.
        state: Option<State>,
        /// Whether it is the new one of an unfinished rotation.
        incoming: bool,
    },
    /// A key that is no AES-256 key.
    #[error("key {unique_identifier:?} cannot be a master key: {why}")]
    UnfitKey {
        /// The key.
        unique_identifier: String,
        /// What is wrong with it.
        why: Unfit,
    },
    /// A listed server does not return the key yet.
    #[error("key server {server} does not return master key {unique_identifier:?} yet")]
    NotOnEveryServer {
        /// The key.
        unique_identifier: String,
        /// The server.
        server: String,
        /// Why, when it is more than "not found".
        #[source]
        cause: Option<Box<Self>>,
    },
    /// A master key on key servers that the configuration does not list.
    #[error(
        "master key {unique_identifier:?} is on the key servers {}, which the configuration does not list",
        list(servers)
    )]
    MasterElsewhere {
        /// The key.
        unique_identifier: String,
        /// The servers (`host:port`) that returned it when it was recorded.
        servers: Vec<String>,
    },
    /// Two listed servers return different keys under one Unique Identifier.
    #[error(
        "the listed key servers return different keys under the Unique Identifier {unique_identifier:?}; they do not replicate each other"
    )]
    ServersDisagree {
        /// The key.
        unique_identifier: String,
    },
    /// The server answered Activate, but does not say Active afterwards.
    #[error("key server {server} does not report master key {unique_identifier:?} as Active")]
    NotActive {
        /// The key.
        unique_identifier: String,
        /// The server.
        server: String,
    },
    /// A key that does not do what keys do.
    #[error("master key {unique_identifier:?} failed its trial: what it sealed does not open")]
    TrialFailed {
        /// The key.
        unique_identifier: String,
    },
    /// A server that cannot encrypt with a tag.
    #[error(
        "key server {server} does not encrypt under {unique_identifier:?} with an authentication tag: masterKeyMode wrap needs KMIP 1.4 and AES-GCM there"
    )]
    WrapNeedsTag {
        /// The key.
        unique_identifier: String,
        /// The server.
        server: String,
    },
    /// A server that decrypts what was changed.
    #[error(
        "the key server decrypts under {unique_identifier:?} what does not fit its tag: masterKeyMode wrap cannot be used with it"
    )]
    TagNotVerified {
        /// The key.
        unique_identifier: String,
    },
    /// A master key that something still needs.
    #[error("master key {unique_identifier:?} is still needed: {}", list(needs))]
    MasterNeeded {
        /// The key.
        unique_identifier: String,
        /// By what.
        needs: Vec<String>,
    },
    /// A key that is no master key of this store.
    #[error("key {unique_identifier:?} is no retired master key and no stray of this store")]
    UnknownMaster {
        /// The key.
        unique_identifier: String,
    },
    /// A listed server still has a key that was destroyed.
    #[error("key server {server} still has master key {unique_identifier:?}")]
    StillThere {
        /// The key.
        unique_identifier: String,
        /// The server.
        server: String,
    },
    /// The numbers of this store's master keys are used up.
    #[error("no number is left for another master key of this store")]
    NumbersExhausted,
    /// A rotation that waits.
    #[error("the rotation waits in phase {phase}: {cause}")]
    RotationWaits {
        /// The phase in which it is safe to wait.
        phase: &'static str,
        /// What it waits for.
        #[source]
        cause: Box<Self>,
    },
}

fn list(words: &[String]) -> String {
    words.join(", ")
}

impl Error {
    pub(crate) fn option(
        option: OptionId,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self::Option {
            option,
            source: Box::new(source),
        }
    }

    /// Its class, which gives the exit code.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Config(_)
            | Self::Option { .. }
            | Self::NoKeyServer
            | Self::KeyFile(_)
            | Self::KeyFileNotGiven
            | Self::TwoMasterKeys
            | Self::EncryptionSwitchedOff { .. }
            | Self::EncryptionNotEnabled
            | Self::KeyMemory(_)
            | Self::Dbpath { .. }
            | Self::NothingToRotate { .. }
            | Self::NoKeystore { .. }
            | Self::BackupId { .. }
            | Self::AnotherIdentifier { .. }
            | Self::RotationToSameKey { .. }
            | Self::RotationAtStart
            | Self::StillNeeded { .. }
            | Self::UnknownMaster { .. }
            | Self::MasterElsewhere { .. }
            | Self::SeveralKeys { .. } => Class::Configuration,
            Self::Lock(error) => lock_class(error),
            Self::Inspect(error) => inspect_class(error),
            Self::Unlock(error) => unlock_class(error),
            Self::Create(error) => create_class(error),
            Self::Update(error) => update_class(error),
            Self::Dek(error) => dek_class(error),
            Self::Verify(error) => verify_class(error),
            Self::Intent(_) | Self::Storage(_) | Self::NoRandomness | Self::Thread(_) => {
                Class::Storage
            }
            Self::Epoch { .. } | Self::RingBehind { .. } => Class::CheckFailed,
            Self::RotationUnderWay | Self::KeyInUse { .. } => Class::Locked,
            Self::RetiredMaster { .. } => Class::RetiredMaster,
            Self::Pin(error) => pin_class(error),
            Self::WrongKeyFile { .. } => Class::WrongMasterKey,
            Self::KeystoreLost { .. } => Class::KeystoreLost,
            Self::Client(error) => client_class(error),
            Self::KeyNotFound { .. } => Class::KeyNotFound,
            Self::AnotherStoresKey { .. }
            | Self::KeyState { .. }
            | Self::UnfitKey { .. }
            | Self::NotActive { .. }
            | Self::ServersDisagree { .. }
            | Self::TrialFailed { .. }
            | Self::WrapNeedsTag { .. }
            | Self::TagNotVerified { .. }
            | Self::NumbersExhausted => Class::KeyState,
            Self::NotOnEveryServer { cause, .. } => cause
                .as_ref()
                .map_or(Class::KeyNotFound, |cause| cause.class()),
            Self::RotationWaits { .. } => Class::InterruptedRotation,
            Self::MasterNeeded { .. } => Class::KeyNeeded,
            Self::StillThere { .. } => Class::CheckFailed,
        }
    }

    /// The way out, for the operator.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Option { source, .. } => option_help(&**source).to_owned(),
            Self::Client(error) if error.outcome() != Outcome::Unknown => error.help().to_owned(),
            Self::EncryptionSwitchedOff { .. } => {
                "Set security.enableEncryption: true; an encrypted store stays encrypted for life.".to_owned()
            }
            Self::Dbpath { .. } => "Make the directory first, and check the path: a mistyped path must not get a new master key.".to_owned(),
            Self::AnotherIdentifier { .. } => "Give the recorded identifier (or none), or rotate: `strongroom rotate` with the new identifier.".to_owned(),
            Self::SeveralKeys { .. } => "Give the Unique Identifier of the right one, with keyIdentifierKind: uid.".to_owned(),
            Self::AnotherStoresKey { .. } => "Give another kmipKeyIdentifier; --shared-key shares the key on purpose, and then no rotation of this store deactivates it.".to_owned(),
            Self::KeyState { state, .. } => state_help(*state).to_owned(),
            Self::RetiredMaster { incoming: true, .. } => "If it was lost in a rotation, `strongroom rotate` gives it up and goes on with another key.".to_owned(),
            Self::Inspect(InspectError::NewerFormat { .. }) => "Use the version of Strongroom that wrote the keystore, or a later one; it is not damaged, and was not touched.".to_owned(),
            Self::Pin(PinError::Inside { .. }) => "Name a file that whoever can write the store's directory cannot write.".to_owned(),
            Self::KeystoreLost { .. } => Class::KeystoreLost.mend().to_owned(),
            Self::BackupId { .. } | Self::Update(UpdateError::UnknownBackup(_)) => "`strongroom backups list` shows the ids.".to_owned(),
            Self::NoKeystore { .. } => "Check --dbpath, or make the store with `strongroom unlock`.".to_owned(),
            Self::KeyFileNotGiven => "Give the key file too; `strongroom rotate` with both moves the store to the key server.".to_owned(),
            Self::TwoMasterKeys => "Give one of them; both serve to move an existing store from its key file to the key server.".to_owned(),
            Self::WrongKeyFile { .. } => "Give the key file that the store was made with; the keystore is undamaged.".to_owned(),
            Self::RotationAtStart => "Rotate once with `strongroom rotate` (or `unlock --kmipRotateMasterKey`), and take rotateMasterKey out of the configuration.".to_owned(),
            Self::NothingToRotate { .. } => "Start once without rotateMasterKey.".to_owned(),
            Self::RotationWaits { .. } => "The store opens with the old key meanwhile. Run `strongroom rotate` again when the cause is gone.".to_owned(),
            Self::MasterElsewhere { .. } => "A store between two lists of key servers needs both: the new list in serverName, and the old configuration file as security.kmip.migrateFrom (--kmipMigrateFrom). `strongroom rotate` with the old configuration alone gives the move up.".to_owned(),
            Self::RotationUnderWay => "Wait for it: `strongroom status` shows its phase.".to_owned(),
            Self::StillNeeded { .. } => "Seal everything anew under the active generation first, backups that are to be opened included; then say so: `strongroom keys retire ID GENERATION --not-needed`.".to_owned(),
            Self::KeyInUse { .. } => "Have the process close what is sealed under it, or end the process; then run the command again.".to_owned(),
            Self::RingBehind { .. } => "Run the command again, or restart the process.".to_owned(),
            Self::UnknownMaster { .. } => "`strongroom master list` shows which there are; a key that this store has nothing to do with is `strongroom kmip destroy`'s.".to_owned(),
            Self::StillThere { .. } => "The servers may need time to replicate: run the same command again, it goes on from what it finds.".to_owned(),
            _ => self.class().mend().to_owned(),
        }
    }
}

/// The mend of a file's own error, where it has one.
fn option_help(source: &(dyn std::error::Error + 'static)) -> &'static str {
    if let Some(error) = source.downcast_ref::<TrustError>() {
        return error.help();
    }
    match source.downcast_ref::<IdentityError>() {
        Some(error) => error.help(),
        None => Class::Configuration.mend(),
    }
}

fn state_help(state: State) -> &'static str {
    match state {
        State::PRE_ACTIVE => "Activate the key on the key server, or set activateKeys: false.",
        _ => "A revoked or destroyed key becomes no master key; name another one.",
    }
}

const fn pin_class(error: &PinError) -> Class {
    match error {
        PinError::Inside { .. } | PinError::Place { .. } => Class::Configuration,
        PinError::Damaged { .. } | PinError::Mismatch { .. } => Class::PinMismatch,
        PinError::Read(_) | PinError::Write(_) => Class::Storage,
    }
}

fn client_class(error: &ClientError) -> Class {
    if error.outcome() == Outcome::Unknown {
        return Class::OutcomeUnknown;
    }
    match error.kind() {
        ErrorKind::Configuration | ErrorKind::Request => Class::Configuration,
        ErrorKind::Unreachable | ErrorKind::Timeout | ErrorKind::SessionDead => Class::Unreachable,
        ErrorKind::Tls | ErrorKind::Authentication => Class::Tls,
        ErrorKind::NotFound => Class::KeyNotFound,
        _ => Class::Refused,
    }
}

fn lock_class(error: &LockError) -> Class {
    match error {
        LockError::Held { .. } => Class::Locked,
        _ => Class::Storage,
    }
}

fn inspect_class(error: &InspectError) -> Class {
    match error {
        InspectError::Storage(_) => Class::Storage,
        InspectError::AnotherStore { .. } => Class::ForeignKeystore,
        _ => Class::DamagedKeystore,
    }
}

fn unlock_class(error: &UnlockError) -> Class {
    match error {
        UnlockError::WrongMasterKey { .. } => Class::WrongMasterKey,
        UnlockError::Forged { .. } | UnlockError::Diverged { .. } => Class::ForeignKeystore,
        _ => Class::CheckFailed,
    }
}

fn create_class(error: &CreateError) -> Class {
    match error {
        CreateError::Field(_) => Class::Configuration,
        CreateError::AlreadyThere(_) => Class::CheckFailed,
        _ => Class::Storage,
    }
}

fn update_class(error: &UpdateError) -> Class {
    match error {
        UpdateError::UnknownKey(_)
        | UpdateError::UnknownBackup(_)
        | UpdateError::KeyExists(_)
        | UpdateError::UnknownGeneration { .. }
        | UpdateError::ActiveGeneration { .. }
        | UpdateError::Field(_) => Class::Configuration,
        UpdateError::MasterExists(_) | UpdateError::SameKey => Class::KeyState,
        UpdateError::WrongMasterKey(_) => Class::WrongMasterKey,
        UpdateError::Dek(error) => dek_class(error),
        UpdateError::Write(WriteError::NotWritten(_) | WriteError::OutcomeUnknown(_))
        | UpdateError::Poisoned
        | UpdateError::Provider(_) => Class::Storage,
        _ => Class::CheckFailed,
    }
}

fn dek_class(error: &DekError) -> Class {
    match error {
        DekError::UnknownKey(_) => Class::Configuration,
        _ => Class::Integrity,
    }
}

fn verify_class(error: &VerifyError) -> Class {
    match error {
        VerifyError::Copy { .. } => Class::DamagedKeystore,
        VerifyError::Dek(error) => dek_class(error),
        VerifyError::Inspect(error) => inspect_class(error),
        VerifyError::Unlock(error) => unlock_class(error),
        _ => Class::CheckFailed,
    }
}
