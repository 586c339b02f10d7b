//! The peer: NLnet Labs' `kmip-protocol` over `kmip-ttlv`, the Rust crates that a user finds first.
//! Called as their own client calls them.

use kmip_protocol::response::from_slice;
use kmip_protocol::types::common::{
    AttributeName, AttributeValue, CryptographicAlgorithm, ObjectType, Operation,
};
use kmip_protocol::types::request::{
    Attribute, BatchCount, BatchItem, ProtocolVersion, ProtocolVersionMajor, ProtocolVersionMinor,
    RequestHeader, RequestMessage, RequestPayload, TemplateAttribute,
};
use kmip_protocol::types::response::{ResponseMessage, ResponsePayload};
use kmip_ttlv::error::Error;

/// Reads an answer.
pub(crate) fn read(message: &[u8]) -> Result<ResponseMessage, Error> {
    from_slice(message)
}

/// Items of the answer with a payload that the peer knows as a Get's or a Get Attributes'.
pub(crate) fn understood(answer: &ResponseMessage) -> usize {
    let is_known = |payload: &Option<ResponsePayload>| {
        matches!(
            payload,
            Some(ResponsePayload::Get(_) | ResponsePayload::GetAttributes(_))
        )
    };
    let items = answer.batch_items.iter();
    items.filter(|item| is_known(&item.payload)).count()
}

/// The request to create a key, in the peer's types.
pub(crate) fn create() -> RequestMessage {
    let version = ProtocolVersion(ProtocolVersionMajor(1), ProtocolVersionMinor(2));
    let usage_mask = Attribute(
        AttributeName("Cryptographic Usage Mask".to_owned()),
        None,
        AttributeValue::Integer(12),
    );
    let attributes = vec![
        Attribute::CryptographicAlgorithm(CryptographicAlgorithm::AES),
        Attribute::CryptographicLength(256),
        usage_mask,
    ];
    let payload = RequestPayload::Create(
        ObjectType::SymmetricKey,
        TemplateAttribute::unnamed(attributes),
    );
    RequestMessage(
        RequestHeader(version, None, None, BatchCount(1)),
        vec![BatchItem(Operation::Create, None, payload)],
    )
}

/// Writes a request into a new buffer; there is no other way.
pub(crate) fn write(request: &RequestMessage) -> Result<Vec<u8>, Error> {
    kmip_ttlv::ser::to_vec(request)
}
