//! The `Alternative Name` attribute (KMIP 1.2, 3.40).
//!
//! May touch: nothing.

use crate::enumeration::AlternativeNameType;

structure! {
    /// A further name of an object; other objects may have the same (KMIP 1.2, 3.40).
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct AlternativeName {
        /// The name itself.
        value: String = ALTERNATIVE_NAME_VALUE,
        /// How to read `value`.
        name_type: AlternativeNameType = ALTERNATIVE_NAME_TYPE,
    }
}

impl AlternativeName {
    /// The name `value`, to be read as `name_type` says.
    #[must_use]
    pub fn new(value: impl Into<String>, name_type: AlternativeNameType) -> Self {
        let value = value.into();
        Self { value, name_type }
    }
}
