//! Layers flag > environment > file > default over the table; knows nothing of YAML or files.

use std::path::PathBuf;

use crate::environment::Environment;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::notice::{Notice, NoticeKind};
use crate::option::{Kind, OPTIONS, OptionId, OptionRow};
use crate::origin::{Origin, Setting};
use crate::secret::{Password, SecretText};
use crate::suggest::closest;

/// A value as somebody wrote it.
#[derive(Debug)]
pub(crate) enum Raw {
    Text(String),
    SecretText(SecretText),
    SecretFile(PathBuf),
    SecretVariable(String),
}

impl Raw {
    pub(crate) fn secret(text: &str) -> Self {
        Self::SecretText(SecretText::new(text.to_owned()))
    }

    fn of(row: &OptionRow, text: String) -> Self {
        match row.kind {
            Kind::Secret => Self::SecretText(SecretText::new(text)),
            _ => Self::Text(text),
        }
    }
}

/// A value, for which option, and who gave it.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) id: OptionId,
    pub(crate) raw: Raw,
    pub(crate) origin: Origin,
}

/// The winning value of each option that somebody gave.
#[derive(Debug, Default)]
pub(crate) struct Layers(Vec<Given>);

impl Layers {
    /// Lays `overrides` and `environment` over what the file gave.
    pub(crate) fn new(
        file: Vec<Given>,
        environment: &Environment,
        overrides: &Overrides,
    ) -> Result<Self, ConfigError> {
        let mut layers = Self(file);
        for row in OPTIONS {
            if let Some(value) = environment.get(row.env) {
                let origin = Origin::Environment(row.env);
                let Some(text) = value.to_str() else {
                    let kind = ConfigErrorKind::NotUnicode;
                    return Err(ConfigError::of(row.id, kind).at(origin));
                };
                layers.put(row, text.to_owned(), origin);
            }
        }
        for (id, text) in &overrides.0 {
            if let Some(row) = id.row() {
                layers.put(row, text.clone(), Origin::Flag(row.flag));
            }
        }
        Ok(layers)
    }

    fn put(&mut self, row: &OptionRow, text: String, origin: Origin) {
        self.0.retain(|given| given.id != row.id);
        self.0.push(Given {
            id: row.id,
            raw: Raw::of(row, text),
            origin,
        });
    }

    pub(crate) fn given(&self, id: OptionId) -> Option<&Given> {
        self.0.iter().find(|given| given.id == id)
    }

    /// The text of an option that is no secret, or its default.
    fn text(&self, id: OptionId) -> Option<Setting<&str>> {
        match self.given(id) {
            Some(Given {
                raw: Raw::Text(text),
                origin,
                ..
            }) => Some(Setting::new(text.as_str(), origin.clone())),
            _ => {
                let default = id.row().and_then(|row| row.default)?;
                Some(Setting::new(default, Origin::Default))
            }
        }
    }

    /// The text, parsed by `parse`; `None` when the option is not given and has no default.
    pub(crate) fn parsed<T>(
        &self,
        id: OptionId,
        parse: impl FnOnce(&str, &OptionRow) -> Result<T, ConfigErrorKind>,
    ) -> Result<Option<Setting<T>>, ConfigError> {
        let (Some(setting), Some(row)) = (self.text(id), id.row()) else {
            return Ok(None);
        };
        match parse(setting.value, row) {
            Ok(value) => Ok(Some(Setting::new(value, setting.origin))),
            Err(kind) => Err(ConfigError::of(id, kind).at(setting.origin)),
        }
    }

    /// As [`Self::parsed`], for an option with a default.
    pub(crate) fn required<T>(
        &self,
        id: OptionId,
        parse: impl FnOnce(&str, &OptionRow) -> Result<T, ConfigErrorKind>,
    ) -> Result<Setting<T>, ConfigError> {
        self.parsed(id, parse)?
            .ok_or_else(|| ConfigError::of(id, ConfigErrorKind::Missing))
    }

    /// The password, with a notice when it stands there as plain text.
    pub(crate) fn password(
        &self,
        id: OptionId,
        environment: &Environment,
        notices: &mut Vec<Notice>,
    ) -> Result<Option<Setting<Password>>, ConfigError> {
        let Some(given) = self.given(id) else {
            return Ok(None);
        };
        let origin = given.origin.clone();
        let refuse = |kind| Err(ConfigError::of(id, kind).at(origin.clone()));
        let password = match &given.raw {
            Raw::Text(text) => Password::Inline(SecretText::new(text.clone())),
            Raw::SecretText(text) => {
                // The environment is where {env: NAME} would put it, too.
                if !matches!(origin, Origin::Environment(_)) {
                    let kind = NoticeKind::SecretInPlainText(id);
                    notices.push(Notice::new(kind, origin.clone()));
                }
                Password::Inline(SecretText::new(text.expose().to_owned()))
            }
            Raw::SecretFile(path) if path.as_os_str().is_empty() => {
                return refuse(ConfigErrorKind::NoValue);
            }
            Raw::SecretFile(path) => Password::File(path.clone()),
            Raw::SecretVariable(name) => match environment.get(name) {
                None => return refuse(ConfigErrorKind::UnsetVariable { name: name.clone() }),
                Some(value) => match value.to_str() {
                    None => return refuse(ConfigErrorKind::NotUnicode),
                    Some(text) => Password::Inline(SecretText::new(text.to_owned())),
                },
            },
        };
        if matches!(&password, Password::Inline(text) if text.expose().is_empty()) {
            return refuse(ConfigErrorKind::NoValue);
        }
        Ok(Some(Setting::new(password, origin)))
    }
}

/// Values from the command line, which win over everything. The last one of an option counts.
#[derive(Clone, Default)]
pub struct Overrides(Vec<(OptionId, String)>);

impl Overrides {
    /// No flags.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds the value of one flag.
    pub fn set(&mut self, option: OptionId, value: impl Into<String>) {
        self.0.push((option, value.into()));
    }
}

impl FromIterator<(OptionId, String)> for Overrides {
    fn from_iter<I: IntoIterator<Item = (OptionId, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// Names only: a value may be a password.
impl std::fmt::Debug for Overrides {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(id, _)| id))
            .finish()
    }
}

/// Variables that look like one of ours with a slip of the pen.
pub(crate) fn unknown_variables(environment: &Environment) -> Vec<Notice> {
    let ours = || OPTIONS.iter().map(|row| row.env);
    environment
        .names()
        .filter(|name| name.starts_with("STRONGROOM_") && !ours().any(|known| known == *name))
        .filter_map(|name| {
            let meant = closest(name, ours())?;
            let kind = NoticeKind::UnknownVariable {
                name: name.to_owned(),
                meant,
            };
            Some(Notice::new(kind, Origin::Default))
        })
        .collect()
}

/// `true` or `false`, and nothing that merely looks like it.
pub(crate) fn switch(text: &str, row: &OptionRow) -> Result<bool, ConfigErrorKind> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(wrong_type(text, row)),
    }
}

/// A decimal integer between the row's bounds. No `0x`, no leading zero: YAML 1.1 reads those otherwise.
pub(crate) fn integer(text: &str, row: &OptionRow) -> Result<i64, ConfigErrorKind> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'));
    if !plain {
        return Err(wrong_type(text, row));
    }
    let Kind::Integer { min, max } = row.kind else {
        return Err(wrong_type(text, row));
    };
    match text.parse() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err(ConfigErrorKind::OutOfRange {
            value: shown(text),
            min,
            max,
        }),
    }
}

/// Text without line ends and other control characters, which no name and no path of ours needs.
pub(crate) fn text(text: &str, row: &OptionRow) -> Result<String, ConfigErrorKind> {
    if text.is_empty() {
        return Err(ConfigErrorKind::NoValue);
    }
    if text.chars().any(char::is_control) {
        return Err(ConfigErrorKind::WrongType {
            found: format!("{} with a control character", shown(text)),
            expected: row.kind.describe(),
        });
    }
    Ok(text.to_owned())
}

/// One of the row's words.
pub(crate) fn choice<T: Copy>(
    text: &str,
    row: &OptionRow,
    words: &[(&str, T)],
) -> Result<T, ConfigErrorKind> {
    words
        .iter()
        .find(|(word, _)| *word == text)
        .map(|(_, value)| *value)
        .ok_or_else(|| wrong_type(text, row))
}

fn wrong_type(text: &str, row: &OptionRow) -> ConfigErrorKind {
    ConfigErrorKind::WrongType {
        found: shown(text),
        expected: row.kind.describe(),
    }
}

/// A value for messages: short, one line, in quotes.
fn shown(text: &str) -> String {
    let head: String = text.chars().take(64).collect();
    format!("\"{}\"", head.escape_debug())
}
