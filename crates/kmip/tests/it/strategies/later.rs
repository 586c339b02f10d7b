//! Random payloads of the operations of 2.0 and 2.1 that need no attributes.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use strongroom_kmip::enumeration::{
    CertificateRequestType, CertificateType, EndpointRole, InteropFunction, Pkcs11Function,
    Pkcs11ReturnCode, ProcessingStage, TicketType,
};
use strongroom_kmip::object::{Certificate, CertificateRequest};
use strongroom_kmip::operation::{
    AsynchronousCorrelationValues, AsynchronousRequest, InteropRequest, InteropResponse,
    LogRequest, LogResponse, LogoutRequest, LogoutResponse, Operations, PingRequest, PingResponse,
    Pkcs11FunctionCode, Pkcs11Request, Pkcs11Response, ProcessRequest, ProcessResponse,
    QueryAsynchronousRequestsRequest, QueryAsynchronousRequestsResponse, ReProvisionRequest,
    ReProvisionResponse, SetEndpointRoleRequest, SetEndpointRoleResponse, Ticket,
};
use strongroom_kmip::{DateTimeExtended, Operation, ProtocolVersion, Request, Response};

use super::crypto::id;
use super::vocabulary::named;
use super::{O, Table, row, secret, text};

fn octets() -> BoxedStrategy<Vec<u8>> {
    vec(any::<u8>(), 0..24).boxed()
}

pub(super) fn ticket() -> BoxedStrategy<Ticket> {
    let ticket_type = prop_oneof![Just(TicketType::LOGIN), Just(TicketType::new(0x8000_0001))];
    (ticket_type, secret())
        .prop_map(|(ticket_type, value)| {
            let mut ticket = Ticket::login(value);
            ticket.ticket_type = ticket_type;
            ticket
        })
        .boxed()
}

pub(super) fn operations(version: ProtocolVersion) -> BoxedStrategy<Operations> {
    let operation = named(Operation::KNOWN, version, Operation::versions);
    vec(operation, 0..4).prop_map(Operations::new).boxed()
}

fn function() -> BoxedStrategy<Pkcs11FunctionCode> {
    prop_oneof![
        (1_u32..=92).prop_map(|number| Pkcs11Function::new(number).into()),
        any::<i32>().prop_map(Pkcs11FunctionCode::Vendor),
    ]
    .boxed()
}

fn certificate() -> BoxedStrategy<Certificate> {
    octets()
        .prop_map(|der| Certificate::new(CertificateType::X_509, der))
        .boxed()
}

fn certificate_request() -> BoxedStrategy<CertificateRequest> {
    octets()
        .prop_map(|certificate_request_value| CertificateRequest {
            certificate_request_type: CertificateRequestType::PKCS_10,
            certificate_request_value,
        })
        .boxed()
}

/// A request of each of these operations.
pub(crate) fn requests(version: ProtocolVersion) -> Table<Request> {
    let handles = vec(octets(), 0..3).prop_map(AsynchronousCorrelationValues::new);
    vec![
        row(
            O::LOG,
            text().prop_map(|message| Request::Log(LogRequest::new(message))),
        ),
        row(
            O::LOGOUT,
            ticket().prop_map(|ticket| Request::Logout(LogoutRequest::new(ticket))),
        ),
        row(
            O::SET_ENDPOINT_ROLE,
            (1_u32..=2).prop_map(|role| {
                Request::SetEndpointRole(SetEndpointRoleRequest::new(EndpointRole::new(role)))
            }),
        ),
        row(
            O::PKCS_11,
            (
                option::of(text()),
                function(),
                option::of(octets()),
                option::of(secret()),
            )
                .prop_map(|(interface, function, correlation, input)| {
                    let mut request = Pkcs11Request::new(function);
                    request.pkcs_11_interface = interface;
                    request.correlation_value = correlation;
                    request.pkcs_11_input_parameters = input;
                    Request::Pkcs11(request)
                }),
        ),
        row(
            O::INTEROP,
            (1_u32..=3, option::of(text())).prop_map(|(function, identifier)| {
                let mut request = InteropRequest::new(InteropFunction::new(function), "");
                request.interop_identifier = identifier;
                Request::Interop(request)
            }),
        ),
        row(
            O::RE_PROVISION,
            (option::of(certificate_request()), option::of(certificate())).prop_map(
                |(certificate_request, certificate)| {
                    let mut request = ReProvisionRequest::default();
                    request.certificate_request = certificate_request;
                    request.certificate = certificate;
                    Request::ReProvision(request)
                },
            ),
        ),
        row(
            O::QUERY_ASYNCHRONOUS_REQUESTS,
            (option::of(handles), option::of(operations(version))).prop_map(
                |(handles, operations)| {
                    let mut request = QueryAsynchronousRequestsRequest::default();
                    request.asynchronous_correlation_values = handles;
                    request.operations = operations;
                    Request::QueryAsynchronousRequests(request)
                },
            ),
        ),
        row(
            O::PROCESS,
            octets().prop_map(|handle| Request::Process(ProcessRequest::new(handle))),
        ),
        row(
            O::PING,
            Just(()).prop_map(|()| Request::Ping(PingRequest::default())),
        ),
    ]
}

fn asynchronous_request(version: ProtocolVersion) -> BoxedStrategy<AsynchronousRequest> {
    let operation = named(Operation::KNOWN, version, Operation::versions);
    (octets(), operation, any::<i64>(), 1_u32..=3)
        .prop_map(
            |(asynchronous_correlation_value, operation, date, stage)| AsynchronousRequest {
                asynchronous_correlation_value,
                operation,
                submission_date: DateTimeExtended(date),
                processing_stage: ProcessingStage::new(stage),
            },
        )
        .boxed()
}

/// An answer of each of these operations.
pub(crate) fn responses(version: ProtocolVersion) -> Table<Response> {
    vec![
        row(
            O::LOG,
            Just(()).prop_map(|()| Response::Log(LogResponse::default())),
        ),
        row(
            O::LOGOUT,
            Just(()).prop_map(|()| Response::Logout(LogoutResponse::default())),
        ),
        row(
            O::SET_ENDPOINT_ROLE,
            (1_u32..=2).prop_map(|role| {
                Response::SetEndpointRole(SetEndpointRoleResponse::new(EndpointRole::new(role)))
            }),
        ),
        row(
            O::PKCS_11,
            (
                option::of(text()),
                function(),
                option::of(octets()),
                option::of(secret()),
            )
                .prop_map(|(interface, function, correlation, output)| {
                    let mut response = Pkcs11Response::new(function, Pkcs11ReturnCode::CKR_OK);
                    response.pkcs_11_interface = interface;
                    response.correlation_value = correlation;
                    response.pkcs_11_output_parameters = output;
                    Response::Pkcs11(response)
                }),
        ),
        row(
            O::INTEROP,
            Just(()).prop_map(|()| Response::Interop(InteropResponse::default())),
        ),
        row(
            O::RE_PROVISION,
            option::of(id(version)).prop_map(|id| {
                Response::ReProvision(
                    id.map_or_else(ReProvisionResponse::default, ReProvisionResponse::new),
                )
            }),
        ),
        row(
            O::QUERY_ASYNCHRONOUS_REQUESTS,
            vec(asynchronous_request(version), 0..3).prop_map(|requests| {
                let response = QueryAsynchronousRequestsResponse::new(requests);
                Response::QueryAsynchronousRequests(response)
            }),
        ),
        row(
            O::PROCESS,
            option::of(octets()).prop_map(|handle| {
                let mut response = ProcessResponse::default();
                response.asynchronous_correlation_value = handle;
                Response::Process(response)
            }),
        ),
        row(
            O::PING,
            Just(()).prop_map(|()| Response::Ping(PingResponse::default())),
        ),
    ]
}
