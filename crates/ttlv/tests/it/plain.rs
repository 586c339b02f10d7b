//! The grammar of TTLV (KMIP 1.0, 9.1.1) once more, to be read rather than to be fast: nom's own
//! combinators, one rule after the other, structures by recursion. What it accepts, and what it
//! complains of first, is what the crate's fused parser must accept and complain of, here and in
//! the fuzz targets.

use nom::bytes::complete::take;
use nom::combinator::{success, verify};
use nom::error::Error;
use nom::number::complete::{be_u8, be_u24, be_u32};
use nom::{IResult, Parser};
use strongroom_ttlv::{DecodeErrorKind, Limits, Tolerance, Tolerances};

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
pub(crate) fn item(input: &[u8], granted: Tolerances) -> IResult<&[u8], Parsed<'_>, Why> {
    let (rest, (tag, code, length)) = or("Truncated", (be_u24, be_u8, be_u32))(input)?;
    let (rest, ()) = rule("UnknownType", (1..=11).contains(&code))(rest)?;
    let length = value_len(code, length, granted);
    let (rest, ()) = rule("BadLength", fits(code, length))(rest)?;
    let (rest, value) = or("BeyondEnd", take(length))(rest)?;
    let (rest, padding) = or("BeyondEnd", take((8 - length % 8) % 8))(rest)?;
    let (rest, ()) = rule("NonZeroPadding", padding.iter().all(|&octet| octet == 0))(rest)?;
    let any = granted.has(Tolerance::AnyTrue);
    let (rest, ()) = rule("BadBoolean", any || code != 6 || is_boolean(value))(rest)?;
    let (rest, ()) = rule("NotUtf8", code != 7 || std::str::from_utf8(value).is_ok())(rest)?;
    Ok((rest, (tag, code, value)))
}

/// Octets of the value: what the length field says, unless it may count the padding and does.
fn value_len(code: u8, length: u32, granted: Tolerances) -> u32 {
    let may = granted.has(Tolerance::LengthCountsPadding);
    match (code, length) {
        (2 | 5 | 10, 8) if may => 4,
        _ => length,
    }
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

/// What [`Limits`] bound, as a message has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Octets of the whole message.
    pub(crate) message_len: usize,
    /// Structures inside one another.
    pub(crate) depth: usize,
    /// Items, structures included.
    pub(crate) items: usize,
    /// Octets of the longest Text String.
    pub(crate) text_len: usize,
    /// Octets of the longest Byte String or Big Integer.
    pub(crate) bytes_len: usize,
}

impl Extent {
    fn count(&mut self, code: u8, len: usize, depth: usize) {
        self.items += 1;
        match code {
            1 => self.depth = self.depth.max(depth + 1),
            7 => self.text_len = self.text_len.max(len),
            4 | 8 => self.bytes_len = self.bytes_len.max(len),
            _ => {}
        }
    }

    /// Whether `limits` let such a message through.
    pub(crate) fn is_within(&self, limits: &Limits) -> bool {
        self.message_len <= limits.message_len
            && self.depth <= limits.depth
            && self.items <= limits.items
            && self.text_len <= limits.text_len
            && self.bytes_len <= limits.bytes_len
    }
}

/// The first rule that octets break, and the offset of the item that breaks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) why: Why,
    pub(crate) at: usize,
}

/// One item inside `depth` structures, with all that is in it; gives what follows it.
fn one<'a>(
    input: &'a [u8],
    depth: usize,
    granted: Tolerances,
    extent: &mut Extent,
) -> Result<&'a [u8], Broken> {
    let here = |error| Broken {
        why: why(error),
        at: 0,
    };
    let (rest, (_, code, value)) = item(input, granted).map_err(here)?;
    if code == 1 {
        rule("TooDeep", depth < Limits::MAX_DEPTH)(rest).map_err(here)?;
    }
    extent.count(code, value.len(), depth);
    let mut inside = if code == 1 { value } else { &[] };
    while !inside.is_empty() {
        let at = 8 + value.len() - inside.len();
        let further = |broken: Broken| Broken {
            at: at + broken.at,
            ..broken
        };
        inside = one(inside, depth + 1, granted, extent).map_err(further)?;
    }
    Ok(rest)
}

/// The extent of `input` if it is a message, or the first rule that it breaks.
pub(crate) fn message(input: &[u8], granted: Tolerances) -> Result<Extent, Broken> {
    let message_len = input.len();
    let broken = |at| {
        move |error| Broken {
            why: why(error),
            at,
        }
    };
    rule("Empty", !input.is_empty())(input).map_err(broken(0))?;
    let mut extent = Extent {
        message_len,
        ..Extent::default()
    };
    let rest = one(input, 0, granted, &mut extent)?;
    let end = message_len - rest.len();
    rule("TrailingBytes", rest.is_empty())(rest).map_err(broken(end))?;
    Ok(extent)
}

fn why(error: nom::Err<Why>) -> Why {
    match error {
        nom::Err::Error(why) => why,
        other => panic!("{other:?}: all rules report errors that could be tried otherwise"),
    }
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

/// Panics unless the crate says of `input`, as an item and as a message, what this grammar says,
/// with every limit off and nothing tolerated. Gives the extent if it is a message.
pub(crate) fn assert_agrees(input: &[u8]) -> Option<Extent> {
    match (fused(input), item(input, Tolerances::NONE)) {
        (Ok(fused), spelled_out) => assert_eq!(spelled_out, Ok(fused)),
        (Err(fused), spelled_out) => assert_eq!(spelled_out.map_err(why), Err(fused.as_str())),
    }
    assert_agrees_under(input, &Limits::FORMAT)
}

/// The same of a message under `limits` that bound nothing but may tolerate something.
pub(crate) fn assert_agrees_under(input: &[u8], limits: &Limits) -> Option<Extent> {
    let checked = strongroom_ttlv::validate(input, limits);
    match (checked, message(input, limits.tolerances)) {
        (Ok(()), Ok(extent)) => Some(extent),
        (Err(error), Err(broken)) => {
            let found = (name(&error.kind), error.offset);
            assert_eq!(found, (broken.why.to_owned(), broken.at));
            None
        }
        (checked, spelled_out) => panic!("the crate says {checked:?}, the grammar {spelled_out:?}"),
    }
}

/// The name of an error kind, without its fields.
pub(crate) fn name(kind: &DecodeErrorKind) -> String {
    let shown = format!("{kind:?}");
    let end = shown.find(|c: char| !c.is_alphanumeric());
    shown[..end.unwrap_or(shown.len())].to_owned()
}
