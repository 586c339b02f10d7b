//! The `Certificate Subject` attribute of 1.x (KMIP 1.0, 3.10).
//!
//! May touch: nothing.

structure! {
    /// Whom the certificate is for (KMIP 1.0, 3.10). Since 1.1 X.509 Certificate Subject says it
    /// better; 2.0 has this one no more.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct CertificateSubject {
        /// Distinguished name; may be empty.
        distinguished_name: String = CERTIFICATE_SUBJECT_DISTINGUISHED_NAME,
        /// Other names.
        alternative_names: Vec<String> = CERTIFICATE_SUBJECT_ALTERNATIVE_NAME,
    }
}

impl CertificateSubject {
    /// This distinguished name, no others.
    #[must_use]
    pub fn new(distinguished_name: impl Into<String>) -> Self {
        Self {
            distinguished_name: distinguished_name.into(),
            alternative_names: Vec::new(),
        }
    }
}
