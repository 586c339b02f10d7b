//! One octet damaged, one rule broken: the kind, the offset and the path that must be reported.

use strongroom_ttlv::{DecodeErrorKind as Kind, ItemType, Limits, Tag, validate};

use crate::build::{Get, raw, structure};

/// What the checker says to the 312 octets of a Get answer after `damage`.
fn refusal(damage: impl FnOnce(&mut Vec<u8>)) -> (Kind, usize, String) {
    let mut message = Get::new().message();
    damage(&mut message);
    let error = validate(&message, &Limits::DEFAULT).unwrap_err();
    (error.kind, error.offset, error.path.to_string())
}

/// Offset of the item with this tag (low octet) in the Get answer.
fn find(tag: u8) -> usize {
    let message = Get::new().message();
    let at = message.windows(3).position(|w| w == [0x42, 0, tag]);
    at.unwrap()
}

#[test]
fn each_rule_has_its_kind_its_offset_and_its_path() {
    let (uid, operation) = (find(0x94), find(0x5C));
    let in_payload = "42007B/42000F/42007C/420094";
    let cases: [(&str, usize, u8, Kind, usize, &str); 9] = [
        (
            "text padding",
            uid + 8 + 39,
            1,
            Kind::NonZeroPadding,
            uid,
            in_payload,
        ),
        (
            "enumeration padding",
            operation + 12,
            1,
            Kind::NonZeroPadding,
            operation,
            "42007B/42000F/42005C",
        ),
        (
            "type code 0",
            uid + 3,
            0,
            Kind::UnknownType { code: 0 },
            uid,
            in_payload,
        ),
        (
            "type code 0C",
            uid + 3,
            0x0C,
            Kind::UnknownType { code: 0x0C },
            uid,
            in_payload,
        ),
        (
            "enumeration of 8 octets",
            operation + 7,
            8,
            Kind::BadLength {
                item_type: ItemType::Enumeration,
                length: 8,
            },
            operation,
            "42007B/42000F/42005C",
        ),
        (
            "structure of 7 octets",
            7,
            0x2F,
            Kind::BadLength {
                item_type: ItemType::Structure,
                length: 0x12F,
            },
            0,
            "42007B",
        ),
        (
            "text past its structure",
            uid + 5,
            1,
            Kind::BeyondEnd {
                length: 0x1_0024,
                left: 152,
            },
            uid,
            in_payload,
        ),
        (
            "invalid UTF-8",
            uid + 8,
            0xFF,
            Kind::NotUtf8,
            uid,
            in_payload,
        ),
        (
            "message shorter than it says",
            7,
            0x38,
            Kind::BeyondEnd {
                length: 0x138,
                left: 304,
            },
            0,
            "42007B",
        ),
    ];
    for (what, at, octet, kind, offset, path) in cases {
        let found = refusal(|message| message[at] = octet);
        assert_eq!(found, (kind, offset, path.to_owned()), "{what}");
    }
}

#[test]
fn ends_of_the_message_have_their_kinds() {
    assert_eq!(
        refusal(|message| message.clear()),
        (Kind::Empty, 0, "no tag".to_owned())
    );
    assert_eq!(
        refusal(|message| message.truncate(7)),
        (Kind::Truncated { left: 7 }, 0, "no tag".to_owned())
    );
    assert_eq!(
        refusal(|message| message.extend([0xDE; 16])),
        (Kind::TrailingBytes { count: 16 }, 312, "no tag".to_owned())
    );
    // The header structure says 8 octets less: a header's worth is left in the message.
    let (kind, offset, path) = refusal(|message| message[15] -= 8);
    assert_eq!((kind, offset), (Kind::BeyondEnd { length: 4, left: 0 }, 72));
    assert_eq!(path, "42007B/42007A/42000D");
}

#[test]
fn boolean_of_2_is_refused() {
    let message = crate::build::boolean(0x26, 2);
    let error = validate(&message, &Limits::DEFAULT).unwrap_err();
    assert_eq!(error.kind, Kind::BadBoolean);
    for at in 8..16 {
        let mut message = crate::build::boolean(0x26, 0);
        message[at] = 0x80;
        let error = validate(&message, &Limits::DEFAULT).unwrap_err();
        assert_eq!(error.kind, Kind::BadBoolean, "octet {at}");
    }
}

#[test]
fn big_integer_lengths_are_positive_multiples_of_8() {
    for (length, fits) in [(0, false), (4, false), (8, true), (12, false), (16, true)] {
        let value = vec![0; usize::try_from(length).unwrap()];
        let message = raw(0x20, 4, length, &value);
        let item_type = ItemType::BigInteger;
        let expected = match fits {
            true => Ok(()),
            false => Err(Kind::BadLength { item_type, length }),
        };
        let found = validate(&message, &Limits::DEFAULT).map_err(|error| error.kind);
        assert_eq!(found, expected, "{length}");
    }
}

#[test]
fn the_error_text_says_what_where_and_no_value() {
    let mut message = Get::new().message();
    message[find(0x94) + 8] = 0xFF;
    let error = validate(&message, &Limits::DEFAULT).unwrap_err();
    assert_eq!(
        error.to_string(),
        "text is not UTF-8 at byte 152 of the message (42007B/42000F/42007C/420094)"
    );
    assert_eq!(error.within(), Some(Tag::new(0x42_007C)));
}

#[test]
fn every_bit_of_padding_must_be_zero() {
    let strings = (1..=16).flat_map(|len| [(7, len), (8, len)]);
    for (code, len) in strings.chain([(2, 4), (5, 4), (10, 4)]) {
        let item = raw(0x54_0001, code, len, &vec![b'a'; len as usize]);
        let message = structure(0x7B, &[item]);
        assert_eq!(validate(&message, &Limits::DEFAULT), Ok(()));
        let first = 16 + len as usize;
        for (at, bit) in (first..message.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
            let mut damaged = message.clone();
            damaged[at] |= 1 << bit;
            let error = validate(&damaged, &Limits::DEFAULT).unwrap_err();
            let found = (error.kind, error.offset);
            assert_eq!(found, (Kind::NonZeroPadding, 8), "{code} {len} {at} {bit}");
        }
    }
}
