//! P-521, as Vault makes its CA and its client keys: with the provider that is named, and not
//! with the other one, though both are built in.

use std::sync::Arc;
use std::time::Duration;

use rcgen::KeyPair;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::SigningKey;
use rustls::{RootCertStore, ServerConfig, SignatureScheme};
use strongroom_client::{
    Cause, Client, ClientOptions, Identity, IdentityErrorKind, ServerList, TlsFault, TlsProvider,
    Trust,
};

use crate::forge::{ECDSA_SHA512, Forged, tlv};
use crate::identities::pem;
use crate::peer::{Peer, hello};
use crate::pki::{Ca, World};

/// A key on P-521, which rcgen has only with AWS-LC.
struct Key {
    pkcs8: Vec<u8>,
    signing: Arc<dyn SigningKey>,
}

impl Key {
    /// The scalar is the public point of a fresh P-256 key, which is random enough for a test.
    fn generate() -> Self {
        let random = KeyPair::generate().unwrap().serialize_der();
        let scalar = [[0, 0].as_slice(), &random[random.len() - 64..]].concat();
        let ec_key = tlv(0x30, &[tlv(2, &[1]), tlv(4, &scalar)].concat());
        let algorithm =
            b"\x30\x10\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x05\x2B\x81\x04\x00\x23".to_vec();
        let pkcs8 = tlv(0x30, &[tlv(2, &[0]), algorithm, tlv(4, &ec_key)].concat());
        let der = PrivatePkcs8KeyDer::from(pkcs8.clone()).into();
        let signing = aws_lc_rs::sign::any_supported_type(&der).unwrap();
        Self { pkcs8, signing }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let schemes = [SignatureScheme::ECDSA_NISTP521_SHA512];
        let signer = self.signing.choose_scheme(&schemes).unwrap();
        signer.sign(message).unwrap()
    }

    fn public(&self) -> Vec<u8> {
        self.signing.public_key().unwrap().to_vec()
    }
}

/// A CA on P-521 that signs what another CA of its name made.
struct Vault {
    ca: Ca,
    key: Key,
    der: CertificateDer<'static>,
}

impl Vault {
    fn new(world: &World) -> Self {
        let (ca, key) = (Ca::new("vault CA"), Key::generate());
        let root = Forged::of(&ca.der).certifying(&key.public());
        let der = root
            .signed_by(ECDSA_SHA512)
            .signed_with(|message| key.sign(message));
        world.file("vault.pem", &pem("CERTIFICATE", &der));
        Self { ca, key, der }
    }

    /// The same certificate, for `key` where one is given, signed on P-521.
    fn sign(&self, made: &CertificateDer<'_>, key: Option<&Key>) -> CertificateDer<'static> {
        let mut forged = Forged::of(made).signed_by(ECDSA_SHA512);
        if let Some(key) = key {
            forged = forged.certifying(&key.public());
        }
        forged.signed_with(|message| self.key.sign(message))
    }

    /// A fresh client certificate with its key in one file.
    fn client_file(&self, world: &World) {
        let key = Key::generate();
        let certificate = self.sign(&self.ca.client().der, Some(&key));
        let text = pem("CERTIFICATE", &certificate) + &pem("PRIVATE KEY", &key.pkcs8);
        world.file("p521.pem", &text);
    }

    fn serves(&self, certificate: CertificateDer<'static>, pkcs8: Vec<u8>) -> Arc<ServerConfig> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(rustls::ALL_VERSIONS)
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![certificate], PrivatePkcs8KeyDer::from(pkcs8).into())
            .unwrap();
        Arc::new(config)
    }

    /// A server whose key is on P-521 too.
    async fn server(&self) -> Peer {
        let key = Key::generate();
        let certificate = self.sign(&self.ca.server().der, Some(&key));
        Peer::start(self.serves(certificate, key.pkcs8), vec![hello()]).await
    }
}

fn client(world: &World, identity: Identity, peer: &Peer) -> Client {
    Client::builder()
        .servers(ServerList::parse(&peer.address(), 5696).unwrap())
        .trust(Trust::from_ca_file(world.path("vault.pem")).unwrap())
        .identity(identity)
        .options(ClientOptions::default().connect_timeout(Duration::from_secs(10)))
        .build()
        .unwrap()
}

#[tokio::test]
async fn aws_lc_connects_to_what_vault_makes() {
    let world = World::new();
    let vault = Vault::new(&world);
    vault.client_file(&world);
    let peer = vault.server().await;
    let identity =
        Identity::from_files_with(TlsProvider::AwsLcRs, world.path("p521.pem"), None, None)
            .unwrap();
    assert_eq!(identity.provider(), TlsProvider::AwsLcRs);
    let client = client(&world, identity, &peer);
    client.connect().await.unwrap().close().await;

    // A renewed key is read by the same provider.
    vault.client_file(&world);
    client.connect().await.unwrap();
    assert!(client.renewal().failure.is_none());
}

#[tokio::test]
async fn ring_stays_what_it_is_beside_it() {
    let world = World::new();
    let vault = Vault::new(&world);
    vault.client_file(&world);
    let error = Identity::from_files(world.path("p521.pem"), None, None).unwrap_err();
    assert!(matches!(error.kind, IdentityErrorKind::P521Key), "{error}");
    assert!(error.help().contains("aws-lc-rs"), "{}", error.help());

    let identity = Identity::from_files(world.path("client.pem"), None, None).unwrap();
    assert_eq!(identity.provider(), TlsProvider::Ring);
    let peer = vault.server().await;
    let error = client(&world, identity.clone(), &peer)
        .connect()
        .await
        .unwrap_err();
    assert!(
        matches!(
            error.cause(),
            Cause::Tls {
                fault: TlsFault::NoCommonSuite,
                ..
            }
        ),
        "{error}"
    );

    // A server key that ring knows, signed by a CA that it does not.
    let p256 = vault.ca.server();
    let certificate = vault.sign(&p256.der, None);
    let config = vault.serves(certificate, p256.key.serialize_der());
    let peer = Peer::start(config, vec![hello()]).await;
    let error = client(&world, identity, &peer).connect().await.unwrap_err();
    match error.cause() {
        Cause::Tls {
            fault: TlsFault::P521 { subject },
            ..
        } => assert_eq!(subject, "CN=vault CA"),
        other => panic!("{other:?}"),
    }
}
