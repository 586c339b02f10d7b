//! P-521, as Vault makes its CA and its client keys: with the provider that is named, and not
//! with the other one, though both are built in.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{KeyPair, PKCS_ECDSA_P521_SHA512};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use strongroom_client::{
    Cause, Client, ClientOptions, Identity, IdentityErrorKind, ServerList, TlsFault, TlsProvider,
    Trust,
};

use crate::peer::{Peer, hello};
use crate::pki::{Ca, Leaf, World, client_params, server_params};

fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap()
}

/// CA, server and client certificate, all on P-521, and the client's files.
fn vault(world: &World) -> (Ca, Leaf) {
    let ca = Ca::on("vault CA", key());
    world.file("vault.pem", &ca.pem);
    let client = ca.sign_for(&client_params(), key());
    world.file("p521.pem", &client.combined());
    let server = ca.sign_for(&server_params(&["127.0.0.1"]), key());
    (ca, server)
}

fn server_config(ca: &Ca, leaf: &Leaf) -> Arc<ServerConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(ca.der.clone()).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .unwrap();
    let key = PrivatePkcs8KeyDer::from(leaf.key.serialize_der()).into();
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(rustls::ALL_VERSIONS)
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![leaf.der.clone()], key)
        .unwrap();
    Arc::new(config)
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
    let (ca, server) = vault(&world);
    let peer = Peer::start(server_config(&ca, &server), vec![hello()]).await;
    let identity =
        Identity::from_files_with(TlsProvider::AwsLcRs, world.path("p521.pem"), None, None)
            .unwrap();
    assert_eq!(identity.provider(), TlsProvider::AwsLcRs);
    let client = client(&world, identity, &peer);
    client.connect().await.unwrap().close().await;

    // A renewed key is read by the same provider.
    let renewed = ca.sign_for(&client_params(), key());
    world.file("p521.pem", &renewed.combined());
    client.connect().await.unwrap();
    assert!(client.renewal().failure.is_none());
}

#[tokio::test]
async fn ring_stays_what_it_is_beside_it() {
    let world = World::new();
    let (ca, server) = vault(&world);
    let error = Identity::from_files(world.path("p521.pem"), None, None).unwrap_err();
    assert!(matches!(error.kind, IdentityErrorKind::P521Key), "{error}");
    assert!(error.help().contains("aws-lc-rs"), "{}", error.help());

    let identity = Identity::from_files(world.path("client.pem"), None, None).unwrap();
    assert_eq!(identity.provider(), TlsProvider::Ring);
    let peer = Peer::start(server_config(&ca, &server), vec![hello()]).await;
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
    let p256 = ca.server();
    let peer = Peer::start(server_config(&ca, &p256), vec![hello()]).await;
    let error = client(&world, identity, &peer).connect().await.unwrap_err();
    match error.cause() {
        Cause::Tls {
            fault: TlsFault::P521 { subject },
            ..
        } => assert_eq!(subject, "CN=vault CA"),
        other => panic!("{other:?}"),
    }
}
