//! The typed configuration and the rules between its options. Reads files only in `load` and `check_files`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::environment::Environment;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::notice::{Notice, NoticeKind};
use crate::option::{OPTIONS, OptionId, OptionRow};
use crate::origin::{Origin, Setting};
use crate::resolve::{self, Layers, Overrides, choice, switch};
use crate::secret::Password;
use crate::yaml;

mod kmip;
mod rules;

use kmip::KmipOptions;
pub use kmip::{KeyIdentifierKind, KmipConfig, MasterKeyMode, OnKeyState, TlsLibrary};
use rules::check_rules;

/// Largest configuration file, in octets.
const CONFIG_LEN_MAX: u64 = 1 << 20;

/// What the operator asked for, checked option by option and rule by rule.
#[derive(Debug)]
#[non_exhaustive]
pub struct Config {
    /// `security.enableEncryption`
    pub enable_encryption: Setting<bool>,
    /// `security.encryptionCipherMode`; a store is sealed with AES-256-GCM whatever it says.
    pub cipher_mode: Setting<CipherMode>,
    /// `security.strictKeyMemory`
    pub strict_key_memory: Setting<bool>,
    /// `security.encryptionKeyFile`
    pub encryption_key_file: Option<Setting<PathBuf>>,
    /// `security.masterKeyPin`
    pub master_key_pin: Option<Setting<PathBuf>>,
    /// `security.kmip`; there exactly when `serverName` is given.
    pub kmip: Option<KmipConfig>,
    rows: Vec<ConfigRow>,
}

/// `security.encryptionCipherMode`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CipherMode {
    /// AES-256-GCM, what every store is sealed with.
    Aes256Gcm,
    /// PSMDB's page mode, accepted for the sake of existing files.
    Aes256Cbc,
}

/// One option for `config show`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigRow {
    /// Which option.
    pub option: OptionId,
    /// Its value, `None` when nobody gave one and there is no default; `(set)` for a secret.
    pub value: Option<String>,
    /// Who gave it.
    pub origin: Origin,
}

impl Config {
    /// Loads `file`, then lays the environment and the flags over it.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for the first thing that is wrong: it names the option, the place and the mend.
    pub fn load(
        file: Option<&Path>,
        overrides: &Overrides,
        environment: &Environment,
    ) -> Result<(Self, Vec<Notice>), ConfigError> {
        let text = file.map(read_config).transpose()?.unwrap_or_default();
        let path = file.unwrap_or_else(|| Path::new(""));
        Self::from_layers(&text, path, overrides, environment)
    }

    /// Reads YAML that stands in `path`, without environment and flags.
    ///
    /// # Errors
    ///
    /// As [`Self::load`]; `path` is used in messages only.
    pub fn from_yaml(text: &str, path: &Path) -> Result<(Self, Vec<Notice>), ConfigError> {
        Self::from_layers(text, path, &Overrides::none(), &Environment::empty())
    }

    /// As [`Self::load`], with the file's text given.
    ///
    /// # Errors
    ///
    /// As [`Self::load`].
    pub fn from_layers(
        text: &str,
        path: &Path,
        overrides: &Overrides,
        environment: &Environment,
    ) -> Result<(Self, Vec<Notice>), ConfigError> {
        let values = yaml::read(text, path)?;
        let mut notices = values.notices;
        notices.extend(resolve::unknown_variables(environment));
        let layers = Layers::new(values.given, environment, overrides)?;
        let cipher_mode = layers.required(OptionId::EncryptionCipherMode, |text, row| {
            let words = [
                ("AES256-GCM", CipherMode::Aes256Gcm),
                ("AES256-CBC", CipherMode::Aes256Cbc),
            ];
            choice(text, row, &words)
        })?;
        if cipher_mode.value == CipherMode::Aes256Cbc {
            let origin = cipher_mode.origin.clone();
            notices.push(Notice::new(NoticeKind::CbcSealsWithGcm, origin));
        }
        let enable_encryption = layers.required(OptionId::EnableEncryption, switch)?;
        let kmip = KmipOptions::read(&layers, environment, &mut notices)?;
        check_rules(&layers, enable_encryption.value)?;
        let path = |value: &str, row: &OptionRow| resolve::text(value, row).map(PathBuf::from);
        let config = Self {
            enable_encryption,
            cipher_mode,
            strict_key_memory: layers.required(OptionId::StrictKeyMemory, switch)?,
            encryption_key_file: layers.parsed(OptionId::EncryptionKeyFile, path)?,
            master_key_pin: layers.parsed(OptionId::MasterKeyPin, path)?,
            kmip: kmip.finish(&layers)?,
            rows: rows(&layers),
        };
        Ok((config, notices))
    }

    /// Every option of the table with its value and origin, in the table's order.
    #[must_use]
    pub fn rows(&self) -> &[ConfigRow] {
        &self.rows
    }

    /// Tries to open every file that an option names, and reports those that cannot be read.
    ///
    /// An empty list says nothing about what is in the files; the client parses them.
    #[must_use]
    pub fn check_files(&self) -> Vec<ConfigError> {
        let file =
            |id, setting: &Setting<PathBuf>| (id, setting.value.clone(), setting.origin.clone());
        let key_file = self.encryption_key_file.iter();
        let mut files: Vec<_> = key_file
            .map(|setting| file(OptionId::EncryptionKeyFile, setting))
            .collect();
        files.extend(self.kmip.iter().flat_map(Self::kmip_files));
        files
            .into_iter()
            .filter_map(|(id, path, origin)| {
                let kind = check_file(path)?;
                Some(ConfigError::of(id, kind).at(origin))
            })
            .collect()
    }

    fn kmip_files(kmip: &KmipConfig) -> Vec<(OptionId, PathBuf, Origin)> {
        let file =
            |id, setting: &Setting<PathBuf>| (id, setting.value.clone(), setting.origin.clone());
        let certificate = Some(&kmip.client_certificate_file);
        let named = [
            (OptionId::KmipServerCaFile, kmip.server_ca_file.as_ref()),
            (OptionId::KmipServerCrlFile, kmip.server_crl_file.as_ref()),
            (OptionId::KmipClientCertificateFile, certificate),
            (OptionId::KmipClientKeyFile, kmip.client_key_file.as_ref()),
            (OptionId::KmipMigrateFrom, kmip.migrate_from.as_ref()),
        ];
        let mut files: Vec<_> = named
            .into_iter()
            .filter_map(|(id, setting)| Some(file(id, setting?)))
            .collect();
        if let Some(Setting {
            value: Password::File(path),
            origin,
        }) = &kmip.client_certificate_password
        {
            let id = OptionId::KmipClientCertificatePassword;
            files.push((id, path.clone(), origin.clone()));
        }
        files
    }
}

fn check_file(path: PathBuf) -> Option<ConfigErrorKind> {
    let opened = File::open(&path).and_then(|file| file.metadata());
    match opened {
        Err(error) => Some(ConfigErrorKind::File { path, error }),
        Ok(metadata) if !metadata.is_file() => Some(ConfigErrorKind::NotAFile { path }),
        Ok(_) => None,
    }
}

fn read_config(path: &Path) -> Result<String, ConfigError> {
    let refuse = |error| {
        ConfigError::new(ConfigErrorKind::ReadConfig {
            path: path.to_owned(),
            error,
        })
    };
    let file = File::open(path).map_err(refuse)?;
    if file.metadata().map_err(refuse)?.is_dir() {
        return Err(refuse(io::ErrorKind::IsADirectory.into()));
    }
    let mut text = String::new();
    file.take(CONFIG_LEN_MAX.saturating_add(1))
        .read_to_string(&mut text)
        .map_err(refuse)?;
    if u64::try_from(text.len()).map_or(true, |len| len > CONFIG_LEN_MAX) {
        return Err(ConfigError::new(ConfigErrorKind::TooLarge {
            path: path.to_owned(),
            max: CONFIG_LEN_MAX,
        }));
    }
    Ok(text)
}

fn rows(layers: &Layers) -> Vec<ConfigRow> {
    OPTIONS
        .iter()
        .map(|row| {
            let given = layers.given(row.id);
            ConfigRow {
                option: row.id,
                value: match given.map(|given| &given.raw) {
                    Some(resolve::Raw::Text(text)) => Some(text.clone()),
                    Some(_) => Some("(set)".to_owned()),
                    None => row.default.map(str::to_owned),
                },
                origin: given.map_or(Origin::Default, |given| given.origin.clone()),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
