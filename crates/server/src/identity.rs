//! Who is at the other end: the client certificate's subject CN.
//!
//! May touch: bytes of one certificate. The chain itself was verified by rustls before.

use std::fmt;

use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::ExtendedKeyUsage;

/// id-kp-clientAuth (RFC 5280, 4.2.1.12).
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");

/// The name under which objects are owned: the subject CN of a client certificate.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity(String);

impl Identity {
    /// An identity of this name, for use without TLS.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads the identity out of an end-entity certificate in DER.
    ///
    /// # Errors
    ///
    /// [`IdentityError`] says what the certificate lacks.
    pub fn from_certificate(der: &[u8]) -> Result<Self, IdentityError> {
        let certificate = Certificate::from_der(der).map_err(|_| IdentityError::Unreadable)?;
        let fields = certificate.tbs_certificate();
        let usage = fields
            .get_extension::<ExtendedKeyUsage>()
            .map_err(|_| IdentityError::Unreadable)?;
        if !usage.is_some_and(|(_, usage)| usage.0.contains(&CLIENT_AUTH)) {
            return Err(IdentityError::NoClientAuth);
        }
        let name = fields
            .subject()
            .common_name()
            .map_err(|_| IdentityError::NoCommonName)?
            .ok_or(IdentityError::NoCommonName)?;
        match &*name.value() {
            "" => Err(IdentityError::NoCommonName),
            name => Ok(Self(name.to_owned())),
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({:?})", self.0)
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a verified client certificate names nobody. Each request on such a connection is
/// answered with Authentication Not Successful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The certificate does not parse.
    #[error("the client certificate cannot be read; issue an X.509 v3 certificate")]
    Unreadable,
    /// No subject CN, an empty one, or more than one.
    #[error("the client certificate has no single subject CN; issue one with a CN")]
    NoCommonName,
    /// No extended key usage clientAuth.
    #[error(
        "the client certificate lacks the extended key usage clientAuth; issue one that has it"
    )]
    NoClientAuth,
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::dev::{Authority, Leaf};

    fn der(leaf: &Leaf) -> Vec<u8> {
        let authority = Authority::generate(SystemTime::now()).unwrap();
        authority.issue(leaf).unwrap().certificate_der().to_vec()
    }

    #[test]
    fn the_subject_cn_is_the_identity() {
        let identity = Identity::from_certificate(&der(&Leaf::client("node-1"))).unwrap();
        assert_eq!(identity.as_str(), "node-1");
    }

    #[test]
    fn a_certificate_that_names_nobody_is_refused_by_kind() {
        let mut no_usage = Leaf::client("node-1");
        no_usage.client_auth = false;
        let mut no_name = Leaf::client("node-1");
        no_name.common_name = None;
        let rows = [
            (der(&no_usage), IdentityError::NoClientAuth),
            (der(&no_name), IdentityError::NoCommonName),
            (der(&Leaf::client("")), IdentityError::NoCommonName),
            (der(&Leaf::server()), IdentityError::NoClientAuth),
            (vec![0x30, 0x00], IdentityError::Unreadable),
        ];
        for (certificate, expected) in rows {
            assert_eq!(Identity::from_certificate(&certificate), Err(expected));
        }
    }
}
