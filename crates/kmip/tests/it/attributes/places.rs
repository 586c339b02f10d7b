//! Where attributes stand in payloads: one table of fields for both styles.

use strongroom_kmip::attribute::Attribute;
use strongroom_kmip::operation::{
    CreateRequest, CreateResponse, GetAttributesResponse, LocateRequest,
};
use strongroom_kmip::{
    AttributeValue, CryptographicAlgorithm, KeyBlock, Limits, ManagedObject, ObjectType, Operation,
    ProtocolVersion, Request, Response, TemplateAttribute, tag,
};
use strongroom_secret::SecretBytes;

use crate::payloads::{holds, request, response};
use crate::tree;

const V1_4: ProtocolVersion = ProtocolVersion::V1_4;
const V2_0: ProtocolVersion = ProtocolVersion::V2_0;

fn length() -> Vec<Attribute> {
    vec![AttributeValue::CryptographicLength(256).into()]
}

#[test]
fn a_template_attribute_is_attributes_in_2_x() {
    let kind = tree::enumeration(0x42_0057, 2);
    let old = tree::attribute("Cryptographic Length", tree::integer(0x42_000B, 256));
    let new = tree::integer(0x42_002A, 256);
    let cases = [
        (V1_4, tree::structure(0x42_0091, &[old])),
        (V2_0, tree::structure(0x42_0125, &[new])),
    ];
    for (version, item) in cases {
        let read = request(version, Operation::CREATE, &[kind.clone(), item]);
        let Request::Create(read) = read else {
            unreachable!("another operation");
        };
        assert_eq!(read, CreateRequest::symmetric_key(length()));
    }
}

#[test]
fn a_list_of_attributes_is_one_structure_in_2_x() {
    let id = tree::text(0x42_0094, "7");
    let old = tree::attribute("Cryptographic Length", tree::integer(0x42_000B, 256));
    let new = tree::integer(0x42_002A, 256);
    let cases = [(V1_4, old), (V2_0, tree::structure(0x42_0125, &[new]))];
    for (version, item) in cases {
        let read = response(
            version,
            Operation::GET_ATTRIBUTES,
            &[id.clone(), item.clone()],
        );
        let Response::GetAttributes(read) = read else {
            unreachable!("another operation");
        };
        assert_eq!(read, GetAttributesResponse::new("7", length()));
        let Request::Locate(read) = request(version, Operation::LOCATE, &[item]) else {
            unreachable!("another operation");
        };
        assert_eq!(read, LocateRequest::new(length()));
    }
}

#[test]
fn a_list_that_must_be_there_is_empty_in_2_x_and_another_is_absent() {
    let answer = Response::GetAttributes(GetAttributesResponse::new("7", Vec::new()));
    let id = tree::text(0x42_0094, "7");
    let old = tree::structure(0x42_007C, std::slice::from_ref(&id));
    assert_eq!(*answer.to_ttlv(V1_4).unwrap(), old);
    let empty = tree::structure(0x42_0125, &[]);
    let new = tree::structure(0x42_007C, &[id, empty]);
    assert_eq!(*answer.to_ttlv(V2_0).unwrap(), new);
    // Beside a key there may be none.
    let key = KeyBlock::raw(
        CryptographicAlgorithm::AES,
        SecretBytes::copy_from(&[7; 16]),
    );
    let key = ManagedObject::SymmetricKey(key).to_ttlv(V2_0).unwrap();
    assert!(!holds(&key, tag::ATTRIBUTES.value()));
    // Either way is read.
    for bytes in [new, old] {
        let operation = Operation::GET_ATTRIBUTES;
        let read = Response::from_ttlv(operation, V2_0, &bytes, &Limits::default()).unwrap();
        assert_eq!(format!("{read:?}"), format!("{answer:?}"));
    }
}

#[test]
fn what_the_server_set_by_itself_stands_in_answers_of_1_x_alone() {
    let mut answer = CreateResponse::new(ObjectType::SYMMETRIC_KEY, "7");
    answer.template_attribute = Some(TemplateAttribute::new(length()));
    let answer = Response::Create(answer);
    for (version, there) in [(V1_4, true), (V2_0, false)] {
        let bytes = answer.to_ttlv(version).unwrap();
        assert_eq!(holds(&bytes, tag::TEMPLATE_ATTRIBUTE.value()), there);
        assert!(!holds(&bytes, tag::ATTRIBUTES.value()));
    }
}
