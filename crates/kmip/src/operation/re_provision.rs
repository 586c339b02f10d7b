//! The operation `Re-Provision` (KMIP 2.0, 6.1.44; KMIP 2.1, 6.1.48).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;
use crate::object::{Certificate, CertificateRequest};

structure! {
    /// Asks for a new credential of this connection in place of the old one (KMIP 2.0, 6.1.44;
    /// KMIP 2.1, 6.1.48). With neither field the server makes key pair and certificate.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ReProvisionRequest {
        /// A request that the server shall certify.
        certificate_request: Option<CertificateRequest> = CERTIFICATE_REQUEST,
        /// A certificate of the client's own that shall be good from now on.
        certificate: Option<Certificate> = CERTIFICATE,
    }
}

structure! {
    /// The new credential is good (KMIP 2.0, 6.1.44; KMIP 2.1, 6.1.48).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct ReProvisionResponse {
        /// The certificate that the server made, or the private key where it made that too; absent
        /// where the client brought the certificate.
        unique_identifier: Option<UniqueIdentifier> = UNIQUE_IDENTIFIER,
    }
}

impl ReProvisionResponse {
    /// The server made the object `unique_identifier`.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: Some(unique_identifier.into()),
        }
    }
}
