//! Check, Obtain Lease, Get Usage Allocation, Recover.

use strongroom_kmip::operation::{
    CheckRequest, CheckResponse, GetUsageAllocationRequest, GetUsageAllocationResponse,
    ObtainLeaseRequest, ObtainLeaseResponse, RecoverRequest, RecoverResponse,
};
use strongroom_kmip::{
    CryptographicUsageMask, DateTime, Element, Interval, LongInteger, Operation,
};

use super::{V1_0, V1_4, check_refused, check_request, check_response};
use crate::payloads::refusal;
use crate::tree;

const ID: u32 = 0x42_0094;
const LEASE_TIME: u32 = 0x42_0049;
const USAGE_LIMITS_COUNT: u32 = 0x42_0096;

#[test]
fn check() {
    let wanted = [
        tree::text(ID, "7"),
        tree::long_integer(USAGE_LIMITS_COUNT, 1 << 40),
        tree::integer(0x42_002C, 0x0C),
        tree::interval(LEASE_TIME, 3600),
    ];
    let mask = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
    let mut request = CheckRequest::new("7");
    request.usage_limits_count = Some(LongInteger(1 << 40));
    request.cryptographic_usage_mask = Some(mask);
    request.lease_time = Some(Interval(3600));
    check_request(V1_0, request, &wanted);
    let mut response = CheckResponse::new("7");
    response.usage_limits_count = Some(LongInteger(1 << 40));
    response.cryptographic_usage_mask = Some(mask);
    response.lease_time = Some(Interval(3600));
    check_response(V1_0, response, &wanted);
    check_request(V1_0, CheckRequest::default(), &[]);
    check_response(V1_0, CheckResponse::new("7"), &[tree::text(ID, "7")]);
}

#[test]
fn check_names_a_use_that_its_version_does_not_have() {
    let mut request = CheckRequest::new("7");
    request.cryptographic_usage_mask = Some(CryptographicUsageMask::UNRESTRICTED);
    check_refused(
        V1_4,
        request,
        Element::Field("a bit of Cryptographic Usage Mask"),
    );
}

#[test]
fn obtain_lease() {
    check_request(V1_0, ObtainLeaseRequest::new("7"), &[tree::text(ID, "7")]);
    check_request(V1_0, ObtainLeaseRequest::default(), &[]);
    check_response(
        V1_0,
        ObtainLeaseResponse::new("7", Interval(3600), DateTime(tree::NOW)),
        &[
            tree::text(ID, "7"),
            tree::interval(LEASE_TIME, 3600),
            tree::date_time(0x42_0048, tree::NOW),
        ],
    );
}

#[test]
fn get_usage_allocation() {
    check_request(
        V1_0,
        GetUsageAllocationRequest::new("7", LongInteger(512)),
        &[
            tree::text(ID, "7"),
            tree::long_integer(USAGE_LIMITS_COUNT, 512),
        ],
    );
    check_response(
        V1_0,
        GetUsageAllocationResponse::new("7"),
        &[tree::text(ID, "7")],
    );
    // The count is required.
    let error = refusal(
        V1_0,
        Operation::GET_USAGE_ALLOCATION,
        &[tree::text(ID, "7")],
    );
    assert!(error.to_string().contains("420096 is missing"), "{error}");
}

#[test]
fn recover() {
    check_request(V1_0, RecoverRequest::new("7"), &[tree::text(ID, "7")]);
    check_request(V1_0, RecoverRequest::default(), &[]);
    check_response(V1_0, RecoverResponse::new("7"), &[tree::text(ID, "7")]);
}
