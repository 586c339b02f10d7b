//! Query: each version's answer holds what that version has.

use strongroom_kmip::enumeration::{
    AttestationType, ClientRegistrationMethod, DestroyAction, DrbgAlgorithm, Fips186Variation,
    HashingAlgorithm, ItemTypeEnumeration, ProfileName, ProtectionStorageMask, QueryFunction,
    RecommendedCurve, RngAlgorithm, RngMode, ShreddingAlgorithm, UnwrapMode,
    ValidationAuthorityType, ValidationType,
};
use strongroom_kmip::operation::{QueryRequest, QueryResponse};
use strongroom_kmip::structure::{
    CapabilityInformation, DefaultsInformation, ExtensionInformation, ExtensionType,
    ObjectDefaults, ObjectGroups, ObjectTypes, ProfileInformation, ProfileVersion,
    ProtectionStorageMasks, RngParameters, ServerInformation, ValidationInformation,
};
use strongroom_kmip::{
    AttributeValue, CryptographicAlgorithm, Element, Limits, ObjectType, Operation,
    ProtocolVersion, Response, ResponseMessage, tag,
};
use strongroom_ttlv::Fields;

use super::{
    V1_0, V1_1, V1_2, V1_3, V1_4, V2_0, V2_1, check_refused, check_request, check_response,
};
use crate::payloads::{self, VERSIONS};
use crate::tree;

#[test]
fn request() {
    check_request(
        V1_0,
        QueryRequest::new(vec![QueryFunction::OPERATIONS, QueryFunction::OBJECTS]),
        &[
            tree::enumeration(0x42_0074, 1),
            tree::enumeration(0x42_0074, 2),
        ],
    );
    check_request(V1_0, QueryRequest::default(), &[]);
}

#[test]
fn a_request_names_what_its_version_does_not_have() {
    let request = QueryRequest::new(vec![QueryFunction::ATTESTATION_TYPES]);
    check_refused(V1_1, request, Element::Value("Query Attestation Types"));
    let mut request = QueryRequest::new(vec![QueryFunction::OPERATIONS]);
    request.object_groups = Some(ObjectGroups::new(vec!["group".to_owned()]));
    check_refused(V1_4, request, Element::Tag(tag::OBJECT_GROUPS));
}

/// Everything that 2.1 can tell, with a profile that `version` has.
fn whole(version: ProtocolVersion) -> QueryResponse {
    let mut response = QueryResponse::default();
    response.operations = vec![Operation::CREATE, Operation::ENCRYPT, Operation::LOG];
    response.object_types = vec![ObjectType::SYMMETRIC_KEY, ObjectType::CERTIFICATE_REQUEST];
    response.vendor_identification = Some("vendor".to_owned());
    response.server_information = Some(Box::new(server_information()));
    response.application_namespaces = vec!["namespace".to_owned()];
    response.extension_information = vec![extension()];
    response.attestation_types = vec![AttestationType::TPM_QUOTE];
    response.rng_parameters = vec![rng()];
    response.profile_information = vec![profile(version)];
    response.validation_information = vec![validation()];
    response.capability_information = vec![capability()];
    response.client_registration_methods = vec![ClientRegistrationMethod::SERVER_ON_DEMAND];
    response.defaults_information = Some(defaults());
    response.protection_storage_masks = Some(ProtectionStorageMasks::new(vec![
        ProtectionStorageMask::SOFTWARE | ProtectionStorageMask::ON_SYSTEM,
    ]));
    response
}

fn server_information() -> ServerInformation {
    let vendor = tree::text(0x54_0001, "own");
    let item = Fields::item(&vendor, &Limits::default()).unwrap();
    let text = |text: &str| Some(text.to_owned());
    let mut information = ServerInformation::default();
    information.server_name = text("name");
    information.server_serial_number = text("serial");
    information.server_version = text("version");
    information.server_load = text("load");
    information.product_name = text("product");
    information.build_level = text("level");
    information.build_date = text("date");
    information.cluster_info = text("cluster");
    information.alternate_failover_endpoints = vec!["a".to_owned(), "b".to_owned()];
    information.vendor_specific = vec![item.to_owned_item()];
    information
}

fn defaults() -> DefaultsInformation {
    let length = AttributeValue::CryptographicLength(256).into();
    let mut defaults = ObjectDefaults::new(ObjectType::SYMMETRIC_KEY, vec![length]);
    defaults.object_types = Some(ObjectTypes::new(vec![ObjectType::SECRET_DATA]));
    defaults.object_groups = Some(ObjectGroups::new(vec!["group".to_owned()]));
    DefaultsInformation::new(vec![defaults])
}

fn extension() -> ExtensionInformation {
    let mut extension = ExtensionInformation::new("own");
    extension.tag = Some(0x54_0001);
    extension.extension_type = Some(ExtensionType(ItemTypeEnumeration::TEXT_STRING));
    extension.enumeration = Some(0x8000);
    extension.attribute = Some(true);
    extension.parent_structure_tag = Some(0x42_0125);
    extension.description = Some("words".to_owned());
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

fn profile(version: ProtocolVersion) -> ProfileInformation {
    let name = if version < V2_0 {
        ProfileName::BASELINE_SERVER_BASIC_KMIP_V1_2
    } else {
        ProfileName::BASELINE_SERVER
    };
    let mut profile = ProfileInformation::new(name);
    profile.profile_version = Some(ProfileVersion::new(2, 1));
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

/// Those that came with `version` or before.
fn until<const N: usize>(
    version: ProtocolVersion,
    fields: [(ProtocolVersion, Vec<u8>); N],
) -> Vec<Vec<u8>> {
    let known = fields.into_iter().filter(|(since, _)| *since <= version);
    known.map(|(_, field)| field).collect()
}

/// The fields of [`whole`] that `version` has.
fn fields(version: ProtocolVersion) -> Vec<Vec<u8>> {
    until(
        version,
        [
            (V1_0, tree::enumeration(0x42_005C, 1)),
            (V1_2, tree::enumeration(0x42_005C, 0x1F)),
            (V2_0, tree::enumeration(0x42_005C, 0x2C)),
            (V1_0, tree::enumeration(0x42_0057, 2)),
            (V2_0, tree::enumeration(0x42_0057, 0x0A)),
            (V1_0, tree::text(0x42_009D, "vendor")),
            (V1_0, server_fields(version)),
            (V1_0, tree::text(0x42_0003, "namespace")),
            (V1_1, extension_fields(version)),
            (V1_2, tree::enumeration(0x42_00C7, 1)),
            (V1_3, rng_fields()),
            (V1_3, profile_fields(version)),
            (V1_3, validation_fields()),
            (V1_3, capability_fields(version)),
            (V1_3, tree::enumeration(0x42_00F6, 3)),
            (V2_0, defaults_fields(version)),
            (
                V2_0,
                tree::structure(0x42_015F, &[tree::integer(0x42_015E, 9)]),
            ),
        ],
    )
}

fn server_fields(version: ProtocolVersion) -> Vec<u8> {
    let fields = [
        (V2_0, tree::text(0x42_012D, "name")),
        (V2_0, tree::text(0x42_012E, "serial")),
        (V2_0, tree::text(0x42_012F, "version")),
        (V2_0, tree::text(0x42_0130, "load")),
        (V2_0, tree::text(0x42_0131, "product")),
        (V2_0, tree::text(0x42_0132, "level")),
        (V2_0, tree::text(0x42_0133, "date")),
        (V2_0, tree::text(0x42_0134, "cluster")),
        (V2_0, tree::text(0x42_0135, "a")),
        (V2_0, tree::text(0x42_0135, "b")),
        (V1_0, tree::text(0x54_0001, "own")),
    ];
    tree::structure(0x42_0088, &until(version, fields))
}

fn extension_fields(version: ProtocolVersion) -> Vec<u8> {
    // The type is an Integer before it is an Enumeration.
    let kind = if version < V2_0 {
        tree::integer(0x42_00A7, 7)
    } else {
        tree::enumeration(0x42_00A7, 7)
    };
    let fields = [
        (V1_1, tree::text(0x42_00A5, "own")),
        (V1_1, tree::integer(0x42_00A6, 0x54_0001)),
        (V1_1, kind),
        (V2_0, tree::integer(0x42_0129, 0x8000)),
        (V2_0, tree::boolean(0x42_012A, true)),
        (V2_0, tree::integer(0x42_012B, 0x42_0125)),
        (V2_0, tree::text(0x42_012C, "words")),
    ];
    tree::structure(0x42_00A4, &until(version, fields))
}

fn capability_fields(version: ProtocolVersion) -> Vec<u8> {
    let fields = [
        (V1_3, tree::boolean(0x42_00EF, true)),
        (V1_3, tree::boolean(0x42_00F0, false)),
        (V1_3, tree::boolean(0x42_00F1, false)),
        (V1_4, tree::boolean(0x42_00F9, false)),
        (V1_4, tree::boolean(0x42_00FA, true)),
        (V1_3, tree::enumeration(0x42_00F2, 2)),
        (V1_3, tree::enumeration(0x42_00F3, 7)),
        (V1_3, tree::enumeration(0x42_00F4, 2)),
        (V1_3, tree::enumeration(0x42_00F5, 2)),
        (V2_0, tree::boolean(0x42_0148, true)),
    ];
    tree::structure(0x42_00F7, &until(version, fields))
}

fn defaults_fields(version: ProtocolVersion) -> Vec<u8> {
    let groups = tree::structure(0x42_0166, &[tree::text(0x42_0056, "group")]);
    let fields = [
        (V2_0, tree::enumeration(0x42_0057, 2)),
        (
            V2_1,
            tree::structure(0x42_0167, &[tree::enumeration(0x42_0057, 7)]),
        ),
        (
            V2_0,
            tree::structure(0x42_0125, &[tree::integer(0x42_002A, 256)]),
        ),
        (V2_1, groups),
    ];
    let defaults = tree::structure(0x42_0153, &until(version, fields));
    tree::structure(0x42_0152, &[defaults])
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

fn profile_fields(version: ProtocolVersion) -> Vec<u8> {
    // Names of profiles with a version in them are gone in 2.0.
    let name = if version < V2_0 { 1 } else { 0x12B };
    let numbers = [tree::integer(0x42_0143, 2), tree::integer(0x42_0144, 1)];
    let fields = [
        (V1_3, tree::enumeration(0x42_00EC, name)),
        (V2_0, tree::structure(0x42_0142, &numbers)),
        (V1_3, tree::text(0x42_00ED, "https://server")),
        (V1_3, tree::integer(0x42_00EE, 5696)),
    ];
    tree::structure(0x42_00EB, &until(version, fields))
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
    for version in VERSIONS {
        let octets = Response::from(whole(version)).to_ttlv(version).unwrap();
        let expected = tree::structure(0x42_007C, &fields(version));
        assert_eq!(octets.as_slice(), expected, "{version}");
        payloads::response(version, Operation::QUERY, &fields(version));
    }
}

#[test]
fn an_empty_answer() {
    check_response(V1_0, QueryResponse::default(), &[]);
}

#[test]
fn server_information_keeps_what_it_does_not_know_in_its_order() {
    let vendor = [
        tree::text(0x42_0053, "b"),
        tree::integer(0x54_0001, 1),
        tree::structure(0x54_0002, &[tree::text(0x54_0003, "a")]),
        tree::integer(0x54_0001, 2),
    ];
    let items = [tree::structure(0x42_0088, &vendor)];
    payloads::response(V1_0, Operation::QUERY, &items);
    payloads::response(V2_1, Operation::QUERY, &items);
}

#[test]
fn server_information_is_told_apart_by_tag() {
    let items = [
        tree::text(0x54_0001, "own"),
        tree::text(0x42_012D, "name"),
        tree::text(0x54_0002, "own, too"),
    ];
    let payload = [tree::structure(0x42_0088, &items)];
    // Strictly, what stands after the vendor's items is the vendor's.
    let strict = payloads::response(V2_1, Operation::QUERY, &payload);
    assert_eq!(told(strict), (None, 3));
    // A client takes any order.
    let header = [
        tree::version(4),
        tree::date_time(0x42_0092, tree::NOW),
        tree::integer(0x42_000D, 1),
    ];
    let item = [
        tree::enumeration(0x42_005C, 0x18),
        tree::enumeration(0x42_007F, 0),
        tree::structure(0x42_007C, &payload),
    ];
    let message = tree::structure(
        0x42_007B,
        &[
            tree::structure(0x42_007A, &header),
            tree::structure(0x42_000F, &item),
        ],
    );
    let message = ResponseMessage::decode(&message, &Limits::default()).unwrap();
    let response = message.batch.into_iter().next().unwrap().response.unwrap();
    assert_eq!(told(*response), (Some("name".to_owned()), 2));
}

/// The server's name, and how many items are the vendor's.
fn told(response: Response) -> (Option<String>, usize) {
    let Response::Query(response) = response else {
        return (None, 0);
    };
    let information = response.server_information.unwrap();
    (information.server_name, information.vendor_specific.len())
}

#[test]
fn a_profile_that_a_version_does_not_have_is_left_out_whole() {
    let mut response = QueryResponse::default();
    let names = [
        ProfileName::BASELINE_SERVER,
        ProfileName::TAPE_LIBRARY_CLIENT_KMIP_V1_0,
    ];
    response.profile_information = names.map(ProfileInformation::new).to_vec();
    let response = Response::from(response);
    for (version, value) in [(V1_4, 7), (V2_0, 0x12B)] {
        let one = tree::structure(0x42_00EB, &[tree::enumeration(0x42_00EC, value)]);
        let expected = tree::structure(0x42_007C, &[one]);
        assert_eq!(response.to_ttlv(version).unwrap().as_slice(), expected);
    }
}

#[test]
fn defaults_without_attributes_hold_an_empty_structure() {
    let mut response = QueryResponse::default();
    let defaults = ObjectDefaults::new(ObjectType::SYMMETRIC_KEY, Vec::new());
    response.defaults_information = Some(DefaultsInformation::new(vec![defaults]));
    let one = [
        tree::enumeration(0x42_0057, 2),
        tree::structure(0x42_0125, &[]),
    ];
    let items = [tree::structure(
        0x42_0152,
        &[tree::structure(0x42_0153, &one)],
    )];
    check_response(V2_0, response, &items);
}
