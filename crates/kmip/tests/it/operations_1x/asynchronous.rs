//! Cancel and Poll.

use strongroom_kmip::enumeration::CancellationResult;
use strongroom_kmip::operation::{CancelRequest, CancelResponse, PollRequest, PollResponse};

use super::{V1_0, check_request, check_response};
use crate::tree;

const CORRELATION: u32 = 0x42_0006;

#[test]
fn cancel() {
    let value = || tree::bytes(CORRELATION, b"pending");
    check_request(V1_0, CancelRequest::new(b"pending".to_vec()), &[value()]);
    check_response(
        V1_0,
        CancelResponse::new(b"pending".to_vec(), CancellationResult::CANCELED),
        &[value(), tree::enumeration(0x42_0012, 1)],
    );
}

#[test]
fn poll() {
    let value = tree::bytes(CORRELATION, b"pending");
    check_request(V1_0, PollRequest::new(b"pending".to_vec()), &[value]);
    check_response(V1_0, PollResponse::default(), &[]);
}
