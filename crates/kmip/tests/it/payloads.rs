//! One payload at a time: known answers both ways, the published cases, round trips, versions.

#![expect(
    clippy::panic,
    reason = "helpers of tests: a failure here is a failing test"
)]

use std::fmt::Debug;

use strongroom_kmip::text::from_xml;
use strongroom_kmip::{
    Element, EncodeError, Limits, MessageError, Operation, ProtocolVersion, Request, Response,
};
use strongroom_ttlv::{Fields, Tag, Value};

use crate::{cases, tree};

/// Every version, oldest first.
pub(crate) use crate::strategies::VERSIONS;

/// The versions that have all of these operations.
pub(crate) fn versions_of(operations: &[Operation]) -> Vec<ProtocolVersion> {
    let has = |version: &ProtocolVersion| {
        operations
            .iter()
            .all(|operation| version.has(operation.versions()))
    };
    VERSIONS.into_iter().filter(has).collect()
}

/// The payload that these items make, read in `version`; it must be written back the same.
pub(crate) fn request(
    version: ProtocolVersion,
    operation: Operation,
    items: &[Vec<u8>],
) -> Request {
    let bytes = tree::structure(0x42_0079, items);
    let request = Request::from_ttlv(operation, version, &bytes, &Limits::default()).unwrap();
    assert_eq!(request.operation(), operation);
    assert_eq!(request.to_ttlv(version).unwrap().as_slice(), bytes);
    request
}

/// As [`request`], for an answer.
pub(crate) fn response(
    version: ProtocolVersion,
    operation: Operation,
    items: &[Vec<u8>],
) -> Response {
    let bytes = tree::structure(0x42_007C, items);
    let response = Response::from_ttlv(operation, version, &bytes, &Limits::default()).unwrap();
    assert_eq!(response.operation(), operation);
    assert_eq!(response.to_ttlv(version).unwrap().as_slice(), bytes);
    response
}

/// Why a request of these items is refused in `version`.
pub(crate) fn refusal(
    version: ProtocolVersion,
    operation: Operation,
    items: &[Vec<u8>],
) -> MessageError {
    let bytes = tree::structure(0x42_0079, items);
    Request::from_ttlv(operation, version, &bytes, &Limits::default()).unwrap_err()
}

/// Both forms of a payload, so that one property serves requests and answers.
pub(crate) trait Payload: Debug + Sized {
    fn try_write(&self, version: ProtocolVersion) -> Result<Vec<u8>, EncodeError>;

    fn write(&self, version: ProtocolVersion) -> Vec<u8> {
        self.try_write(version).unwrap()
    }

    fn read_again(&self, version: ProtocolVersion, bytes: &[u8]) -> Self;
}

impl Payload for Request {
    fn try_write(&self, version: ProtocolVersion) -> Result<Vec<u8>, EncodeError> {
        self.to_ttlv(version).map(|bytes| bytes.to_vec())
    }

    fn read_again(&self, version: ProtocolVersion, bytes: &[u8]) -> Self {
        Self::from_ttlv(self.operation(), version, bytes, &Limits::default()).unwrap()
    }
}

impl Payload for Response {
    fn try_write(&self, version: ProtocolVersion) -> Result<Vec<u8>, EncodeError> {
        self.to_ttlv(version).map(|bytes| bytes.to_vec())
    }

    fn read_again(&self, version: ProtocolVersion, bytes: &[u8]) -> Self {
        Self::from_ttlv(self.operation(), version, bytes, &Limits::default()).unwrap()
    }
}

/// Written in `version` and read strictly, the payload is the same, and so are its octets.
pub(crate) fn comes_back(version: ProtocolVersion, payload: &impl Payload) {
    let bytes = payload.write(version);
    let again = payload.read_again(version, &bytes);
    assert_eq!(format!("{again:?}"), format!("{payload:?}"));
    assert_eq!(again.write(version), bytes);
}

/// Fields after the operation's first version, in the order of the wire: tag, first version.
pub(crate) type Later = &'static [(u32, ProtocolVersion)];

/// A request with every field set names, in each version that lacks one, the first one lacking.
pub(crate) fn a_field_too_new_is_named(request: &Request, later: Later) {
    for version in versions_of(&[request.operation()]) {
        let lacking = later.iter().find(|(_, first)| *first > version);
        match (request.to_ttlv(version), lacking) {
            (Ok(bytes), None) => assert!(later.iter().all(|(tag, _)| holds(&bytes, *tag))),
            (
                Err(EncodeError::NotInVersion {
                    what,
                    version: in_version,
                }),
                Some((tag, _)),
            ) => {
                assert_eq!(what, Element::Tag(Tag::new(*tag)), "{request:?}");
                assert_eq!(in_version, version);
            }
            (outcome, _) => panic!("{version}: {outcome:?} of {request:?}"),
        }
    }
}

/// An answer with every field set holds in each version what that version has, and no more.
pub(crate) fn a_field_too_new_is_left_out(response: &Response, later: Later) {
    for version in versions_of(&[response.operation()]) {
        let bytes = response.to_ttlv(version).unwrap();
        for (tag, first) in later {
            let there = holds(&bytes, *tag);
            assert_eq!(there, *first <= version, "{version} {tag:#x} {response:?}");
        }
        // And a strict reader of that version takes it.
        Response::from_ttlv(response.operation(), version, &bytes, &Limits::default()).unwrap();
    }
}

/// Whether an item `tag` stands anywhere in these octets.
pub(crate) fn holds(bytes: &[u8], tag: u32) -> bool {
    fn walk(mut fields: Fields<'_>, tag: Tag) -> bool {
        while let Some(item) = fields.next_item().unwrap() {
            let inside = match item.value {
                Value::Structure(inner) => walk(inner, tag),
                _ => false,
            };
            if item.tag == tag || inside {
                return true;
            }
        }
        false
    }
    let item = Fields::item(bytes, &Limits::default()).unwrap();
    match item.value {
        Value::Structure(fields) => walk(fields, Tag::new(tag)),
        _ => false,
    }
}

/// An operation, and whether a request.
pub(crate) type Found = (Operation, bool);

/// One batch item of a published message.
struct Published {
    operation: Operation,
    version: ProtocolVersion,
    is_request: bool,
    payload: Vec<u8>,
}

/// Every payload of these operations in the published cases is typed and written back octet for
/// octet. Gives each one's operation and whether it is a request; `None` where there is no data.
pub(crate) fn published_payloads_come_back(operations: &[Operation]) -> Option<Vec<Found>> {
    published_payloads_but(&[], operations)
}

/// As [`published_payloads_come_back`], but for `exceptions`: the message, and words of the error
/// that it must give.
pub(crate) fn published_payloads_but(
    exceptions: &[(&str, &str)],
    operations: &[Operation],
) -> Option<Vec<Found>> {
    let mut left = exceptions.to_vec();
    let mut found = Vec::new();
    let mut wrong = Vec::new();
    for case in cases::all()? {
        let bytes = from_xml(&case.xml, &Limits::default()).unwrap();
        for item in items(&bytes) {
            if !operations.contains(&item.operation) {
                continue;
            }
            if let Err(error) = typed(&item) {
                let known = |(name, words): &(&str, &str)| {
                    *name == case.name.as_str() && error.contains(words)
                };
                match left.iter().position(known) {
                    Some(index) => drop(left.swap_remove(index)),
                    None => wrong.push(format!("{} {}: {error}", case.name, item.operation)),
                }
            }
            found.push((item.operation, item.is_request));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(left.is_empty(), "no exceptions any more: {left:?}");
    Some(found)
}

fn typed(item: &Published) -> Result<(), String> {
    let limits = Limits::default();
    let (operation, version) = (item.operation, item.version);
    let words = |error: &dyn std::fmt::Display| error.to_string();
    let again = if item.is_request {
        Request::from_ttlv(operation, version, &item.payload, &limits)
            .map_err(|error| words(&error))?
            .to_ttlv(version)
    } else {
        Response::from_ttlv(operation, version, &item.payload, &limits)
            .map_err(|error| words(&error))?
            .to_ttlv(version)
    };
    if again.map_err(|error| words(&error))?.as_slice() == item.payload {
        return Ok(());
    }
    Err("is written otherwise".to_owned())
}

/// The batch items of a message that have an operation and a payload.
fn items(message: &[u8]) -> Vec<Published> {
    let root = Fields::item(message, &Limits::default()).unwrap();
    let is_request = root.tag == Tag::new(0x42_0078);
    let mut version = ProtocolVersion::V1_0;
    let mut found = Vec::new();
    for item in children(&root.value) {
        if matches!(item.tag.value(), 0x42_0077 | 0x42_007A) {
            version = version_of(&item.value);
        }
        if item.tag.value() != 0x42_000F {
            continue;
        }
        let mut operation = None;
        for field in children(&item.value) {
            match (field.tag.value(), &field.value) {
                (0x42_005C, Value::Enumeration(code)) => operation = Some(Operation::new(*code)),
                (0x42_0079 | 0x42_007C, _) => {
                    let payload = strongroom_ttlv::encode(|out| out.item(&field)).unwrap();
                    let payload = payload.to_vec();
                    found.extend(operation.map(|operation| Published {
                        operation,
                        version,
                        is_request,
                        payload,
                    }));
                }
                _ => {}
            }
        }
    }
    found
}

fn children<'a>(value: &Value<'a>) -> Vec<strongroom_ttlv::Item<'a>> {
    let mut found = Vec::new();
    if let Value::Structure(fields) = value {
        let mut fields = fields.clone();
        while let Some(item) = fields.next_item().unwrap() {
            found.push(item);
        }
    }
    found
}

fn version_of(header: &Value<'_>) -> ProtocolVersion {
    let protocol = children(header);
    let numbers = children(&protocol.first().unwrap().value);
    let [Value::Integer(major), Value::Integer(minor)] = [
        &numbers.first().unwrap().value,
        &numbers.last().unwrap().value,
    ] else {
        panic!("a Protocol Version of {numbers:?}");
    };
    ProtocolVersion::new(*major, *minor)
}
