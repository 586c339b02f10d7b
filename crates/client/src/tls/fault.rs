//! What a TLS failure means for the operator, and the mend.
//!
//! May touch: nothing. No rustls type appears in the public signatures.

use std::fmt;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::certificate::Moment;
use crate::fingerprint::Fingerprint;

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
    #[error("the server shows a CA certificate as its own{}", Sha256(*fingerprint))]
    CaAsServer {
        /// What a pin of it would be.
        fingerprint: Option<Fingerprint>,
    },
    /// The server's certificate is signed by its own key and is not in the CA file.
    #[error("the server's certificate is self-signed and not in the CA file {}{}", ca_file.display(), Sha256(Some(*fingerprint)))]
    SelfSigned {
        /// The configured CA file.
        ca_file: PathBuf,
        /// What a pin of it would be.
        fingerprint: Fingerprint,
    },
    /// The server sent its whole chain, up to a CA that is not in the CA file.
    #[error("the server's certificates come from the CA {root:?}, which is not in the CA file {}; the file has: {}", ca_file.display(), subjects.join("; "))]
    UnknownCa {
        /// Distinguished name of the self-signed certificate at the end of the chain.
        root: String,
        /// The configured CA file.
        ca_file: PathBuf,
        /// Distinguished names of the certificates in the CA file.
        subjects: Vec<String>,
    },
    /// Neither the server nor the CA file has the certificate that signed the last one of the
    /// server's chain.
    #[error("the chain of the server's certificate breaks off: neither the server sent the certificate of {issuer:?} nor has the CA file {} it; the file has: {}", ca_file.display(), subjects.join("; "))]
    MissingIssuer {
        /// Distinguished name of the signer.
        issuer: String,
        /// The configured CA file.
        ca_file: PathBuf,
        /// Distinguished names of the certificates in the CA file.
        subjects: Vec<String>,
    },
    /// The signature on the server's certificate is not that CA's.
    #[error(
        "the signature of the server's certificate does not verify: another CA of the same name, or a forgery"
    )]
    BadSignature,
    /// The server's certificate is none of the pinned ones.
    #[error(
        "the server shows the certificate with SHA-256 {presented}, which is not pinned ({pins} pinned)"
    )]
    NotPinned {
        /// What the server showed.
        presented: Fingerprint,
        /// How many are pinned.
        pins: usize,
    },
    /// The server's certificate, or one that signed it, is past its time.
    #[error("{} expired{}", Whose(issuer), On(*since))]
    Expired {
        /// The last moment of validity, when known.
        since: Option<SystemTime>,
        /// Distinguished name of the expired certificate, when it is one that signed the server's.
        issuer: Option<String>,
    },
    /// The server's certificate, or one that signed it, is before its time.
    #[error("{} is not valid yet{}", Whose(issuer), .until.map(|m| format!(" (valid from {})", Moment(m))).unwrap_or_default())]
    NotYetValid {
        /// The first moment of validity, when known.
        until: Option<SystemTime>,
        /// Distinguished name of that certificate, when it is one that signed the server's.
        issuer: Option<String>,
    },
    /// The server's certificate, or one that signed it, is revoked.
    #[error("the server's certificate, or one that signed it, is revoked by a list in the CRL file {}", crl_file.display())]
    Revoked {
        /// The configured CRL file.
        crl_file: PathBuf,
    },
    /// The CRL file has no list by the issuer of one of the server's certificates.
    #[error("the CRL file {} has no list for every issuer of the server's chain; it has those of: {}", crl_file.display(), issuers.join("; "))]
    NoRevocationList {
        /// The configured CRL file.
        crl_file: PathBuf,
        /// Whose lists the file has.
        issuers: Vec<String>,
    },
    /// Next Update of a revocation list is past.
    #[error("a revocation list in the CRL file {} is out of date{}", crl_file.display(), .since.map(|m| format!(": its next update was due on {}", Moment(m))).unwrap_or_default())]
    RevocationListExpired {
        /// The configured CRL file.
        crl_file: PathBuf,
        /// Its Next Update, when known.
        since: Option<SystemTime>,
    },
    /// A revocation list is not signed by the CA that it names, or that CA may not sign lists.
    #[error("a revocation list in the CRL file {} is not one by its issuer: the signature does not verify, or that CA may not sign lists", crl_file.display())]
    RevocationListForged {
        /// The configured CRL file.
        crl_file: PathBuf,
    },
    /// A certificate of the chain is signed with a broken hash.
    #[error("the certificate of {subject:?} is signed by {algorithm}, which is too weak")]
    WeakSignature {
        /// Distinguished name of its holder.
        subject: String,
        /// Such as `RSA with SHA-1`.
        algorithm: &'static str,
    },
    /// An RSA key of less than 2048 bits.
    #[error("the certificate of {subject:?} has an RSA key of {bits} bits, which is too short")]
    ShortRsaKey {
        /// Distinguished name of its holder.
        subject: String,
        /// Length of the modulus.
        bits: usize,
    },
    /// A key on P-521, which ring lacks.
    #[error("the certificate of {subject:?} has an ECDSA P-521 key, which ring does not have")]
    P521 {
        /// Distinguished name of its holder.
        subject: String,
    },
    /// A CA of the chain may sign only for other names.
    #[error("the server's certificate has a name that its CA may not sign for (name constraints)")]
    NameConstraints,
    /// A certificate that signed another one is not that of a CA.
    #[error(
        "a certificate that is not a CA's (basicConstraints CA:TRUE) signed the server's certificate"
    )]
    SignerIsNotCa,
    /// More CAs stand in the chain than one of them allows.
    #[error("the server's chain is longer than one of its CAs allows (pathlen)")]
    ChainTooLong,
    /// Another key or signature algorithm that is not supported.
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
    #[error("the server rejected our client certificate {} (alert: {alert}){}", file.display(), .expired.map(|m| format!("; it expired on {}", Moment(m))).unwrap_or_default())]
    ClientCertificateRejected {
        /// The file of our certificate.
        file: PathBuf,
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
            Self::Certificate(_) => "re-issue the server's certificate",
            Self::NoCommonVersion => "let the server offer TLS 1.2 or 1.3",
            Self::NoCommonSuite => {
                "the server may offer only CBC or RSA key exchange, or have a P-521 key: give it an ECDSA P-256 certificate (PyKMIP needs one), ECDHE with GCM, or TLS 1.3; for P-521 there is the feature aws-lc-rs"
            }
            Self::ClientCertificateRejected {
                expired: Some(_), ..
            } => "renew the client certificate",
            Self::ClientCertificateRejected { .. } => {
                "let the server trust the CA of our client certificate (its CA setting), and give the certificate extendedKeyUsage=clientAuth"
            }
            Self::NotTls => "check host and port: KMIP over TLS listens on 5696 by default",
            Self::Alert { .. } | Self::Protocol => "look at the server's log for this connection",
            _ => self.help_with_chain(),
        }
    }

    /// What to do about the server's chain, its cryptography and its revocation.
    fn help_with_chain(&self) -> &'static str {
        match self {
            Self::CaAsServer { .. } | Self::SelfSigned { .. } => {
                "make a CA and a server certificate signed by it, or pin this certificate by its SHA-256"
            }
            Self::UnknownCa { .. } => {
                "put the certificate of that CA into the CA file, if it is the CA of your key server; its own certificate: openssl s_client -connect HOST:PORT -showcerts"
            }
            Self::MissingIssuer { .. } => {
                "if that is an intermediate CA, let the server send its certificate after its own; if it is the CA itself, put its certificate into the CA file; what the server sends: openssl s_client -connect HOST:PORT -showcerts"
            }
            Self::BadSignature => {
                "compare the CA file with the CA that signed the server's certificate: openssl verify -CAfile CA SERVER"
            }
            Self::NotPinned { .. } => {
                "if the server was given this certificate, pin its SHA-256 besides the old one; if not, someone else answers there"
            }
            Self::Expired { issuer: None, .. } => {
                "renew the server's certificate, and check this machine's clock"
            }
            Self::Expired { .. } => {
                "renew that certificate at the CA and let the server send the new one, and check this machine's clock"
            }
            Self::NotYetValid { .. } => "check the clocks of this machine and of the CA",
            Self::Revoked { .. } => {
                "find out why it was revoked, then issue a new server certificate"
            }
            Self::NoRevocationList { .. } => {
                "append the list of each CA of the chain, intermediates too, to the CRL file"
            }
            Self::RevocationListExpired { .. } => {
                "fetch the CA's current list into the CRL file, and check this machine's clock"
            }
            Self::RevocationListForged { .. } => {
                "fetch the list again from the CA that is in the CA file; the CA's key usage needs cRLSign"
            }
            Self::WeakSignature { .. } => "sign that certificate again with SHA-256 or better",
            Self::ShortRsaKey { .. } => {
                "issue that certificate for an RSA key of 2048 bits or more, or for P-256"
            }
            Self::P521 { .. } => {
                "use P-256, P-384 or RSA (for Vault: tls_ca_key_bits=256), or build with the feature aws-lc-rs and choose that provider"
            }
            Self::NameConstraints => {
                "connect by a name that the CA may sign for, or have the certificate issued by another CA"
            }
            Self::SignerIsNotCa => {
                "have the server's certificate issued by a CA (basicConstraints=critical,CA:TRUE)"
            }
            Self::ChainTooLong => {
                "issue the server's certificate from a CA higher up, or re-issue the CA with a larger pathlen"
            }
            Self::UnsupportedAlgorithm => {
                "use P-256, P-384, RSA (2048 bits or more) or Ed25519 with SHA-256 or better"
            }
            _ => "re-issue the server's certificate",
        }
    }
}

/// `, SHA-256 AB:CD:...` where a fingerprint is known.
struct Sha256(Option<Fingerprint>);

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(fingerprint) => write!(f, ", SHA-256 {fingerprint}"),
            None => Ok(()),
        }
    }
}

/// The server's certificate, or that of one who signed it.
struct Whose<'a>(&'a Option<String>);

impl fmt::Display for Whose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(issuer) => write!(
                f,
                "the certificate of {issuer:?}, which signed the server's,"
            ),
            None => f.write_str("the server's certificate"),
        }
    }
}

/// ` on 2026-11-24T00:00:00Z` where the moment is known.
struct On(Option<SystemTime>);

impl fmt::Display for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(moment) => write!(f, " on {}", Moment(moment)),
            None => Ok(()),
        }
    }
}
