//! Payloads of the operations that 1.0 and 1.1 brought, in all versions: byte for byte, both ways.

mod asynchronous;
mod attribute_changes;
mod key_making;
mod published;
mod query;
mod server_sent;
mod usage;

use proptest::prelude::*;
use strongroom_kmip::{
    Element, EncodeError, Limits, Operation, ProtocolVersion, Request, Response,
};

use crate::payloads::{VERSIONS, comes_back};
use crate::{strategies, tree};

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

/// A version that has the payload's operation, and the payload.
fn of_any_version<T: std::fmt::Debug + 'static>(
    payload: fn(ProtocolVersion) -> BoxedStrategy<T>,
    operation: fn(&T) -> Operation,
) -> BoxedStrategy<(ProtocolVersion, T)> {
    proptest::sample::select(VERSIONS.to_vec())
        .prop_flat_map(move |version| (Just(version), payload(version)))
        .prop_filter("of this version", move |(version, payload)| {
            version.knows(operation(payload).since())
        })
        .boxed()
}

fn request(version: ProtocolVersion) -> BoxedStrategy<Request> {
    prop_oneof![
        strategies::key_making::request(version),
        strategies::attribute_changes::request(version),
        strategies::usage::request(version),
        strategies::asynchronous::request(),
        strategies::server_sent::request(version),
        strategies::query::request(version).prop_map(Request::Query),
    ]
    .boxed()
}

fn response(version: ProtocolVersion) -> BoxedStrategy<Response> {
    prop_oneof![
        strategies::key_making::response(version),
        strategies::attribute_changes::response(version),
        strategies::usage::response(version),
        strategies::asynchronous::response(version),
        strategies::server_sent::response(),
        strategies::query::response(version).prop_map(Response::Query),
    ]
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn requests_come_back(
        (version, request) in of_any_version(request, Request::operation),
    ) {
        comes_back(version, &request);
    }

    #[test]
    fn responses_come_back(
        (version, response) in of_any_version(response, Response::operation),
    ) {
        comes_back(version, &response);
    }
}
