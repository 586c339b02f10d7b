//! A second encoder, as plain as can be: nothing of the crate under test.
//! The notation: two octets of a tag stand for `42` and these two.

/// The Unique Identifier in the messages.
pub(crate) const UID: &str = "fb4b5b9c-6188-4c63-8142-fe9c328129fc";

/// An item with the length as given; padding follows the octets that are there.
pub(crate) fn raw(tag: u32, item_type: u8, length: u32, value: &[u8]) -> Vec<u8> {
    let mut out = head(tag, item_type, length).to_vec();
    out.extend(value);
    while !out.len().is_multiple_of(8) {
        out.push(0);
    }
    out
}

fn head(tag: u32, item_type: u8, length: u32) -> [u8; 8] {
    let tag = if tag <= 0xFFFF { 0x42_0000 | tag } else { tag };
    let ([_, a, b, c], [e, f, g, h]) = (tag.to_be_bytes(), length.to_be_bytes());
    [a, b, c, item_type, e, f, g, h]
}

fn item(tag: u32, item_type: u8, value: &[u8]) -> Vec<u8> {
    raw(tag, item_type, u32::try_from(value.len()).unwrap(), value)
}

pub(crate) fn structure(tag: u32, items: &[Vec<u8>]) -> Vec<u8> {
    item(tag, 1, &items.concat())
}

pub(crate) fn integer(tag: u32, value: i32) -> Vec<u8> {
    item(tag, 2, &value.to_be_bytes())
}

pub(crate) fn long_integer(tag: u32, value: i64) -> Vec<u8> {
    item(tag, 3, &value.to_be_bytes())
}

pub(crate) fn big_integer(tag: u32, value: &[u8]) -> Vec<u8> {
    item(tag, 4, value)
}

pub(crate) fn enumeration(tag: u32, value: u32) -> Vec<u8> {
    item(tag, 5, &value.to_be_bytes())
}

pub(crate) fn boolean(tag: u32, value: u64) -> Vec<u8> {
    item(tag, 6, &value.to_be_bytes())
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

pub(crate) fn interval(tag: u32, value: u32) -> Vec<u8> {
    item(tag, 10, &value.to_be_bytes())
}

pub(crate) fn date_time_extended(tag: u32, value: i64) -> Vec<u8> {
    item(tag, 11, &value.to_be_bytes())
}

/// `levels` structures one inside the other, all lengths right.
pub(crate) fn deep(tag: u32, levels: u32) -> Vec<u8> {
    let inside = (0..levels).rev();
    inside.flat_map(|inside| head(tag, 1, inside * 8)).collect()
}

/// Protocol Version 1.`minor` (KMIP 1.0, 6.1).
pub(crate) fn version(minor: i32) -> Vec<u8> {
    structure(0x69, &[integer(0x6A, 1), integer(0x6B, minor)])
}

/// An answer's header: version 1.`minor`, a date, `extra`, the batch count.
pub(crate) fn header(batch: i32, minor: i32, extra: &[Vec<u8>]) -> Vec<u8> {
    let mut items = vec![version(minor), date_time(0x92, 1_700_000_000)];
    items.extend_from_slice(extra);
    items.push(integer(0x0D, batch));
    structure(0x7A, &items)
}

/// The key in the messages: 00 01 02 to 1F.
pub(crate) fn key() -> Vec<u8> {
    (0..32).collect()
}

/// The parts of a Get answer, each of which a case may replace; of empty octets is no item.
pub(crate) struct Get {
    pub(crate) header: Vec<u8>,
    pub(crate) operation: Vec<u8>,
    pub(crate) status: Vec<u8>,
    pub(crate) uid: Vec<u8>,
    /// Between the Unique Identifier and the object.
    pub(crate) before_object: Vec<u8>,
    pub(crate) material: Vec<u8>,
    pub(crate) algorithm: Vec<u8>,
    pub(crate) length: Vec<u8>,
    /// After the object, in the payload.
    pub(crate) after_object: Vec<u8>,
    /// After the payload.
    pub(crate) extra: Vec<u8>,
}

impl Get {
    pub(crate) fn new() -> Self {
        Self {
            header: header(1, 2, &[]),
            operation: enumeration(0x5C, 10),
            status: enumeration(0x7F, 0),
            uid: text(0x94, UID),
            before_object: Vec::new(),
            material: bytes(0x43, &key()),
            algorithm: enumeration(0x28, 3),
            length: integer(0x2A, 256),
            after_object: Vec::new(),
            extra: Vec::new(),
        }
    }

    /// The message, 312 octets unless something was replaced.
    pub(crate) fn message(self) -> Vec<u8> {
        let material = structure(0x45, &[self.material]);
        let block = [enumeration(0x42, 1), material, self.algorithm, self.length];
        let payload = [
            enumeration(0x57, 2),
            self.uid,
            self.before_object,
            structure(0x8F, &[structure(0x40, &block)]),
            self.after_object,
        ];
        let payload = structure(0x7C, &payload);
        let batch_item = [self.operation, self.status, payload, self.extra];
        structure(0x7B, &[self.header, structure(0x0F, &batch_item)])
    }
}

/// A Get answer with some of its parts replaced.
pub(crate) fn get(change: impl FnOnce(&mut Get)) -> Vec<u8> {
    let mut get = Get::new();
    change(&mut get);
    get.message()
}

/// An answer with these items in its one batch item.
pub(crate) fn one_item(items: &[Vec<u8>]) -> Vec<u8> {
    structure(0x7B, &[header(1, 2, &[]), structure(0x0F, items)])
}

/// A successful answer to `operation` with these items in its payload.
pub(crate) fn answer(operation: u32, payload: &[Vec<u8>]) -> Vec<u8> {
    one_item(&[
        enumeration(0x5C, operation),
        enumeration(0x7F, 0),
        structure(0x7C, payload),
    ])
}

/// An answer to Get Attributes with these items after the Unique Identifier.
pub(crate) fn get_attributes(attributes: &[Vec<u8>]) -> Vec<u8> {
    answer(11, &[vec![text(0x94, UID)], attributes.to_vec()].concat())
}

pub(crate) fn attribute(name: &str, value: Vec<u8>) -> Vec<u8> {
    structure(0x08, &[text(0x0A, name), value])
}

/// A Name of the type Uninterpreted Text String (KMIP 1.0, 3.2).
pub(crate) fn name(tag: u32, value: &str) -> Vec<u8> {
    structure(tag, &[text(0x55, value), enumeration(0x54, 1)])
}

/// A Message Extension (KMIP 1.0, 6.14).
pub(crate) fn extension(vendor: &str, critical: u64, inside: Vec<u8>) -> Vec<u8> {
    structure(0x51, &[text(0x9D, vendor), boolean(0x26, critical), inside])
}

/// A few well-formed messages: the Get answer of 312 octets, attributes, every item type.
pub(crate) fn golden() -> Vec<Vec<u8>> {
    vec![
        Get::new().message(),
        get_attributes(&[
            attribute("Name", name(0x0B, "x")),
            attribute("Lease Time", interval(0x0B, 3600)),
            attribute("Initial Date", date_time(0x0B, 1_700_000_000)),
        ]),
        all_types(),
    ]
}

fn all_types() -> Vec<u8> {
    structure(
        0x78,
        &[
            integer(0x01, -2),
            long_integer(0x02, i64::MIN),
            big_integer(0x03, &[0xFF; 16]),
            enumeration(0x04, 0x8000_0001),
            boolean(0x05, 1),
            text(0x06, "gr\u{fc}n \u{2713}"),
            bytes(0x07, &[1, 2, 3]),
            date_time(0x08, -1),
            interval(0x09, 864_000),
            date_time_extended(0x0A, 1_700_000_000_000_000),
            structure(0x0B, &[]),
            text(0x0C, ""),
            bytes(0x0D, &[]),
            text(0x54_0001, "12345678"),
        ],
    )
}
