//! Messages that are all nesting, or all items.

use strongroom_ttlv::DecodeErrorKind as Kind;

use super::{Input, Want};
use crate::build::{
    attribute, deep, enumeration, extension, get, get_attributes, header, structure,
};

pub(super) fn inputs() -> Vec<Input> {
    let depths = [("10k", 10_000), ("100k", 100_000), ("1M", 1_000_000)];
    let mut all: Vec<Input> = depths
        .into_iter()
        .flat_map(|(depth, levels)| nested(depth, levels))
        .collect();
    all.extend(crowded());
    all
}

fn nested(depth: &str, levels: u32) -> [Input; 4] {
    let input = |place: &str, octets| {
        Input::new(
            &format!("bad-deep{depth}-{place}"),
            octets,
            Want::RefuseDeep,
        )
    };
    [
        input("top", deep(0x7B, levels)),
        input(
            "attrvalue",
            get_attributes(&[attribute("x-deep", deep(0x0B, levels))]),
        ),
        input(
            "unknown-in-payload",
            get(|get| get.before_object = deep(0xF0F0, levels)),
        ),
        input(
            "vendorext",
            get(|get| get.extra = extension("a", 0, deep(0x9C, levels))),
        ),
    ]
}

fn crowded() -> [Input; 2] {
    let limited = Want::Limit(Kind::TooManyItems { limit: 4096 });
    let smallest = structure(0x0F, &[enumeration(0x7F, 0)]);
    let batch = structure(
        0x7B,
        &[header(1_000_000, 2, &[]), smallest.repeat(1_000_000)],
    );
    let attributes = get_attributes(&[structure(0x08, &[]).repeat(1_000_000)]);
    [
        Input::new("big-batch1M-min", batch, limited),
        Input::new("big-text1M-empty", attributes, limited),
    ]
}
