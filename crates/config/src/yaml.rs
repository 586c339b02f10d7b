//! Reads mongod.conf-shaped YAML against the table; it and its child alone name the YAML parser.
//!
//! Scalars are taken as the text that stands there and parsed by the table's kind, so that a key
//! identifier `1` or `0x1F` stays what the operator wrote.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_saphyr::{Error as YamlError, Location, Spanned};

use crate::error::{ConfigError, ConfigErrorKind};
use crate::notice::{Notice, NoticeKind};
use crate::option::{
    IGNORED_IN_SECURITY, IGNORED_SECTIONS, Kind, OPTIONS, OptionId, OptionRow, REFUSED,
};
use crate::origin::{Origin, Place};
use crate::resolve::{Given, Raw};
use crate::suggest::closest;

mod secret;

use secret::Secret;

/// What a file gave.
#[derive(Debug, Default)]
pub(crate) struct FileValues {
    pub(crate) given: Vec<Given>,
    pub(crate) notices: Vec<Notice>,
}

/// Reads `text`, which stands in `path` (used in messages only).
pub(crate) fn read(text: &str, path: &Path) -> Result<FileValues, ConfigError> {
    let mut reader = Reader {
        path: Arc::from(path),
        values: FileValues::default(),
        current: None,
        error: None,
    };
    let options = serde_saphyr::options! { with_snippet: false };
    let result = serde_saphyr::with_deserializer_from_str_with_options(text, options, |yaml| {
        Section::new("", &mut reader).deserialize(yaml)
    });
    match result {
        Ok(()) => Ok(reader.values),
        Err(error) => Err(reader.explain(&error)),
    }
}

/// The state of one reading.
struct Reader {
    path: Arc<Path>,
    values: FileValues,
    /// The option or section whose value is being read.
    current: Option<Current>,
    /// Our own error; the parser's is then only the way out.
    error: Option<ConfigError>,
}

#[derive(Clone, Copy)]
enum Current {
    Option(&'static OptionRow),
    Section(&'static str),
}

impl Reader {
    fn place(&self, at: Location) -> Place {
        Place::new(&self.path, at.line(), at.column())
    }

    /// Remembers `kind` at `at` and gives the parser a reason to stop.
    fn refuse<E: serde::de::Error>(
        &mut self,
        option: Option<OptionId>,
        kind: ConfigErrorKind,
        at: Location,
    ) -> E {
        let mut error = ConfigError::new(kind).in_file(self.place(at));
        error.option = option;
        self.error = Some(error);
        E::custom("refused")
    }

    fn ignore(&mut self, path: String, at: Location) {
        let origin = Origin::File(self.place(at));
        self.values
            .notices
            .push(Notice::new(NoticeKind::Ignored { path }, origin));
    }

    /// Keeps a value; a second one of the same option (nested and dotted) is refused.
    fn keep<E: serde::de::Error>(
        &mut self,
        row: &OptionRow,
        raw: Raw,
        at: Location,
    ) -> Result<(), E> {
        if self.values.given.iter().any(|given| given.id == row.id) {
            let key = row.path.to_owned();
            return Err(self.refuse(Some(row.id), ConfigErrorKind::DuplicateKey { key }, at));
        }
        let origin = Origin::File(self.place(at));
        self.values.given.push(Given {
            id: row.id,
            raw,
            origin,
        });
        Ok(())
    }

    /// Our error for what the parser said.
    fn explain(mut self, error: &YamlError) -> ConfigError {
        if let Some(error) = self.error.take() {
            return error;
        }
        let error = error.without_snippet();
        let mut explained = ConfigError::new(ConfigErrorKind::Syntax {
            message: message_without_place(error),
        });
        if let Some(at) = error.location() {
            explained = explained.in_file(self.place(at));
        }
        match error {
            YamlError::DuplicateMappingKey { key, .. } => {
                explained.kind = ConfigErrorKind::DuplicateKey {
                    key: key.as_deref().map(shown_key).unwrap_or_default(),
                };
            }
            YamlError::NullIntoString { .. } => {
                explained.kind = ConfigErrorKind::NoValue;
                explained.option = self.current_option();
            }
            YamlError::MultipleDocuments { .. } => {
                explained.kind = ConfigErrorKind::Syntax {
                    message: "a second document begins here; one file is one document".to_owned(),
                };
            }
            YamlError::Unexpected { .. }
            | YamlError::TaggedScalarCannotDeserializeIntoString { .. }
            | YamlError::SerdeInvalidType { .. }
            | YamlError::BinaryNotUtf8 { .. } => self.explain_type(&mut explained),
            _ => {}
        }
        explained
    }

    fn current_option(&self) -> Option<OptionId> {
        match self.current {
            Some(Current::Option(row)) => Some(row.id),
            _ => None,
        }
    }

    fn explain_type(&self, explained: &mut ConfigError) {
        match self.current {
            Some(Current::Option(row)) => {
                explained.option = Some(row.id);
                explained.kind = ConfigErrorKind::WrongType {
                    found: "a list, a section or a tagged value".to_owned(),
                    expected: row.kind.describe(),
                };
            }
            Some(Current::Section(what)) => {
                explained.kind = ConfigErrorKind::NotASection {
                    what: what.to_owned(),
                };
            }
            None => {
                explained.kind = ConfigErrorKind::NotASection {
                    what: "the file".to_owned(),
                };
            }
        }
    }
}

/// The parser's message without its own "at line ...", which our place says already.
fn message_without_place(error: &YamlError) -> String {
    let message = error.to_string();
    let cut = message.rfind(" at line ").unwrap_or(message.len());
    message
        .get(..cut)
        .unwrap_or(&message)
        .escape_debug()
        .to_string()
}

/// A key for messages: short, one line, and without what a forgotten space made part of it.
fn shown_key(key: &str) -> String {
    let head = key.split([':', '=', ' ']).next().unwrap_or_default();
    head.chars()
        .take(64)
        .collect::<String>()
        .escape_debug()
        .to_string()
}

/// One level of the file: "" (the top), `security` or `security.kmip`.
struct Section<'r> {
    prefix: &'static str,
    reader: &'r mut Reader,
}

impl<'r> Section<'r> {
    fn new(prefix: &'static str, reader: &'r mut Reader) -> Self {
        Self { prefix, reader }
    }

    fn path_of(&self, key: &str) -> String {
        if self.prefix.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.prefix)
        }
    }

    fn entry<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        key: &Spanned<String>,
    ) -> Result<(), A::Error> {
        let path = self.path_of(&key.value);
        if let Some(section) = SECTIONS.iter().find(|section| **section == path) {
            self.reader.current = Some(Current::Section(section));
            return map.next_value_seed(Section::new(section, self.reader));
        }
        if let Some(row) = OPTIONS.iter().find(|row| row.path == path) {
            self.reader.current = Some(Current::Option(row));
            return self.value(map, row, key.referenced);
        }
        if let Some((_, instead)) = REFUSED.iter().find(|(refused, _)| *refused == path) {
            let kind = ConfigErrorKind::Unsupported { path, instead };
            return Err(self.reader.refuse(None, kind, key.referenced));
        }
        if self.is_ignored(&key.value) {
            self.reader.current = None;
            self.reader.ignore(path, key.referenced);
            map.next_value::<IgnoredAny>()?;
            return Ok(());
        }
        let kind = ConfigErrorKind::UnknownKey {
            key: self.path_of(&shown_key(&key.value)),
            meant: self.meant(&key.value),
        };
        Err(self.reader.refuse(None, kind, key.referenced))
    }

    fn value<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        row: &'static OptionRow,
        key: Location,
    ) -> Result<(), A::Error> {
        if row.kind == Kind::Secret {
            return map.next_value_seed(Secret {
                row,
                at: key,
                reader: self.reader,
            });
        }
        let value = map.next_value::<Spanned<String>>()?;
        self.reader
            .keep(row, Raw::Text(value.value), value.referenced)
    }

    fn is_ignored(&self, key: &str) -> bool {
        match self.prefix {
            "" => IGNORED_SECTIONS.contains(&key),
            "security" => IGNORED_IN_SECURITY.contains(&key),
            _ => false,
        }
    }

    /// The known path nearest to `key`: first here, then the same key in another section.
    fn meant(&self, key: &str) -> Option<String> {
        let here = |path: &&str| path.rsplit_once('.').map_or("", |(s, _)| s) == self.prefix;
        let known = || {
            let rows = OPTIONS.iter().map(|row| row.path);
            rows.chain(SECTIONS.iter().copied())
        };
        let wanted = self.path_of(key);
        closest(&wanted, known().filter(here))
            .or_else(|| {
                let last = key.rsplit('.').next().unwrap_or(key);
                known().find(|path| path.rsplit('.').next() == Some(last))
            })
            .or_else(|| {
                OPTIONS
                    .iter()
                    .find(|row| row.flag == key)
                    .map(|row| row.path)
            })
            .map(str::to_owned)
    }
}

/// The sections that hold options.
const SECTIONS: &[&str] = &["security", "security.kmip"];

impl<'de> DeserializeSeed<'de> for Section<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, yaml: D) -> Result<(), D::Error> {
        yaml.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Section<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a section")
    }

    /// A section without options is an empty one.
    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, yaml: D) -> Result<(), D::Error> {
        yaml.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            self.entry(&mut map, &key)?;
            self.reader.current = None;
        }
        Ok(())
    }
}
