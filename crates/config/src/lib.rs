//! The options of Strongroom: one table, three spellings, mongod.conf-shaped YAML.
//!
//! Reads the configuration file and nothing else; opens the files that options name only when
//! [`Config::check_files`] or [`Password::read`] is called. Installs nothing, prints nothing.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod config;
mod environment;
mod error;
mod notice;
mod option;
mod origin;
mod resolve;
mod secret;
mod suggest;
mod yaml;

pub use crate::config::{
    CipherMode, Config, ConfigRow, KeyIdentifierKind, KmipConfig, MasterKeyMode, OnKeyState,
    TlsLibrary,
};
pub use crate::environment::Environment;
pub use crate::error::{ConfigError, ConfigErrorKind};
pub use crate::notice::{Notice, NoticeKind};
pub use crate::option::{Kind, OPTIONS, OptionId, OptionRow};
pub use crate::origin::{Origin, Place, Setting};
pub use crate::resolve::Overrides;
pub use crate::secret::{Password, SecretText};
