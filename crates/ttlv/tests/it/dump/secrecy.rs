//! No octet of a hidden value leaves the crate by a dump, whatever octet of the message is damaged.

use proptest::prelude::*;
use strongroom_ttlv::{dump, dump_hex};

use super::shown_octets;
use crate::build::{
    boolean, bytes, date_time, enumeration, header, integer, interval, raw, structure, text,
};

/// What hidden values are made of; nothing else in the messages has these octets.
const KEY: u8 = 0xB5;
const PASSWORD: &str = "uquququququququququququq";
const NUMBER: i32 = i32::from_be_bytes([KEY; 4]);
const LONG: i64 = i64::from_be_bytes([KEY; 8]);

fn is_secret(octet: u8) -> bool {
    octet == KEY || PASSWORD.as_bytes().contains(&octet)
}

fn symmetric_key() -> Vec<u8> {
    let material = bytes(0x43, &[KEY; 32]);
    let block = [
        enumeration(0x42, 1),
        structure(0x45, &[material]),
        enumeration(0x28, 3),
        integer(0x2A, 256),
    ];
    structure(0x8F, &[structure(0x40, &block)])
}

/// Key Material as a structure of every type.
fn private_key() -> Vec<u8> {
    let material = [
        raw(0x51, 4, 24, &[KEY; 24]),
        bytes(0x1F, &[KEY; 13]),
        text(0x1C, PASSWORD),
        integer(0x6C, NUMBER),
        raw(0x6D, 3, 8, &LONG.to_be_bytes()),
        enumeration(0x61, NUMBER.cast_unsigned()),
        date_time(0x62, LONG),
        interval(0x63, NUMBER.cast_unsigned()),
        boolean(0x64, 1),
        structure(0x65, &[text(0x66, PASSWORD), integer(0x67, NUMBER)]),
    ];
    let value = structure(0x45, &[structure(0x43, &material), text(0x0A, "x-name")]);
    structure(0x64, &[structure(0x40, &[enumeration(0x42, 10), value])])
}

fn credential() -> Vec<u8> {
    let value = [text(0x99, PASSWORD), text(0xA1, PASSWORD)];
    let credential = [enumeration(0x24, 1), structure(0x25, &value)];
    structure(0x0C, &[structure(0x23, &credential)])
}

/// A request with secrets of every sort, and harmless items between them.
fn message() -> Vec<u8> {
    let item = |operation, payload: &[Vec<u8>]| {
        let items = [
            enumeration(0x5C, operation),
            bytes(0x93, &[1; 8]),
            structure(0x79, payload),
        ];
        structure(0x0F, &items)
    };
    let opaque = [enumeration(0x59, 1), bytes(0x5A, &[KEY; 20])];
    let items = [
        header(3, 2, &[credential()]),
        item(
            3,
            &[enumeration(0x57, 2), text(0x94, "an-id"), symmetric_key()],
        ),
        item(
            3,
            &[enumeration(0x57, 4), private_key(), text(0x94, "another")],
        ),
        item(
            3,
            &[
                text(0x94, "the-third-id-24-octets!!"),
                structure(0x4E, &opaque),
            ],
        ),
        item(31, &[text(0x94, "the-last"), bytes(0xC2, &[KEY; 8])]),
        text(0x7D, "the end"),
    ];
    structure(0x78, &items)
}

/// Whether `text` says octets of a hidden value: as they are, in hexadecimal or in decimal.
fn text_tells(text: &str) -> bool {
    let patterns = ["B5B5", "b5b5", "0xB5", "uq", "qu"];
    let numbers = text.split(|c: char| !c.is_ascii_digit() && c != '-');
    patterns.iter().any(|pattern| text.contains(pattern))
        || numbers
            .filter(|digits| digits.len() > 4)
            .filter_map(|digits| digits.parse::<i64>().ok())
            .any(|number| format!("{number:x}").contains("b5b5"))
}

/// Whether the octets that `hex` shows are some of a hidden value.
fn hex_tells(hex: &str) -> bool {
    let octets = hex.split("error").next().unwrap();
    [" b5", " 75", " 71"]
        .iter()
        .any(|cell| octets.contains(cell))
}

#[test]
fn the_sound_message_shows_all_but_its_secrets() {
    let message = message();
    let secrets = message.iter().filter(|octet| is_secret(**octet)).count();
    let hex = dump_hex(&message);
    assert!(secrets > 200 && !hex_tells(&hex), "{hex}");
    // Hidden too: ids of batch items, and what is small in secret items.
    let hidden = message.len() - shown_octets(&hex).len();
    assert!((secrets..secrets + 64).contains(&hidden), "{hidden}");
    let text = dump(&message);
    assert!(!text_tells(&text), "{text}");
    assert!(
        text.contains("the end") && !text.contains("error"),
        "{text}"
    );
}

#[test]
fn the_patterns_would_be_found() {
    let value = [
        text(0x0A, PASSWORD),
        integer(0x0B, NUMBER),
        raw(0x0C, 3, 8, &LONG.to_be_bytes()),
        enumeration(0x0D, NUMBER.cast_unsigned()),
        interval(0x0E, NUMBER.cast_unsigned()),
    ];
    for item in value {
        assert!(text_tells(&dump(&item)), "{}", dump(&item));
        assert!(hex_tells(&dump_hex(&item)), "{}", dump_hex(&item));
    }
    assert!(text_tells("00000000 error: unknown item type 0xB5"));
    assert!(text_tells("00000000 B5B5B5 Integer 4: 1"));
}

/// Fails if a dump of `damaged` tells a secret.
#[track_caller]
fn check(damaged: &[u8]) {
    let (hex, text) = (dump_hex(damaged), dump(damaged));
    assert!(!hex_tells(&hex), "{text}\n{hex}");
    assert!(!text_tells(&text), "{text}\n{hex}");
}

#[test]
fn no_damaged_octet_makes_a_dump_tell_a_secret() {
    let message = message();
    let codes = [0, 1, 2, 7, 8, 0x28, 0xFF];
    for at in 0..message.len() {
        let flips = (0..8).map(|bit| message[at] ^ (1 << bit));
        for value in flips.chain(codes) {
            if value != message[at] && !is_secret(value) {
                let mut damaged = message.clone();
                damaged[at] = value;
                check(&damaged);
            }
        }
    }
}

/// With the length of the whole put right, so that the walk gets as far as it can.
fn in_one_structure(mut message: Vec<u8>) -> Vec<u8> {
    message.resize(message.len().next_multiple_of(8).max(8), 0);
    let length = u32::try_from(message.len() - 8).unwrap();
    message[4..8].copy_from_slice(&length.to_be_bytes());
    message
}

#[test]
fn no_word_that_is_lost_or_doubled_makes_a_dump_tell_a_secret() {
    let message = message();
    for at in (8..message.len()).step_by(8) {
        let lost = [&message[..at], &message[at + 8..]].concat();
        let doubled = [&message[..at + 8], &message[at..]].concat();
        for damaged in [lost, doubled, message[..at].to_vec()] {
            check(&in_one_structure(damaged.clone()));
            check(&damaged);
        }
    }
}

proptest! {
    /// Octets lost in the middle, as a buffer that is too small loses them.
    #[test]
    fn no_gap_makes_a_dump_tell_a_secret(at in 8_usize..1400, len in 1_usize..200) {
        let message = message();
        let at = at.min(message.len());
        let after = (at + len).min(message.len());
        check(&[&message[..at], &message[after..]].concat());
    }
}
