//! The `Certificate Issuer` attribute of 1.x (KMIP 1.0, 3.11).
//!
//! May touch: nothing.

structure! {
    /// Who made the certificate (KMIP 1.0, 3.11). Since 1.1 X.509 Certificate Issuer says it
    /// better; 2.0 has this one no more.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct CertificateIssuer {
        /// Distinguished name.
        distinguished_name: String = CERTIFICATE_ISSUER_DISTINGUISHED_NAME,
        /// Other names.
        alternative_names: Vec<String> = CERTIFICATE_ISSUER_ALTERNATIVE_NAME,
    }
}

impl CertificateIssuer {
    /// This distinguished name, no others.
    #[must_use]
    pub fn new(distinguished_name: impl Into<String>) -> Self {
        Self {
            distinguished_name: distinguished_name.into(),
            alternative_names: Vec::new(),
        }
    }
}
