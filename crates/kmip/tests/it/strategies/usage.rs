//! Check, Obtain Lease, Get Usage Allocation, Recover.

use proptest::option;
use proptest::prelude::*;
use strongroom_kmip::operation::{
    CheckRequest, CheckResponse, GetUsageAllocationRequest, GetUsageAllocationResponse,
    ObtainLeaseRequest, ObtainLeaseResponse, RecoverRequest, RecoverResponse,
};
use strongroom_kmip::{
    CryptographicUsageMask, DateTime, Interval, LongInteger, ProtocolVersion, Request, Response,
};

use super::text;

type Wanted = (
    Option<LongInteger>,
    Option<CryptographicUsageMask>,
    Option<Interval>,
);

fn wanted(version: ProtocolVersion) -> BoxedStrategy<Wanted> {
    let mask = (0_u32..1 << 24).prop_map(move |bits| {
        let mask = CryptographicUsageMask::new(bits);
        mask.in_version(version)
    });
    (
        option::of(any::<i64>().prop_map(LongInteger)),
        option::of(mask),
        option::of(any::<u32>().prop_map(Interval)),
    )
        .boxed()
}

pub(crate) fn request(version: ProtocolVersion) -> BoxedStrategy<Request> {
    let id = || option::of(text());
    prop_oneof![
        (id(), wanted(version)).prop_map(|(id, wanted)| {
            let mut request = CheckRequest::default();
            request.unique_identifier = id.map(Into::into);
            (
                request.usage_limits_count,
                request.cryptographic_usage_mask,
                request.lease_time,
            ) = wanted;
            request.into()
        }),
        id().prop_map(|id| {
            let mut request = ObtainLeaseRequest::default();
            request.unique_identifier = id.map(Into::into);
            request.into()
        }),
        (id(), any::<i64>()).prop_map(|(id, count)| {
            let mut request = GetUsageAllocationRequest::new("", LongInteger(count));
            request.unique_identifier = id.map(Into::into);
            request.into()
        }),
        id().prop_map(|id| {
            let mut request = RecoverRequest::default();
            request.unique_identifier = id.map(Into::into);
            request.into()
        }),
    ]
    .boxed()
}

pub(crate) fn response(version: ProtocolVersion) -> BoxedStrategy<Response> {
    prop_oneof![
        (option::of(text()), wanted(version)).prop_map(|(id, wanted)| {
            let mut response = CheckResponse::default();
            response.unique_identifier = id.map(Into::into);
            (
                response.usage_limits_count,
                response.cryptographic_usage_mask,
                response.lease_time,
            ) = wanted;
            response.into()
        }),
        (text(), any::<u32>(), any::<i64>()).prop_map(|(id, time, date)| {
            ObtainLeaseResponse::new(id, Interval(time), DateTime(date)).into()
        }),
        text().prop_map(|id| GetUsageAllocationResponse::new(id).into()),
        text().prop_map(|id| RecoverResponse::new(id).into()),
    ]
    .boxed()
}
