//! A typed reader of the Get answer on top of [`Fields`], as strict about the meaning of known
//! items as can be, and what it says to sound octets that mean nothing.

use strongroom_ttlv::{DecodeError, DecodeErrorKind as Kind, Fields, ItemType, Limits, Tag, Value};

use crate::build::{Get, UID, get, key};
use crate::corpus;

pub(crate) const RESPONSE: Tag = Tag::new(0x42_007B);
const HEADER: Tag = Tag::new(0x42_007A);
const BATCH_COUNT: Tag = Tag::new(0x42_000D);
const BATCH_ITEM: Tag = Tag::new(0x42_000F);
const STATUS: Tag = Tag::new(0x42_007F);
const PAYLOAD: Tag = Tag::new(0x42_007C);
const UNIQUE_IDENTIFIER: Tag = Tag::new(0x42_0094);
const SYMMETRIC_KEY: Tag = Tag::new(0x42_008F);
const KEY_BLOCK: Tag = Tag::new(0x42_0040);
const KEY_VALUE: Tag = Tag::new(0x42_0045);
const KEY_MATERIAL: Tag = Tag::new(0x42_0043);
const ALGORITHM: Tag = Tag::new(0x42_0028);
const LENGTH: Tag = Tag::new(0x42_002A);

/// What a Get answer says.
#[derive(Debug, PartialEq)]
pub(crate) struct GetAnswer<'a> {
    pub(crate) uid: &'a str,
    pub(crate) key: &'a [u8],
    pub(crate) algorithm: u32,
    pub(crate) length: i32,
}

/// Reads `message`, which must be one answer to Get.
pub(crate) fn get_answer<'a>(
    message: &'a [u8],
    limits: &Limits,
) -> Result<GetAnswer<'a>, DecodeError> {
    let mut top = Fields::message(RESPONSE, message, limits)?;
    let mut header = top.structure(HEADER)?;
    pass_to(&mut header, BATCH_COUNT)?;
    let count_at = header.offset();
    let count = header.integer(BATCH_COUNT)?;
    header.finish()?;
    let answer = batch_item(top.structure(BATCH_ITEM)?)?;
    if count != 1 {
        return Err(top.error_at(Kind::BadValue { tag: BATCH_COUNT }, count_at));
    }
    top.finish()?;
    Ok(answer)
}

/// Passes over items with other tags, known or not.
fn pass_to(fields: &mut Fields<'_>, tag: Tag) -> Result<(), DecodeError> {
    while fields.peek().is_some_and(|next| next != tag) {
        fields.skip()?;
    }
    Ok(())
}

/// Passes over what is left, among which no item may have one of these tags.
fn no_more(mut fields: Fields<'_>, tags: &[Tag]) -> Result<(), DecodeError> {
    while let Some(tag) = fields.peek() {
        if tags.contains(&tag) {
            return Err(fields.error(Kind::Duplicate { tag }));
        }
        fields.skip()?;
    }
    Ok(())
}

fn batch_item(mut item: Fields<'_>) -> Result<GetAnswer<'_>, DecodeError> {
    pass_to(&mut item, STATUS)?;
    item.enumeration::<u32>(STATUS)?;
    let answer = payload(item.structure(PAYLOAD)?)?;
    no_more(item, &[STATUS, PAYLOAD])?;
    Ok(answer)
}

fn payload(mut payload: Fields<'_>) -> Result<GetAnswer<'_>, DecodeError> {
    pass_to(&mut payload, UNIQUE_IDENTIFIER)?;
    let uid = payload.text(UNIQUE_IDENTIFIER)?;
    no_more(payload.clone(), &[UNIQUE_IDENTIFIER])?;
    pass_to(&mut payload, SYMMETRIC_KEY)?;
    let mut object = payload.structure(SYMMETRIC_KEY)?;
    let mut block = object.structure(KEY_BLOCK)?;
    pass_to(&mut block, KEY_VALUE)?;
    let mut value = block.structure(KEY_VALUE)?;
    let answer = GetAnswer {
        uid,
        key: value.bytes(KEY_MATERIAL)?,
        algorithm: block.enumeration(ALGORITHM)?,
        length: block.integer(LENGTH)?,
    };
    value.finish()?;
    block.finish()?;
    object.finish()?;
    Ok(answer)
}

/// What the reader says to the input of this name.
fn verdict(name: &str) -> Result<(), Kind> {
    let octets = &corpus::input(name).octets;
    let answer = get_answer(octets, &Limits::DEFAULT);
    answer.map(drop).map_err(|error| error.kind)
}

#[test]
fn a_get_answer_is_read() {
    let message = Get::new().message();
    let expected = GetAnswer {
        uid: UID,
        key: &key(),
        algorithm: 3,
        length: 256,
    };
    assert_eq!(get_answer(&message, &Limits::DEFAULT), Ok(expected));
}

#[test]
fn unknown_vocabulary_stops_no_typed_reader() {
    for name in [
        "ok-vault-1.0-server-correlation",
        "ok-v1.4-server-correlation",
        "ok-vendor-enum-alg",
        "ok-unknown-tag-in-payload",
        "ok-vendor-tag-54",
        "ok-msg-extension",
        "ok-batch-item-id",
    ] {
        assert_eq!(verdict(name), Ok(()), "{name}");
    }
}

#[test]
fn wrong_meaning_in_sound_octets_is_refused_by_a_typed_reader() {
    let wrong = |tag, expected, found| Kind::WrongType {
        tag,
        expected,
        found,
    };
    let count = Kind::BadValue { tag: BATCH_COUNT };
    let cases = [
        (
            "bad-uid-as-int",
            wrong(UNIQUE_IDENTIFIER, ItemType::TextString, ItemType::Integer),
        ),
        (
            "bad-len-as-long",
            wrong(LENGTH, ItemType::Integer, ItemType::LongInteger),
        ),
        (
            "bad-status-as-int",
            wrong(STATUS, ItemType::Enumeration, ItemType::Integer),
        ),
        (
            "bad-key-as-text",
            wrong(KEY_MATERIAL, ItemType::ByteString, ItemType::TextString),
        ),
        ("bad-dup-status", Kind::Duplicate { tag: STATUS }),
        (
            "bad-dup-uid",
            Kind::Duplicate {
                tag: UNIQUE_IDENTIFIER,
            },
        ),
        ("bad-missing-status", Kind::Missing { expected: STATUS }),
        (
            "bad-missing-keymaterial",
            Kind::Missing {
                expected: KEY_MATERIAL,
            },
        ),
        ("bad-batchcount-5-vs-1", count),
        ("bad-batchcount-neg", count),
        ("bad-batchcount-2^31", count),
    ];
    for (name, kind) in cases {
        assert_eq!(verdict(name), Err(kind), "{name}");
    }
}

#[test]
fn a_cut_between_items_is_refused_by_a_typed_reader() {
    let whole = get(|_| {});
    for (len, expected) in [(8, HEADER), (88, BATCH_ITEM)] {
        let cut = crate::truncation::fitted(&whole, len);
        let error = get_answer(&cut, &Limits::DEFAULT).unwrap_err();
        assert_eq!(
            (error.kind, error.offset),
            (Kind::Missing { expected }, len)
        );
    }
}

/// Reads every item below `value`, and counts them.
pub(crate) fn items_below(value: &Value<'_>) -> usize {
    let Value::Structure(fields) = value else {
        return 0;
    };
    let mut fields = fields.clone();
    let mut items = 0;
    while let Some(item) = fields.next_item().unwrap() {
        items += 1 + items_below(&item.value);
    }
    items
}
