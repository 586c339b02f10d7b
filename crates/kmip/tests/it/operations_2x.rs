//! Operations of 2.0 and 2.1: known answers, versions, published cases, round trips.

use strongroom_kmip::enumeration::{
    CertificateRequestType, CertificateType, EndpointRole, InteropFunction, Pkcs11Function,
    Pkcs11ReturnCode, ProcessingStage, TicketType,
};
use strongroom_kmip::object::Certificate;
use strongroom_kmip::operation::{
    InteropRequest, InteropResponse, LogRequest, LogResponse, LogoutResponse, PingRequest,
    PingResponse, Pkcs11FunctionCode, ProcessRequest, ReProvisionRequest, ReProvisionResponse,
    SetEndpointRoleRequest, SetEndpointRoleResponse, Ticket,
};
use strongroom_kmip::{
    DateTimeExtended, Element, EncodeError, MessageError, Operation, ProtocolVersion, Request,
    Response,
};
use strongroom_secret::SecretBytes;
use strongroom_ttlv::{DecodeErrorKind, Tag};

use crate::payloads::{self, VERSIONS, refusal};
use crate::tree;

const V2_0: ProtocolVersion = ProtocolVersion::V2_0;
const V2_1: ProtocolVersion = ProtocolVersion::V2_1;

const ID: u32 = 0x42_0094;
const HANDLE: u32 = 0x42_0006;
const OPERATION: u32 = 0x42_005C;
const CORRELATION: u32 = 0x42_00D6;
const FUNCTION: u32 = 0x42_015A;

const OF_2_0: [Operation; 6] = [
    Operation::LOG,
    Operation::LOGOUT,
    Operation::SET_ENDPOINT_ROLE,
    Operation::PKCS_11,
    Operation::INTEROP,
    Operation::RE_PROVISION,
];

const OF_2_1: [Operation; 3] = [
    Operation::QUERY_ASYNCHRONOUS_REQUESTS,
    Operation::PROCESS,
    Operation::PING,
];

fn ticket() -> Vec<u8> {
    let fields = [
        tree::enumeration(0x42_014A, 1),
        tree::bytes(0x42_014B, b"ticket"),
    ];
    tree::structure(0x42_0149, &fields)
}

#[test]
fn log_logout_and_interop_are_what_the_specification_says() {
    let items = [tree::text(0x42_0141, "a line")];
    let Request::Log(log) = payloads::request(V2_0, Operation::LOG, &items) else {
        panic!("no Log");
    };
    assert_eq!(log, LogRequest::new("a line"));
    let Response::Log(logged) = payloads::response(V2_0, Operation::LOG, &[]) else {
        panic!("no Log");
    };
    assert_eq!(logged, LogResponse::default());

    let Request::Logout(logout) = payloads::request(V2_0, Operation::LOGOUT, &[ticket()]) else {
        panic!("no Logout");
    };
    assert_eq!(logout.ticket.ticket_type, TicketType::LOGIN);
    assert_eq!(logout.ticket.ticket_value.expose(), b"ticket");
    let Response::Logout(out) = payloads::response(V2_0, Operation::LOGOUT, &[]) else {
        panic!("no Logout");
    };
    assert_eq!(out, LogoutResponse::default());

    let items = [
        tree::enumeration(0x42_0160, 1),
        tree::text(0x42_0161, "TC-1"),
    ];
    let Request::Interop(interop) = payloads::request(V2_0, Operation::INTEROP, &items) else {
        panic!("no Interop");
    };
    assert_eq!(interop, InteropRequest::new(InteropFunction::BEGIN, "TC-1"));
    let Response::Interop(known) = payloads::response(V2_0, Operation::INTEROP, &[]) else {
        panic!("no Interop");
    };
    assert_eq!(known, InteropResponse::default());
}

#[test]
fn endpoint_roles_are_what_the_specification_says() {
    let operation = Operation::SET_ENDPOINT_ROLE;
    let items = [tree::enumeration(0x42_0151, 2)];
    let Request::SetEndpointRole(set) = payloads::request(V2_0, operation, &items) else {
        panic!("no Set Endpoint Role");
    };
    assert_eq!(set, SetEndpointRoleRequest::new(EndpointRole::SERVER));
    let Response::SetEndpointRole(taken) = payloads::response(V2_0, operation, &items) else {
        panic!("no Set Endpoint Role");
    };
    assert_eq!(taken, SetEndpointRoleResponse::new(EndpointRole::SERVER));
}

#[test]
fn calls_of_pkcs_11_are_what_the_specification_says() {
    let operation = Operation::PKCS_11;
    let items = [
        tree::text(0x42_0159, "PKCS 11"),
        tree::enumeration(FUNCTION, 3),
        tree::bytes(CORRELATION, &[7]),
        tree::bytes(0x42_015B, &[1, 2]),
    ];
    let Request::Pkcs11(call) = payloads::request(V2_0, operation, &items) else {
        panic!("no PKCS#11");
    };
    assert_eq!(call.pkcs_11_interface.as_deref(), Some("PKCS 11"));
    assert_eq!(call.pkcs_11_function, Pkcs11Function::C_GETINFO.into());
    assert_eq!(call.correlation_value, Some(vec![7]));
    assert_eq!(call.pkcs_11_input_parameters.unwrap().expose(), [1, 2]);

    let items = [
        tree::integer(FUNCTION, 1000),
        tree::bytes(CORRELATION, &[7]),
        tree::bytes(0x42_015C, &[3, 4]),
        tree::enumeration(0x42_015D, 0x30),
    ];
    let Response::Pkcs11(returned) = payloads::response(V2_1, operation, &items) else {
        panic!("no PKCS#11");
    };
    assert_eq!(returned.pkcs_11_function, Pkcs11FunctionCode::Vendor(1000));
    assert_eq!(returned.pkcs_11_output_parameters.unwrap().expose(), [3, 4]);
    let code = returned.pkcs_11_return_code;
    assert_eq!(code, Pkcs11ReturnCode::CKR_DEVICE_ERROR);
}

#[test]
fn new_credentials_are_what_the_specification_says() {
    let operation = Operation::RE_PROVISION;
    let certificate = [
        tree::enumeration(0x42_001D, 1),
        tree::bytes(0x42_001E, b"der"),
    ];
    let request = [
        tree::enumeration(0x42_0019, 2),
        tree::bytes(0x42_0140, b"p10"),
    ];
    let items = [
        tree::structure(0x42_0018, &request),
        tree::structure(0x42_0013, &certificate),
    ];
    let Request::ReProvision(asked) = payloads::request(V2_0, operation, &items) else {
        panic!("no Re-Provision");
    };
    let request = asked.certificate_request.unwrap();
    let request_type = request.certificate_request_type;
    assert_eq!(request_type, CertificateRequestType::PKCS_10);
    assert_eq!(request.certificate_request_value, b"p10");
    let expected = Certificate::new(CertificateType::X_509, b"der".to_vec());
    assert_eq!(asked.certificate, Some(expected));

    let Request::ReProvision(asked) = payloads::request(V2_0, operation, &[]) else {
        panic!("no Re-Provision");
    };
    assert_eq!(asked, ReProvisionRequest::default());
    let items = [tree::text(ID, "7")];
    let Response::ReProvision(made) = payloads::response(V2_0, operation, &items) else {
        panic!("no Re-Provision");
    };
    assert_eq!(made, ReProvisionResponse::new("7"));
    payloads::response(V2_0, operation, &[]);
}

#[test]
fn asynchronous_requests_are_what_the_published_case_says() {
    let operation = Operation::QUERY_ASYNCHRONOUS_REQUESTS;
    let items = [
        tree::structure(0x42_0176, &[tree::bytes(HANDLE, &[1])]),
        tree::structure(0x42_014F, &[tree::enumeration(OPERATION, 1)]),
    ];
    let Request::QueryAsynchronousRequests(query) = payloads::request(V2_1, operation, &items)
    else {
        panic!("no Query Asynchronous Requests");
    };
    let handles = query.asynchronous_correlation_values.unwrap();
    assert_eq!(handles.values, [vec![1]]);
    assert_eq!(query.operations.unwrap().operations, [Operation::CREATE]);

    // TC-ASYNC-10-21, with a date of the captures.
    let items = [tree::structure(
        0x42_0173,
        &[
            tree::bytes(HANDLE, &[1]),
            tree::enumeration(OPERATION, 1),
            tree::date_time_extended(0x42_0174, tree::NOW * 1_000_000),
            tree::enumeration(0x42_0175, 2),
        ],
    )];
    let Response::QueryAsynchronousRequests(list) = payloads::response(V2_1, operation, &items)
    else {
        panic!("no Query Asynchronous Requests");
    };
    let one = list.asynchronous_requests.first().unwrap();
    assert_eq!(one.asynchronous_correlation_value, [1]);
    assert_eq!(one.operation, Operation::CREATE);
    assert_eq!(one.submission_date, DateTimeExtended(tree::NOW * 1_000_000));
    assert_eq!(one.processing_stage, ProcessingStage::IN_PROCESS);
    payloads::request(V2_1, operation, &[]);
    payloads::response(V2_1, operation, &[]);

    let handle = [tree::bytes(HANDLE, &[1])];
    let Request::Process(process) = payloads::request(V2_1, Operation::PROCESS, &handle) else {
        panic!("no Process");
    };
    assert_eq!(process, ProcessRequest::new(vec![1]));
    // With the handle as in the published cases, and without as in the specification.
    for items in [handle.as_slice(), &[]] {
        let Response::Process(done) = payloads::response(V2_1, Operation::PROCESS, items) else {
            panic!("no Process");
        };
        let there = done.asynchronous_correlation_value.is_some();
        assert_eq!(there, !items.is_empty());
    }
}

#[test]
fn a_ping_is_empty() {
    let Request::Ping(ping) = payloads::request(V2_1, Operation::PING, &[]) else {
        panic!("no Ping");
    };
    assert_eq!(ping, PingRequest::default());
    let Response::Ping(pong) = payloads::response(V2_1, Operation::PING, &[]) else {
        panic!("no Ping");
    };
    assert_eq!(pong, PingResponse::default());
}

#[test]
fn an_item_too_many_is_refused() {
    let handle = tree::bytes(HANDLE, &[1]);
    for operation in OF_2_0.into_iter().chain(OF_2_1) {
        let items = match operation {
            Operation::LOG => vec![tree::text(0x42_0141, "a line")],
            Operation::LOGOUT => vec![ticket()],
            Operation::SET_ENDPOINT_ROLE => vec![tree::enumeration(0x42_0151, 2)],
            Operation::PKCS_11 => vec![tree::enumeration(FUNCTION, 3)],
            Operation::INTEROP => vec![tree::enumeration(0x42_0160, 3)],
            Operation::PROCESS => vec![handle.clone()],
            _ => Vec::new(),
        };
        payloads::request(V2_1, operation, &items);
        let more = [items, vec![handle.clone()]].concat();
        let MessageError::Ttlv(error) = refusal(V2_1, operation, &more) else {
            panic!("{operation} is refused otherwise");
        };
        let found = Tag::new(HANDLE);
        assert_eq!(error.kind, DecodeErrorKind::Unread { found }, "{operation}");
    }
}

#[test]
fn an_earlier_version_does_not_have_the_operation() {
    let requests = [
        Request::Log(LogRequest::new("a line")),
        Request::ReProvision(ReProvisionRequest::default()),
        Request::Process(ProcessRequest::new(vec![1])),
        Request::Ping(PingRequest::default()),
    ];
    for request in requests {
        let operation = request.operation();
        for version in VERSIONS {
            let outcome = request.to_ttlv(version);
            if version.has(operation.versions()) {
                outcome.unwrap();
            } else {
                let words = format!("operation {operation} does not exist in KMIP {version}");
                assert_eq!(outcome.unwrap_err().to_string(), words);
            }
        }
    }
}

#[test]
fn an_operation_of_2_1_is_no_operation_to_answer_in_2_0() {
    let items = [
        tree::bytes(HANDLE, &[1]),
        tree::enumeration(OPERATION, 0x3A),
    ];
    let one = tree::structure(
        0x42_0173,
        &[
            items.concat(),
            tree::date_time_extended(0x42_0174, 0),
            tree::enumeration(0x42_0175, 2),
        ],
    );
    let response = payloads::response(V2_1, Operation::QUERY_ASYNCHRONOUS_REQUESTS, &[one]);
    let what = Element::Operation(Operation::QUERY_ASYNCHRONOUS_REQUESTS);
    let version = V2_0;
    let expected = EncodeError::NotInVersion { what, version };
    assert_eq!(response.to_ttlv(version), Err(expected));
}

#[test]
fn no_ticket_and_no_parameter_is_printed() {
    let ticket = Ticket::login(SecretBytes::copy_from(&[0x5A; 32]));
    let items = [
        tree::enumeration(FUNCTION, 3),
        tree::bytes(0x42_015B, &[0x5A; 32]),
    ];
    let call = payloads::request(V2_0, Operation::PKCS_11, &items);
    for text in [format!("{:?}", ticket.duplicate()), format!("{call:?}")] {
        assert!(text.contains("32 octets"), "{text}");
        assert!(!text.contains("90, 90"), "{text}");
    }
    assert_eq!(ticket.duplicate().ticket_value.expose(), [0x5A; 32]);
}

#[test]
fn published_payloads_are_typed_and_written_back() {
    let operations = [OF_2_0.as_slice(), &OF_2_1].concat();
    let Some(found) = payloads::published_payloads_come_back(&operations) else {
        return;
    };
    for operation in [Operation::LOGOUT, Operation::PKCS_11, Operation::INTEROP] {
        for is_request in [true, false] {
            assert!(found.contains(&(operation, is_request)), "{operation}");
        }
    }
}
