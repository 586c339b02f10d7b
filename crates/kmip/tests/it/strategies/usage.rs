//! Check, Obtain Lease, Get Usage Allocation, Archive, Recover.

use proptest::option;
use proptest::prelude::*;
use strongroom_kmip::operation::{
    ArchiveRequest, ArchiveResponse, CheckRequest, CheckResponse, GetUsageAllocationRequest,
    GetUsageAllocationResponse, ObtainLeaseRequest, ObtainLeaseResponse, RecoverRequest,
    RecoverResponse,
};
use strongroom_kmip::{
    CryptographicUsageMask, DateTime, Interval, LongInteger, ProtocolVersion, Request, Response,
};

use super::{O, Table, row, text};

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

pub(crate) fn requests(version: ProtocolVersion) -> Table<Request> {
    let id = || option::of(text());
    vec![
        row(
            O::CHECK,
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
        ),
        row(
            O::OBTAIN_LEASE,
            id().prop_map(|id| {
                let mut request = ObtainLeaseRequest::default();
                request.unique_identifier = id.map(Into::into);
                request.into()
            }),
        ),
        row(
            O::GET_USAGE_ALLOCATION,
            (id(), any::<i64>()).prop_map(|(id, count)| {
                let mut request = GetUsageAllocationRequest::new("", LongInteger(count));
                request.unique_identifier = id.map(Into::into);
                request.into()
            }),
        ),
        row(
            O::ARCHIVE,
            id().prop_map(|id| {
                let mut request = ArchiveRequest::default();
                request.unique_identifier = id.map(Into::into);
                request.into()
            }),
        ),
        row(
            O::RECOVER,
            id().prop_map(|id| {
                let mut request = RecoverRequest::default();
                request.unique_identifier = id.map(Into::into);
                request.into()
            }),
        ),
    ]
}

pub(crate) fn responses(version: ProtocolVersion) -> Table<Response> {
    vec![
        row(
            O::CHECK,
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
        ),
        row(
            O::OBTAIN_LEASE,
            (text(), any::<u32>(), any::<i64>()).prop_map(|(id, time, date)| {
                ObtainLeaseResponse::new(id, Interval(time), DateTime(date)).into()
            }),
        ),
        row(
            O::GET_USAGE_ALLOCATION,
            text().prop_map(|id| GetUsageAllocationResponse::new(id).into()),
        ),
        row(
            O::ARCHIVE,
            text().prop_map(|id| ArchiveResponse::new(id).into()),
        ),
        row(
            O::RECOVER,
            text().prop_map(|id| RecoverResponse::new(id).into()),
        ),
    ]
}
