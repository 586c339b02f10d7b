//! Who looks at the server's certificate: webpki with the configured CAs, or a pin.
//!
//! May touch: memory only. I11: neither verifier can be told to accept what it would refuse.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use crate::certificate::Details;
use crate::fingerprint::Fingerprint;

/// The certificates that a server showed in one handshake, its own first.
#[derive(Debug, Default)]
pub(crate) struct Shown(OnceLock<Vec<CertificateDer<'static>>>);

impl Shown {
    pub(crate) fn certificates(&self) -> &[CertificateDer<'static>] {
        self.0.get().map_or(&[], Vec::as_slice)
    }
}

/// Keeps what the server showed, for the text of a refusal; the verdict is the inner verifier's.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) verifier: Arc<dyn ServerCertVerifier>,
    pub(super) shown: Arc<Shown>,
}

impl ServerCertVerifier for Watched {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(end_entity).chain(intermediates);
        let chain = chain.map(|der| der.clone().into_owned()).collect();
        // A handshake verifies once; a second chain would only change a text.
        let _first_wins = self.shown.0.set(chain);
        self.verifier
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier
            .verify_tls12_signature(message, cert, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier
            .verify_tls13_signature(message, cert, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

/// Takes the pinned certificates alone. That replaces the chain; dates, purpose, host name and
/// the signature of the handshake are checked as ever (I11).
#[derive(Debug)]
pub(super) struct Pinned {
    pub(super) pins: Arc<[Fingerprint]>,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

/// The server's certificate is none of the pinned ones.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("certificate {presented} is not pinned")]
pub(super) struct NotPinned {
    /// What the server showed.
    pub(super) presented: Fingerprint,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let presented = Fingerprint::of(end_entity);
        if !self.pins.contains(&presented) {
            let error = OtherError(Arc::new(NotPinned { presented }));
            return Err(CertificateError::Other(error).into());
        }
        // Also refuses version 1 and unknown critical extensions.
        let parsed = ParsedCertificate::try_from(end_entity)?;
        let details = Details::read(end_entity).ok_or(CertificateError::BadEncoding)?;
        check_dates(&details, now)?;
        if !details.for_servers {
            return Err(CertificateError::InvalidPurpose.into());
        }
        verify_server_name(&parsed, server_name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn check_dates(details: &Details, time: UnixTime) -> Result<(), CertificateError> {
    let now = SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_secs(time.as_secs()))
        .ok_or(CertificateError::Expired)?;
    let facts = &details.facts;
    if now < facts.not_before {
        let not_before = unix_time(facts.not_before);
        return Err(CertificateError::NotValidYetContext { time, not_before });
    }
    if facts.expired(now) {
        let not_after = unix_time(facts.not_after);
        return Err(CertificateError::ExpiredContext { time, not_after });
    }
    Ok(())
}

fn unix_time(moment: SystemTime) -> UnixTime {
    let since = moment.duration_since(SystemTime::UNIX_EPOCH);
    UnixTime::since_unix_epoch(since.unwrap_or_default())
}
