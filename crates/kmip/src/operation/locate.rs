//! The operation `Locate` (KMIP 1.0, 4.8).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Writer};

use crate::ProtocolVersion;
use crate::attribute::{self, Attribute, Name, TemplateAttribute};
use crate::enumeration::ObjectGroupMember;
use crate::error::{Element, EncodeError, MessageError};
use crate::reader::Reader;
use crate::tag;
use crate::write::{opt, opt_enumeration};

/// Asks which objects have all of these attributes (KMIP 1.0, 4.8).
///
/// ```text
/// Request Payload 0x420079 Structure
///   Maximum Items       0x42004F Integer
///   Offset Items        0x4200D4 Integer       KMIP 1.3 on
///   Storage Status Mask 0x42008E Integer
///   Object Group Member 0x4200AC Enumeration   KMIP 1.1 on
///   Attribute           0x420008 Structure     any number
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LocateRequest {
    /// The most identifiers that the answer shall have.
    pub maximum_items: Option<i32>,
    /// How many identifiers to pass over (1.3 on).
    pub offset_items: Option<i32>,
    /// On-line 1, archival 2 (9.1.3.3.2).
    pub storage_status_mask: Option<i32>,
    /// Which members of a group (1.1 on).
    pub object_group_member: Option<ObjectGroupMember>,
    /// The attributes, all of which must fit; none: every object.
    pub attributes: Vec<Attribute>,
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

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let f = &mut fields;
        let mut request = Self {
            maximum_items: f.opt(tag::MAXIMUM_ITEMS, Fields::integer)?,
            offset_items: f.opt(tag::OFFSET_ITEMS, Fields::integer)?,
            storage_status_mask: f.opt(tag::STORAGE_STATUS_MASK, Fields::integer)?,
            object_group_member: f.opt(tag::OBJECT_GROUP_MEMBER, Fields::enumeration)?,
            attributes: f.structures(tag::ATTRIBUTE, Attribute::decode)?,
        };
        // FortiGate wraps the attributes in a Template-Attribute; the meaning is the same.
        if let Some(template) = TemplateAttribute::decode_opt(f)? {
            request.attributes.extend(template.attributes);
        }
        fields.finish()?;
        Ok(request)
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        opt(out, tag::MAXIMUM_ITEMS, self.maximum_items, Writer::integer);
        if version >= ProtocolVersion::V1_3 {
            opt(out, tag::OFFSET_ITEMS, self.offset_items, Writer::integer);
        }
        let mask = self.storage_status_mask;
        opt(out, tag::STORAGE_STATUS_MASK, mask, Writer::integer);
        if version >= ProtocolVersion::V1_1 {
            let member = self.object_group_member;
            opt_enumeration(out, tag::OBJECT_GROUP_MEMBER, member, version);
        }
        attribute::encode_all(&self.attributes, out, version);
    }

    pub(super) fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        if self.offset_items.is_some() {
            let since = Some(ProtocolVersion::V1_3);
            EncodeError::require(version, since, || Element::Field("Offset Items"))?;
        }
        if self.object_group_member.is_some() {
            let since = Some(ProtocolVersion::V1_1);
            EncodeError::require(version, since, || Element::Field("Object Group Member"))?;
        }
        self.attributes
            .iter()
            .try_for_each(|attribute| attribute.check(version))
    }
}

/// The objects that were found (KMIP 1.0, 4.8).
///
/// ```text
/// Response Payload 0x42007C Structure
///   Located Items     0x4200D5 Integer       KMIP 1.3 on
///   Unique Identifier 0x420094 Text String   any number
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LocateResponse {
    /// How many objects fit, however many are listed (1.3 on).
    pub located_items: Option<i32>,
    /// Their identifiers.
    pub unique_identifiers: Vec<String>,
}

impl LocateResponse {
    /// These objects fit.
    #[must_use]
    pub const fn new(unique_identifiers: Vec<String>) -> Self {
        Self {
            located_items: None,
            unique_identifiers,
        }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let located_items = fields.opt(tag::LOCATED_ITEMS, Fields::integer)?;
        let ids = fields.each(tag::UNIQUE_IDENTIFIER, Fields::text)?;
        fields.finish()?;
        Ok(Self {
            located_items,
            unique_identifiers: ids.into_iter().map(str::to_owned).collect(),
        })
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        if version >= ProtocolVersion::V1_3 {
            opt(out, tag::LOCATED_ITEMS, self.located_items, Writer::integer);
        }
        for id in &self.unique_identifiers {
            out.text(tag::UNIQUE_IDENTIFIER, id);
        }
    }
}
