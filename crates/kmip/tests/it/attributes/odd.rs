//! What no version names, what is of another version, what has another shape.

use strongroom_kmip::object::KeyValue;
use strongroom_kmip::operation::GetAttributesResponse;
use strongroom_kmip::{
    Attribute, AttributeValue, Element, EncodeError, KeyFormatType, Limits, ManagedObject,
    MessageError, ObjectType, ProtocolVersion, Response, ResponseMessage, State, TemplateAttribute,
    tag,
};
use strongroom_ttlv::{DecodeErrorKind, Tag};

use super::{around, read, template, vendor};
use crate::tree;

const V1_0: ProtocolVersion = ProtocolVersion::V1_0;
const V1_4: ProtocolVersion = ProtocolVersion::V1_4;
const V2_0: ProtocolVersion = ProtocolVersion::V2_0;
const V2_1: ProtocolVersion = ProtocolVersion::V2_1;

fn only(version: ProtocolVersion, bytes: &[u8]) -> AttributeValue {
    let mut read = read(version, bytes).unwrap();
    assert_eq!(read.attributes.len(), 1);
    read.attributes.remove(0).value
}

fn not_in(version: ProtocolVersion, name: &str) -> Result<(), EncodeError> {
    let what = Element::Attribute(name.to_owned());
    Err(EncodeError::NotInVersion { what, version })
}

#[test]
fn a_name_that_no_version_has_survives_in_1_x_and_has_no_place_in_2_x() {
    for name in [
        "Colour",
        "acme-Colour",
        "X-Colour",
        "Custom Attribute",
        "0x54000a",
    ] {
        let bytes = around(
            V1_4,
            &[tree::attribute(name, tree::boolean(0x42_000B, true))],
        );
        let value = only(V1_4, &bytes);
        assert!(matches!(&value, AttributeValue::Other { name: found, .. } if found == name));
        let one = template(value);
        assert_eq!(*one.to_ttlv(V1_4).unwrap(), bytes);
        assert_eq!(one.check(V1_4), Ok(()));
        assert_eq!(one.check(V2_0), not_in(V2_0, name));
        assert_eq!(*one.to_ttlv(V2_0).unwrap(), around(V2_0, &[]));
    }
}

#[test]
fn a_tag_that_no_version_has_survives_in_2_x_and_has_no_place_in_1_x() {
    // A vendor's, one of 3.0, and a field that is no attribute.
    for number in [0x54_0001, 0x42_0173, 0x42_00C2] {
        let items = [
            tree::structure(number, &[tree::text(0x54_0002, "inside")]),
            tree::enumeration(number, 3),
        ];
        for item in items {
            let bytes = around(V2_1, &[item]);
            let value = only(V2_1, &bytes);
            let name = format!("0x{number:06X}");
            assert_eq!(value.name(), name);
            let one = template(value);
            assert_eq!(*one.to_ttlv(V2_1).unwrap(), bytes);
            assert_eq!(one.check(V2_1), Ok(()));
            assert_eq!(one.check(V1_4), not_in(V1_4, &name));
            assert_eq!(*one.to_ttlv(V1_4).unwrap(), around(V1_4, &[]));
        }
    }
}

#[test]
fn an_unknown_value_is_written_in_the_other_style_where_that_has_the_attribute() {
    // As it comes from an answer: the State is no Enumeration.
    let item = tree::text(0x42_000B, "on");
    let payload = [
        tree::text(0x42_0094, "7"),
        tree::attribute("State", item.clone()),
    ];
    let bytes = tree::response(4, 0x0B, &payload);
    let value = answer(&bytes).attributes.remove(0).value;
    assert!(matches!(&value, AttributeValue::Other { name, .. } if name == "State"));
    let one = template(value);
    let new = around(V2_0, &[tree::text(0x42_008D, "on")]);
    assert_eq!(*one.to_ttlv(V2_0).unwrap(), new);
    let old = around(V1_0, &[tree::attribute("State", item)]);
    assert_eq!(*one.to_ttlv(V1_0).unwrap(), old);
    // A request must be right.
    for (version, bytes) in [(V1_0, old), (V2_0, new)] {
        let error = read(version, &bytes).unwrap_err();
        let MessageError::Ttlv(error) = error else {
            unreachable!("{error}");
        };
        assert!(
            matches!(error.kind, DecodeErrorKind::WrongType { .. }),
            "{error}"
        );
    }
}

#[test]
fn an_answer_with_a_later_field_inside_a_value_is_understood() {
    let fields = [
        tree::enumeration(0x42_0038, 6),
        tree::bytes(0x42_0035, &[1; 32]),
        tree::enumeration(0x42_0042, 1),
    ];
    let digest = tree::attribute("Digest", tree::structure(0x42_000B, &fields));
    let bytes = tree::response(0, 0x0B, &[tree::text(0x42_0094, "7"), digest.clone()]);
    let answer = answer(&bytes);
    let AttributeValue::Digest(read) = &answer.attributes[0].value else {
        unreachable!("{answer:?}");
    };
    assert_eq!(read.key_format_type, Some(KeyFormatType::RAW));
    // A request must be of its version.
    let (version, tag) = (V1_0, tag::KEY_FORMAT_TYPE);
    assert_eq!(
        read_strictly(&digest),
        Err(MessageError::NotInVersion { tag, version })
    );
}

fn read_strictly(item: &[u8]) -> Result<TemplateAttribute, MessageError> {
    read(V1_0, &around(V1_0, &[item.to_vec()]))
}

/// The Get Attributes answer in a message, as a client reads it.
fn answer(bytes: &[u8]) -> GetAttributesResponse {
    let mut message = ResponseMessage::decode(bytes, &Limits::default()).unwrap();
    let Some(Response::GetAttributes(answer)) =
        message.batch.remove(0).response.map(|boxed| *boxed)
    else {
        unreachable!("another operation");
    };
    answer
}

#[test]
fn a_request_of_2_x_with_an_attribute_of_another_version_is_refused_by_name() {
    // Rotate Automatic came with 2.1.
    let bytes = around(V2_0, &[tree::boolean(0x42_016B, true)]);
    let (version, tag) = (V2_0, tag::ROTATE_AUTOMATIC);
    assert_eq!(
        read(V2_0, &bytes),
        Err(MessageError::NotInVersion { tag, version })
    );
    assert_eq!(only(V2_1, &bytes), AttributeValue::RotateAutomatic(true));
}

#[test]
fn a_request_of_1_x_with_a_later_attribute_keeps_it_as_an_unknown_name() {
    let bytes = around(
        V1_0,
        &[tree::attribute("Sensitive", tree::boolean(0x42_000B, true))],
    );
    let value = only(V1_0, &bytes);
    assert!(matches!(&value, AttributeValue::Other { name, .. } if name == "Sensitive"));
    assert_eq!(template(value).check(V1_0), not_in(V1_0, "Sensitive"));
    assert_eq!(only(V1_4, &bytes), AttributeValue::Sensitive(true));
    // What 2.0 brought has no name in 1.x.
    let bytes = around(
        V1_4,
        &[tree::attribute(
            "Quantum Safe",
            tree::boolean(0x42_000B, true),
        )],
    );
    let value = only(V1_4, &bytes);
    assert!(matches!(&value, AttributeValue::Other { .. }));
    assert_eq!(template(value).check(V1_4), not_in(V1_4, "Quantum Safe"));
}

#[test]
fn attributes_that_are_damaged_are_refused_by_their_cause() {
    let missing = |expected: u32| DecodeErrorKind::Missing {
        expected: Tag::new(expected),
    };
    let index = [
        tree::text(0x42_000A, "Comment"),
        tree::integer(0x42_0009, -1),
        tree::text(0x42_000B, "a"),
    ];
    let error = read(V1_4, &around(V1_4, &[tree::structure(0x42_0008, &index)])).unwrap_err();
    let (field, found) = ("Attribute Index", -1);
    assert_eq!(error, MessageError::Range { field, found });

    let name = tree::text(0x42_000A, "Comment");
    let value = tree::text(0x42_000B, "a");
    let twice = vec![name.clone(), value.clone(), value.clone()];
    let cases = [
        (V1_4, tree::structure(0x42_0008, &[]), missing(0x42_000A)),
        (
            V1_4,
            tree::structure(0x42_0008, &[name]),
            missing(0x42_000B),
        ),
        (
            V1_4,
            tree::structure(0x42_0008, &twice),
            DecodeErrorKind::Unread {
                found: Tag::new(0x42_000B),
            },
        ),
        (
            V2_0,
            tree::structure(0x42_0008, &[tree::text(0x42_009D, "x")]),
            missing(0x42_000A),
        ),
        (
            V2_0,
            vendor("x", "a", [value.clone(), value].concat()),
            DecodeErrorKind::Unread {
                found: Tag::new(0x42_000B),
            },
        ),
        (
            V2_0,
            tree::structure(0x42_0053, &[tree::text(0x42_0055, "a")]),
            missing(0x42_0054),
        ),
    ];
    for (version, item, kind) in cases {
        let error = read(version, &around(version, &[item])).unwrap_err();
        let MessageError::Ttlv(error) = error else {
            unreachable!("{error}");
        };
        assert_eq!(error.kind, kind);
    }
}

#[test]
fn beside_a_key_stands_anything_and_hides_nothing() {
    let items = [
        tree::structure(0x42_0008, &[tree::text(0x42_009D, "no name")]),
        tree::text(0x42_008D, "on"),
        tree::enumeration(0x42_008D, 2),
        vendor("acme", "a", tree::integer(0x42_000B, 1)),
        tree::boolean(0x42_016B, true),
    ];
    let value = [
        tree::bytes(0x42_0043, &[7; 16]),
        tree::structure(0x42_0125, &items),
    ];
    let block = [
        tree::enumeration(0x42_0042, 1),
        tree::structure(0x42_0045, &value),
    ];
    let bytes = tree::structure(0x42_008F, &[tree::structure(0x42_0040, &block)]);
    let (kind, limits) = (ObjectType::SYMMETRIC_KEY, Limits::default());
    let object = ManagedObject::from_ttlv(kind, V2_1, &bytes, &limits).unwrap();
    assert_eq!(*object.to_ttlv(V2_1).unwrap(), bytes);
    let block = object.key_block().unwrap();
    let Some(KeyValue::Plain { attributes, .. }) = &block.key_value else {
        unreachable!("a wrapped key");
    };
    let names: Vec<_> = attributes.iter().map(Attribute::name).collect();
    assert_eq!(
        names,
        [
            "Vendor Attribute",
            "State",
            "State",
            "acme-a",
            "Rotate Automatic"
        ]
    );
    assert!(matches!(attributes[1].value, AttributeValue::Other { .. }));
    assert_eq!(attributes[2].value, AttributeValue::State(State::ACTIVE));
    assert!(matches!(
        attributes[3].value,
        AttributeValue::VendorAttribute(_)
    ));
    assert_eq!(attributes[4].value, AttributeValue::RotateAutomatic(true));
}
