//! The `Certificate Identifier` attribute of 1.x (KMIP 1.0, 3.9).
//!
//! May touch: nothing.

structure! {
    /// Which certificate it is (KMIP 1.0, 3.9). Since 1.1 X.509 Certificate Identifier says it
    /// better; 2.0 has this one no more.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct CertificateIdentifier {
        /// Distinguished name of the issuer.
        issuer: String = ISSUER,
        /// Serial number; a PGP certificate has none.
        serial_number: Option<String> = SERIAL_NUMBER,
    }
}

impl CertificateIdentifier {
    /// The certificate `serial_number` of `issuer`.
    #[must_use]
    pub fn new(issuer: impl Into<String>, serial_number: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            serial_number: Some(serial_number.into()),
        }
    }
}
