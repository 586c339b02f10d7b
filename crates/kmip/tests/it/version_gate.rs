//! What an answer to an old request must not hold (invariant I10), against a table of its own.

use strongroom_kmip::attribute::{ApplicationSpecificInformation, CryptographicParameters, Digest};
use strongroom_kmip::enumeration::{
    DigitalSignatureAlgorithm, EncodingOption, HashingAlgorithm, MaskGenerator, WrappingMethod,
};
use strongroom_kmip::message::{ResponseHeader, ResponseItem};
use strongroom_kmip::object::{KeyMaterial, KeyValue, KeyWrappingData};
use strongroom_kmip::operation::{
    CreateResponse, GetAttributesResponse, GetResponse, LocateResponse, QueryResponse,
    RegisterResponse,
};
use strongroom_kmip::{
    Attribute, AttributeValue, CryptographicAlgorithm, CryptographicUsageMask, DateTime, KeyBlock,
    KeyFormatType, ManagedObject, Name, ObjectType, Operation, ProtocolVersion, Response,
    ResponseMessage, ResultReason, TemplateAttribute,
};
use strongroom_secret::SecretBytes;
use strongroom_ttlv::{Fields, Limits, Tag, Value};

use crate::tree::NOW;

/// Tags after 1.0 that a response could hold, with the minor version that brought them.
const TAGS: &[(u32, i32)] = &[
    (0x42_00A3, 1), // Encoding Option
    (0x42_00AE, 2), // Digital Signature Algorithm, as a field of parameters
    (0x42_00C5, 2), // Random IV
    (0x42_00CD, 2), // IV Length
    (0x42_00D5, 3), // Located Items
    (0x42_0100, 4), // Salt Length
    (0x42_0101, 4), // Mask Generator
    (0x42_0105, 4), // Client Correlation Value
    (0x42_0106, 4), // Server Correlation Value
];

/// Attributes after 1.0.
const ATTRIBUTES: &[(&str, i32)] = &[
    ("Fresh", 1),
    ("Original Creation Date", 2),
    ("Sensitive", 4),
    ("Always Sensitive", 4),
    ("Extractable", 4),
    ("Never Extractable", 4),
];

/// Values after 1.0: tag, value, minor version.
const VALUES: &[(u32, u32, i32)] = &[
    (0x42_005C, 0x1E, 1),  // Operation Discover Versions
    (0x42_005C, 0x1F, 2),  // Operation Encrypt
    (0x42_005C, 0x2A, 4),  // Operation Import
    (0x42_005C, 0x2C, 99), // Operation Log, of 2.0
    (0x42_0057, 9, 2),     // Object Type PGP Key
    (0x42_0028, 0x1C, 4),  // Cryptographic Algorithm ChaCha20
    (0x42_000B, 0x1C, 4),  // the same as an attribute
    (0x42_007E, 0x13, 2),  // Result Reason Key Value Not Present
    (0x42_007E, 0x37, 99), // Result Reason Object Not Found, of 2.0
];

fn every_attribute() -> Vec<Attribute> {
    let parameters = CryptographicParameters {
        digital_signature_algorithm: Some(DigitalSignatureAlgorithm::new(1)),
        random_iv: Some(true),
        iv_length: Some(96),
        salt_length: Some(20),
        mask_generator: Some(MaskGenerator::MGF1),
        ..CryptographicParameters::default()
    };
    let mut digest = Digest::new(HashingAlgorithm::SHA_256, vec![1; 32]);
    digest.key_format_type = Some(KeyFormatType::RAW);
    let values = vec![
        AttributeValue::Name(Name::text("name")),
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::CHACHA20),
        AttributeValue::CryptographicUsageMask(CryptographicUsageMask::new(0x0020_000C)),
        AttributeValue::CryptographicParameters(parameters),
        AttributeValue::Digest(digest),
        AttributeValue::ApplicationSpecificInformation(ApplicationSpecificInformation::new(
            "strongroom-store",
            "1",
        )),
        AttributeValue::Fresh(true),
        AttributeValue::OriginalCreationDate(DateTime(NOW)),
        AttributeValue::Sensitive(true),
        AttributeValue::AlwaysSensitive(true),
        AttributeValue::Extractable(true),
        AttributeValue::NeverExtractable(true),
    ];
    values.into_iter().map(Attribute::new).collect()
}

fn every_response() -> Vec<ResponseItem> {
    let template = || Some(TemplateAttribute::new(every_attribute()));
    let mut created = CreateResponse::new(ObjectType::SYMMETRIC_KEY, "7");
    created.template_attribute = template();
    let mut registered = RegisterResponse::new("7");
    registered.template_attribute = template();
    let mut located = LocateResponse::new(vec!["7".to_owned()]);
    located.located_items = Some(1);
    let mut query = QueryResponse::default();
    query.operations = Operation::KNOWN.to_vec();
    query.object_types = ObjectType::KNOWN.to_vec();
    let mut wrapping = KeyWrappingData::new(WrappingMethod::ENCRYPT);
    wrapping.encoding_option = Some(EncodingOption::NO_ENCODING);
    let key = SecretBytes::copy_from(&[1; 32]);
    let mut block = KeyBlock::raw(CryptographicAlgorithm::CHACHA20, key.duplicate());
    block.key_wrapping_data = Some(Box::new(wrapping));
    block.key_value = Some(KeyValue::Plain {
        material: KeyMaterial::Bytes(key),
        attributes: every_attribute(),
    });
    let object = ManagedObject::SymmetricKey(block);
    let mut items = vec![
        ResponseItem::success(Response::Create(created)),
        ResponseItem::success(Response::Register(registered)),
        ResponseItem::success(Response::Locate(located)),
        ResponseItem::success(Response::Query(query)),
        ResponseItem::success(Response::Get(GetResponse::new("7", object))),
        ResponseItem::success(Response::GetAttributes(GetAttributesResponse::new(
            "7",
            every_attribute(),
        ))),
    ];
    for reason in ResultReason::KNOWN {
        items.push(ResponseItem::failure(Some(Operation::GET), *reason, None));
    }
    items
}

fn answer(minor: i32) -> Vec<u8> {
    let mut header = ResponseHeader::new(ProtocolVersion::new(1, minor), NOW);
    header.client_correlation_value = Some("client".to_owned());
    header.server_correlation_value = Some("server".to_owned());
    let message = ResponseMessage::new(header, every_response());
    message.encode().unwrap().to_vec()
}

/// Calls `see` with the tag and value of every item.
fn walk(mut fields: Fields<'_>, see: &mut impl FnMut(Tag, &Value<'_>)) {
    while let Some(item) = fields.next_item().unwrap() {
        see(item.tag, &item.value);
        if let Value::Structure(inner) = item.value {
            walk(inner, see);
        }
    }
}

/// Which lines of the three tables occur in the answer of `1.minor`.
fn hits(minor: i32) -> (Vec<u32>, Vec<String>, Vec<(u32, u32)>) {
    let bytes = answer(minor);
    let fields = Fields::message(Tag::new(0x42_007B), &bytes, &Limits::FORMAT).unwrap();
    let (mut tags, mut names, mut values) = (Vec::new(), Vec::new(), Vec::new());
    walk(fields, &mut |tag, value| {
        tags.push(tag.value());
        match value {
            Value::Text(text) if tag.value() == 0x42_000A => names.push((*text).to_owned()),
            Value::Enumeration(code) => values.push((tag.value(), *code)),
            _ => {}
        }
    });
    (tags, names, values)
}

#[test]
fn an_answer_holds_nothing_newer_than_its_version_and_all_that_is_not() {
    for minor in 0..=4 {
        let (tags, names, values) = hits(minor);
        for (tag, since) in TAGS {
            assert_eq!(tags.contains(tag), *since <= minor, "1.{minor} {tag:#x}");
        }
        for (name, since) in ATTRIBUTES {
            let there = names.iter().any(|found| found == name);
            assert_eq!(there, *since <= minor, "1.{minor} {name}");
        }
        for (tag, value, since) in VALUES {
            let there = values.contains(&(*tag, *value));
            assert_eq!(there, *since <= minor, "1.{minor} {tag:#x} {value:#x}");
        }
        assert!(names.iter().any(|name| name == "Name"));
    }
}

#[test]
fn a_digest_at_1_0_has_no_key_format_type_and_a_mask_no_bits_of_2_0() {
    let digest_fields = |minor| {
        let bytes = answer(minor);
        let digest = b"\x42\x00\x35\x08\x00\x00\x00\x20";
        let at = bytes
            .windows(8)
            .position(|window| window == digest)
            .unwrap();
        bytes[at + 40..at + 43].to_vec()
    };
    assert_ne!(digest_fields(0), [0x42, 0x00, 0x42]);
    assert_eq!(digest_fields(1), [0x42, 0x00, 0x42]);
    for minor in 0..=4 {
        let bytes = answer(minor);
        let mask = |bits: [u8; 4]| {
            let item = [b"\x42\x00\x0B\x02\x00\x00\x00\x04".as_slice(), &bits].concat();
            bytes.windows(12).any(|window| window == item)
        };
        assert!(mask([0, 0, 0, 0x0C]) && !mask([0, 0x20, 0, 0x0C]));
    }
}

#[test]
fn reasons_of_later_versions_become_what_an_old_client_understands() {
    let v1_0 = ProtocolVersion::V1_0;
    let cases = [
        (ResultReason::OBJECT_NOT_FOUND, ResultReason::ITEM_NOT_FOUND),
        (ResultReason::OBJECT_DESTROYED, ResultReason::ITEM_NOT_FOUND),
        (
            ResultReason::WRONG_KEY_LIFECYCLE_STATE,
            ResultReason::PERMISSION_DENIED,
        ),
        (ResultReason::UNKNOWN_TAG, ResultReason::INVALID_MESSAGE),
        (
            ResultReason::PERMISSION_DENIED,
            ResultReason::PERMISSION_DENIED,
        ),
        (
            ResultReason::new(0x8000_0001),
            ResultReason::new(0x8000_0001),
        ),
    ];
    for (reason, expected) in cases {
        assert_eq!(reason.in_version(v1_0), expected);
    }
    for reason in ResultReason::KNOWN {
        let put = reason.in_version(v1_0);
        assert!(v1_0.has(put.versions()), "{reason} becomes {put}");
    }
}
