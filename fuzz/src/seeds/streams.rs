//! Streams, each behind the octets that say in which pieces it arrives and what is expected.

use super::Named;
use crate::build;

const REQUESTS_AND_ANSWERS: u8 = 0x10;
const LIMIT_64: u8 = 0x20;

pub(super) fn all() -> Named {
    let get = build::get(|_| {});
    let empty = build::structure(0x7B, &[]);
    let half = get.get(..50).unwrap_or_default();
    let answers = |pieces| stream(REQUESTS_AND_ANSWERS, pieces, &[&get, &empty, &get]);
    vec![
        ("one-message", stream(0, &[7], &[&get])),
        ("whole", answers(&[])),
        ("octet-by-octet", answers(&[1])),
        ("uneven-pieces", answers(&[8, 0, 3, 200])),
        ("half-a-message", stream(0, &[5], &[&get, half])),
        ("half-a-header", stream(0, &[2], &[&get, b"\x42\x00\x7B"])),
        (
            "other-protocol",
            stream(0, &[3], &[b"GET / HTTP/1.1\r\n\r\n"]),
        ),
        (
            "another-tag",
            stream(REQUESTS_AND_ANSWERS, &[1], &[&get, b"\x16\x03\x01\x01"]),
        ),
        (
            "too-long",
            stream(0, &[8], &[&get, &build::raw(0x7B, 1, 0x7FFF_FFF8, &[])]),
        ),
        ("above-64", stream(LIMIT_64, &[9], &[&empty, &get])),
        (
            "odd-length",
            stream(0, &[2], &[&build::raw(0x7B, 1, 7, &[])]),
        ),
    ]
}

fn stream(how: u8, pieces: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let count = u8::try_from(pieces.len()).expect("a few");
    [&[how | count], pieces, &parts.concat()].concat()
}
