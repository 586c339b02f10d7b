//! Query: each version's answer holds what that version has.

use strongroom_kmip::enumeration::{
    AttestationType, ClientRegistrationMethod, DestroyAction, DrbgAlgorithm, Fips186Variation,
    HashingAlgorithm, ItemTypeEnumeration, ProfileName, QueryFunction, RecommendedCurve,
    RngAlgorithm, RngMode, ShreddingAlgorithm, UnwrapMode, ValidationAuthorityType, ValidationType,
};
use strongroom_kmip::operation::{QueryRequest, QueryResponse};
use strongroom_kmip::structure::{
    CapabilityInformation, ExtensionInformation, ExtensionType, ObjectGroups, ProfileInformation,
    ProfileVersion, ProtectionStorageMasks, RngParameters, ServerInformation,
    ValidationInformation,
};
use strongroom_kmip::{
    CryptographicAlgorithm, Element, Limits, ObjectType, Operation, ResponseMessage, tag,
};
use strongroom_ttlv::Fields;

use super::{check_refused, check_request, check_response, response_message, response_octets};
use crate::tree;

#[test]
fn request() {
    check_request(
        0,
        QueryRequest::new(vec![QueryFunction::OPERATIONS, QueryFunction::OBJECTS]),
        &[
            tree::enumeration(0x42_0074, 1),
            tree::enumeration(0x42_0074, 2),
        ],
    );
    check_request(0, QueryRequest::default(), &[]);
}

#[test]
fn a_request_names_what_its_version_does_not_have() {
    let request = QueryRequest::new(vec![QueryFunction::ATTESTATION_TYPES]);
    check_refused(1, request, Element::Value("Query Attestation Types"));
    let mut request = QueryRequest::new(vec![QueryFunction::OPERATIONS]);
    request.object_groups = Some(ObjectGroups::new(vec!["group".to_owned()]));
    check_refused(4, request, Element::Tag(tag::OBJECT_GROUPS));
}

/// Everything that 1.4 can tell, with what only 2.0 can.
fn whole() -> QueryResponse {
    let mut response = QueryResponse::default();
    response.operations = vec![Operation::CREATE, Operation::ENCRYPT, Operation::LOG];
    response.object_types = vec![ObjectType::SYMMETRIC_KEY, ObjectType::CERTIFICATE_REQUEST];
    response.vendor_identification = Some("vendor".to_owned());
    response.server_information = Some(Box::new(server_information()));
    response.application_namespaces = vec!["namespace".to_owned()];
    response.extension_information = vec![extension()];
    response.attestation_types = vec![AttestationType::TPM_QUOTE];
    response.rng_parameters = vec![rng()];
    response.profile_information = vec![profile()];
    response.validation_information = vec![validation()];
    response.capability_information = vec![capability()];
    response.client_registration_methods = vec![ClientRegistrationMethod::SERVER_ON_DEMAND];
    response.protection_storage_masks = Some(ProtectionStorageMasks::default());
    response
}

fn server_information() -> ServerInformation {
    let vendor = tree::text(0x54_0001, "own");
    let item = Fields::item(&vendor, &Limits::default()).unwrap();
    let mut information = ServerInformation::default();
    information.server_name = Some("of 2.0".to_owned());
    information.vendor_specific = vec![item.to_owned_item()];
    information
}

fn extension() -> ExtensionInformation {
    let mut extension = ExtensionInformation::new("own");
    extension.tag = Some(0x54_0001);
    extension.extension_type = Some(ExtensionType(ItemTypeEnumeration::TEXT_STRING));
    extension.description = Some("of 2.0".to_owned());
    extension
}

fn rng() -> RngParameters {
    let mut rng = RngParameters::new(RngAlgorithm::DRBG);
    rng.cryptographic_algorithm = Some(CryptographicAlgorithm::AES);
    rng.cryptographic_length = Some(256);
    rng.hashing_algorithm = Some(HashingAlgorithm::SHA_256);
    rng.drbg_algorithm = Some(DrbgAlgorithm::DUAL_EC);
    rng.recommended_curve = Some(RecommendedCurve::P_256);
    rng.fips186_variation = Some(Fips186Variation::GP_X_ORIGINAL);
    rng.prediction_resistance = Some(true);
    rng
}

fn profile() -> ProfileInformation {
    let mut profile = ProfileInformation::new(ProfileName::BASELINE_SERVER_BASIC_KMIP_V1_2);
    profile.profile_version = Some(ProfileVersion::new(2, 0));
    profile.server_uri = Some("https://server".to_owned());
    profile.server_port = Some(5696);
    profile
}

fn validation() -> ValidationInformation {
    let authority = ValidationAuthorityType::NIST_CMVP;
    let mut validation = ValidationInformation::new(authority, 140, ValidationType::HYBRID, 3);
    validation.authority_country = Some("US".to_owned());
    validation.authority_uri = Some("https://authority".to_owned());
    validation.version_minor = Some(2);
    validation.certificate_identifier = Some("1".to_owned());
    validation.certificate_uri = Some("https://certificate".to_owned());
    validation.vendor_uri = Some("https://vendor".to_owned());
    validation.profiles = vec!["a".to_owned(), "b".to_owned()];
    validation
}

fn capability() -> CapabilityInformation {
    let mut capability = CapabilityInformation::default();
    capability.streaming_capability = Some(true);
    capability.asynchronous_capability = Some(false);
    capability.attestation_capability = Some(false);
    capability.batch_undo_capability = Some(false);
    capability.batch_continue_capability = Some(true);
    capability.unwrap_mode = Some(UnwrapMode::PROCESSED);
    capability.destroy_action = Some(DestroyAction::SHREDDED);
    capability.shredding_algorithm = Some(ShreddingAlgorithm::CRYPTOGRAPHIC);
    capability.rng_mode = Some(RngMode::SHARED_INSTANTIATION);
    capability.quantum_safe_capability = Some(true);
    capability
}

/// The fields of [`whole`], each with the minor version that brought it.
fn fields(minor: i32) -> Vec<Vec<u8>> {
    let capability: Vec<_> = [
        (3, tree::boolean(0x42_00EF, true)),
        (3, tree::boolean(0x42_00F0, false)),
        (3, tree::boolean(0x42_00F1, false)),
        (4, tree::boolean(0x42_00F9, false)),
        (4, tree::boolean(0x42_00FA, true)),
        (3, tree::enumeration(0x42_00F2, 2)),
        (3, tree::enumeration(0x42_00F3, 7)),
        (3, tree::enumeration(0x42_00F4, 2)),
        (3, tree::enumeration(0x42_00F5, 2)),
    ]
    .into_iter()
    .filter(|(since, _)| *since <= minor)
    .map(|(_, field)| field)
    .collect();
    let extension = [
        tree::text(0x42_00A5, "own"),
        tree::integer(0x42_00A6, 0x54_0001),
        tree::integer(0x42_00A7, 7),
    ];
    [
        (0, tree::enumeration(0x42_005C, 1)),
        (2, tree::enumeration(0x42_005C, 0x1F)),
        (0, tree::enumeration(0x42_0057, 2)),
        (0, tree::text(0x42_009D, "vendor")),
        (
            0,
            tree::structure(0x42_0088, &[tree::text(0x54_0001, "own")]),
        ),
        (0, tree::text(0x42_0003, "namespace")),
        (1, tree::structure(0x42_00A4, &extension)),
        (2, tree::enumeration(0x42_00C7, 1)),
        (3, rng_fields()),
        (3, profile_fields()),
        (3, validation_fields()),
        (3, tree::structure(0x42_00F7, &capability)),
        (3, tree::enumeration(0x42_00F6, 3)),
    ]
    .into_iter()
    .filter(|(since, _)| *since <= minor)
    .map(|(_, field)| field)
    .collect()
}

fn rng_fields() -> Vec<u8> {
    tree::structure(
        0x42_00D9,
        &[
            tree::enumeration(0x42_00DA, 3),
            tree::enumeration(0x42_0028, 3),
            tree::integer(0x42_002A, 256),
            tree::enumeration(0x42_0038, 6),
            tree::enumeration(0x42_00DB, 2),
            tree::enumeration(0x42_0075, 7),
            tree::enumeration(0x42_00DC, 2),
            tree::boolean(0x42_00DD, true),
        ],
    )
}

fn profile_fields() -> Vec<u8> {
    tree::structure(
        0x42_00EB,
        &[
            tree::enumeration(0x42_00EC, 1),
            tree::text(0x42_00ED, "https://server"),
            tree::integer(0x42_00EE, 5696),
        ],
    )
}

fn validation_fields() -> Vec<u8> {
    tree::structure(
        0x42_00DF,
        &[
            tree::enumeration(0x42_00E0, 2),
            tree::text(0x42_00E1, "US"),
            tree::text(0x42_00E2, "https://authority"),
            tree::integer(0x42_00E3, 140),
            tree::integer(0x42_00E4, 2),
            tree::enumeration(0x42_00E5, 5),
            tree::integer(0x42_00E6, 3),
            tree::text(0x42_00E7, "1"),
            tree::text(0x42_00E8, "https://certificate"),
            tree::text(0x42_00E9, "https://vendor"),
            tree::text(0x42_00EA, "a"),
            tree::text(0x42_00EA, "b"),
        ],
    )
}

#[test]
fn an_answer_holds_what_its_version_has_in_the_order_of_the_specification() {
    for minor in 0..=4 {
        let octets = response_message(minor, whole()).encode().unwrap();
        let expected = response_octets(minor, 0x18, &fields(minor));
        assert_eq!(octets.as_slice(), expected, "1.{minor}");
        let read = ResponseMessage::decode(&expected, &Limits::default()).unwrap();
        assert_eq!(read.encode().unwrap(), octets, "1.{minor}");
    }
}

#[test]
fn an_empty_answer() {
    check_response(0, QueryResponse::default(), &[]);
}

#[test]
fn server_information_keeps_what_it_does_not_know_in_its_order() {
    let vendor = [
        tree::text(0x42_0053, "b"),
        tree::integer(0x54_0001, 1),
        tree::structure(0x54_0002, &[tree::text(0x54_0003, "a")]),
        tree::integer(0x54_0001, 2),
    ];
    let payload = [tree::structure(0x42_0088, &vendor)];
    let octets = response_octets(0, 0x18, &payload);
    let message = ResponseMessage::decode(&octets, &Limits::default()).unwrap();
    assert_eq!(message.encode().unwrap().as_slice(), octets);
}
