//! `Validation Information`: a formal validation of a server (KMIP 1.3, 2.1.21; KMIP 2.1, 7.41).
//!
//! May touch: nothing.

use crate::enumeration::{ValidationAuthorityType, ValidationType};

structure! {
    /// A formal validation of a server (KMIP 1.3, 2.1.21; KMIP 2.1, 7.41).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ValidationInformation {
        /// Whose.
        authority_type: ValidationAuthorityType = VALIDATION_AUTHORITY_TYPE,
        /// Two letters of ISO 3166-1.
        authority_country: Option<String> = VALIDATION_AUTHORITY_COUNTRY,
        /// The authority on the network.
        authority_uri: Option<String> = VALIDATION_AUTHORITY_URI,
        /// Version of the standard, before the point.
        version_major: i32 = VALIDATION_VERSION_MAJOR,
        /// Version of the standard, after the point.
        version_minor: Option<i32> = VALIDATION_VERSION_MINOR,
        /// Of hardware, software and so on.
        validation_type: ValidationType = VALIDATION_TYPE,
        /// The level, as the authority counts.
        level: i32 = VALIDATION_LEVEL,
        /// The number of the certificate.
        certificate_identifier: Option<String> = VALIDATION_CERTIFICATE_IDENTIFIER,
        /// The certificate on the network.
        certificate_uri: Option<String> = VALIDATION_CERTIFICATE_URI,
        /// What the vendor says of it.
        vendor_uri: Option<String> = VALIDATION_VENDOR_URI,
        /// Profiles that it covers.
        profiles: Vec<String> = VALIDATION_PROFILE,
    }
}

impl ValidationInformation {
    /// A validation of this level against version `version_major` of the authority's standard.
    #[must_use]
    pub const fn new(
        authority_type: ValidationAuthorityType,
        version_major: i32,
        validation_type: ValidationType,
        level: i32,
    ) -> Self {
        Self {
            authority_type,
            authority_country: None,
            authority_uri: None,
            version_major,
            version_minor: None,
            validation_type,
            level,
            certificate_identifier: None,
            certificate_uri: None,
            vendor_uri: None,
            profiles: Vec::new(),
        }
    }
}
