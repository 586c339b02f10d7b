//! How long certificates and revocation lists are still good.
//!
//! May touch: memory only. The clock is the caller's.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::{CertificateFacts, Moment};

const DAY_SECS: u64 = 86_400;

/// A month before the end is early enough for a certificate of a year.
const WARN_BEFORE_MAX: Duration = Duration::from_secs(30 * DAY_SECS);

/// What runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExpiryOf {
    /// Our own certificate.
    ClientCertificate,
    /// A certificate of the CA file.
    CaCertificate,
    /// A list of the CRL file.
    RevocationList,
    /// The certificate that a server showed.
    ServerCertificate,
}

impl fmt::Display for ExpiryOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClientCertificate => "client certificate",
            Self::CaCertificate => "CA certificate",
            Self::RevocationList => "certificate revocation list",
            Self::ServerCertificate => "server certificate",
        })
    }
}

/// When a certificate or a revocation list runs out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expiry {
    /// What runs out.
    pub of: ExpiryOf,
    /// Whose it is: subject of a certificate, issuer of a list.
    pub subject: String,
    /// The file it came from; `None` for a server's.
    pub file: Option<PathBuf>,
    /// First moment of validity.
    pub not_before: SystemTime,
    /// Last moment of validity.
    pub not_after: SystemTime,
}

impl Expiry {
    pub(crate) fn of_certificate(
        of: ExpiryOf,
        facts: &CertificateFacts,
        file: Option<PathBuf>,
    ) -> Self {
        Self {
            of,
            subject: facts.subject.clone(),
            file,
            not_before: facts.not_before,
            not_after: facts.not_after,
        }
    }

    /// Whole days that are left at `now`; negative when it is past, so that -1 is the first day
    /// after the end.
    #[must_use]
    pub fn days_left(&self, now: SystemTime) -> i64 {
        let days = |time: Duration| {
            let days = time.as_secs().checked_div(DAY_SECS);
            days.and_then(|days| i64::try_from(days).ok())
                .unwrap_or(i64::MAX)
        };
        match self.not_after.duration_since(now) {
            Ok(left) => days(left),
            Err(past) => days(past.duration()).saturating_neg().saturating_sub(1),
        }
    }

    /// Whether `now` is past the end.
    #[must_use]
    pub fn expired(&self, now: SystemTime) -> bool {
        now > self.not_after
    }

    /// Whether it is time to renew: the last third of its life has begun, and the end is less
    /// than 30 days away. So a certificate of 24 hours (Vault's default) warns in its last 8.
    #[must_use]
    pub fn renewal_due(&self, now: SystemTime) -> bool {
        let life = self
            .not_after
            .duration_since(self.not_before)
            .unwrap_or_default();
        let warn_before = WARN_BEFORE_MAX.min(life.checked_div(3).unwrap_or_default());
        self.not_after
            .duration_since(now)
            .map_or(true, |left| left < warn_before)
    }

    /// The last moment of validity as `2026-11-24T00:00:00Z`.
    #[must_use]
    pub fn end(&self) -> String {
        Moment(self.not_after).to_string()
    }

    /// One line on how it stands at `now`, for logs and reports.
    #[must_use]
    pub fn line(&self, now: SystemTime) -> String {
        let Self { of, subject, .. } = self;
        let file = match &self.file {
            Some(file) => format!(" in {}", file.display()),
            None => String::new(),
        };
        let end = Moment(self.not_after);
        if self.expired(now) {
            return format!("{of} {subject}{file} expired on {end}");
        }
        let left = match self.days_left(now) {
            0 => "less than a day".to_owned(),
            1 => "1 day".to_owned(),
            days => format!("{days} days"),
        };
        format!("{of} {subject}{file} expires on {end}, {left} left")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(DAY_SECS);

    fn expiry(life: Duration) -> Expiry {
        let since_epoch = Duration::from_secs(1_700_000_000);
        let not_before = SystemTime::UNIX_EPOCH.checked_add(since_epoch).unwrap();
        Expiry {
            of: ExpiryOf::ClientCertificate,
            subject: "CN=node-1".to_owned(),
            file: Some(PathBuf::from("client.pem")),
            not_before,
            not_after: not_before.checked_add(life).unwrap(),
        }
    }

    #[test]
    fn days_and_warnings_at_the_borders() {
        let second = Duration::from_secs(1);
        let year = expiry(DAY * 365);
        let end = year.not_after;
        // (now, days left, renewal due, expired)
        let cases = [
            (year.not_before, 365, false, false),
            (end - DAY * 30, 30, false, false),
            (end - DAY * 30 + second, 29, true, false),
            (end - DAY, 1, true, false),
            (end - second, 0, true, false),
            (end, 0, true, false),
            (end + second, -1, true, true),
            (end + DAY, -2, true, true),
        ];
        for (now, days, due, expired) in cases {
            assert_eq!(year.days_left(now), days);
            assert_eq!(year.renewal_due(now), due, "{days}");
            assert_eq!(year.expired(now), expired, "{days}");
        }
        let day = expiry(DAY);
        assert!(!day.renewal_due(day.not_before + DAY / 2));
        assert!(day.renewal_due(day.not_after - DAY / 4));
    }

    #[test]
    fn the_line_names_file_and_date() {
        let day = expiry(DAY);
        let line = day.line(day.not_before);
        assert_eq!(
            line,
            "client certificate CN=node-1 in client.pem expires on 2023-11-15T22:13:20Z, 1 day left"
        );
        let late = day.line(day.not_after + DAY);
        assert!(late.ends_with("expired on 2023-11-15T22:13:20Z"), "{late}");
    }
}
