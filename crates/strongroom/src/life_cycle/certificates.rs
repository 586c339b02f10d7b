//! Which certificates and revocation lists run out, and when.
//!
//! May touch: the clock.

use std::path::PathBuf;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use strongroom_client::{Client, Expiry};

use super::report::Warning;
use crate::master::{KeyServers, ServerStanding};

/// A certificate or a revocation list on the way to the key servers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CertificateReport {
    /// `client certificate`, `CA certificate`, `certificate revocation list` or
    /// `server certificate`.
    pub what: String,
    /// Whose it is.
    pub subject: String,
    /// The file it came from; `None` for a server's.
    pub file: Option<PathBuf>,
    /// The server that showed it, `host:port`.
    pub server: Option<String>,
    /// Last moment of validity, such as `2026-11-24T00:00:00Z`.
    pub not_after: String,
    /// Whole days that are left; negative when it is past.
    pub days_left: i64,
    /// Whether it is time to renew it.
    pub renewal_due: bool,
    /// All of this in one line for people.
    pub line: String,
}

impl CertificateReport {
    fn new(expiry: &Expiry, server: Option<&str>, now: SystemTime) -> Self {
        let line = expiry.line(now);
        Self {
            what: expiry.of.to_string(),
            subject: expiry.subject.clone(),
            file: expiry.file.clone(),
            server: server.map(str::to_owned),
            not_after: expiry.end(),
            days_left: expiry.days_left(now),
            renewal_due: expiry.renewal_due(now),
            line: match server {
                Some(server) => format!("key server {server}: {line}"),
                None => line,
            },
        }
    }
}

/// Our own files' certificates, then those that the servers showed.
pub(super) fn reports(
    servers: &KeyServers,
    standings: &[ServerStanding],
) -> Vec<CertificateReport> {
    let now = SystemTime::now();
    let own = servers.client().map(Client::expiries).unwrap_or_default();
    let own = own
        .iter()
        .map(|expiry| CertificateReport::new(expiry, None, now));
    let shown = standings.iter().filter_map(|standing| {
        let expiry = standing.certificate.as_ref()?;
        Some(CertificateReport::new(expiry, Some(&standing.server), now))
    });
    own.chain(shown).collect()
}

/// A warning for each of our own that is to be renewed.
pub(super) fn warnings(servers: &KeyServers) -> Vec<Warning> {
    let now = SystemTime::now();
    let expiries = servers.client().map(Client::expiries).unwrap_or_default();
    let expiries = expiries.into_iter();
    expiries
        .filter(|expiry| expiry.renewal_due(now))
        .map(|expiry| Warning::RenewalDue {
            what: expiry.line(now),
        })
        .collect()
}
