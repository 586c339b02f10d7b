//! Files that are renewed while the client runs: the next connection uses the new ones, and bad
//! ones change nothing.

use std::path::Path;
use std::time::{Duration, SystemTime};

use rcgen::{SerialNumber, date_time_ymd};
use strongroom_client::{
    Cause, Client, ClientError, ClientOptions, Identity, IdentityErrorKind, ServerList, TlsFault,
    Trust, TrustErrorKind,
};

#[cfg(feature = "encrypted-keys")]
use crate::identities::{encrypted, secret};
use crate::peer::{Peer, hello};
use crate::pki::{Ca, World, client_params, named, server_config, server_params};

fn options() -> ClientOptions {
    ClientOptions::default().connect_timeout(Duration::from_secs(10))
}

async fn connects(client: &Client) {
    client.connect().await.unwrap().close().await;
}

async fn fault(client: &Client) -> TlsFault {
    match client.connect().await.unwrap_err().cause() {
        Cause::Tls { fault, .. } => fault.clone(),
        other => panic!("{other:?}"),
    }
}

fn failure(client: &Client) -> std::sync::Arc<ClientError> {
    client.renewal().failure.expect("a failure")
}

fn identity_failure(client: &Client, file: &Path, check: fn(&IdentityErrorKind) -> bool) {
    let failure = failure(client);
    match failure.cause() {
        Cause::Identity(error) => {
            assert_eq!(error.file, file, "{failure}");
            assert!(check(&error.kind), "{failure}");
        }
        other => panic!("{other:?}"),
    }
    assert!(failure.to_string().contains(".pem"), "{failure}");
    assert!(failure.help().len() > 20, "{failure}");
}

/// Certificate and key of `node-2` from `ca`.
fn node_2(ca: &Ca) -> crate::pki::Leaf {
    let mut params = client_params();
    params.distinguished_name = named("node-2");
    ca.sign(&params)
}

#[tokio::test]
async fn a_renewed_client_certificate_is_shown_by_the_next_connection() {
    let world = World::new();
    let clients = Ca::new("CA of clients");
    let config = server_config(&world.ca.server(), &clients, rustls::ALL_VERSIONS);
    let peer = Peer::start(config, vec![hello()]).await;
    let client = world.client(&peer.address(), options());
    let clone = client.clone();
    let refused = fault(&client).await;
    assert!(
        matches!(refused, TlsFault::ClientCertificateRejected { .. }),
        "{refused:?}"
    );
    let before = client.renewal();
    assert!(before.failure.is_none());

    world.file("client.pem", &node_2(&clients).combined());
    connects(&client).await;
    connects(&clone).await;
    assert_eq!(clone.certificate().unwrap().subject, "CN=node-2");
    assert!(client.renewal().loaded >= before.loaded);
}

#[tokio::test]
async fn renewed_cas_and_lists_are_believed_by_the_next_connection() {
    let world = World::new();
    let next = Ca::new("next CA");
    let mut params = server_params(&["127.0.0.1"]);
    params.serial_number = Some(SerialNumber::from(7_u64));
    let config = next.sign(&params).served().config(&world.ca);
    let peer = Peer::start(config, vec![hello()]).await;
    let lists =
        |serials| world.ca.crl(&[], 4000).pem().unwrap() + &next.crl(serials, 4000).pem().unwrap();
    let crl = world.file("ca.crl", &lists(&[]));
    let trust = Trust::from_ca_file(world.path("ca.pem")).unwrap();
    let trust = trust.with_crl_file(&crl).unwrap();
    let client = world.client_trusting(trust, "client.pem", &peer.address(), options());
    let unknown = fault(&client).await;
    assert!(
        matches!(unknown, TlsFault::MissingIssuer { .. }),
        "{unknown:?}"
    );

    world.file("ca.pem", &(world.ca.pem.clone() + &next.pem));
    connects(&client).await;
    assert_eq!(client.expiries().len(), 5, "{:?}", client.expiries());

    world.file("ca.crl", &lists(&[7]));
    let revoked = fault(&client).await;
    assert!(matches!(revoked, TlsFault::Revoked { .. }), "{revoked:?}");

    world.file("ca.crl", "rubbish");
    let revoked = fault(&client).await;
    assert!(matches!(revoked, TlsFault::Revoked { .. }), "{revoked:?}");
    let failure = failure(&client);
    assert!(
        matches!(failure.cause(), Cause::Trust(e) if e.file == crl && matches!(e.kind, TrustErrorKind::NoRevocationList)),
        "{failure}"
    );
}

#[tokio::test]
async fn bad_new_files_keep_the_old_ones_and_are_reported() {
    let world = World::new();
    let peer = Peer::start(world.server(), vec![hello()]).await;
    let leaf = world.ca.client();
    let (cert, key) = (
        world.file("c.pem", &leaf.pem),
        world.file("k.pem", &leaf.key_pem()),
    );
    let client = Client::builder()
        .servers(ServerList::parse(&peer.address(), 5696).unwrap())
        .trust(Trust::from_ca_file(world.path("ca.pem")).unwrap())
        .identity(Identity::from_files(&cert, Some(&key), None).unwrap())
        .options(options())
        .build()
        .unwrap();
    connects(&client).await;

    let new = node_2(&world.ca);
    world.file("c.pem", "rubbish");
    connects(&client).await;
    identity_failure(&client, &cert, |k| {
        matches!(k, IdentityErrorKind::NoCertificate)
    });

    // Half of a renewal: the old key does not fit the new certificate.
    world.file("c.pem", &new.pem);
    connects(&client).await;
    identity_failure(&client, &cert, |k| {
        matches!(k, IdentityErrorKind::KeyMismatch)
    });
    assert_eq!(client.certificate().unwrap().subject, "CN=node-1");

    std::fs::remove_file(&key).unwrap();
    connects(&client).await;
    identity_failure(&client, &key, |k| matches!(k, IdentityErrorKind::Read(_)));

    world.file("k.pem", &new.key_pem());
    connects(&client).await;
    assert!(client.renewal().failure.is_none());
    assert_eq!(client.certificate().unwrap().subject, "CN=node-2");

    let mut params = client_params();
    params.not_before = date_time_ymd(2019, 1, 1);
    params.not_after = date_time_ymd(2020, 1, 1);
    let expired = world.ca.sign(&params);
    world.file("c.pem", &expired.pem);
    world.file("k.pem", &expired.key_pem());
    connects(&client).await;
    identity_failure(&client, &cert, |k| {
        matches!(k, IdentityErrorKind::Expired { .. })
    });
    assert!(
        failure(&client)
            .to_string()
            .contains("expired on 2020-01-01")
    );

    world.file("ca.pem", "");
    connects(&client).await;
    let failure = failure(&client);
    assert!(
        matches!(failure.cause(), Cause::Trust(e) if matches!(e.kind, TrustErrorKind::NoCertificate)),
        "{failure}"
    );
}

#[tokio::test]
async fn other_files_may_be_given_to_a_running_client() {
    let world = World::new();
    let clients = Ca::new("CA of clients");
    let config = server_config(&world.ca.server(), &clients, rustls::ALL_VERSIONS);
    let peer = Peer::start(config, vec![hello()]).await;
    let client = world.client(&peer.address(), options());
    let trust = Trust::from_ca_file(world.path("ca.pem")).unwrap();
    let file = world.file("other.pem", &node_2(&clients).combined());
    let identity = Identity::from_files(&file, None, None).unwrap();
    fault(&client).await;
    client.renew(trust, identity).unwrap();
    connects(&client).await;
    world.file("other.pem", "rubbish");
    connects(&client).await;
    identity_failure(&client, &file, |k| {
        matches!(k, IdentityErrorKind::NoCertificate)
    });
}

#[cfg(feature = "encrypted-keys")]
#[tokio::test]
async fn a_renewed_key_is_opened_with_the_password_of_the_old_one() {
    let world = World::new();
    let peer = Peer::start(world.server(), vec![hello()]).await;
    let leaf = world.ca.client();
    let file = world.file("c.pem", &(leaf.pem.clone() + &encrypted(&leaf, "open")));
    let client = Client::builder()
        .servers(ServerList::parse(&peer.address(), 5696).unwrap())
        .trust(Trust::from_ca_file(world.path("ca.pem")).unwrap())
        .identity(Identity::from_files(&file, None, secret("open")).unwrap())
        .options(options())
        .build()
        .unwrap();
    let new = node_2(&world.ca);
    world.file("c.pem", &(new.pem.clone() + &encrypted(&new, "open")));
    connects(&client).await;
    assert_eq!(client.certificate().unwrap().subject, "CN=node-2");

    world.file("c.pem", &(leaf.pem.clone() + &encrypted(&leaf, "shut")));
    connects(&client).await;
    identity_failure(&client, &file, |k| {
        matches!(k, IdentityErrorKind::WrongPassword)
    });
}

#[tokio::test]
async fn an_unchanged_file_is_not_read_again() {
    let world = World::new();
    let peer = Peer::start(world.server(), vec![hello()]).await;
    // Old enough that a change must show in the metadata.
    let old = SystemTime::now() - Duration::from_secs(60);
    for name in ["ca.pem", "client.pem"] {
        let file = std::fs::File::options().write(true).open(world.path(name));
        file.unwrap().set_modified(old).unwrap();
    }
    let client = world.client(&peer.address(), options());
    let loaded = client.renewal().loaded;
    connects(&client).await;
    assert_eq!(client.renewal().loaded, loaded);
    world.file("client.pem", &node_2(&world.ca).combined());
    connects(&client).await;
    assert!(client.renewal().loaded > loaded);
}

#[tokio::test]
async fn days_left_are_told_of_everything_that_runs_out() {
    let world = World::new();
    let mut params = client_params();
    let now = SystemTime::now();
    params.not_before = (now - Duration::from_secs(80 * 86_400)).into();
    params.not_after = (now + Duration::from_secs(5 * 86_400 + 60)).into();
    world.file("client.pem", &world.ca.sign(&params).combined());
    let client = world.client("127.0.0.1:1", options());
    let expiries = client.expiries();
    let all: Vec<_> = expiries
        .iter()
        .map(|e| {
            (
                e.of,
                e.subject.as_str(),
                e.days_left(now) < 30,
                e.renewal_due(now),
            )
        })
        .collect();
    use strongroom_client::ExpiryOf::{CaCertificate, ClientCertificate};
    assert_eq!(
        all,
        [
            (ClientCertificate, "CN=node-1", true, true),
            (CaCertificate, "CN=test CA", false, false),
        ]
    );
    assert_eq!(expiries[0].days_left(now), 5);
    assert_eq!(expiries[0].file, Some(world.path("client.pem")));
}

#[cfg(feature = "blocking")]
#[tokio::test(flavor = "multi_thread")]
async fn the_blocking_client_renews_too() {
    use strongroom_client::blocking;

    let world = World::new();
    let clients = Ca::new("CA of clients");
    let config = server_config(&world.ca.server(), &clients, rustls::ALL_VERSIONS);
    let peer = Peer::start(config, vec![hello()]).await;
    let client = blocking::Client::from(world.client(&peer.address(), options()));
    let connect =
        |client: blocking::Client| tokio::task::spawn_blocking(move || client.connect().map(drop));
    let refused = connect(client.clone()).await.unwrap().unwrap_err();
    assert!(matches!(refused.cause(), Cause::Tls { .. }), "{refused}");
    world.file("client.pem", &node_2(&clients).combined());
    connect(client.clone()).await.unwrap().unwrap();

    world.file("client.pem", "rubbish");
    connect(client.clone()).await.unwrap().unwrap();
    assert!(client.renewal().failure.is_some());
    assert_eq!(client.expiries().len(), 2);
}
