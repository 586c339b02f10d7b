//! Notify and Put, which a server sends to a client.

use strongroom_kmip::operation::{
    DeletedAttribute, NotifyRequest, NotifyResponse, PutRequest, PutResponse,
};
use strongroom_kmip::{
    Attribute, AttributeValue, CryptographicAlgorithm, Element, KeyBlock, ManagedObject, Operation,
    ProtocolVersion, attribute_name,
};
use strongroom_secret::SecretBytes;

use super::{V1_0, V2_0, check_refused, check_request, check_response, named};
use crate::payloads::{VERSIONS, refusal};
use crate::tree;

const ID: u32 = 0x42_0094;

fn groups() -> Vec<Attribute> {
    let group = |name: &str| AttributeValue::ObjectGroup(name.to_owned()).into();
    vec![group("a"), group("b")]
}

fn group_items(version: ProtocolVersion) -> Vec<Vec<u8>> {
    if version < V2_0 {
        let value = |name| named("Object Group", tree::text(0x42_000B, name));
        ["a", "b"].map(value).to_vec()
    } else {
        let inside = ["a", "b"].map(|name| tree::text(0x42_0056, name));
        vec![tree::structure(0x42_0125, &inside)]
    }
}

#[test]
fn notify() {
    for version in VERSIONS {
        let mut request = NotifyRequest::new("7", groups());
        let comment = DeletedAttribute::new(attribute_name::CONTACT_INFORMATION);
        let mut items = vec![tree::text(ID, "7")];
        items.extend(group_items(version));
        if version < V2_0 {
            request.deleted = vec![comment.with_index(2), DeletedAttribute::new("x-own")];
            let index = tree::integer(0x42_0009, 2);
            items.push(named("Contact Information", index));
            items.push(tree::structure(
                0x42_0008,
                &[tree::text(0x42_000A, "x-own")],
            ));
        } else {
            request.deleted = vec![comment];
            items.push(tree::enumeration(0x42_013B, 0x42_0022));
        }
        check_request(version, request, &items);
        check_response(version, NotifyResponse::default(), &[]);
    }
}

#[test]
fn a_deleted_attribute_is_named_where_its_version_does_not_have_it() {
    let mut request = NotifyRequest::new("7", Vec::new());
    request.deleted = vec![DeletedAttribute::new(attribute_name::SENSITIVE)];
    check_refused(V1_0, request, Element::Attribute("Sensitive".to_owned()));
    let mut request = NotifyRequest::new("7", Vec::new());
    request.deleted = vec![DeletedAttribute::new(attribute_name::STATE).with_index(0)];
    check_refused(
        V2_0,
        request,
        Element::Tag(strongroom_kmip::tag::ATTRIBUTE_INDEX),
    );
}

fn key() -> ManagedObject {
    let octets = SecretBytes::copy_from(&[7; 16]);
    ManagedObject::SymmetricKey(KeyBlock::raw(CryptographicAlgorithm::AES, octets))
}

fn key_item() -> Vec<u8> {
    let value = tree::structure(0x42_0045, &[tree::bytes(0x42_0043, &[7; 16])]);
    let block = [
        tree::enumeration(0x42_0042, 1),
        value,
        tree::enumeration(0x42_0028, 3),
        tree::integer(0x42_002A, 128),
    ];
    tree::structure(0x42_008F, &[tree::structure(0x42_0040, &block)])
}

#[test]
fn put() {
    for version in VERSIONS {
        let mut new = PutRequest::new("7", key());
        new.attributes = groups();
        let mut items = vec![
            tree::text(ID, "7"),
            tree::enumeration(0x42_0070, 1),
            key_item(),
        ];
        items.extend(group_items(version));
        check_request(version, new, &items);
        let replacing = PutRequest::new("7", key()).replacing("6");
        let items = [
            tree::text(ID, "7"),
            tree::enumeration(0x42_0070, 2),
            tree::text(0x42_0076, "6"),
            key_item(),
        ];
        check_request(version, replacing, &items);
        check_response(version, PutResponse::default(), &[]);
    }
}

#[test]
fn a_put_needs_an_object() {
    let start = [tree::text(ID, "7"), tree::enumeration(0x42_0070, 1)];
    let error = refusal(V1_0, Operation::PUT, &start);
    assert!(error.to_string().contains("42008F is missing"), "{error}");
    let items = [start.to_vec(), group_items(V1_0)].concat();
    let error = refusal(V1_0, Operation::PUT, &items);
    assert!(error.to_string().contains("found 420008"), "{error}");
}

#[test]
fn a_put_names_an_object_that_its_version_does_not_have() {
    let octets = SecretBytes::copy_from(&[7; 32]);
    let block = KeyBlock::raw(CryptographicAlgorithm::CHACHA20, octets);
    let request = PutRequest::new("7", ManagedObject::SymmetricKey(block));
    check_refused(V1_0, request, Element::Value("ChaCha20"));
}

#[test]
fn the_key_that_is_put_is_not_printed() {
    let printed = format!("{:?}", PutRequest::new("7", key()));
    assert!(!printed.contains("7, 7, 7"), "{printed}");
}
