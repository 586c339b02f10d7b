//! Create Key Pair, Re-key, Re-key Key Pair, Derive Key, Certify, Re-certify, Validate.

use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::enumeration::{
    CertificateRequestType, CertificateType, DerivationMethod, HashingAlgorithm,
    ProtectionStorageMask, ValidityIndicator,
};
use strongroom_kmip::message::{ResponseHeader, ResponseItem};
use strongroom_kmip::object::Certificate;
use strongroom_kmip::operation::{
    CertifyRequest, CertifyResponse, CreateKeyPairRequest, CreateKeyPairResponse, DeriveKeyRequest,
    DeriveKeyResponse, ReCertifyRequest, ReCertifyResponse, ReKeyKeyPairRequest,
    ReKeyKeyPairResponse, ReKeyRequest, ReKeyResponse, ValidateRequest, ValidateResponse,
};
use strongroom_kmip::structure::{
    CertificateRequestValue, DerivationParameters, ProtectionStorageMasks,
};
use strongroom_kmip::{
    AttributeValue, DateTime, Element, Exchange, Interval, ObjectType, Operation, ProtocolVersion,
    Response, ResponseMessage, TemplateAttribute, tag,
};
use strongroom_secret::SecretBytes;

use super::{V1_0, V1_1, V1_4, V2_0, V2_1, check_refused, check_request, check_response, named};
use crate::payloads::{VERSIONS, refusal};
use crate::tree;

const ID: u32 = 0x42_0094;
const PRIVATE_ID: u32 = 0x42_0066;
const PUBLIC_ID: u32 = 0x42_006F;
const OFFSET: u32 = 0x42_0058;
const TEMPLATE: u32 = 0x42_0091;
const ATTRIBUTES: u32 = 0x42_0125;
const STORAGE: u32 = 0x42_015F;

/// Attributes that say a length.
fn length(bits: i32) -> TemplateAttribute {
    TemplateAttribute::new(vec![AttributeValue::CryptographicLength(bits).into()])
}

/// The same in both styles, under the tag of each.
fn length_item(version: ProtocolVersion, earlier: u32, later: u32, bits: i32) -> Vec<u8> {
    if version < V2_0 {
        let value = tree::integer(0x42_000B, bits);
        tree::structure(earlier, &[named("Cryptographic Length", value)])
    } else {
        tree::structure(later, &[tree::integer(0x42_002A, bits)])
    }
}

fn masks(mask: ProtectionStorageMask) -> Option<ProtectionStorageMasks> {
    Some(ProtectionStorageMasks::new(vec![mask]))
}

fn masks_item(tag: u32, mask: i32) -> Vec<u8> {
    tree::structure(tag, &[tree::integer(0x42_015E, mask)])
}

/// The attributes of both keys, of the private and of the public one.
fn pair_attributes(version: ProtocolVersion) -> [Vec<u8>; 3] {
    [
        length_item(version, 0x42_001F, 0x42_0126, 1),
        length_item(version, 0x42_0065, 0x42_0127, 2),
        length_item(version, 0x42_006E, 0x42_0128, 3),
    ]
}

fn pair_masks() -> [Vec<u8>; 3] {
    [
        masks_item(0x42_0163, 1),
        masks_item(0x42_0164, 2),
        masks_item(0x42_0165, 4),
    ]
}

fn pair_ids() -> [Vec<u8>; 2] {
    [tree::text(PRIVATE_ID, "7"), tree::text(PUBLIC_ID, "8")]
}

/// The attributes that an answer of 1.x tells of both keys.
fn pair_told(version: ProtocolVersion) -> [Vec<u8>; 2] {
    [
        length_item(version, 0x42_0065, 0, 2),
        length_item(version, 0x42_006E, 0, 3),
    ]
}

#[test]
fn create_key_pair() {
    for version in VERSIONS {
        let mut request = CreateKeyPairRequest::new(length(1));
        request.private_key_attributes = Some(length(2));
        request.public_key_attributes = Some(length(3));
        let mut items = pair_attributes(version).to_vec();
        if version >= V2_0 {
            request.common_storage_masks = masks(ProtectionStorageMask::SOFTWARE);
            request.private_storage_masks = masks(ProtectionStorageMask::HARDWARE);
            request.public_storage_masks = masks(ProtectionStorageMask::ON_PROCESSOR);
            items.extend(pair_masks());
        }
        check_request(version, request, &items);
    }
    check_request(V1_0, CreateKeyPairRequest::default(), &[]);
    check_response(
        V2_0,
        CreateKeyPairResponse::new("7".into(), "8".into()),
        &pair_ids(),
    );
}

#[test]
fn an_answer_about_a_pair_repeats_attributes_up_to_1_4() {
    let mut created = CreateKeyPairResponse::new("7".into(), "8".into());
    created.private_key_attributes = Some(length(2));
    created.public_key_attributes = Some(length(3));
    let mut changed = ReKeyKeyPairResponse::new("7".into(), "8".into());
    changed.private_key_attributes = Some(length(2));
    changed.public_key_attributes = Some(length(3));
    let whole = [pair_ids(), pair_told(V1_4)].concat();
    check_response(V1_0, created.clone(), &whole);
    check_response(V1_1, changed.clone(), &whole);
    for response in [Response::from(created), Response::from(changed)] {
        let octets = response.to_ttlv(V2_0).unwrap();
        let expected = tree::structure(0x42_007C, &pair_ids());
        assert_eq!(octets.as_slice(), expected);
    }
}

#[test]
fn storage_masks_are_of_2_0() {
    let mut pair = CreateKeyPairRequest::default();
    pair.public_storage_masks = masks(ProtectionStorageMask::SOFTWARE);
    check_refused(
        V1_4,
        pair,
        Element::Tag(tag::PUBLIC_PROTECTION_STORAGE_MASKS),
    );
    let mut key = ReKeyRequest::new("7");
    key.protection_storage_masks = masks(ProtectionStorageMask::SOFTWARE);
    check_refused(V1_4, key, Element::Tag(tag::PROTECTION_STORAGE_MASKS));
}

#[test]
fn re_key() {
    for version in VERSIONS {
        let mut request = ReKeyRequest::new("7");
        request.offset = Some(Interval(60));
        request.template_attribute = Some(length(256));
        let mut items = vec![
            tree::text(ID, "7"),
            tree::interval(OFFSET, 60),
            length_item(version, TEMPLATE, ATTRIBUTES, 256),
        ];
        if version >= V2_0 {
            request.protection_storage_masks = masks(ProtectionStorageMask::HARDWARE);
            items.push(masks_item(STORAGE, 2));
        }
        check_request(version, request, &items);
        check_response(version, ReKeyResponse::new("8"), &[tree::text(ID, "8")]);
    }
    check_request(V1_0, ReKeyRequest::default(), &[]);
}

#[test]
fn the_answer_to_a_re_key_names_another_object_than_the_request() {
    let request = ReKeyRequest::new("7").into();
    let (exchange, _) = Exchange::new(V1_0, &request).unwrap();
    let item = ResponseItem::success(ReKeyResponse::new("8").into());
    let answer = ResponseMessage::new(ResponseHeader::new(V1_0, tree::NOW), vec![item]);
    let answer = answer.encode().unwrap();
    let response = exchange.finish(&answer).unwrap();
    assert_eq!(response.unique_identifier(), None);
    let Response::ReKey(response) = response else {
        panic!("{response:?}");
    };
    assert_eq!(response.unique_identifier, "8");
}

#[test]
fn re_key_key_pair() {
    for version in VERSIONS.into_iter().filter(|version| *version >= V1_1) {
        let mut request = ReKeyKeyPairRequest::new("7");
        request.offset = Some(Interval(60));
        request.common_attributes = Some(length(1));
        request.private_key_attributes = Some(length(2));
        request.public_key_attributes = Some(length(3));
        let mut items = vec![tree::text(PRIVATE_ID, "7"), tree::interval(OFFSET, 60)];
        items.extend(pair_attributes(version));
        if version >= V2_0 {
            request.common_storage_masks = masks(ProtectionStorageMask::SOFTWARE);
            request.private_storage_masks = masks(ProtectionStorageMask::HARDWARE);
            request.public_storage_masks = masks(ProtectionStorageMask::ON_PROCESSOR);
            items.extend(pair_masks());
        }
        check_request(version, request, &items);
        let response = ReKeyKeyPairResponse::new("7".into(), "8".into());
        check_response(version, response, &pair_ids());
    }
    check_request(V1_1, ReKeyKeyPairRequest::default(), &[]);
    let operation = Element::Operation(Operation::RE_KEY_KEY_PAIR);
    check_refused(V1_0, ReKeyKeyPairRequest::default(), operation);
}

#[test]
fn an_answer_about_one_object_repeats_attributes_up_to_1_4() {
    let told = || Some(length(256));
    let mut re_key = ReKeyResponse::new("8");
    re_key.template_attribute = told();
    let mut derive = DeriveKeyResponse::new("8");
    derive.template_attribute = told();
    let mut certify = CertifyResponse::new("8");
    certify.template_attribute = told();
    let mut re_certify = ReCertifyResponse::new("8");
    re_certify.template_attribute = told();
    let responses: [Response; 4] = [
        re_key.into(),
        derive.into(),
        certify.into(),
        re_certify.into(),
    ];
    let id = tree::text(ID, "8");
    for response in responses {
        for version in VERSIONS {
            let mut items = vec![id.clone()];
            if version < V2_0 {
                items.push(length_item(version, TEMPLATE, ATTRIBUTES, 256));
            }
            let expected = tree::structure(0x42_007C, &items);
            let octets = response.to_ttlv(version).unwrap();
            assert_eq!(octets.as_slice(), expected, "{version} {response:?}");
        }
    }
}

/// From the keys `a` and `b`, with everything that a method may want.
fn derivation(data: &[&[u8]]) -> DeriveKeyRequest {
    let prf = CryptographicParameters {
        hashing_algorithm: Some(HashingAlgorithm::SHA_256),
        ..CryptographicParameters::default()
    };
    let mut parameters = DerivationParameters::default();
    parameters.cryptographic_parameters = Some(prf);
    parameters.initialization_vector = Some(vec![1; 16]);
    parameters.derivation_data = data
        .iter()
        .map(|octets| SecretBytes::copy_from(octets))
        .collect();
    parameters.salt = Some(vec![2; 8]);
    parameters.iteration_count = Some(4096);
    DeriveKeyRequest {
        object_type: ObjectType::SYMMETRIC_KEY,
        unique_identifiers: vec!["a".into(), "b".into()],
        derivation_method: DerivationMethod::PBKDF2,
        derivation_parameters: parameters,
        template_attribute: length(256),
    }
}

#[test]
fn derive_key() {
    for version in VERSIONS {
        let hashing = tree::enumeration(0x42_0038, 6);
        let mut parameters = vec![
            tree::structure(0x42_002B, &[hashing]),
            tree::bytes(0x42_003A, &[1; 16]),
            tree::bytes(0x42_0030, b"data"),
        ];
        let mut data: Vec<&[u8]> = vec![b"data"];
        if version >= V2_0 {
            parameters.push(tree::bytes(0x42_0030, b"more"));
            data.push(b"more");
        }
        parameters.push(tree::bytes(0x42_0084, &[2; 8]));
        parameters.push(tree::integer(0x42_003C, 4096));
        let items = [
            tree::enumeration(0x42_0057, 2),
            tree::text(ID, "a"),
            tree::text(ID, "b"),
            tree::enumeration(0x42_0031, 1),
            tree::structure(0x42_0032, &parameters),
            length_item(version, TEMPLATE, ATTRIBUTES, 256),
        ];
        check_request(version, derivation(&data), &items);
        check_response(version, DeriveKeyResponse::new("8"), &[tree::text(ID, "8")]);
    }
}

#[test]
fn derivation_data_is_not_printed() {
    let printed = format!("{:?}", derivation(&[b"a secret of the user"]));
    assert!(!printed.contains("115, 101, 99"), "{printed}");
    assert!(!printed.contains("secret of"), "{printed}");
}

#[test]
fn certify() {
    for version in VERSIONS {
        let mut request = CertifyRequest::new("7");
        request.certificate_request_type = Some(CertificateRequestType::PKCS_10);
        request.certificate_request = Some(CertificateRequestValue(vec![0x30, 0]));
        request.template_attribute = Some(length(1));
        let value = if version < V2_0 { 0x42_0018 } else { 0x42_0140 };
        let mut items = vec![
            tree::text(ID, "7"),
            tree::enumeration(0x42_0019, 2),
            tree::bytes(value, &[0x30, 0]),
            length_item(version, TEMPLATE, ATTRIBUTES, 1),
        ];
        if version >= V2_0 {
            request.protection_storage_masks = masks(ProtectionStorageMask::SOFTWARE);
            items.push(masks_item(STORAGE, 1));
        }
        check_request(version, request, &items);
        check_response(version, CertifyResponse::new("8"), &[tree::text(ID, "8")]);
    }
    check_request(V1_0, CertifyRequest::default(), &[]);
}

#[test]
fn re_certify() {
    for version in VERSIONS {
        let mut request = ReCertifyRequest::new("7");
        let mut items = vec![tree::text(ID, "7")];
        if version >= V2_0 {
            request.certificate_request_unique_identifier = Some("9".into());
            items.push(tree::text(0x42_0139, "9"));
        }
        request.certificate_request_type = Some(CertificateRequestType::PEM);
        request.certificate_request = Some(CertificateRequestValue(vec![0x30, 0]));
        request.offset = Some(Interval(60));
        request.template_attribute = Some(length(1));
        let value = if version < V2_0 { 0x42_0018 } else { 0x42_0140 };
        items.extend([
            tree::enumeration(0x42_0019, 3),
            tree::bytes(value, &[0x30, 0]),
            tree::interval(OFFSET, 60),
            length_item(version, TEMPLATE, ATTRIBUTES, 1),
        ]);
        if version >= V2_0 {
            request.protection_storage_masks = masks(ProtectionStorageMask::SOFTWARE);
            items.push(masks_item(STORAGE, 1));
        }
        check_request(version, request, &items);
        check_response(version, ReCertifyResponse::new("8"), &[tree::text(ID, "8")]);
    }
    let mut request = ReCertifyRequest::new("7");
    request.certificate_request_unique_identifier = Some("9".into());
    let what = Element::Tag(tag::CERTIFICATE_REQUEST_UNIQUE_IDENTIFIER);
    check_refused(V1_4, request, what);
}

#[test]
fn the_octets_of_a_certificate_request_stand_under_the_tag_of_the_version() {
    let value = |tag| [tree::bytes(tag, &[0x30, 0])];
    let earlier = refusal(V1_4, Operation::CERTIFY, &value(0x42_0140));
    assert!(earlier.to_string().contains("420140"), "{earlier}");
    let later = refusal(V2_1, Operation::CERTIFY, &value(0x42_0018));
    assert!(later.to_string().contains("420018"), "{later}");
}

#[test]
fn validate() {
    let mut request = ValidateRequest::default();
    request.certificates = vec![Certificate::new(CertificateType::X_509, vec![0x30, 0])];
    request.unique_identifiers = vec!["7".into(), "8".into()];
    request.validity_date = Some(DateTime(tree::NOW));
    let certificate = [
        tree::enumeration(0x42_001D, 1),
        tree::bytes(0x42_001E, &[0x30, 0]),
    ];
    let items = [
        tree::structure(0x42_0013, &certificate),
        tree::text(ID, "7"),
        tree::text(ID, "8"),
        tree::date_time(0x42_009A, tree::NOW),
    ];
    for version in VERSIONS {
        check_request(version, request.clone(), &items);
        check_response(
            version,
            ValidateResponse::new(ValidityIndicator::INVALID),
            &[tree::enumeration(0x42_009B, 2)],
        );
    }
    check_request(V1_0, ValidateRequest::default(), &[]);
}
