//! The client's side: which answers belong to a request, and what refusals mean.

use strongroom_kmip::attribute::RevocationReason;
use strongroom_kmip::exchange::{Mismatch, RequestOptions};
use strongroom_kmip::operation::{
    ActivateRequest, CreateRequest, DestroyRequest, DiscoverVersionsRequest, GetAttributesRequest,
    GetRequest, LocateRequest, RevokeRequest,
};
use strongroom_kmip::{
    Attribute, AttributeValue, Element, EncodeError, Exchange, ExchangeError, Operation,
    ProtocolVersion, Request, Response, ResultReason, RevocationReasonCode, tag,
};

use crate::tree;

const V1_0: ProtocolVersion = ProtocolVersion::V1_0;

fn get() -> Exchange {
    Exchange::new(V1_0, &Request::Get(GetRequest::new("7")))
        .unwrap()
        .0
}

fn activate() -> Exchange {
    Exchange::new(V1_0, &Request::Activate(ActivateRequest::new("7")))
        .unwrap()
        .0
}

/// A failed item with these fields before the status, reason and words.
fn failed(minor: i32, before: &[Vec<u8>], reason: u32) -> Vec<u8> {
    let item = [
        before.concat(),
        tree::enumeration(0x42_007F, 1),
        tree::enumeration(0x42_007E, reason),
        tree::text(0x42_007D, "no\nway"),
    ];
    tree::structure(
        0x42_007B,
        &[
            tree::response_header(minor, 1),
            tree::structure(0x42_000F, &item),
        ],
    )
}

#[test]
fn the_default_header_is_version_and_batch_count_alone() {
    let request = Request::Get(GetRequest::new("7"));
    let (_, bytes) = Exchange::new(ProtocolVersion::V1_2, &request).unwrap();
    let expected = tree::plain_request(2, 0x0A, &[tree::text(0x42_0094, "7")]);
    assert_eq!(bytes.as_slice(), expected);

    let options = RequestOptions::default().with_maximum_response_size(8192);
    let (_, bytes) = Exchange::with_options(V1_0, &request, options).unwrap();
    assert_eq!(bytes.len(), expected.len() + 16);
}

#[test]
fn an_answer_to_the_request_is_taken() {
    let bytes = tree::response(0, 0x12, &[tree::text(0x42_0094, "7")]);
    let Ok(Response::Activate(response)) = activate().finish(&bytes) else {
        panic!("not taken");
    };
    assert_eq!(response.unique_identifier, "7");
}

#[test]
fn an_answer_to_something_else_is_a_mismatch() {
    let id = |id: &str| [tree::text(0x42_0094, id)];
    let two = {
        let item = [
            tree::enumeration(0x42_005C, 0x12),
            tree::enumeration(0x42_007F, 0),
            tree::structure(0x42_007C, &id("7")),
        ];
        let item = tree::structure(0x42_000F, &item);
        let items = [tree::response_header(0, 2), item.clone(), item];
        tree::structure(0x42_007B, &items)
    };
    let bare = |fields: &[Vec<u8>]| {
        let items = [
            tree::response_header(0, 1),
            tree::structure(0x42_000F, fields),
        ];
        tree::structure(0x42_007B, &items)
    };
    let no_operation = bare(&[
        tree::enumeration(0x42_007F, 0),
        tree::structure(0x42_007C, &id("7")),
    ]);
    let no_payload = bare(&[
        tree::enumeration(0x42_005C, 0x12),
        tree::enumeration(0x42_007F, 0),
    ]);
    let cases = [
        (
            tree::response(0, 0x12, &id("8")),
            Mismatch::UniqueIdentifier {
                asked: "7".to_owned(),
                found: "8".to_owned(),
            },
        ),
        (
            tree::response(0, 0x14, &id("7")),
            Mismatch::Operation {
                asked: Operation::ACTIVATE,
                found: Operation::DESTROY,
            },
        ),
        (
            tree::response(4, 0x12, &id("7")),
            Mismatch::Version {
                asked: V1_0,
                found: ProtocolVersion::V1_4,
            },
        ),
        (two, Mismatch::BatchCount { asked: 1, found: 2 }),
        (no_operation, Mismatch::NoOperation),
        (no_payload, Mismatch::NoPayload),
    ];
    for (bytes, expected) in cases {
        let error = activate().finish(&bytes).unwrap_err();
        assert_eq!(error, ExchangeError::Mismatch(expected));
    }
}

#[test]
fn every_operation_that_names_an_object_must_be_answered_for_it() {
    let reason = RevocationReason::new(RevocationReasonCode::CESSATION_OF_OPERATION);
    let requests = [
        Request::Activate(ActivateRequest::new("7")),
        Request::Revoke(RevokeRequest::new("7", reason)),
        Request::Destroy(DestroyRequest::new("7")),
        Request::GetAttributes(GetAttributesRequest::new("7", &[])),
        Request::Get(GetRequest::new("7")),
    ];
    for request in requests {
        let (exchange, _) = Exchange::new(V1_0, &request).unwrap();
        let code = request.operation().value();
        for (id, taken) in [("7", true), ("77", false)] {
            let mut payload = vec![tree::text(0x42_0094, id)];
            if code == 0x0A {
                payload.insert(0, tree::enumeration(0x42_0057, 2));
                payload.push(tree::symmetric_key(&[1; 32], &[]));
            }
            let outcome = exchange.finish(&tree::response(0, code, &payload));
            match outcome {
                Ok(_) => assert!(taken, "{code:#x}"),
                Err(ExchangeError::Mismatch(Mismatch::UniqueIdentifier { .. })) => {
                    assert!(!taken, "{code:#x}");
                }
                Err(error) => panic!("{code:#x}: {error}"),
            }
        }
    }
}

#[test]
fn refusals_are_told_apart() {
    let operation = [tree::enumeration(0x42_005C, 0x0A)];
    // (fields before the status, version, reason, what it must be)
    let cases: &[(&[Vec<u8>], i32, u32, &str)] = &[
        (&operation, 0, 0x01, "not found"),
        (&operation, 0, 0x36, "not found"),
        (&operation, 0, 0x37, "not found"),
        (&operation, 0, 0x0C, "permission denied"),
        (&operation, 0, 0x03, "authentication"),
        (&operation, 0, 0x05, "not supported"),
        // PyKMIP: header version 1.0 whatever was asked, no operation.
        (&[], 0, 0x04, "not supported"),
        (&[], 4, 0x04, "not supported"),
        // It knows the operation and did not like the message.
        (&operation, 0, 0x04, "none"),
        (&operation, 0, 0x100, "none"),
    ];
    for (before, minor, reason, expected) in cases {
        let error = get().finish(&failed(*minor, before, *reason)).unwrap_err();
        let found = [
            (error.is_not_found(), "not found"),
            (error.is_permission_denied(), "permission denied"),
            (error.is_authentication(), "authentication"),
            (error.is_operation_not_supported(), "not supported"),
        ];
        let found: Vec<_> = found
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, what)| *what)
            .collect();
        let expected: &[&str] = if *expected == "none" {
            &[]
        } else {
            &[expected]
        };
        assert_eq!(found, expected, "{reason:#x} {before:?}");
        assert_eq!(error.reason(), Some(ResultReason::new(*reason)));
    }
}

#[test]
fn a_refusal_prints_on_one_line() {
    let error = get().finish(&failed(0, &[], 1)).unwrap_err();
    let expected = r"the server refused Get: Item Not Found (no\nway)";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_failed_item_is_never_read_as_an_answer() {
    // Status failed, and a payload that would be a fine answer, before and after the status.
    let payload = tree::structure(0x42_007C, &[tree::text(0x42_0094, "7")]);
    let operation = tree::enumeration(0x42_005C, 0x12);
    let status = tree::enumeration(0x42_007F, 1);
    for fields in [
        [operation.clone(), status.clone(), payload.clone()],
        [payload, operation, status],
    ] {
        let items = [
            tree::response_header(0, 1),
            tree::structure(0x42_000F, &fields),
        ];
        let bytes = tree::structure(0x42_007B, &items);
        let error = activate().finish(&bytes).unwrap_err();
        assert!(matches!(error, ExchangeError::Refused { .. }), "{error}");
    }
}

#[test]
fn a_pending_operation_is_not_a_success() {
    let fields = [
        tree::enumeration(0x42_005C, 0x12),
        tree::enumeration(0x42_007F, 2),
        tree::bytes(0x42_0006, b"later"),
    ];
    let items = [
        tree::response_header(0, 1),
        tree::structure(0x42_000F, &fields),
    ];
    let error = activate()
        .finish(&tree::structure(0x42_007B, &items))
        .unwrap_err();
    let pending = ExchangeError::Pending {
        operation: Operation::ACTIVATE,
        asynchronous_correlation_value: b"later".to_vec(),
    };
    assert_eq!(error, pending);
    assert_eq!(
        error.to_string(),
        "the server has not finished Activate yet"
    );
}

#[test]
fn bytes_that_are_no_response_are_a_decode_error() {
    for bytes in [
        &b""[..],
        b"GET / HTTP/1.1\r\n\r\n",
        &tree::psmdb_request(0x12, &[]),
    ] {
        let error = activate().finish(bytes).unwrap_err();
        assert!(matches!(error, ExchangeError::Decode(_)), "{error}");
    }
}

#[test]
fn what_a_version_does_not_have_cannot_be_asked_for() {
    let sensitive = || vec![Attribute::new(AttributeValue::Sensitive(true))];
    let offset = {
        let mut locate = LocateRequest::new(Vec::new());
        locate.offset_items = Some(1);
        locate
    };
    let cases = [
        (
            Request::DiscoverVersions(DiscoverVersionsRequest::default()),
            ProtocolVersion::V1_1,
            Element::Operation(Operation::DISCOVER_VERSIONS),
        ),
        (
            Request::Create(CreateRequest::symmetric_key(sensitive())),
            ProtocolVersion::V1_4,
            Element::Attribute("Sensitive".to_owned()),
        ),
        (
            Request::GetAttributes(GetAttributesRequest::new("7", &["Fresh"])),
            ProtocolVersion::V1_1,
            Element::Attribute("Fresh".to_owned()),
        ),
        (
            Request::Locate(offset),
            ProtocolVersion::V1_3,
            Element::Tag(tag::OFFSET_ITEMS),
        ),
    ];
    for (request, since, what) in cases {
        for &version in ProtocolVersion::SUPPORTED {
            let outcome = Exchange::new(version, &request).map(drop);
            let expected = if version >= since {
                Ok(())
            } else {
                let what = what.clone();
                Err(EncodeError::NotInVersion { what, version })
            };
            assert_eq!(outcome, expected, "{version}");
        }
    }
    let request = Request::Get(GetRequest::new("7"));
    let version = ProtocolVersion::new(3, 0);
    let error = Exchange::new(version, &request).map(drop).unwrap_err();
    assert_eq!(error, EncodeError::UnsupportedVersion { version });
    let request = Request::Unsupported {
        operation: Operation::RE_KEY,
    };
    let error = Exchange::new(V1_0, &request).map(drop).unwrap_err();
    let operation = Operation::RE_KEY;
    assert_eq!(error, EncodeError::NoPayload { operation });
}
