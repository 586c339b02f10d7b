//! What a certificate says about itself: subject, issuer, dates, key. Nothing here decides on
//! trust, except that a pinned certificate's own statements are read with it.
//!
//! May touch: memory only.

mod expiry;
mod key;

use std::fmt;
use std::time::SystemTime;

use x509_cert::Certificate;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{DateTime, Decode as _};
use x509_cert::ext::pkix::ExtendedKeyUsage;

use crate::fingerprint::Fingerprint;

pub use expiry::{Expiry, ExpiryOf};
pub(crate) use key::{Key, weak_signature};

/// `id-kp-serverAuth` (RFC 5280, 4.2.1.12).
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");

/// Subject, issuer and dates of a certificate, for messages and expiry warnings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateFacts {
    /// Distinguished name of the holder, such as `CN=node-1`.
    pub subject: String,
    /// Distinguished name of the signer.
    pub issuer: String,
    /// First moment of validity.
    pub not_before: SystemTime,
    /// Last moment of validity.
    pub not_after: SystemTime,
    /// The SHA-256 of the whole certificate.
    pub fingerprint: Fingerprint,
}

impl CertificateFacts {
    /// Reads a certificate in DER; `None` when it is not one.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        Details::read(der).map(|details| details.facts)
    }

    /// Whether `now` is past the last moment of validity.
    #[must_use]
    pub fn expired(&self, now: SystemTime) -> bool {
        now > self.not_after
    }

    /// Whether issuer and subject are the same.
    #[must_use]
    pub fn self_issued(&self) -> bool {
        self.issuer == self.subject
    }
}

/// Facts, and what only a refusal or a pin needs.
#[derive(Clone, Debug)]
pub(crate) struct Details {
    pub(crate) facts: CertificateFacts,
    /// The certified key.
    pub(crate) key: Key,
    /// The algorithm of the signature on the certificate.
    pub(crate) signature: ObjectIdentifier,
    /// Whether the certificate may serve servers: no extended key usage, or one with `serverAuth`.
    pub(crate) for_servers: bool,
}

impl Details {
    /// Reads a certificate in DER; `None` when it is not one.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_der(der).ok()?;
        let fields = certificate.tbs_certificate();
        let facts = CertificateFacts {
            subject: fields.subject().to_string(),
            issuer: fields.issuer().to_string(),
            not_before: fields.validity().not_before.to_system_time(),
            not_after: fields.validity().not_after.to_system_time(),
            fingerprint: Fingerprint::of(der),
        };
        let for_servers = match fields.get_extension::<ExtendedKeyUsage>() {
            Ok(None) => true,
            Ok(Some((_, usage))) => usage.0.contains(&SERVER_AUTH),
            Err(_) => false,
        };
        Some(Self {
            facts,
            key: Key::of(fields.subject_public_key_info()),
            signature: certificate.signature_algorithm().oid,
            for_servers,
        })
    }
}

/// A moment as `2026-11-24T00:00:00Z`.
pub(crate) struct Moment(pub(crate) SystemTime);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_system_time(self.0) {
            Ok(moment) => moment.fmt(f),
            Err(_) => f.write_str("a date outside of 1970 to 9999"),
        }
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    #[test]
    fn facts_are_those_of_the_certificate() {
        let params = CertificateParams::new(vec!["kms.example".to_owned()]).unwrap();
        let made = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let details = Details::read(made.der()).unwrap();
        assert!(details.facts.self_issued() && details.for_servers);
        assert_eq!(details.key, Key::Other);
        assert_eq!(details.facts.fingerprint, Fingerprint::of(made.der()));
        assert!(details.facts.not_before < details.facts.not_after);
    }

    /// A server that is refused has its certificates read for the text: they may be anything.
    #[test]
    fn no_cut_and_no_changed_octet_makes_the_reader_panic() {
        let params = CertificateParams::new(vec!["kms.example".to_owned()]).unwrap();
        let made = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let der = made.der().to_vec();
        for cut in 0..der.len() {
            assert!(Details::read(&der[..cut]).is_none(), "{cut}");
        }
        let mut unread = 0;
        for at in 0..der.len() {
            for octet in [0, 1, 0x7F, 0x80, 0x84, 0xFF, der[at] ^ 1, der[at] ^ 0x20] {
                let mut changed = der.clone();
                changed[at] = octet;
                unread += usize::from(Details::read(&changed).is_none());
            }
        }
        assert!(unread > der.len(), "{unread}");
    }
}
