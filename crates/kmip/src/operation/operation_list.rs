//! `Operations`: a list of operations (KMIP 2.1, 7.25).
//!
//! May touch: nothing.

use crate::enumeration::Operation;

structure! {
    /// A list of operations (KMIP 2.1, 7.25).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct Operations {
        /// The operations.
        operations: Vec<Operation> = OPERATION,
    }
}

impl Operations {
    /// These operations.
    #[must_use]
    pub const fn new(operations: Vec<Operation>) -> Self {
        Self { operations }
    }
}
