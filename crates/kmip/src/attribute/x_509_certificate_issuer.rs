//! The `X.509 Certificate Issuer` attribute (KMIP 1.1, 3.12).
//!
//! May touch: nothing.

structure! {
    /// Who made the X.509 certificate (KMIP 1.1, 3.12).
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct X509CertificateIssuer {
        /// Distinguished name, DER.
        distinguished_name: Vec<u8> = ISSUER_DISTINGUISHED_NAME,
        /// Other names, DER.
        alternative_names: Vec<Vec<u8>> = ISSUER_ALTERNATIVE_NAME,
    }
}

impl X509CertificateIssuer {
    /// This distinguished name, DER, no others.
    #[must_use]
    pub fn new(distinguished_name: impl Into<Vec<u8>>) -> Self {
        Self {
            distinguished_name: distinguished_name.into(),
            alternative_names: Vec::new(),
        }
    }
}
