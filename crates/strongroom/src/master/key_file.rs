//! A master key in a local file, as PSMDB's `encryptionKeyFile` has it: 32 octets in base64.
//!
//! May touch: that file. It stands where the key server is being introduced, and in tests; whoever can
//! read the file has the key.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use strongroom_cipher::envelope::sha256;
use strongroom_config::Config;
use strongroom_keystore::MasterKey;
use strongroom_secret::SecretBytes;

use super::base64;
use super::facts::KeyFacts;
use crate::hex::hex;

/// What the Unique Identifier of a key file begins with; the rest says which key it is.
const PREFIX: &str = "keyfile:";
/// Separates the fingerprint from every other use of the key.
const LABEL: &[u8] = b"strongroom key file fingerprint v1";
/// Octets of the fingerprint that stand in the identifier.
const FINGERPRINT_LEN: usize = 8;
/// A key file is not longer than this.
const LEN_MAX: usize = 1024;
/// Bits of the file mode that let others than the owner in.
const OTHERS: u32 = 0o077;

/// A key file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("security.encryptionKeyFile {}: {why}", path.display())]
#[non_exhaustive]
pub struct KeyFileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: KeyFileFault,
}

/// What is wrong with a key file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileFault {
    /// It could not be read.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// Others than its owner may read or write it.
    #[error("its mode is {mode:o}; others than its owner may use it (chmod 600)")]
    Mode {
        /// The permission bits.
        mode: u32,
    },
    /// It is not the base64 of 32 octets.
    #[error("it does not hold the base64 of 32 octets")]
    Content,
}

/// The configured key file.
#[derive(Clone, Debug)]
pub(crate) struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    pub(crate) fn of(config: &Config) -> Option<Self> {
        let setting = config.encryption_key_file.as_ref()?;
        Some(Self {
            path: setting.value.clone(),
        })
    }

    /// Whether a keystore names a key file by this Unique Identifier.
    pub(crate) fn names(unique_identifier: &str) -> bool {
        unique_identifier.starts_with(PREFIX)
    }

    /// The key and its Unique Identifier in the keystore.
    pub(crate) fn read(&self) -> Result<(String, MasterKey), KeyFileError> {
        let octets = read(&self.path).map_err(|why| self.refuse(why))?;
        let text = octets.expose().trim_ascii();
        let key = base64::decode(text).ok_or_else(|| self.refuse(KeyFileFault::Content))?;
        let fingerprint = sha256(&[LABEL, key.expose()]);
        let fingerprint = fingerprint.get(..FINGERPRINT_LEN).unwrap_or(&fingerprint);
        let id = format!("{PREFIX}{}", hex(fingerprint));
        let key = MasterKey::new(key).map_err(|_| self.refuse(KeyFileFault::Content))?;
        Ok((id, key))
    }

    /// What stands for the attributes that a key server would tell.
    pub(crate) fn facts(unique_identifier: String) -> KeyFacts {
        KeyFacts::of(unique_identifier, Vec::new())
    }

    /// For messages.
    pub(crate) fn name(&self) -> String {
        format!("key file {}", self.path.display())
    }

    fn refuse(&self, why: KeyFileFault) -> KeyFileError {
        KeyFileError {
            path: self.path.clone(),
            why,
        }
    }
}

fn read(path: &Path) -> Result<SecretBytes, KeyFileFault> {
    let mut file = File::open(path)?;
    let facts = file.metadata()?;
    if !facts.is_file() {
        return Err(io::Error::from(io::ErrorKind::InvalidInput).into());
    }
    if facts.mode() & OTHERS != 0 {
        let mode = facts.mode() & 0o777;
        return Err(KeyFileFault::Mode { mode });
    }
    let len = usize::try_from(facts.len()).unwrap_or(usize::MAX);
    if len > LEN_MAX {
        return Err(KeyFileFault::Content);
    }
    Ok(SecretBytes::try_build(len, |octets| {
        file.read_exact(octets)
    })?)
}
