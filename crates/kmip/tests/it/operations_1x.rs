//! Payloads of the operations that 1.0 and 1.1 brought, byte for byte, both ways.

mod asynchronous;
mod query;
mod usage;

use strongroom_kmip::message::{RequestHeader, ResponseHeader, ResponseItem};
use strongroom_kmip::{
    Element, EncodeError, Limits, MessageError, ProtocolVersion, Request, RequestMessage, Response,
    ResponseMessage,
};

use crate::tree;

/// `message` in version 1.`minor`, with this payload of `operation`.
fn request_octets(minor: i32, operation: u32, payload: &[Vec<u8>]) -> Vec<u8> {
    tree::plain_request(minor, operation, payload)
}

fn response_octets(minor: i32, operation: u32, payload: &[Vec<u8>]) -> Vec<u8> {
    let header = [
        tree::version(minor),
        tree::date_time(0x42_0092, tree::NOW),
        tree::integer(0x42_000D, 1),
    ];
    let item = [
        tree::enumeration(0x42_005C, operation),
        tree::enumeration(0x42_007F, 0),
        tree::structure(0x42_007C, payload),
    ];
    tree::structure(
        0x42_007B,
        &[
            tree::structure(0x42_007A, &header),
            tree::structure(0x42_000F, &item),
        ],
    )
}

fn request_message(minor: i32, request: impl Into<Request>) -> RequestMessage {
    RequestMessage::single(
        RequestHeader::new(ProtocolVersion::new(1, minor)),
        request.into(),
    )
}

fn response_message(minor: i32, response: impl Into<Response>) -> ResponseMessage {
    let header = ResponseHeader::new(ProtocolVersion::new(1, minor), tree::NOW);
    ResponseMessage::new(header, vec![ResponseItem::success(response.into())])
}

/// The request in version 1.`minor` is these fields, and they are read as it.
fn check_request(minor: i32, request: impl Into<Request>, payload: &[Vec<u8>]) {
    let message = request_message(minor, request);
    let operation = message.batch.first().unwrap().request.operation().value();
    let expected = request_octets(minor, operation, payload);
    assert_eq!(message.encode().unwrap().as_slice(), expected);
    let read = RequestMessage::decode(&expected, &Limits::default()).unwrap();
    assert_eq!(format!("{read:?}"), format!("{message:?}"));
}

/// The response in version 1.`minor` is these fields, and they are read as it.
fn check_response(minor: i32, response: impl Into<Response>, payload: &[Vec<u8>]) {
    let message = response_message(minor, response);
    let operation = message.batch.first().unwrap().operation.unwrap().value();
    let expected = response_octets(minor, operation, payload);
    assert_eq!(message.encode().unwrap().as_slice(), expected);
    let read = ResponseMessage::decode(&expected, &Limits::default()).unwrap();
    assert_eq!(format!("{read:?}"), format!("{message:?}"));
}

/// The request cannot be written in version 1.`minor`, which does not have `what`.
fn check_refused(minor: i32, request: impl Into<Request>, what: Element) {
    let error = request_message(minor, request).encode().unwrap_err();
    let version = ProtocolVersion::new(1, minor);
    assert_eq!(error, EncodeError::NotInVersion { what, version });
}

/// Why these fields are no request of 1.`minor`.
fn unreadable(minor: i32, operation: u32, payload: &[Vec<u8>]) -> MessageError {
    let octets = request_octets(minor, operation, payload);
    RequestMessage::decode(&octets, &Limits::default()).unwrap_err()
}
