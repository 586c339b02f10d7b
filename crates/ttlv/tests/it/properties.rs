//! Properties over generated messages, and the fused parser against a plain grammar.

use std::collections::BTreeSet;

use nom::Parser;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use strongroom_ttlv::{Fields, Limits, Tag, Value, Writer, encode, item, validate};

use crate::golden::golden;
use crate::{build, corpus, plain};

/// A message before it is written.
#[derive(Clone, Debug)]
enum Node {
    Structure(u32, Vec<Self>),
    Integer(u32, i32),
    LongInteger(u32, i64),
    BigInteger(u32, Vec<u64>),
    Enumeration(u32, u32),
    Boolean(u32, bool),
    Text(u32, String),
    Bytes(u32, Vec<u8>),
    DateTime(u32, i64),
    Interval(u32, u32),
    DateTimeExtended(u32, i64),
}

fn node() -> impl Strategy<Value = Node> {
    let tag = || 0_u32..=Tag::MAX;
    let leaf = prop_oneof![
        (tag(), any::<i32>()).prop_map(|(tag, value)| Node::Integer(tag, value)),
        (tag(), any::<i64>()).prop_map(|(tag, value)| Node::LongInteger(tag, value)),
        (tag(), prop::collection::vec(any::<u64>(), 1..4))
            .prop_map(|(tag, value)| Node::BigInteger(tag, value)),
        (tag(), any::<u32>()).prop_map(|(tag, value)| Node::Enumeration(tag, value)),
        (tag(), any::<bool>()).prop_map(|(tag, value)| Node::Boolean(tag, value)),
        (tag(), "\\PC{0,20}").prop_map(|(tag, value)| Node::Text(tag, value)),
        (tag(), prop::collection::vec(any::<u8>(), 0..20))
            .prop_map(|(tag, value)| Node::Bytes(tag, value)),
        (tag(), any::<i64>()).prop_map(|(tag, value)| Node::DateTime(tag, value)),
        (tag(), any::<u32>()).prop_map(|(tag, value)| Node::Interval(tag, value)),
        (tag(), any::<i64>()).prop_map(|(tag, value)| Node::DateTimeExtended(tag, value)),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        (tag(), prop::collection::vec(inner, 0..6))
            .prop_map(|(tag, items)| Node::Structure(tag, items))
    })
}

fn octets_of(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn write(w: &mut Writer<'_>, node: &Node) {
    match node {
        Node::Structure(tag, items) => w.structure(Tag::new(*tag), |w| {
            items.iter().for_each(|item| write(w, item));
        }),
        Node::Integer(tag, value) => w.integer(Tag::new(*tag), *value),
        Node::LongInteger(tag, value) => w.long_integer(Tag::new(*tag), *value),
        Node::BigInteger(tag, value) => w.big_integer(Tag::new(*tag), &octets_of(value)),
        Node::Enumeration(tag, value) => w.enumeration(Tag::new(*tag), *value),
        Node::Boolean(tag, value) => w.boolean(Tag::new(*tag), *value),
        Node::Text(tag, value) => w.text(Tag::new(*tag), value),
        Node::Bytes(tag, value) => w.bytes(Tag::new(*tag), value),
        Node::DateTime(tag, value) => w.date_time(Tag::new(*tag), *value),
        Node::Interval(tag, value) => w.interval(Tag::new(*tag), *value),
        Node::DateTimeExtended(tag, value) => w.date_time_extended(Tag::new(*tag), *value),
    }
}

/// Whether the next item of `fields` is `node`, by the typed reader for its type.
fn reads_as(fields: &mut Fields<'_>, node: &Node) -> bool {
    match node {
        Node::Structure(tag, items) => {
            let mut inner = fields.structure(Tag::new(*tag)).unwrap();
            items.iter().all(|item| reads_as(&mut inner, item)) && inner.finish().is_ok()
        }
        Node::Integer(tag, value) => fields.integer(Tag::new(*tag)).unwrap() == *value,
        Node::LongInteger(tag, value) => fields.long_integer(Tag::new(*tag)).unwrap() == *value,
        Node::BigInteger(tag, value) => {
            fields.big_integer(Tag::new(*tag)).unwrap() == octets_of(value)
        }
        Node::Enumeration(tag, value) => {
            fields.enumeration::<u32>(Tag::new(*tag)).unwrap() == *value
        }
        Node::Boolean(tag, value) => fields.boolean(Tag::new(*tag)).unwrap() == *value,
        Node::Text(tag, value) => fields.text(Tag::new(*tag)).unwrap() == value,
        Node::Bytes(tag, value) => fields.bytes(Tag::new(*tag)).unwrap() == value,
        Node::DateTime(tag, value) => fields.date_time(Tag::new(*tag)).unwrap() == *value,
        Node::Interval(tag, value) => fields.interval(Tag::new(*tag)).unwrap() == *value,
        Node::DateTimeExtended(tag, value) => {
            fields.date_time_extended(Tag::new(*tag)).unwrap() == *value
        }
    }
}

/// Octets whose headers, values and padding are nearly right: this is where parsers differ.
fn nearly_items() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(nearly_item(), 0..4).prop_map(|items| items.concat())
}

fn nearly_item() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![
        4 => Just(4),
        4 => Just(8),
        4 => 0_u32..40,
        1 => any::<u32>(),
    ];
    let octet = prop_oneof![6 => Just(0), 3 => b'a'..=b'z', 1 => any::<u8>()];
    let more = prop_oneof![8 => Just(0), 1 => 0_usize..16];
    (
        any::<u16>(),
        0_u8..14,
        length,
        prop::collection::vec(octet, 48),
        more,
    )
        .prop_map(|(tag, code, length, value, more)| {
            let there = (length as usize).min(32) + more;
            build::raw(u32::from(tag), code, length, &value[..there])
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_written_is_read_as_it_was(node in node()) {
        let message = encode(|w| w.structure(Tag::new(1), |w| write(w, &node))).unwrap();
        prop_assert_eq!(plain::message(&message), Ok(()));
        let mut fields = Fields::message(Tag::new(1), &message, &Limits::DEFAULT).unwrap();
        prop_assert!(reads_as(&mut fields, &node));
        fields.finish().unwrap();
    }

    #[test]
    fn the_counting_pass_and_the_growing_buffer_agree(node in node()) {
        let message = encode(|w| write(w, &node)).unwrap();
        let mut frame = bytes::BytesMut::new();
        strongroom_ttlv::encode_into(&mut frame, |w| write(w, &node)).unwrap();
        prop_assert_eq!(&frame[..], &message[..]);
    }

    #[test]
    fn the_fused_parser_is_the_plain_grammar(input in nearly_items()) {
        plain::assert_agrees(&input);
    }

    #[test]
    fn the_fused_parser_is_the_plain_grammar_on_damaged_messages(
        node in node(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
    ) {
        let mut message = encode(|w| write(w, &node)).unwrap().to_vec();
        for (at, octet) in changes {
            let at = at.index(message.len());
            message[at] = octet;
        }
        plain::assert_agrees(&message);
    }

    #[test]
    fn any_octets_are_read_without_panic(input in prop::collection::vec(any::<u8>(), 0..200)) {
        let checked = validate(&input, &Limits::DEFAULT);
        prop_assert_eq!(checked.is_ok(), plain::message(&input).is_ok());
        prop_assert!(!strongroom_ttlv::dump(&input).is_empty());
    }
}

#[test]
fn the_parser_composes_with_combinators() {
    let message = golden().concat();
    let mut all = nom::multi::many0(item);
    let (rest, items) = all.parse(message.as_slice()).unwrap();
    assert!(rest.is_empty());
    assert_eq!(items.len(), 20);
    let first = Fields::item(&message[..312], &Limits::DEFAULT).unwrap();
    assert!(matches!(first.value, Value::Structure(_)));
}

#[test]
fn the_fused_parser_is_the_plain_grammar_on_golden_and_hostile_messages() {
    let hostile = corpus::inputs().iter().map(|input| input.octets.as_slice());
    let golden = golden();
    for message in hostile.chain(golden.iter().map(Vec::as_slice)) {
        plain::assert_agrees(message);
    }
}

/// Else the comparison of two parsers would say little.
#[test]
fn nearly_sound_items_are_of_every_type_and_break_every_rule_of_an_item() {
    let mut runner = TestRunner::deterministic();
    let mut types = BTreeSet::new();
    let mut rules = BTreeSet::new();
    for _ in 0..5_000 {
        let input = nearly_items().new_tree(&mut runner).unwrap().current();
        match plain::item(&input) {
            Ok((_, (_, code, _))) => types.extend([code]),
            Err(nom::Err::Error(why)) => rules.extend([why]),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(types, (1..=11).collect());
    let all = [
        "BadBoolean",
        "BadLength",
        "BeyondEnd",
        "NonZeroPadding",
        "NotUtf8",
        "Truncated",
        "UnknownType",
    ];
    assert_eq!(rules, BTreeSet::from(all));
}
