//! Notify and Put, which a server sends to a client.

use proptest::option;
use proptest::prelude::*;
use strongroom_kmip::operation::{
    DeletedAttribute, NotifyRequest, NotifyResponse, PutRequest, PutResponse,
};
use strongroom_kmip::{ProtocolVersion, Request, Response};

use super::{attribute_names, attributes, object, text};

fn deleted(version: ProtocolVersion) -> BoxedStrategy<Vec<DeletedAttribute>> {
    (attribute_names(version), option::of(0..9))
        .prop_map(move |(names, index)| {
            let deleted = names.into_iter().map(DeletedAttribute::new);
            match index.filter(|_| version < ProtocolVersion::V2_0) {
                Some(index) => deleted.map(|one| one.with_index(index)).collect(),
                None => deleted.collect(),
            }
        })
        .boxed()
}

pub(crate) fn request(version: ProtocolVersion) -> BoxedStrategy<Request> {
    prop_oneof![
        (text(), attributes(version), deleted(version)).prop_map(|(id, attributes, deleted)| {
            let mut request = NotifyRequest::new(id, attributes);
            request.deleted = deleted;
            request.into()
        }),
        (
            text(),
            option::of(text()),
            object(version),
            attributes(version)
        )
            .prop_map(|(id, replaced, object, attributes)| {
                let mut request = PutRequest::new(id, object);
                request.attributes = attributes;
                match replaced {
                    Some(replaced) => request.replacing(replaced).into(),
                    None => request.into(),
                }
            }),
    ]
    .boxed()
}

pub(crate) fn response() -> BoxedStrategy<Response> {
    prop_oneof![
        Just(()).prop_map(|()| NotifyResponse::default().into()),
        Just(()).prop_map(|()| PutResponse::default().into()),
    ]
    .boxed()
}
