//! Any octets, read: parser, checker, readers and dump against the plain grammar.

use strongroom_ttlv::{
    DecodeErrorKind, Fields, Item, ItemType, Limits, Tag, Tolerance, Value, dump, dump_hex, encode,
    validate,
};

use super::reading;
use crate::plain::{self, Extent};
use crate::{See, Seen};

/// Any octets: parser and check say what the plain grammar says, also where something is tolerated; then limits,
/// readers and dumps say the same.
pub fn ttlv_item(input: &[u8], see: See<'_>) {
    let extent = plain::assert_agrees(input);
    match (Fields::item(input, &Limits::FORMAT), extent) {
        (Ok(item), Some(extent)) => {
            bounds(input, &extent, see);
            tops(input, &item, see);
            let concealed = reading::check(input, &item, extent.items, see);
            if is_printed(input) {
                shown(input, &concealed, &extent);
            }
        }
        (Err(error), None) => {
            assert!(error.path.tags().len() <= Limits::MAX_DEPTH + 1);
            see(Seen::Decode(error.kind));
            if let DecodeErrorKind::BadLength { .. } | DecodeErrorKind::BadBoolean = error.kind {
                tolerated(input, see);
            }
            if is_printed(input) {
                refusal_is_shown(input, error.offset);
            }
        }
        (read, extent) => panic!("accepted as {extent:?}, read as {read:?}"),
    }
}

/// What is refused may be tolerated: then it is written in its right encoding, which needs no tolerance.
fn tolerated(input: &[u8], see: See<'_>) {
    for granted in [
        &Tolerance::ALL[..],
        &Tolerance::ALL[..1],
        &Tolerance::ALL[1..],
    ] {
        let granted = granted.iter().copied();
        let limits = granted.fold(Limits::FORMAT, Limits::with_tolerance);
        if plain::assert_agrees_under(input, &limits).is_none() {
            continue;
        }
        let item = Fields::item(input, &limits).expect("checked before");
        let right = encode(|w| w.item(&item)).expect("what was read can be written");
        assert_eq!(validate(&right, &Limits::FORMAT), Ok(()));
        assert_eq!(right.len(), input.len());
        see(Seen::Item(item.value.item_type()));
    }
}

/// One input of sixteen, told by its octets: to print takes longer than all the rest.
fn is_printed(input: &[u8]) -> bool {
    let sum = input
        .iter()
        .fold(0_u8, |sum, octet| sum.wrapping_add(*octet));
    sum.is_multiple_of(16)
}

/// A dump has at most this many lines for items, and one for the error that says so.
const LINES_MAX: usize = 100_001;

/// The dump has a line for each item, and both dumps say the same of `concealed`: nothing of the octets that they
/// must not show.
fn shown(input: &[u8], concealed: &[u8], extent: &Extent) {
    let text = dump(input);
    assert_eq!(text.lines().count(), extent.items.min(LINES_MAX));
    assert_eq!(dump(concealed), text);
    assert!(text.len() <= 200 * extent.items + 6 * input.len());
    assert_eq!(dump_hex(concealed), dump_hex(input));
}

/// Both dumps end with an error; the dump says where.
fn refusal_is_shown(input: &[u8], offset: usize) {
    let (text, hex) = (dump(input), dump_hex(input));
    let last = text.lines().last().unwrap_or_default();
    assert!(last.starts_with(&format!("{offset:08x} error: ")), "{last}");
    assert!(
        hex.lines()
            .last()
            .is_some_and(|last| last.starts_with("error: "))
    );
}

/// A sound message passes limits that just hold it and none that is one less.
fn bounds(input: &[u8], extent: &Extent, see: See<'_>) {
    let default = Limits::DEFAULT;
    assert_eq!(
        validate(input, &default).is_ok(),
        extent.is_within(&default)
    );
    let exact = Limits::FORMAT
        .with_message_len(extent.message_len)
        .with_depth(extent.depth)
        .with_items(extent.items)
        .with_text_len(extent.text_len)
        .with_bytes_len(extent.bytes_len);
    assert_eq!(validate(input, &exact), Ok(()));
    for (limits, kind) in narrower(exact) {
        let error = validate(input, &limits).expect_err("one less than there is");
        assert_eq!(error.kind, kind);
        assert!(kind.is_limit() && error.offset < input.len());
        see(Seen::Decode(kind));
    }
}

/// The limits of `exact`, one of them one less, and what is then complained of.
fn narrower(exact: Limits) -> impl Iterator<Item = (Limits, DecodeErrorKind)> {
    let less = |value: usize, with: fn(Limits, usize) -> Limits, kind: fn(usize, usize) -> _| {
        let limit = value.checked_sub(1)?;
        Some((with(exact, limit), kind(value, limit)))
    };
    [
        less(exact.message_len, Limits::with_message_len, |len, limit| {
            DecodeErrorKind::MessageTooLong { len, limit }
        }),
        less(exact.depth, Limits::with_depth, |_, limit| {
            DecodeErrorKind::TooDeep { limit }
        }),
        less(exact.items, Limits::with_items, |_, limit| {
            DecodeErrorKind::TooManyItems { limit }
        }),
        less(exact.text_len, Limits::with_text_len, |len, limit| {
            DecodeErrorKind::TextTooLong { len, limit }
        }),
        less(exact.bytes_len, Limits::with_bytes_len, |len, limit| {
            DecodeErrorKind::BytesTooLong { len, limit }
        }),
    ]
    .into_iter()
    .flatten()
}

/// The item at the top has the tag and the type that it has, and no other.
fn tops(input: &[u8], item: &Item<'_>, see: See<'_>) {
    let of = |tag| Fields::message(tag, input, &Limits::FORMAT).map(|fields| fields.remaining());
    let kind_of = |tag| of(tag).expect_err("not what it is").kind;
    match &item.value {
        Value::Structure(fields) => assert_eq!(of(item.tag), Ok(fields.remaining())),
        other => {
            let (tag, found) = (item.tag, other.item_type());
            let expected = ItemType::Structure;
            let kind = DecodeErrorKind::WrongType {
                tag,
                expected,
                found,
            };
            assert_eq!(kind_of(tag), kind);
            see(Seen::Decode(kind));
        }
    }
    let (expected, found) = (Tag::new(item.tag.value() ^ 1), item.tag);
    let kind = DecodeErrorKind::UnexpectedTag { expected, found };
    assert_eq!(kind_of(expected), kind);
    see(Seen::Decode(kind));
}
