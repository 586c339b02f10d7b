//! The seeds, made from the format's rules: no captured traffic is in them.

mod golden_kmip;
pub mod hostile;
mod kmip;
mod plans;
mod psmdb;
mod store;
mod streams;

use strongroom_ttlv::{Tag, Writer, encode};

use crate::build;
use crate::golden::golden;

/// A seed: target, file name, octets.
pub type Seed = (&'static str, &'static str, Vec<u8>);

/// Names and octets of one target's seeds.
type Named = Vec<(&'static str, Vec<u8>)>;

/// All seeds of all targets.
#[must_use]
pub fn all() -> Vec<Seed> {
    let hostile = hostile::inputs().into_iter();
    let hostile = hostile.map(|input| (input.name, input.octets)).collect();
    let of_ttlv: [(&str, Named); 6] = [
        ("ttlv_item", sound()),
        ("ttlv_item", damaged()),
        ("ttlv_item", hostile),
        ("ttlv_round_trip", sound()),
        ("ttlv_round_trip", plans::all()),
        ("frame_stream", streams::all()),
    ];
    let mut seeds = Vec::new();
    for (target, named) in of_ttlv {
        seeds.extend(
            named
                .into_iter()
                .map(|(name, octets)| (target, name, octets)),
        );
    }
    seeds.extend(kmip::all());
    seeds.extend(golden_kmip::all());
    seeds.extend(store::all());
    seeds.extend(psmdb::all());
    seeds
}

const fn tag(low: u32) -> Tag {
    Tag::new(0x42_0000 | low)
}

fn message(write: impl Fn(&mut Writer<'_>)) -> Vec<u8> {
    encode(write).expect("a seed is one sound item").to_vec()
}

fn key_block(w: &mut Writer<'_>, key: &[u8]) {
    w.structure(tag(0x40), |w| {
        w.enumeration(tag(0x42), 1_u32);
        w.structure(tag(0x45), |w| w.bytes(tag(0x43), key));
        w.enumeration(tag(0x28), 3_u32);
        w.integer(tag(0x2A), 256);
    });
}

/// The names of [`golden`]'s messages, in their order.
const GOLDEN: [&str; 20] = [
    "get-answer",
    "get-attributes-answer",
    "every-type",
    "create",
    "get",
    "locate",
    "locate-answer",
    "register",
    "password",
    "revoke",
    "refusal",
    "query-answer",
    "wrapped-key",
    "batch",
    "usage",
    "rsa-public-key",
    "big-integer",
    "depth-32",
    "empties",
    "every-padding",
];

/// Messages that every reader must accept.
fn sound() -> Named {
    let golden = <[Vec<u8>; 20]>::try_from(golden()).expect("as many as there are names");
    let mut named: Named = GOLDEN.into_iter().zip(golden).collect();
    named.extend([
        ("integer", build::integer(0x20, 8)),
        ("text", build::text(0x20, "Hello World")),
        ("empty-structure", build::structure(0x7B, &[])),
    ]);
    named
}

/// Messages that break one rule each.
fn damaged() -> Named {
    let change = |at: usize, octet: u8| {
        let mut message = build::get(|_| {});
        if let Some(place) = message.get_mut(at) {
            *place = octet;
        }
        message
    };
    let mut truncated = build::get(|_| {});
    truncated.truncate(100);
    vec![
        ("bad-length", change(0x67, 8)),
        ("bad-child", change(0x9D, 1)),
        ("bad-boolean", build::boolean(0x26, 2)),
        ("bad-truncated", truncated),
        ("bad-4-gib", build::raw(0x7B, 1, 0xFFFF_FFF8, &[])),
        // One level more than any limit allows.
        ("bad-depth-65", build::deep(0x08, 65)),
        ("bad-half-header", vec![0x42, 0, 0x7B, 1]),
    ]
}
