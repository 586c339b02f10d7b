//! Attributes: their name in 1.x, their tag in 2.x, what their values are.
//!
//! May touch: constant tables.

mod table;

use strongroom_ttlv::{ItemType, Tag};

use super::Vocabulary;
use crate::version::Versions;

/// An attribute of the specification (KMIP 1.0, 3; KMIP 2.1, 4).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AttributeTerm {
    /// The heading in the specification.
    pub name: &'static str,
    /// The Attribute Name of 1.x; `None` for what only 2.x has, and for Custom Attribute, which
    /// stands for every name that begins with `x-` or `y-`.
    pub attribute_name: Option<&'static str>,
    /// The tag among the Attributes of 2.x; `None` for what only 1.x has, and for Certificate
    /// Attributes, which stands for 24 others.
    pub tag: Option<Tag>,
    /// Item types that the value may have, the usual one first; empty for any.
    pub item_types: &'static [ItemType],
    /// What names the numbers of the value.
    pub values: Option<&'static Vocabulary>,
    /// Whether one object may have several instances.
    pub many: bool,
    /// The versions that have it.
    pub versions: Versions,
}

/// Every attribute: the headings of the specification, and the 24 that its Certificate Attributes
/// stands for. In the order of names.
pub const ATTRIBUTES: &[AttributeTerm] = table::TABLE.0;
/// Positions of those with a tag, in the order of tags.
const TAG_ORDER: &[u16] = table::TABLE.1;

/// The attribute whose Attribute Name in 1.x is `name`, letter for letter.
///
/// `None` for custom (`x-`, `y-`) and vendor names.
#[must_use]
pub fn attribute_by_name(name: &str) -> Option<&'static AttributeTerm> {
    let found = ATTRIBUTES.binary_search_by_key(&name, |term| term.name);
    let term = ATTRIBUTES.get(found.ok()?)?;
    term.attribute_name.is_some().then_some(term)
}

/// The attribute that stands under `tag` among the Attributes of 2.x.
#[must_use]
pub fn attribute_by_tag(tag: Tag) -> Option<&'static AttributeTerm> {
    let term = |at: &u16| ATTRIBUTES.get(usize::from(*at));
    let number = |at: &u16| term(at).and_then(|term| term.tag).map(Tag::value);
    let found = TAG_ORDER.binary_search_by_key(&Some(tag.value()), number);
    term(TAG_ORDER.get(found.ok()?)?)
}
