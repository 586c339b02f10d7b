//! The client's side of operations that the server answers later: Poll and Cancel.

use strongroom_kmip::enumeration::{AsynchronousIndicator, CancellationResult};
use strongroom_kmip::exchange::{Mismatch, RequestOptions};
use strongroom_kmip::operation::{ActivateRequest, CancelRequest, PollRequest};
use strongroom_kmip::{
    Exchange, ExchangeError, Limits, Operation, ProtocolVersion, Request, RequestMessage, Response,
};

use crate::tree;

const V1_2: ProtocolVersion = ProtocolVersion::V1_2;
const ACTIVATE: u32 = 0x12;
const CANCEL: u32 = 0x19;
const POLL: u32 = 0x1A;
const LATER: &[u8] = b"later";

/// An answer of one item.
fn answer(operation: u32, status: u32, rest: &[u8]) -> Vec<u8> {
    let fields = [
        tree::enumeration(0x42_005C, operation),
        tree::enumeration(0x42_007F, status),
        rest.to_vec(),
    ];
    let items = [
        tree::response_header(2, 1),
        tree::structure(0x42_000F, &fields),
    ];
    tree::structure(0x42_007B, &items)
}

fn named(id: &str) -> Vec<u8> {
    tree::structure(0x42_007C, &[tree::text(0x42_0094, id)])
}

fn polled() -> Exchange {
    let options =
        RequestOptions::default().with_asynchronous_indicator(AsynchronousIndicator::OPTIONAL);
    let request = Request::Activate(ActivateRequest::new("7"));
    let (exchange, bytes) = Exchange::with_options(V1_2, &request, options).unwrap();
    let message = RequestMessage::decode(&bytes, &Limits::default()).unwrap();
    let indicator = message.header.asynchronous_indicator;
    assert_eq!(indicator, Some(AsynchronousIndicator::OPTIONAL));

    let pending = answer(ACTIVATE, 2, &tree::bytes(0x42_0006, LATER));
    let error = exchange.finish(&pending).unwrap_err();
    let ExchangeError::Pending {
        asynchronous_correlation_value: value,
        ..
    } = error
    else {
        unreachable!("{error}");
    };
    let (poll, bytes) = exchange.poll(value).unwrap();
    let expected = tree::plain_request(2, POLL, &[tree::bytes(0x42_0006, LATER)]);
    assert_eq!(bytes.as_slice(), expected);
    poll
}

#[test]
fn the_answer_to_a_poll_is_that_of_the_polled_operation() {
    let poll = polled();
    assert_eq!(poll.operation(), Operation::ACTIVATE);
    let response = poll.finish(&answer(ACTIVATE, 0, &named("7"))).unwrap();
    assert!(matches!(response, Response::Activate(_)));

    // Another object, another operation, and a success that bears Poll: not the answer.
    let error = poll.finish(&answer(ACTIVATE, 0, &named("8"))).unwrap_err();
    assert!(matches!(
        error,
        ExchangeError::Mismatch(Mismatch::UniqueIdentifier { .. })
    ));
    for (code, found) in [(0x14, Operation::DESTROY), (POLL, Operation::POLL)] {
        let error = poll.finish(&answer(code, 0, &named("7"))).unwrap_err();
        let asked = Operation::ACTIVATE;
        let mismatch = Mismatch::Operation { asked, found };
        assert_eq!(error, ExchangeError::Mismatch(mismatch));
    }
}

#[test]
fn a_poll_may_find_the_operation_pending_or_failed_under_either_name() {
    let poll = polled();
    for code in [ACTIVATE, POLL] {
        let again = answer(code, 2, &tree::bytes(0x42_0006, b"again"));
        let error = poll.finish(&again).unwrap_err();
        let ExchangeError::Pending {
            operation,
            asynchronous_correlation_value: value,
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!(
            (operation, value.as_slice()),
            (Operation::ACTIVATE, &b"again"[..])
        );

        let absent = answer(code, 1, &tree::enumeration(0x42_007E, 1));
        assert!(poll.finish(&absent).unwrap_err().is_not_found());
    }
    let other = answer(0x14, 1, &tree::enumeration(0x42_007E, 1));
    let error = poll.finish(&other).unwrap_err();
    assert!(matches!(error, ExchangeError::Mismatch(_)), "{error}");
}

#[test]
fn a_poll_without_its_first_request_takes_the_answer_of_any_operation() {
    let request = Request::Poll(PollRequest::new(LATER.to_vec()));
    let (poll, _) = Exchange::new(V1_2, &request).unwrap();
    let response = poll.finish(&answer(ACTIVATE, 0, &named("7"))).unwrap();
    assert!(matches!(response, Response::Activate(_)));
    let error = poll.finish(&answer(POLL, 0, &named("7"))).unwrap_err();
    assert!(matches!(error, ExchangeError::Mismatch(_)), "{error}");
}

#[test]
fn a_cancellation_is_of_the_operation_that_was_named() {
    let request = Request::Cancel(CancelRequest::new(LATER.to_vec()));
    let (cancel, _) = Exchange::new(V1_2, &request).unwrap();
    let cancelled = |value: &[u8]| {
        let fields = [
            tree::bytes(0x42_0006, value),
            tree::enumeration(0x42_0012, 1),
        ];
        answer(CANCEL, 0, &tree::structure(0x42_007C, &fields))
    };
    let Response::Cancel(response) = cancel.finish(&cancelled(LATER)).unwrap() else {
        panic!("another operation");
    };
    assert_eq!(response.cancellation_result, CancellationResult::CANCELED);
    let error = cancel.finish(&cancelled(b"other")).unwrap_err();
    assert_eq!(error, ExchangeError::Mismatch(Mismatch::CorrelationValue));
}

#[test]
fn what_was_undone_is_not_an_answer() {
    let request = Request::Activate(ActivateRequest::new("7"));
    let (exchange, _) = Exchange::new(V1_2, &request).unwrap();
    let error = exchange
        .finish(&answer(ACTIVATE, 3, &named("7")))
        .unwrap_err();
    let words = "the server refused Activate: Operation Undone";
    assert_eq!(error.to_string(), words);
}
