//! What the writer makes and what it refuses to make.

use bytes::BytesMut;
use strongroom_ttlv::{
    EncodeError, EncodeErrorKind as Kind, Fields, Item, ItemType, Limits, Tag, Value, Writer,
    encode, encode_into, validate,
};

use crate::build::{self, UID};
use crate::golden::golden;

const TOP: Tag = Tag::new(0x42_007B);
const INNER: Tag = Tag::new(0x42_0008);

/// Writes an item through the typed methods, not by copying it.
pub(crate) fn write(w: &mut Writer<'_>, item: &Item<'_>) {
    let tag = item.tag;
    match &item.value {
        Value::Structure(fields) => w.structure(tag, |w| {
            let mut fields = fields.clone();
            while let Some(item) = fields.next_item().unwrap() {
                write(w, &item);
            }
        }),
        Value::Integer(value) => w.integer(tag, *value),
        Value::LongInteger(value) => w.long_integer(tag, *value),
        Value::BigInteger(value) => w.big_integer(tag, value),
        Value::Enumeration(value) => w.enumeration(tag, *value),
        Value::Boolean(value) => w.boolean(tag, *value),
        Value::Text(value) => w.text(tag, value),
        Value::Bytes(value) => w.bytes(tag, value),
        Value::DateTime(value) => w.date_time(tag, *value),
        Value::Interval(value) => w.interval(tag, *value),
        Value::DateTimeExtended(value) => w.date_time_extended(tag, *value),
        other => panic!("{other:?}"),
    }
}

/// The octets that the item makes when it is written anew.
pub(crate) fn rewritten(item: &Item<'_>) -> Result<Vec<u8>, EncodeError> {
    encode(|w| write(w, item)).map(|octets| octets.to_vec())
}

#[test]
fn golden_messages_are_written_as_the_plain_encoder_writes_them() {
    for message in golden() {
        let item = Fields::item(&message, &Limits::DEFAULT).unwrap();
        assert_eq!(rewritten(&item).unwrap(), message);
        let mut frame = BytesMut::from(&b"before"[..]);
        encode_into(&mut frame, |w| write(w, &item)).unwrap();
        assert_eq!(frame.strip_prefix(b"before"), Some(message.as_slice()));
    }
}

#[test]
fn the_wiped_buffer_has_the_exact_size() {
    for message in golden() {
        let item = Fields::item(&message, &Limits::DEFAULT).unwrap();
        let octets = encode(|w| write(w, &item)).unwrap();
        assert_eq!(octets.capacity(), octets.len());
    }
}

#[test]
fn an_item_is_copied_octet_for_octet() {
    let message = golden().swap_remove(0);
    let item = Fields::item(&message, &Limits::DEFAULT).unwrap();
    let owned = item.to_owned_item();
    let copy = encode(|w| w.item(&owned.get().unwrap())).unwrap();
    assert_eq!(*copy, message);
    assert_eq!(owned.encoded(), message);

    let nested = encode(|w| w.structure(TOP, |w| w.item(&item))).unwrap();
    assert_eq!(*nested, build::structure(0x7B, &[message]));
}

fn kind_of(write: impl Fn(&mut Writer<'_>)) -> Kind {
    let mut frame = BytesMut::from(&b"before"[..]);
    let error = encode(&write).unwrap_err();
    assert_eq!(encode_into(&mut frame, write), Err(error));
    assert_eq!(&frame[..], b"before", "left as it was");
    error.kind
}

#[test]
fn what_a_reader_would_refuse_is_not_written() {
    fn nest(w: &mut Writer<'_>, levels: usize) {
        if levels > 0 {
            w.structure(INNER, |w| nest(w, levels - 1));
        }
    }
    assert_eq!(kind_of(|_| {}), Kind::NotOneItem { count: 0 });
    let two = |w: &mut Writer<'_>| {
        w.integer(TOP, 1);
        w.structure(TOP, |_| {});
    };
    assert_eq!(kind_of(two), Kind::NotOneItem { count: 2 });
    for len in [0, 1, 7, 12] {
        let octets = vec![0; len];
        let found = kind_of(|w| w.structure(TOP, |w| w.big_integer(INNER, &octets)));
        assert_eq!(found, Kind::BadBigInteger { len });
    }
    let tag = Tag::new(0x0100_0000);
    assert_eq!(kind_of(|w| w.integer(tag, 1)), Kind::BadTag);
    assert_eq!(kind_of(|w| nest(w, 65)), Kind::TooDeep);
    let deepest = encode(|w| nest(w, 64)).unwrap();
    assert_eq!(validate(&deepest, &Limits::FORMAT), Ok(()));
}

#[test]
fn a_copied_item_counts_with_its_depth() {
    let deep = build::deep(0x08, 63);
    let item = Fields::item(&deep, &Limits::FORMAT).unwrap();
    encode(|w| w.structure(TOP, |w| w.item(&item))).unwrap();
    let found = kind_of(|w| w.structure(TOP, |w| w.structure(TOP, |w| w.item(&item))));
    assert_eq!(found, Kind::TooDeep);
}

#[test]
fn a_function_that_changes_its_mind_is_caught() {
    for (first, second) in [("long enough for more", ""), ("", "long enough for more")] {
        let runs = std::cell::Cell::new(0);
        let error = encode(|w| {
            w.text(TOP, if runs.get() == 0 { first } else { second });
            runs.set(runs.get() + 1);
        });
        assert_eq!(error.unwrap_err().kind, Kind::Unstable);
    }
}

#[test]
fn only_the_first_failure_is_reported() {
    let error = encode(|w| {
        w.structure(TOP, |w| {
            w.big_integer(INNER, &[]);
            w.integer(Tag::new(u32::MAX), 1);
        });
    })
    .unwrap_err();
    assert_eq!(error.tag, INNER);
    assert_eq!(error.kind, Kind::BadBigInteger { len: 0 });
    assert_eq!(
        error.to_string(),
        "cannot write item 420008: a Big Integer of 0 octets: must be a positive multiple of 8"
    );
}

#[test]
fn debug_forms_show_no_value() {
    let message = build::structure(
        0x7B,
        &[
            build::text(0x94, UID),
            build::bytes(0x43, b"0123456789abcdef"),
        ],
    );
    let item = Fields::item(&message, &Limits::DEFAULT).unwrap();
    let Value::Structure(mut fields) = item.value.clone() else {
        panic!("{item:?}");
    };
    let mut shown = format!("{item:?} {fields:?} {:?}", item.to_owned_item());
    while let Some(item) = fields.next_item().unwrap() {
        shown += &format!("{item:?} {:?}", item.to_owned_item());
    }
    assert!(!shown.contains("fb4b5b9c"), "{shown}");
    assert!(!shown.contains("0123"), "{shown}");
    assert!(!shown.contains("48, 49"), "{shown}");
    let (_, raw) = strongroom_ttlv::item(&message).unwrap();
    assert_eq!(format!("{raw:?}"), "42007B Structure (72 octets)");
    assert_eq!(
        ItemType::from_code(raw.item_type.code()),
        Some(raw.item_type)
    );
}
