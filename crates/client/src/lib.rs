#![forbid(unsafe_code)]

mod certificate;
mod identity;
mod pem;
mod servers;
mod tls;
mod trust;
mod wire;

pub use certificate::CertificateFacts;
pub use identity::{Identity, IdentityError, IdentityErrorKind};
pub use pem::{PemError, PemErrorKind};
pub use servers::{DEFAULT_PORT, ServerAddress, ServerList, ServerListError, ServerListErrorKind};
pub use tls::{TlsFacts, TlsFault, TlsVersion};
pub use trust::{Trust, TrustError, TrustErrorKind};
