//! A CA in memory, and the leaves that it signs.
//!
//! May touch: the random source. The clock is a parameter.

use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType, SerialNumber,
    date_time_ymd,
};
use ring::rand::{SecureRandom, SystemRandom};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_cert::der::Decode;
use zeroize::Zeroizing;

use super::DevError;

/// Certificates begin to be valid this long before they are made, for clocks that differ.
const BACKDATED: Duration = Duration::from_secs(60 * 60);
/// And end this long after.
const LIFETIME: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// Last second for which certificates are made: 9998-01-01.
const LATEST_SECOND: u64 = 253_339_228_800;

/// What a leaf certificate says. ECDSA P-256; valid from one hour ago for one year.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leaf {
    /// Subject CN, if any.
    pub common_name: Option<String>,
    /// Subject alternative names: IP addresses and DNS names.
    pub alternative_names: Vec<String>,
    /// Extended key usage serverAuth.
    pub server_auth: bool,
    /// Extended key usage clientAuth.
    pub client_auth: bool,
}

impl Leaf {
    /// A client certificate; `common_name` becomes the owner of what the client creates.
    #[must_use]
    pub fn client(common_name: &str) -> Self {
        Self {
            common_name: Some(common_name.to_owned()),
            alternative_names: Vec::new(),
            server_auth: false,
            client_auth: true,
        }
    }

    /// A server certificate for `localhost`, `127.0.0.1` and `::1`.
    #[must_use]
    pub fn server() -> Self {
        let alternative_names = ["localhost", "127.0.0.1", "::1"]
            .map(str::to_owned)
            .to_vec();
        Self {
            common_name: Some("localhost".to_owned()),
            alternative_names,
            server_auth: true,
            client_auth: false,
        }
    }
}

/// A certificate with its private key.
pub struct Issued {
    certificate: CertificateDer<'static>,
    certificate_pem: String,
    key_pem: Zeroizing<String>,
}

impl Issued {
    fn new(certificate: &Certificate, key: &KeyPair) -> Self {
        Self {
            certificate: certificate.der().clone(),
            certificate_pem: certificate.pem(),
            key_pem: Zeroizing::new(key.serialize_pem()),
        }
    }

    /// The certificate as PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The certificate as DER.
    #[must_use]
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// The private key as PKCS #8 PEM.
    #[must_use]
    pub fn key_pem(&self) -> &str {
        &self.key_pem
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Issued(certificate of {} octets)",
            self.certificate.len()
        )
    }
}

/// A development CA. Its key signs server and client certificates; nothing else trusts it.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate_pem: String,
    now: Duration,
}

impl Authority {
    /// Makes a new CA.
    ///
    /// # Errors
    ///
    /// [`DevError::Clock`], [`DevError::Generation`].
    pub fn generate(now: SystemTime) -> Result<Self, DevError> {
        let key = KeyPair::generate().map_err(DevError::Generation)?;
        Self::with_key(key, now)
    }

    /// A new CA certificate over an existing key.
    pub(super) fn with_key(key: KeyPair, now: SystemTime) -> Result<Self, DevError> {
        let now = since_epoch(now)?;
        let mut number = [0; 4];
        random(&mut number)?;
        let name = format!(
            "Strongroom development CA {:08x}",
            u32::from_be_bytes(number)
        );
        let mut params = blank(Some(&name), now)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).map_err(DevError::Generation)?;
        Ok(Self {
            certificate_pem: certificate.pem(),
            issuer: Issuer::new(params, key),
            now,
        })
    }

    /// Takes up a CA that [`Self::generate`] made, from its PEM texts; `path` is for errors.
    pub(super) fn from_pem(
        pem: (&str, &str),
        path: &Path,
        now: SystemTime,
    ) -> Result<Self, DevError> {
        let unusable = |what| DevError::Unusable {
            path: path.to_owned(),
            what,
        };
        let (certificate_pem, key_pem) = pem;
        let now = since_epoch(now)?;
        let key = KeyPair::from_pem(key_pem).map_err(|_| unusable("not the CA's key as PEM"))?;
        let certificate = CertificateDer::from_pem_slice(certificate_pem.as_bytes())
            .map_err(|_| unusable("not a certificate as PEM"))?;
        let parsed = x509_cert::Certificate::from_der(&certificate)
            .map_err(|_| unusable("not an X.509 certificate"))?;
        let fields = parsed.tbs_certificate();
        if fields
            .subject_public_key_info()
            .subject_public_key
            .raw_bytes()
            != key.public_key_raw()
        {
            return Err(unusable("the CA certificate and the CA key do not fit"));
        }
        let name = match fields.subject().common_name() {
            Ok(Some(name)) if fields.subject().len() == 1 => name.value().into_owned(),
            _ => {
                return Err(unusable(
                    "this CA was not made here, so nothing can be issued from it",
                ));
            }
        };
        let params = blank(Some(&name), now)?;
        Ok(Self {
            certificate_pem: certificate_pem.to_owned(),
            issuer: Issuer::new(params, key),
            now,
        })
    }

    /// The CA certificate as PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The CA key as PKCS #8 PEM.
    pub(super) fn key_pem(&self) -> Zeroizing<String> {
        Zeroizing::new(self.issuer.key().serialize_pem())
    }

    /// Makes a key and signs a certificate for it.
    ///
    /// # Errors
    ///
    /// [`DevError::Generation`].
    pub fn issue(&self, leaf: &Leaf) -> Result<Issued, DevError> {
        let key = KeyPair::generate().map_err(DevError::Generation)?;
        self.issue_for(leaf, &key)
    }

    /// Signs a certificate for an existing key.
    pub(super) fn issue_for(&self, leaf: &Leaf, key: &KeyPair) -> Result<Issued, DevError> {
        let mut params = blank(leaf.common_name.as_deref(), self.now)?;
        for name in &leaf.alternative_names {
            params.subject_alt_names.push(alternative_name(name)?);
        }
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        if leaf.server_auth {
            params
                .extended_key_usages
                .push(ExtendedKeyUsagePurpose::ServerAuth);
        }
        if leaf.client_auth {
            params
                .extended_key_usages
                .push(ExtendedKeyUsagePurpose::ClientAuth);
        }
        let certificate = params
            .signed_by(key, &self.issuer)
            .map_err(DevError::Generation)?;
        Ok(Issued::new(&certificate, key))
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

fn since_epoch(now: SystemTime) -> Result<Duration, DevError> {
    match now.duration_since(UNIX_EPOCH) {
        Ok(now) if now.as_secs() <= LATEST_SECOND => Ok(now),
        _ => Err(DevError::Clock),
    }
}

fn random(octets: &mut [u8]) -> Result<(), DevError> {
    SystemRandom::new()
        .fill(octets)
        .map_err(|_| DevError::Generation(rcgen::Error::RingUnspecified))
}

fn alternative_name(name: &str) -> Result<SanType, DevError> {
    if let Ok(address) = name.parse() {
        return Ok(SanType::IpAddress(address));
    }
    name.try_into()
        .map(SanType::DnsName)
        .map_err(DevError::Generation)
}

/// Parameters with name, serial number and validity set, and nothing else.
fn blank(common_name: Option<&str>, now: Duration) -> Result<CertificateParams, DevError> {
    let mut serial = [0; 16];
    random(&mut serial)?;
    // A positive number of full length (RFC 5280, 4.1.2.2).
    if let Some(first) = serial.first_mut() {
        *first = (*first & 0x7F) | 0x40;
    }
    let mut params = CertificateParams::default();
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.distinguished_name = DistinguishedName::new();
    if let Some(name) = common_name {
        params.distinguished_name.push(DnType::CommonName, name);
    }
    let epoch = date_time_ymd(1970, 1, 1);
    let (from, until) = (now.saturating_sub(BACKDATED), now.saturating_add(LIFETIME));
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "since_epoch bounds `now`, so both dates lie between 1970 and 9999"
    )]
    {
        params.not_before = epoch + from;
        params.not_after = epoch + until;
    }
    Ok(params)
}
