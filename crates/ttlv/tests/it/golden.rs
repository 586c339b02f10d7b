//! 20 sound messages with every item type among them, built by the plain encoder of these tests:
//! requests, answers, and shapes that no server would send.

use crate::build::{
    self, UID, answer, attribute, big_integer, boolean, bytes, date_time, date_time_extended, deep,
    enumeration, extension, get, get_attributes, integer, interval, key, long_integer, name,
    one_item, structure, text, version,
};

/// All of them, first the few of [`build::golden`].
pub(crate) fn golden() -> Vec<Vec<u8>> {
    let mut messages = build::golden();
    messages.extend([
        create(),
        request(10, &[text(0x94, UID), enumeration(0x42, 1)]),
        locate(),
        answer(8, &["1", "22", UID].map(|id| text(0x94, id))),
        register(),
        with_password(),
        revoke(),
        refusal(),
        answer(24, &server_information()),
        wrapped(),
        batch(),
        get_attributes(&usage()),
        answer(10, &[rsa_public_key()]),
        big_integer(0x52, &[0xFF; 24]),
        deep(0x08, 32),
        empties(),
        every_padding(),
    ]);
    messages
}

/// A request of one operation: no Time Stamp.
fn request(operation: u32, payload: &[Vec<u8>]) -> Vec<u8> {
    request_of(&[version(4)], operation, payload)
}

fn request_of(header: &[Vec<u8>], operation: u32, payload: &[Vec<u8>]) -> Vec<u8> {
    let header = structure(0x77, &[header.to_vec(), vec![integer(0x0D, 1)]].concat());
    let item = [enumeration(0x5C, operation), structure(0x79, payload)];
    structure(0x78, &[header, structure(0x0F, &item)])
}

fn create() -> Vec<u8> {
    let template = [
        attribute("Cryptographic Algorithm", enumeration(0x0B, 3)),
        attribute("Cryptographic Length", integer(0x0B, 256)),
        attribute("Cryptographic Usage Mask", integer(0x0B, 12)),
    ];
    request(1, &[enumeration(0x57, 2), structure(0x91, &template)])
}

fn locate() -> Vec<u8> {
    let named = attribute("Name", name(0x0B, "mongodb-master-key"));
    request(8, &[integer(0x4F, 10), named])
}

fn register() -> Vec<u8> {
    let block = [
        enumeration(0x42, 1),
        structure(0x45, &[bytes(0x43, &key())]),
        enumeration(0x28, 3),
        integer(0x2A, 256),
    ];
    let template = [attribute("x-owner", text(0x0B, "node 7"))];
    let key = structure(0x8F, &[structure(0x40, &block)]);
    request(3, &[enumeration(0x57, 2), structure(0x91, &template), key])
}

/// Activate, by a user who says name and password.
fn with_password() -> Vec<u8> {
    let value = structure(0x25, &[text(0x99, "node"), text(0xA1, "secret")]);
    let credential = structure(0x23, &[enumeration(0x24, 1), value]);
    let header = [version(1), structure(0x0C, &[credential])];
    request_of(&header, 18, &[text(0x94, UID)])
}

fn revoke() -> Vec<u8> {
    let reason = [enumeration(0x82, 2), text(0x80, "stolen \u{1f511}")];
    let compromised = date_time(0x21, -2_208_988_800);
    request(
        19,
        &[text(0x94, UID), structure(0x81, &reason), compromised],
    )
}

fn refusal() -> Vec<u8> {
    one_item(&[
        enumeration(0x5C, 20),
        bytes(0x93, &[0, 1]),
        enumeration(0x7F, 1),
        enumeration(0x7E, 1),
        text(0x7D, "no such object"),
    ])
}

fn server_information() -> [Vec<u8>; 4] {
    let vendor = structure(0x88, &[text(0x54_0001, "x"), boolean(0x54_0002, 0)]);
    [
        enumeration(0x5C, 1),
        enumeration(0x57, 2),
        text(0x9D, "v"),
        vendor,
    ]
}

/// A Get answer whose key is wrapped under another one: Key Wrapping Data with an IV.
fn wrapped() -> Vec<u8> {
    let parameters = [enumeration(0x11, 13), enumeration(0x28, 3)];
    let by = [text(0x94, UID), structure(0x2B, &parameters)];
    let data = [
        enumeration(0x9E, 1),
        structure(0x36, &by),
        bytes(0x3D, &[0xA5; 12]),
    ];
    get(|get| {
        get.material = bytes(0x43, &[0x5A; 40]);
        get.length.extend(structure(0x46, &data));
    })
}

/// Two answers in one message, one of them with a vendor's extension.
fn batch() -> Vec<u8> {
    let item = |id, operation, extra| {
        let payload = structure(0x7C, &[text(0x94, UID)]);
        let fields = [
            enumeration(0x5C, operation),
            bytes(0x93, &[id]),
            enumeration(0x7F, 0),
            payload,
            extra,
        ];
        structure(0x0F, &fields)
    };
    let extra = extension("acme", 0, structure(0x9C, &[integer(0x54_0001, 1)]));
    let header = build::header(2, 0, &[text(0x0106, "abc")]);
    structure(0x7B, &[header, item(1, 1, Vec::new()), item(2, 18, extra)])
}

/// Usage limits, and attributes of KMIP 2.0 with its new item type.
fn usage() -> [Vec<u8>; 3] {
    let limits = [
        long_integer(0x97, i64::MAX),
        long_integer(0x96, 0),
        enumeration(0x98, 1),
    ];
    let of_2_0 = [
        boolean(0x0128, 1),
        date_time_extended(0x0139, -1),
        interval(0x49, u32::MAX),
    ];
    [
        attribute("Usage Limits", structure(0x0B, &limits)),
        attribute("Sensitive", boolean(0x0B, 0)),
        structure(0x0125, &of_2_0),
    ]
}

fn rsa_public_key() -> Vec<u8> {
    let modulus = [&[0; 8][..], &[0xC5; 64]].concat();
    let material = [
        big_integer(0x52, &modulus),
        big_integer(0x6C, &65_537_u64.to_be_bytes()),
    ];
    let value = structure(0x45, &[structure(0x43, &material)]);
    let block = structure(0x40, &[enumeration(0x42, 10), value]);
    structure(0x6D, &[block])
}

fn empties() -> Vec<u8> {
    let empty = structure(0x08, &[]);
    let nested = structure(0x0F, std::slice::from_ref(&empty));
    structure(0x7B, &[empty, text(0x94, ""), bytes(0x43, &[]), nested])
}

/// Texts and Byte Strings of 1 to 9 octets.
fn every_padding() -> Vec<u8> {
    let texts = [
        "a",
        "\u{e4}",
        "abc",
        "\u{1f511}",
        "a\0c\ne",
        "\u{20ac}\u{20ac}",
    ];
    let texts = texts
        .into_iter()
        .chain(["1234567", "12345678", "123456789"]);
    let strings = (1..).zip(texts).flat_map(|(len, string)| {
        assert_eq!(string.len(), len);
        [text(0x55, string), bytes(0x54_0003, &vec![0xFF; len])]
    });
    structure(0x7B, &strings.collect::<Vec<_>>())
}

#[test]
fn there_are_20_different_messages() {
    let messages = golden();
    let different: std::collections::HashSet<_> = messages.iter().collect();
    assert_eq!((messages.len(), different.len()), (20, 20));
    assert!(messages.iter().any(|message| message.len() > 400));
    assert!(messages.iter().all(|message| message.len() < 600));
}
