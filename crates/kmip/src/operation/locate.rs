//! The operation `Locate` (KMIP 1.0, 4.8; KMIP 2.1, 6.1.28).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;
use crate::attribute::{Attribute, Name, TemplateAttribute};
use crate::enumeration::{ObjectGroupMember, StorageStatusMask};

structure! {
    /// Asks which objects have all of these attributes (KMIP 1.0, 4.8; KMIP 2.1, 6.1.28).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct LocateRequest {
        /// The most identifiers that the answer shall have.
        maximum_items: Option<i32> = MAXIMUM_ITEMS,
        /// How many identifiers to pass over.
        offset_items: Option<i32> = OFFSET_ITEMS since V1_3,
        /// On-line, archived, from 2.0 on also destroyed objects; absent: on-line ones.
        storage_status_mask: Option<StorageStatusMask> = STORAGE_STATUS_MASK,
        /// Which members of a group.
        object_group_member: Option<ObjectGroupMember> = OBJECT_GROUP_MEMBER since V1_1,
        /// The attributes, all of which must fit; none: every object.
        attributes: Vec<Attribute> = ATTRIBUTE,
        /// FortiGate wraps the attributes in a Template-Attribute; the meaning is the same.
        template_attribute: Option<TemplateAttribute> = TEMPLATE_ATTRIBUTE until V1_4,
    }
}

impl LocateRequest {
    /// Asks for the objects that have all of these attributes.
    #[must_use]
    pub fn new(attributes: Vec<Attribute>) -> Self {
        Self {
            attributes,
            ..Self::default()
        }
    }

    /// Asks for the objects with this Name. Servers were seen that answer with objects of
    /// other names: check each hit.
    #[must_use]
    pub fn by_name(name: Name) -> Self {
        Self::new(vec![name.into()])
    }

    /// All attributes that must fit, wherever they stand.
    pub fn all_attributes(&self) -> impl Iterator<Item = &Attribute> {
        let wrapped = self.template_attribute.iter();
        self.attributes
            .iter()
            .chain(wrapped.flat_map(|template| &template.attributes))
    }
}

structure! {
    /// The objects that were found (KMIP 1.0, 4.8; KMIP 2.1, 6.1.28).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct LocateResponse {
        /// How many objects fit, however many are listed.
        located_items: Option<i32> = LOCATED_ITEMS since V1_3,
        /// Their identifiers.
        unique_identifiers: Vec<UniqueIdentifier> = UNIQUE_IDENTIFIER,
    }
}

impl LocateResponse {
    /// These objects fit.
    #[must_use]
    pub fn new(unique_identifiers: impl IntoIterator<Item = impl Into<UniqueIdentifier>>) -> Self {
        Self {
            located_items: None,
            unique_identifiers: unique_identifiers.into_iter().map(Into::into).collect(),
        }
    }
}
