//! Lookups, over every vocabulary that there is.

use super::*;
use crate::enumeration::{ALL, CryptographicUsageMask, SplitKeyMethod};
use crate::tag;

fn all() -> impl Iterator<Item = &'static Vocabulary> {
    ALL.iter().copied().chain([tag::VOCABULARY])
}

#[test]
fn every_term_is_found_by_number_name_and_text_name() {
    let mut count = 0;
    for vocabulary in all() {
        for term in vocabulary.terms() {
            let shown = format!("{} {term:?}", vocabulary.name());
            assert_eq!(vocabulary.by_number(term.number), Some(term), "{shown}");
            assert_eq!(vocabulary.by_name(term.name), Some(term), "{shown}");
            assert_eq!(
                vocabulary.by_text_name(term.text_name),
                Some(term),
                "{shown}"
            );
            let hex = format!("{:#010x}", term.number);
            assert_eq!(
                vocabulary.number_from_text(&hex),
                Some(term.number),
                "{shown}"
            );
            count += 1;
        }
        for (other, number) in vocabulary.other_text_names {
            let found = vocabulary.by_text_name(other).map(|term| term.number);
            assert_eq!(found, Some(*number), "{other}");
        }
    }
    // 371 tags, 851 values, and those of PKCS#11.
    assert_eq!(count, 371 + 851 + 92 + 97);
}

#[test]
fn numbers_ascend_and_the_text_order_is_one() {
    for vocabulary in all() {
        let numbers: Vec<_> = vocabulary.terms().iter().map(|term| term.number).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{}", vocabulary.name());
        let in_order: Vec<_> = vocabulary
            .text_order
            .iter()
            .map(|&at| vocabulary.terms()[usize::from(at)].text_name)
            .collect();
        assert!(in_order.is_sorted_by(|a, b| a < b), "{}", vocabulary.name());
        assert_eq!(in_order.len(), numbers.len(), "{}", vocabulary.name());
        assert!(vocabulary.by_number(u32::MAX).is_none());
    }
}

#[test]
fn text_is_read_as_a_name_or_in_hex_and_nothing_else() {
    let methods = SplitKeyMethod::VOCABULARY;
    assert_eq!(methods.number_from_text("PolynomialSharingGF2_8"), Some(4));
    assert_eq!(methods.number_from_text("PolynomialSharingGF28"), Some(4));
    assert_eq!(methods.number_from_text("0x80000001"), Some(0x8000_0001));
    assert_eq!(methods.number_from_text("0xFf"), Some(255));
    for bad in [
        "",
        "XoR",
        "4",
        "0x",
        "0x+1",
        "0x100000000",
        "0X1",
        "x1",
        " XOR",
    ] {
        assert_eq!(methods.number_from_text(bad), None, "{bad:?}");
    }
}

#[test]
fn a_mask_is_read_with_either_separator_and_taken_apart_again() {
    let uses = CryptographicUsageMask::VOCABULARY;
    for text in [
        "Encrypt Decrypt",
        "Encrypt   Decrypt",
        "Decrypt|Encrypt",
        "0x0000008 0x4",
    ] {
        assert_eq!(uses.mask_from_text(text), Some(12), "{text}");
    }
    assert_eq!(
        uses.mask_from_text("ContentCommitment|0x80000000"),
        Some(0x8000_0400)
    );
    for bad in ["", " | ", "Encrypt,Decrypt", "Encrypt Nothing", "12"] {
        assert_eq!(uses.mask_from_text(bad), None, "{bad:?}");
    }
    let shown: Vec<_> = uses
        .parts(0xC000_000C)
        .map(|part| match part {
            Part::Named(term) => term.text_name.to_owned(),
            Part::Unnamed(bits) => format!("{bits:#010x}"),
        })
        .collect();
    assert_eq!(shown, ["Encrypt", "Decrypt", "0xc0000000"]);
    assert_eq!(uses.parts(0).count(), 0);
}

#[test]
fn attributes_are_found_by_name_and_by_tag() {
    let mut by_tag = 0;
    for attribute in ATTRIBUTES {
        if let Some(name) = attribute.attribute_name {
            let found = attribute_by_name(name).unwrap();
            assert_eq!(found.name, attribute.name);
        } else {
            assert!(attribute_by_name(attribute.name).is_none(), "{attribute:?}");
        }
        if let Some(tag) = attribute.tag {
            assert_eq!(attribute_by_tag(tag).unwrap().name, attribute.name);
            by_tag += 1;
        }
    }
    assert!(attribute_by_name("x-Name").is_none() && attribute_by_tag(tag::NAME_VALUE).is_none());
    let mut numbers: Vec<_> = ATTRIBUTES.iter().filter_map(|one| one.tag).collect();
    numbers.sort_unstable_by_key(|tag| tag.value());
    numbers.dedup();
    assert_eq!(numbers.len(), by_tag, "no tag stands for two attributes");
}
