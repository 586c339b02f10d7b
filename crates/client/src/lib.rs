#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod attempt;
mod back_off;
mod batch;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod certificate;
mod client;
mod connect;
mod conversation;
mod error;
mod fingerprint;
mod identity;
mod kept;
mod negotiate;
mod operations;
mod options;
mod pages;
mod payload;
mod pem;
mod pending;
mod pool;
mod renewal;
mod replicas;
mod rounds;
mod servers;
mod session;
mod shelf;
mod stamp;
mod tls;
mod trust;
mod wire;

pub use back_off::BackOff;
pub use batch::{Batch, BatchAnswer, BatchItem};
pub use builder::{ClientBuilder, WantsIdentity, WantsServers, WantsTrust};
pub use certificate::{CertificateFacts, Expiry, ExpiryOf};
pub use client::Client;
pub use error::{Cause, ClientError, ErrorKind, Outcome, Phase};
pub use fingerprint::{Fingerprint, FingerprintError};
pub use identity::{Identity, IdentityError, IdentityErrorKind};
pub use kept::Kept;
pub use options::{ClientOptions, OptionsError};
pub use payload::{RequestPayload, ResponsePayload};
pub use pem::{PemError, PemErrorKind};
pub use pending::{Answer, Pending};
pub use pool::{Pool, Pooled};
pub use renewal::Renewal;
pub use replicas::{Replica, ReplicaStanding, Replicas};
pub use servers::{DEFAULT_PORT, ServerAddress, ServerList, ServerListError, ServerListErrorKind};
pub use session::{LocatePages, Session};
pub use shelf::PoolOptions;
pub use strongroom_kmip as kmip;
pub use tls::{TlsFacts, TlsFault, TlsProvider, TlsVersion};
pub use trust::{Trust, TrustError, TrustErrorKind, TrustFile};
