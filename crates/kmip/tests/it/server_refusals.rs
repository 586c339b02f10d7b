//! Operations that a server does not do, whatever else is wrong with the request.

use strongroom_kmip::exchange::{Failure, Handler, ItemContext, Settings, dispatch};
use strongroom_kmip::{
    Limits, Operation, Request, Response, ResponseMessage, ResultReason, ResultStatus,
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
