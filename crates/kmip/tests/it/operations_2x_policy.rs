//! Login, Delegated Login, Adjust Attribute, Set Attribute, Set Defaults, Set and Get Constraints:
//! known answers, versions, published cases, round trips.

use strongroom_kmip::attribute::UsageLimits;
use strongroom_kmip::enumeration::{AdjustmentType, UsageLimitsUnit};
use strongroom_kmip::operation::{
    AdjustAttributeRequest, AdjustAttributeResponse, AdjustmentValue, Constraint, Constraints,
    DelegatedLoginRequest, GetConstraintsRequest, GetConstraintsResponse, LoginRequest, Objects,
    Operations, Right, Rights, SetAttributeRequest, SetAttributeResponse, SetConstraintsRequest,
    SetConstraintsResponse, SetDefaultsRequest, SetDefaultsResponse,
};
use strongroom_kmip::structure::{DefaultsInformation, ObjectDefaults, ObjectGroups, ObjectTypes};
use strongroom_kmip::{
    Attribute, AttributeValue, DateTime, Element, EncodeError, Interval, LongInteger, MessageError,
    ObjectType, Operation, ProtocolVersion, Request, Response, TemplateAttribute, UniqueIdentifier,
};
use strongroom_ttlv::{DecodeErrorKind, Tag};

use crate::payloads::{self, comes_back, refusal};
use crate::tree;

const V2_0: ProtocolVersion = ProtocolVersion::V2_0;
const V2_1: ProtocolVersion = ProtocolVersion::V2_1;

const ID: u32 = 0x42_0094;
const LEASE_TIME: u32 = 0x42_0049;
const REQUEST_COUNT: u32 = 0x42_014C;
const OPERATION: u32 = 0x42_005C;
const OBJECT_GROUPS: u32 = 0x42_0166;
const ADJUSTMENT_VALUE: u32 = 0x42_0162;

const OPERATIONS: [Operation; 7] = [
    Operation::LOGIN,
    Operation::DELEGATED_LOGIN,
    Operation::ADJUST_ATTRIBUTE,
    Operation::SET_ATTRIBUTE,
    Operation::SET_DEFAULTS,
    Operation::SET_CONSTRAINTS,
    Operation::GET_CONSTRAINTS,
];

/// Usage Limits: 1000 octets, 10 of them left.
fn usage_limits() -> Vec<u8> {
    let fields = [
        tree::long_integer(0x42_0097, 1000),
        tree::long_integer(0x42_0096, 10),
        tree::enumeration(0x42_0098, 1),
    ];
    tree::structure(0x42_0095, &fields)
}

fn limits() -> UsageLimits {
    let mut limits = UsageLimits::new(1000, UsageLimitsUnit::BYTE);
    limits.count = Some(LongInteger(10));
    limits
}

#[test]
fn logins_are_what_the_specification_says() {
    let items = [
        tree::interval(LEASE_TIME, 3600),
        tree::integer(REQUEST_COUNT, 2),
        usage_limits(),
    ];
    let Request::Login(login) = payloads::request(V2_0, Operation::LOGIN, &items) else {
        panic!("no Login");
    };
    let mut expected = LoginRequest::default();
    expected.lease_time = Some(Interval(3600).into());
    expected.request_count = Some(2);
    expected.usage_limits = Some(limits());
    assert_eq!(login, expected);

    let until = [tree::date_time(LEASE_TIME, tree::NOW)];
    let Request::Login(login) = payloads::request(V2_1, Operation::LOGIN, &until) else {
        panic!("no Login");
    };
    assert_eq!(login.lease_time, Some(DateTime(tree::NOW).into()));
    let Request::Login(login) = payloads::request(V2_0, Operation::LOGIN, &[]) else {
        panic!("no Login");
    };
    assert_eq!(login, LoginRequest::default());

    let ticket = [
        tree::enumeration(0x42_014A, 1),
        tree::bytes(0x42_014B, b"ticket"),
    ];
    let items = [tree::structure(0x42_0149, &ticket)];
    let Response::Login(answer) = payloads::response(V2_0, Operation::LOGIN, &items) else {
        panic!("no Login");
    };
    assert_eq!(answer.ticket.ticket_value.expose(), b"ticket");
    let operation = Operation::DELEGATED_LOGIN;
    let Response::DelegatedLogin(answer) = payloads::response(V2_0, operation, &items) else {
        panic!("no Delegated Login");
    };
    assert_eq!(answer.ticket.ticket_value.expose(), b"ticket");
}

#[test]
fn rights_are_what_the_specification_says() {
    let right = [
        usage_limits(),
        tree::structure(
            0x42_014F,
            &[
                tree::enumeration(OPERATION, 0x0A),
                tree::enumeration(OPERATION, 0x1F),
            ],
        ),
        tree::structure(0x42_014E, &[tree::text(ID, "7"), tree::enumeration(ID, 1)]),
        tree::structure(OBJECT_GROUPS, &[tree::text(0x42_0056, "Group1")]),
    ];
    let rights = [
        tree::structure(0x42_0150, &right),
        tree::structure(0x42_0150, &[]),
    ];
    let items = [
        tree::integer(REQUEST_COUNT, 2),
        tree::structure(0x42_014D, &rights),
    ];
    let operation = Operation::DELEGATED_LOGIN;
    let Request::DelegatedLogin(login) = payloads::request(V2_1, operation, &items) else {
        panic!("no Delegated Login");
    };
    let mut right = Right::default();
    right.usage_limits = Some(limits());
    right.operations = Some(Operations::new(vec![Operation::GET, Operation::ENCRYPT]));
    let ids = vec!["7".into(), UniqueIdentifier::Enumeration(1)];
    right.objects = Some(Objects::new(ids));
    right.object_groups = Some(ObjectGroups::new(vec!["Group1".to_owned()]));
    let rights = Rights::new(vec![right, Right::default()]);
    let mut expected = DelegatedLoginRequest::new(rights);
    expected.request_count = Some(2);
    assert_eq!(login, expected);

    // Groups came with 2.1.
    let version = V2_0;
    let tag = Tag::new(OBJECT_GROUPS);
    let error = refusal(version, operation, &items);
    assert_eq!(error, MessageError::NotInVersion { tag, version });
    let error = Request::DelegatedLogin(expected)
        .to_ttlv(version)
        .unwrap_err();
    let what = Element::Tag(tag);
    assert_eq!(error, EncodeError::NotInVersion { what, version });
}

#[test]
fn attributes_are_adjusted_as_the_specification_says() {
    let items = |value: &[u8]| {
        [
            tree::text(ID, "7"),
            tree::enumeration(0x42_013B, 0x42_002A),
            tree::enumeration(0x42_0158, 1),
            value.to_vec(),
        ]
    };
    let boolean = tree::boolean(ADJUSTMENT_VALUE, true);
    let cases = [
        (tree::integer(ADJUSTMENT_VALUE, -1), "Integer(-1)"),
        (
            tree::long_integer(ADJUSTMENT_VALUE, 1 << 40),
            "LongInteger(LongInteger(1099511627776))",
        ),
        (
            tree::interval(ADJUSTMENT_VALUE, 60),
            "Interval(Interval(60))",
        ),
        (boolean, "Other("),
        (Vec::new(), "None"),
    ];
    for (value, expected) in cases {
        let operation = Operation::ADJUST_ATTRIBUTE;
        let Request::AdjustAttribute(adjust) = payloads::request(V2_0, operation, &items(&value))
        else {
            panic!("no Adjust Attribute");
        };
        assert_eq!(&*adjust.attribute_reference, "Cryptographic Length");
        assert_eq!(adjust.adjustment_type, AdjustmentType::INCREMENT);
        let printed = adjust
            .adjustment_value
            .map_or("None".to_owned(), |value| format!("{value:?}"));
        assert!(printed.starts_with(expected), "{printed}");
    }
    let mut request =
        AdjustAttributeRequest::new("7", "Cryptographic Length", AdjustmentType::NEGATE);
    request.adjustment_value = Some(AdjustmentValue::Integer(1));
    comes_back(V2_1, &Request::AdjustAttribute(request));

    let items = [tree::text(ID, "7")];
    let Response::AdjustAttribute(done) =
        payloads::response(V2_0, Operation::ADJUST_ATTRIBUTE, &items)
    else {
        panic!("no Adjust Attribute");
    };
    assert_eq!(done, AdjustAttributeResponse::new("7"));
}

#[test]
fn attributes_are_set_as_the_specification_says() {
    let new = tree::structure(0x42_013D, &[tree::boolean(0x42_0120, true)]);
    let items = [tree::text(ID, "7"), new];
    let operation = Operation::SET_ATTRIBUTE;
    let Request::SetAttribute(set) = payloads::request(V2_0, operation, &items) else {
        panic!("no Set Attribute");
    };
    let sensitive = Attribute::new(AttributeValue::Sensitive(true));
    assert_eq!(set, SetAttributeRequest::new("7", sensitive));
    let items = [tree::text(ID, "7")];
    let Response::SetAttribute(done) = payloads::response(V2_0, operation, &items) else {
        panic!("no Set Attribute");
    };
    assert_eq!(done, SetAttributeResponse::new("7"));
}

#[test]
fn defaults_are_what_the_specification_says() {
    let attributes = || tree::structure(0x42_0125, &[tree::integer(0x42_002A, 256)]);
    let one = [
        tree::enumeration(0x42_0057, 2),
        attributes(),
        tree::structure(OBJECT_GROUPS, &[tree::text(0x42_0056, "Group1")]),
    ];
    let types = tree::structure(0x42_0167, &[tree::enumeration(0x42_0057, 3)]);
    let several = [types, attributes()];
    let list = [
        tree::structure(0x42_0153, &one),
        tree::structure(0x42_0153, &several),
    ];
    let items = [tree::structure(0x42_0152, &list)];
    let length = || vec![Attribute::new(AttributeValue::CryptographicLength(256))];
    let mut one = ObjectDefaults::new(ObjectType::SYMMETRIC_KEY, length());
    one.object_groups = Some(ObjectGroups::new(vec!["Group1".to_owned()]));
    let mut several = ObjectDefaults::default();
    several.object_types = Some(ObjectTypes::new(vec![ObjectType::PUBLIC_KEY]));
    several.attributes = length();
    let expected = DefaultsInformation::new(vec![one, several]);

    let operation = Operation::SET_DEFAULTS;
    let Request::SetDefaults(set) = payloads::request(V2_1, operation, &items) else {
        panic!("no Set Defaults");
    };
    assert_eq!(set, SetDefaultsRequest::new(expected));
    let Request::SetDefaults(none) = payloads::request(V2_1, operation, &[]) else {
        panic!("no Set Defaults");
    };
    assert_eq!(none, SetDefaultsRequest::default());
    let Response::SetDefaults(done) = payloads::response(V2_1, operation, &[]) else {
        panic!("no Set Defaults");
    };
    assert_eq!(done, SetDefaultsResponse::default());
}

#[test]
fn constraints_are_what_the_published_case_says() {
    // TC-MD-24-21.
    let attributes = [
        tree::enumeration(0x42_0028, 3),
        tree::integer(0x42_002A, 256),
    ];
    let constraint = [
        tree::structure(0x42_0167, &[tree::enumeration(0x42_0057, 2)]),
        tree::structure(OBJECT_GROUPS, &[tree::text(0x42_0056, "Group1")]),
        tree::structure(0x42_0125, &attributes),
    ];
    let list = [
        tree::structure(0x42_0169, &constraint),
        tree::structure(0x42_0169, &[]),
    ];
    let items = [tree::structure(0x42_0168, &list)];
    let mut constraint = Constraint::default();
    constraint.object_types = Some(ObjectTypes::new(vec![ObjectType::SYMMETRIC_KEY]));
    constraint.object_groups = Some(ObjectGroups::new(vec!["Group1".to_owned()]));
    constraint.attributes = Some(TemplateAttribute::new(vec![
        Attribute::new(AttributeValue::CryptographicAlgorithm(3.into())),
        Attribute::new(AttributeValue::CryptographicLength(256)),
    ]));
    let expected = Constraints::new(vec![constraint, Constraint::default()]);

    let operation = Operation::SET_CONSTRAINTS;
    let Request::SetConstraints(set) = payloads::request(V2_1, operation, &items) else {
        panic!("no Set Constraints");
    };
    assert_eq!(set, SetConstraintsRequest::new(expected.clone()));
    let Response::SetConstraints(done) = payloads::response(V2_1, operation, &[]) else {
        panic!("no Set Constraints");
    };
    assert_eq!(done, SetConstraintsResponse::default());
    payloads::request(V2_1, operation, &[]);

    let operation = Operation::GET_CONSTRAINTS;
    let Request::GetConstraints(get) = payloads::request(V2_1, operation, &[]) else {
        panic!("no Get Constraints");
    };
    assert_eq!(get, GetConstraintsRequest::default());
    let Response::GetConstraints(told) = payloads::response(V2_1, operation, &items) else {
        panic!("no Get Constraints");
    };
    assert_eq!(told, GetConstraintsResponse::new(expected));
    payloads::response(V2_1, operation, &[]);

    let error = Response::GetConstraints(told).to_ttlv(V2_0).unwrap_err();
    let words = "operation Get Constraints does not exist in KMIP 2.0";
    assert_eq!(error.to_string(), words);
}

#[test]
fn an_item_too_many_is_refused() {
    let last = tree::bytes(0x42_0006, &[1]);
    let cases = [
        (Operation::LOGIN, Vec::new()),
        (
            Operation::DELEGATED_LOGIN,
            vec![tree::structure(0x42_014D, &[])],
        ),
        (
            Operation::ADJUST_ATTRIBUTE,
            vec![
                tree::enumeration(0x42_013B, 0x42_002A),
                tree::enumeration(0x42_0158, 1),
            ],
        ),
        (
            Operation::SET_ATTRIBUTE,
            vec![tree::structure(
                0x42_013D,
                &[tree::boolean(0x42_0120, true)],
            )],
        ),
        (Operation::SET_DEFAULTS, Vec::new()),
        (Operation::SET_CONSTRAINTS, Vec::new()),
        (Operation::GET_CONSTRAINTS, Vec::new()),
    ];
    for (operation, items) in cases {
        payloads::request(V2_1, operation, &items);
        let more = [items, vec![last.clone()]].concat();
        let MessageError::Ttlv(error) = refusal(V2_1, operation, &more) else {
            panic!("{operation} is refused otherwise");
        };
        let found = Tag::new(0x42_0006);
        assert_eq!(error.kind, DecodeErrorKind::Unread { found }, "{operation}");
    }
}

#[test]
fn published_payloads_are_typed_and_written_back() {
    let Some(found) = payloads::published_payloads_come_back(&OPERATIONS) else {
        return;
    };
    for operation in OPERATIONS {
        // No published case at hand adjusts an attribute or sets defaults.
        let published =
            ![Operation::ADJUST_ATTRIBUTE, Operation::SET_DEFAULTS].contains(&operation);
        for is_request in [true, false] {
            let there = found.contains(&(operation, is_request));
            assert_eq!(there, published, "{operation}");
        }
    }
}
