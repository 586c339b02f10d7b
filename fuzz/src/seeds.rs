//! The seeds, made from the format's rules: no captured traffic is in them.

mod kmip;
mod store;

use strongroom_ttlv::{Tag, Writer, encode};

/// A seed: target, file name, octets.
pub type Seed = (&'static str, &'static str, Vec<u8>);

/// All seeds of all targets.
#[must_use]
pub fn all() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (name, message) in sound().into_iter().chain(damaged()) {
        seeds.push(("ttlv_item", name, message));
    }
    for (name, message) in sound() {
        seeds.push(("ttlv_round_trip", name, message));
    }
    seeds.extend(streams());
    seeds.extend(kmip::all());
    seeds.extend(store::all());
    seeds
}

const fn tag(low: u32) -> Tag {
    Tag::new(0x42_0000 | low)
}

fn message(write: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
    encode(write).expect("a seed is one sound item").to_vec()
}

/// The head of every message: Protocol Version 1.2, a time, a batch of one.
fn header(w: &mut Writer<'_>) {
    w.structure(tag(0x7A), |w| {
        w.structure(tag(0x69), |w| {
            w.integer(tag(0x6A), 1);
            w.integer(tag(0x6B), 2);
        });
        w.date_time(tag(0x92), 1_700_000_000);
        w.integer(tag(0x0D), 1);
    });
}

/// An answer to Get: a symmetric key of 32 octets.
fn get_answer() -> Vec<u8> {
    let key: Vec<u8> = (0..32).collect();
    message(|w| {
        w.structure(tag(0x7B), |w| {
            header(w);
            w.structure(tag(0x0F), |w| {
                w.enumeration(tag(0x5C), 10_u32);
                w.enumeration(tag(0x7F), 0_u32);
                w.structure(tag(0x7C), |w| {
                    w.enumeration(tag(0x57), 2_u32);
                    w.text(tag(0x94), "fb4b5b9c-6188-4c63-8142-fe9c328129fc");
                    w.structure(tag(0x8F), |w| key_block(w, &key));
                });
            });
        });
    })
}

fn key_block(w: &mut Writer<'_>, key: &[u8]) {
    w.structure(tag(0x40), |w| {
        w.enumeration(tag(0x42), 1_u32);
        w.structure(tag(0x45), |w| w.bytes(tag(0x43), key));
        w.enumeration(tag(0x28), 3_u32);
        w.integer(tag(0x2A), 256);
    });
}

fn nested(w: &mut Writer<'_>, levels: u32) {
    if let Some(inside) = levels.checked_sub(1) {
        w.structure(tag(0x08), |w| nested(w, inside));
    }
}

/// Messages that every reader must accept.
fn sound() -> Vec<(&'static str, Vec<u8>)> {
    let every_type = message(|w| {
        w.structure(tag(0x78), |w| {
            w.integer(tag(0x01), -2);
            w.long_integer(tag(0x02), i64::MIN);
            w.big_integer(tag(0x03), &[0xFF; 16]);
            w.enumeration(tag(0x04), 0x8000_0001_u32);
            w.boolean(tag(0x05), true);
            w.text(tag(0x06), "gr\u{fc}n");
            w.bytes(tag(0x07), &[1, 2, 3]);
            w.date_time(tag(0x08), -1);
            w.interval(tag(0x09), 864_000);
            w.date_time_extended(tag(0x0A), 1_700_000_000_000_000);
            w.structure(tag(0x0B), |_| {});
            w.text(tag(0x0C), "");
            w.bytes(tag(0x0D), &[]);
            w.text(Tag::new(0x54_0001), "12345678");
        });
    });
    vec![
        ("get-answer", get_answer()),
        ("every-type", every_type),
        ("integer", message(|w| w.integer(tag(0x20), 8))),
        ("text", message(|w| w.text(tag(0x20), "Hello World"))),
        (
            "empty-structure",
            message(|w| w.structure(tag(0x7B), |_| {})),
        ),
        ("depth-32", message(|w| nested(w, 32))),
    ]
}

/// Messages that break one rule each.
fn damaged() -> Vec<(&'static str, Vec<u8>)> {
    let change = |at: usize, octet: u8| {
        let mut message = get_answer();
        if let Some(place) = message.get_mut(at) {
            *place = octet;
        }
        message
    };
    let mut trailing = get_answer();
    trailing.extend([0xDE, 0xAD, 0xBE, 0xEF]);
    let mut truncated = get_answer();
    truncated.truncate(100);
    let mut boolean = message(|w| w.boolean(tag(0x26), true));
    boolean.pop();
    boolean.push(2);
    vec![
        ("bad-empty", Vec::new()),
        ("bad-padding", change(0x98 + 8 + 39, 1)),
        ("bad-type", change(0x9B, 0x0F)),
        ("bad-utf8", change(0xA0, 0xFF)),
        ("bad-length", change(0x67, 8)),
        ("bad-child", change(0x9D, 1)),
        ("bad-boolean", boolean),
        ("bad-trailing", trailing),
        ("bad-truncated", truncated),
        ("bad-4-gib", vec![0x42, 0, 0x7B, 1, 0xFF, 0xFF, 0xFF, 0xF8]),
        ("bad-depth-65", deep_65()),
    ]
}

/// One level more than any limit allows; the writer refuses it, so it is put together here.
fn deep_65() -> Vec<u8> {
    (0..65_u8)
        .rev()
        .flat_map(|inside| {
            let [high, low] = (u16::from(inside) * 8).to_be_bytes();
            [0x42, 0, 8, 1, 0, 0, high, low]
        })
        .collect()
}

/// Streams, each behind the octet that says how long its pieces are.
fn streams() -> Vec<Seed> {
    let stream = |piece: u8, parts: &[&[u8]]| [&[piece], parts.concat().as_slice()].concat();
    let get = get_answer();
    let empty = message(|w| w.structure(tag(0x7B), |_| {}));
    let too_long = [0x42, 0, 0x7B, 1, 0x7F, 0xFF, 0xFF, 0xF8];
    [
        ("one-message", stream(7, &[&get])),
        ("three-messages", stream(1, &[&get, &empty, &get])),
        (
            "half-a-message",
            stream(5, &[&get, get.get(..50).unwrap_or_default()]),
        ),
        ("other-protocol", stream(3, &[b"GET / HTTP/1.1\r\n\r\n"])),
        ("too-long", stream(8, &[&get, &too_long])),
        ("odd-length", stream(2, &[&[0x42, 0, 0x7B, 1, 0, 0, 0, 7]])),
    ]
    .into_iter()
    .map(|(name, octets)| ("frame_stream", name, octets))
    .collect()
}
