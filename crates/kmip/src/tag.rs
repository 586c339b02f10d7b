//! Tags of KMIP 1.0 to 2.1 (KMIP 1.0, 9.1.3.1; KMIP 2.1, 11.56): constants, and what is known of a tag.
//!
//! The constants and the tables below are generated, a file for the tags that each version brought.
//! May touch: constant tables.

mod table;
mod v1_0;
mod v1_1;
mod v1_2;
mod v1_3;
mod v1_4;
mod v2_0;
mod v2_1;
mod values;

use strongroom_ttlv::Tag;

use crate::version::Versions;
use crate::vocabulary::{Term, Vocabulary, hex_number};

pub use table::VOCABULARY;
pub use v1_0::*;
pub use v1_1::*;
pub use v1_2::*;
pub use v1_3::*;
pub use v1_4::*;
pub use v2_0::*;
pub use v2_1::*;

/// Names and versions of `tag`; `None` for a tag that no version names.
#[must_use]
pub const fn term(tag: Tag) -> Option<&'static Term> {
    VOCABULARY.by_number(tag.value())
}

/// The name of `tag` as the specification spells it, such as `Unique Batch Item ID`.
///
/// This is the function that `strongroom_ttlv::dump_named` wants.
#[must_use]
pub fn name(tag: Tag) -> Option<&'static str> {
    term(tag).map(|term| term.name)
}

/// The name of `tag` in XML and JSON, such as `UniqueBatchItemID`.
#[must_use]
pub fn text_name(tag: Tag) -> Option<&'static str> {
    term(tag).map(|term| term.text_name)
}

/// The versions that have `tag`; `None`, which passes everywhere, for a vendor's.
#[must_use]
pub const fn versions(tag: Tag) -> Option<Versions> {
    match term(tag) {
        Some(term) => Some(term.versions),
        None => None,
    }
}

/// The tag that a text form writes as `text`: its text name, or `0x` and up to 6 hexadecimal digits.
#[must_use]
pub fn from_text(text: &str) -> Option<Tag> {
    let named = VOCABULARY.by_text_name(text).map(|term| term.number);
    let number = named.or_else(|| hex_number(text))?;
    (number <= Tag::MAX).then_some(Tag::new(number))
}

/// What names the numbers in an item of this tag: the values of an Enumeration, the bits of a mask
/// that is an Integer, or all tags ([`ATTRIBUTE_REFERENCE`]).
///
/// `None` where numbers are just numbers. [`ATTRIBUTE_VALUE`] has none of its own either: there the attribute decides
/// ([`crate::vocabulary::attribute_by_name`]). Some tags carry an Enumeration among other item types
/// ([`UNIQUE_IDENTIFIER`], [`DATA`]): only an item of type Enumeration takes its name from here.
#[must_use]
pub fn values(tag: Tag) -> Option<&'static Vocabulary> {
    let found = values::VALUES.binary_search_by_key(&tag.value(), |(number, _)| *number);
    let (_, vocabulary) = values::VALUES.get(found.ok()?)?;
    Some(vocabulary)
}
