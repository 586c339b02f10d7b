//! The operation `Derive Key` (KMIP 1.0, 4.5; KMIP 2.1, 6.1.14).
//!
//! May touch: key octets (data that the key is derived from), in wiped memory only.

use crate::UniqueIdentifier;
use crate::attribute::TemplateAttribute;
use crate::enumeration::{DerivationMethod, ObjectType};
use crate::structure::DerivationParameters;

structure! {
    /// Lets the server derive an object from others (KMIP 1.0, 4.5; KMIP 2.1, 6.1.14).
    ///
    /// The ID Placeholder does not stand in for an identifier that is left out here.
    #[derive(Debug)]
    pub struct DeriveKeyRequest {
        /// Symmetric Key or Secret Data.
        object_type: ObjectType = OBJECT_TYPE,
        /// What it is derived from: a key, or Secret Data; perhaps further Secret Data with the
        /// Derivation Data.
        unique_identifiers: Vec<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// How.
        derivation_method: DerivationMethod = DERIVATION_METHOD,
        /// With what.
        derivation_parameters: DerivationParameters = DERIVATION_PARAMETERS,
        /// Attributes of the new object; its length must be among them.
        template_attribute: TemplateAttribute = TEMPLATE_ATTRIBUTE,
    }
}

structure! {
    /// The object that was derived (KMIP 1.0, 4.5; KMIP 2.1, 6.1.14).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DeriveKeyResponse {
        /// The new object.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
        /// Attributes that the server set by itself.
        template_attribute: Option<TemplateAttribute> = TEMPLATE_ATTRIBUTE until V1_4,
    }
}

impl DeriveKeyResponse {
    /// The new object is `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            template_attribute: None,
        }
    }
}
