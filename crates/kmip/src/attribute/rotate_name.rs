//! The `Rotate Name` attribute (KMIP 2.1, 4).
//!
//! May touch: nothing.

use crate::enumeration::RotateNameType;

structure! {
    /// What all rotations of an object are called (KMIP 2.1, 4).
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct RotateName {
        /// The name itself.
        value: String = ROTATE_NAME_VALUE,
        /// How to read `value`.
        name_type: RotateNameType = ROTATE_NAME_TYPE,
    }
}

impl RotateName {
    /// The name `value`, to be read as `name_type` says.
    #[must_use]
    pub fn new(value: impl Into<String>, name_type: RotateNameType) -> Self {
        let value = value.into();
        Self { value, name_type }
    }
}
