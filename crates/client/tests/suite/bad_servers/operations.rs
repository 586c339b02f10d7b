//! A server that refuses each operation in turn: a refusal is read before any payload.

use strongroom_client::{ErrorKind as Kind, Outcome};
use strongroom_kmip::attribute::{Name, RevocationReason};
use strongroom_kmip::enumeration::{EndpointRole, InteropFunction};
use strongroom_kmip::operation::*;
use strongroom_kmip::{
    KeyBlock, ManagedObject, ProtocolVersion, Request, ResultReason, RevocationReasonCode, tag,
};
use strongroom_secret::SecretBytes;

use super::options;
use crate::answer;
use crate::peer::{Act, Peer};
use crate::pki::World;

const V2_1: ProtocolVersion = ProtocolVersion::V2_1;

fn data() -> SecretBytes {
    SecretBytes::copy_from(&[1; 16])
}

fn key() -> ManagedObject {
    let octets = SecretBytes::copy_from(&[7; 32]);
    let aes = strongroom_kmip::CryptographicAlgorithm::AES;
    ManagedObject::SymmetricKey(KeyBlock::raw(aes, octets))
}

/// Requests of 2.1; all operations whose request says enough with what stands here.
fn requests() -> Vec<Request> {
    let name = || Name::text("n");
    let revoked = RevocationReason::new(RevocationReasonCode::UNSPECIFIED);
    vec![
        CreateRequest::symmetric_key(Vec::new()).into(),
        RegisterRequest::new(key(), Vec::new()).into(),
        ReKeyRequest::new("1").into(),
        LocateRequest::default().into(),
        CheckRequest::new("1").into(),
        GetRequest::new("1").into(),
        GetAttributesRequest::new("1", &[]).into(),
        GetAttributeListRequest::new("1").into(),
        AddAttributeRequest::new("1", name()).into(),
        ModifyAttributeRequest::new("1", name()).into(),
        ObtainLeaseRequest::new("1").into(),
        ActivateRequest::new("1").into(),
        RevokeRequest::new("1", revoked).into(),
        DestroyRequest::new("1").into(),
        ArchiveRequest::new("1").into(),
        RecoverRequest::new("1").into(),
        ValidateRequest::default().into(),
        QueryRequest::new(Vec::new()).into(),
        CancelRequest::new(b"h".to_vec()).into(),
        PollRequest::new(b"h".to_vec()).into(),
        DiscoverVersionsRequest::default().into(),
        EncryptRequest::new("1", data()).into(),
        DecryptRequest::new("1", data()).into(),
        SignRequest::new("1", data()).into(),
        MacRequest::new("1", data()).into(),
        RngRetrieveRequest::new(8).into(),
        RngSeedRequest::new(data()).into(),
        ExportRequest::new("1").into(),
        LogRequest::new("l").into(),
        LoginRequest::default().into(),
        SetAttributeRequest::new("1", name()).into(),
        SetEndpointRoleRequest::new(EndpointRole::CLIENT).into(),
        InteropRequest::new(InteropFunction::BEGIN, "i").into(),
        GetConstraintsRequest::default().into(),
        QueryAsynchronousRequestsRequest::default().into(),
        ProcessRequest::new(b"h".to_vec()).into(),
        PingRequest::default().into(),
    ]
}

#[tokio::test]
async fn each_operation_is_refused_and_the_session_goes_on() {
    let world = World::new();
    let requests = requests();
    let reason = ResultReason::PERMISSION_DENIED;
    let refusals = requests.iter().map(|request| {
        Act::Say(answer::failure(
            V2_1,
            Some(request.operation()),
            reason,
            "no",
        ))
    });
    let mut script = vec![Act::Say(answer::versions(ProtocolVersion::SUPPORTED))];
    script.extend(refusals);
    let peer = Peer::start(world.server(), script).await;
    let all = options().versions(ProtocolVersion::SUPPORTED);
    let client = world.client(&peer.address(), all);
    let mut session = client.connect().await.unwrap();
    assert_eq!(session.version(), V2_1);
    for request in &requests {
        let operation = request.operation();
        let error = session.send(request).await.unwrap_err();
        let told = (error.kind(), error.outcome());
        assert_eq!(
            told,
            (Kind::PermissionDenied, Outcome::Refused),
            "{error:?}"
        );
        assert_eq!(error.operation(), Some(operation));
        assert!(session.usable(), "{operation}");
    }
    assert_eq!(peer.requests().len(), requests.len() + 1, "each sent once");
    assert!(requests.len() > 35);
}

/// A client that reads the payload before the status would take this for a success.
#[tokio::test]
async fn a_payload_beside_a_refusal_is_no_answer() {
    let world = World::new();
    let octets = answer::message(ProtocolVersion::V1_4, |w| {
        w.enumeration(tag::OPERATION, strongroom_kmip::Operation::CREATE);
        w.enumeration(tag::RESULT_STATUS, 1_u32);
        w.enumeration(tag::RESULT_REASON, ResultReason::GENERAL_FAILURE);
        w.structure(tag::RESPONSE_PAYLOAD, |w| {
            w.enumeration(tag::OBJECT_TYPE, 2_u32);
            w.text(tag::UNIQUE_IDENTIFIER, "7");
        });
    });
    let peer = Peer::after_hello(world.server(), vec![Act::Say(octets)]).await;
    let client = world.client(&peer.address(), options());
    let mut session = client.connect().await.unwrap();
    let request = CreateRequest::symmetric_key(Vec::new());
    let error = session.create(request).await.unwrap_err();
    let told = (error.kind(), error.outcome());
    assert_eq!(told, (Kind::Refused, Outcome::Refused), "{error:?}");
}
