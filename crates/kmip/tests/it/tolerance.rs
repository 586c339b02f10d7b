//! What a client puts up with in a response, and what never, since keys are inside.

use strongroom_kmip::{
    AttributeValue, Limits, MessageError, RequestMessage, Response, ResponseMessage, State,
};

use crate::tree;

fn decode(bytes: &[u8]) -> Result<ResponseMessage, MessageError> {
    ResponseMessage::decode(bytes, &Limits::default())
}

fn only(message: ResponseMessage) -> Response {
    *message.batch.into_iter().next().unwrap().response.unwrap()
}

fn message(header: &[Vec<u8>], item: &[Vec<u8>]) -> Vec<u8> {
    let fields = [
        tree::structure(0x42_007A, header),
        tree::structure(0x42_000F, item),
    ];
    tree::structure(0x42_007B, &fields)
}

#[test]
fn unknown_fields_and_any_order_in_headers_and_payloads() {
    // vault #24309: Server Correlation Value below 1.4; vault #9147: Object Type in Register's
    // answer, before the identifier; the rest for good measure.
    let header = [
        tree::text(0x42_0106, "correlation"),
        tree::integer(0x42_000D, 1),
        tree::version(0),
        tree::structure(0x54_0001, &[tree::text(0x54_0002, "vendor")]),
    ];
    let item = [
        tree::structure(
            0x42_007C,
            &[
                tree::enumeration(0x42_0057, 2),
                tree::boolean(0x54_0003, true),
                tree::text(0x42_0094, "7"),
            ],
        ),
        tree::enumeration(0x42_007F, 0),
        tree::structure(0x42_0051, &[]),
        tree::enumeration(0x42_005C, 3),
    ];
    let message = decode(&message(&header, &item)).unwrap();
    assert_eq!(message.header.time_stamp, None);
    assert_eq!(only(message).unique_identifier(), Some(&"7".into()));
}

#[test]
fn a_request_is_not_read_like_that() {
    let good = tree::plain_request(0, 0x0A, &[tree::text(0x42_0094, "7")]);
    assert!(RequestMessage::decode(&good, &Limits::default()).is_ok());
    let unknown = tree::plain_request(
        0,
        0x0A,
        &[tree::text(0x42_0094, "7"), tree::boolean(0x54_0003, true)],
    );
    let order = tree::plain_request(
        0,
        0x0B,
        &[tree::text(0x42_000A, "State"), tree::text(0x42_0094, "7")],
    );
    for bytes in [unknown, order] {
        let error = RequestMessage::decode(&bytes, &Limits::default()).unwrap_err();
        assert!(matches!(error, MessageError::Ttlv(_)), "{error}");
    }
}

fn get(object: Vec<u8>) -> Result<ResponseMessage, MessageError> {
    let payload = [
        tree::text(0x42_0094, "7"),
        tree::enumeration(0x42_0057, 2),
        object,
    ];
    decode(&tree::response(0, 0x0A, &payload))
}

#[test]
fn a_key_with_unknown_fields_is_refused_in_a_response_too() {
    let unknown = tree::text(0x54_0001, "?");
    let value = |fields: &[Vec<u8>]| tree::structure(0x42_0045, fields);
    let material = || tree::bytes(0x42_0043, &[1; 32]);
    let raw = || tree::enumeration(0x42_0042, 1);
    let key = |block: &[Vec<u8>], beside: &[Vec<u8>]| {
        tree::structure(
            0x42_008F,
            &[tree::structure(0x42_0040, block), beside.concat()],
        )
    };
    let cases: &[(&str, Vec<u8>)] = &[
        (
            "in the key block",
            tree::symmetric_key(&[1; 32], std::slice::from_ref(&unknown)),
        ),
        (
            "beside the key block",
            key(
                &[raw(), value(&[material()])],
                std::slice::from_ref(&unknown),
            ),
        ),
        (
            "in the key value",
            key(&[raw(), value(&[material(), unknown.clone()])], &[]),
        ),
        (
            "two materials",
            key(&[raw(), value(&[material(), material()])], &[]),
        ),
        ("no material", key(&[raw(), value(&[])], &[])),
        (
            "format after the value",
            key(&[value(&[material()]), raw()], &[]),
        ),
        ("no format", key(&[value(&[material()])], &[])),
        (
            "material of another type",
            key(&[raw(), value(&[tree::text(0x42_0043, "k")])], &[]),
        ),
        (
            "wrapped octets without wrapping data",
            key(&[raw(), tree::bytes(0x42_0045, &[1; 32])], &[]),
        ),
        (
            "a raw key that is a structure",
            key(&[raw(), value(&[tree::structure(0x42_0043, &[])])], &[]),
        ),
        (
            "another object than announced",
            tree::structure(0x42_0085, &[]),
        ),
        ("no object", Vec::new()),
    ];
    for (what, object) in cases {
        assert!(get(object.clone()).is_err(), "{what}");
    }
    assert!(get(tree::symmetric_key(&[1; 32], &[])).is_ok());
}

#[test]
fn attributes_beside_the_key_material_do_no_harm() {
    // Cosmian put Fresh (1.1) and Initial Date there, in answers to 1.0.
    let value = tree::structure(
        0x42_0045,
        &[
            tree::bytes(0x42_0043, &[1; 32]),
            tree::attribute("Fresh", tree::boolean(0x42_000B, true)),
            tree::attribute("Initial Date", tree::integer(0x42_000B, 1)),
            tree::attribute("x-made-up", tree::structure(0x42_000B, &[])),
        ],
    );
    let block = [tree::enumeration(0x42_0042, 1), value];
    let object = tree::structure(0x42_008F, &[tree::structure(0x42_0040, &block)]);
    let Response::Get(get) = only(get(object).unwrap()) else {
        panic!("not a Get");
    };
    let key = get.object.key_block().unwrap().plain_key().unwrap();
    assert_eq!(key.expose(), [1; 32]);
}

#[test]
fn an_attribute_of_odd_shape_does_not_hide_the_others() {
    let payload = [
        tree::text(0x42_0094, "7"),
        tree::attribute("Initial Date", tree::integer(0x42_000B, 1)),
        tree::attribute("State", tree::enumeration(0x42_000B, 2)),
    ];
    let Response::GetAttributes(response) =
        only(decode(&tree::response(0, 0x0B, &payload)).unwrap())
    else {
        panic!("not Get Attributes");
    };
    assert_eq!(response.state(), Some(State::ACTIVE));
    let odd = &response.attributes[0];
    assert_eq!(odd.name(), "Initial Date");
    assert!(matches!(odd.value, AttributeValue::Other { .. }));
}

#[test]
fn debug_shows_no_key_octets() {
    let message = get(tree::symmetric_key(&[0xA5; 32], &[])).unwrap();
    let shown = format!("{message:?}");
    for trace in ["165", "a5", "A5"] {
        assert!(!shown.contains(trace), "{shown}");
    }
    assert!(shown.contains("32 octets"), "{shown}");
}

#[test]
fn a_request_with_a_value_that_its_version_does_not_have_is_refused_by_name() {
    use strongroom_kmip::exchange::{Failure, Handler, ItemContext, Settings, dispatch};
    use strongroom_kmip::{Request, ResultReason};

    struct Nothing;
    impl Handler for Nothing {
        fn handle(&mut self, _: &ItemContext<'_>, _: Request) -> Result<Response, Failure> {
            Err(ResultReason::PERMISSION_DENIED.into())
        }
    }

    // Key Format Type: Raw, PKCS#12 (of 1.4), two of nobody's, of a vendor's.
    let get = |minor, format| {
        let payload = [
            tree::text(0x42_0094, "7"),
            tree::enumeration(0x42_0042, format),
        ];
        tree::plain_request(minor, 0x0A, &payload)
    };
    let reason = |bytes: &[u8]| {
        let answer = dispatch(bytes, &Settings::new(0), &mut Nothing).unwrap();
        decode(&answer).unwrap().batch.remove(0).result_reason
    };
    for format in [1, 0x7000_0001, 0x8000_0001] {
        let bytes = get(0, format);
        let request = RequestMessage::decode(&bytes, &Limits::default()).unwrap();
        assert_eq!(request.encode().unwrap().as_slice(), bytes, "{format:#x}");
        assert_eq!(reason(&bytes), Some(ResultReason::PERMISSION_DENIED));
    }
    let later = get(0, 0x16);
    let error = RequestMessage::decode(&later, &Limits::default()).unwrap_err();
    let words = "PKCS#12 is no value of Key Format Type (420042) in KMIP 1.0";
    assert_eq!(error.to_string(), words);
    assert!(matches!(error, MessageError::ValueNotInVersion { .. }));
    assert_eq!(reason(&later), Some(ResultReason::INVALID_FIELD));
    assert!(RequestMessage::decode(&get(4, 0x16), &Limits::default()).is_ok());
}
