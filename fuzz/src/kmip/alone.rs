//! Each payload of a message by itself, by the strict reader, in any version.

use std::fmt::Debug;

use strongroom_kmip::{
    EncodeError, Limits, MessageError, Operation, ProtocolVersion, Request, Response, tag,
};
use strongroom_ttlv::{Fields, Tag, Value};

use crate::strategies::VERSIONS;

/// What requests and answers have in common.
pub(super) trait Payload: Debug + Sized {
    const TAG: Tag;
    fn read(of: Operation, version: ProtocolVersion, octets: &[u8]) -> Result<Self, MessageError>;
    fn write(&self, version: ProtocolVersion) -> Result<Vec<u8>, EncodeError>;
    fn operation(&self) -> Operation;
    /// Whether the payload was read, and not only its operation.
    fn is_typed(&self) -> bool;
}

impl Payload for Request {
    const TAG: Tag = tag::REQUEST_PAYLOAD;

    fn read(of: Operation, version: ProtocolVersion, octets: &[u8]) -> Result<Self, MessageError> {
        Self::from_ttlv(of, version, octets, &Limits::DEFAULT)
    }

    fn write(&self, version: ProtocolVersion) -> Result<Vec<u8>, EncodeError> {
        self.to_ttlv(version).map(|octets| octets.to_vec())
    }

    fn operation(&self) -> Operation {
        self.operation()
    }

    fn is_typed(&self) -> bool {
        !matches!(self, Self::Unsupported { .. })
    }
}

impl Payload for Response {
    const TAG: Tag = tag::RESPONSE_PAYLOAD;

    fn read(of: Operation, version: ProtocolVersion, octets: &[u8]) -> Result<Self, MessageError> {
        Self::from_ttlv(of, version, octets, &Limits::DEFAULT)
    }

    fn write(&self, version: ProtocolVersion) -> Result<Vec<u8>, EncodeError> {
        self.to_ttlv(version).map(|octets| octets.to_vec())
    }

    fn operation(&self) -> Operation {
        self.operation()
    }

    fn is_typed(&self) -> bool {
        !matches!(self, Self::Unsupported { .. })
    }
}

/// A message as far as it tells of its payloads.
#[derive(Default)]
struct Message {
    version: Option<ProtocolVersion>,
    /// Operation and payload of each batch item that has both.
    items: Vec<Option<(Operation, Vec<u8>)>>,
}

/// The items of a structure: tag, value, octets.
fn inside<'a>(value: &Value<'a>) -> Vec<(Tag, Value<'a>, &'a [u8])> {
    let Value::Structure(fields) = value else {
        return Vec::new();
    };
    let mut fields = fields.clone();
    let next = std::iter::from_fn(|| fields.next_item().expect("checked before"));
    next.map(|item| {
        let octets = item.encoded();
        (item.tag, item.value, octets)
    })
    .collect()
}

fn message(input: &[u8], payload: Tag) -> Option<Message> {
    let root = Fields::item(input, &Limits::DEFAULT).ok()?;
    let mut message = Message::default();
    for (at, value, _) in inside(&root.value) {
        match at {
            tag::REQUEST_HEADER | tag::RESPONSE_HEADER => {
                message.version = version(&value).or(message.version);
            }
            tag::BATCH_ITEM => message.items.push(item(&value, payload)),
            _ => {}
        }
    }
    Some(message)
}

fn version(header: &Value<'_>) -> Option<ProtocolVersion> {
    let header = inside(header);
    let (_, version, _) = header.iter().find(|part| part.0 == tag::PROTOCOL_VERSION)?;
    let number = |wanted: Tag| {
        let parts = inside(version);
        let mut found = parts.iter().filter(|part| part.0 == wanted);
        match found.next() {
            Some((_, Value::Integer(number), _)) => Some(*number),
            _ => None,
        }
    };
    let major = number(tag::PROTOCOL_VERSION_MAJOR)?;
    Some(ProtocolVersion::new(
        major,
        number(tag::PROTOCOL_VERSION_MINOR)?,
    ))
}

fn item(value: &Value<'_>, payload: Tag) -> Option<(Operation, Vec<u8>)> {
    let parts = inside(value);
    let operation = parts.iter().find_map(|part| match part {
        (tag::OPERATION, Value::Enumeration(number), _) => Some(Operation::new(*number)),
        _ => None,
    });
    let payload = parts.iter().find(|part| part.0 == payload)?;
    Some((operation?, payload.2.to_vec()))
}

/// Reads each payload strictly, and writes and reads again what was read.
pub(super) fn each<P: Payload>(input: &[u8]) {
    let Some(message) = message(input, P::TAG) else {
        return;
    };
    // What is in no version is in none that does not exist.
    let Some(version) = message.version.filter(|version| VERSIONS.contains(version)) else {
        return;
    };
    for (operation, octets) in message.items.into_iter().flatten() {
        match P::read(operation, version, &octets) {
            Ok(payload) if payload.is_typed() => rewritten(version, &payload),
            Ok(_) => {}
            Err(error) => assert!(!format!("{error} {error:?}").is_empty()),
        }
    }
}

fn rewritten<P: Payload>(version: ProtocolVersion, payload: &P) {
    assert!(!format!("{payload:?}").is_empty());
    let written = match payload.write(version) {
        Ok(written) => written,
        Err(error) => return assert!(!format!("{error} {error:?}").is_empty()),
    };
    let again = P::read(payload.operation(), version, &written);
    let again = again.unwrap_or_else(|error| panic!("{error} from {payload:?} in {version}"));
    assert_eq!(again.write(version).expect("written before"), written);
}

/// What the strict reader takes of each payload alone, the message's own reader took as the same
/// operation and typed. (Not always as the same value: a tolerant reader knows items again that are out
/// of order, which the strict one keeps as they are.)
pub(super) fn agree<'p, P: Payload + 'p>(input: &[u8], read: impl Iterator<Item = Option<&'p P>>) {
    let message = message(input, P::TAG).expect("it was read");
    let version = message.version.expect("it was read");
    for (item, read) in message.items.iter().zip(read) {
        let (Some((operation, octets)), Some(read)) = (item, read) else {
            continue;
        };
        let strict = P::read(*operation, version, octets);
        if strict.is_ok_and(|strict| strict.is_typed()) {
            assert!(read.is_typed(), "{operation} in {version}");
            assert_eq!(read.operation(), *operation);
        }
    }
}
