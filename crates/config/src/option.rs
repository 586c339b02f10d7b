//! The one table of options. Flags, environment, YAML and documents derive from it; it reads nothing.

#[cfg(test)]
mod tests;

/// Which option; the index into [`OPTIONS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OptionId {
    /// `security.enableEncryption`
    EnableEncryption,
    /// `security.encryptionCipherMode`
    EncryptionCipherMode,
    /// `security.strictKeyMemory`
    StrictKeyMemory,
    /// `security.encryptionKeyFile`
    EncryptionKeyFile,
    /// `security.masterKeyPin`
    MasterKeyPin,
    /// `security.kmip.serverName`
    KmipServerName,
    /// `security.kmip.port`
    KmipPort,
    /// `security.kmip.serverCAFile`
    KmipServerCaFile,
    /// `security.kmip.serverCertificatePin`
    KmipServerCertificatePin,
    /// `security.kmip.serverCRLFile`
    KmipServerCrlFile,
    /// `security.kmip.clientCertificateFile`
    KmipClientCertificateFile,
    /// `security.kmip.clientKeyFile`
    KmipClientKeyFile,
    /// `security.kmip.clientCertificatePassword`
    KmipClientCertificatePassword,
    /// `security.kmip.tlsProvider`
    KmipTlsProvider,
    /// `security.kmip.keyIdentifier`
    KmipKeyIdentifier,
    /// `security.kmip.keyIdentifierKind`
    KmipKeyIdentifierKind,
    /// `security.kmip.masterKeyMode`
    KmipMasterKeyMode,
    /// `security.kmip.rotateMasterKey`
    KmipRotateMasterKey,
    /// `security.kmip.connectRetries`
    KmipConnectRetries,
    /// `security.kmip.connectTimeoutMS`
    KmipConnectTimeoutMs,
    /// `security.kmip.activateKeys`
    KmipActivateKeys,
    /// `security.kmip.keyStatePollingSeconds`
    KmipKeyStatePollingSeconds,
    /// `security.kmip.onKeyState`
    KmipOnKeyState,
    /// `security.kmip.unreachableLimit`
    KmipUnreachableLimit,
    /// `security.kmip.migrateFrom`
    KmipMigrateFrom,
    /// `security.kmip.useLegacyProtocol`
    KmipUseLegacyProtocol,
}

impl OptionId {
    /// This option's row, `None` only for an id that the table lacks (a test proves there is none).
    #[must_use]
    pub fn row(self) -> Option<&'static OptionRow> {
        OPTIONS.iter().find(|row| row.id == self)
    }

    /// The option's path in YAML, which is its name in messages.
    #[must_use]
    pub fn path(self) -> &'static str {
        self.row().map_or("", |row| row.path)
    }
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `true` or `false`; as a flag the value may be left out and then means `true`.
    Switch,
    /// Any text that is not empty.
    Text,
    /// A path, taken as it stands (relative to the working directory).
    Path,
    /// A decimal integer between two bounds, both included.
    Integer {
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
    },
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// A secret: plain text, or in YAML `{file: PATH}` or `{env: NAME}`.
    Secret,
}

impl Kind {
    /// What to write, in a few words, for messages and documents.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Switch => "true or false".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Path => "path".to_owned(),
            Self::Integer { min, max: i64::MAX } => format!("integer from {min}"),
            Self::Integer { min: i64::MIN, max } => format!("integer to {max}"),
            Self::Integer { min, max } => format!("integer from {min} to {max}"),
            Self::Choice(words) => words.join(" or "),
            Self::Secret => "text, {file: PATH} or {env: NAME}".to_owned(),
        }
    }
}

/// One option: its three spellings and what it means.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct OptionRow {
    /// Which option.
    pub id: OptionId,
    /// Path in YAML, e.g. `security.kmip.port`.
    pub path: &'static str,
    /// Flag as PSMDB documents it, without the dashes, e.g. `kmipPort`.
    pub flag: &'static str,
    /// The same flag in kebab case, e.g. `kmip-port`.
    pub alias: &'static str,
    /// Environment variable, e.g. `STRONGROOM_KMIP_PORT`.
    pub env: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Value when nobody gives one.
    pub default: Option<&'static str>,
    /// Release that brought it.
    pub since: &'static str,
    /// One sentence for `--help` and the documents.
    pub help: &'static str,
}

const LIMIT_MAX: i64 = 1_000_000; // looks
const SECONDS_MAX: i64 = 31_536_000; // a year: beyond it a poll is no poll
const TIMEOUT_MS_MAX: i64 = 3_600_000; // an hour
const RETRIES_MAX: i64 = 1_000_000;

/// Builds a row; the order is that of the spellings.
const fn row(id: OptionId, spellings: [&'static str; 4], kind: Kind) -> OptionRow {
    let [path, flag, alias, env] = spellings;
    OptionRow {
        id,
        path,
        flag,
        alias,
        env,
        kind,
        default: None,
        since: "0.1.0",
        help: "",
    }
}

impl OptionRow {
    const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }

    const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// The last part of the path: the key inside its section.
    #[must_use]
    pub fn key(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }

    /// The part of the path before the key.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.path
            .rsplit_once('.')
            .map_or("", |(section, _)| section)
    }
}

/// All options, in the order of the documents.
pub const OPTIONS: &[OptionRow] = &[
    row(
        OptionId::EnableEncryption,
        [
            "security.enableEncryption",
            "enableEncryption",
            "enable-encryption",
            "STRONGROOM_ENABLE_ENCRYPTION",
        ],
        Kind::Switch,
    )
    .default("false")
    .help("Encrypt the store. It must stay the same for the life of the data; every kmip option needs it."),
    row(
        OptionId::EncryptionCipherMode,
        [
            "security.encryptionCipherMode",
            "encryptionCipherMode",
            "encryption-cipher-mode",
            "STRONGROOM_ENCRYPTION_CIPHER_MODE",
        ],
        Kind::Choice(&["AES256-GCM", "AES256-CBC"]),
    )
    .default("AES256-GCM")
    .help("Read for the sake of existing files: a store is always sealed with AES-256-GCM, and AES256-CBC (PSMDB's unauthenticated page mode) is answered with a notice."),
    row(
        OptionId::StrictKeyMemory,
        [
            "security.strictKeyMemory",
            "strictKeyMemory",
            "strict-key-memory",
            "STRONGROOM_STRICT_KEY_MEMORY",
        ],
        Kind::Switch,
    )
    .default("false")
    .help("Start only where keys in memory are locked against swap, left out of core dumps, wiped on fork and guarded. Without it, what is missing is a warning."),
    row(
        OptionId::EncryptionKeyFile,
        [
            "security.encryptionKeyFile",
            "encryptionKeyFile",
            "encryption-key-file",
            "STRONGROOM_ENCRYPTION_KEY_FILE",
        ],
        Kind::Path,
    )
    .help("File with the master key: the base64 of 32 octets, mode 0600. Whoever reads it has the key. Beside security.kmip it opens a store that `strongroom rotate` then moves to the key server."),
    row(
        OptionId::MasterKeyPin,
        [
            "security.masterKeyPin",
            "masterKeyPin",
            "master-key-pin",
            "STRONGROOM_MASTER_KEY_PIN",
        ],
        Kind::Path,
    )
    .help("File outside of the store's directory in which unlock and rotate note which keystore stands; a start compares it, so that nobody can put back or make up a keystore. Its directory must exist."),
    row(
        OptionId::KmipServerName,
        [
            "security.kmip.serverName",
            "kmipServerName",
            "kmip-server-name",
            "STRONGROOM_KMIP_SERVER_NAME",
        ],
        Kind::Text,
    )
    .help("Host name or IP address of the KMIP server, or a comma-separated list that is tried in order. Each must match the server's certificate."),
    row(
        OptionId::KmipPort,
        ["security.kmip.port", "kmipPort", "kmip-port", "STRONGROOM_KMIP_PORT"],
        Kind::Integer { min: 1, max: 65_535 },
    )
    .default("5696")
    .help("Port of the KMIP servers whose list entry names none."),
    row(
        OptionId::KmipServerCaFile,
        [
            "security.kmip.serverCAFile",
            "kmipServerCAFile",
            "kmip-server-ca-file",
            "STRONGROOM_KMIP_SERVER_CA_FILE",
        ],
        Kind::Path,
    )
    .help("PEM file with the CA certificates that a KMIP server's certificate must descend from. Required unless serverCertificatePin is given: the system's roots are never used."),
    row(
        OptionId::KmipServerCertificatePin,
        [
            "security.kmip.serverCertificatePin",
            "kmipServerCertificatePin",
            "kmip-server-certificate-pin",
            "STRONGROOM_KMIP_SERVER_CERTIFICATE_PIN",
        ],
        Kind::Text,
    )
    .help("SHA-256 of the KMIP server's certificate in hexadecimal, or a comma-separated list of them, in place of serverCAFile. It replaces the chain alone: host name, dates and purpose are checked all the same."),
    row(
        OptionId::KmipServerCrlFile,
        [
            "security.kmip.serverCRLFile",
            "kmipServerCRLFile",
            "kmip-server-crl-file",
            "STRONGROOM_KMIP_SERVER_CRL_FILE",
        ],
        Kind::Path,
    )
    .help("File with the certificate revocation lists of all CAs of the chain: PEM, or one list in DER. Without a current list of each, no server is trusted."),
    row(
        OptionId::KmipClientCertificateFile,
        [
            "security.kmip.clientCertificateFile",
            "kmipClientCertificateFile",
            "kmip-client-certificate-file",
            "STRONGROOM_KMIP_CLIENT_CERTIFICATE_FILE",
        ],
        Kind::Path,
    )
    .help("PEM file with the client certificate chain, and with its private key unless clientKeyFile names another file."),
    row(
        OptionId::KmipClientKeyFile,
        [
            "security.kmip.clientKeyFile",
            "kmipClientKeyFile",
            "kmip-client-key-file",
            "STRONGROOM_KMIP_CLIENT_KEY_FILE",
        ],
        Kind::Path,
    )
    .help("PEM file with the client's private key, when it is not in clientCertificateFile."),
    row(
        OptionId::KmipClientCertificatePassword,
        [
            "security.kmip.clientCertificatePassword",
            "kmipClientCertificatePassword",
            "kmip-client-certificate-password",
            "STRONGROOM_KMIP_CLIENT_CERTIFICATE_PASSWORD",
        ],
        Kind::Secret,
    )
    .help("Password of an encrypted private key. Prefer {file: PATH} or {env: NAME}: plain text stays in the file, and a flag is visible to every user of the machine."),
    row(
        OptionId::KmipTlsProvider,
        [
            "security.kmip.tlsProvider",
            "kmipTlsProvider",
            "kmip-tls-provider",
            "STRONGROOM_KMIP_TLS_PROVIDER",
        ],
        Kind::Choice(&["ring", "aws-lc-rs"]),
    )
    .default("ring")
    .help("Library that does the cryptography of TLS. aws-lc-rs also has ECDSA on P-521, and needs a build with the feature aws-lc-rs."),
    row(
        OptionId::KmipKeyIdentifier,
        [
            "security.kmip.keyIdentifier",
            "kmipKeyIdentifier",
            "kmip-key-identifier",
            "STRONGROOM_KMIP_KEY_IDENTIFIER",
        ],
        Kind::Text,
    )
    .help("Name or Unique Identifier of the master key. A Name that no key bears is created on the first start; each store needs its own."),
    row(
        OptionId::KmipKeyIdentifierKind,
        [
            "security.kmip.keyIdentifierKind",
            "kmipKeyIdentifierKind",
            "kmip-key-identifier-kind",
            "STRONGROOM_KMIP_KEY_IDENTIFIER_KIND",
        ],
        Kind::Choice(&["auto", "name", "uid"]),
    )
    .default("auto")
    .help("How keyIdentifier is read: as a Name, as a Unique Identifier, or (auto) as a Name first, then as a Unique Identifier."),
    row(
        OptionId::KmipMasterKeyMode,
        [
            "security.kmip.masterKeyMode",
            "kmipMasterKeyMode",
            "kmip-master-key-mode",
            "STRONGROOM_KMIP_MASTER_KEY_MODE",
        ],
        Kind::Choice(&["create", "register", "wrap"]),
    )
    .default("create")
    .help("Who draws a new master key: the server (create), or this process, which then registers it (register, PSMDB's way). With wrap the server draws it and it never leaves: the server encrypts and decrypts a local key that stands in its place; needs KMIP 1.4, AES-GCM on the server, and activateKeys."),
    row(
        OptionId::KmipRotateMasterKey,
        [
            "security.kmip.rotateMasterKey",
            "kmipRotateMasterKey",
            "kmip-rotate-master-key",
            "STRONGROOM_KMIP_ROTATE_MASTER_KEY",
        ],
        Kind::Switch,
    )
    .default("false")
    .help("Rotate the master key, re-encrypt the keystore, then exit. Take it off again afterwards."),
    row(
        OptionId::KmipConnectRetries,
        [
            "security.kmip.connectRetries",
            "kmipConnectRetries",
            "kmip-connect-retries",
            "STRONGROOM_KMIP_CONNECT_RETRIES",
        ],
        Kind::Integer { min: 0, max: RETRIES_MAX },
    )
    .default("0")
    .help("Further rounds over the list of servers when none could be connected: rounds = retries + 1."),
    row(
        OptionId::KmipConnectTimeoutMs,
        [
            "security.kmip.connectTimeoutMS",
            "kmipConnectTimeoutMS",
            "kmip-connect-timeout-ms",
            "STRONGROOM_KMIP_CONNECT_TIMEOUT_MS",
        ],
        Kind::Integer { min: 1_000, max: TIMEOUT_MS_MAX },
    )
    .default("5000")
    .help("Milliseconds for one server from the name look-up to the first answer, and again for each further exchange."),
    row(
        OptionId::KmipActivateKeys,
        [
            "security.kmip.activateKeys",
            "kmipActivateKeys",
            "kmip-activate-keys",
            "STRONGROOM_KMIP_ACTIVATE_KEYS",
        ],
        Kind::Switch,
    )
    .default("true")
    .help("Activate the keys that we make and refuse a master key that is not Active."),
    row(
        OptionId::KmipKeyStatePollingSeconds,
        [
            "security.kmip.keyStatePollingSeconds",
            "kmipKeyStatePollingSeconds",
            "kmip-key-state-polling-seconds",
            "STRONGROOM_KMIP_KEY_STATE_POLLING_SECONDS",
        ],
        Kind::Integer { min: -1, max: SECONDS_MAX },
    )
    .default("900")
    .help("Seconds between two looks at the master key's state while a process runs; 0 or -1 switches it off. Needs activateKeys."),
    row(
        OptionId::KmipOnKeyState,
        [
            "security.kmip.onKeyState",
            "kmipOnKeyState",
            "kmip-on-key-state",
            "STRONGROOM_KMIP_ON_KEY_STATE",
        ],
        Kind::Choice(&["shutdown", "read-only", "warn", "callback"]),
    )
    .default("shutdown")
    .help("What a running process does when its master key is not Active or not there any more: end, change nothing more, say so, or leave it to the program that it is in. A library inside a foreign host only says so."),
    row(
        OptionId::KmipUnreachableLimit,
        [
            "security.kmip.unreachableLimit",
            "kmipUnreachableLimit",
            "kmip-unreachable-limit",
            "STRONGROOM_KMIP_UNREACHABLE_LIMIT",
        ],
        Kind::Integer { min: 0, max: LIMIT_MAX },
    )
    .default("0")
    .help("How many looks at the master key's state in a row may find no key server that answers before onKeyState says what happens; 0: any number."),
    row(
        OptionId::KmipMigrateFrom,
        [
            "security.kmip.migrateFrom",
            "kmipMigrateFrom",
            "kmip-migrate-from",
            "STRONGROOM_KMIP_MIGRATE_FROM",
        ],
        Kind::Path,
    )
    .help("Configuration file of the key servers that the store leaves: the next rotation goes from them to those of serverName, and a start until then asks both."),
    row(
        OptionId::KmipUseLegacyProtocol,
        [
            "security.kmip.useLegacyProtocol",
            "kmipUseLegacyProtocol",
            "kmip-use-legacy-protocol",
            "STRONGROOM_KMIP_USE_LEGACY_PROTOCOL",
        ],
        Kind::Switch,
    )
    .default("false")
    .help("Speak KMIP 1.0 only, without asking the server for its versions."),
];

/// Options of PSMDB and MongoDB Enterprise that we know and refuse, with the reason and the way out.
pub(crate) const REFUSED: &[(&str, &str)] = &[
    (
        "security.vault",
        "Vault's key-value engine is not supported yet: keep the master key on a KMIP server (security.kmip)",
    ),
    (
        "security.kmip.clientCertificateSelector",
        "the certificate stores of Windows and macOS are not supported: name a PEM file in security.kmip.clientCertificateFile",
    ),
];

/// Keys of a real mongod.conf inside `security` that say nothing about encryption at rest.
pub(crate) const IGNORED_IN_SECURITY: &[&str] = &[
    "authorization",
    "authenticationMechanisms",
    "clusterAuthMode",
    "clusterIpSourceAllowlist",
    "clusterIpSourceWhitelist",
    "enableLocalhostAuthBypass",
    "javascriptEnabled",
    "keyFile",
    "ldap",
    "redactClientLogData",
    "relaxPermChecks",
    "sasl",
    "transitionToAuth",
];

/// Sections of a real mongod.conf beside `security`.
pub(crate) const IGNORED_SECTIONS: &[&str] = &[
    "auditLog",
    "cloud",
    "net",
    "operationProfiling",
    "processManagement",
    "replication",
    "setParameter",
    "sharding",
    "snmp",
    "storage",
    "systemLog",
];
