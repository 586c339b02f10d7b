//! Random payloads of the operations of 2.0 and 2.1 that say what somebody may do, what objects
//! are like or shall be like.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use strongroom_kmip::attribute::UsageLimits;
use strongroom_kmip::enumeration::{AdjustmentType, UsageLimitsUnit};
use strongroom_kmip::operation::{
    AdjustAttributeRequest, AdjustAttributeResponse, AdjustmentValue, Constraint, Constraints,
    DelegatedLoginRequest, DelegatedLoginResponse, GetConstraintsRequest, GetConstraintsResponse,
    LeaseTime, LoginRequest, LoginResponse, Objects, Right, Rights, SetAttributeRequest,
    SetAttributeResponse, SetConstraintsRequest, SetConstraintsResponse, SetDefaultsRequest,
    SetDefaultsResponse,
};
use strongroom_kmip::structure::{DefaultsInformation, ObjectDefaults, ObjectGroups, ObjectTypes};
use strongroom_kmip::{
    Attribute, DateTime, Interval, LongInteger, ObjectType, ProtocolVersion, Request, Response,
};

use super::attribute::attribute_value;
use super::crypto::id;
use super::later::{operations, ticket};
use super::vocabulary::named;
use super::{O, Table, attribute_names, attributes, row, template, text};

fn lease_time() -> BoxedStrategy<LeaseTime> {
    prop_oneof![
        any::<u32>().prop_map(|seconds| Interval(seconds).into()),
        any::<i64>().prop_map(|seconds| DateTime(seconds).into()),
    ]
    .boxed()
}

fn usage_limits() -> BoxedStrategy<UsageLimits> {
    (any::<i64>(), option::of(any::<i64>()), 1_u32..=2)
        .prop_map(|(total, count, unit)| {
            let mut limits = UsageLimits::new(total, UsageLimitsUnit::new(unit));
            limits.count = count.map(LongInteger);
            limits
        })
        .boxed()
}

fn object_groups(version: ProtocolVersion) -> BoxedStrategy<Option<ObjectGroups>> {
    if version < ProtocolVersion::V2_1 {
        return Just(None).boxed();
    }
    option::of(vec(text(), 0..3).prop_map(ObjectGroups::new)).boxed()
}

fn right(version: ProtocolVersion) -> BoxedStrategy<Right> {
    let objects = vec(id(version), 0..3).prop_map(Objects::new);
    (
        option::of(usage_limits()),
        option::of(operations(version)),
        option::of(objects),
        object_groups(version),
    )
        .prop_map(|(limits, operations, objects, groups)| {
            let mut right = Right::default();
            right.usage_limits = limits;
            right.operations = operations;
            right.objects = objects;
            right.object_groups = groups;
            right
        })
        .boxed()
}

fn object_type(version: ProtocolVersion) -> BoxedStrategy<ObjectType> {
    named(ObjectType::KNOWN, version, ObjectType::versions)
        .prop_filter("of this version", |value| *value != ObjectType::TEMPLATE)
        .boxed()
}

fn object_types(version: ProtocolVersion) -> BoxedStrategy<ObjectTypes> {
    vec(object_type(version), 0..3)
        .prop_map(ObjectTypes::new)
        .boxed()
}

/// Of 2.1.
fn defaults(version: ProtocolVersion) -> BoxedStrategy<DefaultsInformation> {
    let one = (
        option::of(object_type(version)),
        option::of(object_types(version)),
        attributes(version),
        object_groups(version),
    )
        .prop_map(|(object_type, object_types, attributes, groups)| {
            let mut defaults = ObjectDefaults::default();
            defaults.object_type = object_type;
            defaults.object_types = object_types;
            defaults.attributes = attributes;
            defaults.object_groups = groups;
            defaults
        });
    vec(one, 0..3).prop_map(DefaultsInformation::new).boxed()
}

fn constraints(version: ProtocolVersion) -> BoxedStrategy<Constraints> {
    let constraint = (
        option::of(object_types(version)),
        object_groups(version),
        option::of(template(version)),
    )
        .prop_map(|(types, groups, attributes)| {
            let mut constraint = Constraint::default();
            constraint.object_types = types;
            constraint.object_groups = groups;
            constraint.attributes = attributes;
            constraint
        });
    vec(constraint, 0..3).prop_map(Constraints::new).boxed()
}

fn adjustment_value() -> BoxedStrategy<Option<AdjustmentValue>> {
    option::of(prop_oneof![
        any::<i32>().prop_map(AdjustmentValue::Integer),
        any::<i64>().prop_map(|value| AdjustmentValue::LongInteger(LongInteger(value))),
        any::<u32>().prop_map(|value| AdjustmentValue::Interval(Interval(value))),
    ])
    .boxed()
}

/// A request of each of these operations.
pub(crate) fn requests(version: ProtocolVersion) -> Table<Request> {
    let limits = || {
        (
            option::of(lease_time()),
            any::<Option<i32>>(),
            option::of(usage_limits()),
        )
    };
    let login = limits().prop_map(|limits| {
        let mut request = LoginRequest::default();
        (
            request.lease_time,
            request.request_count,
            request.usage_limits,
        ) = limits;
        Request::Login(request)
    });
    let delegated = (limits(), vec(right(version), 0..3)).prop_map(|(limits, rights)| {
        let mut request = DelegatedLoginRequest::new(Rights::new(rights));
        (
            request.lease_time,
            request.request_count,
            request.usage_limits,
        ) = limits;
        Request::DelegatedLogin(request)
    });
    let name = attribute_names(version).prop_map(|mut names| names.pop().unwrap_or("State".into()));
    let adjust = (option::of(id(version)), name, 1_u32..=3, adjustment_value()).prop_map(
        |(id, name, kind, value)| {
            let kind = AdjustmentType::new(kind);
            let mut request = AdjustAttributeRequest::new("", name, kind);
            request.unique_identifier = id;
            request.adjustment_value = value;
            Request::AdjustAttribute(request)
        },
    );
    let set = (option::of(id(version)), attribute_value(version)).prop_map(|(id, value)| {
        let mut request = SetAttributeRequest::new("", Attribute::new(value));
        request.unique_identifier = id;
        Request::SetAttribute(request)
    });
    let constrain = option::of(constraints(version)).prop_map(|constraints| {
        let mut request = SetConstraintsRequest::default();
        request.constraints = constraints;
        Request::SetConstraints(request)
    });
    let ask = Just(()).prop_map(|()| Request::GetConstraints(GetConstraintsRequest::default()));
    let defaults = option::of(defaults(version)).prop_map(|defaults| {
        let mut request = SetDefaultsRequest::default();
        request.defaults_information = defaults;
        Request::SetDefaults(request)
    });
    vec![
        row(O::LOGIN, login),
        row(O::DELEGATED_LOGIN, delegated),
        row(O::ADJUST_ATTRIBUTE, adjust),
        row(O::SET_ATTRIBUTE, set),
        row(O::SET_CONSTRAINTS, constrain),
        row(O::GET_CONSTRAINTS, ask),
        row(O::SET_DEFAULTS, defaults),
    ]
}

/// An answer of each of these operations.
pub(crate) fn responses(version: ProtocolVersion) -> Table<Response> {
    let done = Just(()).prop_map(|()| Response::SetConstraints(SetConstraintsResponse::default()));
    let told = option::of(constraints(version)).prop_map(|constraints| {
        let mut response = GetConstraintsResponse::default();
        response.constraints = constraints;
        Response::GetConstraints(response)
    });
    let set = Just(()).prop_map(|()| Response::SetDefaults(SetDefaultsResponse::default()));
    vec![
        row(
            O::LOGIN,
            ticket().prop_map(|ticket| Response::Login(LoginResponse::new(ticket))),
        ),
        row(
            O::DELEGATED_LOGIN,
            ticket()
                .prop_map(|ticket| Response::DelegatedLogin(DelegatedLoginResponse::new(ticket))),
        ),
        row(
            O::ADJUST_ATTRIBUTE,
            id(version).prop_map(|id| Response::AdjustAttribute(AdjustAttributeResponse::new(id))),
        ),
        row(
            O::SET_ATTRIBUTE,
            id(version).prop_map(|id| Response::SetAttribute(SetAttributeResponse::new(id))),
        ),
        row(O::SET_CONSTRAINTS, done),
        row(O::GET_CONSTRAINTS, told),
        row(O::SET_DEFAULTS, set),
    ]
}
