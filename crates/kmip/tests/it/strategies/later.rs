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
use super::{known, secret, text};

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
    let operation = known(Operation::KNOWN, version, Operation::since);
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

/// A request of one of these operations, of 2.1 too where `version` has them.
pub(crate) fn request(version: ProtocolVersion) -> BoxedStrategy<Request> {
    let of_2_0 = prop_oneof![
        text().prop_map(|message| Request::Log(LogRequest::new(message))),
        ticket().prop_map(|ticket| Request::Logout(LogoutRequest::new(ticket))),
        (1_u32..=2).prop_map(|role| {
            Request::SetEndpointRole(SetEndpointRoleRequest::new(EndpointRole::new(role)))
        }),
        (
            option::of(text()),
            function(),
            option::of(octets()),
            option::of(secret())
        )
            .prop_map(|(interface, function, correlation, input)| {
                let mut request = Pkcs11Request::new(function);
                request.pkcs_11_interface = interface;
                request.correlation_value = correlation;
                request.pkcs_11_input_parameters = input;
                Request::Pkcs11(request)
            }),
        (1_u32..=3, option::of(text())).prop_map(|(function, identifier)| {
            let mut request = InteropRequest::new(InteropFunction::new(function), "");
            request.interop_identifier = identifier;
            Request::Interop(request)
        }),
        (option::of(certificate_request()), option::of(certificate())).prop_map(
            |(certificate_request, certificate)| {
                let mut request = ReProvisionRequest::default();
                request.certificate_request = certificate_request;
                request.certificate = certificate;
                Request::ReProvision(request)
            }
        ),
    ];
    if version < ProtocolVersion::V2_1 {
        return of_2_0.boxed();
    }
    let handles = vec(octets(), 0..3).prop_map(AsynchronousCorrelationValues::new);
    let of_2_1 = prop_oneof![
        (option::of(handles), option::of(operations(version))).prop_map(|(handles, operations)| {
            let mut request = QueryAsynchronousRequestsRequest::default();
            request.asynchronous_correlation_values = handles;
            request.operations = operations;
            Request::QueryAsynchronousRequests(request)
        }),
        octets().prop_map(|handle| Request::Process(ProcessRequest::new(handle))),
        Just(()).prop_map(|()| Request::Ping(PingRequest::default())),
    ];
    prop_oneof![of_2_0, of_2_1].boxed()
}

fn asynchronous_request(version: ProtocolVersion) -> BoxedStrategy<AsynchronousRequest> {
    let operation = known(Operation::KNOWN, version, Operation::since);
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

/// An answer of one of these operations, of 2.1 too where `version` has them.
pub(crate) fn response(version: ProtocolVersion) -> BoxedStrategy<Response> {
    let of_2_0 = prop_oneof![
        Just(()).prop_map(|()| Response::Log(LogResponse::default())),
        Just(()).prop_map(|()| Response::Logout(LogoutResponse::default())),
        (1_u32..=2).prop_map(|role| {
            Response::SetEndpointRole(SetEndpointRoleResponse::new(EndpointRole::new(role)))
        }),
        (
            option::of(text()),
            function(),
            option::of(octets()),
            option::of(secret())
        )
            .prop_map(|(interface, function, correlation, output)| {
                let mut response = Pkcs11Response::new(function, Pkcs11ReturnCode::CKR_OK);
                response.pkcs_11_interface = interface;
                response.correlation_value = correlation;
                response.pkcs_11_output_parameters = output;
                Response::Pkcs11(response)
            }),
        Just(()).prop_map(|()| Response::Interop(InteropResponse::default())),
        option::of(id(version)).prop_map(|id| {
            Response::ReProvision(
                id.map_or_else(ReProvisionResponse::default, ReProvisionResponse::new),
            )
        }),
    ];
    if version < ProtocolVersion::V2_1 {
        return of_2_0.boxed();
    }
    let of_2_1 = prop_oneof![
        vec(asynchronous_request(version), 0..3).prop_map(|requests| {
            let response = QueryAsynchronousRequestsResponse::new(requests);
            Response::QueryAsynchronousRequests(response)
        }),
        option::of(octets()).prop_map(|handle| {
            let mut response = ProcessResponse::default();
            response.asynchronous_correlation_value = handle;
            Response::Process(response)
        }),
        Just(()).prop_map(|()| Response::Ping(PingResponse::default())),
    ];
    prop_oneof![of_2_0, of_2_1].boxed()
}
