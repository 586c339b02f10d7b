//! The `Name` attribute (KMIP 1.0, 3.2).
//!
//! May touch: nothing.

use crate::enumeration::NameType;

structure! {
    /// The name that a client gave to a managed object (KMIP 1.0, 3.2).
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct Name {
        /// The name itself. Servers compare it octet by octet; so do we.
        value: String = NAME_VALUE,
        /// How to read `value`.
        name_type: NameType = NAME_TYPE,
    }
}

impl Name {
    /// A name that is plain text, as nearly every client uses it.
    #[must_use]
    pub fn text(value: impl Into<String>) -> Self {
        Self::new(value, NameType::UNINTERPRETED_TEXT_STRING)
    }

    /// A name of any type.
    #[must_use]
    pub fn new(value: impl Into<String>, name_type: NameType) -> Self {
        let value = value.into();
        Self { value, name_type }
    }
}
