//! PSMDB's conversation, byte for byte: trees and sizes as in its own messages (KMIP 1.0).

use strongroom_kmip::message::{RequestHeader, ResponseHeader, ResponseItem};
use strongroom_kmip::operation::{
    ActivateRequest, ActivateResponse, GetAttributesRequest, GetAttributesResponse, GetRequest,
    GetResponse, RegisterRequest, RegisterResponse,
};
use strongroom_kmip::{
    Attribute, AttributeValue, CryptographicAlgorithm, CryptographicUsageMask, KeyBlock, Limits,
    ManagedObject, Operation, ProtocolVersion, Request, RequestMessage, Response, ResponseMessage,
    ResultReason, State, attribute_name,
};
use strongroom_secret::SecretBytes;

use crate::tree::{self, NOW};

const KEY: [u8; 32] = [0xA5; 32];
const ID: &str = "136";

fn key() -> ManagedObject {
    let octets = SecretBytes::copy_from(&KEY);
    ManagedObject::SymmetricKey(KeyBlock::raw(CryptographicAlgorithm::AES, octets))
}

fn usual_attributes() -> Vec<Attribute> {
    vec![
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into(),
        AttributeValue::CryptographicLength(256).into(),
        AttributeValue::CryptographicUsageMask(
            CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT,
        )
        .into(),
    ]
}

/// The request as PSMDB would send it, checked against `expected` both ways.
fn check_request(request: Request, expected: &[u8], len: usize) {
    let mut header = RequestHeader::new(ProtocolVersion::V1_0);
    header.maximum_response_size = Some(8192);
    header.time_stamp = Some(NOW);
    let message = RequestMessage::single(header, request);
    assert_eq!(message.encode().unwrap().as_slice(), expected);
    assert_eq!(expected.len(), len);

    let read = RequestMessage::decode(expected, &Limits::default()).unwrap();
    assert_eq!(format!("{read:?}"), format!("{message:?}"));
    assert_eq!(read.encode().unwrap().as_slice(), expected);
}

fn check_response(item: ResponseItem, expected: &[u8], len: usize) {
    let header = ResponseHeader::new(ProtocolVersion::V1_0, NOW);
    let message = ResponseMessage::new(header, vec![item]);
    assert_eq!(message.encode().unwrap().as_slice(), expected);
    assert_eq!(expected.len(), len);

    let read = ResponseMessage::decode(expected, &Limits::default()).unwrap();
    assert_eq!(format!("{read:?}"), format!("{message:?}"));
    assert_eq!(read.encode().unwrap().as_slice(), expected);
}

#[test]
fn register_of_psmdb() {
    let request = RegisterRequest::new(key(), usual_attributes());
    let expected = tree::psmdb_request(3, &tree::psmdb_register_payload(&KEY));
    check_request(Request::Register(request), &expected, 440);

    let response = Response::Register(RegisterResponse::new(ID));
    let expected = tree::response(0, 3, &[tree::text(0x42_0094, ID)]);
    check_response(ResponseItem::success(response), &expected, 152);
}

#[test]
fn get_of_psmdb() {
    let request = Request::Get(GetRequest::new(ID));
    let expected = tree::psmdb_request(0x0A, &[tree::text(0x42_0094, ID)]);
    check_request(request, &expected, 152);

    let response = Response::Get(GetResponse::new(ID, key()));
    let payload = [
        tree::enumeration(0x42_0057, 2),
        tree::text(0x42_0094, ID),
        tree::symmetric_key(&KEY, &[]),
    ];
    let expected = tree::response(0, 0x0A, &payload);
    check_response(ResponseItem::success(response), &expected, 280);
    let read = ResponseMessage::decode(&expected, &Limits::default()).unwrap();
    let Some(Response::Get(get)) = read.batch[0].response.as_deref() else {
        panic!("not a Get: {read:?}");
    };
    let found = get.object.key_block().unwrap().plain_key().unwrap();
    assert_eq!(found.expose(), KEY);
}

#[test]
fn get_of_an_unknown_id() {
    let words = format!("Could not locate object: {ID}");
    let item = [
        tree::enumeration(0x42_005C, 0x0A),
        tree::enumeration(0x42_007F, 1),
        tree::enumeration(0x42_007E, 1),
        tree::text(0x42_007D, &words),
    ];
    let expected = tree::structure(
        0x42_007B,
        &[
            tree::response_header(0, 1),
            tree::structure(0x42_000F, &item),
        ],
    );
    let reason = ResultReason::ITEM_NOT_FOUND;
    let item = ResponseItem::failure(Some(Operation::GET), reason, Some(words));
    check_response(item, &expected, 184);
}

#[test]
fn activate_of_psmdb() {
    let payload = [tree::text(0x42_0094, ID)];
    let request = Request::Activate(ActivateRequest::new(ID));
    check_request(request, &tree::psmdb_request(0x12, &payload), 152);

    let response = Response::Activate(ActivateResponse::new(ID));
    let expected = tree::response(0, 0x12, &payload);
    check_response(ResponseItem::success(response), &expected, 152);
}

#[test]
fn state_of_psmdb() {
    let request = GetAttributesRequest::new(ID, &[attribute_name::STATE]);
    let payload = [tree::text(0x42_0094, ID), tree::text(0x42_000A, "State")];
    let expected = tree::psmdb_request(0x0B, &payload);
    check_request(Request::GetAttributes(request), &expected, 168);

    let state = AttributeValue::State(State::ACTIVE).into();
    let response = GetAttributesResponse::new(ID, vec![state]);
    assert_eq!(response.state(), Some(State::ACTIVE));
    let payload = [
        tree::text(0x42_0094, ID),
        tree::attribute("State", tree::enumeration(0x42_000B, 2)),
    ];
    let expected = tree::response(0, 0x0B, &payload);
    let item = ResponseItem::success(Response::GetAttributes(response));
    check_response(item, &expected, 192);
}

#[test]
fn a_register_of_pg_tde_with_a_key_compression_type_is_read() {
    // 1.4, with Name, and Key Compression Type = 1 between format and value.
    let name = [
        tree::text(0x42_0055, "tde"),
        tree::enumeration(0x42_0054, 1),
    ];
    let block = [
        tree::enumeration(0x42_0042, 1),
        tree::enumeration(0x42_0041, 1),
        tree::structure(0x42_0045, &[tree::bytes(0x42_0043, &KEY)]),
        tree::enumeration(0x42_0028, 3),
        tree::integer(0x42_002A, 256),
    ];
    let payload = [
        tree::enumeration(0x42_0057, 2),
        tree::structure(
            0x42_0091,
            &[tree::attribute("Name", tree::structure(0x42_000B, &name))],
        ),
        tree::structure(0x42_008F, &[tree::structure(0x42_0040, &block)]),
    ];
    let bytes = tree::plain_request(4, 3, &payload);
    let message = RequestMessage::decode(&bytes, &Limits::default()).unwrap();
    assert_eq!(message.encode().unwrap().as_slice(), bytes);
    let Request::Register(register) = &message.batch[0].request else {
        panic!("not a Register: {message:?}");
    };
    assert_eq!(register.template_attribute.attributes[0].name(), "Name");
}

#[test]
fn names_of_enumerations_and_masks_read_like_the_specification() {
    assert_eq!(State::PRE_ACTIVE.to_string(), "Pre-Active");
    assert_eq!(
        format!("{:?}", ResultReason::ITEM_NOT_FOUND),
        "Item Not Found"
    );
    assert_eq!(State::new(0x8000_0001).to_string(), "0x80000001");
    assert_eq!(format!("{:?}", State::new(9)), "State(0x00000009)");
    assert_eq!(State::from_name("active"), Some(State::ACTIVE));
    let mask = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
    assert_eq!(mask.to_string(), "Encrypt | Decrypt");
    assert_eq!(mask.bits(), 12);
    assert_eq!(CryptographicUsageMask::new(0).to_string(), "0x00000000");
}
