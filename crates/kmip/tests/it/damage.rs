//! Damage to a request and to a response: each kind by its cause, and every bit.

use strongroom_kmip::{Limits, MessageError, ProtocolVersion, RequestMessage, ResponseMessage};
use strongroom_ttlv::DecodeErrorKind;

use crate::tree;

fn register() -> Vec<u8> {
    tree::psmdb_request(3, &tree::psmdb_register_payload(&[0xA5; 32]))
}

/// Where `pattern` stands in `message`.
fn find(message: &[u8], pattern: &[u8]) -> usize {
    message
        .windows(pattern.len())
        .position(|window| window == pattern)
        .unwrap()
}

fn kind(error: &MessageError) -> Option<DecodeErrorKind> {
    match error {
        MessageError::Ttlv(error) => Some(error.kind),
        _ => None,
    }
}

#[test]
fn damage_of_the_encoding_is_named_by_its_cause() {
    let format = find(&register(), b"\x42\x00\x42\x05");
    let material = find(&register(), b"\x42\x00\x43\x08");
    // (what is broken, octet to change, new value, the name of the error's kind)
    let cases: &[(&str, usize, u8, &str)] = &[
        ("the message's tag", 2, 0x7B, "UnexpectedTag"),
        ("the message's length is short", 7, 0xA0, "BeyondEnd"),
        ("the message's length is long", 7, 0xF0, "BeyondEnd"),
        ("the header's tag", 10, 0x78, "UnexpectedTag"),
        ("an unknown type", 11, 0x0C, "UnknownType"),
        (
            "a type that does not fit the tag",
            format + 3,
            0x02,
            "WrongType",
        ),
        (
            "an enumeration of five octets",
            format + 7,
            0x05,
            "BadLength",
        ),
        (
            "padding of an enumeration",
            format + 15,
            0x01,
            "NonZeroPadding",
        ),
        (
            "an unknown field in the key block",
            format + 2,
            0x43,
            "UnexpectedTag",
        ),
        ("key material as a text", material + 3, 0x07, "NotUtf8"),
        (
            "key material one octet longer",
            material + 7,
            0x21,
            "BeyondEnd",
        ),
    ];
    for (what, at, octet, expected) in cases {
        let mut bytes = register();
        bytes[*at] = *octet;
        let error = RequestMessage::decode(&bytes, &Limits::default()).unwrap_err();
        let kind = kind(&error).unwrap_or_else(|| panic!("{what}: {error}"));
        let name = format!("{kind:?}");
        assert!(name.starts_with(expected), "{what}: {name}");
    }
}

#[test]
fn messages_that_break_a_rule_are_named_by_it() {
    let batch = |count: i32, ids: &[Option<&[u8]>]| {
        let header = [tree::version(0), tree::integer(0x42_000D, count)];
        let mut fields = vec![tree::structure(0x42_0077, &header)];
        for id in ids {
            let mut item = vec![tree::enumeration(0x42_005C, 0x18)];
            item.extend(id.map(|id| tree::bytes(0x42_0093, id)));
            item.push(tree::structure(0x42_0079, &[]));
            fields.push(tree::structure(0x42_000F, &item));
        }
        tree::structure(0x42_0078, &fields)
    };
    let version = |major, minor| {
        let mut bytes = tree::plain_request(minor, 0x18, &[]);
        bytes[35] = major;
        bytes
    };
    let extended = |critical| {
        let extension = [
            tree::text(0x42_009D, "vendor"),
            tree::boolean(0x42_0026, critical),
            tree::structure(0x42_009C, &[]),
        ];
        let item = [
            tree::enumeration(0x42_005C, 0x18),
            tree::structure(0x42_0079, &[]),
            tree::structure(0x42_0051, &extension),
        ];
        let header = [tree::version(0), tree::integer(0x42_000D, 1)];
        let fields = [
            tree::structure(0x42_0077, &header),
            tree::structure(0x42_000F, &item),
        ];
        tree::structure(0x42_0078, &fields)
    };
    let unsupported = |major, minor| MessageError::UnsupportedVersion {
        found: ProtocolVersion::new(major, minor),
    };
    let count = |claimed, found| MessageError::BatchCount { claimed, found };
    let cases = [
        (batch(0, &[]), count(0, 0)),
        (batch(2, &[None]), count(2, 1)),
        (batch(-1, &[None]), count(-1, 1)),
        (
            batch(2, &[Some(b"a"), None]),
            MessageError::MissingBatchItemId { index: 1 },
        ),
        (
            batch(2, &[Some(b"a"), Some(b"a")]),
            MessageError::DuplicateBatchItemId { index: 1 },
        ),
        (version(3, 0), unsupported(3, 0)),
        (version(1, 5), unsupported(1, 5)),
        (version(0, 0), unsupported(0, 0)),
    ];
    for (bytes, expected) in cases {
        let error = RequestMessage::decode(&bytes, &Limits::default()).unwrap_err();
        assert_eq!(error, expected);
    }
    for bytes in [
        batch(1, &[None]),
        batch(2, &[Some(b"a"), Some(b"b")]),
        extended(false),
        // Kept, and refused by the server's side.
        extended(true),
    ] {
        RequestMessage::decode(&bytes, &Limits::default()).unwrap();
    }
}

#[test]
fn an_index_below_zero_is_refused() {
    let attribute = [
        tree::text(0x42_000A, "State"),
        tree::integer(0x42_0009, -1),
        tree::enumeration(0x42_000B, 1),
    ];
    let bytes = tree::plain_request(0, 8, &[tree::structure(0x42_0008, &attribute)]);
    let error = RequestMessage::decode(&bytes, &Limits::default()).unwrap_err();
    let expected = MessageError::Range {
        field: "Attribute Index",
        found: -1,
    };
    assert_eq!(error, expected);
}

#[test]
fn any_flipped_bit_of_a_request_is_refused_or_means_just_what_is_written() {
    let good = register();
    let mut accepted = 0;
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(message) = RequestMessage::decode(&bytes, &Limits::default()) {
            accepted += 1;
            // Values of later versions are not written in this one; everything else is kept.
            if let Ok(again) = message.encode() {
                assert_eq!(again.as_slice(), bytes, "bit {bit}");
            }
        }
    }
    // Values may change unseen (there is no checksum in TTLV); structure may not.
    assert!((500..1500).contains(&accepted), "{accepted}");
}

#[test]
fn no_flipped_bit_and_no_cut_of_a_response_panics() {
    let payload = [
        tree::enumeration(0x42_0057, 2),
        tree::text(0x42_0094, "7"),
        tree::symmetric_key(&[0xA5; 32], &[]),
    ];
    let good = tree::response(0, 0x0A, &payload);
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let _ = ResponseMessage::decode(&bytes, &Limits::default());
    }
    for len in 0..good.len() {
        assert!(ResponseMessage::decode(&good[..len], &Limits::default()).is_err());
    }
}
