//! TTLV by hand, from KMIP 1.0, 9.1.1: a second writer that shares nothing with the crate's.

/// A structure of these items.
pub(crate) fn structure(tag: u32, items: &[Vec<u8>]) -> Vec<u8> {
    item(tag, 1, &items.concat())
}

pub(crate) fn integer(tag: u32, value: i32) -> Vec<u8> {
    item(tag, 2, &value.to_be_bytes())
}

pub(crate) fn long_integer(tag: u32, value: i64) -> Vec<u8> {
    item(tag, 3, &value.to_be_bytes())
}

pub(crate) fn big_integer(tag: u32, octets: &[u8]) -> Vec<u8> {
    item(tag, 4, octets)
}

pub(crate) fn enumeration(tag: u32, value: u32) -> Vec<u8> {
    item(tag, 5, &value.to_be_bytes())
}

pub(crate) fn boolean(tag: u32, value: bool) -> Vec<u8> {
    item(tag, 6, &u64::from(value).to_be_bytes())
}

pub(crate) fn text(tag: u32, value: &str) -> Vec<u8> {
    item(tag, 7, value.as_bytes())
}

pub(crate) fn bytes(tag: u32, value: &[u8]) -> Vec<u8> {
    item(tag, 8, value)
}

pub(crate) fn date_time(tag: u32, value: i64) -> Vec<u8> {
    item(tag, 9, &value.to_be_bytes())
}

pub(crate) fn date_time_extended(tag: u32, microseconds: i64) -> Vec<u8> {
    item(tag, 11, &microseconds.to_be_bytes())
}

pub(crate) fn interval(tag: u32, seconds: u32) -> Vec<u8> {
    item(tag, 10, &seconds.to_be_bytes())
}

fn item(tag: u32, code: u8, value: &[u8]) -> Vec<u8> {
    let mut octets = tag.to_be_bytes()[1..].to_vec();
    octets.push(code);
    octets.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
    octets.extend(value);
    octets.resize(octets.len().next_multiple_of(8), 0);
    octets
}

/// A time of the captures, in seconds since 1970.
pub(crate) const NOW: i64 = 0x6b04_f12e;

/// Protocol Version 1.`minor`.
pub(crate) fn version(minor: i32) -> Vec<u8> {
    structure(
        0x42_0069,
        &[integer(0x42_006A, 1), integer(0x42_006B, minor)],
    )
}

/// A request as PSMDB sends it: 1.0, Maximum Response Size 8192, Time Stamp.
pub(crate) fn psmdb_request(operation: u32, payload: &[Vec<u8>]) -> Vec<u8> {
    let header = [
        version(0),
        integer(0x42_0050, 8192),
        date_time(0x42_0092, NOW),
        integer(0x42_000D, 1),
    ];
    let item = [
        enumeration(0x42_005C, operation),
        structure(0x42_0079, payload),
    ];
    structure(
        0x42_0078,
        &[structure(0x42_0077, &header), structure(0x42_000F, &item)],
    )
}

/// A request with version 1.`minor` and batch count alone in its header.
pub(crate) fn plain_request(minor: i32, operation: u32, payload: &[Vec<u8>]) -> Vec<u8> {
    let header = [version(minor), integer(0x42_000D, 1)];
    let item = [
        enumeration(0x42_005C, operation),
        structure(0x42_0079, payload),
    ];
    structure(
        0x42_0078,
        &[structure(0x42_0077, &header), structure(0x42_000F, &item)],
    )
}

/// A response header of 1.`minor` for `count` items.
pub(crate) fn response_header(minor: i32, count: i32) -> Vec<u8> {
    structure(
        0x42_007A,
        &[
            version(minor),
            date_time(0x42_0092, NOW),
            integer(0x42_000D, count),
        ],
    )
}

/// A response of one item that succeeded.
pub(crate) fn response(minor: i32, operation: u32, payload: &[Vec<u8>]) -> Vec<u8> {
    let item = [
        enumeration(0x42_005C, operation),
        enumeration(0x42_007F, 0),
        structure(0x42_007C, payload),
    ];
    structure(
        0x42_007B,
        &[response_header(minor, 1), structure(0x42_000F, &item)],
    )
}

/// An attribute without an index.
pub(crate) fn attribute(name: &str, value: Vec<u8>) -> Vec<u8> {
    structure(0x42_0008, &[text(0x42_000A, name), value])
}

/// Symmetric Key: Raw, AES, 256 bits; `extra` goes to the end of the Key Block.
pub(crate) fn symmetric_key(key: &[u8], extra: &[Vec<u8>]) -> Vec<u8> {
    let block = [
        enumeration(0x42_0042, 1),
        structure(0x42_0045, &[bytes(0x42_0043, key)]),
        enumeration(0x42_0028, 3),
        integer(0x42_002A, 256),
        extra.concat(),
    ];
    structure(0x42_008F, &[structure(0x42_0040, &block)])
}

/// The payload with which PSMDB registers a key.
pub(crate) fn psmdb_register_payload(key: &[u8]) -> Vec<Vec<u8>> {
    vec![
        enumeration(0x42_0057, 2),
        structure(
            0x42_0091,
            &[
                attribute("Cryptographic Algorithm", enumeration(0x42_000B, 3)),
                attribute("Cryptographic Length", integer(0x42_000B, 256)),
                attribute("Cryptographic Usage Mask", integer(0x42_000B, 12)),
            ],
        ),
        symmetric_key(key, &[]),
    ]
}
