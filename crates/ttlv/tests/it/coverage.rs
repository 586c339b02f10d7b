//! What the inputs of these tests reach: every kind of error, every type of item.

use std::collections::BTreeSet;

use strongroom_ttlv::{DecodeError, Fields, ItemType, Limits, Value, validate};

use crate::corpus;
use crate::format_page;
use crate::golden::golden;
use crate::plain::name;
use crate::typed::get_answer;

/// The kinds of this version. A test fails when the page has
/// another, one when no input reaches one of them.
const KINDS: [&str; 20] = [
    "BadBoolean",
    "BadLength",
    "BadValue",
    "BeyondEnd",
    "BytesTooLong",
    "Duplicate",
    "Empty",
    "MessageTooLong",
    "Missing",
    "NonZeroPadding",
    "NotUtf8",
    "TextTooLong",
    "TooDeep",
    "TooManyItems",
    "TrailingBytes",
    "Truncated",
    "UnexpectedTag",
    "UnknownType",
    "Unread",
    "WrongType",
];

/// Limits below what the golden messages need.
const TIGHT: [Limits; 4] = [
    Limits::DEFAULT.with_items(8),
    Limits::DEFAULT.with_message_len(64),
    Limits::DEFAULT.with_text_len(8),
    Limits::DEFAULT.with_bytes_len(8),
];

#[derive(Default)]
struct Reached {
    kinds: BTreeSet<String>,
    types: BTreeSet<u8>,
}

impl Reached {
    fn note<T>(&mut self, outcome: Result<T, DecodeError>) {
        self.kinds
            .extend(outcome.err().map(|error| name(&error.kind)));
    }

    fn message(&mut self, message: &[u8]) {
        for limits in [Limits::DEFAULT, Limits::FORMAT].iter().chain(&TIGHT) {
            self.note(validate(message, limits));
        }
        self.note(get_answer(message, &Limits::DEFAULT));
        if let Ok(item) = Fields::item(message, &Limits::DEFAULT) {
            self.item_types(&item.value);
        }
    }

    fn item_types(&mut self, value: &Value<'_>) {
        self.types.insert(value.item_type().code());
        if let Value::Structure(fields) = value {
            let mut fields = fields.clone();
            while let Some(item) = fields.next_item().unwrap() {
                self.item_types(&item.value);
            }
        }
    }

    /// Every cut, and every octet set to FF.
    fn damaged(&mut self, message: &[u8]) {
        for at in 0..message.len() {
            self.note(validate(&message[..at], &Limits::DEFAULT));
            let mut changed = message.to_vec();
            changed[at] = 0xFF;
            self.note(validate(&changed, &Limits::DEFAULT));
            self.note(get_answer(&changed, &Limits::DEFAULT));
        }
    }
}

fn reached() -> Reached {
    let mut reached = Reached::default();
    for input in corpus::inputs() {
        reached.message(&input.octets);
    }
    for message in golden() {
        reached.message(&message);
        reached.damaged(&message);
    }
    reached
}

#[test]
fn every_kind_of_error_and_every_type_of_item_is_reached() {
    let reached = reached();
    let kinds: Vec<&str> = reached.kinds.iter().map(String::as_str).collect();
    assert_eq!(kinds, KINDS);
    let types = (0..=255).filter(|&code| ItemType::from_code(code).is_some());
    assert_eq!(reached.types, types.collect());
    assert_eq!(reached.types.len(), 11);
}

#[test]
fn the_page_names_the_kinds_that_are_reached() {
    let Some(page) = format_page::text() else {
        return;
    };
    let (_, section) = page.split_once("\n## 7. ").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let code = section.split('`').skip(1).step_by(2);
    let named: BTreeSet<&str> = code
        .filter(|word| word.chars().all(char::is_alphanumeric))
        .collect();
    let named = named
        .difference(&BTreeSet::from(["DecodeErrorKind"]))
        .copied()
        .collect::<Vec<_>>();
    assert_eq!(named, KINDS);
}
