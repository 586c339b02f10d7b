//! TTLV: reading a Get answer and a batch against a hand-written walk, writing them against
//! a copy of the octets. Ratios are in `design.md`'s sense: 1 is as fast as the yardstick.
#![forbid(unsafe_code)]
#![expect(
    clippy::expect_used,
    reason = "a bench that cannot run must say so and stop"
)]

use std::hint::black_box;

use bytes::BytesMut;
use criterion::Criterion;
use strongroom_benches::Comparison;
use strongroom_ttlv::{DecodeError, Fields, Limits, Tag, Writer, encode, encode_into, validate};

const UID: &str = "fb4b5b9c-6188-4c63-8142-fe9c328129fc";

const fn tag(low: u32) -> Tag {
    Tag::new(0x42_0000 | low)
}

/// An answer with `count` items, each a Get answer with a key of 32 octets.
fn answer(w: &mut Writer, count: i32) {
    w.structure(tag(0x7B), |w| {
        w.structure(tag(0x7A), |w| {
            w.structure(tag(0x69), |w| {
                w.integer(tag(0x6A), 1);
                w.integer(tag(0x6B), 2);
            });
            w.date_time(tag(0x92), 1_700_000_000);
            w.integer(tag(0x0D), count);
        });
        for _ in 0..count {
            w.structure(tag(0x0F), batch_item);
        }
    });
}

fn batch_item(w: &mut Writer) {
    w.enumeration(tag(0x5C), 10_u32);
    w.enumeration(tag(0x7F), 0_u32);
    w.structure(tag(0x7C), |w| {
        w.enumeration(tag(0x57), 2_u32);
        w.text(tag(0x94), UID);
        w.structure(tag(0x8F), |w| {
            w.structure(tag(0x40), |w| {
                w.enumeration(tag(0x42), 1_u32);
                w.structure(tag(0x45), |w| w.bytes(tag(0x43), &[7; 32]));
                w.enumeration(tag(0x28), 3_u32);
                w.integer(tag(0x2A), 256);
            });
        });
    });
}

/// What a caller wants from a Get answer.
struct Key<'a> {
    operation: u32,
    id: &'a str,
    material: &'a [u8],
    bits: i32,
}

fn read_header(fields: &mut Fields<'_>) -> Result<i32, DecodeError> {
    let mut header = fields.structure(tag(0x7A))?;
    let mut version = header.structure(tag(0x69))?;
    version.integer(tag(0x6A))?;
    version.integer(tag(0x6B))?;
    version.finish()?;
    header.date_time(tag(0x92))?;
    let count = header.integer(tag(0x0D))?;
    header.finish()?;
    Ok(count)
}

fn read_item<'a>(fields: &mut Fields<'a>) -> Result<Key<'a>, DecodeError> {
    let mut item = fields.structure(tag(0x0F))?;
    let operation = item.enumeration(tag(0x5C))?;
    item.enumeration::<u32>(tag(0x7F))?;
    let mut payload = item.structure(tag(0x7C))?;
    payload.enumeration::<u32>(tag(0x57))?;
    let id = payload.text(tag(0x94))?;
    let mut object = payload.structure(tag(0x8F))?;
    let mut block = object.structure(tag(0x40))?;
    block.enumeration::<u32>(tag(0x42))?;
    let mut value = block.structure(tag(0x45))?;
    let material = value.bytes(tag(0x43))?;
    block.enumeration::<u32>(tag(0x28))?;
    let bits = block.integer(tag(0x2A))?;
    for fields in [value, block, object, payload, item] {
        fields.finish()?;
    }
    Ok(Key {
        operation,
        id,
        material,
        bits,
    })
}

/// Checks everything and reads the typed fields.
fn read(message: &[u8], limits: &Limits) -> Result<(), DecodeError> {
    let mut fields = Fields::message(tag(0x7B), message, limits)?;
    for _ in 0..read_header(&mut fields)? {
        let Key {
            operation,
            id,
            material,
            bits,
        } = read_item(&mut fields)?;
        black_box((operation, id, material, bits));
    }
    fields.finish()
}

/// The yardstick: a hand-written recursive walk that checks lengths, types, padding, UTF-8,
/// Booleans and depth, and says nothing about what is wrong.
fn walk(mut input: &[u8], depth: u32) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    while !input.is_empty() {
        let (header, body) = input.split_first_chunk::<8>()?;
        let [_, _, _, code, length @ ..] = *header;
        let length = usize::try_from(u32::from_be_bytes(length)).ok()?;
        let padded = length.checked_next_multiple_of(8)?;
        let (field, rest) = body.split_at_checked(padded)?;
        let (value, padding) = field.split_at_checked(length)?;
        let sound = match (code, length) {
            (1, _) if padded == length => walk(value, depth).is_some(),
            (2 | 5 | 10, 4) | (3 | 9 | 11, 8) | (8, _) => true,
            (4, _) => length > 0 && padded == length,
            (6, 8) => u64::from_be_bytes(*value.first_chunk()?) < 2,
            (7, _) => std::str::from_utf8(value).is_ok(),
            _ => false,
        };
        if !sound || padding.iter().any(|&octet| octet != 0) {
            return None;
        }
        input = rest;
    }
    Some(())
}

fn compare(criterion: &mut Criterion, count: i32, runs: u32) {
    let message = encode(|w| answer(w, count)).expect("one sound message");
    let limits = Limits::DEFAULT.with_items(usize::MAX);
    let comparison = |work, against| Comparison {
        group: "ttlv",
        work,
        bytes: message.len(),
        against,
        runs,
    };
    let by_hand = || walk(black_box(&message), 32).expect("sound");
    comparison("check", "walk").run(
        criterion,
        || validate(black_box(&message), &limits).expect("sound"),
        by_hand,
    );
    comparison("decode", "walk").run(
        criterion,
        || read(black_box(&message), &limits).expect("sound"),
        by_hand,
    );
    let mut copy = Vec::with_capacity(message.len());
    let mut memcpy = || {
        copy.clear();
        copy.extend_from_slice(black_box(&message));
        black_box(&copy);
    };
    let mut frame = BytesMut::with_capacity(message.len());
    comparison("encode", "memcpy").run(
        criterion,
        || {
            frame.clear();
            encode_into(&mut frame, |w| answer(w, black_box(count))).expect("sound");
            black_box(&frame);
        },
        &mut memcpy,
    );
    comparison("encode wiped", "memcpy").run(
        criterion,
        || {
            black_box(encode(|w| answer(w, black_box(count))).expect("sound"));
        },
        &mut memcpy,
    );
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    compare(&mut criterion, 1, 256);
    compare(&mut criterion, 1000, 1);
    criterion.final_summary();
}
