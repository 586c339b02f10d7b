//! Cancel and Poll.

use proptest::collection::vec;
use proptest::prelude::*;
use strongroom_kmip::enumeration::CancellationResult;
use strongroom_kmip::operation::{CancelRequest, CancelResponse, PollRequest, PollResponse};
use strongroom_kmip::{ProtocolVersion, Request, Response};

use super::vocabulary::named;
use super::{O, Table, row};

pub(crate) fn requests() -> Table<Request> {
    let value = || vec(any::<u8>(), 0..20);
    vec![
        row(
            O::CANCEL,
            value().prop_map(|value| CancelRequest::new(value).into()),
        ),
        row(
            O::POLL,
            value().prop_map(|value| PollRequest::new(value).into()),
        ),
    ]
}

pub(crate) fn responses(version: ProtocolVersion) -> Table<Response> {
    let results = named(
        CancellationResult::KNOWN,
        version,
        CancellationResult::versions,
    );
    vec![
        row(
            O::CANCEL,
            (vec(any::<u8>(), 0..20), results)
                .prop_map(|(value, result)| CancelResponse::new(value, result).into()),
        ),
        row(
            O::POLL,
            Just(()).prop_map(|()| PollResponse::default().into()),
        ),
    ]
}
