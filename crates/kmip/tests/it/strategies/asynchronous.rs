//! Cancel and Poll.

use proptest::collection::vec;
use proptest::prelude::*;
use strongroom_kmip::enumeration::CancellationResult;
use strongroom_kmip::operation::{CancelRequest, CancelResponse, PollRequest, PollResponse};
use strongroom_kmip::{ProtocolVersion, Request, Response};

use super::vocabulary::named;

pub(crate) fn request() -> BoxedStrategy<Request> {
    let value = || vec(any::<u8>(), 0..20);
    prop_oneof![
        value().prop_map(|value| CancelRequest::new(value).into()),
        value().prop_map(|value| PollRequest::new(value).into()),
    ]
    .boxed()
}

pub(crate) fn response(version: ProtocolVersion) -> BoxedStrategy<Response> {
    let results = named(
        CancellationResult::KNOWN,
        version,
        CancellationResult::versions,
    );
    prop_oneof![
        (vec(any::<u8>(), 0..20), results)
            .prop_map(|(value, result)| CancelResponse::new(value, result).into()),
        Just(()).prop_map(|()| PollResponse::default().into()),
    ]
    .boxed()
}
