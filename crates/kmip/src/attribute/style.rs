//! Where attributes stand: the tags of 1.x and those of 2.x for the same thing.
//!
//! The table is in the module `attribute`.
//!
//! May touch: numbers only.

use strongroom_ttlv::Tag;

use crate::{ProtocolVersion, tag};

/// Whether attributes of `version` are typed fields; before 2.0 they are names and values.
pub(super) fn is_typed(version: ProtocolVersion) -> bool {
    version >= ProtocolVersion::V2_0
}

/// The tag in 2.x of what stands under `tag` in 1.x only.
const fn later(tag: Tag) -> Option<Tag> {
    Some(match tag {
        tag::TEMPLATE_ATTRIBUTE => tag::ATTRIBUTES,
        tag::COMMON_TEMPLATE_ATTRIBUTE => tag::COMMON_ATTRIBUTES,
        tag::PRIVATE_KEY_TEMPLATE_ATTRIBUTE => tag::PRIVATE_KEY_ATTRIBUTES,
        tag::PUBLIC_KEY_TEMPLATE_ATTRIBUTE => tag::PUBLIC_KEY_ATTRIBUTES,
        _ => return None,
    })
}

/// The tag in 1.x of what stands under `tag` in 2.x only.
const fn earlier(tag: Tag) -> Option<Tag> {
    Some(match tag {
        tag::ATTRIBUTES => tag::TEMPLATE_ATTRIBUTE,
        tag::COMMON_ATTRIBUTES => tag::COMMON_TEMPLATE_ATTRIBUTE,
        tag::PRIVATE_KEY_ATTRIBUTES => tag::PRIVATE_KEY_TEMPLATE_ATTRIBUTE,
        tag::PUBLIC_KEY_ATTRIBUTES => tag::PUBLIC_KEY_TEMPLATE_ATTRIBUTE,
        _ => return None,
    })
}

/// The tag that stands for `tag` where `tag` itself is of 1.x or of 2.x alone.
pub(crate) const fn other_form(tag: Tag) -> Option<Tag> {
    match later(tag) {
        Some(later) => Some(later),
        None => earlier(tag),
    }
}

/// The tag of a Template-Attribute, or of the Attributes that it became.
pub(super) fn template(tag: Tag, version: ProtocolVersion) -> Tag {
    let other = if is_typed(version) {
        later(tag)
    } else {
        earlier(tag)
    };
    other.unwrap_or(tag)
}

/// The tag of one attribute.
pub(super) fn single(tag: Tag, version: ProtocolVersion) -> Tag {
    if is_typed(version) && tag == tag::ATTRIBUTE {
        tag::NEW_ATTRIBUTE
    } else {
        tag
    }
}

/// The tag of an attribute's name.
pub(super) fn reference(tag: Tag, version: ProtocolVersion) -> Tag {
    if is_typed(version) && tag == tag::ATTRIBUTE_NAME {
        tag::ATTRIBUTE_REFERENCE
    } else {
        tag
    }
}
