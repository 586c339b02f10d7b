//! Check, Obtain Lease, Get Usage Allocation, Recover.

use strongroom_kmip::operation::{
    CheckRequest, CheckResponse, GetUsageAllocationRequest, GetUsageAllocationResponse,
    ObtainLeaseRequest, ObtainLeaseResponse, RecoverRequest, RecoverResponse,
};
use strongroom_kmip::{CryptographicUsageMask, DateTime, Element, Interval, LongInteger};

use super::{check_refused, check_request, check_response, unreadable};
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
    check_request(0, request, &wanted);
    let mut response = CheckResponse::new("7");
    response.usage_limits_count = Some(LongInteger(1 << 40));
    response.cryptographic_usage_mask = Some(mask);
    response.lease_time = Some(Interval(3600));
    check_response(0, response, &wanted);
    check_request(0, CheckRequest::default(), &[]);
    check_response(0, CheckResponse::new("7"), &[tree::text(ID, "7")]);
}

#[test]
fn check_names_a_use_that_its_version_does_not_have() {
    let mut request = CheckRequest::new("7");
    request.cryptographic_usage_mask = Some(CryptographicUsageMask::UNRESTRICTED);
    check_refused(
        4,
        request,
        Element::Field("a bit of Cryptographic Usage Mask"),
    );
}

#[test]
fn obtain_lease() {
    check_request(0, ObtainLeaseRequest::new("7"), &[tree::text(ID, "7")]);
    check_request(0, ObtainLeaseRequest::default(), &[]);
    check_response(
        0,
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
        0,
        GetUsageAllocationRequest::new("7", LongInteger(512)),
        &[
            tree::text(ID, "7"),
            tree::long_integer(USAGE_LIMITS_COUNT, 512),
        ],
    );
    check_response(
        0,
        GetUsageAllocationResponse::new("7"),
        &[tree::text(ID, "7")],
    );
    // The count is required.
    assert!(matches!(
        unreadable(0, 0x11, &[tree::text(ID, "7")]),
        strongroom_kmip::MessageError::Ttlv(_)
    ));
}

#[test]
fn recover() {
    check_request(0, RecoverRequest::new("7"), &[tree::text(ID, "7")]);
    check_request(0, RecoverRequest::default(), &[]);
    check_response(0, RecoverResponse::new("7"), &[tree::text(ID, "7")]);
}
