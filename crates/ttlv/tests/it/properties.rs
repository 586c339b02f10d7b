//! Properties over generated messages, and the fused parser against a plain grammar.

use std::collections::{BTreeSet, HashSet};

use nom::Parser;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use strongroom_ttlv::{Fields, Limits, Tolerance, Tolerances, Value, encode, item, validate};

use crate::golden::golden;
use crate::tree::{Step, Tree};
use crate::{build, corpus, plain};

/// Octets for a [`Tree`]: mostly a structure, at times with what no writer may write.
fn plan() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![4 => any::<u8>(), 1 => 0_u8..16, 1 => Just(1)];
    let rest = prop::collection::vec(octet, 0..300);
    (prop_oneof![5 => Just(1), 1 => any::<u8>()], rest)
        .prop_map(|(first, rest)| [vec![first], rest].concat())
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
    fn what_is_written_is_read_as_it_was(plan in plan()) {
        let tree = Tree::sound(&plan);
        let message = encode(|w| tree.write(w)).unwrap();
        prop_assert!(plain::assert_agrees(&message).is_some());
        prop_assert!(tree.is(&Fields::item(&message, &Limits::FORMAT).unwrap()));
    }

    #[test]
    fn the_first_thing_that_cannot_be_written_is_reported(plan in plan()) {
        let tree = Tree::faulty(&plan);
        let error = encode(|w| tree.write(w)).err();
        prop_assert_eq!(error.map(|error| (error.kind, error.tag)), tree.fault());
    }

    #[test]
    fn the_counting_pass_and_the_growing_buffer_agree(plan in plan()) {
        let tree = Tree::sound(&plan);
        let message = encode(|w| tree.write(w)).unwrap();
        let mut frame = bytes::BytesMut::new();
        strongroom_ttlv::encode_into(&mut frame, |w| tree.write(w)).unwrap();
        prop_assert_eq!(&frame[..], &message[..]);
    }

    #[test]
    fn the_fused_parser_is_the_plain_grammar(input in nearly_items()) {
        plain::assert_agrees(&input);
    }

    #[test]
    fn the_check_is_the_plain_grammar_whatever_is_tolerated(
        plan in plan(),
        item in nearly_item(),
        granted in prop::sample::subsequence(&Tolerance::ALL, 0..=2),
    ) {
        // The item stands behind others, in a structure.
        let message = encode(|w| Tree::sound(&plan).write(w)).unwrap();
        let message = build::structure(0x78, &[message.to_vec(), item]);
        let limits = granted.into_iter().fold(Limits::FORMAT, Limits::with_tolerance);
        plain::assert_agrees_under(&message, &limits);
    }

    #[test]
    fn limits_are_exact(plan in plan(), narrow in (0_usize..20, 0_usize..40, 0_usize..60, 0_usize..60)) {
        let message = encode(|w| Tree::sound(&plan).write(w)).unwrap();
        let extent = plain::assert_agrees(&message).unwrap();
        let (depth, items, text_len, bytes_len) = narrow;
        let limits = Limits::FORMAT.with_depth(depth).with_items(items);
        let limits = limits.with_text_len(text_len).with_bytes_len(bytes_len);
        prop_assert_eq!(validate(&message, &limits).is_ok(), extent.is_within(&limits));
    }

    #[test]
    fn the_fused_parser_is_the_plain_grammar_on_damaged_messages(
        plan in plan(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
    ) {
        let mut message = encode(|w| Tree::sound(&plan).write(w)).unwrap().to_vec();
        for (at, octet) in changes {
            let at = at.index(message.len());
            message[at] = octet;
        }
        plain::assert_agrees(&message);
    }

    #[test]
    fn any_octets_are_read_without_panic(input in prop::collection::vec(any::<u8>(), 0..200)) {
        let checked = validate(&input, &Limits::DEFAULT);
        prop_assert_eq!(checked.is_ok(), plain::assert_agrees(&input).is_some());
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

/// Else what is written and read says little.
#[test]
fn plans_make_every_type_and_fault_and_nest() {
    let mut runner = TestRunner::deterministic();
    let mut types = BTreeSet::new();
    let mut faults = HashSet::new();
    let mut deepest = 0;
    for _ in 0..2_000 {
        let plan = plan().new_tree(&mut runner).unwrap().current();
        let mut depth = 0_usize;
        for step in Tree::sound(&plan) {
            match step {
                Step::Open(_) => depth += 1,
                Step::Close => depth -= 1,
                Step::Leaf(_, leaf) => drop(types.insert(leaf.item_type().code())),
            }
            deepest = deepest.max(depth);
        }
        let fault = Tree::faulty(&plan).fault();
        faults.extend(fault.map(|(kind, _)| std::mem::discriminant(&kind)));
    }
    assert_eq!(types, (2..=11).collect());
    // Of the tag, of a Big Integer, of the number of items; few plans are too deep.
    assert!(faults.len() >= 3);
    assert!(deepest > 9, "deeper than published messages: {deepest}");
}

/// Else the comparison of two parsers would say little.
#[test]
fn nearly_sound_items_are_of_every_type_and_break_every_rule_of_an_item() {
    let mut runner = TestRunner::deterministic();
    let mut types = BTreeSet::new();
    let mut rules = BTreeSet::new();
    for _ in 0..5_000 {
        let input = nearly_items().new_tree(&mut runner).unwrap().current();
        match plain::item(&input, Tolerances::NONE) {
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
