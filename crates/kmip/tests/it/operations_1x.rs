//! Payloads of the operations that 1.0 and 1.1 brought, in all versions: byte for byte, both ways.

mod asynchronous;
mod attribute_changes;
mod key_making;
mod published;
mod query;
mod server_sent;
mod usage;

use strongroom_kmip::{Element, EncodeError, Limits, ProtocolVersion, Request, Response};

use crate::tree;

const V1_0: ProtocolVersion = ProtocolVersion::V1_0;
const V1_1: ProtocolVersion = ProtocolVersion::V1_1;
const V1_2: ProtocolVersion = ProtocolVersion::V1_2;
const V1_3: ProtocolVersion = ProtocolVersion::V1_3;
const V1_4: ProtocolVersion = ProtocolVersion::V1_4;
const V2_0: ProtocolVersion = ProtocolVersion::V2_0;
const V2_1: ProtocolVersion = ProtocolVersion::V2_1;

/// The request in `version` is these items, and they are read as it.
fn check_request(version: ProtocolVersion, request: impl Into<Request>, items: &[Vec<u8>]) {
    let request = request.into();
    let expected = tree::structure(0x42_0079, items);
    assert_eq!(request.to_ttlv(version).unwrap().as_slice(), expected);
    let limits = Limits::default();
    let read = Request::from_ttlv(request.operation(), version, &expected, &limits).unwrap();
    assert_eq!(format!("{read:?}"), format!("{request:?}"));
}

/// The response in `version` is these items, and they are read as it.
fn check_response(version: ProtocolVersion, response: impl Into<Response>, items: &[Vec<u8>]) {
    let response = response.into();
    let expected = tree::structure(0x42_007C, items);
    assert_eq!(response.to_ttlv(version).unwrap().as_slice(), expected);
    let limits = Limits::default();
    let read = Response::from_ttlv(response.operation(), version, &expected, &limits).unwrap();
    assert_eq!(format!("{read:?}"), format!("{response:?}"));
}

/// The request cannot be written in `version`, which does not have `what`.
fn check_refused(version: ProtocolVersion, request: impl Into<Request>, what: Element) {
    let error = request.into().to_ttlv(version).unwrap_err();
    assert_eq!(error, EncodeError::NotInVersion { what, version });
}

/// An attribute of 1.x.
fn named(name: &str, value: Vec<u8>) -> Vec<u8> {
    tree::structure(0x42_0008, &[tree::text(0x42_000A, name), value])
}
