//! The operation `Interop` (KMIP 2.0, 6.1.25; KMIP 2.1, 6.1.26).
//!
//! May touch: nothing.

use crate::enumeration::InteropFunction;

structure! {
    /// Tells a server under test where a test case begins and ends (KMIP 2.0, 6.1.25;
    /// KMIP 2.1, 6.1.26).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct InteropRequest {
        /// Begin, End or Reset.
        interop_function: InteropFunction = INTEROP_FUNCTION,
        /// The test case.
        interop_identifier: Option<String> = INTEROP_IDENTIFIER,
    }
}

impl InteropRequest {
    /// Tells this about the test case `interop_identifier`.
    #[must_use]
    pub fn new(interop_function: InteropFunction, interop_identifier: impl Into<String>) -> Self {
        Self {
            interop_function,
            interop_identifier: Some(interop_identifier.into()),
        }
    }
}

structure! {
    /// The server knows it now (KMIP 2.0, 6.1.25; KMIP 2.1, 6.1.26).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct InteropResponse {}
}
