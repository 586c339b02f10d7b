//! The `X.509 Certificate Identifier` attribute (KMIP 1.1, 3.10).
//!
//! May touch: nothing.

structure! {
    /// Which X.509 certificate it is (KMIP 1.1, 3.10).
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct X509CertificateIdentifier {
        /// The issuer's distinguished name, DER.
        issuer_distinguished_name: Vec<u8> = ISSUER_DISTINGUISHED_NAME,
        /// The serial number, DER.
        certificate_serial_number: Vec<u8> = CERTIFICATE_SERIAL_NUMBER,
    }
}

impl X509CertificateIdentifier {
    /// The certificate `certificate_serial_number` of the issuer, both DER.
    #[must_use]
    pub fn new(
        issuer_distinguished_name: impl Into<Vec<u8>>,
        certificate_serial_number: &[u8],
    ) -> Self {
        Self {
            issuer_distinguished_name: issuer_distinguished_name.into(),
            certificate_serial_number: certificate_serial_number.to_vec(),
        }
    }
}
