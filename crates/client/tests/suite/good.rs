//! Round trips that go well: versions, operations, TLS versions, addresses.

use std::time::Duration;

use rustls::version::{TLS12, TLS13};
use strongroom_client::{Client, ClientOptions, ErrorKind, Outcome, Session, TlsVersion};
use strongroom_kmip::attribute::RevocationReason;
use strongroom_kmip::operation::{CreateRequest, LocateRequest};
use strongroom_kmip::{
    Attribute, AttributeValue, CryptographicAlgorithm, CryptographicUsageMask, Name, Operation,
    ProtocolVersion, ResultReason, RevocationReasonCode, State, tag,
};

use crate::answer::{self, identifier, success};
use crate::peer::{Act, Peer, hello};
use crate::pki::{World, client_params, named, server_config};

fn options() -> ClientOptions {
    ClientOptions::default().connect_timeout(Duration::from_secs(10))
}

/// Protocol version of a request, from its octets: the header's first field.
fn version_of(request: &[u8]) -> ProtocolVersion {
    // Message, header, version structure, then two integers of 16 octets.
    let number = |at: usize| i32::from_be_bytes(request[at..at + 4].try_into().unwrap());
    ProtocolVersion::new(number(32), number(48))
}

#[tokio::test]
async fn a_key_is_created_activated_and_read() {
    const KEY: [u8; 32] = [0xA5; 32];
    let world = World::new();
    let v = ProtocolVersion::V1_4;
    let script = vec![
        Act::Say(success(v, Operation::CREATE, |w| {
            w.enumeration(tag::OBJECT_TYPE, 2_u32);
            w.text(tag::UNIQUE_IDENTIFIER, "7");
        })),
        Act::Say(identifier(v, Operation::ACTIVATE, "7")),
        Act::Say(success(v, Operation::GET_ATTRIBUTES, |w| {
            w.text(tag::UNIQUE_IDENTIFIER, "7");
            w.structure(tag::ATTRIBUTE, |w| {
                w.text(tag::ATTRIBUTE_NAME, "State");
                w.enumeration(tag::ATTRIBUTE_VALUE, 2_u32);
            });
        })),
        Act::Say(answer::key(v, "7", &KEY)),
        Act::Say(success(v, Operation::LOCATE, |w| {
            w.text(tag::UNIQUE_IDENTIFIER, "7");
            w.text(tag::UNIQUE_IDENTIFIER, "3");
        })),
        Act::Say(identifier(v, Operation::REVOKE, "7")),
        Act::Say(identifier(v, Operation::DESTROY, "7")),
    ];
    let peer = Peer::after_hello(world.server(), script).await;
    let mut session = world
        .client(&peer.address(), options())
        .connect()
        .await
        .unwrap();
    assert_eq!(session.version(), v);

    let name = Name::text("master");
    let attributes = vec![
        Attribute::from(name.clone()),
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into(),
        AttributeValue::CryptographicLength(256).into(),
        AttributeValue::CryptographicUsageMask(
            CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT,
        )
        .into(),
    ];
    let created = session
        .create(CreateRequest::symmetric_key(attributes))
        .await
        .unwrap();
    let id = created.unique_identifier.to_string();
    assert_eq!(id, "7");
    session.activate(&id).await.unwrap();
    let state = session
        .get_attributes(&id, &["State"])
        .await
        .unwrap()
        .state();
    assert_eq!(state, Some(State::ACTIVE));
    let got = session.get(&id).await.unwrap();
    let material = got.object.key_block().unwrap().plain_key().unwrap();
    assert!(material.ct_eq(&KEY));
    let located = session.locate(LocateRequest::by_name(name)).await.unwrap();
    assert_eq!(located.unique_identifiers, ["7", "3"]);
    let reason = RevocationReason::new(RevocationReasonCode::CESSATION_OF_OPERATION);
    session.revoke(&id, reason).await.unwrap();
    session.destroy(&id).await.unwrap();

    let requests = peer.requests();
    assert_eq!(requests.len(), 8);
    assert_eq!(
        version_of(&requests[0]),
        ProtocolVersion::V1_1,
        "Discover Versions"
    );
    assert!(requests[1..].iter().all(|request| version_of(request) == v));
    assert_eq!(peer.connections(), 1);
    session.close().await;
}

async fn agreed(world: &World, script: Vec<Act>, options: ClientOptions) -> (Session, Peer) {
    let peer = Peer::start(world.server(), script).await;
    let session = world
        .client(&peer.address(), options)
        .connect()
        .await
        .unwrap();
    (session, peer)
}

#[tokio::test]
async fn the_highest_common_version_is_agreed_on() {
    use ProtocolVersion as V;
    let world = World::new();
    // (what the server offers, what we may speak, agreed)
    let cases: &[(&[V], &[V], V)] = &[
        (
            &[V::V2_0, V::V1_4, V::V1_3, V::V1_2, V::V1_1, V::V1_0],
            V::ONE,
            V::V1_4,
        ),
        (V::SUPPORTED, V::SUPPORTED, V::V2_1),
        (&[V::V2_0, V::V1_4], V::SUPPORTED, V::V2_0),
        (&[V::V1_0, V::V1_2], V::SUPPORTED, V::V1_2),
        (V::SUPPORTED, &[V::V1_0, V::V1_3], V::V1_3),
        (V::SUPPORTED, &[V::V1_1], V::V1_1),
        (&[V::V1_0], V::SUPPORTED, V::V1_0),
    ];
    for (server, ours, expected) in cases {
        let script = vec![Act::Say(answer::versions(server))];
        let (session, _peer) = agreed(&world, script, options().versions(*ours)).await;
        assert_eq!(session.version(), *expected, "{server:?} and {ours:?}");
    }
}

fn query_1_0() -> Act {
    Act::Say(success(ProtocolVersion::V1_0, Operation::QUERY, |w| {
        w.enumeration(tag::OPERATION, Operation::GET);
    }))
}

fn no(version: ProtocolVersion, reason: ResultReason) -> Act {
    let operation = (version > ProtocolVersion::V1_0).then_some(Operation::DISCOVER_VERSIONS);
    Act::Say(answer::failure(version, operation, reason, "no"))
}

#[tokio::test]
async fn a_server_without_discover_versions_is_spoken_to_in_1_0() {
    use ProtocolVersion as V;
    use ResultReason as Reason;
    let world = World::new();
    // (what, script of the only connection, versions of the requests)
    let cases: Vec<(&str, Vec<Act>, &[V])> = vec![
        (
            "operation not supported",
            vec![no(V::V1_1, Reason::OPERATION_NOT_SUPPORTED), query_1_0()],
            &[V::V1_1, V::V1_0],
        ),
        (
            "operation not supported, in a 1.0 header",
            vec![no(V::V1_0, Reason::OPERATION_NOT_SUPPORTED), query_1_0()],
            &[V::V1_1, V::V1_0],
        ),
        (
            "invalid message, twice",
            vec![
                no(V::V1_0, Reason::INVALID_MESSAGE),
                no(V::V1_0, Reason::INVALID_MESSAGE),
                query_1_0(),
            ],
            &[V::V1_1, V::V1_4, V::V1_0],
        ),
    ];
    for (what, script, versions) in cases {
        let (session, peer) = agreed(&world, script, options()).await;
        assert_eq!(session.version(), V::V1_0, "{what}");
        let asked: Vec<V> = peer.requests().iter().map(|r| version_of(r)).collect();
        assert_eq!(asked, versions, "{what}");
        assert_eq!(peer.connections(), 1, "{what}");
    }
}

#[tokio::test]
async fn a_client_of_1_0_alone_asks_query_at_once() {
    let world = World::new();
    let only = options().versions([ProtocolVersion::V1_0]);
    let (mut session, peer) = agreed(&world, vec![query_1_0()], only).await;
    assert_eq!(session.version(), ProtocolVersion::V1_0);
    assert_eq!(peer.requests().len(), 1);
    let error = session.discover_versions().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Request, Outcome::NotSent)
    );
    assert!(
        session.usable(),
        "a request that cannot be written leaves the session alone"
    );
    assert_eq!(peer.requests().len(), 1);
}

#[tokio::test]
async fn a_role_without_discover_versions_is_still_connected() {
    let world = World::new();
    let denied = no(ProtocolVersion::V1_1, ResultReason::PERMISSION_DENIED);
    let (session, peer) = agreed(&world, vec![denied], options()).await;
    assert_eq!(session.version(), ProtocolVersion::V1_1);
    assert_eq!(peer.requests().len(), 1);
}

#[tokio::test]
async fn both_tls_versions_work_and_are_told() {
    let world = World::new();
    for (version, expected) in [(&TLS12, TlsVersion::Tls1_2), (&TLS13, TlsVersion::Tls1_3)] {
        let config = server_config(&world.ca.server(), &world.ca, &[version]);
        let peer = Peer::start(config, vec![hello()]).await;
        let session = world
            .client(&peer.address(), options())
            .connect()
            .await
            .unwrap();
        assert_eq!(session.tls().version, expected);
        assert!(
            session.tls().suite.contains("_GCM_"),
            "{}",
            session.tls().suite
        );
        let certificate = session.tls().server_certificate.as_ref().unwrap();
        assert_eq!(certificate.subject, "CN=kms");
    }
}

#[tokio::test]
async fn clones_of_a_client_work_side_by_side() {
    let world = World::new();
    let mut params = client_params();
    params.distinguished_name = named("node-2");
    world.file("client.pem", &world.ca.sign(&params).combined());
    let peer = Peer::start(world.server(), vec![hello()]).await;
    let client: Client = world.client(&peer.address(), options());
    assert_eq!(client.certificate().unwrap().subject, "CN=node-2");
    let (one, two) = (client.clone(), client);
    let (one, two) = tokio::join!(one.connect(), two.connect());
    assert!(one.is_ok() && two.is_ok());
}
