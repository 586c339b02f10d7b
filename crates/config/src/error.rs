//! The error of loading a configuration: which option, where, what, and the mend; pure values.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::option::OptionId;
use crate::origin::{Origin, Place};

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub struct ConfigError {
    /// What is wrong.
    pub kind: ConfigErrorKind,
    /// Which option, when one is concerned.
    pub option: Option<OptionId>,
    /// Who gave the value, when somebody did.
    pub origin: Option<Origin>,
}

impl ConfigError {
    pub(crate) const fn new(kind: ConfigErrorKind) -> Self {
        Self {
            kind,
            option: None,
            origin: None,
        }
    }

    pub(crate) const fn of(option: OptionId, kind: ConfigErrorKind) -> Self {
        Self {
            kind,
            option: Some(option),
            origin: None,
        }
    }

    pub(crate) fn at(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    pub(crate) fn in_file(self, place: Place) -> Self {
        self.at(Origin::File(place))
    }

    /// File, line and column, when the error lies in a file.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match &self.origin {
            Some(Origin::File(place)) => Some(place),
            _ => None,
        }
    }

    /// What to do about it, one sentence.
    #[must_use]
    pub fn help(&self) -> String {
        self.kind.help(self.option)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(origin) = &self.origin {
            write!(f, "{origin}: ")?;
        }
        if let Some(option) = self.option {
            write!(f, "{}: ", option.path())?;
        }
        write!(f, "{}; {}", self.kind, self.help())
    }
}

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigErrorKind {
    /// The configuration file cannot be read.
    #[error("cannot read the configuration file {}: {error}", path.display())]
    ReadConfig {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        error: io::Error,
    },
    /// The configuration file is larger than a configuration is.
    #[error("the configuration file {} is larger than {max} octets", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit.
        max: u64,
    },
    /// The text is not YAML.
    #[error("not valid YAML: {message}")]
    Syntax {
        /// The parser's words.
        message: String,
    },
    /// The file holds something else than sections.
    #[error("{what} must hold `key: value` lines")]
    NotASection {
        /// The path of the section, or "the file".
        what: String,
    },
    /// A key that is in no table.
    #[error("unknown option `{key}`")]
    UnknownKey {
        /// Its path.
        key: String,
        /// The path that was probably meant.
        meant: Option<String>,
    },
    /// A key given twice.
    #[error("`{key}` is given twice")]
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// A key without a value.
    #[error("no value")]
    NoValue,
    /// A value of another type.
    #[error("{found} where {} belongs", expected.as_str())]
    WrongType {
        /// What was found, in words; never a secret.
        found: String,
        /// What the table wants.
        expected: String,
    },
    /// A number out of bounds.
    #[error("{value} is out of range")]
    OutOfRange {
        /// The number.
        value: String,
        /// Smallest value.
        min: i64,
        /// Largest value.
        max: i64,
    },
    /// An option of PSMDB or MongoDB that we do not have.
    #[error("`{path}` is not supported")]
    Unsupported {
        /// Its path.
        path: String,
        /// Why, and what to do instead.
        instead: &'static str,
    },
    /// KMIP options while encryption is off.
    #[error("given although security.enableEncryption is false or absent")]
    EncryptionOff,
    /// Another option must be given as well.
    #[error("needs {}", other.path())]
    Requires {
        /// That option.
        other: OptionId,
    },
    /// An option that must be given.
    #[error("missing")]
    Missing,
    /// A value that contradicts another option's.
    #[error("contradicts {} = {value}", other.path())]
    Conflict {
        /// That option.
        other: OptionId,
        /// That option's value.
        value: &'static str,
    },
    /// `{env: NAME}` names a variable that is not set.
    #[error("the environment variable {name} is not set")]
    UnsetVariable {
        /// The variable.
        name: String,
    },
    /// A variable holds octets that are not UTF-8.
    #[error("the value is not UTF-8 text")]
    NotUnicode,
    /// A file named by an option cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        error: io::Error,
    },
    /// A file named by an option is a directory or a device.
    #[error("{} is not a file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
}

impl ConfigErrorKind {
    fn help(&self, option: Option<OptionId>) -> String {
        let kind = option
            .and_then(OptionId::row)
            .map(|row| row.kind.describe());
        match self {
            Self::ReadConfig { .. } => "name a readable file after --config".to_owned(),
            Self::TooLarge { .. } => "name a mongod.conf-shaped YAML file after --config".to_owned(),
            Self::Syntax { message } if message.contains("tab") => {
                "indent with spaces: YAML allows no tabs there".to_owned()
            }
            Self::Syntax { .. } => {
                "mend that line; a value with `: `, ` #` or a leading special character needs quotes".to_owned()
            }
            Self::NotASection { .. } => {
                "indent its options below it, each as `key: value`".to_owned()
            }
            Self::UnknownKey { meant: Some(meant), .. } => format!("did you mean `{meant}`?"),
            Self::UnknownKey { meant: None, .. } => {
                "remove it, or see docs/operate/options.md for the options".to_owned()
            }
            Self::DuplicateKey { .. } => "keep one of the two".to_owned(),
            Self::NoValue => "give one, or delete the line".to_owned(),
            Self::WrongType { expected, .. } => format!("write {expected}"),
            Self::OutOfRange { .. } => {
                kind.map_or_else(|| "give another number".to_owned(), |kind| format!("write an {kind}"))
            }
            Self::Unsupported { instead, .. } => (*instead).to_owned(),
            Self::EncryptionOff => {
                "set security.enableEncryption: true, or remove the encryption options".to_owned()
            }
            Self::Requires { other } => {
                format!("give {} as well, or remove this option", other.path())
            }
            Self::Missing => missing_help(option),
            Self::Conflict { other, .. } => format!("change {} or remove this option", other.path()),
            Self::UnsetVariable { name } => format!("set {name} for this process, or use {{file: PATH}}"),
            Self::NotUnicode => "write it in UTF-8".to_owned(),
            Self::File { .. } | Self::NotAFile { .. } => {
                "correct the path or the file's permissions; a relative path starts at the working directory".to_owned()
            }
        }
    }
}

fn missing_help(option: Option<OptionId>) -> String {
    match option {
        Some(OptionId::KmipServerCaFile) => {
            "name the PEM file of the CA that issued the KMIP server's certificate: trust comes from that \
             CA alone, the system's roots that PSMDB adds are never used; or pin the server's certificate \
             (serverCertificatePin)"
                .to_owned()
        }
        Some(OptionId::KmipServerName) => {
            "name the KMIP server: the master key always lives on one".to_owned()
        }
        Some(option) => format!("give {}", option.path()),
        None => "give it".to_owned(),
    }
}
