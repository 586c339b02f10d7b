//! Names of item types, and which vocabulary an item's numbers have.
//!
//! May touch: constant tables.

use strongroom_ttlv::{ItemType, Tag};

use crate::tag;
use crate::vocabulary::{Kind, Vocabulary, attribute_by_name};

/// The name of an item type in text forms.
pub(super) const fn type_name(item_type: ItemType) -> &'static str {
    match item_type {
        ItemType::Structure => "Structure",
        ItemType::Integer => "Integer",
        ItemType::LongInteger => "LongInteger",
        ItemType::BigInteger => "BigInteger",
        ItemType::Enumeration => "Enumeration",
        ItemType::Boolean => "Boolean",
        ItemType::TextString => "TextString",
        ItemType::ByteString => "ByteString",
        ItemType::DateTime => "DateTime",
        ItemType::Interval => "Interval",
        ItemType::DateTimeExtended => "DateTimeExtended",
        _ => "",
    }
}

/// The item type of this name.
pub(super) fn item_type(name: &str) -> Option<ItemType> {
    (1..=u8::MAX)
        .map_while(ItemType::from_code)
        .find(|item_type| type_name(*item_type) == name)
}

/// The text name of a tag, or its number.
pub(super) fn tag_name(tag: Tag) -> String {
    tag::text_name(tag).map_or_else(|| hex_tag(tag), str::to_owned)
}

/// `0x` and six digits.
pub(super) fn hex_tag(tag: Tag) -> String {
    format!("0x{:06x}", tag.value())
}

/// What is known of an item from the items before it in its structure: the attribute, whose value
/// follows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beside<'a> {
    attribute: Option<&'a str>,
}

impl<'a> Beside<'a> {
    /// Takes note of an item of text.
    pub(super) fn note(&mut self, tag: Tag, text: &'a str) {
        if tag == tag::ATTRIBUTE_NAME {
            self.attribute = Some(text);
        }
    }

    /// What names the numbers of an item, if anything does.
    pub(super) fn vocabulary(self, tag: Tag, kind: Kind) -> Option<&'static Vocabulary> {
        let found = match self.attribute {
            Some(name) if tag == tag::ATTRIBUTE_VALUE => attribute_by_name(name)?.values,
            _ => tag::values(tag),
        };
        found.filter(|vocabulary| match kind {
            Kind::Mask => vocabulary.kind() == Kind::Mask,
            _ => vocabulary.kind() != Kind::Mask,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_type_has_a_name_of_its_own() {
        let types: Vec<_> = (1..=u8::MAX).map_while(ItemType::from_code).collect();
        assert_eq!(types.len(), 11);
        for one in types {
            assert_eq!(item_type(type_name(one)), Some(one));
        }
        assert_eq!(item_type(""), None);
    }
}
