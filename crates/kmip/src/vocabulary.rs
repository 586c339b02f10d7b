//! What the specification calls its numbers: tags, values of enumerations, bits of masks, attributes.
//!
//! Text forms, dumps and version rules all ask here. The rows come from the tables in
//! `crates/kmip/spec`. May touch: constant tables; nothing is allocated.
//!
//! ```
//! use strongroom_kmip::enumeration::Operation;
//! use strongroom_kmip::{ProtocolVersion, tag};
//!
//! // <Operation type="Enumeration" value="ReKeyKeyPair"/>
//! let found = tag::from_text("Operation").unwrap();
//! let names = tag::values(found).unwrap();
//! assert_eq!(names.number_from_text("ReKeyKeyPair"), Some(0x1D));
//! assert_eq!(names.by_number(0x1D).unwrap().name, "Re-key Key Pair");
//! assert!(!ProtocolVersion::V1_0.has(Operation::RE_KEY_KEY_PAIR.versions()));
//!
//! // <CryptographicUsageMask type="Integer" value="Encrypt Decrypt"/>
//! let names = tag::values(tag::CRYPTOGRAPHIC_USAGE_MASK).unwrap();
//! assert_eq!(names.mask_from_text("Encrypt Decrypt"), Some(12));
//! ```

#[macro_use]
mod macros;
mod attribute;
mod mask;

use crate::version::{ProtocolVersion, Versions};

pub use attribute::{ATTRIBUTES, AttributeTerm, attribute_by_name, attribute_by_tag};
pub use mask::{Part, Parts};

/// A number that the specification names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Term {
    /// The number on the wire; one bit in a mask.
    pub number: u32,
    /// The name as the specification spells it, its errors mended (`spec/corrections.md`).
    pub name: &'static str,
    /// The name in XML and JSON (KMIP Additional Message Encodings 1.0, 4 and 6).
    pub text_name: &'static str,
    /// The versions that have it.
    pub versions: Versions,
    /// The version that asks not to use it any more.
    pub deprecated_in: Option<ProtocolVersion>,
}

impl Term {
    pub(crate) const fn new(
        number: u32,
        name: &'static str,
        text_name: &'static str,
        versions: Versions,
    ) -> Self {
        Self {
            number,
            name,
            text_name,
            versions,
            deprecated_in: None,
        }
    }

    pub(crate) const fn deprecated(mut self, since: ProtocolVersion) -> Self {
        self.deprecated_in = Some(since);
        self
    }
}

/// What kind of number a vocabulary names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Values of one enumeration.
    Enumeration,
    /// Bits of one mask; the item is an Integer.
    Mask,
    /// Tags.
    Tags,
}

/// The terms of one enumeration or one mask, or all tags.
#[derive(Debug)]
pub struct Vocabulary {
    name: &'static str,
    kind: Kind,
    /// By number.
    terms: &'static [Term],
    /// Positions in `terms`, by text name.
    text_order: &'static [u16],
    /// Other text names that are read and never written, with their numbers.
    other_text_names: &'static [(&'static str, u32)],
}

impl Vocabulary {
    pub(crate) const fn new(
        (name, kind): (&'static str, Kind),
        terms: &'static [Term],
        text_order: &'static [u16],
        other_text_names: &'static [(&'static str, u32)],
    ) -> Self {
        Self {
            name,
            kind,
            terms,
            text_order,
            other_text_names,
        }
    }

    /// The enumeration's or mask's name in the specification, without the word Enumeration.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What kind of number is named.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Every term, by number.
    #[must_use]
    pub const fn terms(&self) -> &'static [Term] {
        self.terms
    }

    /// The term of `number`; for a mask, of one bit.
    #[must_use]
    pub const fn by_number(&self, number: u32) -> Option<&'static Term> {
        let mut rest = self.terms;
        while let Some((before, from_middle)) = rest.split_at_checked(rest.len() / 2) {
            let Some((middle, after)) = from_middle.split_first() else {
                return None;
            };
            if middle.number == number {
                return Some(middle);
            }
            rest = if number < middle.number {
                before
            } else {
                after
            };
        }
        None
    }

    /// The term that XML and JSON call `text_name`, or called so in some published document.
    #[must_use]
    pub fn by_text_name(&self, text_name: &str) -> Option<&'static Term> {
        let term = |at: u16| self.terms.get(usize::from(at));
        self.text_order
            .binary_search_by_key(&Some(text_name), |&at| term(at).map(|term| term.text_name))
            .ok()
            .and_then(|found| self.text_order.get(found))
            .and_then(|&at| term(at))
            .or_else(|| {
                let mut others = self.other_text_names.iter();
                let (_, number) = others.find(|(other, _)| *other == text_name)?;
                self.by_number(*number)
            })
    }

    /// The term that the specification calls `name`; case does not matter.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&'static Term> {
        self.terms
            .iter()
            .find(|term| term.name.eq_ignore_ascii_case(name))
    }

    /// The number that a text form writes as `text`: a text name, or `0x` and hexadecimal digits.
    ///
    /// A number without a name has only the second form; a mask of several bits has
    /// [`Vocabulary::mask_from_text`].
    #[must_use]
    pub fn number_from_text(&self, text: &str) -> Option<u32> {
        self.by_text_name(text)
            .map(|term| term.number)
            .or_else(|| hex_number(text))
    }
}

/// The number of `0x` and one to eight hexadecimal digits, as the text forms write tags (6 digits),
/// values and masks (8). Fewer digits are read too: the profile's own example has seven.
#[must_use]
pub fn hex_number(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("0x")?;
    let all_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    // A sign would pass `from_str_radix`.
    (all_hex && digits.len() <= 8)
        .then(|| u32::from_str_radix(digits, 16).ok())
        .flatten()
}

/// What all enumerations have in common: an open number with a vocabulary.
pub trait Enumeration: Copy + From<u32> + Into<u32> {
    /// Names and versions of the values.
    const VOCABULARY: &'static Vocabulary;

    /// Names and versions of this value; `None` for a number that KMIP does not name.
    fn term(self) -> Option<&'static Term> {
        Self::VOCABULARY.by_number(self.into())
    }

    /// The versions that have this value; `None` for a number without a name.
    fn versions(self) -> Option<Versions> {
        self.term().map(|term| term.versions)
    }
}

/// What all masks have in common: open bits with a vocabulary, an Integer on the wire.
pub trait Mask: Copy {
    /// Names and versions of the bits.
    const VOCABULARY: &'static Vocabulary;

    /// The mask of an Integer on the wire; bit 31 is the sign.
    fn from_wire(integer: i32) -> Self;

    /// The mask as the Integer on the wire.
    fn to_wire(self) -> i32;

    /// The mask without the bits that `version` does not have (I10). Vendor bits stay.
    #[must_use]
    fn in_version(self, version: ProtocolVersion) -> Self;
}

#[cfg(test)]
mod tests;
