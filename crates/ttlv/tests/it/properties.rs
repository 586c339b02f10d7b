//! Properties over generated messages, and the fused parser against a plain grammar.

use nom::bytes::complete::take;
use nom::combinator::verify;
use nom::number::complete::{be_u8, be_u24, be_u32};
use nom::{IResult, Parser};
use proptest::prelude::*;
use strongroom_ttlv::{Fields, Limits, Tag, Value, Writer, encode, item, validate};

use crate::build;

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

/// The grammar once more, from nom's own combinators, with recursion and without limits.
mod plain {
    use super::*;

    pub(super) type Parsed<'a> = (u32, u8, &'a [u8]);

    pub(super) fn item(input: &[u8]) -> IResult<&[u8], Parsed<'_>> {
        let (rest, (tag, code, length)) = (be_u24, be_u8, be_u32).parse(input)?;
        let fits = match code {
            1 => length % 8 == 0,
            2 | 5 | 10 => length == 4,
            3 | 6 | 9 | 11 => length == 8,
            4 => length % 8 == 0 && length > 0,
            7 | 8 => true,
            _ => false,
        };
        let (rest, value) = verify(take(length), |_: &[u8]| fits).parse(rest)?;
        let sound = match code {
            6 => value[..7] == [0; 7] && value[7] < 2,
            7 => std::str::from_utf8(value).is_ok(),
            _ => true,
        };
        let padding = (8 - length % 8) % 8;
        let (rest, _) = verify(take(padding), |octets: &[u8]| {
            sound && octets.iter().all(|&octet| octet == 0)
        })
        .parse(rest)?;
        Ok((rest, (tag, code, value)))
    }

    fn all_sound(mut input: &[u8]) -> bool {
        while !input.is_empty() {
            match item(input) {
                Ok((rest, (_, code, value))) if code != 1 || all_sound(value) => input = rest,
                _ => return false,
            }
        }
        true
    }

    pub(super) fn is_message(input: &[u8]) -> bool {
        matches!(item(input), Ok((&[], _))) && all_sound(input)
    }
}

/// The fused parser, as the plain one reports it.
fn fused(input: &[u8]) -> Option<(&[u8], plain::Parsed<'_>)> {
    let (rest, raw) = item(input).ok()?;
    Some((rest, (raw.tag.value(), raw.item_type.code(), raw.value)))
}

/// Octets whose headers are nearly right: this is where parsers differ.
fn nearly_items() -> impl Strategy<Value = Vec<u8>> {
    let header = (any::<u16>(), 0_u8..14, prop_oneof![0_u32..40, any::<u32>()]);
    let one = (
        header,
        prop::collection::vec(prop_oneof![Just(0), any::<u8>()], 0..40),
    )
        .prop_map(|((tag, code, length), value)| build::raw(u32::from(tag), code, length, &value));
    prop::collection::vec(one, 0..4).prop_map(|items| items.concat())
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_it_was(node in node()) {
        let message = encode(|w| w.structure(Tag::new(1), |w| write(w, &node))).unwrap();
        prop_assert!(plain::is_message(&message));
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
        prop_assert_eq!(fused(&input), plain::item(&input).ok());
        let checked = validate(&input, &Limits::FORMAT);
        prop_assert_eq!(checked.is_ok(), plain::is_message(&input), "{:?}", checked);
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
        prop_assert_eq!(fused(&message), plain::item(&message).ok());
        let checked = validate(&message, &Limits::FORMAT);
        prop_assert_eq!(checked.is_ok(), plain::is_message(&message), "{:?}", checked);
    }

    #[test]
    fn any_octets_are_read_without_panic(input in prop::collection::vec(any::<u8>(), 0..200)) {
        let checked = validate(&input, &Limits::DEFAULT);
        prop_assert_eq!(checked.is_ok(), plain::is_message(&input));
        prop_assert!(!strongroom_ttlv::dump(&input).is_empty());
    }
}

#[test]
fn the_parser_composes_with_combinators() {
    let message = build::golden().concat();
    let mut all = nom::multi::many0(item);
    let (rest, items) = all.parse(message.as_slice()).unwrap();
    assert!(rest.is_empty());
    assert_eq!(items.len(), 3);
    let first = Fields::item(&message[..312], &Limits::DEFAULT).unwrap();
    assert!(matches!(first.value, Value::Structure(_)));
}
