//! Operations that a server does not do, whatever else is wrong with the request.

use strongroom_kmip::attribute::Name;
use strongroom_kmip::exchange::{
    Exchange, Failure, Handler, ItemContext, RequestOptions, Settings, dispatch,
};
use strongroom_kmip::operation::{
    ActivateRequest, AddAttributeRequest, DeleteAttributeRequest, ModifyAttributeRequest,
};
use strongroom_kmip::{
    Limits, Operation, ProtocolVersion, Request, Response, ResponseMessage, ResultReason,
    ResultStatus,
};

use crate::tree::{self, NOW};

/// Does nothing at all.
#[derive(Default)]
struct Nothing {
    asked: Option<Operation>,
}

impl Handler for Nothing {
    fn admit(&mut self, _: &ItemContext<'_>, operation: Operation) -> Result<(), Failure> {
        let reason = ResultReason::OPERATION_NOT_SUPPORTED;
        Err(Failure::new(reason, operation.to_string()))
    }

    fn handle(&mut self, _: &ItemContext<'_>, request: Request) -> Result<Response, Failure> {
        self.asked = Some(request.operation());
        Err(ResultReason::GENERAL_FAILURE.into())
    }
}

/// The one item of the answer: version, operation, reason.
fn refused(request: &[u8]) -> (i32, Option<Operation>, Option<ResultReason>) {
    let mut nothing = Nothing::default();
    let answer = dispatch(request, &Settings::new(NOW), &mut nothing).unwrap();
    assert_eq!(nothing.asked, None);
    let message = ResponseMessage::decode(&answer, &Limits::default()).unwrap();
    assert_eq!(message.batch.len(), 1);
    let item = message.batch.first().unwrap();
    assert_eq!(item.result_status, ResultStatus::OPERATION_FAILED);
    let version = message.header.protocol_version;
    (version.minor, item.operation, item.result_reason)
}

#[test]
fn an_operation_that_is_not_supported_is_not_asked_for_its_object() {
    let reason = Some(ResultReason::OPERATION_NOT_SUPPORTED);
    for operation in [Operation::RE_KEY, Operation::GET, Operation::ARCHIVE] {
        for minor in 0..=4 {
            let request = tree::plain_request(minor, operation.value(), &[]);
            assert_eq!(refused(&request), (minor, Some(operation), reason));
        }
    }
}

#[test]
fn an_operation_that_the_version_does_not_have_is_not_looked_into() {
    let reason = Some(ResultReason::OPERATION_NOT_SUPPORTED);
    // An Import of 1.4: its fields are unknown to 1.0, so is Log of 2.0 to all, and a vendor's.
    let import = [
        tree::text(0x42_0094, "7"),
        tree::enumeration(0x42_0057, 2),
        tree::boolean(0x42_0104, true),
    ];
    let vendor = Operation::new(0x8000_0001);
    for (operation, payload) in [
        (Operation::IMPORT, &import[..]),
        (Operation::LOG, &[tree::text(0x42_0159, "note")]),
        (vendor, &[tree::integer(0x54_0001, 1)]),
    ] {
        for minor in 0..=3 {
            let request = tree::plain_request(minor, operation.value(), payload);
            assert_eq!(refused(&request), (minor, Some(operation), reason));
        }
    }
}

/// Whether a changing request whose client takes `size` octets is done.
fn done(request: &Request, size: i32, settings: &Settings<'_>) -> bool {
    let options = RequestOptions::default().with_maximum_response_size(size);
    let exchange = Exchange::with_options(ProtocolVersion::V1_4, request, options);
    let mut recorder = Recorder::default();
    dispatch(&exchange.unwrap().1, settings, &mut recorder).unwrap();
    recorder.0
}

#[derive(Default)]
struct Recorder(bool);

impl Handler for Recorder {
    fn handle(&mut self, _: &ItemContext<'_>, _: Request) -> Result<Response, Failure> {
        self.0 = true;
        Err(ResultReason::GENERAL_FAILURE.into())
    }
}

#[test]
fn a_change_is_not_done_when_its_answer_could_be_too_long_for_the_client() {
    let plain = Settings::new(NOW);
    let mut correlated = plain;
    correlated.server_correlation_value = Some("32 octets, more than nothing....");
    let long = "n".repeat(300);
    let activate = Request::Activate(ActivateRequest::new("7"));
    let delete = Request::DeleteAttribute(DeleteAttributeRequest::new("7", "Name"));
    let add = Request::AddAttribute(AddAttributeRequest::new("7", Name::text(&long)));
    let modify = Request::ModifyAttribute(ModifyAttributeRequest::new("7", Name::text(&long)));
    for request in [&activate, &delete] {
        assert!(!done(request, 255, &plain));
        assert!(done(request, 256, &plain));
        // The correlation value comes on top.
        assert!(!done(request, 280, &correlated));
        assert!(done(request, 320, &correlated));
    }
    // The answer repeats the attribute.
    for request in [&add, &modify] {
        assert!(!done(request, 500, &plain));
        assert!(done(request, 1000, &plain));
    }
}

#[test]
fn a_server_correlation_value_is_written_from_1_4_on_in_answers_to_unreadable_requests_too() {
    let mut settings = Settings::new(NOW);
    settings.server_correlation_value = Some("abc");
    let expected = |minor: i32| (minor == 4).then_some("abc");
    for minor in 0..=4 {
        let readable = tree::plain_request(minor, Operation::GET.value(), &[]);
        let broken = tree::plain_request(minor, 0x0A, &[tree::integer(0x42_0094, 1)]);
        for request in [readable, broken] {
            let answer = dispatch(&request, &settings, &mut Nothing::default()).unwrap();
            let message = ResponseMessage::decode(&answer, &Limits::default()).unwrap();
            let found = message.header.server_correlation_value;
            assert_eq!(found.as_deref(), expected(minor), "1.{minor}");
        }
    }
}
