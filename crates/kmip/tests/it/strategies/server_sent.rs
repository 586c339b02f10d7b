//! Notify and Put, which a server sends to a client.

use proptest::option;
use proptest::prelude::*;
use strongroom_kmip::operation::{
    DeletedAttribute, NotifyRequest, NotifyResponse, PutRequest, PutResponse,
};
use strongroom_kmip::{ProtocolVersion, Request, Response};

use super::{O, Table, attribute_names, attributes, object, row, text};

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

pub(crate) fn requests(version: ProtocolVersion) -> Table<Request> {
    vec![
        row(
            O::NOTIFY,
            (text(), attributes(version), deleted(version)).prop_map(
                |(id, attributes, deleted)| {
                    let mut request = NotifyRequest::new(id, attributes);
                    request.deleted = deleted;
                    request.into()
                },
            ),
        ),
        row(
            O::PUT,
            (
                text(),
                option::of(text()),
                object(version),
                attributes(version),
            )
                .prop_map(|(id, replaced, object, attributes)| {
                    let mut request = PutRequest::new(id, object);
                    request.attributes = attributes;
                    match replaced {
                        Some(replaced) => request.replacing(replaced).into(),
                        None => request.into(),
                    }
                }),
        ),
    ]
}

pub(crate) fn responses() -> Table<Response> {
    vec![
        row(
            O::NOTIFY,
            Just(()).prop_map(|()| NotifyResponse::default().into()),
        ),
        row(
            O::PUT,
            Just(()).prop_map(|()| PutResponse::default().into()),
        ),
    ]
}
