//! The manifest of a backup (`docs/formats/backup.md`). May touch: the manifest file and its directory.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use strongroom_cipher::{DekGeneration, KeyId, StoreId};
use strongroom_keystore::{
    Backup, BackupKey, DirStorage, KeyStanding, Metadata, Storage, StorageError, WriteError,
    replace_file,
};

use crate::hex::{hex, sixteen};
use crate::place::split;

/// Version of the format.
const VERSION: u64 = 1;
/// Octets that a manifest may have.
const LEN_MAX: u64 = 64 << 20;
const LABEL_LEN_MAX: usize = 256;

/// What opens a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Manifest {
    strongroom_backup: u64,
    /// The store, in hexadecimal.
    pub store_id: String,
    /// The backup, in hexadecimal.
    pub backup: String,
    /// What people call it.
    #[serde(deserialize_with = "Option::deserialize")]
    pub label: Option<String>,
    /// When it was registered; seconds since 1970-01-01T00:00:00Z.
    pub time: u64,
    /// The generation of the keystore in it.
    pub generation: u64,
    /// Unique Identifiers of the master keys that open that keystore.
    pub masters: Vec<String>,
    /// The DEKs that its data may need.
    pub keys: Vec<ManifestKey>,
}

/// A DEK that a backup may need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct ManifestKey {
    /// Its key id.
    pub id: String,
    /// Its number.
    pub generation: u32,
    /// Its check value, in hexadecimal.
    pub check: String,
}

/// Where a keystore does not fit a backup.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestFault {
    /// Another store's.
    #[error("the backup is of store {backup}, the keystore is of store {keystore}")]
    OtherStore {
        /// The manifest's.
        backup: String,
        /// The keystore's.
        keystore: String,
    },
    /// A DEK.
    #[error("key {id} generation {generation}: {}", standing_word(*standing))]
    Key {
        /// Its key id.
        id: String,
        /// Its number.
        generation: u32,
        /// What the keystore has of it.
        standing: KeyStanding,
    },
}

fn standing_word(standing: KeyStanding) -> &'static str {
    match standing {
        KeyStanding::Retired => "retired: the keystore opens nothing under it any more",
        KeyStanding::Shredded => "shredded",
        KeyStanding::Different => "the keystore has another key under that name",
        _ => "missing: the keystore is older than the backup, or another one's",
    }
}

/// A manifest could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The path names no file.
    #[error("{} names no file", path.display())]
    NoFile {
        /// The path.
        path: PathBuf,
    },
    /// The file is not there.
    #[error("there is no manifest {}", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// The file or its directory.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Writing.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Of another version of the format.
    #[error("{}: a manifest of version {found}; this release reads {VERSION}", path.display())]
    Version {
        /// The path.
        path: PathBuf,
        /// The version.
        found: u64,
    },
    /// No manifest.
    #[error("{} is no manifest: {rule}", path.display())]
    NoManifest {
        /// The path.
        path: PathBuf,
        /// What breaks the format.
        rule: String,
    },
}

impl Manifest {
    pub(super) fn of(store_id: StoreId, backup: &Backup) -> Self {
        let key = |key: &BackupKey| ManifestKey {
            id: key.id.as_str().to_owned(),
            generation: key.generation.value(),
            check: hex(&key.check),
        };
        Self {
            strongroom_backup: VERSION,
            store_id: store_id.to_string(),
            backup: backup.id.to_string(),
            label: backup.label.clone(),
            time: backup.time,
            generation: backup.generation,
            masters: backup.masters.clone(),
            keys: backup.keys.iter().map(key).collect(),
        }
    }

    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// [`ManifestError`], but for [`ManifestError::Write`].
    pub fn read(path: &Path) -> Result<Self, ManifestError> {
        let (dir, name) = place(path)?;
        let missing = || ManifestError::Missing {
            path: path.to_owned(),
        };
        let octets = dir.read(&name, LEN_MAX)?.ok_or_else(missing)?;
        Self::parse(&octets).map_err(|fault| match fault {
            Fault::Version(found) => ManifestError::Version {
                path: path.to_owned(),
                found,
            },
            Fault::Rule(rule) => ManifestError::NoManifest {
                path: path.to_owned(),
                rule,
            },
        })
    }

    /// Writes the manifest, in place of an older file of that name.
    ///
    /// # Errors
    ///
    /// [`ManifestError::NoFile`], [`ManifestError::Write`].
    pub fn write(&self, path: &Path) -> Result<(), ManifestError> {
        let (dir, name) = place(path)?;
        let mut octets = serde_json::to_vec(self).map_err(|error| ManifestError::NoManifest {
            path: path.to_owned(),
            rule: error.to_string(),
        })?;
        octets.push(b'\n');
        Ok(replace_file(&dir, &name, &octets)?)
    }

    fn parse(octets: &[u8]) -> Result<Self, Fault> {
        let rule = |error: serde_json::Error| Fault::Rule(error.to_string());
        // The version first: what else stands there is that version's.
        let version: Version = serde_json::from_slice(octets).map_err(rule)?;
        if version.strongroom_backup != VERSION {
            return Err(Fault::Version(version.strongroom_backup));
        }
        let manifest: Self = serde_json::from_slice(octets).map_err(rule)?;
        match manifest.broken_rule() {
            Some(rule) => Err(Fault::Rule(rule.to_owned())),
            None => Ok(manifest),
        }
    }

    fn broken_rule(&self) -> Option<&'static str> {
        let label = |label: &String| (1..=LABEL_LEN_MAX).contains(&label.len());
        if sixteen(&self.store_id).is_none() || sixteen(&self.backup).is_none() {
            return Some("an id is 32 lowercase hexadecimal digits");
        }
        if !self.label.as_ref().is_none_or(label) {
            return Some("a label has 1 to 256 octets");
        }
        if self.generation == 0 || !(1..=2).contains(&self.masters.len()) {
            return Some("a keystore has a generation from 1 and one or two master keys");
        }
        let sound = |key: &ManifestKey| key.generation > 0 && key.backup_key().is_some();
        (!self.keys.iter().all(sound)).then_some("a key has an id, a generation and a check value")
    }

    /// Where the keystore does not open the backup; empty when it does.
    #[must_use]
    pub fn compare(&self, metadata: &Metadata) -> Vec<ManifestFault> {
        let keystore = metadata.store_id().to_string();
        if keystore != self.store_id {
            let backup = self.store_id.clone();
            return vec![ManifestFault::OtherStore { backup, keystore }];
        }
        let fault = |key: &ManifestKey| {
            let needed = key.backup_key();
            let standing = needed.map_or(KeyStanding::Missing, |key| metadata.standing(&key));
            (standing != KeyStanding::Held).then(|| ManifestFault::Key {
                id: key.id.clone(),
                generation: key.generation,
                standing,
            })
        };
        self.keys.iter().filter_map(fault).collect()
    }
}

impl ManifestKey {
    fn backup_key(&self) -> Option<BackupKey> {
        let id = KeyId::new(&self.id).ok()?;
        let generation = DekGeneration::new(self.generation);
        Some(BackupKey::new(id, generation, sixteen(&self.check)?))
    }
}

enum Fault {
    Version(u64),
    Rule(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    strongroom_backup: u64,
}

/// The directory and the name in it.
fn place(path: &Path) -> Result<(DirStorage, String), ManifestError> {
    split(path).ok_or_else(|| ManifestError::NoFile {
        path: path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../../docs/formats/backup.md");

    fn example() -> &'static str {
        let start = PAGE.split("```json\n").nth(1).unwrap();
        start.split("\n```").next().unwrap()
    }

    #[test]
    fn the_example_of_the_page_is_read_and_written_octet_for_octet() {
        let Ok(manifest) = Manifest::parse(example().as_bytes()) else {
            panic!("the example is refused");
        };
        assert_eq!(serde_json::to_string(&manifest).unwrap(), example());
    }

    #[test]
    fn another_version_is_told_whatever_else_stands_there() {
        let later = r#"{"strongroomBackup":2,"what":[]}"#;
        assert!(matches!(
            Manifest::parse(later.as_bytes()),
            Err(Fault::Version(2))
        ));
    }

    #[test]
    fn a_missing_unknown_doubled_or_bad_member_is_refused() {
        let example = example();
        let changes = [
            ("\"time\":1700000000,", ""),
            ("\"label\":\"before 8.0\",", ""),
            ("\"time\"", "\"more\":1,\"time\""),
            ("\"time\"", "\"time\":1,\"time\""),
            ("before 8.0", ""),
            ("\"0707", "\"070A"),
            ("\"0909", "\"09"),
            ("\"generation\":3", "\"generation\":0"),
            ("[\"7\"]", "[]"),
            ("[\"7\"]", "[\"7\",\"8\",\"9\"]"),
            ("\"generation\":1", "\"generation\":0"),
            ("orders", ""),
            ("0b0b0b0b0b", "0b0b0b0b"),
            ("1700000000", "-1"),
        ];
        for (from, to) in changes {
            let changed = example.replacen(from, to, 1);
            assert_ne!(changed, example, "{from}");
            assert!(
                matches!(Manifest::parse(changed.as_bytes()), Err(Fault::Rule(_))),
                "{from} by {to}"
            );
        }
        for end in 0..example.len() {
            assert!(
                Manifest::parse(&example.as_bytes()[..end]).is_err(),
                "{end}"
            );
        }
    }
}
