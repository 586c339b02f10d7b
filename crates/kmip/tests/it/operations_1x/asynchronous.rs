//! Cancel and Poll.

use strongroom_kmip::enumeration::CancellationResult;
use strongroom_kmip::operation::{CancelRequest, CancelResponse, PollRequest, PollResponse};

use super::{check_request, check_response};
use crate::tree;

const CORRELATION: u32 = 0x42_0006;

#[test]
fn cancel() {
    let value = || tree::bytes(CORRELATION, b"pending");
    check_request(0, CancelRequest::new(b"pending".to_vec()), &[value()]);
    check_response(
        0,
        CancelResponse::new(b"pending".to_vec(), CancellationResult::CANCELED),
        &[value(), tree::enumeration(0x42_0012, 1)],
    );
}

#[test]
fn poll() {
    let value = tree::bytes(CORRELATION, b"pending");
    check_request(0, PollRequest::new(b"pending".to_vec()), &[value]);
    check_response(0, PollResponse::default(), &[]);
}
