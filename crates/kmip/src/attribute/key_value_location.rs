//! The `Key Value Location` attribute (KMIP 1.2, 3.42).
//!
//! May touch: nothing.

use crate::enumeration::KeyValueLocationType;

structure! {
    /// Where a key is that the server does not have (KMIP 1.2, 3.42).
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct KeyValueLocation {
        /// The place.
        value: String = KEY_VALUE_LOCATION_VALUE,
        /// How to read `value`.
        location_type: KeyValueLocationType = KEY_VALUE_LOCATION_TYPE,
    }
}

impl KeyValueLocation {
    /// The place `value`, to be read as `location_type` says.
    #[must_use]
    pub fn new(value: impl Into<String>, location_type: KeyValueLocationType) -> Self {
        let value = value.into();
        Self {
            value,
            location_type,
        }
    }
}
