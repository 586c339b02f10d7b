//! Messages captured from PyKMIP 0.11.0 and its client: typed, and written back octet for octet.
//!
//! Reads the folder `pykmip-wire` under `STRONGROOM_KMIP_DATA`; says so when that is unset.

#![expect(
    clippy::print_stderr,
    reason = "a skipped test must say that it was skipped"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use strongroom_kmip::{
    Limits, ProtocolVersion, Request, RequestMessage, Response, ResponseMessage,
};
use strongroom_ttlv::{Fields, encode};

/// Requests that must be refused, each with words of the refusal.
const REFUSED: &[(&str, &str)] = &[
    ("probe-18-op-RNGRetrieve-empty.req", "expected 4200C4"),
    ("probe-19-op-RNGSeed-empty.req", "expected 4200C2"),
    ("probe-20-op-Hash-empty.req", "expected 42002B"),
    (
        "probe-10-op-GetUsageAllocation-empty.req",
        "420096 is missing",
    ),
    ("probe-14-op-Cancel-empty.req", "expected 420006"),
    ("probe-15-op-Poll-empty.req", "expected 420006"),
    (
        "probe-22-op-CreateSplitKey-empty.req",
        "expected 420057, found 420094",
    ),
    (
        "probe-23-op-JoinSplitKey-empty.req",
        "expected 420057, found 420094",
    ),
    ("probe-24-op-Import-empty.req", "420057 is missing"),
    (
        "probe-02-op-ReKeyKeyPair-empty.req",
        "unexpected further item 420094",
    ),
    ("probe-06-op-AddAttribute-empty.req", "420008 is missing"),
    ("probe-07-op-ModifyAttribute-empty.req", "420008 is missing"),
    ("probe-17-op-Put-empty.req", "420070 is missing"),
    ("probe-26-v3.0.req", "protocol version 3.0 is not supported"),
    // PyKMIP's client asks for what the version of its own message does not have.
    (
        "010-v1.0-locate-offset.req",
        "field Offset Items (4200D4) does not exist here",
    ),
    (
        "057-v1.1-locate-offset.req",
        "field Offset Items (4200D4) does not exist here",
    ),
    (
        "104-v1.2-locate-offset.req",
        "field Offset Items (4200D4) does not exist here",
    ),
    (
        "021-v1.0-get-wrapped-nokey.req",
        "field Encoding Option (4200A3) does not exist here",
    ),
    (
        "024-v1.0-get-wrapped.req",
        "field Encoding Option (4200A3) does not exist here",
    ),
    // PyKMIP's client keeps the Template-Attribute of 1.x.
    ("284-v2.0-rekey.req", "unexpected further item 420091"),
    (
        "285-v2.0-rekey-offset.req",
        "unexpected further item 420091",
    ),
    ("probe-28-v1.9.req", "protocol version 1.9 is not supported"),
    (
        "probe-31-batch-no-ids.req",
        "item 0 of a batch has no Unique Batch Item ID",
    ),
    (
        "probe-35-batch-count-mismatch.req",
        "counts 5 batch items, the message holds 1",
    ),
    ("probe-54-revoke-no-reason.req", "420081 is missing"),
    (
        "probe-57-extra-field-in-payload.req",
        "unexpected further item 540001",
    ),
    ("probe-58-trunc-len.req", "unknown item type 0x00"),
    ("probe-59-garbage.req", "unknown item type 0x20"),
    (
        "probe-60-bad-padding.req",
        "Integer of 4278190084 octets, must have 4",
    ),
];

/// Requests that are read and must not be written again: PyKMIP's client asks for what the
/// version of its own message does not have.
const NOT_WRITTEN: &[(&str, &str)] = &[(
    "002-v1.0-discover-versions.req",
    "Discover Versions does not exist in KMIP 1.0",
)];

/// Responses that are written without what came after their version: an Encoding Option (1.1)
/// in a 1.0 Get.
const GATED: &[&str] = &["024-v1.0-get-wrapped.resp"];

pub(crate) fn captures(direction: &str) -> Option<BTreeMap<String, Vec<u8>>> {
    let Some(data) = std::env::var_os("STRONGROOM_KMIP_DATA") else {
        eprintln!("skipped: STRONGROOM_KMIP_DATA is not set");
        return None;
    };
    let folder = PathBuf::from(data).join("pykmip-wire");
    let mut captures = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).expect("the folder pykmip-wire") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(name) = name.strip_suffix(".hex") else {
            continue;
        };
        if name.ends_with(direction) {
            let text = std::fs::read_to_string(&path).expect("a capture");
            captures.insert(name.to_owned(), octets(text.trim()));
        }
    }
    assert!(captures.len() > 370, "only {} captures", captures.len());
    Some(captures)
}

fn octets(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn words_for<'a>(table: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    table
        .iter()
        .find_map(|(listed, words)| (*listed == name).then_some(*words))
}

#[test]
fn requests_are_typed_and_written_back() {
    let Some(captures) = captures(".req") else {
        return;
    };
    let mut written = 0;
    for (name, bytes) in &captures {
        let message = match RequestMessage::decode(bytes, &Limits::default()) {
            Ok(message) => message,
            Err(error) => {
                let words = words_for(REFUSED, name).unwrap_or_else(|| panic!("{name}: {error}"));
                assert!(error.to_string().contains(words), "{name}: {error}");
                continue;
            }
        };
        assert!(words_for(REFUSED, name).is_none(), "{name} is accepted");
        let untyped = |request: &Request| matches!(request, Request::Unsupported { .. });
        if message.batch.iter().any(|item| untyped(&item.request)) {
            continue;
        }
        match message.encode() {
            Ok(again) => assert_eq!(again.as_slice(), bytes, "{name}"),
            Err(error) => {
                let words =
                    words_for(NOT_WRITTEN, name).unwrap_or_else(|| panic!("{name}: {error}"));
                assert!(error.to_string().contains(words), "{name}: {error}");
                continue;
            }
        }
        assert!(words_for(NOT_WRITTEN, name).is_none(), "{name} is written");
        written += 1;
    }
    assert_eq!(written, 350);
}

#[test]
fn responses_are_typed_and_written_back() {
    let Some(captures) = captures(".resp") else {
        return;
    };
    let mut written = 0;
    for (name, bytes) in &captures {
        let message = match ResponseMessage::decode(bytes, &Limits::default()) {
            Ok(message) => message,
            Err(error) => panic!("{name}: {error}"),
        };
        let untyped = |response: &Option<Box<Response>>| {
            matches!(response.as_deref(), Some(Response::Unsupported { .. }))
        };
        if message.batch.iter().any(|item| untyped(&item.response)) {
            continue;
        }
        let again = message
            .encode()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let gated = GATED.contains(&name.as_str());
        assert_eq!(again.as_slice() == bytes, !gated, "{name}");
        written += usize::from(!gated);
    }
    assert_eq!(written, 378);
}

/// Captures whose header names a version that does not have their fields, or that no one knows,
/// each with the version whose rules they follow.
const BY_OTHER_RULES: &[(&str, ProtocolVersion)] = &[
    ("002-v1.0-discover-versions.req", ProtocolVersion::V1_1),
    ("010-v1.0-locate-offset.req", ProtocolVersion::V1_3),
    ("057-v1.1-locate-offset.req", ProtocolVersion::V1_3),
    ("104-v1.2-locate-offset.req", ProtocolVersion::V1_3),
    ("021-v1.0-get-wrapped-nokey.req", ProtocolVersion::V1_1),
    ("024-v1.0-get-wrapped.req", ProtocolVersion::V1_1),
    ("024-v1.0-get-wrapped.resp", ProtocolVersion::V1_1),
    ("284-v2.0-rekey.req", ProtocolVersion::V1_4),
    ("285-v2.0-rekey-offset.req", ProtocolVersion::V1_4),
    ("probe-26-v3.0.req", ProtocolVersion::V2_1),
    ("probe-28-v1.9.req", ProtocolVersion::V1_4),
];

#[test]
fn captures_with_fields_of_another_version_are_typed_by_its_rules() {
    let Some(mut captures) = captures(".req") else {
        return;
    };
    captures.extend(self::captures(".resp").unwrap());
    let limits = Limits::default();
    for (name, rules) in BY_OTHER_RULES {
        let bytes = &captures[*name];
        let again = if name.ends_with(".resp") {
            let message = ResponseMessage::decode(bytes, &limits).unwrap();
            message.encode_by(*rules)
        } else {
            let message = RequestMessage::decode_by(*rules, bytes, &limits)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            message.encode_by(*rules)
        };
        assert_eq!(again.unwrap().as_slice(), bytes, "{name}");
    }
}

/// The three captures that are no TTLV, each with the place and the reason of the refusal.
const BAD: [(&str, &str); 3] = [
    ("probe-58-trunc-len.req", "unknown item type 0x00"),
    ("probe-59-garbage.req", "unknown item type 0x20"),
    (
        "probe-60-bad-padding.req",
        "Integer of 4278190084 octets, must have 4",
    ),
];

/// What is not typed is still TTLV: each of these comes back item by item.
#[test]
fn captures_that_are_no_kmip_go_through_the_item_tree() {
    let Some(mut captures) = captures(".req") else {
        return;
    };
    captures.extend(self::captures(".resp").unwrap());
    let tables = [REFUSED, NOT_WRITTEN];
    let refused = tables.iter().flat_map(|table| table.iter());
    let names = refused.map(|(name, _)| *name).chain(GATED.iter().copied());
    let mut through_the_tree = 0;
    let by_other_rules = |name: &&str| BY_OTHER_RULES.iter().any(|(other, _)| other == name);
    for name in names.filter(|name| !by_other_rules(name)) {
        let bytes = &captures[name];
        match Fields::item(bytes, &Limits::default()) {
            Ok(item) => {
                let again = encode(|out| out.item(&item)).unwrap();
                assert_eq!(again.as_slice(), bytes, "{name}");
                through_the_tree += 1;
            }
            Err(error) => {
                let words = words_for(&BAD, name).unwrap_or_else(|| panic!("{name}: {error}"));
                let error = error.to_string();
                assert!(
                    error.contains(words) && error.contains("at byte"),
                    "{error}"
                );
            }
        }
    }
    assert_eq!(through_the_tree, 17);
}
