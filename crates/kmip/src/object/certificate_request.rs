//! The object `Certificate Request` (KMIP 2.0, 2.2).
//!
//! May touch: nothing.

use crate::enumeration::CertificateRequestType;

structure! {
    /// A request for a certificate, kept as an object (KMIP 2.0, 2.2).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CertificateRequest {
        /// Form of the request.
        certificate_request_type: CertificateRequestType = CERTIFICATE_REQUEST_TYPE,
        /// The request, in that form.
        certificate_request_value: Vec<u8> = CERTIFICATE_REQUEST_VALUE,
    }
}
