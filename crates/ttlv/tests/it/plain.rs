//! The grammar of TTLV (KMIP 1.0, 9.1.1) once more, to be read rather than to be fast: nom's own
//! combinators, one rule after the other, structures by recursion. What it accepts, and what it
//! complains of first, is what the crate's fused parser must accept and complain of.

use nom::bytes::complete::take;
use nom::combinator::{success, verify};
use nom::error::Error;
use nom::number::complete::{be_u8, be_u24, be_u32};
use nom::{IResult, Parser};
use strongroom_ttlv::{DecodeErrorKind, Limits};

/// The rule that is broken, by the name of its error kind.
pub(crate) type Why = &'static str;

/// Tag, type code, value.
pub(crate) type Parsed<'a> = (u32, u8, &'a [u8]);

/// `parser`, whose failure breaks the rule `why`.
fn or<'a, O>(
    why: Why,
    mut parser: impl Parser<&'a [u8], Output = O, Error = Error<&'a [u8]>>,
) -> impl FnMut(&'a [u8]) -> IResult<&'a [u8], O, Why> {
    move |input| parser.parse(input).map_err(|_| nom::Err::Error(why))
}

/// Takes nothing; breaks the rule `why` unless it `holds`.
fn rule<'a>(why: Why, holds: bool) -> impl FnMut(&'a [u8]) -> IResult<&'a [u8], (), Why> {
    or(why, verify(success(()), move |()| holds))
}

/// One item; of a structure, only its own header and bounds.
pub(crate) fn item(input: &[u8]) -> IResult<&[u8], Parsed<'_>, Why> {
    let (rest, (tag, code, length)) = or("Truncated", (be_u24, be_u8, be_u32))(input)?;
    let (rest, ()) = rule("UnknownType", (1..=11).contains(&code))(rest)?;
    let (rest, ()) = rule("BadLength", fits(code, length))(rest)?;
    let (rest, value) = or("BeyondEnd", take(length))(rest)?;
    let (rest, padding) = or("BeyondEnd", take((8 - length % 8) % 8))(rest)?;
    let (rest, ()) = rule("NonZeroPadding", padding.iter().all(|&octet| octet == 0))(rest)?;
    let (rest, ()) = rule("BadBoolean", code != 6 || is_boolean(value))(rest)?;
    let (rest, ()) = rule("NotUtf8", code != 7 || std::str::from_utf8(value).is_ok())(rest)?;
    Ok((rest, (tag, code, value)))
}

fn fits(code: u8, length: u32) -> bool {
    match code {
        1 => length.is_multiple_of(8),
        2 | 5 | 10 => length == 4,
        3 | 6 | 9 | 11 => length == 8,
        4 => length.is_multiple_of(8) && length > 0,
        _ => true,
    }
}

fn is_boolean(value: &[u8]) -> bool {
    value[..7] == [0; 7] && value[7] < 2
}

/// Items one after the other, of which structures may open `levels` more.
fn items(mut input: &[u8], levels: usize) -> Result<(), nom::Err<Why>> {
    while !input.is_empty() {
        let (rest, (_, code, value)) = item(input)?;
        if code == 1 {
            rule("TooDeep", levels > 0)(rest)?;
            items(value, levels - 1)?;
        }
        input = rest;
    }
    Ok(())
}

/// One item and nothing after it.
fn whole(input: &[u8]) -> Result<(), nom::Err<Why>> {
    rule("Empty", !input.is_empty())(input)?;
    let (rest, _) = item(input)?;
    items(&input[..input.len() - rest.len()], Limits::MAX_DEPTH)?;
    rule("TrailingBytes", rest.is_empty())(rest)?;
    Ok(())
}

/// Whether `input` is a message, or the first rule that it breaks.
pub(crate) fn message(input: &[u8]) -> Result<(), Why> {
    whole(input).map_err(why)
}

fn why(error: nom::Err<Why>) -> Why {
    match error {
        nom::Err::Error(why) => why,
        other => panic!("{other:?}: all rules report errors that could be tried otherwise"),
    }
}

/// What the crate says to `input`, with every limit off, in the words of this grammar.
fn checked(input: &[u8]) -> Result<(), String> {
    strongroom_ttlv::validate(input, &Limits::FORMAT).map_err(|error| name(&error.kind))
}

/// The crate's parser of one item, in the words of this grammar.
fn fused(input: &[u8]) -> Result<(&[u8], Parsed<'_>), String> {
    match strongroom_ttlv::item(input) {
        Ok((rest, raw)) => Ok((rest, (raw.tag.value(), raw.item_type.code(), raw.value))),
        Err(nom::Err::Error(fault)) => {
            assert_eq!(fault.left, input.len());
            Err(name(&fault.kind))
        }
        Err(other) => panic!("{other:?}"),
    }
}

/// Panics unless the crate says of `input`, as an item and as a message, what this grammar says.
pub(crate) fn assert_agrees(input: &[u8]) {
    let spelled_out = item(input).map_err(|error| why(error).to_owned());
    assert_eq!(fused(input), spelled_out);
    assert_eq!(checked(input), message(input).map_err(str::to_owned));
}

/// The name of an error kind, without its fields.
pub(crate) fn name(kind: &DecodeErrorKind) -> String {
    let shown = format!("{kind:?}");
    let end = shown.find(|c: char| !c.is_alphanumeric());
    shown[..end.unwrap_or(shown.len())].to_owned()
}
