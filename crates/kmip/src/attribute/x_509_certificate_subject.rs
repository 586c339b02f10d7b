//! The `X.509 Certificate Subject` attribute (KMIP 1.1, 3.11).
//!
//! May touch: nothing.

structure! {
    /// Whom the X.509 certificate is for (KMIP 1.1, 3.11).
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct X509CertificateSubject {
        /// Distinguished name, DER; may be empty.
        distinguished_name: Vec<u8> = SUBJECT_DISTINGUISHED_NAME,
        /// Other names, DER.
        alternative_names: Vec<Vec<u8>> = SUBJECT_ALTERNATIVE_NAME,
    }
}

impl X509CertificateSubject {
    /// This distinguished name, DER, no others.
    #[must_use]
    pub fn new(distinguished_name: impl Into<Vec<u8>>) -> Self {
        Self {
            distinguished_name: distinguished_name.into(),
            alternative_names: Vec::new(),
        }
    }
}
