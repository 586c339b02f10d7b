//! The typed configuration and the rules between its options. Reads files only in `load` and `check_files`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::environment::Environment;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::notice::{Notice, NoticeKind};
use crate::option::{OPTIONS, OptionId};
use crate::origin::{Origin, Setting};
use crate::resolve::{self, Layers, Overrides, choice, integer, switch, text};
use crate::secret::Password;
use crate::yaml;

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
    /// `security.kmip`; there exactly when `serverName` is given.
    pub kmip: Option<KmipConfig>,
    rows: Vec<ConfigRow>,
}

/// The section `security.kmip`.
#[derive(Debug)]
#[non_exhaustive]
pub struct KmipConfig {
    /// Host names or addresses, comma-separated, exactly as written.
    pub server_name: Setting<String>,
    /// Port of the servers whose list entry names none; never 0.
    pub port: Setting<u16>,
    /// PEM file with the CA certificates.
    pub server_ca_file: Setting<PathBuf>,
    /// PEM file with the client certificate chain, perhaps with its key.
    pub client_certificate_file: Setting<PathBuf>,
    /// PEM file with the client key, when it is a file of its own.
    pub client_key_file: Option<Setting<PathBuf>>,
    /// Password of an encrypted client key.
    pub client_certificate_password: Option<Setting<Password>>,
    /// Name or Unique Identifier of the master key.
    pub key_identifier: Option<Setting<String>>,
    /// How `key_identifier` is read.
    pub key_identifier_kind: Setting<KeyIdentifierKind>,
    /// Who draws a new master key.
    pub master_key_mode: Setting<MasterKeyMode>,
    /// Rotate, then exit.
    pub rotate_master_key: Setting<bool>,
    /// Further rounds over the list of servers.
    pub connect_retries: Setting<u32>,
    /// Time for one server up to its first answer, and for each further exchange.
    pub connect_timeout: Setting<Duration>,
    /// Activate new keys, refuse a master key that is not Active.
    pub activate_keys: Setting<bool>,
    /// Time between two looks at the master key's state; `None` is never.
    pub key_state_polling: Setting<Option<Duration>>,
    /// KMIP 1.0 only.
    pub use_legacy_protocol: Setting<bool>,
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

/// `security.kmip.keyIdentifierKind`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyIdentifierKind {
    /// A Name if a key bears it, else a Unique Identifier, else a Name to create.
    Auto,
    /// A Name.
    Name,
    /// A Unique Identifier, which must exist.
    UniqueIdentifier,
}

/// `security.kmip.masterKeyMode`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MasterKeyMode {
    /// The server draws the key.
    Create,
    /// We draw the key and register it.
    Register,
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
        let config = Self {
            enable_encryption,
            cipher_mode,
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
        let Some(kmip) = &self.kmip else {
            return Vec::new();
        };
        let file =
            |id, setting: &Setting<PathBuf>| (id, setting.value.clone(), setting.origin.clone());
        let mut files = vec![
            file(OptionId::KmipServerCaFile, &kmip.server_ca_file),
            file(
                OptionId::KmipClientCertificateFile,
                &kmip.client_certificate_file,
            ),
        ];
        files.extend(
            kmip.client_key_file
                .iter()
                .map(|setting| file(OptionId::KmipClientKeyFile, setting)),
        );
        if let Some(Setting {
            value: Password::File(path),
            origin,
        }) = &kmip.client_certificate_password
        {
            let id = OptionId::KmipClientCertificatePassword;
            files.push((id, path.clone(), origin.clone()));
        }
        files
            .into_iter()
            .filter_map(|(id, path, origin)| {
                let kind = check_file(path)?;
                Some(ConfigError::of(id, kind).at(origin))
            })
            .collect()
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

/// The section as far as each option alone can be judged.
struct KmipOptions {
    server_name: Option<Setting<String>>,
    port: Setting<u16>,
    server_ca_file: Option<Setting<PathBuf>>,
    client_certificate_file: Option<Setting<PathBuf>>,
    client_key_file: Option<Setting<PathBuf>>,
    client_certificate_password: Option<Setting<Password>>,
    key_identifier: Option<Setting<String>>,
    key_identifier_kind: Setting<KeyIdentifierKind>,
    master_key_mode: Setting<MasterKeyMode>,
    rotate_master_key: Setting<bool>,
    connect_retries: Setting<u32>,
    connect_timeout: Setting<Duration>,
    activate_keys: Setting<bool>,
    key_state_polling: Setting<Option<Duration>>,
    use_legacy_protocol: Setting<bool>,
}

impl KmipOptions {
    fn read(
        layers: &Layers,
        environment: &Environment,
        notices: &mut Vec<Notice>,
    ) -> Result<Self, ConfigError> {
        let path = |id| layers.parsed(id, |value, row| text(value, row).map(PathBuf::from));
        Ok(Self {
            server_name: layers.parsed(OptionId::KmipServerName, server_names)?,
            port: layers.required(OptionId::KmipPort, narrow)?,
            server_ca_file: path(OptionId::KmipServerCaFile)?,
            client_certificate_file: path(OptionId::KmipClientCertificateFile)?,
            client_key_file: path(OptionId::KmipClientKeyFile)?,
            client_certificate_password: layers.password(
                OptionId::KmipClientCertificatePassword,
                environment,
                notices,
            )?,
            key_identifier: layers.parsed(OptionId::KmipKeyIdentifier, text)?,
            key_identifier_kind: layers.required(
                OptionId::KmipKeyIdentifierKind,
                |text, row| {
                    let words = [
                        ("auto", KeyIdentifierKind::Auto),
                        ("name", KeyIdentifierKind::Name),
                        ("uid", KeyIdentifierKind::UniqueIdentifier),
                    ];
                    choice(text, row, &words)
                },
            )?,
            master_key_mode: layers.required(OptionId::KmipMasterKeyMode, |text, row| {
                let words = [
                    ("create", MasterKeyMode::Create),
                    ("register", MasterKeyMode::Register),
                ];
                choice(text, row, &words)
            })?,
            rotate_master_key: layers.required(OptionId::KmipRotateMasterKey, switch)?,
            connect_retries: layers.required(OptionId::KmipConnectRetries, narrow)?,
            connect_timeout: layers
                .required(OptionId::KmipConnectTimeoutMs, narrow)
                .map(|s| Setting::new(Duration::from_millis(s.value), s.origin))?,
            activate_keys: layers.required(OptionId::KmipActivateKeys, switch)?,
            key_state_polling: layers.required(OptionId::KmipKeyStatePollingSeconds, polling)?,
            use_legacy_protocol: layers.required(OptionId::KmipUseLegacyProtocol, switch)?,
        })
    }

    /// `None` without a server.
    fn finish(self, layers: &Layers) -> Result<Option<KmipConfig>, ConfigError> {
        let Some(server_name) = self.server_name else {
            return Ok(None);
        };
        Ok(Some(KmipConfig {
            client_certificate_file: given(
                self.client_certificate_file,
                OptionId::KmipClientCertificateFile,
                layers,
            )?,
            server_ca_file: given(self.server_ca_file, OptionId::KmipServerCaFile, layers)?,
            server_name,
            port: self.port,
            client_key_file: self.client_key_file,
            client_certificate_password: self.client_certificate_password,
            key_identifier: self.key_identifier,
            key_identifier_kind: self.key_identifier_kind,
            master_key_mode: self.master_key_mode,
            rotate_master_key: self.rotate_master_key,
            connect_retries: self.connect_retries,
            connect_timeout: self.connect_timeout,
            activate_keys: self.activate_keys,
            key_state_polling: self.key_state_polling,
            use_legacy_protocol: self.use_legacy_protocol,
        }))
    }
}

/// An option that a server needs; when it is missing, the place is that of `serverName`.
fn given<T>(
    setting: Option<Setting<T>>,
    id: OptionId,
    layers: &Layers,
) -> Result<Setting<T>, ConfigError> {
    setting.ok_or_else(|| {
        let mut error = ConfigError::of(id, ConfigErrorKind::Missing);
        error.origin = layers
            .given(OptionId::KmipServerName)
            .map(|server| server.origin.clone());
        error
    })
}

/// The rules between options (PSMDB's `requires` and `conflicts`).
fn check_rules(layers: &Layers, encrypted: bool) -> Result<(), ConfigError> {
    let server = layers.given(OptionId::KmipServerName).is_some();
    for row in OPTIONS {
        let Some(given) = layers.given(row.id) else {
            continue;
        };
        let is_kmip = row.section() == "security.kmip";
        let kind = if !encrypted && row.id != OptionId::EnableEncryption {
            ConfigErrorKind::EncryptionOff
        } else if is_kmip && !server {
            ConfigErrorKind::Requires {
                other: OptionId::KmipServerName,
            }
        } else if row.id == OptionId::KmipKeyStatePollingSeconds && polls_unactivated(layers) {
            ConfigErrorKind::Conflict {
                other: OptionId::KmipActivateKeys,
                value: "false",
            }
        } else {
            continue;
        };
        return Err(ConfigError::of(row.id, kind).at(given.origin.clone()));
    }
    if encrypted && !server {
        let error = ConfigError::of(OptionId::KmipServerName, ConfigErrorKind::Missing);
        return Err(match layers.given(OptionId::EnableEncryption) {
            Some(given) => error.at(given.origin.clone()),
            None => error,
        });
    }
    Ok(())
}

/// Polling the state of keys that nobody activates: PSMDB refuses it, and so do we.
fn polls_unactivated(layers: &Layers) -> bool {
    let activates = layers.required(OptionId::KmipActivateKeys, switch);
    let polls = layers.required(OptionId::KmipKeyStatePollingSeconds, polling);
    matches!((activates, polls), (Ok(activates), Ok(polls)) if !activates.value && polls.value.is_some())
}

/// A list without empty entries; kept as written.
fn server_names(value: &str, row: &crate::OptionRow) -> Result<String, ConfigErrorKind> {
    let list = text(value, row)?;
    if list.split(',').any(|name| name.trim().is_empty()) {
        return Err(ConfigErrorKind::WrongType {
            found: "a list with an empty entry".to_owned(),
            expected: "host names or addresses, separated by one comma each".to_owned(),
        });
    }
    Ok(list)
}

/// An integer as the type that the option has; the row's bounds lie inside it.
fn narrow<T: TryFrom<i64>>(value: &str, row: &crate::OptionRow) -> Result<T, ConfigErrorKind> {
    let number = integer(value, row)?;
    T::try_from(number).map_err(|_| ConfigErrorKind::OutOfRange {
        value: number.to_string(),
        min: 0,
        max: i64::MAX,
    })
}

fn polling(value: &str, row: &crate::OptionRow) -> Result<Option<Duration>, ConfigErrorKind> {
    let seconds = integer(value, row)?;
    let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0);
    Ok(seconds.map(Duration::from_secs))
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
