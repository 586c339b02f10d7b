//! What a TLS failure means for the operator, and the mend.
//!
//! May touch: nothing. No rustls type appears in the public signatures.

use std::time::SystemTime;

use rustls::{AlertDescription, CertificateError, Error as TlsError};
use rustls_pki_types::{ServerName, UnixTime};

use crate::certificate::Moment;
use crate::identity::is_version_1;

/// A TLS failure by its cause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TlsFault {
    /// The server's certificate is X.509 version 1 and so has no extensions.
    #[error("the server's certificate is X.509 version 1")]
    CertificateVersion1,
    /// The server's certificate has no subject alternative name at all.
    #[error(
        "the server's certificate names no host in a subject alternative name (SAN), so it is not for {expected:?}"
    )]
    NoSubjectAltName {
        /// The host that we asked for.
        expected: String,
    },
    /// The IP address stands in a DNS name of the certificate.
    #[error(
        "the server's certificate has the IP address {expected} in a DNS SAN; it must be an IP SAN"
    )]
    IpAddressAsDnsName {
        /// The address that we asked for.
        expected: String,
    },
    /// The certificate is for other hosts.
    #[error("the server's certificate is not for {expected:?} but for {}", presented.join(", "))]
    WrongHost {
        /// The host that we asked for.
        expected: String,
        /// The names in the certificate, such as `DnsName("kms.example")`.
        presented: Vec<String>,
    },
    /// The extended key usage of the server's certificate lacks `serverAuth`.
    #[error(
        "the server's certificate is not made for servers: its extended key usage (EKU) lacks serverAuth"
    )]
    WrongPurpose,
    /// A CA certificate stands as the server's certificate, mostly a self-signed one.
    #[error("the server shows a CA certificate as its own")]
    CaAsServer,
    /// No certificate of the CA file signed the server's chain.
    #[error("no CA in the configured CA file signed the server's certificate; the file has: {}", subjects.join("; "))]
    UnknownIssuer {
        /// Distinguished names of the certificates in the CA file.
        subjects: Vec<String>,
    },
    /// The signature on the server's certificate is not that CA's.
    #[error(
        "the signature of the server's certificate does not verify: another CA of the same name, or a forgery"
    )]
    BadSignature,
    /// The server's certificate, or one that signed it, is past its time.
    #[error("the server's certificate expired{}", .since.map(|m| format!(" on {}", Moment(m))).unwrap_or_default())]
    Expired {
        /// The last moment of validity, when known.
        since: Option<SystemTime>,
    },
    /// The server's certificate, or one that signed it, is before its time.
    #[error("the server's certificate is not valid yet{}", .until.map(|m| format!(" (valid from {})", Moment(m))).unwrap_or_default())]
    NotYetValid {
        /// The first moment of validity, when known.
        until: Option<SystemTime>,
    },
    /// The server's certificate is revoked.
    #[error("the server's certificate is revoked")]
    Revoked,
    /// A key or signature algorithm that is not supported, such as P-521 or SHA-1.
    #[error("the server's certificate uses a key or signature algorithm that is not supported")]
    UnsupportedAlgorithm,
    /// Another fault of the server's certificate.
    #[error("the server's certificate was refused: {0}")]
    Certificate(&'static str),
    /// Client and server have no TLS version in common.
    #[error("no common TLS version: this client speaks 1.2 and 1.3")]
    NoCommonVersion,
    /// Client and server have no cipher suite or signature scheme in common.
    #[error("no common cipher suite or signature algorithm")]
    NoCommonSuite,
    /// The server sent an alert about our certificate.
    #[error("the server rejected our client certificate (alert: {alert}){}", .expired.map(|m| format!("; it expired on {}", Moment(m))).unwrap_or_default())]
    ClientCertificateRejected {
        /// The alert's name, such as `UnknownCA`.
        alert: String,
        /// The end of our certificate's validity, when that is past.
        expired: Option<SystemTime>,
    },
    /// What answers there does not speak TLS.
    #[error("the answer is not TLS")]
    NotTls,
    /// The server ended the handshake or the connection with another alert.
    #[error("the server sent the TLS alert {alert}")]
    Alert {
        /// The alert's name.
        alert: String,
    },
    /// The server broke the TLS protocol, or a record was damaged on the way.
    #[error("the TLS protocol was broken")]
    Protocol,
}

impl TlsFault {
    /// What the operator can do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::CertificateVersion1 => {
                "re-issue the server certificate as version 3: openssl x509 -req with -extfile that has subjectAltName and extendedKeyUsage=serverAuth"
            }
            Self::NoSubjectAltName { .. } => {
                "re-issue the server certificate with subjectAltName=DNS:host or IP:address; a common name (CN) does not count"
            }
            Self::IpAddressAsDnsName { .. } => {
                "re-issue the server certificate with subjectAltName=IP:address, or connect by a DNS name in the certificate"
            }
            Self::WrongHost { .. } => {
                "connect by a name in the certificate, or re-issue it with this name as subjectAltName"
            }
            Self::WrongPurpose => {
                "re-issue the server certificate with extendedKeyUsage=serverAuth"
            }
            Self::CaAsServer => {
                "make a CA and a server certificate signed by it; a self-signed certificate cannot serve as both"
            }
            Self::UnknownIssuer { .. } | Self::BadSignature => {
                "put the certificate of the CA that signed the server's certificate into the CA file, and let the server send its intermediate certificates; compare: openssl s_client -connect HOST:PORT -showcerts"
            }
            Self::Expired { .. } => {
                "renew the server's certificate, and check this machine's clock"
            }
            Self::NotYetValid { .. } => "check the clocks of this machine and of the CA",
            Self::Revoked => "issue a new server certificate",
            Self::UnsupportedAlgorithm => {
                "use P-256, P-384, RSA (2048 bits or more) or Ed25519 with SHA-256 or better; for Vault set tls_ca_key_bits=256"
            }
            Self::Certificate(_) => "re-issue the server's certificate",
            Self::NoCommonVersion => "let the server offer TLS 1.2 or 1.3",
            Self::NoCommonSuite => {
                "the server may offer only CBC or RSA key exchange, or have a P-521 key: give it an ECDSA P-256 certificate (PyKMIP needs one), ECDHE with GCM, or TLS 1.3"
            }
            Self::ClientCertificateRejected {
                expired: Some(_), ..
            } => "renew the client certificate",
            Self::ClientCertificateRejected { .. } => {
                "let the server trust the CA of our client certificate (its CA setting), and give the certificate extendedKeyUsage=clientAuth"
            }
            Self::NotTls => "check host and port: KMIP over TLS listens on 5696 by default",
            Self::Alert { .. } | Self::Protocol => "look at the server's log for this connection",
        }
    }

    /// Classifies a failure during the handshake.
    pub(crate) fn in_handshake(error: &TlsError, facts: &FaultFacts<'_>) -> Self {
        match error {
            TlsError::InvalidCertificate(error) => Self::of_certificate(error, facts),
            TlsError::AlertReceived(alert) => Self::of_alert(*alert, facts),
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
        Self::ClientCertificateRejected {
            alert: format!("{alert:?}"),
            expired: facts.identity_expired,
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
            Fault::UnknownIssuer => Self::UnknownIssuer {
                subjects: facts.subjects.to_vec(),
            },
            Fault::BadSignature => Self::BadSignature,
            Fault::Expired => Self::Expired { since: None },
            Fault::ExpiredContext { not_after, .. } => Self::Expired {
                since: system_time(*not_after),
            },
            Fault::NotValidYet => Self::NotYetValid { until: None },
            Fault::NotValidYetContext { not_before, .. } => Self::NotYetValid {
                until: system_time(*not_before),
            },
            Fault::Revoked => Self::Revoked,
            Fault::UnsupportedSignatureAlgorithmContext { .. }
            | Fault::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
                Self::UnsupportedAlgorithm
            }
            Fault::UnhandledCriticalExtension => {
                Self::Certificate("a critical extension in it is not known")
            }
            Fault::BadEncoding => Self::Certificate("it is not valid DER"),
            Fault::Other(other) if is_version_1(&*other.0) => Self::CertificateVersion1,
            Fault::Other(other) if format!("{:?}", other.0) == "CaUsedAsEndEntity" => {
                Self::CaAsServer
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

/// What a fault's text needs to know beyond rustls's error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FaultFacts<'a> {
    /// Distinguished names in the CA file.
    pub(crate) subjects: &'a [String],
    /// The end of our certificate's validity, when that is past.
    pub(crate) identity_expired: Option<SystemTime>,
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
    SystemTime::UNIX_EPOCH.checked_add(std::time::Duration::from_secs(moment.as_secs()))
}
