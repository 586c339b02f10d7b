//! Small messages with one fault each: of their octets, or of what they mean.

use strongroom_ttlv::{DecodeErrorKind as Kind, ItemType};

use super::{Input, Want};
use crate::build::{
    Get, UID, enumeration, extension, get, header, integer, key, raw, structure, text, version,
};

pub(super) fn inputs() -> Vec<Input> {
    let octets = [padding_and_values(), types_and_lengths(), claims()].concat();
    let refused = octets
        .into_iter()
        .map(|(name, octets, kind)| Input::new(name, octets, Want::Refuse(kind)));
    let accepted = meaning()
        .into_iter()
        .map(|(name, octets)| Input::new(name, octets, Want::Accept));
    refused.chain(accepted).collect()
}

type Refused = (&'static str, Vec<u8>, Kind);

fn padding_and_values() -> Vec<Refused> {
    let odd_enum = raw(0x5C, 5, 4, &[0, 0, 0, 10, 255, 255, 255, 255]);
    let odd_text = raw(0x94, 7, 36, &[UID.as_bytes(), &[0xEE; 4]].concat());
    let no_text = raw(0x94, 7, 36, &[0xFF, 0xFE].repeat(18));
    let critical_2 = extension("acme", 2, structure(0x9C, &[]));
    vec![
        (
            "bad-pad-enum",
            get(|get| get.operation = odd_enum),
            Kind::NonZeroPadding,
        ),
        (
            "bad-pad-text",
            get(|get| get.uid = odd_text),
            Kind::NonZeroPadding,
        ),
        (
            "bad-bool-2",
            get(|get| get.extra = critical_2),
            Kind::BadBoolean,
        ),
        ("bad-utf8", get(|get| get.uid = no_text), Kind::NotUtf8),
        (
            "bad-trailing-garbage",
            [get(|_| {}), [0xDE, 0xAD, 0xBE, 0xEF].repeat(4)].concat(),
            Kind::TrailingBytes { count: 16 },
        ),
        ("bad-empty", Vec::new(), Kind::Empty),
    ]
}

fn types_and_lengths() -> Vec<Refused> {
    let bad = |item_type, length| Kind::BadLength { item_type, length };
    let length = |code, length, value: &[u8]| {
        let item = raw(0x2A, code, length, value);
        get(|get| get.length = item)
    };
    let date = raw(0x92, 9, 4, &[0, 0, 0, 1]);
    let dated = structure(0x7A, &[version(2), date, integer(0x0D, 1)]);
    vec![
        (
            "bad-int-len8",
            length(2, 8, &[0, 0, 1, 0, 0, 0, 0, 0]),
            bad(ItemType::Integer, 8),
        ),
        (
            "bad-int-len2",
            length(2, 2, &[1, 0]),
            bad(ItemType::Integer, 2),
        ),
        ("bad-int-len0", length(2, 0, &[]), bad(ItemType::Integer, 0)),
        (
            "bad-enum-len0",
            get(|get| get.status = raw(0x7F, 5, 0, &[])),
            bad(ItemType::Enumeration, 0),
        ),
        (
            "bad-date-len4",
            get(|get| get.header = dated),
            bad(ItemType::DateTime, 4),
        ),
        (
            "bad-type-0",
            length(0, 4, &[0, 0, 1, 0]),
            Kind::UnknownType { code: 0 },
        ),
        (
            "bad-type-0f",
            length(0x0F, 4, &[0, 0, 1, 0]),
            Kind::UnknownType { code: 0x0F },
        ),
    ]
}

/// Lengths that claim more than is there. 152 octets follow the header of the Unique Identifier
/// in its payload.
fn claims() -> Vec<Refused> {
    let beyond = |length, left| Kind::BeyondEnd { length, left };
    let odd = Kind::BadLength {
        item_type: ItemType::Structure,
        length: u32::MAX,
    };
    let uid = |length| {
        let octets = get(|get| get.uid = raw(0x94, 7, length, UID.as_bytes()));
        (octets, beyond(length, 152))
    };
    let outer = |length: u32| {
        let mut octets = Get::new().message();
        octets[4..8].copy_from_slice(&length.to_be_bytes());
        octets
    };
    let (all_ones, all_ones_kind) = uid(u32::MAX);
    let (half, half_kind) = uid(0x7FFF_FFF8);
    let (megabytes, megabytes_kind) = uid(0x03FF_FFF8);
    let wraps = raw(0x43, 8, 0xFFFF_FFFB, &key());
    vec![
        ("bad-len-ffffffff-top", outer(u32::MAX), odd),
        ("bad-child-overruns-parent", outer(0x120), beyond(216, 200)),
        ("bad-len-ffffffff-text", all_ones, all_ones_kind),
        ("bad-len-7ffffff8-text", half, half_kind),
        ("bad-len-64M-text", megabytes, megabytes_kind),
        (
            "bad-len-fffffffb-bytes",
            get(|get| get.material = wraps),
            beyond(0xFFFF_FFFB, 32),
        ),
        (
            "bad-just-8-bytes-struct-ffffffff",
            raw(0x7B, 1, u32::MAX, &[]),
            odd,
        ),
    ]
}

/// Sound octets that say something wrong.
fn meaning() -> Vec<(&'static str, Vec<u8>)> {
    let count = |count| get(|get| get.header = header(count, 2, &[]));
    vec![
        ("bad-uid-as-int", get(|get| get.uid = integer(0x94, 5))),
        (
            "bad-len-as-long",
            get(|get| get.length = raw(0x2A, 3, 8, &256_u64.to_be_bytes())),
        ),
        (
            "bad-status-as-int",
            get(|get| get.status = integer(0x7F, 0)),
        ),
        (
            "bad-key-as-text",
            get(|get| get.material = text(0x43, &"a".repeat(32))),
        ),
        (
            "bad-dup-status",
            get(|get| get.extra = enumeration(0x7F, 1)),
        ),
        (
            "bad-dup-uid",
            get(|get| get.uid.extend(text(0x94, "other"))),
        ),
        ("bad-missing-status", get(|get| get.status = Vec::new())),
        (
            "bad-missing-keymaterial",
            get(|get| get.material = Vec::new()),
        ),
        ("bad-batchcount-5-vs-1", count(5)),
        ("bad-batchcount-neg", count(-1)),
        ("bad-batchcount-2^31", count(i32::MAX)),
    ]
}
