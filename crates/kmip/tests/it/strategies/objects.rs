//! Random payloads of the operations on whole objects: split keys (1.2), import and export (1.4).

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use strongroom_kmip::enumeration::{
    KeyCompressionType, KeyWrapType, ProtectionStorageMask, SecretDataType, SplitKeyMethod,
    WrappingMethod,
};
use strongroom_kmip::object::{KeyInformation, KeyWrappingSpecification};
use strongroom_kmip::operation::{
    CreateSplitKeyRequest, CreateSplitKeyResponse, ExportRequest, ExportResponse, ImportRequest,
    ImportResponse, JoinSplitKeyRequest, JoinSplitKeyResponse,
};
use strongroom_kmip::structure::ProtectionStorageMasks;
use strongroom_kmip::{
    BigInteger, KeyFormatType, ObjectType, ProtocolVersion, Request, Response, TemplateAttribute,
    UniqueIdentifier,
};

use super::crypto::id;
use super::{O, Table, attribute_names, attributes, object, parameters, row, template};

fn ids(version: ProtocolVersion) -> BoxedStrategy<Vec<UniqueIdentifier>> {
    vec(id(version), 0..5).boxed()
}

pub(super) fn masks(version: ProtocolVersion) -> BoxedStrategy<Option<ProtectionStorageMasks>> {
    if version < ProtocolVersion::V2_0 {
        return Just(None).boxed();
    }
    let mask = (0_u32..1 << 14).prop_map(ProtectionStorageMask::new);
    option::of(vec(mask, 0..3).prop_map(ProtectionStorageMasks::new)).boxed()
}

/// Attributes that the server set by itself: told up to 1.4.
fn told(version: ProtocolVersion) -> BoxedStrategy<Option<TemplateAttribute>> {
    if version >= ProtocolVersion::V2_0 {
        return Just(None).boxed();
    }
    option::of(template(version)).boxed()
}

fn wrapping(version: ProtocolVersion) -> BoxedStrategy<KeyWrappingSpecification> {
    (
        id(version),
        option::of(parameters(version)),
        attribute_names(version),
    )
        .prop_map(|(id, parameters, names)| {
            let mut key = KeyInformation::new(id);
            key.cryptographic_parameters = parameters;
            let mut specification = KeyWrappingSpecification::new(WrappingMethod::ENCRYPT);
            specification.encryption_key_information = Some(key);
            specification.attribute_names = names;
            specification
        })
        .boxed()
}

/// A request of each of these operations.
pub(crate) fn requests(version: ProtocolVersion) -> Table<Request> {
    let split = (
        option::of(id(version)),
        (1_u32..=4, any::<i32>(), any::<i32>()),
        option::of(vec(any::<u8>(), 0..20)),
        template(version),
        masks(version),
    )
        .prop_map(|(id, (method, parts, threshold), prime, template, masks)| {
            let method = SplitKeyMethod::new(method);
            let mut request = CreateSplitKeyRequest::new(method, parts, threshold);
            request.unique_identifier = id;
            request.prime_field_size = prime.map(|octets| BigInteger::from_octets(&octets));
            request.template_attribute = template;
            request.protection_storage_masks = masks;
            Request::CreateSplitKey(request)
        });
    let join = (
        ids(version),
        any::<bool>(),
        option::of(template(version)),
        masks(version),
    )
        .prop_map(|(ids, secret, template, masks)| {
            let mut request = JoinSplitKeyRequest::new(ObjectType::SECRET_DATA, ids);
            request.secret_data_type = secret.then_some(SecretDataType::SEED);
            request.template_attribute = template;
            request.protection_storage_masks = masks;
            Request::JoinSplitKey(request)
        });
    let import = (
        id(version),
        any::<Option<bool>>(),
        option::of((1_u32..=2).prop_map(KeyWrapType::new)),
        attributes(version),
        object(version),
    )
        .prop_map(|(id, replace, wrap, attributes, object)| {
            let mut request = ImportRequest::new(id, object, attributes);
            request.replace_existing = replace;
            request.key_wrap_type = wrap;
            Request::Import(request)
        });
    let export = (
        option::of(id(version)),
        any::<[bool; 3]>(),
        option::of(wrapping(version)),
    )
        .prop_map(|(id, set, specification)| {
            let mut request = ExportRequest::default();
            request.unique_identifier = id;
            request.key_format_type = set[0].then_some(KeyFormatType::RAW);
            request.key_wrap_type = set[1].then_some(KeyWrapType::NOT_WRAPPED);
            request.key_compression_type =
                set[2].then_some(KeyCompressionType::EC_PUBLIC_KEY_TYPE_UNCOMPRESSED);
            request.key_wrapping_specification = specification.map(Box::new);
            Request::Export(request)
        });
    vec![
        row(O::CREATE_SPLIT_KEY, split),
        row(O::JOIN_SPLIT_KEY, join),
        row(O::IMPORT, import),
        row(O::EXPORT, export),
    ]
}

/// An answer of each of these operations.
pub(crate) fn responses(version: ProtocolVersion) -> Table<Response> {
    let split = (ids(version), told(version)).prop_map(|(ids, template)| {
        let mut response = CreateSplitKeyResponse::new(ids);
        response.template_attribute = template;
        Response::CreateSplitKey(response)
    });
    let join = (id(version), told(version)).prop_map(|(id, template)| {
        let mut response = JoinSplitKeyResponse::new(id);
        response.template_attribute = template;
        Response::JoinSplitKey(response)
    });
    let import = id(version).prop_map(|id| Response::Import(ImportResponse::new(id)));
    let export =
        (id(version), object(version), attributes(version)).prop_map(|(id, object, attributes)| {
            Response::Export(ExportResponse::new(id, object, attributes))
        });
    vec![
        row(O::CREATE_SPLIT_KEY, split),
        row(O::JOIN_SPLIT_KEY, join),
        row(O::IMPORT, import),
        row(O::EXPORT, export),
    ]
}
