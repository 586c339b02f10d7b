//! One function per operation, for tests to call.

use strongroom_kmip::attribute::{
    ApplicationSpecificInformation, Attribute, AttributeValue, RevocationReason,
};
use strongroom_kmip::enumeration::State;
use strongroom_kmip::exchange::ExchangeError;
use strongroom_kmip::object::{KeyBlock, ManagedObject};
use strongroom_kmip::operation::{
    ActivateRequest, DestroyRequest, GetAttributesRequest, GetRequest, LocateRequest,
    RegisterRequest, Request, Response, RevokeRequest,
};
use strongroom_kmip::{
    CryptographicAlgorithm, CryptographicUsageMask, ProtocolVersion, ResultReason,
    RevocationReasonCode, TemplateAttribute,
};
use strongroom_secret::SecretBytes;

use crate::client::Client;

pub(crate) const VERSIONS: [ProtocolVersion; 7] = [
    ProtocolVersion::V1_0,
    ProtocolVersion::V1_1,
    ProtocolVersion::V1_2,
    ProtocolVersion::V1_3,
    ProtocolVersion::V1_4,
    ProtocolVersion::V2_0,
    ProtocolVersion::V2_1,
];

/// Those whose attributes are names and values.
pub(crate) const VERSIONS_OF_1: [ProtocolVersion; 5] = [
    ProtocolVersion::V1_0,
    ProtocolVersion::V1_1,
    ProtocolVersion::V1_2,
    ProtocolVersion::V1_3,
    ProtocolVersion::V1_4,
];

/// The reason of 1.x, or what 2.0 and 2.1 say more exactly.
pub(crate) fn reason_of(
    version: ProtocolVersion,
    [one, two, two_one]: [ResultReason; 3],
) -> ResultReason {
    match (version.major, version.minor) {
        (1, _) => one,
        (2, 0) => two,
        _ => two_one,
    }
}

pub(crate) fn reason<T: std::fmt::Debug>(result: Result<T, ExchangeError>) -> ResultReason {
    result.unwrap_err().reason().unwrap()
}

pub(crate) async fn attributes(
    client: &mut Client,
    uid: &str,
    names: &[&str],
) -> Vec<AttributeValue> {
    let request = Request::GetAttributes(GetAttributesRequest::new(uid, names));
    match client.send(request).await.unwrap() {
        Response::GetAttributes(answer) => answer.attributes.into_iter().map(|a| a.value).collect(),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn state(client: &mut Client, uid: &str) -> State {
    match attributes(client, uid, &["State"]).await.as_slice() {
        [AttributeValue::State(state)] => *state,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn key(client: &mut Client, uid: &str) -> Result<Vec<u8>, ExchangeError> {
    match client.send(Request::Get(GetRequest::new(uid))).await? {
        Response::Get(answer) => Ok(answer
            .object
            .key_block()
            .unwrap()
            .plain_key()
            .unwrap()
            .expose()
            .to_vec()),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn locate(client: &mut Client, wanted: Vec<Attribute>) -> Vec<String> {
    locate_as(client, LocateRequest::new(wanted)).await
}

pub(crate) async fn locate_as(client: &mut Client, request: LocateRequest) -> Vec<String> {
    match client.send(Request::Locate(request)).await.unwrap() {
        Response::Locate(answer) => texts(answer.unique_identifiers),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn activate(client: &mut Client, uid: &str) -> Result<Response, ExchangeError> {
    client
        .send(Request::Activate(ActivateRequest::new(uid)))
        .await
}

pub(crate) async fn revoke(
    client: &mut Client,
    uid: &str,
    code: RevocationReasonCode,
) -> Result<Response, ExchangeError> {
    client
        .send(Request::Revoke(RevokeRequest::new(
            uid,
            RevocationReason::new(code),
        )))
        .await
}

pub(crate) async fn destroy(client: &mut Client, uid: &str) -> Result<Response, ExchangeError> {
    client
        .send(Request::Destroy(DestroyRequest::new(uid)))
        .await
}

pub(crate) fn application(namespace: &str, data: &str) -> AttributeValue {
    AttributeValue::ApplicationSpecificInformation(ApplicationSpecificInformation::new(
        namespace, data,
    ))
}

pub(crate) fn register(object: ManagedObject, more: Vec<Attribute>) -> Request {
    let mut template = TemplateAttribute::new(vec![
        AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(12)).into(),
    ]);
    template.attributes.extend(more);
    Request::Register(RegisterRequest::new(object, template))
}

pub(crate) fn raw(octets: &[u8]) -> KeyBlock {
    KeyBlock::raw(CryptographicAlgorithm::AES, SecretBytes::copy_from(octets))
}

/// Identifiers as text, which all of ours are.
pub(crate) fn texts(ids: Vec<strongroom_kmip::UniqueIdentifier>) -> Vec<String> {
    ids.into_iter().map(|id| id.into_text().unwrap()).collect()
}
