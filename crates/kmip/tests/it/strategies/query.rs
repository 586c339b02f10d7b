//! Query: everything that a server may tell of itself.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use strongroom_kmip::enumeration as e;
use strongroom_kmip::operation::{QueryRequest, QueryResponse};
use strongroom_kmip::structure::{
    CapabilityInformation, ExtensionInformation, ExtensionType, ObjectGroups, ProfileInformation,
    ProfileVersion, ProtectionStorageMasks, RngParameters, ServerInformation,
    ValidationInformation,
};
use strongroom_kmip::{CryptographicAlgorithm, ObjectType, Operation, ProtocolVersion};

use super::text;
use super::vocabulary::named;

/// One of the values of an enumeration that `version` has.
macro_rules! named {
    ($kind:ty, $version:expr) => {
        named(<$kind>::KNOWN, $version, <$kind>::versions)
    };
}

pub(crate) fn request(version: ProtocolVersion) -> BoxedStrategy<QueryRequest> {
    let functions = vec(named!(e::QueryFunction, version), 0..4);
    let groups = since(ProtocolVersion::V2_1, version, vec(text(), 0..3));
    (functions, groups)
        .prop_map(|(functions, groups)| {
            let mut request = QueryRequest::new(functions);
            request.object_groups = groups.map(ObjectGroups::new);
            request
        })
        .boxed()
}

/// Perhaps a value, from `first` on; before it none.
fn since<T: std::fmt::Debug + 'static>(
    first: ProtocolVersion,
    version: ProtocolVersion,
    value: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Option<T>> {
    option::of(value)
        .prop_map(move |value| value.filter(|_| version >= first))
        .boxed()
}

/// A few values, from `first` on; before it none.
fn some_since<T: std::fmt::Debug + 'static>(
    first: ProtocolVersion,
    version: ProtocolVersion,
    value: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Vec<T>> {
    vec(value, if version >= first { 0..3 } else { 0..1 }).boxed()
}

fn server_information(version: ProtocolVersion) -> BoxedStrategy<ServerInformation> {
    let texts = vec(since(ProtocolVersion::V2_0, version, text()), 8);
    let endpoints = some_since(ProtocolVersion::V2_0, version, text());
    (texts, endpoints)
        .prop_map(|(mut texts, endpoints)| {
            let mut information = ServerInformation::default();
            information.server_name = texts.pop().flatten();
            information.server_serial_number = texts.pop().flatten();
            information.server_version = texts.pop().flatten();
            information.server_load = texts.pop().flatten();
            information.product_name = texts.pop().flatten();
            information.build_level = texts.pop().flatten();
            information.build_date = texts.pop().flatten();
            information.cluster_info = texts.pop().flatten();
            information.alternate_failover_endpoints = endpoints;
            information
        })
        .boxed()
}

fn extension(version: ProtocolVersion) -> BoxedStrategy<ExtensionInformation> {
    let old = (text(), option::of(0x54_0000..0x55_0000), 0_u32..12);
    let v2_0 = ProtocolVersion::V2_0;
    let new = (
        since(v2_0, version, any::<i32>()),
        since(v2_0, version, any::<bool>()),
        since(v2_0, version, text()),
    );
    (old, new)
        .prop_map(|((name, tag, kind), (number, attribute, description))| {
            let mut extension = ExtensionInformation::new(name);
            extension.tag = tag;
            extension.extension_type = Some(ExtensionType(e::ItemTypeEnumeration::new(kind)));
            extension.enumeration = number;
            extension.parent_structure_tag = number;
            extension.attribute = attribute;
            extension.description = description;
            extension
        })
        .boxed()
}

pub(super) fn rng(version: ProtocolVersion) -> BoxedStrategy<RngParameters> {
    let parts = (
        option::of(named!(CryptographicAlgorithm, version)),
        option::of(any::<i32>()),
        option::of(named!(e::HashingAlgorithm, version)),
        option::of(named!(e::DrbgAlgorithm, version)),
        option::of(named!(e::RecommendedCurve, version)),
        option::of(named!(e::Fips186Variation, version)),
        option::of(any::<bool>()),
    );
    (named!(e::RngAlgorithm, version), parts)
        .prop_map(|(algorithm, parts)| {
            let mut rng = RngParameters::new(algorithm);
            (
                rng.cryptographic_algorithm,
                rng.cryptographic_length,
                rng.hashing_algorithm,
                rng.drbg_algorithm,
                rng.recommended_curve,
                rng.fips186_variation,
                rng.prediction_resistance,
            ) = parts;
            rng
        })
        .boxed()
}

fn profile(version: ProtocolVersion) -> BoxedStrategy<ProfileInformation> {
    let numbers = since(ProtocolVersion::V2_0, version, any::<(i32, i32)>());
    let server = (option::of(text()), option::of(any::<i32>()));
    (named!(e::ProfileName, version), numbers, server)
        .prop_map(|(name, numbers, (uri, port))| {
            let mut profile = ProfileInformation::new(name);
            profile.profile_version = numbers.map(|(a, b)| ProfileVersion::new(a, b));
            profile.server_uri = uri;
            profile.server_port = port;
            profile
        })
        .boxed()
}

fn validation(version: ProtocolVersion) -> BoxedStrategy<ValidationInformation> {
    let authority = named!(e::ValidationAuthorityType, version);
    let kind = named!(e::ValidationType, version);
    let numbers = (any::<i32>(), option::of(any::<i32>()), any::<i32>());
    let texts = (vec(option::of(text()), 5), vec(text(), 0..3));
    (authority, kind, numbers, texts)
        .prop_map(|(authority, kind, numbers, (mut texts, profiles))| {
            let (major, minor, level) = numbers;
            let mut validation = ValidationInformation::new(authority, major, kind, level);
            validation.version_minor = minor;
            validation.authority_country = texts.pop().flatten();
            validation.authority_uri = texts.pop().flatten();
            validation.certificate_identifier = texts.pop().flatten();
            validation.certificate_uri = texts.pop().flatten();
            validation.vendor_uri = texts.pop().flatten();
            validation.profiles = profiles;
            validation
        })
        .boxed()
}

fn capability(version: ProtocolVersion) -> BoxedStrategy<CapabilityInformation> {
    let flags = any::<[Option<bool>; 3]>();
    let batch = since(ProtocolVersion::V1_4, version, any::<(bool, bool)>());
    let quantum = since(ProtocolVersion::V2_0, version, any::<bool>());
    let modes = (
        option::of(named!(e::UnwrapMode, version)),
        option::of(named!(e::DestroyAction, version)),
        option::of(named!(e::ShreddingAlgorithm, version)),
        option::of(named!(e::RngMode, version)),
    );
    (flags, batch, quantum, modes)
        .prop_map(|(flags, batch, quantum, modes)| {
            let mut capability = CapabilityInformation::default();
            [
                capability.streaming_capability,
                capability.asynchronous_capability,
                capability.attestation_capability,
            ] = flags;
            (
                capability.batch_undo_capability,
                capability.batch_continue_capability,
            ) = batch.unzip();
            (
                capability.unwrap_mode,
                capability.destroy_action,
                capability.shredding_algorithm,
                capability.rng_mode,
            ) = modes;
            capability.quantum_safe_capability = quantum;
            capability
        })
        .boxed()
}

pub(crate) fn response(version: ProtocolVersion) -> BoxedStrategy<QueryResponse> {
    let old = (
        vec(named!(Operation, version), 0..9),
        vec(named!(ObjectType, version), 0..5),
        option::of(text()),
        option::of(server_information(version)),
        vec(text(), 0..3),
    );
    let (v1_2, v1_3) = (ProtocolVersion::V1_2, ProtocolVersion::V1_3);
    // A vocabulary has no values before its first version.
    let later = version.max(v1_3);
    let new = (
        some_since(ProtocolVersion::V1_1, version, extension(version)),
        some_since(v1_2, version, named!(e::AttestationType, version.max(v1_2))),
        some_since(v1_3, version, rng(later)),
        some_since(v1_3, version, profile(later)),
        some_since(v1_3, version, validation(later)),
        some_since(v1_3, version, capability(later)),
        some_since(v1_3, version, named!(e::ClientRegistrationMethod, later)),
        since(ProtocolVersion::V2_0, version, masks()),
    );
    (old, new)
        .prop_map(|(old, new)| {
            let mut response = QueryResponse::default();
            let server;
            (
                response.operations,
                response.object_types,
                response.vendor_identification,
                server,
                response.application_namespaces,
            ) = old;
            response.server_information = server.map(Box::new);
            (
                response.extension_information,
                response.attestation_types,
                response.rng_parameters,
                response.profile_information,
                response.validation_information,
                response.capability_information,
                response.client_registration_methods,
                response.protection_storage_masks,
            ) = new;
            response
        })
        .boxed()
}

/// Any storage masks of 2.0.
pub(super) fn masks() -> BoxedStrategy<ProtectionStorageMasks> {
    let mask = (0_u32..1 << 14).prop_map(e::ProtectionStorageMask::new);
    vec(mask, 0..3)
        .prop_map(ProtectionStorageMasks::new)
        .boxed()
}
