//! Servers that depart from the specification by a name: what is put up with, and what is not.
//!
//! Bytes are rebuilt from the dump that is cited, where no capture is named.

use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::exchange::{Exchange, Kept, Mismatch, Quirk, Quirks};
use strongroom_kmip::operation::{ActivateRequest, GetRequest, HashRequest, RegisterRequest};
use strongroom_kmip::{
    CryptographicAlgorithm, ExchangeError, KeyBlock, ManagedObject, ProtocolVersion, Request,
    Response, TemplateAttribute,
};

use strongroom_secret::SecretBytes;

use crate::pykmip_wire::captures;
use crate::tree;

const V1_0: ProtocolVersion = ProtocolVersion::V1_0;
const V1_4: ProtocolVersion = ProtocolVersion::V1_4;

fn ask(version: ProtocolVersion, request: impl Into<Request>) -> Exchange {
    Exchange::new(version, &request.into()).unwrap().0
}

fn activate() -> Exchange {
    ask(V1_0, ActivateRequest::new("7"))
}

fn hash() -> Exchange {
    ask(
        V1_4,
        HashRequest::new(
            CryptographicParameters::default(),
            SecretBytes::copy_from(&[1]),
        ),
    )
}

fn get() -> Exchange {
    ask(V1_0, GetRequest::new("7"))
}

/// The answer, which is the same with and without a look at its quirks, and these.
fn read(exchange: &Exchange, bytes: &[u8]) -> (Result<Response, ExchangeError>, Vec<Quirk>) {
    let Kept { answer, quirks, .. } = exchange.finish_keeping(bytes).unwrap();
    let plain = exchange.finish(bytes);
    assert_eq!(format!("{plain:?}"), format!("{answer:?}"));
    (answer, quirks.iter().collect())
}

/// A message of 1.x with further fields in its header, and the fields of its one item.
fn message(minor: i32, header: &[Vec<u8>], item: &[Vec<u8>]) -> Vec<u8> {
    let mut fields = vec![tree::version(minor), tree::date_time(0x42_0092, 1)];
    fields.extend_from_slice(header);
    fields.push(tree::integer(0x42_000D, 1));
    let header = tree::structure(0x42_007A, &fields);
    tree::structure(0x42_007B, &[header, tree::structure(0x42_000F, item)])
}

fn operation(number: u32) -> Vec<u8> {
    tree::enumeration(0x42_005C, number)
}

fn status(number: u32) -> Vec<u8> {
    tree::enumeration(0x42_007F, number)
}

fn reason(number: u32) -> Vec<u8> {
    tree::enumeration(0x42_007E, number)
}

fn payload(items: &[Vec<u8>]) -> Vec<u8> {
    tree::structure(0x42_007C, items)
}

fn id(id: &str) -> Vec<u8> {
    tree::text(0x42_0094, id)
}

/// The payload of Get: object `7`, with these items in its Key Value beside the material.
fn key(beside: &[Vec<u8>]) -> Vec<u8> {
    let value = [&[tree::bytes(0x42_0043, &[0xA5; 32])], beside].concat();
    let block = [
        tree::enumeration(0x42_0042, 1),
        tree::structure(0x42_0045, &value),
        tree::enumeration(0x42_0028, 3),
        tree::integer(0x42_002A, 256),
    ];
    let object = tree::structure(0x42_008F, &[tree::structure(0x42_0040, &block)]);
    payload(&[tree::enumeration(0x42_0057, 2), id("7"), object])
}

#[test]
fn a_server_correlation_value_in_1_0_is_passed_over() {
    // Vault 1.15.2: hashicorp/vault #24309.
    let header = [tree::text(0x42_0106, "a1b2")];
    let bytes = message(0, &header, &[operation(0x0A), status(0), key(&[])]);
    let (answer, quirks) = read(&get(), &bytes);
    assert!(answer.is_ok());
    assert_eq!(quirks, [Quirk::EarlyServerCorrelationValue]);
    // In 1.4 it is in its place.
    let bytes = message(4, &header, &[operation(0x0A), status(0), key(&[])]);
    let (answer, quirks) = read(&ask(V1_4, GetRequest::new("7")), &bytes);
    assert!(answer.is_ok());
    assert_eq!(quirks, []);
}

#[test]
fn an_object_type_before_the_identifier_of_a_registered_object_is_passed_over() {
    // Vault: hashicorp/vault #9147.
    let block = KeyBlock::raw(
        CryptographicAlgorithm::AES,
        SecretBytes::copy_from(&[1; 32]),
    );
    let object = ManagedObject::SymmetricKey(block);
    let register = RegisterRequest::new(object, TemplateAttribute::default());
    let payload = payload(&[tree::enumeration(0x42_0057, 2), id("7")]);
    let bytes = message(4, &[], &[operation(3), status(0), payload]);
    let (answer, quirks) = read(&ask(V1_4, register), &bytes);
    assert_eq!(answer.unwrap().unique_identifier(), Some(&"7".into()));
    assert_eq!(quirks, [Quirk::ObjectTypeOfRegistered]);
}

#[test]
fn attributes_beside_a_key_do_no_harm_and_in_the_key_they_do() {
    // Cosmian KMS: Cosmian/kms #687.
    let fresh = tree::attribute("Fresh", tree::boolean(0x42_000B, true));
    let bytes = message(
        0,
        &[],
        &[
            operation(0x0A),
            status(0),
            key(std::slice::from_ref(&fresh)),
        ],
    );
    let (answer, quirks) = read(&get(), &bytes);
    let Response::Get(answer) = answer.unwrap() else {
        panic!("not a Get");
    };
    let key = answer.object.key_block().unwrap().plain_key().unwrap();
    assert_eq!(key.expose(), [0xA5; 32]);
    assert_eq!(quirks, [Quirk::AttributesInKeyValue]);

    let all: Quirks = Quirk::ALL.iter().copied().collect();
    let object = tree::symmetric_key(&[0xA5; 32], &[fresh]);
    let payload = payload(&[tree::enumeration(0x42_0057, 2), id("7"), object]);
    let bytes = message(0, &[], &[operation(0x0A), status(0), payload]);
    let error = get().tolerating(all).finish(&bytes).unwrap_err();
    assert!(matches!(error, ExchangeError::Decode(_)), "{error}");
}

#[test]
fn a_later_field_is_passed_over_beside_a_key_and_refused_in_it() {
    let all: Quirks = Quirk::ALL.iter().copied().collect();
    for later in [tree::boolean(0x42_0106, true), tree::integer(0x54_0001, 1)] {
        let item = [operation(0x0A), status(0), key(&[]), later.clone()];
        let (answer, quirks) = read(&get(), &message(0, &[], &item));
        assert!(answer.is_ok());
        assert_eq!(quirks.len(), 1);
        let item = [operation(0x0A), status(0), key(&[later])];
        let error = get()
            .tolerating(all)
            .finish(&message(0, &[], &item))
            .unwrap_err();
        assert!(matches!(error, ExchangeError::Decode(_)), "{error}");
    }
}

#[test]
fn reasons_of_2_x_are_understood_in_1_x() {
    // Cosmian KMS 5.28.0 answers 1.x so.
    let refused = |number| {
        let item = [operation(0x12), status(1), reason(number)];
        read(&activate(), &message(0, &[], &item))
    };
    let (answer, quirks) = refused(0x37);
    assert!(answer.unwrap_err().is_not_found());
    assert_eq!(quirks, [Quirk::LaterReason]);
    let (answer, quirks) = refused(0x43);
    assert!(answer.unwrap_err().is_permission_denied());
    assert_eq!(quirks, [Quirk::LaterReason]);
    let (answer, quirks) = refused(1);
    assert!(answer.unwrap_err().is_not_found());
    assert_eq!(quirks, []);
}

const CANNOT_READ: [Quirk; 3] = [
    Quirk::RefusalWithoutOperation,
    Quirk::InvalidForUnsupported,
    Quirk::RefusalInOtherVersion,
];

#[test]
fn what_a_server_cannot_read_it_does_not_support() {
    // PyKMIP 0.11.0, whose capture the next test reads.
    let bytes = message(0, &[], &[status(1), reason(4)]);
    let (answer, quirks) = read(&hash(), &bytes);
    assert!(answer.unwrap_err().is_operation_not_supported());
    assert_eq!(quirks, CANNOT_READ);
    // With its operation named, it is about the message.
    let bytes = message(4, &[], &[operation(0x27), status(1), reason(4)]);
    let (answer, quirks) = read(&hash(), &bytes);
    assert!(!answer.unwrap_err().is_operation_not_supported());
    assert_eq!(quirks, []);
}

#[test]
fn captured_answers_show_the_quirks_of_pykmip_and_no_others() {
    let Some(captures) = captures("resp") else {
        return;
    };
    let bytes = &captures["probe-20-op-Hash-empty.resp"];
    let (answer, quirks) = read(&hash(), bytes);
    assert!(answer.unwrap_err().is_operation_not_supported());
    assert_eq!(quirks, CANNOT_READ);
    for (name, minor) in [
        ("018-v1.0-get-active.resp", 0),
        ("043-v1.0-get-destroyed.resp", 0),
        ("214-v1.4-get-active.resp", 4),
    ] {
        let version = ProtocolVersion::new(1, minor);
        let (_, quirks) = read(&ask(version, GetRequest::default()), &captures[name]);
        assert_eq!(quirks, [], "{name}");
    }
}

#[test]
fn three_quirks_are_off_unless_they_are_named() {
    let success = [operation(0x12), status(0), payload(&[id("7")])];
    let nameless = [status(0), payload(&[id("7")])];
    let marked = [
        operation(0x12),
        tree::bytes(0x42_0093, b"other"),
        status(0),
        payload(&[id("7")]),
    ];
    let other = Mismatch::Version {
        asked: V1_0,
        found: V1_4,
    };
    let foreign = Mismatch::ForeignBatchItemId { index: 0 };
    let cases = [
        (
            Quirk::AnswerInOtherVersion,
            message(4, &[], &success),
            other,
        ),
        (Quirk::ForeignBatchItemId, message(0, &[], &marked), foreign),
        (
            Quirk::SuccessWithoutOperation,
            message(0, &[], &nameless),
            Mismatch::NoOperation,
        ),
    ];
    for (quirk, bytes, mismatch) in cases {
        let (answer, quirks) = read(&activate(), &bytes);
        assert_eq!(answer.unwrap_err(), ExchangeError::Mismatch(mismatch));
        assert_eq!(quirks, [quirk]);
        assert!(!quirk.is_always_tolerated());
        let named = activate().tolerating(Quirks::NONE.with(quirk));
        let (answer, _) = read(&named, &bytes);
        assert_eq!(
            answer.unwrap().unique_identifier(),
            Some(&"7".into()),
            "{quirk}"
        );
        // Another one that is named does not help.
        let others = Quirk::ALL.iter().copied().filter(|other| *other != quirk);
        let (answer, _) = read(&activate().tolerating(others.collect()), &bytes);
        assert!(answer.is_err(), "{quirk}");
    }
}

#[test]
fn none_of_the_three_is_put_up_with_where_a_key_comes() {
    let success = [operation(0x0A), status(0), key(&[])];
    let nameless = [status(0), key(&[])];
    let mark = tree::bytes(0x42_0093, b"other");
    let marked = [operation(0x0A), mark, status(0), key(&[])];
    let all: Quirks = Quirk::ALL.iter().copied().collect();
    assert!(get().finish(&message(0, &[], &success)).is_ok());
    for (bytes, what) in [
        (message(4, &[], &success), "version"),
        (message(0, &[], &nameless), "operation"),
        (message(0, &[], &marked), "batch item id"),
    ] {
        let (answer, _) = read(&get().tolerating(all), &bytes);
        assert!(matches!(answer, Err(ExchangeError::Mismatch(_))), "{what}");
    }
}

#[test]
fn the_id_of_another_request_makes_a_refusal_no_answer() {
    let mark = tree::bytes(0x42_0093, b"other");
    let bytes = message(0, &[], &[operation(0x12), mark, status(1), reason(1)]);
    let (answer, quirks) = read(&activate(), &bytes);
    let foreign = Mismatch::ForeignBatchItemId { index: 0 };
    assert_eq!(answer.unwrap_err(), ExchangeError::Mismatch(foreign));
    assert_eq!(quirks, [Quirk::ForeignBatchItemId]);
}

#[test]
fn every_quirk_has_words_and_a_place_of_its_own() {
    let mut words: Vec<_> = Quirk::ALL.iter().map(ToString::to_string).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Quirk::ALL.len());
    let all: Quirks = Quirk::ALL.iter().copied().collect();
    assert!(all.iter().eq(Quirk::ALL.iter().copied()));
    assert!(Quirks::NONE.is_empty());
}
