//! The object `Certificate` (KMIP 1.0, 2.2.1).
//!
//! May touch: nothing.

use crate::enumeration::CertificateType;

structure! {
    /// A certificate (KMIP 1.0, 2.2.1).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Certificate {
        /// Form of the certificate.
        certificate_type: CertificateType = CERTIFICATE_TYPE,
        /// The certificate, in DER for X.509.
        value: Vec<u8> = CERTIFICATE_VALUE,
    }
}

impl Certificate {
    /// A certificate of this form.
    #[must_use]
    pub const fn new(certificate_type: CertificateType, value: Vec<u8>) -> Self {
        Self {
            certificate_type,
            value,
        }
    }
}
