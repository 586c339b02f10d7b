//! Get Attribute List, Add Attribute, Modify Attribute, Delete Attribute.

use proptest::option;
use proptest::prelude::*;
use strongroom_kmip::operation::{
    AddAttributeRequest, AddAttributeResponse, DeleteAttributeRequest, DeleteAttributeResponse,
    GetAttributeListRequest, GetAttributeListResponse, ModifyAttributeRequest,
    ModifyAttributeResponse,
};
use strongroom_kmip::{Attribute, ProtocolVersion, Request, Response};

use super::{O, Table, attribute_names, attributes, row, text};

const V2_0: ProtocolVersion = ProtocolVersion::V2_0;

fn attribute(version: ProtocolVersion) -> BoxedStrategy<Attribute> {
    attributes(version)
        .prop_filter_map("an empty list", |list| list.into_iter().next())
        .boxed()
}

/// The attribute that an answer repeats: up to 1.4 alone.
fn told(version: ProtocolVersion) -> BoxedStrategy<Option<Attribute>> {
    attribute(version)
        .prop_map(move |told| (version < V2_0).then_some(told))
        .boxed()
}

/// The attribute by its value: from 2.0 on alone.
fn current(version: ProtocolVersion) -> BoxedStrategy<Option<Attribute>> {
    option::of(attribute(version))
        .prop_map(move |current| current.filter(|_| version >= V2_0))
        .boxed()
}

pub(crate) fn requests(version: ProtocolVersion) -> Table<Request> {
    let id = || option::of(text());
    vec![
        row(
            O::GET_ATTRIBUTE_LIST,
            id().prop_map(|id| {
                let mut request = GetAttributeListRequest::default();
                request.unique_identifier = id.map(Into::into);
                request.into()
            }),
        ),
        row(
            O::ADD_ATTRIBUTE,
            (id(), attribute(version)).prop_map(|(id, attribute)| {
                let mut request = AddAttributeRequest::new("", attribute);
                request.unique_identifier = id.map(Into::into);
                request.into()
            }),
        ),
        row(
            O::MODIFY_ATTRIBUTE,
            (id(), current(version), attribute(version)).prop_map(|(id, current, attribute)| {
                let mut request = ModifyAttributeRequest::new("", attribute);
                request.unique_identifier = id.map(Into::into);
                request.current_attribute = current;
                request.into()
            }),
        ),
        row(
            O::DELETE_ATTRIBUTE,
            (
                id(),
                current(version),
                attribute_names(version),
                option::of(0..9),
            )
                .prop_map(move |(id, current, names, index)| {
                    let mut request = DeleteAttributeRequest::default();
                    request.unique_identifier = id.map(Into::into);
                    request.current_attribute = current;
                    request.attribute_name = names.into_iter().next();
                    request.attribute_index = index.filter(|_| version < V2_0);
                    request.into()
                }),
        ),
    ]
}

pub(crate) fn responses(version: ProtocolVersion) -> Table<Response> {
    vec![
        row(
            O::GET_ATTRIBUTE_LIST,
            (text(), attribute_names(version))
                .prop_map(|(id, names)| GetAttributeListResponse::new(id, names).into()),
        ),
        row(
            O::ADD_ATTRIBUTE,
            (text(), told(version), attribute(version)).prop_map(|(id, told, any)| {
                let mut response = AddAttributeResponse::new(id, any);
                response.attribute = told;
                response.into()
            }),
        ),
        row(
            O::MODIFY_ATTRIBUTE,
            (text(), told(version), attribute(version)).prop_map(|(id, told, any)| {
                let mut response = ModifyAttributeResponse::new(id, any);
                response.attribute = told;
                response.into()
            }),
        ),
        row(
            O::DELETE_ATTRIBUTE,
            (text(), told(version), attribute(version)).prop_map(|(id, told, any)| {
                let mut response = DeleteAttributeResponse::new(id, any);
                response.attribute = told;
                response.into()
            }),
        ),
    ]
}
