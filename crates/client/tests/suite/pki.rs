//! Throw-away CAs, certificates and PEM files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationList,
    CertificateRevocationListParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevocationReason, RevokedCertParams, SanType,
    SerialNumber, date_time_ymd,
};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SigningKey, SingleCertAndKey};
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use strongroom_client::{Client, ClientBuilder, ClientOptions, Identity, ServerList, Trust};
use tempfile::TempDir;

/// A CA that signs leaves.
pub(crate) struct Ca {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
    pub(crate) der: CertificateDer<'static>,
}

impl Ca {
    pub(crate) fn new(name: &str) -> Self {
        let params = ca_params(name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self::of(&certificate, params, key)
    }

    /// A CA that this one signed.
    pub(crate) fn intermediate(&self, params: CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Self::of(&certificate, params, key)
    }

    fn of(certificate: &rcgen::Certificate, params: CertificateParams, key: KeyPair) -> Self {
        Self {
            pem: certificate.pem(),
            der: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    pub(crate) fn key(&self) -> &KeyPair {
        self.issuer.key()
    }

    /// A list that revokes the certificates with these serial numbers.
    pub(crate) fn crl(&self, serials: &[u64], next_year: i32) -> CertificateRevocationList {
        let revoked = serials.iter().map(|serial| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time: date_time_ymd(2020, 1, 1),
            reason_code: Some(RevocationReason::KeyCompromise),
            invalidity_date: None,
        });
        CertificateRevocationListParams {
            this_update: date_time_ymd(2020, 1, 1),
            next_update: date_time_ymd(next_year, 1, 1),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        }
        .signed_by(&self.issuer)
        .unwrap()
    }

    pub(crate) fn sign(&self, params: &CertificateParams) -> Leaf {
        self.sign_for(params, KeyPair::generate().unwrap())
    }

    pub(crate) fn sign_for(&self, params: &CertificateParams, key: KeyPair) -> Leaf {
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Leaf {
            pem: certificate.pem(),
            der: certificate.der().clone(),
            key,
        }
    }

    /// A good server certificate for this key.
    pub(crate) fn server_on(&self, key: KeyPair) -> Leaf {
        self.sign_for(&server_params(&["127.0.0.1"]), key)
    }

    /// A good server certificate for `localhost` and 127.0.0.1.
    pub(crate) fn server(&self) -> Leaf {
        self.sign(&server_params(&["localhost", "127.0.0.1"]))
    }

    /// A good client certificate.
    pub(crate) fn client(&self) -> Leaf {
        self.sign(&client_params())
    }
}

/// A certificate and its key.
pub(crate) struct Leaf {
    pub(crate) pem: String,
    pub(crate) der: CertificateDer<'static>,
    pub(crate) key: KeyPair,
}

impl Leaf {
    pub(crate) fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// Certificate and key in one text.
    pub(crate) fn combined(&self) -> String {
        self.pem.clone() + &self.key_pem()
    }

    /// What a server needs to show it.
    pub(crate) fn served(&self) -> Served {
        Served {
            chain: vec![self.der.clone()],
            key: any_supported_type(&self.key_der()).unwrap(),
        }
    }

    fn key_der(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.serialize_der()).into()
    }
}

/// What a server shows, right or wrong, and the key that it signs with.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: Arc<dyn SigningKey>,
}

impl Served {
    /// Shows the certificate of `ca` after what it shows already.
    pub(crate) fn and(mut self, ca: &Ca) -> Self {
        self.chain.push(ca.der.clone());
        self
    }

    /// Shows this certificate as its own.
    pub(crate) fn showing(mut self, der: CertificateDer<'static>) -> Self {
        self.chain[0] = der;
        self
    }

    /// Signs with this key, whether it fits or not.
    pub(crate) fn with_key(mut self, key: Arc<dyn SigningKey>) -> Self {
        self.key = key;
        self
    }

    /// A server configuration that demands client certificates from `client_ca`.
    pub(crate) fn config(self, client_ca: &Ca) -> Arc<ServerConfig> {
        self.config_at(client_ca, rustls::ALL_VERSIONS)
    }

    /// The same with these versions of TLS.
    pub(crate) fn config_at(
        self,
        client_ca: &Ca,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Arc<ServerConfig> {
        let certified = CertifiedKey::new(self.chain, self.key);
        let mut config =
            Arc::unwrap_or_clone(server_config(&client_ca.server(), client_ca, versions));
        // Unlike `with_single_cert`, this does not ask whether they fit.
        config.cert_resolver = Arc::new(SingleCertAndKey::from(certified));
        Arc::new(config)
    }
}

/// For a CA without limits.
pub(crate) fn ca_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

pub(crate) fn named(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

/// For names; an IP address among them becomes an IP SAN.
pub(crate) fn server_params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = named("kms");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

pub(crate) fn client_params() -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = named("node-1");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params
}

pub(crate) fn dns_san(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

/// A server configuration that demands client certificates from `client_ca`.
pub(crate) fn server_config(
    leaf: &Leaf,
    client_ca: &Ca,
    versions: &[&'static SupportedProtocolVersion],
) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(client_ca.der.clone()).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![leaf.der.clone()], leaf.key_der())
        .unwrap();
    Arc::new(config)
}

/// The files of a good client, and the CA behind both sides.
pub(crate) struct World {
    pub(crate) dir: TempDir,
    pub(crate) ca: Ca,
}

impl World {
    pub(crate) fn new() -> Self {
        let world = Self {
            dir: tempfile::tempdir().unwrap(),
            ca: Ca::new("test CA"),
        };
        world.file("ca.pem", &world.ca.pem);
        world.file("client.pem", &world.ca.client().combined());
        world
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        Path::new(self.dir.path()).join(name)
    }

    /// A server configuration that a good client can talk to.
    pub(crate) fn server(&self) -> Arc<ServerConfig> {
        server_config(&self.ca.server(), &self.ca, rustls::ALL_VERSIONS)
    }

    pub(crate) fn client(&self, servers: &str, options: ClientOptions) -> Client {
        self.client_with("ca.pem", "client.pem", servers, options)
    }

    /// A builder with all it needs, for what no other helper sets.
    pub(crate) fn builder(&self, servers: &str, options: ClientOptions) -> ClientBuilder {
        Client::builder()
            .servers(ServerList::parse(servers, 5696).unwrap())
            .trust(Trust::from_ca_file(self.path("ca.pem")).unwrap())
            .identity(Identity::from_files(self.path("client.pem"), None, None).unwrap())
            .options(options)
    }

    pub(crate) fn client_with(
        &self,
        ca: &str,
        identity: &str,
        servers: &str,
        options: ClientOptions,
    ) -> Client {
        let trust = Trust::from_ca_file(self.path(ca)).unwrap();
        self.client_trusting(trust, identity, servers, options)
    }

    pub(crate) fn client_trusting(
        &self,
        trust: Trust,
        identity: &str,
        servers: &str,
        options: ClientOptions,
    ) -> Client {
        Client::builder()
            .servers(ServerList::parse(servers, 5696).unwrap())
            .trust(trust)
            .identity(Identity::from_files(self.path(identity), None, None).unwrap())
            .options(options)
            .build()
            .unwrap()
    }
}
