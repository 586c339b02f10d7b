//! Locate and Get Attributes; Get Attribute List, Add Attribute, Modify Attribute, Delete Attribute.

use strongroom_kmip::attribute::AttributeName;
use strongroom_kmip::enumeration::{ObjectGroupMember, StorageStatusMask};
use strongroom_kmip::operation::{
    AddAttributeRequest, AddAttributeResponse, DeleteAttributeRequest, DeleteAttributeResponse,
    GetAttributeListRequest, GetAttributeListResponse, GetAttributesRequest, GetAttributesResponse,
    LocateRequest, ModifyAttributeRequest, ModifyAttributeResponse,
};
use strongroom_kmip::{
    Attribute, AttributeValue, Element, Operation, ProtocolVersion, Response, attribute_name, tag,
};

use super::{V1_0, V1_1, V1_3, V1_4, V2_0, check_refused, check_request, check_response, named};
use crate::payloads::{VERSIONS, refusal};
use crate::tree;

const ID: u32 = 0x42_0094;
const NEW: u32 = 0x42_013D;
const CURRENT: u32 = 0x42_013C;
const REFERENCE: u32 = 0x42_013B;

fn id() -> Vec<u8> {
    tree::text(ID, "7")
}

fn group(name: &str) -> Attribute {
    AttributeValue::ObjectGroup(name.to_owned()).into()
}

/// The attribute of 1.x, or of 2.x in a structure `later`.
fn group_item(version: ProtocolVersion, later: u32, name: &str) -> Vec<u8> {
    if version < V2_0 {
        named("Object Group", tree::text(0x42_000B, name))
    } else {
        tree::structure(later, &[tree::text(0x42_0056, name)])
    }
}

#[test]
fn locate() {
    for version in VERSIONS {
        let mut request = LocateRequest::new(vec![group("a")]);
        request.maximum_items = Some(2);
        let mut items = vec![tree::integer(0x42_004F, 2)];
        if version >= V1_3 {
            request.offset_items = Some(3);
            items.push(tree::integer(0x42_00D4, 3));
        }
        let storage = StorageStatusMask::ON_LINE_STORAGE | StorageStatusMask::ARCHIVAL_STORAGE;
        request.storage_status_mask = Some(storage);
        items.push(tree::integer(0x42_008E, 3));
        if version >= V1_1 {
            request.object_group_member = Some(ObjectGroupMember::GROUP_MEMBER_FRESH);
            items.push(tree::enumeration(0x42_00AC, 1));
        }
        items.push(group_item(version, 0x42_0125, "a"));
        check_request(version, request, &items);
    }
    check_request(V1_0, LocateRequest::default(), &[]);
    check_request(V2_0, LocateRequest::default(), &[]);
}

#[test]
fn locate_names_a_storage_that_its_version_does_not_have() {
    let mut request = LocateRequest::default();
    request.storage_status_mask = Some(StorageStatusMask::DESTROYED_STORAGE);
    let what = Element::Field("a bit of Storage Status Mask");
    check_refused(V1_4, request, what);
}

#[test]
fn get_attributes() {
    for version in VERSIONS {
        let request = GetAttributesRequest::new("7", &[attribute_name::OBJECT_GROUP]);
        let name = if version < V2_0 {
            tree::text(0x42_000A, "Object Group")
        } else {
            tree::enumeration(REFERENCE, 0x42_0056)
        };
        check_request(version, request, &[id(), name]);
        check_response(
            version,
            GetAttributesResponse::new("7", vec![group("a")]),
            &[id(), group_item(version, 0x42_0125, "a")],
        );
    }
    check_response(V1_0, GetAttributesResponse::new("7", Vec::new()), &[id()]);
    check_response(
        V2_0,
        GetAttributesResponse::new("7", Vec::new()),
        &[id(), tree::structure(0x42_0125, &[])],
    );
}

#[test]
fn get_attribute_list() {
    let names = || {
        vec![
            AttributeName::from(attribute_name::STATE),
            AttributeName::from(attribute_name::OBJECT_GROUP),
            AttributeName::from("x-own"),
        ]
    };
    for version in VERSIONS {
        check_request(version, GetAttributeListRequest::new("7"), &[id()]);
        check_request(version, GetAttributeListRequest::default(), &[]);
        let mut items = vec![id()];
        if version < V2_0 {
            items
                .extend(["State", "Object Group", "x-own"].map(|name| tree::text(0x42_000A, name)));
        } else {
            let own = [tree::text(0x42_009D, "x"), tree::text(0x42_000A, "own")];
            items.extend([
                tree::enumeration(REFERENCE, 0x42_008D),
                tree::enumeration(REFERENCE, 0x42_0056),
                tree::structure(REFERENCE, &own),
            ]);
        }
        check_response(version, GetAttributeListResponse::new("7", names()), &items);
    }
}

#[test]
fn an_attribute_list_holds_no_name_that_its_version_does_not_have() {
    let names = [attribute_name::FRESH, attribute_name::SENSITIVE];
    let names = names.map(AttributeName::from).to_vec();
    let response = Response::from(GetAttributeListResponse::new("7", names));
    for (version, held) in [(V1_0, vec![]), (V1_4, vec!["Fresh", "Sensitive"])] {
        let mut items = vec![id()];
        items.extend(held.iter().map(|name| tree::text(0x42_000A, name)));
        let expected = tree::structure(0x42_007C, &items);
        assert_eq!(response.to_ttlv(version).unwrap().as_slice(), expected);
    }
}

#[test]
fn add_attribute() {
    for version in VERSIONS {
        let item = group_item(version, NEW, "a");
        check_request(
            version,
            AddAttributeRequest::new("7", group("a")),
            &[id(), item],
        );
    }
    let mut request = AddAttributeRequest::new("7", group("a"));
    request.unique_identifier = None;
    check_request(V1_0, request, &[group_item(V1_0, NEW, "a")]);
}

#[test]
fn modify_attribute() {
    for version in VERSIONS {
        let mut request = ModifyAttributeRequest::new("7", group("b"));
        let mut items = vec![id()];
        if version >= V2_0 {
            request.current_attribute = Some(group("a"));
            items.push(group_item(version, CURRENT, "a"));
        }
        items.push(group_item(version, NEW, "b"));
        check_request(version, request, &items);
    }
    let mut request = ModifyAttributeRequest::new("7", group("b"));
    request.current_attribute = Some(group("a"));
    check_refused(V1_4, request, Element::Tag(tag::CURRENT_ATTRIBUTE));
}

#[test]
fn delete_attribute() {
    for version in VERSIONS {
        let mut request = DeleteAttributeRequest::new("7", attribute_name::OBJECT_GROUP);
        let mut items = vec![id()];
        if version < V2_0 {
            request.attribute_index = Some(2);
            items.push(tree::text(0x42_000A, "Object Group"));
            items.push(tree::integer(0x42_0009, 2));
        } else {
            request.current_attribute = Some(group("a"));
            items.push(group_item(version, CURRENT, "a"));
            items.push(tree::enumeration(REFERENCE, 0x42_0056));
        }
        check_request(version, request, &items);
    }
    let mut request = DeleteAttributeRequest::new("7", attribute_name::OBJECT_GROUP);
    request.attribute_index = Some(2);
    check_refused(V2_0, request, Element::Tag(tag::ATTRIBUTE_INDEX));
}

#[test]
fn answers_repeat_the_attribute_up_to_1_4() {
    let attribute = || group("a").with_index(2);
    let told = [
        tree::text(0x42_000A, "Object Group"),
        tree::integer(0x42_0009, 2),
        tree::text(0x42_000B, "a"),
    ];
    let items = [id(), tree::structure(0x42_0008, &told)];
    check_response(V1_0, AddAttributeResponse::new("7", attribute()), &items);
    check_response(V1_0, ModifyAttributeResponse::new("7", attribute()), &items);
    check_response(V1_0, DeleteAttributeResponse::new("7", attribute()), &items);
    let responses: [Response; 3] = [
        AddAttributeResponse::new("7", attribute()).into(),
        ModifyAttributeResponse::new("7", attribute()).into(),
        DeleteAttributeResponse::new("7", attribute()).into(),
    ];
    for response in responses {
        let octets = response.to_ttlv(V2_0).unwrap();
        let expected = tree::structure(0x42_007C, &[id()]);
        assert_eq!(octets.as_slice(), expected);
    }
}

#[test]
fn an_attribute_that_its_version_does_not_have_is_named() {
    let request = AddAttributeRequest::new("7", Attribute::new(AttributeValue::Sensitive(true)));
    check_refused(V1_0, request, Element::Attribute("Sensitive".to_owned()));
    let request = DeleteAttributeRequest::new("7", attribute_name::SENSITIVE);
    check_refused(V1_0, request, Element::Attribute("Sensitive".to_owned()));
}

#[test]
fn the_style_of_the_other_versions_is_refused() {
    let old = [id(), group_item(V1_0, NEW, "a")];
    let error = refusal(V2_0, Operation::ADD_ATTRIBUTE, &old);
    assert!(error.to_string().contains("420008"), "{error}");
    let new = [id(), group_item(V2_0, NEW, "a")];
    let error = refusal(V1_4, Operation::ADD_ATTRIBUTE, &new);
    assert!(error.to_string().contains("42013D"), "{error}");
}
