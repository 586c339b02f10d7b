//! Servers and clients with faulty certificates: each has its own cause and mend, and none is
//! papered over by asking the next server.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, KeyPair, NameConstraints, SerialNumber, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::version::{TLS12, TLS13};
use strongroom_client::{
    Cause, ClientError, ClientOptions, ErrorKind, Fingerprint, Outcome, Phase, TlsFault, Trust,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::forge::{
    ECDSA_SHA1, ECDSA_SHA512, Forged, RSA_SHA1, RSA_SHA256, p521_rubbish, rsa_rubbish,
};
use crate::identities::pem;
use crate::peer::{Peer, hello};
use crate::pki::{
    Ca, Leaf, Served, World, ca_params, client_params, dns_san, named, server_config, server_params,
};

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
    let trust = Trust::from_ca_file(world.path("ca.pem")).unwrap();
    connect_trusting(world, trust, config, "CA file").await
}

async fn connect_trusting(
    world: &World,
    trust: Trust,
    config: Arc<ServerConfig>,
    what: &str,
) -> ClientError {
    let peer = Peer::start(config, vec![hello()]).await;
    let good = Peer::start(world.server(), vec![hello()]).await;
    let servers = format!("{},{}", peer.address(), good.address());
    let connected = world
        .client_trusting(trust, "client.pem", &servers, options())
        .connect()
        .await;
    let Err(error) = connected else {
        panic!("{what}: the next server was asked, or this one was taken");
    };
    assert_eq!(peer.connections(), 1, "{error}");
    assert_eq!(good.connections(), 0, "{error}");
    error
}

fn changed(change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = server_params(&["127.0.0.1"]);
    change(&mut params);
    params
}

fn changed_ca(name: &str, change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = ca_params(name);
    change(&mut params);
    params
}

fn self_signed(params: &CertificateParams) -> Leaf {
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Leaf {
        pem: certificate.pem(),
        der: certificate.der().clone(),
        key,
    }
}

type Check = fn(&TlsFault) -> bool;

/// What a server shows, what the client trusts, the fault, and a piece of its text.
struct Case {
    what: &'static str,
    served: Served,
    trust: Trust,
    check: Check,
    says: &'static str,
}

/// Cases against the CA file of the world.
struct Cases<'a> {
    world: &'a World,
    list: Vec<Case>,
}

impl Cases<'_> {
    fn add(&mut self, what: &'static str, served: Served, check: Check, says: &'static str) {
        let trust = Trust::from_ca_file(self.world.path("ca.pem")).unwrap();
        self.add_trusting(trust, what, served, check, says);
    }

    fn add_trusting(
        &mut self,
        trust: Trust,
        what: &'static str,
        served: Served,
        check: Check,
        says: &'static str,
    ) {
        self.list.push(Case {
            what,
            served,
            trust,
            check,
            says,
        });
    }

    fn trust_in(&self, name: &str, pem: &str) -> Trust {
        Trust::from_ca_file(self.world.file(name, pem)).unwrap()
    }
}

/// Names, dates and purposes.
fn of_the_certificate_itself(cases: &mut Cases<'_>) {
    let ca = &cases.world.ca;
    let leaf = |params: &CertificateParams| ca.sign(params).served();
    cases.add(
        "wrong host",
        leaf(&server_params(&["other.example"])),
        |f| matches!(f, TlsFault::WrongHost { expected, presented } if expected == "127.0.0.1" && presented.len() == 1),
        "other.example",
    );
    cases.add(
        "another IP address",
        leaf(&server_params(&["127.0.0.2"])),
        |f| matches!(f, TlsFault::WrongHost { .. }),
        "127.0.0.2",
    );
    cases.add(
        "common name only",
        leaf(&changed(|p| {
            p.subject_alt_names.clear();
            p.distinguished_name = named("127.0.0.1");
        })),
        |f| matches!(f, TlsFault::NoSubjectAltName { .. }),
        "SAN",
    );
    cases.add(
        "IP address as DNS name",
        leaf(&changed(|p| {
            p.subject_alt_names = vec![dns_san("127.0.0.1")]
        })),
        |f| matches!(f, TlsFault::IpAddressAsDnsName { .. }),
        "IP SAN",
    );
    cases.add(
        "client certificate",
        leaf(&changed(|p| {
            p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        })),
        |f| matches!(f, TlsFault::WrongPurpose),
        "serverAuth",
    );
    cases.add(
        "expired",
        leaf(&changed(|p| {
            p.not_before = date_time_ymd(2019, 1, 1);
            p.not_after = date_time_ymd(2020, 1, 1);
        })),
        |f| {
            matches!(
                f,
                TlsFault::Expired {
                    since: Some(_),
                    issuer: None
                }
            )
        },
        "certificate expired on 2020-01-01T00:00:00Z",
    );
    cases.add(
        "not yet valid",
        leaf(&changed(|p| p.not_before = date_time_ymd(4000, 1, 1))),
        |f| {
            matches!(
                f,
                TlsFault::NotYetValid {
                    until: Some(_),
                    issuer: None
                }
            )
        },
        "certificate is not valid yet (valid from 4000-01-01T00:00:00Z)",
    );
    cases.add(
        "unknown critical extension",
        leaf(&changed(|p| {
            let mut extension =
                CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0]);
            extension.set_criticality(true);
            p.custom_extensions = vec![extension];
        })),
        |f| matches!(f, TlsFault::Certificate(_)),
        "critical extension",
    );
    let good = ca.server();
    let version_1 = Forged::of(&good.der).version_1().signed_again(ca);
    cases.add(
        "version 1",
        good.served().showing(version_1),
        |f| matches!(f, TlsFault::CertificateVersion1),
        "X.509 version 1",
    );
    cases.add(
        "another key than the certificate's",
        good.served().with_key(ca.server().served().key),
        |f| matches!(f, TlsFault::BadSignature),
        "does not verify",
    );
}

/// Who signed, and whether that is allowed.
fn of_the_chain(cases: &mut Cases<'_>) {
    let ca = &cases.world.ca;
    let stranger = Ca::new("another CA");
    cases.add(
        "wrong CA, whole chain sent",
        stranger.server().served().and(&stranger),
        |f| matches!(f, TlsFault::UnknownCa { root, .. } if root == "CN=another CA"),
        "come from the CA \"CN=another CA\"",
    );
    cases.add(
        "missing intermediate",
        ca.intermediate(ca_params("test intermediate")).server().served(),
        |f| matches!(f, TlsFault::MissingIssuer { issuer, subjects, .. } if issuer == "CN=test intermediate" && subjects == &["CN=test CA"]),
        "ca.pem",
    );
    let lower = ca
        .intermediate(ca_params("upper"))
        .intermediate(ca_params("lower"));
    cases.add(
        "missing upper intermediate",
        lower.server().served().and(&lower),
        |f| matches!(f, TlsFault::MissingIssuer { issuer, .. } if issuer == "CN=upper"),
        "\"CN=upper\"",
    );
    cases.add(
        "unknown CA of the same name",
        Ca::new("test CA").server().served(),
        |f| matches!(f, TlsFault::BadSignature),
        "same name",
    );
    cases.add(
        "self-signed CA",
        self_signed(&changed(|p| {
            p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)
        }))
        .served(),
        |f| {
            matches!(
                f,
                TlsFault::CaAsServer {
                    fingerprint: Some(_)
                }
            )
        },
        "CA certificate as its own, SHA-256 ",
    );
    cases.add(
        "self-signed",
        self_signed(&changed(|_| ())).served(),
        |f| matches!(f, TlsFault::SelfSigned { .. }),
        "self-signed and not in the CA file",
    );
    let old = ca.intermediate(changed_ca("old intermediate", |p| {
        p.not_before = date_time_ymd(2019, 1, 1);
        p.not_after = date_time_ymd(2021, 1, 1);
    }));
    cases.add(
        "expired intermediate",
        old.server().served().and(&old),
        |f| matches!(f, TlsFault::Expired { issuer: Some(issuer), .. } if issuer == "CN=old intermediate"),
        "expired on 2021-01-01T00:00:00Z",
    );
    let early = ca.intermediate(changed_ca("early intermediate", |p| {
        p.not_before = date_time_ymd(4001, 1, 1);
    }));
    cases.add(
        "intermediate not yet valid",
        early.server().served().and(&early),
        |f| matches!(f, TlsFault::NotYetValid { issuer: Some(issuer), .. } if issuer == "CN=early intermediate"),
        "valid from 4001-01-01T00:00:00Z",
    );
    let limited = ca.intermediate(changed_ca("limited", |p| {
        p.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("example.org".to_owned())],
            excluded_subtrees: Vec::new(),
        });
    }));
    let elsewhere = changed(|p| p.subject_alt_names.push(dns_san("kms.example.com")));
    cases.add(
        "name constraints",
        limited.sign(&elsewhere).served().and(&limited),
        |f| matches!(f, TlsFault::NameConstraints),
        "name constraints",
    );
    let no_ca = ca.intermediate(changed_ca("no CA", |p| p.is_ca = IsCa::ExplicitNoCa));
    cases.add(
        "signed by a certificate that is no CA",
        no_ca.server().served().and(&no_ca),
        |f| matches!(f, TlsFault::SignerIsNotCa),
        "CA:TRUE",
    );
    let short = ca.intermediate(changed_ca("short", |p| {
        p.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    }));
    let beyond = short.intermediate(ca_params("beyond"));
    cases.add(
        "path length",
        beyond.server().served().and(&beyond).and(&short),
        |f| matches!(f, TlsFault::ChainTooLong),
        "pathlen",
    );
}

/// Hashes, lengths and curves.
fn of_the_cryptography(cases: &mut Cases<'_>) {
    let ca = &cases.world.ca;
    let good = ca.server();
    let sha1 = Forged::of(&good.der).signed_by(ECDSA_SHA1).signed_again(ca);
    cases.add(
        "SHA-1",
        good.served().showing(sha1),
        |f| matches!(f, TlsFault::WeakSignature { subject, .. } if subject == "CN=kms"),
        "ECDSA with SHA-1",
    );
    let weak = ca.intermediate(ca_params("weak intermediate"));
    let mut served = weak.server().served().and(&weak);
    served.chain[1] = Forged::of(&weak.der).signed_by(RSA_SHA1).der();
    cases.add(
        "SHA-1 on an intermediate",
        served,
        |f| matches!(f, TlsFault::WeakSignature { subject, .. } if subject == "CN=weak intermediate"),
        "RSA with SHA-1",
    );
    let rsa_1024 = Forged::of(&good.der).rsa_key(1024).signed_again(ca);
    cases.add(
        "RSA-1024",
        good.served().showing(rsa_1024).with_key(rsa_rubbish()),
        |f| matches!(f, TlsFault::ShortRsaKey { subject, bits: 1024 } if subject == "CN=kms"),
        "\"CN=kms\" has an RSA key of 1024 bits",
    );
    let short = Ca::new("short CA");
    let root = pem("CERTIFICATE", &Forged::of(&short.der).rsa_key(1536).der());
    let own = Forged::of(&short.server().der).signed_by(RSA_SHA256).der();
    cases.add_trusting(
        cases.trust_in("short.pem", &root),
        "RSA-1536 of the CA",
        good.served().showing(own),
        |f| matches!(f, TlsFault::ShortRsaKey { subject, bits: 1536 } if subject == "CN=short CA"),
        "1536 bits",
    );
    let p521 = Forged::of(&good.der).p521_key().signed_again(ca);
    cases.add(
        "P-521",
        good.served().showing(p521).with_key(p521_rubbish()),
        |f| matches!(f, TlsFault::NoCommonSuite),
        "signature algorithm",
    );
    let vault = Ca::new("vault CA");
    let root = pem("CERTIFICATE", &Forged::of(&vault.der).p521_key().der());
    let own = Forged::of(&vault.server().der)
        .signed_by(ECDSA_SHA512)
        .der();
    cases.add_trusting(
        cases.trust_in("vault.pem", &root),
        "P-521 of the CA",
        good.served().showing(own),
        |f| matches!(f, TlsFault::P521 { subject } if subject == "CN=vault CA"),
        "P-521",
    );
}

/// Revocation lists.
fn of_revocation(cases: &mut Cases<'_>) {
    let world = cases.world;
    let ca = &world.ca;
    let with_list = |name: &str, pem: String| {
        let file = world.file(name, &pem);
        let trust = Trust::from_ca_file(world.path("ca.pem")).unwrap();
        trust.with_crl_file(file).unwrap()
    };
    let revoked = changed(|p| p.serial_number = Some(SerialNumber::from(77_u64)));
    cases.add_trusting(
        with_list("revoked.crl", ca.crl(&[76, 77], 4000).pem().unwrap()),
        "revoked",
        ca.sign(&revoked).served(),
        |f| matches!(f, TlsFault::Revoked { .. }),
        "is revoked by a list in the CRL file",
    );
    let middle = ca.intermediate(changed_ca("revoked intermediate", |p| {
        p.serial_number = Some(SerialNumber::from(78_u64));
    }));
    let both = ca.crl(&[78], 4000).pem().unwrap() + &middle.crl(&[], 4000).pem().unwrap();
    cases.add_trusting(
        with_list("middle.crl", both),
        "revoked intermediate",
        middle.server().served().and(&middle),
        |f| matches!(f, TlsFault::Revoked { .. }),
        "middle.crl",
    );
    let good = ca.intermediate(ca_params("unlisted"));
    cases.add_trusting(
        with_list("half.crl", ca.crl(&[], 4000).pem().unwrap()),
        "no list of the intermediate",
        good.server().served().and(&good),
        |f| matches!(f, TlsFault::NoRevocationList { issuers, .. } if issuers == &["CN=test CA"]),
        "no list for every issuer",
    );
    cases.add_trusting(
        with_list("late.crl", ca.crl(&[], 2021).pem().unwrap()),
        "list out of date",
        ca.server().served(),
        |f| matches!(f, TlsFault::RevocationListExpired { since: Some(_), .. }),
        "due on 2021-01-01T00:00:00Z",
    );
    let forged = Ca::new("test CA").crl(&[], 4000).pem().unwrap();
    cases.add_trusting(
        with_list("forged.crl", forged),
        "forged list",
        ca.server().served(),
        |f| matches!(f, TlsFault::RevocationListForged { .. }),
        "is not one by its issuer",
    );
}

/// Pins replace the chain, and nothing else (I11).
fn of_pins(cases: &mut Cases<'_>) {
    let ca = &cases.world.ca;
    let pinned = |served: &Served| Trust::from_pins([Fingerprint::of(&served.chain[0])]);
    let other = pinned(&ca.server().served());
    cases.add_trusting(
        other,
        "not pinned",
        ca.server().served(),
        |f| matches!(f, TlsFault::NotPinned { pins: 1, .. }),
        "which is not pinned (1 pinned)",
    );
    cases.add_trusting(
        Trust::from_pins([]),
        "nothing pinned",
        ca.server().served(),
        |f| matches!(f, TlsFault::NotPinned { pins: 0, .. }),
        "(0 pinned)",
    );
    let expired = self_signed(&changed(|p| {
        p.not_before = date_time_ymd(2019, 1, 1);
        p.not_after = date_time_ymd(2022, 1, 1);
    }))
    .served();
    cases.add_trusting(
        pinned(&expired),
        "pinned and expired",
        expired,
        |f| matches!(f, TlsFault::Expired { since: Some(_), .. }),
        "2022-01-01T00:00:00Z",
    );
    let early = ca
        .sign(&changed(|p| p.not_before = date_time_ymd(4002, 1, 1)))
        .served();
    cases.add_trusting(
        pinned(&early),
        "pinned and not yet valid",
        early,
        |f| matches!(f, TlsFault::NotYetValid { until: Some(_), .. }),
        "4002-01-01T00:00:00Z",
    );
    let host = ca.sign(&server_params(&["pinned.example"])).served();
    cases.add_trusting(
        pinned(&host),
        "pinned for another host",
        host,
        |f| matches!(f, TlsFault::WrongHost { .. }),
        "pinned.example",
    );
    let purpose = ca
        .sign(&changed(|p| {
            p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        }))
        .served();
    cases.add_trusting(
        pinned(&purpose),
        "pinned client certificate",
        purpose,
        |f| matches!(f, TlsFault::WrongPurpose),
        "serverAuth",
    );
    let copied = ca.server().served().with_key(ca.server().served().key);
    cases.add_trusting(
        pinned(&copied),
        "pinned, and shown by one without its key",
        copied,
        |f| matches!(f, TlsFault::BadSignature),
        "does not verify",
    );
    let version_1 = Forged::of(&ca.server().der).version_1().signed_again(ca);
    let version_1 = ca.server().served().showing(version_1);
    cases.add_trusting(
        pinned(&version_1),
        "pinned version 1",
        version_1,
        |f| matches!(f, TlsFault::CertificateVersion1),
        "X.509 version 1",
    );
}

/// Connects to each in both versions of TLS, and returns the texts.
async fn run(world: &World, cases: Vec<Case>) -> Vec<String> {
    let mut texts = Vec::new();
    for case in cases {
        let what = case.what;
        let mut text = None;
        // Without a signature scheme in common this server ends TLS 1.2 without an alert.
        let versions: &[_] = match what {
            "P-521" => &[&TLS13],
            _ => &[&TLS12, &TLS13],
        };
        for version in versions {
            let config = case.served.clone().config_at(&world.ca, &[version]);
            let error = connect_trusting(world, case.trust.clone(), config, what).await;
            let fault = fault(&error);
            assert!((case.check)(&fault), "{what}, {version:?}: {fault:?}");
            let shown = error.to_string();
            assert!(shown.contains(case.says), "{what}, {version:?}: {shown}");
            let before = text.replace(fault.to_string());
            assert!(
                before.is_none() || before == text,
                "{what}: {before:?}, {text:?}"
            );
        }
        texts.extend(text);
    }
    texts
}

#[tokio::test]
async fn each_fault_of_the_server_certificate_has_its_own_message() {
    let world = World::new();
    let mut cases = Cases {
        world: &world,
        list: Vec::new(),
    };
    of_the_certificate_itself(&mut cases);
    of_the_chain(&mut cases);
    of_the_cryptography(&mut cases);
    of_revocation(&mut cases);
    let texts = run(&world, cases.list).await;
    assert!(texts.len() >= 30, "{}", texts.len());
    // The one text that two cases share: who lacks the key looks like another CA of that name.
    let distinct: HashSet<_> = texts.iter().collect();
    assert_eq!(distinct.len(), texts.len() - 1, "{texts:#?}");
}

#[tokio::test]
async fn a_pin_replaces_the_chain_alone() {
    let world = World::new();
    let mut cases = Cases {
        world: &world,
        list: Vec::new(),
    };
    of_pins(&mut cases);
    run(&world, cases.list).await;
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
        let text = error.to_string();
        assert!(text.contains("rejected our client certificate"), "{text}");
        assert!(text.contains("client.pem"), "{text}");
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
        assert!(error.to_string().contains("client.pem"), "{error}");
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
