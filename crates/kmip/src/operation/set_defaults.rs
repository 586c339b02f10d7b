//! The operation `Set Defaults` (KMIP 2.1, 6.1.53).
//!
//! May touch: nothing.

use crate::structure::DefaultsInformation;

structure! {
    /// Sets the attributes that the server gives an object where a client names none
    /// (KMIP 2.1, 6.1.53).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct SetDefaultsRequest {
        /// The defaults, in place of all there are; absent: there shall be none.
        defaults_information: Option<DefaultsInformation> = DEFAULTS_INFORMATION,
    }
}

impl SetDefaultsRequest {
    /// These defaults, in place of all there are.
    #[must_use]
    pub const fn new(defaults_information: DefaultsInformation) -> Self {
        Self {
            defaults_information: Some(defaults_information),
        }
    }
}

structure! {
    /// The defaults are set (KMIP 2.1, 6.1.53).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct SetDefaultsResponse {}
}
