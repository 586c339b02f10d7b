//! A tolerant reader finds what a search from the first field finds, whatever was read before.

use strongroom_ttlv::{Fields, Tag, encode};

use super::{Mode, Reader};
use crate::{Limits, tag};

/// The first and the third share a bit of the reader's sets.
const TAGS: [Tag; 4] = [
    Tag::new(0x42_0001),
    Tag::new(0x42_0002),
    Tag::new(0x42_0041),
    Tag::new(0x42_0003),
];

/// All ways to choose four of the tags, in order, with repetition.
fn choices() -> impl Iterator<Item = [Tag; 4]> {
    let each = || TAGS.into_iter();
    each().flat_map(move |a| {
        each().flat_map(move |b| each().flat_map(move |c| each().map(move |d| [a, b, c, d])))
    })
}

#[test]
fn a_tolerant_reader_finds_the_first_field_of_a_tag_in_whatever_order_it_is_asked() {
    for fields in choices() {
        let bytes = encode(|out| {
            out.structure(tag::RESPONSE_MESSAGE, |out| {
                for (value, tag) in (0..).zip(fields) {
                    out.integer(tag, value);
                }
            });
        })
        .unwrap();
        let all = Fields::message(tag::RESPONSE_MESSAGE, &bytes, &Limits::default()).unwrap();
        let first = |tag| (0..).zip(fields).find(|(_, field)| *field == tag);
        for asked in choices() {
            let mut reader = Reader::new(all.clone(), Mode::Tolerant);
            for tag in asked {
                let expected = first(tag).map(|(value, _)| value);
                assert_eq!(reader.has(tag).unwrap(), expected.is_some());
                let found: Option<i32> = reader.opt(tag, Fields::integer).unwrap();
                assert_eq!(found, expected, "{fields:?} {asked:?}");
                let needed = reader.need(tag, Fields::integer).ok();
                assert_eq!(needed, expected, "{fields:?} {asked:?}");
            }
            let listed = reader
                .each_as(super::Extent::Whole, TAGS[0], Fields::integer)
                .unwrap()
                .len();
            let expected = fields.iter().filter(|field| **field == TAGS[0]).count();
            assert_eq!(listed, expected);
            assert_eq!(reader.peek(), fields.first().copied());
        }
    }
}
