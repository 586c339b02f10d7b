//! What a reader of the configuration should know although it is no error; pure values.

use std::fmt;

use crate::option::OptionId;
use crate::origin::Origin;

/// Something that was accepted, with what it does or does not do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// Where it stands.
    pub origin: Origin,
}

impl Notice {
    pub(crate) const fn new(kind: NoticeKind, origin: Origin) -> Self {
        Self { kind, origin }
    }
}

/// What a [`Notice`] is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoticeKind {
    /// A section or key of mongod.conf that says nothing about encryption at rest.
    Ignored {
        /// Its path.
        path: String,
    },
    /// `AES256-CBC` was asked for; the store is sealed with AES-256-GCM.
    CbcSealsWithGcm,
    /// A password stands in the file, the environment or the command line as plain text.
    SecretInPlainText(OptionId),
    /// A variable that looks like one of ours with a slip of the pen.
    UnknownVariable {
        /// Its name.
        name: String,
        /// The name that was probably meant.
        meant: &'static str,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = &self.origin;
        match &self.kind {
            NoticeKind::Ignored { path } => {
                write!(f, "{path} ({origin}) is not ours and was ignored")
            }
            NoticeKind::CbcSealsWithGcm => write!(
                f,
                "{} ({origin}): AES256-CBC is PSMDB's page format; this store is sealed with AES-256-GCM",
                OptionId::EncryptionCipherMode.path()
            ),
            NoticeKind::SecretInPlainText(option) => write!(
                f,
                "{} ({origin}) is plain text; {{file: PATH}} or {{env: NAME}} in the configuration file keeps it elsewhere",
                option.path()
            ),
            NoticeKind::UnknownVariable { name, meant } => {
                write!(
                    f,
                    "the environment has {name}, which is not an option; did you mean {meant}?"
                )
            }
        }
    }
}
