//! What a server is made of and how much it puts up with.
//!
//! May touch: nothing.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use strongroom_kmip::ProtocolVersion;
use strongroom_kmip::enumeration::Operation;

use crate::event::Event;
use crate::faults::Faults;
use crate::operation::OPERATIONS;
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

/// Which quirks a server shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// What it is called on a command line.
    pub name: &'static str,
    /// Several objects may bear one Name. KMIP wants Names unique (KMIP 1.0, 3.2); PyKMIP does
    /// not.
    pub duplicate_names: bool,
    /// TLS 1.2 alone.
    pub tls12_only: bool,
    /// Protocol versions answered, newest first: 1.4 to 1.0 in the profiles here. Of 2.x nothing
    /// is proved of this server: its operations are tested in 1.x alone.
    pub versions: &'static [ProtocolVersion],
    /// What the server does; anything else is Operation Not Supported.
    pub operations: &'static [Operation],
    /// Of these, what the answer to Query does not tell.
    pub unlisted: &'static [Operation],
    /// Vendor Identification in the answer to Query.
    pub vendor: &'static str,
}

impl Profile {
    /// No quirks.
    pub const STRONGROOM: Self = Self {
        name: "strongroom",
        duplicate_names: false,
        tls12_only: false,
        versions: ProtocolVersion::ONE,
        operations: &OPERATIONS,
        unlisted: &[],
        vendor: concat!("Strongroom ", env!("CARGO_PKG_VERSION")),
    };

    /// What PyKMIP 0.11 does otherwise and clients trip over: duplicate Names, TLS 1.2
    /// alone, fewer operations, two of which Query does not tell.
    pub const PYKMIP: Self = Self {
        name: "pykmip",
        duplicate_names: true,
        tls12_only: true,
        versions: ProtocolVersion::ONE,
        operations: &[
            Operation::CREATE,
            Operation::REGISTER,
            Operation::LOCATE,
            Operation::GET,
            Operation::GET_ATTRIBUTES,
            Operation::GET_ATTRIBUTE_LIST,
            Operation::ACTIVATE,
            Operation::REVOKE,
            Operation::DESTROY,
            Operation::QUERY,
            Operation::DISCOVER_VERSIONS,
            Operation::ENCRYPT,
            Operation::DECRYPT,
            Operation::MAC,
            Operation::MODIFY_ATTRIBUTE,
            Operation::DELETE_ATTRIBUTE,
        ],
        unlisted: &[Operation::MODIFY_ATTRIBUTE, Operation::DELETE_ATTRIBUTE],
        vendor: "PyKMIP 0.11.0 Software Server",
    };

    /// All profiles.
    pub const ALL: [Self; 2] = [Self::STRONGROOM, Self::PYKMIP];

    /// The profile with this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name == name)
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::STRONGROOM
    }
}
