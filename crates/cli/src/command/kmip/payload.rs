//! `strongroom kmip OPERATION` with a Request Payload as the specification writes it.
//!
//! May touch: a file or stdin, stdout, the session.

use strongroom::Class;
use strongroom_client::Session;
use strongroom_kmip::message::{ResponseHeader, ResponseItem};
use strongroom_kmip::{
    Operation, ProtocolVersion, Request, RequestMessage, Response, ResponseMessage,
    UniqueIdentifier, tag,
};
use strongroom_ttlv::{Fields, encode};

use super::super::ttlv;
use super::form::Form;
use super::{failed, show};
use crate::args::PayloadCommand;
use crate::failure::Failure;

/// Sends the operation with the payload that is given, and prints the answer's: the identifiers where
/// objects were made, else the payload in the form of the request.
pub(super) async fn operate(
    session: &mut Session,
    command: &PayloadCommand,
) -> Result<(), Failure> {
    let args = command.args();
    let (form, payload) = Form::read(args.file.as_deref())?;
    let version = session.version();
    let request = request(version, command.operation(), &payload)?;
    let response = session.send(&request).await.map_err(failed)?;
    let made = made(&response);
    if !made.is_empty() && !args.json {
        return show::ids(&made, false);
    }
    let form = if args.json { Form::Json } else { form };
    print(form, version, response)
}

/// The request that has this payload, read as strictly as a server would.
fn request(
    version: ProtocolVersion,
    operation: Operation,
    payload: &[u8],
) -> Result<Request, Failure> {
    let refused = |error: &dyn std::fmt::Display| {
        Failure::new(Class::Input, format!("no payload of {operation}: {error}"))
    };
    let item = Fields::item(payload, &ttlv::LIMITS).map_err(|error| refused(&error))?;
    if item.tag != tag::REQUEST_PAYLOAD {
        let name = tag::name(item.tag).unwrap_or("an unknown item");
        return Err(refused(&format!("it is {name}, not a RequestPayload")));
    }
    let message = encode(|w| {
        w.structure(tag::REQUEST_MESSAGE, |w| {
            w.structure(tag::REQUEST_HEADER, |w| {
                w.structure(tag::PROTOCOL_VERSION, |w| {
                    w.integer(tag::PROTOCOL_VERSION_MAJOR, version.major);
                    w.integer(tag::PROTOCOL_VERSION_MINOR, version.minor);
                });
                w.integer(tag::BATCH_COUNT, 1);
            });
            w.structure(tag::BATCH_ITEM, |w| {
                w.enumeration(tag::OPERATION, operation);
                w.item(&item);
            });
        });
    });
    let message = message.map_err(|error| refused(&error))?;
    let message =
        RequestMessage::decode(&message, &ttlv::LIMITS).map_err(|error| refused(&error))?;
    let only = message.batch.into_iter().next();
    only.map(|item| item.request)
        .ok_or_else(|| refused(&"it is empty"))
}

/// The objects that came to be.
fn made(response: &Response) -> Vec<UniqueIdentifier> {
    match response {
        Response::CreateKeyPair(made) => vec![
            made.private_key_unique_identifier.clone(),
            made.public_key_unique_identifier.clone(),
        ],
        Response::ReKeyKeyPair(made) => vec![
            made.private_key_unique_identifier.clone(),
            made.public_key_unique_identifier.clone(),
        ],
        Response::CreateSplitKey(made) => made.unique_identifiers.clone(),
        Response::DeriveKey(made) => vec![made.unique_identifier.clone()],
        Response::Certify(made) => vec![made.unique_identifier.clone()],
        Response::ReCertify(made) => vec![made.unique_identifier.clone()],
        Response::JoinSplitKey(made) => vec![made.unique_identifier.clone()],
        Response::Import(made) => vec![made.unique_identifier.clone()],
        _ => Vec::new(),
    }
}

/// The answer's payload.
fn print(form: Form, version: ProtocolVersion, response: Response) -> Result<(), Failure> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Failure::new(Class::CheckFailed, format!("the answer: {error}"))
    };
    let item = ResponseItem::success(response);
    let message = ResponseMessage::new(ResponseHeader::new(version, 0), vec![item]);
    let octets = message.encode().map_err(|error| unreadable(&error))?;
    let shown = || {
        let mut fields = Fields::message(tag::RESPONSE_MESSAGE, &octets, &ttlv::LIMITS)?;
        fields.skip()?;
        let mut item = fields.structure(tag::BATCH_ITEM)?;
        while item.peek().is_some_and(|tag| tag != tag::RESPONSE_PAYLOAD) {
            item.skip()?;
        }
        item.next_item()
    };
    match shown().map_err(|error| unreadable(&error))? {
        Some(payload) => form.show(payload.encoded()),
        None => Ok(()),
    }
}
