//! `Protection Storage Masks`: where an object may be stored (KMIP 2.1, 7.33).
//!
//! May touch: nothing.

use crate::enumeration::ProtectionStorageMask;

structure! {
    /// Where an object may be stored: any one of these masks will do (KMIP 2.1, 7.33).
    ///
    /// Key pairs have three of them: Common, Private and Public Protection Storage Masks.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ProtectionStorageMasks {
        /// The masks.
        masks: Vec<ProtectionStorageMask> = PROTECTION_STORAGE_MASK,
    }
}

impl ProtectionStorageMasks {
    /// Any one of these.
    #[must_use]
    pub const fn new(masks: Vec<ProtectionStorageMask>) -> Self {
        Self { masks }
    }
}
