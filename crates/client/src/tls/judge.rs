//! From rustls's error, and what the server showed, to the fault.
//!
//! May touch: nothing. webpki stops at the first thing it dislikes and often says no more than
//! "unknown issuer"; the chain that was shown tells the operator which of five causes it is.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustls::{AlertDescription, CertificateError, Error as TlsError, PeerIncompatible};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::fault::TlsFault;
use super::verifier::NotPinned;
use crate::certificate::{CertificateFacts, Details, Key, weak_signature};
use crate::identity::{Identity, is_version_1};
use crate::trust::{RevocationLists, Trust};

/// Shorter moduli are refused by ring and AWS-LC alike (RFC 8017 itself sets no limit).
const RSA_BITS_MIN: usize = 2048;

/// What a fault's text needs to know beyond rustls's error.
#[derive(Clone, Copy)]
pub(crate) struct FaultFacts<'a> {
    pub(super) trust: &'a Trust,
    pub(super) identity: &'a Identity,
    /// What the server showed, its own certificate first.
    pub(super) chain: &'a [CertificateDer<'static>],
    pub(super) now: SystemTime,
}

impl TlsFault {
    /// Classifies a failure during the handshake.
    pub(super) fn in_handshake(error: &TlsError, facts: &FaultFacts<'_>) -> Self {
        match error {
            TlsError::InvalidCertificate(error) => Self::of_certificate(error, facts),
            TlsError::InvalidCertRevocationList(_) => Self::RevocationListForged {
                crl_file: facts.crl_file(),
            },
            TlsError::NoCertificatesPresented => Self::Certificate("the server showed none"),
            TlsError::AlertReceived(alert) => Self::of_alert(*alert, facts),
            TlsError::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
            ) => Self::NoCommonVersion,
            TlsError::PeerIncompatible(_) => Self::NoCommonSuite,
            TlsError::InvalidMessage(_) => Self::NotTls,
            _ => Self::Protocol,
        }
    }

    /// Classifies a failure after the handshake. In TLS 1.3 the server judges our certificate
    /// only then, so an alert in place of the first answer is that judgement.
    pub(crate) fn after_handshake(error: &TlsError, first: bool, facts: &FaultFacts<'_>) -> Self {
        match error {
            TlsError::AlertReceived(alert) if first || about_certificate(*alert) => {
                Self::rejected(*alert, facts)
            }
            TlsError::AlertReceived(alert) => Self::alert(*alert),
            _ => Self::Protocol,
        }
    }

    fn of_alert(alert: AlertDescription, facts: &FaultFacts<'_>) -> Self {
        match alert {
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
                Self::NoCommonSuite
            }
            AlertDescription::ProtocolVersion => Self::NoCommonVersion,
            _ if about_certificate(alert) => Self::rejected(alert, facts),
            _ => Self::alert(alert),
        }
    }

    fn alert(alert: AlertDescription) -> Self {
        Self::Alert {
            alert: format!("{alert:?}"),
        }
    }

    fn rejected(alert: AlertDescription, facts: &FaultFacts<'_>) -> Self {
        let certificate = facts.identity.certificate();
        Self::ClientCertificateRejected {
            file: facts.identity.file().to_owned(),
            alert: format!("{alert:?}"),
            expired: certificate
                .filter(|own| own.expired(facts.now))
                .map(|own| own.not_after),
        }
    }

    fn of_certificate(error: &CertificateError, facts: &FaultFacts<'_>) -> Self {
        use CertificateError as Fault;
        match error {
            Fault::NotValidForNameContext {
                expected,
                presented,
            } => Self::of_names(expected, presented),
            Fault::InvalidPurpose | Fault::InvalidPurposeContext { .. } => Self::WrongPurpose,
            Fault::UnknownIssuer
            | Fault::BadSignature
            | Fault::UnsupportedSignatureAlgorithmContext { .. }
            | Fault::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
                let chain = Chain::of(facts);
                chain
                    .weakness(facts)
                    .unwrap_or_else(|| chain.broken_at(error, facts))
            }
            Fault::Expired => Self::Expired {
                since: None,
                issuer: None,
            },
            Fault::ExpiredContext { not_after, .. } => {
                let since = system_time(*not_after);
                let issuer = Chain::of(facts).issuer_with(|facts| Some(facts.not_after) == since);
                Self::Expired { since, issuer }
            }
            Fault::NotValidYet => Self::NotYetValid {
                until: None,
                issuer: None,
            },
            Fault::NotValidYetContext { not_before, .. } => {
                let until = system_time(*not_before);
                let issuer = Chain::of(facts).issuer_with(|facts| Some(facts.not_before) == until);
                Self::NotYetValid { until, issuer }
            }
            Fault::UnhandledCriticalExtension => {
                Self::Certificate("a critical extension in it is not known")
            }
            Fault::BadEncoding => Self::Certificate("it is not valid DER"),
            Fault::Other(other) => Self::of_other(&*other.0, facts),
            _ => Self::of_revocation(error, facts),
        }
    }

    fn of_revocation(error: &CertificateError, facts: &FaultFacts<'_>) -> Self {
        use CertificateError as Fault;
        let crl_file = facts.crl_file();
        match error {
            Fault::Revoked => Self::Revoked { crl_file },
            Fault::UnknownRevocationStatus => Self::NoRevocationList {
                crl_file,
                issuers: facts
                    .trust
                    .revoked()
                    .map(RevocationLists::issuers)
                    .unwrap_or_default(),
            },
            Fault::ExpiredRevocationList => Self::RevocationListExpired {
                crl_file,
                since: None,
            },
            Fault::ExpiredRevocationListContext { next_update, .. } => {
                Self::RevocationListExpired {
                    crl_file,
                    since: system_time(*next_update),
                }
            }
            _ => Self::Certificate("it breaks a rule of RFC 5280"),
        }
    }

    /// rustls passes some of webpki's verdicts on as opaque errors; their Debug form is the only
    /// name they have.
    fn of_other(error: &(dyn std::error::Error + 'static), facts: &FaultFacts<'_>) -> Self {
        if let Some(NotPinned { presented }) = error.downcast_ref() {
            return Self::NotPinned {
                presented: *presented,
                pins: facts.trust.pins().len(),
            };
        }
        if is_version_1(error) {
            return Self::CertificateVersion1;
        }
        match format!("{error:?}").as_str() {
            "CaUsedAsEndEntity" => Self::CaAsServer {
                fingerprint: Chain::of(facts)
                    .shown
                    .first()
                    .map(|own| own.facts.fingerprint),
            },
            "EndEntityUsedAsCa" => Self::SignerIsNotCa,
            "NameConstraintViolation" => Self::NameConstraints,
            "PathLenConstraintViolated" | "MaximumPathDepthExceeded" => Self::ChainTooLong,
            "UnsupportedCriticalExtension" => {
                Self::Certificate("a critical extension in it is not known")
            }
            _ => Self::Certificate("it breaks a rule of RFC 5280"),
        }
    }

    fn of_names(expected: &ServerName<'_>, presented: &[String]) -> Self {
        let host = expected.to_str().into_owned();
        let as_dns_name = format!("DnsName({host:?})");
        if presented.is_empty() {
            Self::NoSubjectAltName { expected: host }
        } else if matches!(expected, ServerName::IpAddress(_)) && presented.contains(&as_dns_name) {
            Self::IpAddressAsDnsName { expected: host }
        } else {
            Self::WrongHost {
                expected: host,
                presented: presented.to_vec(),
            }
        }
    }
}

impl FaultFacts<'_> {
    fn ca_file(&self) -> PathBuf {
        self.trust.file().map(Path::to_owned).unwrap_or_default()
    }

    fn crl_file(&self) -> PathBuf {
        self.trust
            .crl_file()
            .map(Path::to_owned)
            .unwrap_or_default()
    }
}

/// The server's certificates, as far as they can be read.
struct Chain {
    shown: Vec<Details>,
}

impl Chain {
    fn of(facts: &FaultFacts<'_>) -> Self {
        let shown = facts.chain.iter();
        Self {
            shown: shown.filter_map(|der| Details::read(der)).collect(),
        }
    }

    /// The first key or signature on the way to the CA that no verifier would take.
    fn weakness(&self, facts: &FaultFacts<'_>) -> Option<TlsFault> {
        let signatures = self.shown.iter().filter(|one| !one.facts.self_issued());
        for one in signatures {
            if let Some(algorithm) = weak_signature(one.signature) {
                let subject = one.facts.subject.clone();
                return Some(TlsFault::WeakSignature { subject, algorithm });
            }
        }
        let p521 = facts.identity.provider().has_p521();
        let signed_by = |ca: &&Details| {
            let signed = |one: &Details| one.facts.issuer == ca.facts.subject;
            self.shown.iter().any(signed)
        };
        let anchors = facts.trust.details().iter().filter(signed_by);
        self.shown.iter().chain(anchors).find_map(|one| {
            let subject = one.facts.subject.clone();
            match one.key {
                Key::Rsa { bits: Some(bits) } if bits < RSA_BITS_MIN => {
                    Some(TlsFault::ShortRsaKey { subject, bits })
                }
                Key::P521 if !p521 => Some(TlsFault::P521 { subject }),
                _ => None,
            }
        })
    }

    /// Where the way from the server's certificate to the CA file ends.
    fn broken_at(&self, error: &CertificateError, facts: &FaultFacts<'_>) -> TlsFault {
        if matches!(error, CertificateError::BadSignature) {
            return TlsFault::BadSignature;
        }
        if !matches!(error, CertificateError::UnknownIssuer) {
            return TlsFault::UnsupportedAlgorithm;
        }
        let Some(own) = self.shown.first() else {
            return TlsFault::Certificate("it cannot be read");
        };
        let last = self.last(own);
        let subjects = facts.trust.subjects().to_vec();
        let ca_file = facts.ca_file();
        if own.facts.self_issued() {
            TlsFault::SelfSigned {
                ca_file,
                fingerprint: own.facts.fingerprint,
            }
        } else if last.facts.self_issued() {
            TlsFault::UnknownCa {
                root: last.facts.subject.clone(),
                ca_file,
                subjects,
            }
        } else if subjects.contains(&last.facts.issuer) {
            TlsFault::BadSignature
        } else {
            TlsFault::MissingIssuer {
                issuer: last.facts.issuer.clone(),
                ca_file,
                subjects,
            }
        }
    }

    /// From `own`, by the names of issuers, as far as the shown certificates lead.
    fn last<'a>(&'a self, own: &'a Details) -> &'a Details {
        let mut last = own;
        for _ in &self.shown {
            let signer = self
                .shown
                .iter()
                .find(|one| one.facts.subject == last.facts.issuer && !last.facts.self_issued());
            match signer {
                Some(signer) => last = signer,
                None => break,
            }
        }
        last
    }

    /// The subject of the one that `is_it`, unless it is the server's own certificate.
    fn issuer_with(&self, is_it: impl Fn(&CertificateFacts) -> bool) -> Option<String> {
        let mut shown = self.shown.iter().map(|one| &one.facts);
        if shown.next().is_none_or(&is_it) {
            return None;
        }
        shown
            .find(|facts| is_it(facts))
            .map(|facts| facts.subject.clone())
    }
}

/// Alerts that a server sends about a client certificate (RFC 8446, 6.2).
fn about_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::DecryptError
            | AlertDescription::CertificateRequired
    )
}

fn system_time(moment: UnixTime) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(moment.as_secs()))
}
