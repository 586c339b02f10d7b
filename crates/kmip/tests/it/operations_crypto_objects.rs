//! Create Split Key, Join Split Key, Import, Export: known answers in both styles of attributes,
//! versions, published cases, round trips.

use strongroom_kmip::enumeration::{
    KeyCompressionType, KeyWrapType, ProtectionStorageMask, SecretDataType, SplitKeyMethod,
    WrappingMethod,
};
use strongroom_kmip::object::{Certificate, KeyInformation, KeyWrappingSpecification};
use strongroom_kmip::operation::{
    CreateSplitKeyRequest, CreateSplitKeyResponse, ExportRequest, ExportResponse, ImportRequest,
    ImportResponse, JoinSplitKeyRequest, JoinSplitKeyResponse,
};
use strongroom_kmip::structure::ProtectionStorageMasks;
use strongroom_kmip::{
    Attribute, AttributeValue, BigInteger, Element, EncodeError, KeyFormatType, Limits,
    ManagedObject, MessageError, ObjectType, Operation, ProtocolVersion, Request, Response,
    TemplateAttribute,
};
use strongroom_ttlv::{DecodeErrorKind, Tag};

use crate::payloads::{self, a_field_too_new_is_named, comes_back, holds, refusal, versions_of};
use crate::tree;

const V1_2: ProtocolVersion = ProtocolVersion::V1_2;
const V1_4: ProtocolVersion = ProtocolVersion::V1_4;
const V2_0: ProtocolVersion = ProtocolVersion::V2_0;

const ID: u32 = 0x42_0094;
const OBJECT_TYPE: u32 = 0x42_0057;
const MASKS: u32 = 0x42_015F;
const REPLACE: u32 = 0x42_0124;

const OPERATIONS: [Operation; 4] = [
    Operation::CREATE_SPLIT_KEY,
    Operation::JOIN_SPLIT_KEY,
    Operation::IMPORT,
    Operation::EXPORT,
];

/// Cryptographic Length 256, as 1.x says it.
fn named() -> Vec<u8> {
    tree::attribute("Cryptographic Length", tree::integer(0x42_000B, 256))
}

/// Cryptographic Length 256, as 2.x says it.
fn typed() -> Vec<u8> {
    tree::integer(0x42_002A, 256)
}

fn length() -> Attribute {
    Attribute::new(AttributeValue::CryptographicLength(256))
}

/// Template-Attribute of 1.x and Attributes of 2.x with that attribute.
fn templates() -> [(ProtocolVersion, Vec<u8>); 2] {
    [
        (V1_4, tree::structure(0x42_0091, &[named()])),
        (V2_0, tree::structure(0x42_0125, &[typed()])),
    ]
}

fn certificate() -> Vec<u8> {
    let fields = [
        tree::enumeration(0x42_001D, 1),
        tree::bytes(0x42_001E, b"der"),
    ];
    tree::structure(0x42_0013, &fields)
}

fn is_the_certificate(object: &ManagedObject) -> bool {
    let expected = Certificate::new(1.into(), b"der".to_vec());
    matches!(object, ManagedObject::Certificate(found) if *found == expected)
}

#[test]
fn a_key_is_split_and_joined_as_the_specification_says() {
    let template = TemplateAttribute::new(vec![length()]);
    for (version, attributes) in templates() {
        let items = [
            tree::enumeration(OBJECT_TYPE, 5),
            tree::text(ID, "7"),
            tree::integer(0x42_008B, 5),
            tree::integer(0x42_008C, 3),
            tree::enumeration(0x42_008A, 3),
            tree::big_integer(0x42_0062, &[0, 0, 0, 0, 0, 0, 1, 1]),
            attributes.clone(),
        ];
        let operation = Operation::CREATE_SPLIT_KEY;
        let Request::CreateSplitKey(split) = payloads::request(version, operation, &items) else {
            panic!("no Create Split Key");
        };
        let method = SplitKeyMethod::POLYNOMIAL_SHARING_PRIME_FIELD;
        let mut expected = CreateSplitKeyRequest::new(method, 5, 3);
        expected.unique_identifier = Some("7".into());
        expected.prime_field_size = Some(BigInteger::from_octets(&[1, 1]));
        expected.template_attribute = template.clone();
        assert_eq!(split, expected);

        let items = [
            tree::enumeration(OBJECT_TYPE, 7),
            tree::text(ID, "7"),
            tree::text(ID, "8"),
            tree::enumeration(0x42_0086, 2),
            attributes,
        ];
        let operation = Operation::JOIN_SPLIT_KEY;
        let Request::JoinSplitKey(join) = payloads::request(version, operation, &items) else {
            panic!("no Join Split Key");
        };
        let parts = vec!["7".into(), "8".into()];
        let mut expected = JoinSplitKeyRequest::new(ObjectType::SECRET_DATA, parts);
        expected.secret_data_type = Some(SecretDataType::SEED);
        expected.template_attribute = Some(template.clone());
        assert_eq!(join, expected);
    }
}

#[test]
fn parts_and_key_are_told_as_the_specification_says() {
    let items = [tree::text(ID, "7"), tree::text(ID, "8")];
    let operation = Operation::CREATE_SPLIT_KEY;
    let Response::CreateSplitKey(parts) = payloads::response(V1_2, operation, &items) else {
        panic!("no Create Split Key");
    };
    let expected = CreateSplitKeyResponse::new(vec!["7".into(), "8".into()]);
    assert_eq!(parts, expected);

    let items = [tree::text(ID, "9")];
    let operation = Operation::JOIN_SPLIT_KEY;
    let Response::JoinSplitKey(key) = payloads::response(V2_0, operation, &items) else {
        panic!("no Join Split Key");
    };
    assert_eq!(key, JoinSplitKeyResponse::new("9"));
}

#[test]
fn attributes_that_the_server_set_are_told_up_to_1_4() {
    let told = Some(TemplateAttribute::new(vec![length()]));
    let mut parts = CreateSplitKeyResponse::new(vec!["7".into()]);
    parts.template_attribute.clone_from(&told);
    let mut key = JoinSplitKeyResponse::new("7");
    key.template_attribute = told;
    for response in [Response::CreateSplitKey(parts), Response::JoinSplitKey(key)] {
        for version in versions_of(&[response.operation()]) {
            let bytes = response.to_ttlv(version).unwrap();
            assert_eq!(holds(&bytes, 0x42_0091), version <= V1_4, "{version}");
            assert!(!holds(&bytes, 0x42_0125));
        }
        comes_back(V1_4, &response);
    }
}

#[test]
fn an_object_is_imported_as_the_specification_says() {
    let wanted = [
        tree::boolean(REPLACE, true),
        tree::enumeration(0x42_00F8, 2),
    ]
    .concat();
    let of_1_4 = vec![
        tree::text(ID, "7"),
        wanted.clone(),
        named(),
        named(),
        certificate(),
    ];
    let of_2_0 = vec![
        tree::text(ID, "7"),
        tree::enumeration(OBJECT_TYPE, 1),
        wanted,
        tree::structure(0x42_0125, &[typed(), typed()]),
        certificate(),
    ];
    for (version, items) in [(V1_4, of_1_4), (V2_0, of_2_0)] {
        let operation = Operation::IMPORT;
        let Request::Import(import) = payloads::request(version, operation, &items) else {
            panic!("no Import");
        };
        assert_eq!(import.unique_identifier, "7");
        assert_eq!(import.replace_existing, Some(true));
        assert_eq!(import.key_wrap_type, Some(KeyWrapType::AS_REGISTERED));
        assert_eq!(import.attributes, [length(), length()]);
        assert!(is_the_certificate(&import.object), "{import:?}");
    }
    let items = [tree::text(ID, "7")];
    let Response::Import(imported) = payloads::response(V1_4, Operation::IMPORT, &items) else {
        panic!("no Import");
    };
    assert_eq!(imported, ImportResponse::new("7"));
}

#[test]
fn an_import_of_1_4_may_say_what_the_object_is() {
    let of_type = |object_type| {
        let items = [
            tree::text(ID, "7"),
            tree::enumeration(OBJECT_TYPE, object_type),
            certificate(),
        ];
        let bytes = tree::structure(0x42_0079, &items);
        Request::from_ttlv(Operation::IMPORT, V1_4, &bytes, &Limits::default())
    };
    let Ok(Request::Import(import)) = of_type(1) else {
        panic!("no Import");
    };
    assert!(is_the_certificate(&import.object), "{import:?}");
    let object_type = ObjectType::SYMMETRIC_KEY;
    let mismatch = MessageError::ObjectMismatch { object_type };
    assert_eq!(of_type(2).unwrap_err(), mismatch);

    let error = refusal(V1_4, Operation::IMPORT, &[tree::text(ID, "7")]);
    let MessageError::Ttlv(error) = error else {
        panic!("{error}");
    };
    let expected = Tag::new(OBJECT_TYPE);
    assert_eq!(error.kind, DecodeErrorKind::Missing { expected });
}

#[test]
fn every_kind_of_object_comes_back_from_an_import_of_1_4_that_does_not_say_what_it_is() {
    let objects = [
        tree::structure(
            0x42_005B,
            &[
                tree::enumeration(0x42_0059, 0x8000_0001),
                tree::bytes(0x42_005A, &[1]),
            ],
        ),
        tree::symmetric_key(&[1; 32], &[]),
        certificate(),
    ];
    for object in objects {
        payloads::request(V1_4, Operation::IMPORT, &[tree::text(ID, "7"), object]);
    }
}

#[test]
fn an_object_is_exported_as_the_specification_says() {
    let wrapping = [
        tree::enumeration(0x42_009E, 1),
        tree::structure(0x42_0036, &[tree::text(ID, "8")]),
    ];
    let items = [
        tree::text(ID, "7"),
        tree::enumeration(0x42_0042, 1),
        tree::enumeration(0x42_00F8, 1),
        tree::enumeration(0x42_0041, 1),
        tree::structure(0x42_0047, &wrapping),
    ];
    let Request::Export(export) = payloads::request(V1_4, Operation::EXPORT, &items) else {
        panic!("no Export");
    };
    let mut specification = KeyWrappingSpecification::new(WrappingMethod::ENCRYPT);
    specification.encryption_key_information = Some(KeyInformation::new("8"));
    let mut expected = ExportRequest::new("7");
    expected.key_format_type = Some(KeyFormatType::RAW);
    expected.key_wrap_type = Some(KeyWrapType::NOT_WRAPPED);
    expected.key_compression_type = Some(KeyCompressionType::EC_PUBLIC_KEY_TYPE_UNCOMPRESSED);
    expected.key_wrapping_specification = Some(Box::new(specification));
    assert_eq!(export, expected);

    let lists = [
        (V1_4, [named(), named()].concat()),
        (V2_0, tree::structure(0x42_0125, &[typed(), typed()])),
    ];
    for (version, attributes) in lists {
        let items = [
            tree::enumeration(OBJECT_TYPE, 1),
            tree::text(ID, "7"),
            attributes,
            certificate(),
        ];
        let operation = Operation::EXPORT;
        let Response::Export(exported) = payloads::response(version, operation, &items) else {
            panic!("no Export");
        };
        assert_eq!(exported.unique_identifier, "7");
        assert_eq!(exported.attributes, [length(), length()]);
        assert!(is_the_certificate(&exported.object), "{exported:?}");
    }
}

#[test]
fn no_attributes_are_an_empty_structure_from_2_0_on() {
    let object = || ManagedObject::Certificate(Certificate::new(1.into(), b"der".to_vec()));
    let import = Request::Import(ImportRequest::new("7", object(), Vec::new()));
    let export = Response::Export(ExportResponse::new("7", object(), Vec::new()));
    let empty = tree::structure(0x42_0125, &[]);
    for bytes in [import.to_ttlv(V2_0).unwrap(), export.to_ttlv(V2_0).unwrap()] {
        assert!(bytes.windows(empty.len()).any(|part| part == empty));
    }
    comes_back(V2_0, &import);
    comes_back(V2_0, &export);
}

#[test]
fn a_request_names_what_its_version_lacks() {
    let mask = ProtectionStorageMask::SOFTWARE;
    let masks = Some(ProtectionStorageMasks::new(vec![mask]));
    let mut split = CreateSplitKeyRequest::new(SplitKeyMethod::XOR, 2, 2);
    split.protection_storage_masks.clone_from(&masks);
    let mut join = JoinSplitKeyRequest::new(ObjectType::SYMMETRIC_KEY, vec!["7".into()]);
    join.protection_storage_masks = masks;
    for request in [Request::CreateSplitKey(split), Request::JoinSplitKey(join)] {
        a_field_too_new_is_named(&request, &[(MASKS, V2_0)]);
    }

    let attribute = Attribute::new(AttributeValue::OperationPolicyName("default".to_owned()));
    let object = ManagedObject::Certificate(Certificate::new(1.into(), b"der".to_vec()));
    let import = Request::Import(ImportRequest::new("7", object, vec![attribute]));
    import.to_ttlv(V1_4).unwrap();
    let error = import.to_ttlv(V2_0).unwrap_err();
    let what = Element::Attribute("Operation Policy Name".to_owned());
    assert_eq!(
        error,
        EncodeError::NotInVersion {
            what,
            version: V2_0
        }
    );
}

#[test]
fn an_item_too_many_is_refused() {
    let last = tree::boolean(REPLACE, true);
    let cases = [
        (
            Operation::CREATE_SPLIT_KEY,
            vec![
                tree::enumeration(OBJECT_TYPE, 5),
                tree::integer(0x42_008B, 5),
                tree::integer(0x42_008C, 3),
                tree::enumeration(0x42_008A, 1),
                tree::structure(0x42_0125, &[]),
            ],
        ),
        (
            Operation::JOIN_SPLIT_KEY,
            vec![tree::enumeration(OBJECT_TYPE, 2)],
        ),
        (
            Operation::IMPORT,
            vec![
                tree::text(ID, "7"),
                tree::enumeration(OBJECT_TYPE, 1),
                tree::structure(0x42_0125, &[]),
                certificate(),
            ],
        ),
        (Operation::EXPORT, vec![tree::text(ID, "7")]),
    ];
    for (operation, items) in cases {
        payloads::request(V2_0, operation, &items);
        let more = [items, vec![last.clone()]].concat();
        let MessageError::Ttlv(error) = refusal(V2_0, operation, &more) else {
            panic!("{operation} is refused otherwise");
        };
        let found = Tag::new(REPLACE);
        assert_eq!(error.kind, DecodeErrorKind::Unread { found }, "{operation}");
    }
}

#[test]
fn published_payloads_are_typed_and_written_back() {
    let Some(found) = payloads::published_payloads_come_back(&OPERATIONS) else {
        return;
    };
    for operation in OPERATIONS {
        for is_request in [true, false] {
            assert!(found.contains(&(operation, is_request)), "{operation}");
        }
    }
}
