//! The operation `Re-certify` (KMIP 1.0, 4.7; KMIP 2.1, 6.1.45).
//!
//! May touch: nothing.

use crate::attribute::TemplateAttribute;
use crate::enumeration::CertificateRequestType;
use crate::structure::{CertificateRequestValue, ProtectionStorageMasks};
use crate::{Interval, UniqueIdentifier};

structure! {
    /// Lets the server renew a certificate for the same key pair (KMIP 1.0, 4.7;
    /// KMIP 2.1, 6.1.45).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ReCertifyRequest {
        /// The certificate; absent: the ID Placeholder of the batch.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
        /// A certificate request that the server keeps.
        certificate_request_unique_identifier: Option<UniqueIdentifier> =
            CERTIFICATE_REQUEST_UNIQUE_IDENTIFIER,
        /// The form of the request.
        certificate_request_type: Option<CertificateRequestType> = CERTIFICATE_REQUEST_TYPE,
        /// The request.
        certificate_request: Option<CertificateRequestValue> = CERTIFICATE_REQUEST,
        /// From the new certificate's Initial Date to its Activation Date; absent: the dates of
        /// the old one.
        offset: Option<Interval> = OFFSET,
        /// Attributes of the new certificate.
        template_attribute: Option<TemplateAttribute> = TEMPLATE_ATTRIBUTE,
        /// Where the new certificate may be stored.
        protection_storage_masks: Option<ProtectionStorageMasks> = PROTECTION_STORAGE_MASKS,
    }
}

impl ReCertifyRequest {
    /// Renews the certificate `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
            ..Self::default()
        }
    }
}

structure! {
    /// The new certificate (KMIP 1.0, 4.7; KMIP 2.1, 6.1.45).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ReCertifyResponse {
        /// Its identifier.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
        /// Attributes that the server set by itself.
        template_attribute: Option<TemplateAttribute> = TEMPLATE_ATTRIBUTE until V1_4,
    }
}

impl ReCertifyResponse {
    /// The new certificate is `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            template_attribute: None,
        }
    }
}
