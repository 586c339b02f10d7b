//! Inputs that made other decoders crash, hang or accept nonsense, and the verdict on the
//! bytes that each must get: a message with a wrong meaning is no fault at this layer.

use strongroom_ttlv::{DecodeErrorKind as Kind, Fields, ItemType, Limits, Value, validate};

use crate::build::{
    Get, attribute, boolean, bytes, date_time, deep, enumeration, get_attributes, header, integer,
    interval, raw, structure, text,
};

/// What the checker says under default limits.
fn verdict(message: &[u8]) -> Result<(), Kind> {
    validate(message, &Limits::DEFAULT).map_err(|error| error.kind)
}

fn get(change: impl FnOnce(&mut Get)) -> Vec<u8> {
    let mut get = Get::new();
    change(&mut get);
    get.message()
}

/// A Message Extension (KMIP 1.0, 6.14) around `extension`.
fn vendor_extension(critical: u64, extension: Vec<u8>) -> Vec<u8> {
    get(|get| {
        let items = [text(0x9D, "acme"), boolean(0x26, critical), extension];
        get.extra = structure(0x51, &items);
    })
}

fn one_item(items: &[Vec<u8>]) -> Vec<u8> {
    structure(0x7B, &[header(1, 2, &[]), structure(0x0F, items)])
}

#[test]
fn valid_messages_of_any_vocabulary_are_accepted() {
    let name = structure(0x0B, &[text(0x55, "x"), enumeration(0x54, 1)]);
    let correlation = text(0x0106, "abc");
    let cases = [
        ("get", Get::new().message(), 312),
        (
            "a 1.4 field in a 1.0 answer",
            get(|get| get.header = header(1, 0, std::slice::from_ref(&correlation))),
            328,
        ),
        (
            "interval",
            get_attributes(&[attribute("Lease Time", interval(0x0B, 3600))]),
            232,
        ),
        (
            "date",
            get_attributes(&[attribute("Initial Date", date_time(0x0B, 1_700_000_000))]),
            232,
        ),
        (
            "attribute index",
            get_attributes(&[structure(
                0x08,
                &[text(0x0A, "Name"), integer(0x09, 0), name],
            )]),
            264,
        ),
        (
            "unknown attribute",
            get_attributes(&[attribute("Some Future Attribute", integer(0x0B, 3))]),
            240,
        ),
        (
            "future reason",
            one_item(&[
                enumeration(0x5C, 10),
                enumeration(0x7F, 1),
                enumeration(0x7E, 0x3F),
                text(0x7D, "boom"),
            ]),
            160,
        ),
        (
            "error without operation",
            one_item(&[
                enumeration(0x7F, 1),
                enumeration(0x7E, 4),
                text(0x7D, "bad message"),
            ]),
            152,
        ),
        (
            "unknown tag in the payload",
            get(|get| get.before_object = integer(0xF0F0, 1)),
            328,
        ),
        (
            "message extension",
            vendor_extension(0, structure(0x9C, &[integer(0x54_0001, 1)])),
            376,
        ),
        (
            "empty payload",
            one_item(&[
                enumeration(0x5C, 8),
                enumeration(0x7F, 0),
                structure(0x7C, &[]),
            ]),
            136,
        ),
    ];
    for (what, message, len) in cases {
        assert_eq!(message.len(), len, "{what}");
        assert_eq!(verdict(&message), Ok(()), "{what}");
    }
}

#[test]
fn wrong_meaning_in_sound_bytes_is_left_to_the_typed_layer() {
    let cases = [
        ("id as integer", get(|get| get.uid = integer(0x94, 5))),
        (
            "status as integer",
            get(|get| get.status = integer(0x7F, 0)),
        ),
        (
            "key as text",
            get(|get| get.material = text(0x43, &"a".repeat(32))),
        ),
        ("status twice", get(|get| get.extra = enumeration(0x7F, 1))),
        ("no status", get(|get| get.status = Vec::new())),
        ("no key", get(|get| get.material = Vec::new())),
        ("batch count -1", get(|get| get.header = header(-1, 2, &[]))),
        (
            "batch count max",
            get(|get| get.header = header(i32::MAX, 2, &[])),
        ),
    ];
    for (what, message) in cases {
        assert_eq!(verdict(&message), Ok(()), "{what}");
    }
}

#[test]
fn unsound_bytes_are_refused_each_for_its_own_reason() {
    let padded = [crate::build::UID.as_bytes(), &[0xEE; 4]].concat();
    let key: Vec<u8> = (0..32).collect();
    let bad = |item_type, length| Kind::BadLength { item_type, length };
    let length = |field: &'static [u8]| {
        move |item_type: u8, len: u32| get(|get| get.length = raw(0x2A, item_type, len, field))
    };
    let cases: Vec<(&str, Vec<u8>, Kind)> = vec![
        (
            "pad enum",
            get(|get| get.operation = raw(0x5C, 5, 4, &[0, 0, 0, 10, 255, 255, 255, 255])),
            Kind::NonZeroPadding,
        ),
        (
            "pad text",
            get(|get| get.uid = raw(0x94, 7, 36, &padded)),
            Kind::NonZeroPadding,
        ),
        (
            "bool 2",
            vendor_extension(2, structure(0x9C, &[])),
            Kind::BadBoolean,
        ),
        (
            "int len 8",
            length(&[0, 0, 1, 0, 0, 0, 0, 0])(2, 8),
            bad(ItemType::Integer, 8),
        ),
        (
            "int len 2",
            length(&[1, 0])(2, 2),
            bad(ItemType::Integer, 2),
        ),
        ("int len 0", length(&[])(2, 0), bad(ItemType::Integer, 0)),
        (
            "enum len 0",
            get(|get| get.status = raw(0x7F, 5, 0, &[])),
            bad(ItemType::Enumeration, 0),
        ),
        (
            "date len 4",
            get(|get| {
                let date = raw(0x92, 9, 4, &[0, 0, 0, 1]);
                get.header = structure(0x7A, &[date, integer(0x0D, 1)]);
            }),
            bad(ItemType::DateTime, 4),
        ),
        (
            "utf8",
            get(|get| get.uid = raw(0x94, 7, 36, &[0xFF, 0xFE].repeat(18))),
            Kind::NotUtf8,
        ),
        (
            "type 0",
            length(&[0, 0, 1, 0])(0, 4),
            Kind::UnknownType { code: 0 },
        ),
        (
            "type 0F",
            length(&[0, 0, 1, 0])(0x0F, 4),
            Kind::UnknownType { code: 0x0F },
        ),
        (
            "trailing garbage",
            [Get::new().message(), [0xDE, 0xAD, 0xBE, 0xEF].repeat(4)].concat(),
            Kind::TrailingBytes { count: 16 },
        ),
        ("empty", Vec::new(), Kind::Empty),
        (
            "8 octets that claim 4 GiB",
            raw(0x7B, 1, u32::MAX - 7, &[]),
            Kind::BeyondEnd {
                length: u32::MAX - 7,
                left: 0,
            },
        ),
        (
            "8 octets that claim an odd length",
            raw(0x7B, 1, u32::MAX, &[]),
            bad(ItemType::Structure, u32::MAX),
        ),
        (
            "length plus padding overflows 32 bits",
            get(|get| get.material = raw(0x43, 8, 0xFFFF_FFFB, &key)),
            Kind::BeyondEnd {
                length: 0xFFFF_FFFB,
                left: 32,
            },
        ),
    ];
    for (what, message, kind) in cases {
        assert_eq!(verdict(&message), Err(kind), "{what}");
    }
}

#[test]
fn claimed_lengths_are_compared_with_what_is_there() {
    for length in [u32::MAX, 0x7FFF_FFF8, 0x03FF_FFF8] {
        let uid = crate::build::UID.as_bytes();
        let message = get(|get| get.uid = raw(0x94, 7, length, uid));
        let left = 152;
        assert_eq!(verdict(&message), Err(Kind::BeyondEnd { length, left }));
    }
}

#[test]
fn a_child_may_not_leave_its_parent() {
    let mut message = Get::new().message();
    message[4..8].copy_from_slice(&0x120_u32.to_be_bytes());
    let error = validate(&message, &Limits::DEFAULT).unwrap_err();
    let (length, left) = (216, 200);
    assert_eq!(error.kind, Kind::BeyondEnd { length, left });
    assert_eq!(error.path.to_string(), "42007B/42000F");
}

#[test]
fn depth_bombs_end_at_the_limit() {
    let wide = Limits::DEFAULT.with_message_len(usize::MAX);
    for levels in [33, 10_000, 100_000, 1_000_000] {
        let bombs = [
            deep(0x7B, levels),
            get_attributes(&[attribute("x-deep", deep(0x0B, levels))]),
            get(|get| get.before_object = deep(0xF0F0, levels)),
            vendor_extension(0, deep(0x9C, levels)),
        ];
        for bomb in bombs {
            let error = validate(&bomb, &wide).unwrap_err();
            assert_eq!(error.kind, Kind::TooDeep { limit: 32 });
            assert!(error.path.tags().len() <= 33);
            let error = validate(&bomb, &wide.with_depth(usize::MAX));
            if levels > 64 {
                assert_eq!(error.unwrap_err().kind, Kind::TooDeep { limit: 64 });
            }
        }
    }
    assert_eq!(verdict(&deep(0x7B, 32)), Ok(()));
}

#[test]
fn a_million_items_end_at_the_limit_and_pass_when_it_is_raised() {
    let tiny = structure(0x0F, &[enumeration(0x7F, 0)]);
    let batch = structure(0x7B, &[header(1_000_000, 2, &[]), tiny.repeat(1_000_000)]);
    let attributes = get_attributes(&[structure(0x08, &[]).repeat(1_000_000)]);
    for message in [batch, attributes] {
        let (len, limit) = (message.len(), 1 << 20);
        assert_eq!(verdict(&message), Err(Kind::MessageTooLong { len, limit }));
        let wide = Limits::DEFAULT.with_message_len(usize::MAX);
        let error = validate(&message, &wide).unwrap_err();
        assert_eq!(error.kind, Kind::TooManyItems { limit: 4096 });
        assert!(error.kind.is_limit());
        assert_eq!(validate(&message, &wide.with_items(usize::MAX)), Ok(()));
    }
}

#[test]
fn long_strings_end_at_their_limits() {
    let long = "a".repeat(65_537);
    let (len, limit) = (65_537, 65_536);
    assert_eq!(
        verdict(&text(0x94, &long)),
        Err(Kind::TextTooLong { len, limit })
    );
    assert_eq!(verdict(&text(0x94, &long[1..])), Ok(()));
    let limits = Limits::DEFAULT.with_bytes_len(16);
    let (len, limit) = (17, 16);
    let error = validate(&bytes(0x43, &[7; 17]), &limits).unwrap_err();
    assert_eq!(error.kind, Kind::BytesTooLong { len, limit });
    let big = raw(0x52, 4, 24, &[0; 24]);
    let error = validate(&big, &limits).unwrap_err();
    assert_eq!(error.kind, Kind::BytesTooLong { len: 24, limit });
}

#[test]
fn an_accepted_bomb_is_read_and_dropped_without_recursion() {
    let message = deep(0x08, 64);
    let item = Fields::item(&message, &Limits::FORMAT).unwrap();
    let mut value = item.value;
    let mut levels = 0;
    while let Value::Structure(mut fields) = value {
        levels += 1;
        let Some(item) = fields.next_item().unwrap() else {
            break;
        };
        value = item.value;
    }
    assert_eq!(levels, 64);
}
