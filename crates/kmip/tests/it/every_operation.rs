//! Every operation in every version that has it, as request and as answer: what is written is read
//! as the same.

use std::collections::BTreeSet;
use std::fmt::Debug;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use strongroom_kmip::message::{ResponseHeader, ResponseItem};
use strongroom_kmip::{EncodeError, Operation, ProtocolVersion, ResponseMessage};

use crate::payloads::{Payload, comes_back};
use crate::strategies::{self, Table, VERSIONS};

/// Payloads of each operation in each version and direction.
const CASES: u32 = 48;

/// The operations that `version` has, by the specification's table.
fn operations(version: ProtocolVersion) -> BTreeSet<Operation> {
    let all = Operation::KNOWN.iter().copied();
    all.filter(|operation| version.has(operation.versions()))
        .collect()
}

fn all_come_back<T>(version: ProtocolVersion, table: Table<T>, operation: fn(&T) -> Operation)
where
    T: Payload + Debug + 'static,
{
    let rows = table.len();
    let made: BTreeSet<Operation> = table.iter().map(|(operation, _)| *operation).collect();
    assert_eq!(made.len(), rows, "{version}: an operation stands twice");
    assert_eq!(made, operations(version), "{version}: not every operation");
    for (of, payloads) in table {
        let mut runner = TestRunner::new(Config::with_cases(CASES));
        let outcome = runner.run(&payloads, |payload| {
            prop_assert_eq!(operation(&payload), of);
            comes_back(version, &payload);
            Ok(())
        });
        assert!(outcome.is_ok(), "{of} in {version}: {outcome:?}");
    }
}

#[test]
fn requests_come_back() {
    for version in VERSIONS {
        let operation = strongroom_kmip::Request::operation;
        all_come_back(version, strategies::requests(version), operation);
    }
}

#[test]
fn answers_come_back() {
    for version in VERSIONS {
        let operation = strongroom_kmip::Response::operation;
        all_come_back(version, strategies::responses(version), operation);
    }
}

/// Writes payloads that `table` makes of one version in every version, and lets `judge` look at what
/// was read from it again, strictly.
fn in_every_version<T>(table: Table<T>, of: ProtocolVersion, judge: impl Fn(&T, &T))
where
    T: Payload + Debug + 'static,
{
    for (operation, payloads) in table {
        let mut runner = TestRunner::new(Config::with_cases(CASES / 3));
        let outcome = runner.run(&payloads, |payload| {
            for version in VERSIONS {
                match payload.try_write(version) {
                    Ok(bytes) => {
                        let again = payload.read_again(version, &bytes);
                        judge(&payload, &again);
                    }
                    Err(EncodeError::NotInVersion { version: named, .. }) => {
                        prop_assert_eq!(named, version);
                        prop_assert_ne!(version, of);
                    }
                    Err(error) => return Err(TestCaseError::fail(error.to_string())),
                }
            }
            Ok(())
        });
        assert!(outcome.is_ok(), "{operation} of {of}: {outcome:?}");
    }
}

#[test]
fn a_request_is_written_whole_in_another_version_or_what_does_not_fit_is_named() {
    for of in VERSIONS {
        in_every_version(strategies::requests(of), of, |payload, again| {
            assert_eq!(format!("{payload:?}"), format!("{again:?}"));
        });
    }
}

#[test]
fn an_answer_in_another_version_lacks_no_required_field() {
    for of in VERSIONS {
        in_every_version(strategies::responses(of), of, |payload, again| {
            assert_eq!(payload.operation(), again.operation());
        });
    }
}

#[test]
fn the_required_field_that_does_not_fit_is_named() {
    use strongroom_kmip::enumeration::RecommendedCurve;
    use strongroom_kmip::object::transparent_key::EcPublicKey;
    use strongroom_kmip::object::{KeyMaterial, KeyValue, PgpKey};
    use strongroom_kmip::operation::{CreateResponse, GetResponse, PingResponse};
    use strongroom_kmip::{
        Element, KeyBlock, KeyFormatType, ManagedObject, ObjectType, Response, UniqueIdentifier,
    };
    use strongroom_secret::SecretBytes;

    let v1_0 = ProtocolVersion::V1_0;
    let key = || KeyBlock::new(KeyFormatType::RAW, SecretBytes::copy_from(&[1; 16]));
    let mut curve = KeyBlock::new(
        KeyFormatType::TRANSPARENT_ECDSA_PUBLIC_KEY,
        SecretBytes::copy_from(&[]),
    );
    curve.key_value = Some(KeyValue::Plain {
        material: KeyMaterial::EcPublicKey(Box::new(EcPublicKey {
            recommended_curve: RecommendedCurve::BRAINPOOLP256R1,
            q_string: vec![4; 65],
        })),
        attributes: Vec::new(),
    });
    let get = |object| Response::from(GetResponse::new("7", object));
    let pgp = PgpKey {
        pgp_key_version: 4,
        key_block: key(),
    };
    let pkcs_12 = KeyBlock::new(KeyFormatType::PKCS_12, SecretBytes::copy_from(&[1]));
    let cases: Vec<(Response, &str)> = vec![
        (
            CreateResponse::new(ObjectType::CERTIFICATE_REQUEST, "7").into(),
            "the value of field Object Type (420057)",
        ),
        (
            CreateResponse::new(ObjectType::SYMMETRIC_KEY, UniqueIdentifier::Index(1)).into(),
            "the value of field Unique Identifier (420094)",
        ),
        (
            get(ManagedObject::PgpKey(pgp)),
            "the value of field Object Type (420057)",
        ),
        (
            get(ManagedObject::PrivateKey(pkcs_12)),
            "the value of field Key Format Type (420042)",
        ),
        (
            get(ManagedObject::PublicKey(curve)),
            "the value of field Recommended Curve (420075)",
        ),
        (PingResponse::default().into(), "operation Ping"),
    ];
    for (response, named) in cases {
        let error = response.to_ttlv(v1_0).unwrap_err();
        let words = format!("{named} does not exist in KMIP 1.0");
        assert_eq!(error.to_string(), words, "{response:?}");
        let EncodeError::NotInVersion { what, version } = error else {
            panic!("{error}");
        };
        assert_eq!(version, v1_0);
        assert!(matches!(
            what,
            Element::ValueOf(_) | Element::Operation(Operation::PING)
        ));
        let fits = |version| response.to_ttlv(version).is_ok();
        assert!(fits(ProtocolVersion::V1_4) || fits(ProtocolVersion::V2_1));
        let header = ResponseHeader::new(v1_0, 0);
        let item = ResponseItem::success(response);
        let message = ResponseMessage::new(header, vec![item]);
        assert_eq!(message.encode().unwrap_err().to_string(), words);
    }
}

#[test]
fn there_are_59_operations() {
    assert_eq!(operations(ProtocolVersion::V2_1).len(), 59);
    assert_eq!(Operation::KNOWN.len(), 59);
}
