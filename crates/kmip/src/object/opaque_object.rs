//! The object `Opaque Object` (KMIP 1.0, 2.2.8).
//!
//! May touch: the object's octets, in wiped memory only.

use strongroom_secret::SecretBytes;

pub use crate::enumeration::OpaqueDataType;

structure! {
    /// Octets that the server does not look into (KMIP 1.0, 2.2.8).
    #[derive(Debug)]
    pub struct OpaqueObject {
        /// What kind of octets.
        opaque_data_type: OpaqueDataType = OPAQUE_DATA_TYPE,
        /// The octets; treated as a secret, since nobody says what they are.
        value: SecretBytes = OPAQUE_DATA_VALUE,
    }
}

impl OpaqueObject {
    /// Octets of this kind.
    #[must_use]
    pub const fn new(opaque_data_type: OpaqueDataType, value: SecretBytes) -> Self {
        Self {
            opaque_data_type,
            value,
        }
    }

    /// A second copy; asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self::new(self.opaque_data_type, self.value.duplicate())
    }
}
