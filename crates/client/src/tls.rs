//! TLS 1.2 and 1.3 with mutual authentication; the one place where rustls is set up.
//!
//! May touch: memory; sockets only through the stream it is given. Verification of the server
//! has no switch: chain to the configured CA or pin, dates, purpose, host name or IP address.

mod fault;
mod judge;
mod provider;
mod verifier;

use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, ClientConnection, version};
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::certificate::{CertificateFacts, Expiry, ExpiryOf};
use crate::identity::Identity;
use crate::servers::ServerAddress;
use crate::trust::{Anchors, Trust};

pub use fault::TlsFault;
pub(crate) use judge::FaultFacts;
pub use provider::TlsProvider;
use verifier::{Pinned, Shown, Watched};

/// What was agreed in the handshake, and what the server showed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsFacts {
    /// The TLS version.
    pub version: TlsVersion,
    /// The cipher suite by its registered name, such as `TLS13_AES_256_GCM_SHA384`.
    pub suite: String,
    /// Subject and dates of the server's certificate, when they could be read.
    pub server_certificate: Option<CertificateFacts>,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsVersion {
    /// RFC 5246.
    Tls1_2,
    /// RFC 8446.
    Tls1_3,
}

impl TlsFacts {
    /// When the server's certificate runs out.
    #[must_use]
    pub fn expiry(&self) -> Option<Expiry> {
        let facts = self.server_certificate.as_ref()?;
        Some(Expiry::of_certificate(
            ExpiryOf::ServerCertificate,
            facts,
            None,
        ))
    }
}

/// Trust and identity, made ready for handshakes.
#[derive(Clone)]
pub(crate) struct Tls(Arc<Ready>);

struct Ready {
    config: ClientConfig,
    verifier: Arc<dyn ServerCertVerifier>,
    trust: Trust,
    identity: Identity,
}

impl Tls {
    /// Sets up rustls with the provider of the identity, the given trust and the client
    /// certificate.
    ///
    /// # Errors
    ///
    /// rustls's refusal of the set-up; not expected, since trust and identity are checked before.
    pub(crate) fn new(trust: Trust, identity: Identity) -> Result<Self, rustls::Error> {
        // Named here, never taken from the process or from Cargo features.
        let provider = Arc::new(identity.provider().rustls());
        let verifier = verifier_for(&trust, &provider)?;
        let resolver = SingleCertAndKey::from(identity.certified());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])?
            // "Dangerous" is any verifier but webpki's; ours is webpki's, or a pin (I11).
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&verifier))
            .with_client_cert_resolver(Arc::new(resolver));
        // A resumed session would skip the server's look at a renewed or revoked certificate.
        config.resumption = rustls::client::Resumption::disabled();
        Ok(Self(Arc::new(Ready {
            config,
            verifier,
            trust,
            identity,
        })))
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.0.identity
    }

    pub(crate) fn trust(&self) -> &Trust {
        &self.0.trust
    }

    /// When our certificate, the CA certificates and the revocation lists run out.
    pub(crate) fn expiries(&self) -> Vec<Expiry> {
        let mut expiries = Vec::from_iter(self.identity().expiry());
        expiries.extend(self.trust().expiries());
        expiries
    }

    /// A handshake with `server`.
    ///
    /// # Errors
    ///
    /// When the host of `server` is no name that a certificate can have.
    pub(crate) fn handshake(&self, server: &ServerAddress) -> io::Result<Handshake> {
        let name = ServerName::try_from(server.host().to_owned())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let shown = Arc::new(Shown::default());
        let mut config = self.0.config.clone();
        let watched = Watched {
            verifier: Arc::clone(&self.0.verifier),
            shown: Arc::clone(&shown),
        };
        config
            .dangerous()
            .set_certificate_verifier(Arc::new(watched));
        Ok(Handshake {
            tls: self.clone(),
            config: Arc::new(config),
            name,
            shown,
        })
    }

    /// What the text of a fault after the handshake needs at `now`.
    pub(crate) fn fault_facts(&self, now: SystemTime) -> FaultFacts<'_> {
        FaultFacts {
            trust: &self.0.trust,
            identity: &self.0.identity,
            chain: &[],
            now,
        }
    }
}

/// One handshake that is to come.
pub(crate) struct Handshake {
    tls: Tls,
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    shown: Arc<Shown>,
}

impl Handshake {
    /// A connection whose handshake is to be run; the host is checked against the certificate.
    #[cfg(feature = "blocking")]
    pub(crate) fn begin(&self) -> io::Result<ClientConnection> {
        ClientConnection::new(Arc::clone(&self.config), self.name.clone()).map_err(io::Error::other)
    }

    /// Runs it over `stream`; the host is checked against the certificate.
    pub(crate) async fn run<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let connector = TlsConnector::from(Arc::clone(&self.config));
        connector.connect(self.name.clone(), stream).await
    }

    /// What its failure means.
    pub(crate) fn fault(&self, error: &rustls::Error, now: SystemTime) -> TlsFault {
        let facts = FaultFacts {
            chain: self.shown.certificates(),
            ..self.tls.fault_facts(now)
        };
        TlsFault::in_handshake(error, &facts)
    }
}

/// webpki with the CAs and lists of `trust`, or its pins.
fn verifier_for(
    trust: &Trust,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    let authorities = match trust.anchors() {
        Anchors::Authorities(authorities) => authorities,
        Anchors::Pins(pins) => {
            return Ok(Arc::new(Pinned {
                pins: Arc::clone(pins),
                algorithms: provider.signature_verification_algorithms,
            }));
        }
    };
    let roots = Arc::clone(&authorities.roots);
    let mut builder = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider));
    if let Some(lists) = trust.revoked() {
        // The whole chain, no unknown status, no list past its Next Update.
        builder = builder
            .with_crls(lists.ders())
            .enforce_revocation_expiration();
    }
    builder
        .build()
        .map(|verifier| verifier as Arc<dyn ServerCertVerifier>)
        .map_err(|error| rustls::Error::General(error.to_string()))
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls")
            .field("trust", &self.0.trust)
            .field("identity", &self.0.identity)
            .finish_non_exhaustive()
    }
}

/// What the finished handshake of `connection` agreed on.
pub(crate) fn facts(connection: &ClientConnection) -> TlsFacts {
    let version = match connection.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_2) => TlsVersion::Tls1_2,
        _ => TlsVersion::Tls1_3,
    };
    let suite = connection
        .negotiated_cipher_suite()
        .map(|suite| format!("{:?}", suite.suite()))
        .unwrap_or_default();
    let server_certificate = connection
        .peer_certificates()
        .and_then(|chain| chain.first())
        .and_then(|leaf| CertificateFacts::read(leaf));
    TlsFacts {
        version,
        suite,
        server_certificate,
    }
}

/// rustls's error inside an I/O error, if that is where it came from.
pub(crate) fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}
