//! The messages that are measured, KMIP 1.2: answers to Get and Get Attributes, and a request to
//! create a key. Another writer has made the same octets.

use strongroom_ttlv::{Tag, Writer};

/// The Unique Identifier in all of them.
pub(crate) const UID: &str = "fb4b5b9c-6188-4c63-8142-fe9c328129fc";
/// The Name among the attributes.
pub(crate) const NAME: &str = "mongodb-master-key";
/// Items of the batch, each with a key of its own.
pub(crate) const BATCH: u16 = 1000;
/// The key of [`get`] is this one of them.
pub(crate) const GET_KEY: u16 = 7;

const DATE: i64 = 1_700_000_000;

/// The tag 42xxxx.
pub(crate) const fn tag(low: u32) -> Tag {
    Tag::new(0x42_0000 | low)
}

/// Key `number`: octet j is (31 * number + j) mod 256.
pub(crate) fn key(number: u16) -> [u8; 32] {
    let [_, low] = number.to_be_bytes();
    let mut next = low.wrapping_mul(31);
    std::array::from_fn(|_| {
        let octet = next;
        next = next.wrapping_add(1);
        octet
    })
}

/// The answer to one Get, 312 octets. Each `COPY` is compiled for itself, as in a program that
/// writes a message in one place only: closures with one caller are inlined.
pub(crate) fn get<const COPY: u8>(w: &mut Writer<'_>, key: &[u8; 32]) {
    w.structure(tag(0x7B), |w| {
        response_header::<COPY>(w, 1);
        w.structure(tag(0x0F), |w| {
            w.enumeration(tag(0x5C), 10_u32);
            got::<COPY>(w, key);
        });
    });
}

/// The answer to [`BATCH`] Gets, each item with a Unique Batch Item ID, 240,088 octets.
pub(crate) fn batch(w: &mut Writer<'_>) {
    w.structure(tag(0x7B), |w| {
        response_header::<0>(w, BATCH.into());
        for number in 0..BATCH {
            w.structure(tag(0x0F), |w| {
                w.enumeration(tag(0x5C), 10_u32);
                w.bytes(tag(0x93), &u64::from(number).to_be_bytes());
                got::<0>(w, &key(number));
            });
        }
    });
}

/// The answer to Get Attributes, 40 of them, 12 of these are dates: 2,456 octets.
pub(crate) fn attributes(w: &mut Writer<'_>) {
    answer_attributes(w, [initial_date, last_change_date, activation_date]);
}

/// The same with numbers in place of the dates: 2,552 octets. Not every peer can read dates.
pub(crate) fn attributes_without_dates(w: &mut Writer<'_>) {
    answer_attributes(w, [length, usage_mask, algorithm]);
}

/// A request to create an AES key, 296 octets.
pub(crate) fn create(w: &mut Writer<'_>) {
    w.structure(tag(0x78), |w| {
        w.structure(tag(0x77), |w| {
            version::<0>(w);
            w.integer(tag(0x0D), 1);
        });
        w.structure(tag(0x0F), |w| {
            w.enumeration(tag(0x5C), 1_u32);
            w.structure(tag(0x79), |w| {
                w.enumeration(tag(0x57), 2_u32);
                w.structure(tag(0x91), |w| {
                    algorithm(w);
                    length(w);
                    usage_mask(w);
                });
            });
        });
    });
}

fn version<const COPY: u8>(w: &mut Writer<'_>) {
    w.structure(tag(0x69), |w| {
        w.integer(tag(0x6A), 1);
        w.integer(tag(0x6B), 2);
    });
}

fn response_header<const COPY: u8>(w: &mut Writer<'_>, count: i32) {
    w.structure(tag(0x7A), |w| {
        version::<COPY>(w);
        w.date_time(tag(0x92), DATE);
        w.integer(tag(0x0D), count);
    });
}

/// Result Status and payload of a Get.
fn got<const COPY: u8>(w: &mut Writer<'_>, key: &[u8; 32]) {
    w.enumeration(tag(0x7F), 0_u32);
    w.structure(tag(0x7C), |w| {
        w.enumeration(tag(0x57), 2_u32);
        w.text(tag(0x94), UID);
        w.structure(tag(0x8F), |w| {
            w.structure(tag(0x40), |w| {
                w.enumeration(tag(0x42), 1_u32);
                w.structure(tag(0x45), |w| w.bytes(tag(0x43), key));
                w.enumeration(tag(0x28), 3_u32);
                w.integer(tag(0x2A), 256);
            });
        });
    });
}

/// Ten attributes, four times; `dates` are the sixth, the seventh and the last.
fn answer_attributes(w: &mut Writer<'_>, dates: [fn(&mut Writer<'_>); 3]) {
    let [sixth, seventh, last] = dates;
    w.structure(tag(0x7B), |w| {
        response_header::<0>(w, 1);
        w.structure(tag(0x0F), |w| {
            w.enumeration(tag(0x5C), 11_u32);
            w.enumeration(tag(0x7F), 0_u32);
            w.structure(tag(0x7C), |w| {
                w.text(tag(0x94), UID);
                for _ in 0..4 {
                    algorithm(w);
                    length(w);
                    usage_mask(w);
                    name(w);
                    attribute(w, "State", |w| w.enumeration(tag(0x0B), 2_u32));
                    sixth(w);
                    seventh(w);
                    attribute(w, "Object Type", |w| w.enumeration(tag(0x0B), 2_u32));
                    attribute(w, "Unique Identifier", |w| w.text(tag(0x0B), UID));
                    last(w);
                }
            });
        });
    });
}

fn attribute(w: &mut Writer<'_>, name: &str, value: impl FnOnce(&mut Writer<'_>)) {
    w.structure(tag(0x08), |w| {
        w.text(tag(0x0A), name);
        value(w);
    });
}

fn algorithm(w: &mut Writer<'_>) {
    attribute(w, "Cryptographic Algorithm", |w| {
        w.enumeration(tag(0x0B), 3_u32);
    });
}

fn length(w: &mut Writer<'_>) {
    attribute(w, "Cryptographic Length", |w| w.integer(tag(0x0B), 256));
}

fn usage_mask(w: &mut Writer<'_>) {
    attribute(w, "Cryptographic Usage Mask", |w| {
        w.integer(tag(0x0B), 12);
    });
}

fn name(w: &mut Writer<'_>) {
    attribute(w, "Name", |w| {
        w.structure(tag(0x0B), |w| {
            w.text(tag(0x55), NAME);
            w.enumeration(tag(0x54), 1_u32);
        });
    });
}

fn initial_date(w: &mut Writer<'_>) {
    date(w, "Initial Date");
}

fn last_change_date(w: &mut Writer<'_>) {
    date(w, "Last Change Date");
}

fn activation_date(w: &mut Writer<'_>) {
    date(w, "Activation Date");
}

fn date(w: &mut Writer<'_>, name: &str) {
    attribute(w, name, |w| w.date_time(tag(0x0B), DATE));
}
