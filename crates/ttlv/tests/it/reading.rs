//! The typed readers: order, absence, types, leftovers, and where their errors point.

use strongroom_ttlv::{DecodeErrorKind as Kind, Fields, ItemType, Limits, Tag, Value};

use crate::build;
use crate::golden::golden;

const fn tag(low: u32) -> Tag {
    Tag::new(0x42_0000 | low)
}

fn all_types() -> Vec<u8> {
    golden().swap_remove(2)
}

#[test]
fn every_type_is_read_in_order() {
    let message = all_types();
    let mut fields = Fields::message(tag(0x78), &message, &Limits::DEFAULT).unwrap();
    assert_eq!(fields.within(), tag(0x78));
    assert_eq!(fields.peek(), Some(tag(0x01)));
    assert_eq!(fields.peek_type(), Some(ItemType::Integer));
    assert_eq!(fields.integer(tag(0x01)), Ok(-2));
    assert_eq!(fields.long_integer(tag(0x02)), Ok(i64::MIN));
    assert_eq!(fields.big_integer(tag(0x03)), Ok(&[0xFF; 16][..]));
    assert_eq!(fields.enumeration::<u32>(tag(0x04)), Ok(0x8000_0001));
    assert_eq!(fields.boolean(tag(0x05)), Ok(true));
    assert_eq!(fields.text(tag(0x06)), Ok("gr\u{fc}n \u{2713}"));
    assert_eq!(fields.bytes(tag(0x07)), Ok(&[1, 2, 3][..]));
    assert_eq!(fields.date_time(tag(0x08)), Ok(-1));
    assert_eq!(fields.interval(tag(0x09)), Ok(864_000));
    assert_eq!(
        fields.date_time_extended(tag(0x0A)),
        Ok(1_700_000_000_000_000)
    );
    fields.structure(tag(0x0B)).unwrap().finish().unwrap();
    assert_eq!(fields.text(tag(0x0C)), Ok(""));
    assert_eq!(fields.bytes(tag(0x0D)), Ok(&[][..]));
    assert_eq!(fields.text(Tag::new(0x54_0001)), Ok("12345678"));
    assert_eq!((fields.peek(), fields.remaining()), (None, 0));
    fields.finish().unwrap();
}

#[test]
fn optional_readers_take_nothing_that_is_not_theirs() {
    let message = all_types();
    let mut fields = Fields::message(tag(0x78), &message, &Limits::DEFAULT).unwrap();
    let absent = tag(0x99);
    while fields.peek().is_some() {
        let before = fields.offset();
        assert_eq!(fields.integer_opt(absent), Ok(None));
        assert_eq!(fields.long_integer_opt(absent), Ok(None));
        assert_eq!(fields.big_integer_opt(absent), Ok(None));
        assert_eq!(fields.enumeration_opt::<u32>(absent), Ok(None));
        assert_eq!(fields.boolean_opt(absent), Ok(None));
        assert_eq!(fields.text_opt(absent), Ok(None));
        assert_eq!(fields.bytes_opt(absent), Ok(None));
        assert_eq!(fields.date_time_opt(absent), Ok(None));
        assert_eq!(fields.interval_opt(absent), Ok(None));
        assert_eq!(fields.date_time_extended_opt(absent), Ok(None));
        assert!(fields.structure_opt(absent).unwrap().is_none());
        assert_eq!(fields.offset(), before);
        fields.skip().unwrap();
    }
    assert_eq!(fields.integer_opt(absent), Ok(None));
}

#[test]
fn the_wrong_type_is_an_error_for_both_readers() {
    let message = all_types();
    let mut fields = Fields::message(tag(0x78), &message, &Limits::DEFAULT).unwrap();
    let wrong = Kind::WrongType {
        tag: tag(0x01),
        expected: ItemType::Enumeration,
        found: ItemType::Integer,
    };
    let error = fields.enumeration::<u32>(tag(0x01)).unwrap_err();
    assert_eq!((error.kind, error.offset), (wrong, 8));
    let error = fields.enumeration_opt::<u32>(tag(0x01)).unwrap_err();
    assert_eq!((error.kind, error.offset), (wrong, 8));
    assert_eq!(fields.integer(tag(0x01)), Ok(-2), "not taken by a failure");
}

#[test]
fn a_missing_field_is_reported_where_it_should_stand() {
    let inner = build::structure(0x69, &[build::integer(0x6A, 1)]);
    let message = build::structure(0x7B, &[inner, build::integer(0x0D, 1)]);
    let mut fields = Fields::message(tag(0x7B), &message, &Limits::DEFAULT).unwrap();
    let mut version = fields.structure(tag(0x69)).unwrap();
    version.integer(tag(0x6A)).unwrap();
    let expected = tag(0x6B);
    let error = version.integer(expected).unwrap_err();
    assert_eq!(error.kind, Kind::Missing { expected });
    assert_eq!(
        (error.offset, error.path.to_string().as_str()),
        (32, "42007B/420069")
    );
    assert_eq!(error.within(), Some(tag(0x69)));

    let error = fields.integer(expected).unwrap_err();
    let found = tag(0x0D);
    assert_eq!(error.kind, Kind::UnexpectedTag { expected, found });
    assert_eq!(
        (error.offset, error.path.to_string().as_str()),
        (32, "42007B/42000D")
    );
    assert_eq!(error.within(), Some(tag(0x7B)));
}

#[test]
fn a_field_too_many_is_refused_unless_skipped() {
    let message = all_types();
    let mut fields = Fields::message(tag(0x78), &message, &Limits::DEFAULT).unwrap();
    fields.integer(tag(0x01)).unwrap();
    fields.clone().skip_rest();
    let error = fields.finish().unwrap_err();
    assert_eq!(error.kind, Kind::Unread { found: tag(0x02) });
    assert_eq!(error.offset, 24);
}

#[test]
fn the_top_must_be_the_structure_asked_for() {
    let message = all_types();
    let error = Fields::message(tag(0x7B), &message, &Limits::DEFAULT).unwrap_err();
    let (expected, found) = (tag(0x7B), tag(0x78));
    assert_eq!(error.kind, Kind::UnexpectedTag { expected, found });
    let message = build::integer(0x7B, 1);
    let error = Fields::message(tag(0x7B), &message, &Limits::DEFAULT).unwrap_err();
    assert_eq!(
        error.kind,
        Kind::WrongType {
            tag: tag(0x7B),
            expected: ItemType::Structure,
            found: ItemType::Integer
        }
    );
}

#[test]
fn items_know_their_place_and_their_octets() {
    let message = build::Get::new().message();
    let mut todo = vec![Fields::message(tag(0x7B), &message, &Limits::DEFAULT).unwrap()];
    let mut seen = 0;
    while let Some(mut fields) = todo.pop() {
        while let Some(item) = fields.next_item().unwrap() {
            let end = item.offset + item.encoded().len();
            assert_eq!(item.encoded(), &message[item.offset..end]);
            let bad = Kind::BadValue { tag: item.tag };
            let error = fields.error_at(bad, item.offset);
            assert_eq!(error.path.tags().last(), Some(&item.tag));
            assert_eq!(error.within(), Some(fields.within()));
            seen += 1;
            if let Value::Structure(inner) = item.value {
                todo.push(inner);
            }
        }
    }
    assert_eq!(seen, 19);
}
