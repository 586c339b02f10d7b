//! From one style to the other and back.

use strongroom_kmip::{Attribute, AttributeValue, ProtocolVersion, TemplateAttribute, tag};
use strongroom_kmip::{Element, EncodeError};

use super::{around, read, samples, template, vendor};
use crate::payloads::VERSIONS;
use crate::strategies::attribute::custom_item;
use crate::tree;

const V1_0: ProtocolVersion = ProtocolVersion::V1_0;
const V1_4: ProtocolVersion = ProtocolVersion::V1_4;
const V2_0: ProtocolVersion = ProtocolVersion::V2_0;
const V2_1: ProtocolVersion = ProtocolVersion::V2_1;

/// Written in `version` and read again.
pub(super) fn through(one: &TemplateAttribute, version: ProtocolVersion) -> TemplateAttribute {
    read(version, &one.to_ttlv(version).unwrap()).unwrap()
}

#[test]
fn a_value_of_1_x_is_the_same_after_a_way_through_2_x_and_back() {
    let mut both = 0;
    for sample in samples::all() {
        let versions = sample.value.term().unwrap().versions;
        if !versions.contains(V1_4) || !versions.contains(V2_1) {
            continue;
        }
        let one = template(sample.value);
        let there = through(&through(&one, V1_4), V2_1);
        assert_eq!(there, one, "{}", sample.name);
        assert_eq!(through(&there, V1_4), one, "{}", sample.name);
        both += 1;
    }
    // All of 1.4 but Operation Policy Name and the three old ones of certificates.
    assert_eq!(both, 50 - 4 + 24);
}

#[test]
fn a_custom_attribute_is_one_of_vendor_x_or_y_in_2_x() {
    let cases = [
        ("x-Purpose", "x", "Purpose"),
        ("y-", "y", ""),
        ("x-x-a", "x", "x-a"),
    ];
    for (name, vendor_name, rest) in cases {
        for nested in [false, true] {
            let value = custom_item("tape", nested);
            let item = value.encoded().to_vec();
            let one = template(AttributeValue::Other {
                name: name.to_owned(),
                value: value.clone(),
            });
            let old = around(V1_0, &[tree::attribute(name, item.clone())]);
            let new = around(V2_0, &[vendor(vendor_name, rest, item)]);
            assert_eq!(*one.to_ttlv(V1_0).unwrap(), old);
            assert_eq!(*one.to_ttlv(V2_0).unwrap(), new);
            assert_eq!(read(V1_0, &old).unwrap(), one);
            assert_eq!(read(V2_0, &new).unwrap(), one);
            assert_eq!(
                AttributeValue::vendor(vendor_name, rest, value),
                one.attributes[0].value
            );
            assert!(
                VERSIONS
                    .into_iter()
                    .all(|version| one.check(version).is_ok())
            );
        }
    }
}

#[test]
fn an_attribute_of_another_vendor_is_in_2_x_alone() {
    let value = custom_item("blue", false);
    let item = vendor("acme.example", "x-Colour", value.encoded().to_vec());
    let one = template(AttributeValue::vendor("acme.example", "x-Colour", value));
    let new = around(V2_1, &[item]);
    assert_eq!(*one.to_ttlv(V2_1).unwrap(), new);
    assert_eq!(read(V2_1, &new).unwrap(), one);
    let AttributeValue::VendorAttribute(attribute) = &one.attributes[0].value else {
        unreachable!("a custom attribute");
    };
    assert_eq!(attribute.parts(), Some(("acme.example", "x-Colour")));

    let (version, name) = (V1_4, "acme.example-x-Colour".to_owned());
    assert_eq!(one.attributes[0].name(), name);
    let what = Element::Attribute(name);
    assert_eq!(
        one.check(version),
        Err(EncodeError::NotInVersion { what, version })
    );
    assert_eq!(*one.to_ttlv(version).unwrap(), around(version, &[]));
}

#[test]
fn an_index_is_of_1_x_alone() {
    for index in [0, 1, 2_147_483_647] {
        let attribute = Attribute::new(AttributeValue::ObjectGroup("a".to_owned()));
        let one = TemplateAttribute::new(vec![attribute.with_index(index)]);
        let fields = [
            tree::text(0x42_000A, "Object Group"),
            tree::integer(0x42_0009, i32::try_from(index).unwrap()),
            tree::text(0x42_000B, "a"),
        ];
        let old = around(V1_4, &[tree::structure(0x42_0008, &fields)]);
        assert_eq!(*one.to_ttlv(V1_4).unwrap(), old);
        assert_eq!(read(V1_4, &old).unwrap(), one);
        assert_eq!(one.check(V1_4), Ok(()));

        let (version, what) = (V2_0, Element::Tag(tag::ATTRIBUTE_INDEX));
        assert_eq!(
            one.check(version),
            Err(EncodeError::NotInVersion { what, version })
        );
        let new = around(V2_0, &[tree::text(0x42_0056, "a")]);
        assert_eq!(*one.to_ttlv(V2_0).unwrap(), new);
        assert_eq!(read(V2_0, &new).unwrap().attributes[0].index, None);
    }
}

#[test]
fn names_of_templates_are_of_1_x_alone() {
    let mut one = TemplateAttribute::new(Vec::new());
    one.names.push(strongroom_kmip::Name::text("t"));
    let name = [tree::text(0x42_0055, "t"), tree::enumeration(0x42_0054, 1)];
    let old = around(V1_0, &[tree::structure(0x42_0053, &name)]);
    assert_eq!(*one.to_ttlv(V1_0).unwrap(), old);
    assert_eq!(read(V1_0, &old).unwrap(), one);
    let (version, what) = (V2_0, Element::Tag(tag::NAME));
    assert_eq!(
        one.check(version),
        Err(EncodeError::NotInVersion { what, version })
    );
    assert_eq!(*one.to_ttlv(V2_0).unwrap(), around(V2_0, &[]));
}
