//! A second encoder, as plain as can be: nothing of the crate under test but [`Tag`].
//! The notation: two octets of a tag stand for `42` and these two.

/// The Unique Identifier in the messages.
pub(crate) const UID: &str = "fb4b5b9c-6188-4c63-8142-fe9c328129fc";

/// An item with the length as given; padding follows the octets that are there.
pub(crate) fn raw(tag: u32, item_type: u8, length: u32, value: &[u8]) -> Vec<u8> {
    let tag = if tag <= 0xFFFF { 0x42_0000 | tag } else { tag };
    let mut out = tag.to_be_bytes()[1..].to_vec();
    out.push(item_type);
    out.extend(length.to_be_bytes());
    out.extend(value);
    while out.len() % 8 != 0 {
        out.push(0);
    }
    out
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

/// `levels` structures one inside the other, all lengths right.
pub(crate) fn deep(tag: u32, levels: u32) -> Vec<u8> {
    (1..=levels)
        .rev()
        .flat_map(|inside| raw(tag, 1, (inside - 1) * 8, &[]))
        .collect()
}

pub(crate) fn header(batch: i32, minor: i32, extra: &[Vec<u8>]) -> Vec<u8> {
    let version = structure(0x69, &[integer(0x6A, 1), integer(0x6B, minor)]);
    let mut items = vec![version, date_time(0x92, 1_700_000_000)];
    items.extend_from_slice(extra);
    items.push(integer(0x0D, batch));
    structure(0x7A, &items)
}

/// The parts of a Get answer, each of which a case may replace.
pub(crate) struct Get {
    pub(crate) header: Vec<u8>,
    pub(crate) operation: Vec<u8>,
    pub(crate) status: Vec<u8>,
    pub(crate) uid: Vec<u8>,
    /// Between the Unique Identifier and the object.
    pub(crate) before_object: Vec<u8>,
    pub(crate) material: Vec<u8>,
    pub(crate) length: Vec<u8>,
    /// After the payload.
    pub(crate) extra: Vec<u8>,
}

impl Get {
    pub(crate) fn new() -> Self {
        let key: Vec<u8> = (0..32).collect();
        Self {
            header: header(1, 2, &[]),
            operation: enumeration(0x5C, 10),
            status: enumeration(0x7F, 0),
            uid: text(0x94, UID),
            before_object: Vec::new(),
            material: bytes(0x43, &key),
            length: integer(0x2A, 256),
            extra: Vec::new(),
        }
    }

    /// The message, 312 octets unless something was replaced.
    pub(crate) fn message(self) -> Vec<u8> {
        let block = structure(
            0x40,
            &[
                enumeration(0x42, 1),
                structure(0x45, &[self.material]),
                enumeration(0x28, 3),
                self.length,
            ],
        );
        let payload = structure(
            0x7C,
            &[
                enumeration(0x57, 2),
                self.uid,
                self.before_object,
                structure(0x8F, &[block]),
            ],
        );
        let batch_item = [self.operation, self.status, payload, self.extra];
        structure(0x7B, &[self.header, structure(0x0F, &batch_item)])
    }
}

/// An answer to Get Attributes with these items in its payload.
pub(crate) fn get_attributes(attributes: &[Vec<u8>]) -> Vec<u8> {
    let payload = structure(0x7C, &[vec![text(0x94, UID)], attributes.to_vec()].concat());
    let batch_item = [enumeration(0x5C, 11), enumeration(0x7F, 0), payload];
    structure(0x7B, &[header(1, 2, &[]), structure(0x0F, &batch_item)])
}

pub(crate) fn attribute(name: &str, value: Vec<u8>) -> Vec<u8> {
    structure(0x08, &[text(0x0A, name), value])
}

/// Several well-formed messages with every item type among them.
pub(crate) fn golden() -> Vec<Vec<u8>> {
    let name = structure(0x0B, &[text(0x55, "x"), enumeration(0x54, 1)]);
    let all_types = structure(
        0x78,
        &[
            integer(0x01, -2),
            item(0x02, 3, &i64::MIN.to_be_bytes()),
            item(0x03, 4, &[0xFF; 16]),
            enumeration(0x04, 0x8000_0001),
            boolean(0x05, 1),
            text(0x06, "gr\u{fc}n \u{2713}"),
            bytes(0x07, &[1, 2, 3]),
            date_time(0x08, -1),
            interval(0x09, 864_000),
            item(0x0A, 11, &1_700_000_000_000_000_i64.to_be_bytes()),
            structure(0x0B, &[]),
            text(0x0C, ""),
            bytes(0x0D, &[]),
            text(0x54_0001, "12345678"),
        ],
    );
    vec![
        Get::new().message(),
        get_attributes(&[
            attribute("Name", name),
            attribute("Lease Time", interval(0x0B, 3600)),
            attribute("Initial Date", date_time(0x0B, 1_700_000_000)),
        ]),
        all_types,
    ]
}
