//! Targets of strongroom-kmip.

mod alone;
mod planned;
mod text;

pub use text::kmip_text;

use strongroom_kmip::exchange::{Failure, Handler, ItemContext, Settings, dispatch};
use strongroom_kmip::operation::GetRequest;
use strongroom_kmip::{
    Exchange, Limits, MessageError, ProtocolVersion, Request, RequestMessage, Response,
    ResponseMessage, ResultReason,
};
use strongroom_ttlv::validate;

use crate::{See, Seen};

/// The first octet of a plan; no message begins so.
pub(crate) const PLAN: u8 = b'P';

/// A server that can do nothing.
struct Refuse;

impl Handler for Refuse {
    fn handle(&mut self, _: &ItemContext<'_>, request: Request) -> Result<Response, Failure> {
        let reason = ResultReason::OPERATION_NOT_SUPPORTED;
        Err(Failure::new(reason, format!("{:?}", request.operation())))
    }
}

/// Any octets as a request: there is always a sound answer, and what was read can be written
/// and read again; each payload alone too, in any version. What begins with [`PLAN`] is a plan for
/// a request: it comes back as it was made, and is then damaged.
pub fn kmip_request(input: &[u8], see: See<'_>) {
    match input.split_first() {
        Some((&PLAN, plan)) => planned::request(plan, see),
        _ => request(input, see),
    }
}

/// The same for answers.
pub fn kmip_response(input: &[u8], see: See<'_>) {
    match input.split_first() {
        Some((&PLAN, plan)) => planned::response(plan, see),
        _ => response(input, see),
    }
}

fn request(input: &[u8], see: See<'_>) {
    let answer = dispatch(input, &Settings::new(0), &mut Refuse).expect("there is an answer");
    validate(&answer, &Limits::DEFAULT).expect("the answer is sound");
    ResponseMessage::decode(&answer, &Limits::DEFAULT).expect("the answer is a response");

    alone::each::<Request>(input);
    let message = match RequestMessage::decode(input, &Limits::DEFAULT) {
        Ok(message) => message,
        Err(error) => return refused(&error, see),
    };
    let read = message.batch.iter().map(|item| Some(&item.request));
    alone::agree(input, read);
    assert!(!format!("{message:?}").is_empty());
    let Ok(written) = message.encode() else {
        return;
    };
    let again = RequestMessage::decode(&written, &Limits::DEFAULT).expect("written by us");
    assert_eq!(*again.encode().expect("written before"), *written);
}

fn response(input: &[u8], see: See<'_>) {
    let get = Request::Get(GetRequest::new("fb4b5b9c-6188-4c63-8142-fe9c328129fc"));
    let (exchange, _) = Exchange::new(ProtocolVersion::V1_2, &get).expect("a sound request");
    match exchange.finish(input) {
        Ok(response) => assert!(!format!("{response:?}").is_empty()),
        Err(error) => assert!(!format!("{error} {error:?}").is_empty()),
    }

    alone::each::<Response>(input);
    let message = match ResponseMessage::decode(input, &Limits::DEFAULT) {
        Ok(message) => message,
        Err(error) => return refused(&error, see),
    };
    let read = message.batch.iter().map(|item| item.response.as_deref());
    alone::agree(input, read);
    assert!(!format!("{message:?}").is_empty());
    let Ok(written) = message.encode() else {
        return;
    };
    let again = ResponseMessage::decode(&written, &Limits::DEFAULT).expect("written by us");
    assert_eq!(*again.encode().expect("written before"), *written);
}

fn refused(error: &MessageError, see: See<'_>) {
    if let MessageError::Ttlv(error) = error {
        see(Seen::Decode(error.kind));
    }
}
