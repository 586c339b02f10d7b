//! Servers that must be taken: chains, curves, pins, lists of others, names and addresses.

use std::time::Duration;

use rcgen::{BasicConstraints, IsCa, KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SerialNumber};
use strongroom_client::{ClientOptions, ExpiryOf, Fingerprint, Trust};

use crate::peer::{Peer, hello};
use crate::pki::{Ca, Served, World, ca_params, server_params};

async fn connects(world: &World, what: &str, served: Served, trust: Trust, host: &str) {
    let peer = Peer::start(served.config(&world.ca), vec![hello()]).await;
    let options = ClientOptions::default().connect_timeout(Duration::from_secs(10));
    let servers = format!("{host}:{}", peer.port);
    let client = world.client_trusting(trust, "client.pem", &servers, options);
    let session = client.connect().await.expect(what);
    let expiry = session.tls().expiry().expect(what);
    assert_eq!(expiry.of, ExpiryOf::ServerCertificate, "{what}");
}

#[tokio::test]
async fn good_chains_names_and_curves_are_taken() {
    let world = World::new();
    let ca = &world.ca;
    let trust = || Trust::from_ca_file(world.path("ca.pem")).unwrap();
    let middle = ca.intermediate(ca_params("test intermediate"));
    let low = middle.intermediate(ca_params("lower intermediate"));
    let cases = [
        ("IP SAN", ca.server().served(), "127.0.0.1"),
        ("DNS SAN", ca.server().served(), "localhost"),
        (
            "P-384",
            ca.server_on(KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap())
                .served(),
            "127.0.0.1",
        ),
        (
            "Ed25519",
            ca.server_on(KeyPair::generate_for(&PKCS_ED25519).unwrap())
                .served(),
            "127.0.0.1",
        ),
        (
            "intermediate",
            middle.server().served().and(&middle),
            "127.0.0.1",
        ),
        (
            "two intermediates in the wrong order, and the root",
            low.server().served().and(&middle).and(ca).and(&low),
            "127.0.0.1",
        ),
    ];
    for (what, served, host) in cases {
        connects(&world, what, served, trust(), host).await;
    }
    let only_middle = world.file("middle.pem", &middle.pem);
    let only_middle = Trust::from_ca_file(only_middle).unwrap();
    let served = middle.server().served();
    connects(
        &world,
        "intermediate as CA",
        served,
        only_middle,
        "127.0.0.1",
    )
    .await;
}

#[tokio::test]
async fn pinned_certificates_are_taken_whoever_signed_them() {
    let world = World::new();
    let mut params = server_params(&["127.0.0.1"]);
    let key = KeyPair::generate().unwrap();
    let own = params.self_signed(&key).unwrap().der().clone();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let own_ca = params.self_signed(&key).unwrap().der().clone();
    let key = || {
        world.ca.sign_for(
            &server_params(&["127.0.0.1"]),
            KeyPair::try_from(key.serialize_der()).unwrap(),
        )
    };
    let cases = [
        ("of an unknown CA", Ca::new("another CA").server().served()),
        ("self-signed", key().served().showing(own)),
        ("self-signed CA", key().served().showing(own_ca)),
    ];
    for (what, served) in cases {
        let fingerprint = Fingerprint::of(&served.chain[0]);
        let next = Fingerprint::of(b"the next certificate");
        let trust = Trust::from_pins([next, fingerprint]);
        assert_eq!(trust.pins(), [next, fingerprint], "{what}");
        assert!(trust.file().is_none() && trust.expiries().is_empty());
        connects(&world, what, served, trust, "127.0.0.1").await;
    }
}

#[tokio::test]
async fn lists_that_revoke_others_let_this_one_pass() {
    let world = World::new();
    let ca = &world.ca;
    let mut params = server_params(&["127.0.0.1"]);
    params.serial_number = Some(SerialNumber::from(80_u64));
    let middle = ca.intermediate(ca_params("test intermediate"));
    let lists = [ca.crl(&[79], 4000), middle.crl(&[80], 4000)];
    let text = lists[0].pem().unwrap() + &lists[1].pem().unwrap();
    let pem = world.file("both.crl", &text);
    let der = world.path("one.crl");
    std::fs::write(&der, lists[0].der()).unwrap();
    for (what, file, lists) in [("PEM", pem, 2), ("DER", der, 1)] {
        let trust = Trust::from_ca_file(world.path("ca.pem")).unwrap();
        let trust = trust.with_crl_file(&file).unwrap();
        assert_eq!(trust.crl_file(), Some(&*file), "{what}");
        let expiries = trust.expiries();
        let found = expiries.iter().filter(|e| e.of == ExpiryOf::RevocationList);
        assert_eq!(found.count(), lists, "{what}");
        // Serial 80 is revoked by the intermediate alone, and this one is not its.
        connects(&world, what, ca.sign(&params).served(), trust, "127.0.0.1").await;
    }
}
