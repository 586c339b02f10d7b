//! What a certificate says about itself: subject, issuer, dates. Nothing here decides on trust.
//!
//! May touch: memory only.

use std::fmt;
use std::time::SystemTime;

use x509_cert::Certificate;
use x509_cert::der::{DateTime, Decode as _};

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
}

impl CertificateFacts {
    /// Reads a certificate in DER; `None` when it is not one.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_der(der).ok()?;
        let fields = certificate.tbs_certificate();
        Some(Self {
            subject: fields.subject().to_string(),
            issuer: fields.issuer().to_string(),
            not_before: fields.validity().not_before.to_system_time(),
            not_after: fields.validity().not_after.to_system_time(),
        })
    }

    /// Whether `now` is past the last moment of validity.
    #[must_use]
    pub fn expired(&self, now: SystemTime) -> bool {
        now > self.not_after
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
