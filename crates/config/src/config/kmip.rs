//! The section `security.kmip`: its typed options, each judged alone; reads nothing.

use std::path::PathBuf;
use std::time::Duration;

use crate::environment::Environment;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::notice::Notice;
use crate::option::{OptionId, OptionRow};
use crate::origin::Setting;
use crate::resolve::{Layers, choice, integer, switch, text};
use crate::secret::Password;

/// The section `security.kmip`.
#[derive(Debug)]
#[non_exhaustive]
pub struct KmipConfig {
    /// Host names or addresses, comma-separated, exactly as written.
    pub server_name: Setting<String>,
    /// Port of the servers whose list entry names none; never 0.
    pub port: Setting<u16>,
    /// PEM file with the CA certificates; `None` exactly when certificates are pinned.
    pub server_ca_file: Option<Setting<PathBuf>>,
    /// SHA-256 of the servers' certificates, comma-separated, as written.
    pub server_certificate_pin: Option<Setting<String>>,
    /// File with certificate revocation lists.
    pub server_crl_file: Option<Setting<PathBuf>>,
    /// PEM file with the client certificate chain, perhaps with its key.
    pub client_certificate_file: Setting<PathBuf>,
    /// PEM file with the client key, when it is a file of its own.
    pub client_key_file: Option<Setting<PathBuf>>,
    /// Password of an encrypted client key.
    pub client_certificate_password: Option<Setting<Password>>,
    /// Library that does the cryptography of TLS.
    pub tls_provider: Setting<TlsLibrary>,
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
    /// What a running process does when its master key is not good any more.
    pub on_key_state: Setting<OnKeyState>,
    /// How many looks in a row may find no key server; 0 is any number.
    pub unreachable_limit: Setting<u32>,
    /// Configuration file of the key servers that the store leaves with its next rotation.
    pub migrate_from: Option<Setting<PathBuf>>,
    /// KMIP 1.0 only.
    pub use_legacy_protocol: Setting<bool>,
}

/// `security.kmip.onKeyState`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnKeyState {
    /// The process ends (PSMDB's way).
    Shutdown,
    /// It changes nothing more.
    ReadOnly,
    /// It says so.
    Warn,
    /// The program that it is in decides.
    Callback,
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
    /// The server draws the key and keeps it: it encrypts and decrypts for us.
    Wrap,
}

/// `security.kmip.tlsProvider`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsLibrary {
    /// ring.
    Ring,
    /// AWS-LC through aws-lc-rs.
    AwsLcRs,
}

/// The section as far as each option alone can be judged.
pub(super) struct KmipOptions {
    server_name: Option<Setting<String>>,
    port: Setting<u16>,
    server_ca_file: Option<Setting<PathBuf>>,
    server_certificate_pin: Option<Setting<String>>,
    server_crl_file: Option<Setting<PathBuf>>,
    tls_provider: Setting<TlsLibrary>,
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
    on_key_state: Setting<OnKeyState>,
    unreachable_limit: Setting<u32>,
    migrate_from: Option<Setting<PathBuf>>,
    use_legacy_protocol: Setting<bool>,
}

impl KmipOptions {
    pub(super) fn read(
        layers: &Layers,
        environment: &Environment,
        notices: &mut Vec<Notice>,
    ) -> Result<Self, ConfigError> {
        let path = |id| layers.parsed(id, |value, row| text(value, row).map(PathBuf::from));
        Ok(Self {
            server_name: layers.parsed(OptionId::KmipServerName, server_names)?,
            port: layers.required(OptionId::KmipPort, narrow)?,
            server_ca_file: path(OptionId::KmipServerCaFile)?,
            server_certificate_pin: layers.parsed(OptionId::KmipServerCertificatePin, text)?,
            server_crl_file: path(OptionId::KmipServerCrlFile)?,
            tls_provider: layers.required(OptionId::KmipTlsProvider, |text, row| {
                let words = [
                    ("ring", TlsLibrary::Ring),
                    ("aws-lc-rs", TlsLibrary::AwsLcRs),
                ];
                choice(text, row, &words)
            })?,
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
                    ("wrap", MasterKeyMode::Wrap),
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
            on_key_state: layers.required(OptionId::KmipOnKeyState, |text, row| {
                let words = [
                    ("shutdown", OnKeyState::Shutdown),
                    ("read-only", OnKeyState::ReadOnly),
                    ("warn", OnKeyState::Warn),
                    ("callback", OnKeyState::Callback),
                ];
                choice(text, row, &words)
            })?,
            unreachable_limit: layers.required(OptionId::KmipUnreachableLimit, narrow)?,
            migrate_from: path(OptionId::KmipMigrateFrom)?,
            use_legacy_protocol: layers.required(OptionId::KmipUseLegacyProtocol, switch)?,
        })
    }

    /// `None` without a server.
    pub(super) fn finish(self, layers: &Layers) -> Result<Option<KmipConfig>, ConfigError> {
        let Some(server_name) = self.server_name else {
            return Ok(None);
        };
        Ok(Some(KmipConfig {
            client_certificate_file: given(
                self.client_certificate_file,
                OptionId::KmipClientCertificateFile,
                layers,
            )?,
            server_ca_file: match &self.server_certificate_pin {
                Some(_) => self.server_ca_file,
                None => Some(given(
                    self.server_ca_file,
                    OptionId::KmipServerCaFile,
                    layers,
                )?),
            },
            server_certificate_pin: self.server_certificate_pin,
            server_crl_file: self.server_crl_file,
            tls_provider: self.tls_provider,
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
            on_key_state: self.on_key_state,
            unreachable_limit: self.unreachable_limit,
            migrate_from: self.migrate_from,
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

/// A list without empty entries; kept as written.
fn server_names(value: &str, row: &OptionRow) -> Result<String, ConfigErrorKind> {
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
fn narrow<T: TryFrom<i64>>(value: &str, row: &OptionRow) -> Result<T, ConfigErrorKind> {
    let number = integer(value, row)?;
    T::try_from(number).map_err(|_| ConfigErrorKind::OutOfRange {
        value: number.to_string(),
        min: 0,
        max: i64::MAX,
    })
}

pub(super) fn polling(value: &str, row: &OptionRow) -> Result<Option<Duration>, ConfigErrorKind> {
    let seconds = integer(value, row)?;
    let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0);
    Ok(seconds.map(Duration::from_secs))
}
