//! Servers and clients with faulty certificates: each has its own cause and mend, and none is
//! papered over by asking the next server.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::version::{TLS12, TLS13};
use strongroom_client::{Cause, ClientError, ClientOptions, ErrorKind, Outcome, Phase, TlsFault};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::peer::{Peer, hello};
use crate::pki::{Ca, Leaf, World, client_params, dns_san, named, server_config, server_params};

fn options() -> ClientOptions {
    ClientOptions::default().connect_timeout(Duration::from_secs(10))
}

fn fault(error: &ClientError) -> TlsFault {
    assert_eq!(error.kind(), ErrorKind::Tls, "{error}");
    assert_eq!(error.outcome(), Outcome::NotSent, "{error}");
    assert!(error.to_string().contains("127.0.0.1:"), "{error}");
    assert!(error.help().len() > 20, "{error}");
    assert!(std::error::Error::source(error).is_some(), "{error}");
    match error.cause() {
        Cause::Tls { fault, .. } => fault.clone(),
        other => panic!("{other:?}"),
    }
}

/// Connects to a server with this certificate; a second, good server of the list is never asked.
async fn connect(world: &World, config: Arc<ServerConfig>) -> ClientError {
    let peer = Peer::start(config, vec![hello()]).await;
    let good = Peer::start(world.server(), vec![hello()]).await;
    let servers = format!("{},{}", peer.address(), good.address());
    let error = world
        .client(&servers, options())
        .connect()
        .await
        .unwrap_err();
    assert_eq!(peer.connections(), 1);
    assert_eq!(good.connections(), 0);
    error
}

fn changed(change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = server_params(&["127.0.0.1"]);
    change(&mut params);
    params
}

fn self_signed_ca() -> Leaf {
    let params = changed(|p| p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Leaf {
        pem: certificate.pem(),
        der: certificate.der().clone(),
        key,
    }
}

#[tokio::test]
async fn each_fault_of_the_server_certificate_has_its_own_name() {
    let world = World::new();
    let ca = &world.ca;
    type Check = fn(&TlsFault) -> bool;
    let cases: Vec<(&str, Leaf, Check, &str)> = vec![
        (
            "wrong host",
            ca.sign(&server_params(&["other.example"])),
            |f| matches!(f, TlsFault::WrongHost { expected, presented } if expected == "127.0.0.1" && presented.len() == 1),
            "other.example",
        ),
        (
            "another IP address",
            ca.sign(&server_params(&["127.0.0.2"])),
            |f| matches!(f, TlsFault::WrongHost { .. }),
            "127.0.0.2",
        ),
        (
            "common name only",
            ca.sign(&changed(|p| {
                p.subject_alt_names.clear();
                p.distinguished_name = named("127.0.0.1");
            })),
            |f| matches!(f, TlsFault::NoSubjectAltName { .. }),
            "SAN",
        ),
        (
            "IP address as DNS name",
            ca.sign(&changed(|p| {
                p.subject_alt_names = vec![dns_san("127.0.0.1")]
            })),
            |f| matches!(f, TlsFault::IpAddressAsDnsName { .. }),
            "IP SAN",
        ),
        (
            "client certificate",
            ca.sign(&changed(|p| {
                p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            })),
            |f| matches!(f, TlsFault::WrongPurpose),
            "serverAuth",
        ),
        (
            "expired",
            ca.sign(&changed(|p| {
                p.not_before = date_time_ymd(2019, 1, 1);
                p.not_after = date_time_ymd(2020, 1, 1);
            })),
            |f| matches!(f, TlsFault::Expired { since: Some(_) }),
            "2020-01-01T00:00:00Z",
        ),
        (
            "not yet valid",
            ca.sign(&changed(|p| p.not_before = date_time_ymd(4000, 1, 1))),
            |f| matches!(f, TlsFault::NotYetValid { until: Some(_) }),
            "4000-01-01T00:00:00Z",
        ),
        (
            "unknown CA",
            Ca::new("another CA").server(),
            |f| matches!(f, TlsFault::UnknownIssuer { .. }),
            "CN=test CA",
        ),
        (
            "unknown CA of the same name",
            Ca::new("test CA").server(),
            |f| matches!(f, TlsFault::BadSignature),
            "same name",
        ),
        (
            "self-signed CA",
            self_signed_ca(),
            |f| matches!(f, TlsFault::CaAsServer),
            "CA certificate",
        ),
    ];
    for (what, leaf, check, says) in cases {
        let config = server_config(&leaf, ca, rustls::ALL_VERSIONS);
        let error = connect(&world, config).await;
        let fault = fault(&error);
        assert!(check(&fault), "{what}: {fault:?}");
        assert!(error.to_string().contains(says), "{what}: {error}");
    }
}

#[tokio::test]
async fn a_rejected_client_certificate_is_named_in_both_tls_versions() {
    let world = World::new();
    let stranger = Ca::new("CA of other clients");
    for version in [&TLS12, &TLS13] {
        let config = server_config(&world.ca.server(), &stranger, &[version]);
        let error = connect(&world, config).await;
        let fault = fault(&error);
        assert!(
            matches!(
                &fault,
                TlsFault::ClientCertificateRejected { expired: None, .. }
            ),
            "{version:?}: {fault:?}"
        );
        assert!(
            error
                .to_string()
                .contains("rejected our client certificate"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_expired_client_certificate_is_named_with_its_date() {
    let world = World::new();
    let mut params = client_params();
    params.not_before = date_time_ymd(2019, 1, 1);
    params.not_after = date_time_ymd(2020, 1, 1);
    world.file("client.pem", &world.ca.sign(&params).combined());
    for version in [&TLS12, &TLS13] {
        let config = server_config(&world.ca.server(), &world.ca, &[version]);
        let error = connect(&world, config).await;
        assert!(
            matches!(
                fault(&error),
                TlsFault::ClientCertificateRejected {
                    expired: Some(_),
                    ..
                }
            ),
            "{error:?}"
        );
        assert!(
            error.to_string().contains("2020-01-01T00:00:00Z"),
            "{error}"
        );
        assert_eq!(error.help(), "renew the client certificate");
    }
}

/// What a TCP server that is no TLS server says to a Client Hello.
async fn answer_hello(world: &World, says: &'static [u8]) -> ClientError {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        let mut hello = vec![0; 4096];
        let _ignored = tcp.read(&mut hello).await.unwrap();
        tcp.write_all(says).await.unwrap();
        let _ignored = tcp.shutdown().await;
        while tcp.read(&mut hello).await.is_ok_and(|count| count > 0) {}
    });
    let client = world.client(&address.to_string(), options());
    let error = client.connect().await.unwrap_err();
    task.await.unwrap();
    error
}

#[tokio::test]
async fn failed_handshakes_are_told_apart() {
    let world = World::new();
    let cases: &[(&[u8], TlsFault)] = &[
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", TlsFault::NotTls),
        (b"\x15\x03\x03\x00\x02\x02\x28", TlsFault::NoCommonSuite),
        (b"\x15\x03\x03\x00\x02\x02\x46", TlsFault::NoCommonVersion),
        (
            b"\x15\x03\x03\x00\x02\x02\x50",
            TlsFault::Alert {
                alert: "InternalError".to_owned(),
            },
        ),
    ];
    for (says, expected) in cases {
        let error = answer_hello(&world, says).await;
        assert_eq!(fault(&error), *expected, "{error}");
    }

    let error = answer_hello(&world, b"").await;
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error}");
    assert!(
        matches!(
            error.cause(),
            Cause::Closed {
                phase: Phase::Handshake,
                received: 0
            }
        ),
        "{error:?}"
    );
}
