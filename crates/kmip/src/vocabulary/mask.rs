//! Masks in text: `Encrypt Decrypt` in XML, `Encrypt|Decrypt` in JSON.
//!
//! May touch: the vocabulary of the mask.

use super::{Term, Vocabulary};

/// One part of a mask as a text form writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// A bit with a name.
    Named(&'static Term),
    /// All bits that have no name, together; never 0.
    Unnamed(u32),
}

/// The parts of a mask: named bits from the lowest on, then what has no name.
#[derive(Clone, Debug)]
pub struct Parts {
    terms: core::slice::Iter<'static, Term>,
    rest: u32,
}

impl Iterator for Parts {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        for term in self.terms.by_ref() {
            if self.rest & term.number == term.number {
                self.rest &= !term.number;
                return Some(Part::Named(term));
            }
        }
        let unnamed = core::mem::take(&mut self.rest);
        (unnamed != 0).then_some(Part::Unnamed(unnamed))
    }
}

impl Vocabulary {
    /// The parts of `mask`, named where they have a name; none for 0.
    #[must_use]
    pub fn parts(&self, mask: u32) -> Parts {
        Parts {
            terms: self.terms.iter(),
            rest: mask,
        }
    }

    /// The mask of text names and `0x` numbers with blanks or `|` between them.
    ///
    /// `None` when a part is neither, or when there is no part. A mask as one decimal number is an
    /// Integer like any other, and not read here.
    #[must_use]
    pub fn mask_from_text(&self, text: &str) -> Option<u32> {
        let mut parts = text
            .split(|c: char| c == '|' || c.is_ascii_whitespace())
            .filter(|part| !part.is_empty())
            .peekable();
        parts.peek()?;
        parts.try_fold(0, |mask, part| Some(mask | self.number_from_text(part)?))
    }
}
