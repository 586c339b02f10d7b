//! TLS 1.2 and 1.3 with mutual authentication; the one place where rustls is set up.
//!
//! May touch: memory; sockets only through the stream it is given. Verification of the server
//! has no switch: chain to the configured CA, dates, purpose, host name or IP address.

mod fault;

use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use rustls::client::WebPkiServerVerifier;
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, ClientConnection, version};
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::certificate::CertificateFacts;
use crate::identity::Identity;
use crate::servers::ServerAddress;
use crate::trust::Trust;

pub(crate) use fault::FaultFacts;
pub use fault::TlsFault;

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

/// Trust and identity, made ready for handshakes.
#[derive(Clone)]
pub(crate) struct Tls {
    connector: TlsConnector,
    trust: Trust,
    identity: Identity,
}

impl Tls {
    /// Sets up rustls with ring, the given CA certificates and the client certificate.
    ///
    /// # Errors
    ///
    /// rustls's refusal of the set-up; not expected, since trust and identity are checked before.
    pub(crate) fn new(trust: Trust, identity: Identity) -> Result<Self, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(trust.roots(), Arc::clone(&provider))
                .build()
                .map_err(|error| rustls::Error::General(error.to_string()))?;
        let resolver = SingleCertAndKey::from(identity.certified());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])?
            .with_webpki_verifier(verifier)
            .with_client_cert_resolver(Arc::new(resolver));
        // A resumed session would skip the server's look at a renewed or revoked certificate.
        config.resumption = rustls::client::Resumption::disabled();
        Ok(Self {
            connector: TlsConnector::from(Arc::new(config)),
            trust,
            identity,
        })
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What the text of a fault needs at `now`.
    pub(crate) fn fault_facts(&self, now: SystemTime) -> FaultFacts<'_> {
        let certificate = self.identity.certificate();
        FaultFacts {
            subjects: self.trust.subjects(),
            identity_expired: certificate
                .filter(|facts| facts.expired(now))
                .map(|facts| facts.not_after),
        }
    }

    /// A connection whose handshake is to be run; the host of `server` is checked against the
    /// certificate.
    #[cfg(feature = "blocking")]
    pub(crate) fn begin(&self, server: &ServerAddress) -> io::Result<ClientConnection> {
        let config = Arc::clone(self.connector.config());
        let name = ServerName::try_from(server.host().to_owned())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        ClientConnection::new(config, name).map_err(io::Error::other)
    }

    /// Runs the handshake; the host of `server` is checked against the certificate.
    pub(crate) async fn connect<S>(
        &self,
        server: &ServerAddress,
        stream: S,
    ) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let name = ServerName::try_from(server.host().to_owned())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        self.connector.connect(name, stream).await
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls")
            .field("trust", &self.trust)
            .field("identity", &self.identity)
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
