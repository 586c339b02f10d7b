//! Why a text is not a message, or a message cannot be written as text.
//!
//! May touch: names that the text has. No value is in here, for it may be a key.

use strongroom_ttlv::{DecodeError, EncodeError, ItemType};

/// Why a text is not a message, or a message cannot be written as text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}{}", place(path))]
#[non_exhaustive]
pub struct TextError {
    /// What is wrong.
    pub kind: TextErrorKind,
    /// Names of the items from the message to the one at fault, with `/` between them.
    pub path: String,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextErrorKind {
    /// The text is no XML, or has a part that no message has, such as a DTD.
    #[error("not XML: {0}")]
    Xml(String),
    /// The text is no JSON.
    #[error("not JSON: line {line}, column {column}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// The text has a shape that no message has.
    #[error("{0}")]
    Shape(&'static str),
    /// No tag has this name.
    #[error("no tag is called {name:?}; a number must be written as 0x and 6 digits")]
    UnknownTag {
        /// The name.
        name: String,
    },
    /// No item type has this name.
    #[error("no item type is called {name:?}")]
    UnknownType {
        /// The name.
        name: String,
    },
    /// The value is not one of its type.
    #[error("the value is no {item_type}; {expected} is expected")]
    BadValue {
        /// The item's type.
        item_type: ItemType,
        /// What may stand there.
        expected: &'static str,
    },
    /// An item of this type needs a value.
    #[error("the item has no value")]
    NoValue,
    /// Items nest too deep, or there are too many of them.
    #[error("more {what} than the limit of {limit}")]
    Limit {
        /// Levels, items or octets.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The text has a character that XML cannot hold.
    #[error("the text has a character that XML cannot hold")]
    NotInXml,
    /// The octets are no TTLV.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The message cannot be written as TTLV.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

fn place(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!(" at {path}")
    }
}

impl From<TextErrorKind> for TextError {
    fn from(kind: TextErrorKind) -> Self {
        let path = String::new();
        Self { kind, path }
    }
}

impl From<DecodeError> for TextError {
    fn from(error: DecodeError) -> Self {
        TextErrorKind::from(error).into()
    }
}

impl From<EncodeError> for TextError {
    fn from(error: EncodeError) -> Self {
        TextErrorKind::from(error).into()
    }
}

impl TextError {
    /// The same inside an item called `name`.
    pub(super) fn inside(mut self, name: &str) -> Self {
        self.path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{name}/{}", self.path)
        };
        self
    }
}
