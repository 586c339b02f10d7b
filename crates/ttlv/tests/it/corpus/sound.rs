//! Sound messages, some with vocabulary of later versions, of vendors, or of real servers' mistakes.

use super::{Input, Want};
use crate::build::{
    answer, attribute, bytes, date_time, enumeration, extension, get, get_attributes, header,
    integer, interval, name, one_item, structure, text,
};

pub(super) fn inputs() -> Vec<Input> {
    let all = [answers(), attributes(), operations()].concat();
    all.into_iter()
        .map(|(name, octets)| Input::new(name, octets, Want::Accept))
        .collect()
}

/// Get answers.
fn answers() -> Vec<(&'static str, Vec<u8>)> {
    let correlation = [text(0x0106, "abc")];
    let vendor_item = structure(0x9C, &[integer(0x54_0001, 1)]);
    vec![
        ("ok-get", get(|_| {})),
        (
            "ok-vault-1.0-server-correlation",
            get(|get| get.header = header(1, 0, &correlation)),
        ),
        (
            "ok-v1.4-server-correlation",
            get(|get| get.header = header(1, 4, &correlation)),
        ),
        (
            "ok-vendor-enum-alg",
            get(|get| get.algorithm = enumeration(0x28, 0x8000_0001)),
        ),
        (
            "ok-unknown-tag-in-payload",
            get(|get| get.before_object = integer(0xF0F0, 1)),
        ),
        (
            "ok-vendor-tag-54",
            get(|get| get.after_object = text(0x54_0001, "v")),
        ),
        (
            "ok-msg-extension",
            get(|get| get.extra = extension("acme", 0, vendor_item)),
        ),
        (
            "ok-batch-item-id",
            get(|get| get.operation.extend(bytes(0x93, &[0, 1]))),
        ),
    ]
}

/// Answers to Get Attributes.
fn attributes() -> Vec<(&'static str, Vec<u8>)> {
    let one = |name, value| get_attributes(&[attribute(name, value)]);
    let indexed = [text(0x0A, "Name"), integer(0x09, 0), name(0x0B, "x")];
    vec![
        ("ok-interval-attr", one("Lease Time", interval(0x0B, 3600))),
        (
            "ok-datetime-attr",
            one("Initial Date", date_time(0x0B, 1_700_000_000)),
        ),
        (
            "ok-attr-index",
            get_attributes(&[structure(0x08, &indexed)]),
        ),
        ("ok-custom-attr", one("x-my-attr", text(0x0B, "v"))),
        (
            "ok-unknown-std-attr",
            one("Some Future Attribute", integer(0x0B, 3)),
        ),
    ]
}

/// Answers to other operations, and refusals.
fn operations() -> Vec<(&'static str, Vec<u8>)> {
    let reason = |number, message| {
        [
            enumeration(0x7F, 1),
            enumeration(0x7E, number),
            text(0x7D, message),
        ]
    };
    let future = [vec![enumeration(0x5C, 10)], reason(0x3F, "boom").to_vec()].concat();
    let server = [
        enumeration(0x5C, 1),
        enumeration(0x5C, 10),
        enumeration(0x57, 2),
        text(0x9D, "v"),
        structure(0x88, &[text(0x54_0001, "x")]),
    ];
    vec![
        ("ok-err-reason-future", one_item(&future)),
        ("ok-err-no-operation", one_item(&reason(4, "bad message"))),
        ("ok-locate-empty", answer(8, &[])),
        ("ok-query-serverinfo", answer(24, &server)),
    ]
}
