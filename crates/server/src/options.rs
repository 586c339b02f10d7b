//! What a server is made of and how much it puts up with.
//!
//! May touch: nothing.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::event::Event;
use crate::faults::Faults;
use crate::profile::Profile;
use crate::roles::Roles;
use crate::store::ObjectStore;
use crate::tls::TlsOptions;

/// Everything that [`crate::Server::bind`] needs.
#[non_exhaustive]
pub struct ServerOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Certificates.
    pub tls: TlsOptions,
    /// Where objects are kept.
    pub store: Box<dyn ObjectStore>,
    /// Deadlines and caps.
    pub limits: ServerLimits,
    /// Quirks to imitate.
    pub profile: Profile,
    /// Who may do what; default: everybody everything that the profile does.
    pub roles: Roles,
    /// Scripted faults, for tests; keep a clone to arm them while the server runs.
    pub faults: Faults,
    /// Told what happens; default: nobody. Called from connection tasks, so it must not block.
    pub observer: Option<Observer>,
    /// The clock, in seconds since 1970 (UTC).
    pub clock: Clock,
}

/// Told what happens on a server.
pub type Observer = Arc<dyn Fn(&Event) + Send + Sync>;

/// Seconds since 1970 (UTC).
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

impl ServerOptions {
    /// Options with default limits, no quirks, no faults and the system's clock.
    #[must_use]
    pub fn new(listen: SocketAddr, tls: TlsOptions, store: impl ObjectStore) -> Self {
        Self {
            listen,
            tls,
            store: Box::new(store),
            limits: ServerLimits::default(),
            profile: Profile::STRONGROOM,
            roles: Roles::default(),
            faults: Faults::new(),
            observer: None,
            clock: Arc::new(system_seconds),
        }
    }
}

impl fmt::Debug for ServerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerOptions")
            .field("listen", &self.listen)
            .field("tls", &self.tls)
            .field("store", &self.store)
            .field("limits", &self.limits)
            .field("profile", &self.profile)
            .field("roles", &self.roles)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

fn system_seconds() -> i64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}

/// Deadlines and caps. Each is there so that no peer can hold up or fill up the server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerLimits {
    /// TLS handshake.
    pub handshake: Duration,
    /// From the first octet of a request to its last, and again for the answer.
    pub request: Duration,
    /// Between requests.
    pub idle: Duration,
    /// Connections at one time; further ones are closed at once.
    pub connections: usize,
    /// Connections at one time from one address.
    pub connections_per_address: usize,
    /// Longest message in octets, header included.
    pub message_len: usize,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(5),
            request: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            connections: 4096,
            connections_per_address: 2048,
            message_len: 1 << 20,
        }
    }
}
