//! Why the library refuses: one sentence for the host's log and one code for the host. Touches nothing.

use std::ffi::c_int;
use std::io;
use std::path::PathBuf;

use strongroom::Class;
use strongroom_cipher::{DekGeneration, KeyId, KeyIdError};

use crate::layout::LayoutError;

/// WiredTiger's own code for "something else": never one that makes it speak of salvage.
pub(crate) const WT_ERROR: c_int = -31802;

/// The extension does not load, or a key is not given out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Refusal {
    /// The host is of an unknown kind.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The table that the host gave does not fit what its layout says.
    #[error("the host's extension interface is not as its version says: nothing was changed")]
    Interface,
    /// The host has no folder.
    #[error("the host names no folder: give dbpath=\"/absolute/path\" in the extension's config")]
    NoHome,
    /// Nobody said where the key server is.
    #[error(
        "no key server is configured: give config_file=\"/absolute/path.yaml\" in the extension's \
         config, e.g. extensions=[\"/path/libstrongroom_wiredtiger.so\"=(config=(config_file=\"/etc/strongroom.yaml\"))]"
    )]
    NoConfig,
    /// A setting that does not exist.
    #[error(
        "the extension's config has {key:?}, which is no setting of this library: correct it or leave it out. \
         There are {known}"
    )]
    UnknownSetting {
        /// As it was written.
        key: String,
        /// Those that there are.
        known: String,
    },
    /// A secret in the configuration string, which the host writes to disk.
    #[error(
        "{0} does not belong into the extension's config, which the host writes to its folder in \
         clear: put it into the config_file, as {{file: PATH}} or {{env: NAME}}"
    )]
    SecretInConfig(&'static str),
    /// A value that is not UTF-8.
    #[error("the value of {0} is not UTF-8")]
    NotUtf8(&'static str),
    /// WiredTiger's own way to pass a key.
    #[error(
        "secretkey is set, but keys come from the key server alone: leave it out of the host's \
         encryption settings"
    )]
    SecretKey,
    /// No key id.
    #[error(
        "encryption names no keyid: write encryption=(name=strongroom,keyid=\"...\"); the id is not \
         secret, and one data key is made for each"
    )]
    NoKeyId,
    /// A key id that is empty or too long.
    #[error("keyid: {0}")]
    KeyIdLength(#[from] KeyIdError),
    /// A key id with characters that no message and no file shows.
    #[error("keyid {0:?} holds a control character: use letters, digits and -._/")]
    KeyIdCharacter(String),
    /// The life cycle of the store refused.
    #[error("{0}. {mend}", mend = .0.class().mend())]
    Store(#[from] strongroom::Error),
    /// The system did not give what a start needs.
    #[error("cannot start to unlock the store: {0}")]
    Start(io::Error),
    /// An error in our own code.
    #[error("unlocking the store ended unexpectedly; report it")]
    Unlock,
    /// The host's metadata cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A database without encryption.
    #[error(
        "{} holds a database that is not encrypted: encryption can only be chosen for a new one. \
         It is unharmed: open it without `encryption`, or dump it and load it into an empty folder",
        home.display()
    )]
    PlainDatabase {
        /// The host's folder.
        home: PathBuf,
    },
    /// Another encryptor's database.
    #[error(
        "{} holds a database that another encryptor sealed; it is unharmed", home.display()
    )]
    OtherEncryptor {
        /// The host's folder.
        home: PathBuf,
    },
    /// No keystore for a sealed database.
    #[error(
        "{} holds a sealed database, and there is no keystore in {}: put back keystore.a and keystore.b that \
         belong to it, or correct dbpath. The database is not damaged: do not repair or salvage it",
        home.display(), dbpath.display()
    )]
    NoKeystore {
        /// The host's folder.
        home: PathBuf,
        /// Where it was looked for.
        dbpath: PathBuf,
    },
    /// No block of the metadata opens: not damage.
    #[error(
        "the database in {} was sealed under another key than \"{key_id}\" of store {store}, or under \
         another store's keystore. It is not damaged: do not repair or salvage it. Put back the \
         keystore that belongs to it, or the keyid that it was made with (this keystore has {known})",
        home.display()
    )]
    OtherKey {
        /// The host's folder.
        home: PathBuf,
        /// What was configured.
        key_id: KeyId,
        /// Whose keystore.
        store: String,
        /// The key ids of the keystore.
        known: String,
    },
    /// The data's key was taken out of use.
    #[error(
        "the database in {} was sealed with generation {generation} of key \"{key_id}\", which was retired \
         in this keystore: it opens no more. It is not damaged: do not repair or salvage it. Put back a \
         keystore from before `keys retire`, e.g. of a backup",
        home.display()
    )]
    KeyRetired {
        /// The host's folder.
        home: PathBuf,
        /// The key.
        key_id: KeyId,
        /// What the data names.
        generation: DekGeneration,
    },
    /// The data is newer than the keystore.
    #[error(
        "the database in {} was sealed with generation {generation} of key \"{key_id}\", and this \
         keystore ends with generation {last}: the keystore is older than the data, or another store's. \
         Put back the keystore that belongs to the database; do not repair or salvage the database",
        home.display()
    )]
    KeystoreTooOld {
        /// The host's folder.
        home: PathBuf,
        /// The key.
        key_id: KeyId,
        /// What the data names.
        generation: DekGeneration,
        /// What the keystore has.
        last: DekGeneration,
    },
}

impl Refusal {
    /// What the host gets: an errno, or [`WT_ERROR`].
    pub(crate) fn code(&self) -> c_int {
        match self {
            Self::Layout(_) | Self::Interface => libc::ENOTSUP,
            Self::Store(error) => match error.class() {
                Class::Configuration => libc::EINVAL,
                Class::Locked => libc::EBUSY,
                Class::Unreachable => libc::EHOSTUNREACH,
                _ => WT_ERROR,
            },
            Self::NoHome
            | Self::NoConfig
            | Self::UnknownSetting { .. }
            | Self::SecretInConfig(_)
            | Self::NotUtf8(_)
            | Self::SecretKey
            | Self::NoKeyId
            | Self::KeyIdLength(_)
            | Self::KeyIdCharacter(_)
            | Self::PlainDatabase { .. } => libc::EINVAL,
            _ => WT_ERROR,
        }
    }

    /// The whole chain of causes in one line.
    pub(crate) fn line(&self) -> String {
        let mut line = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let text = error.to_string();
            if !line.contains(&text) {
                line = format!("{line}: {text}");
            }
            cause = error.source();
        }
        line
    }
}
