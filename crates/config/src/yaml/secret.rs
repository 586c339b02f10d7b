//! The value of a secret option in YAML: text, `{file: PATH}` or `{env: NAME}`; opens nothing.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use super::Reader;
use crate::error::ConfigErrorKind;
use crate::option::OptionRow;
use crate::resolve::Raw;

/// The value of a secret option.
pub(super) struct Secret<'r> {
    pub(super) row: &'static OptionRow,
    pub(super) at: Location,
    pub(super) reader: &'r mut Reader,
}

impl<'de> DeserializeSeed<'de> for Secret<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, yaml: D) -> Result<(), D::Error> {
        yaml.deserialize_any(self)
    }
}

impl Secret<'_> {
    fn wrong_type<E: serde::de::Error>(self, found: &str) -> E {
        let kind = ConfigErrorKind::WrongType {
            found: found.to_owned(),
            expected: self.row.kind.describe(),
        };
        self.reader.refuse(Some(self.row.id), kind, self.at)
    }

    /// YAML has read a number or a switch: its exact spelling is lost, so it cannot be a password.
    fn unquoted<E: serde::de::Error>(self) -> E {
        self.wrong_type("an unquoted number or switch (put the password in quotes)")
    }
}

impl<'de> Visitor<'de> for Secret<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, {file: PATH} or {env: NAME}")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.reader.keep(self.row, Raw::secret(text), self.at)
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        Err(self.unquoted())
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        Err(self.unquoted())
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        Err(self.unquoted())
    }

    fn visit_i128<E: serde::de::Error>(self, _: i128) -> Result<(), E> {
        Err(self.unquoted())
    }

    fn visit_u128<E: serde::de::Error>(self, _: u128) -> Result<(), E> {
        Err(self.unquoted())
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        Err(self.unquoted())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        let option = Some(self.row.id);
        Err(self
            .reader
            .refuse(option, ConfigErrorKind::NoValue, self.at))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(self.wrong_type("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some(key) = map.next_key::<Spanned<String>>()? else {
            return Err(self.wrong_type("an empty section"));
        };
        let raw = match key.value.as_str() {
            "file" => Raw::SecretFile(map.next_value::<String>()?.into()),
            "env" => Raw::SecretVariable(map.next_value::<String>()?),
            "__exec" | "__rest" => return Err(self.wrong_type("MongoDB's __exec or __rest")),
            _ => return Err(self.wrong_type("another section")),
        };
        if map.next_key::<IgnoredAny>()?.is_some() {
            return Err(A::Error::custom("one of file and env"));
        }
        self.reader.keep(self.row, raw, self.at)
    }
}
