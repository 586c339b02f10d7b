//! Names of attributes: text in 1.x, a tag or a vendor's name in 2.x.

use strongroom_kmip::attribute::AttributeName;
use strongroom_kmip::operation::GetAttributesRequest;
use strongroom_kmip::vocabulary::ATTRIBUTES;
use strongroom_kmip::{
    AttributeValue, Element, EncodeError, Limits, MessageError, Operation, ProtocolVersion,
    Request, tag,
};
use strongroom_ttlv::Tag;

use super::samples;
use crate::payloads::VERSIONS;
use crate::strategies::attribute::custom_item;
use crate::tree;

const V1_4: ProtocolVersion = ProtocolVersion::V1_4;
const V2_0: ProtocolVersion = ProtocolVersion::V2_0;
const V2_1: ProtocolVersion = ProtocolVersion::V2_1;

fn asking(name: &AttributeName) -> Request {
    let mut request = GetAttributesRequest::new("7", &[]);
    request.attribute_names.push(name.clone());
    Request::GetAttributes(request)
}

fn by_hand(item: Vec<u8>) -> Vec<u8> {
    tree::structure(0x42_0079, &[tree::text(0x42_0094, "7"), item])
}

fn read(version: ProtocolVersion, bytes: &[u8]) -> Result<AttributeName, MessageError> {
    let limits = Limits::default();
    let request = Request::from_ttlv(Operation::GET_ATTRIBUTES, version, bytes, &limits)?;
    let Request::GetAttributes(mut request) = request else {
        unreachable!("another operation");
    };
    Ok(request.attribute_names.remove(0))
}

fn vendor(vendor: &str, name: &str) -> Vec<u8> {
    let fields = [tree::text(0x42_009D, vendor), tree::text(0x42_000A, name)];
    tree::structure(0x42_013B, &fields)
}

/// The name is this item in `version`, both ways.
fn check(version: ProtocolVersion, name: &AttributeName, item: Vec<u8>) {
    let bytes = by_hand(item);
    assert_eq!(*asking(name).to_ttlv(version).unwrap(), bytes, "{name:?}");
    assert_eq!(read(version, &bytes).as_ref(), Ok(name), "{version}");
    assert!(name.is_in(version));
}

fn check_refused(version: ProtocolVersion, name: &AttributeName) {
    let what = Element::Attribute(name.to_string());
    let error = asking(name).to_ttlv(version).unwrap_err();
    assert_eq!(error, EncodeError::NotInVersion { what, version });
    assert!(!name.is_in(version));
}

#[test]
fn every_attribute_is_named_by_its_name_in_1_x_and_by_its_tag_in_2_x() {
    for term in ATTRIBUTES {
        if term.attribute_name.is_none() && term.tag.is_none() {
            continue;
        }
        let name = AttributeName::from(term.name);
        assert_eq!(name.term().unwrap().name, term.name);
        for version in VERSIONS {
            if !term.versions.contains(version) {
                check_refused(version, &name);
            } else if version < V2_0 {
                check(version, &name, tree::text(0x42_000A, term.name));
            } else {
                let tag = term.tag.unwrap();
                assert_eq!(name.tag(), Some(tag));
                assert_eq!(AttributeName::from(tag), name);
                check(version, &name, tree::enumeration(0x42_013B, tag.value()));
            }
        }
    }
}

#[test]
fn custom_and_vendors_names_are_structures_in_2_x() {
    for (text, by, rest) in [("x-ID", "x", "ID"), ("y-", "y", ""), ("x-a-b", "x", "a-b")] {
        let name = AttributeName::from(text);
        assert_eq!(AttributeName::vendor(by, rest), name);
        assert_eq!(name.vendor_parts(), Some((by, rest)));
        assert_eq!(name.tag(), None);
        check(V1_4, &name, tree::text(0x42_000A, text));
        check(V2_1, &name, vendor(by, rest));
    }
    for (by, rest) in [("acme", "x"), ("", "a"), ("a-b", "c"), ("acme", "")] {
        let name = AttributeName::vendor(by, rest);
        assert_eq!(name.vendor_parts(), Some((by, rest)));
        assert_eq!(name.as_str(), format!("{by}-{rest}"));
        assert_ne!(name, AttributeName::from(name.as_str()));
        check(V2_0, &name, vendor(by, rest));
        check_refused(V1_4, &name);
    }
}

#[test]
fn unknown_names_are_of_1_x_and_unknown_tags_of_2_x() {
    let name = AttributeName::from("Colour");
    check(V1_4, &name, tree::text(0x42_000A, "Colour"));
    check_refused(V2_0, &name);
    let name = AttributeName::from(Tag::new(0x54_000A));
    assert_eq!(name.as_str(), "0x54000A");
    check(V2_0, &name, tree::enumeration(0x42_013B, 0x54_000A));
    check_refused(V1_4, &name);
    // A tag that 2.0 gave up.
    check_refused(V2_0, &AttributeName::from(tag::CUSTOM_ATTRIBUTE));
}

#[test]
fn a_reference_to_no_tag_is_refused() {
    let bytes = by_hand(tree::enumeration(0x42_013B, 0x0100_0000));
    let (field, found) = ("Attribute Reference", 0x0100_0000);
    assert_eq!(
        read(V2_0, &bytes),
        Err(MessageError::Range { field, found })
    );
}

#[test]
fn the_name_of_a_value_asks_for_it() {
    for sample in samples::all() {
        let name = sample.value.attribute_name();
        assert_eq!(&*name, sample.name);
        assert_eq!(name, AttributeName::from(sample.name));
    }
    for (by, rest) in [("x", "a"), ("acme", "a")] {
        let value = AttributeValue::vendor(by, rest, custom_item("", false));
        assert_eq!(value.attribute_name(), AttributeName::vendor(by, rest));
    }
}
