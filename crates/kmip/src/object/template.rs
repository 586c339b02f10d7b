//! The object `Template` (KMIP 1.0, 2.2.6; gone in 2.0).
//!
//! May touch: nothing.

use crate::attribute::Attribute;

structure! {
    /// Attributes under a name, to be given to new objects (KMIP 1.0, 2.2.6).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Template {
        /// The attributes.
        attributes: Vec<Attribute> = ATTRIBUTE,
    }
}
