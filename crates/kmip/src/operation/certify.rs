//! The operation `Certify` (KMIP 1.0, 4.6; KMIP 2.1, 6.1.6).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;
use crate::attribute::TemplateAttribute;
use crate::enumeration::CertificateRequestType;
use crate::structure::{CertificateRequestValue, ProtectionStorageMasks};

structure! {
    /// Lets the server get a certificate for a public key (KMIP 1.0, 4.6; KMIP 2.1, 6.1.6).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct CertifyRequest {
        /// The public key, from 2.0 on also a certificate request; absent, and no request in here:
        /// the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// The form of the request.
        certificate_request_type: Option<CertificateRequestType> = CERTIFICATE_REQUEST_TYPE,
        /// The request.
        certificate_request: Option<CertificateRequestValue> = CERTIFICATE_REQUEST,
        /// Attributes of the certificate.
        template_attribute: Option<TemplateAttribute> = TEMPLATE_ATTRIBUTE,
        /// Where the certificate may be stored.
        protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS,
    }
}

impl CertifyRequest {
    /// For the public key `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            ..Self::default()
        }
    }
}

structure! {
    /// The certificate (KMIP 1.0, 4.6; KMIP 2.1, 6.1.6).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CertifyResponse {
        /// Its identifier.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
        /// Attributes that the server set by itself.
        template_attribute: Option<TemplateAttribute> = TEMPLATE_ATTRIBUTE until V1_4,
    }
}

impl CertifyResponse {
    /// The certificate is `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            template_attribute: None,
        }
    }
}
