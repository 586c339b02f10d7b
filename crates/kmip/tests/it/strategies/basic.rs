//! Discover Versions, Query, and the operations of a key's life: Create, Register, Get, Get
//! Attributes, Locate, Activate, Revoke, Destroy.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use strongroom_kmip::enumeration::{ObjectGroupMember, StorageStatusMask};
use strongroom_kmip::operation::{
    ActivateRequest, ActivateResponse, CreateRequest, CreateResponse, DestroyRequest,
    DestroyResponse, DiscoverVersionsRequest, DiscoverVersionsResponse, GetAttributesRequest,
    GetAttributesResponse, GetRequest, GetResponse, LocateRequest, LocateResponse, RegisterRequest,
    RegisterResponse, RevokeRequest, RevokeResponse,
};
use strongroom_kmip::{DateTime, KeyFormatType, ObjectType, ProtocolVersion, Request, Response};

use super::objects::masks;
use super::{
    O, Table, attribute_names, attributes, object, query, reason, row, template, text,
    wrapping_specification,
};

fn versions() -> BoxedStrategy<Vec<ProtocolVersion>> {
    vec(
        (0..4, 0..5).prop_map(|(major, minor)| ProtocolVersion::new(major, minor)),
        0..6,
    )
    .boxed()
}

fn get_request(version: ProtocolVersion) -> BoxedStrategy<GetRequest> {
    let specification = option::of(wrapping_specification(version));
    let set = any::<[bool; 3]>();
    (option::of(text()), specification, set)
        .prop_map(move |(id, specification, set)| {
            let mut request = GetRequest::default();
            request.unique_identifier = id.map(Into::into);
            request.key_format_type = set[0].then_some(KeyFormatType::RAW);
            request.key_compression_type = set[1].then(|| 2.into());
            if set[2] && version >= ProtocolVersion::V1_4 {
                request.key_wrap_type = Some(1.into());
            }
            request.key_wrapping_specification = specification.map(Box::new);
            request
        })
        .boxed()
}

fn locate_request(version: ProtocolVersion) -> BoxedStrategy<LocateRequest> {
    let numbers = any::<[Option<i32>; 3]>();
    (numbers, any::<bool>(), attributes(version))
        .prop_map(move |(numbers, group, attributes)| {
            let mut request = LocateRequest::new(attributes);
            request.maximum_items = numbers[0];
            let storage = |bits: i32| StorageStatusMask::from_wire(bits & 3);
            request.storage_status_mask = numbers[1].map(storage);
            if version >= ProtocolVersion::V1_3 {
                request.offset_items = numbers[2];
            }
            if group && version >= ProtocolVersion::V1_1 {
                request.object_group_member = Some(ObjectGroupMember::GROUP_MEMBER_FRESH);
            }
            request
        })
        .boxed()
}

/// A request of each of these operations.
pub(crate) fn requests(version: ProtocolVersion) -> Table<Request> {
    use Request as R;
    let list = versions().prop_map(|list| R::DiscoverVersions(DiscoverVersionsRequest::new(list)));
    let create = (template(version), masks(version)).prop_map(|(template, masks)| {
        let mut request = CreateRequest::symmetric_key(template);
        request.protection_storage_masks = masks;
        R::Create(request)
    });
    let register = (object(version), template(version), masks(version)).prop_map(
        |(object, template, masks)| {
            let mut request = RegisterRequest::new(object, template);
            request.protection_storage_masks = masks;
            R::Register(request)
        },
    );
    let get_attributes = (option::of(text()), attribute_names(version)).prop_map(|(id, names)| {
        let mut request = GetAttributesRequest::default();
        request.unique_identifier = id.map(Into::into);
        request.attribute_names = names;
        R::GetAttributes(request)
    });
    let revoke = (text(), reason(), option::of(any::<i64>())).prop_map(|(id, reason, date)| {
        let mut request = RevokeRequest::new(id, reason);
        request.compromise_occurrence_date = date.map(DateTime);
        R::Revoke(request)
    });
    vec![
        row(O::DISCOVER_VERSIONS, list),
        row(O::QUERY, query::request(version).prop_map(R::Query)),
        row(O::CREATE, create),
        row(O::REGISTER, register),
        row(O::GET, get_request(version).prop_map(R::Get)),
        row(O::GET_ATTRIBUTES, get_attributes),
        row(O::LOCATE, locate_request(version).prop_map(R::Locate)),
        row(
            O::ACTIVATE,
            text().prop_map(|id| R::Activate(ActivateRequest::new(id))),
        ),
        row(O::REVOKE, revoke),
        row(
            O::DESTROY,
            text().prop_map(|id| R::Destroy(DestroyRequest::new(id))),
        ),
    ]
}

/// An answer of each of these operations.
pub(crate) fn responses(version: ProtocolVersion) -> Table<Response> {
    use Response as R;
    let told = option::of(template(version))
        .prop_map(move |told| told.filter(|_| version < ProtocolVersion::V2_0));
    let list = versions().prop_map(|list| R::DiscoverVersions(DiscoverVersionsResponse::new(list)));
    let create = (text(), told.clone()).prop_map(|(id, template)| {
        let mut response = CreateResponse::new(ObjectType::SYMMETRIC_KEY, id);
        response.template_attribute = template;
        R::Create(response)
    });
    let register = (text(), told).prop_map(|(id, template)| {
        let mut response = RegisterResponse::new(id);
        response.template_attribute = template;
        R::Register(response)
    });
    let get =
        (text(), object(version)).prop_map(|(id, object)| R::Get(GetResponse::new(id, object)));
    let get_attributes = (text(), attributes(version))
        .prop_map(|(id, list)| R::GetAttributes(GetAttributesResponse::new(id, list)));
    let locate = (option::of(any::<i32>()), vec(text(), 0..5)).prop_map(move |(count, ids)| {
        let mut response = LocateResponse::new(ids);
        if version >= ProtocolVersion::V1_3 {
            response.located_items = count;
        }
        R::Locate(response)
    });
    vec![
        row(O::DISCOVER_VERSIONS, list),
        row(O::QUERY, query::response(version).prop_map(R::Query)),
        row(O::CREATE, create),
        row(O::REGISTER, register),
        row(O::GET, get),
        row(O::GET_ATTRIBUTES, get_attributes),
        row(O::LOCATE, locate),
        row(
            O::ACTIVATE,
            text().prop_map(|id| R::Activate(ActivateResponse::new(id))),
        ),
        row(
            O::REVOKE,
            text().prop_map(|id| R::Revoke(RevokeResponse::new(id))),
        ),
        row(
            O::DESTROY,
            text().prop_map(|id| R::Destroy(DestroyResponse::new(id))),
        ),
    ]
}
