//! The operation `Notify`, which a server sends to a client (KMIP 1.0, 5.1; KMIP 2.1, 6.2.2).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Writer};

use crate::attribute::{Attribute, AttributeName};
use crate::error::{EncodeError, MessageError};
use crate::field::{Place, Slot, Structure};
use crate::reader::Reader;
use crate::{ProtocolVersion, UniqueIdentifier, tag};

/// Tells a client which attributes of an object have changed (KMIP 1.0, 5.1; KMIP 2.1, 6.2.2).
///
/// ```text
/// Request Payload 0x420079 Structure
///   Unique Identifier 0x420094   required
///   1.x: Attribute 0x420008 Structure   one or more; one that was deleted has no Attribute Value
///   2.x: Attributes          0x420125 Structure   what has changed
///        Attribute Reference 0x42013B             any number, of what was deleted
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotifyRequest {
    /// The object.
    pub unique_identifier: UniqueIdentifier,
    /// Attributes as they are now; Last Change Date is among them.
    pub attributes: Vec<Attribute>,
    /// Attributes that are gone.
    pub deleted: Vec<DeletedAttribute>,
}

/// An attribute that an object does not have any more (KMIP 1.0, 5.1; KMIP 2.1, 6.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeletedAttribute {
    /// Which attribute.
    pub name: AttributeName,
    /// Which instance; up to 1.4. 2.x does not tell.
    pub index: Option<i32>,
}

impl DeletedAttribute {
    /// The attribute, without an index.
    #[must_use]
    pub fn new(name: impl Into<AttributeName>) -> Self {
        let name = name.into();
        Self { name, index: None }
    }

    /// The same attribute, instance `index`.
    #[must_use]
    pub fn with_index(self, index: i32) -> Self {
        let index = Some(index);
        Self { index, ..self }
    }
}

impl NotifyRequest {
    /// These attributes of the object `unique_identifier` have changed.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>, attributes: Vec<Attribute>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            attributes,
            deleted: Vec::new(),
        }
    }
}

const ID: Place = Place::of(tag::UNIQUE_IDENTIFIER);
const ATTRIBUTES: Place = Place::of(tag::ATTRIBUTE);
const NAMES: Place = Place::of(tag::ATTRIBUTE_NAME);
const INDEX: Place = Place::of(tag::ATTRIBUTE_INDEX);

structure_field!(NotifyRequest);

impl Structure for NotifyRequest {
    fn read_fields(fields: &mut Reader<'_>) -> Result<Self, MessageError> {
        let unique_identifier = Slot::take(fields, ID)?;
        if fields.version() >= ProtocolVersion::V2_0 {
            let attributes = Slot::take(fields, ATTRIBUTES)?;
            let deleted: Vec<AttributeName> = Slot::take(fields, NAMES)?;
            return Ok(Self {
                unique_identifier,
                attributes,
                deleted: deleted.into_iter().map(DeletedAttribute::new).collect(),
            });
        }
        let mut notice = Self::new(unique_identifier, Vec::new());
        for change in fields.structures(tag::ATTRIBUTE, Change::read)? {
            match change {
                Change::Now(attribute) => notice.attributes.push(attribute),
                Change::Deleted(deleted) => notice.deleted.push(deleted),
            }
        }
        Ok(notice)
    }

    fn write_fields(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        self.unique_identifier.put(out, ID, version);
        self.attributes.put(out, ATTRIBUTES, version);
        for deleted in &self.deleted {
            if version >= ProtocolVersion::V2_0 {
                deleted.name.put(out, NAMES, version);
            } else if deleted.name.is_in(version) {
                out.structure(tag::ATTRIBUTE, |out| {
                    deleted.name.put(out, NAMES, version);
                    deleted.index.put(out, INDEX, version);
                });
            }
        }
    }

    fn check_fields(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Slot::check(&self.unique_identifier, ID, version)?;
        Slot::check(&self.attributes, ATTRIBUTES, version)?;
        self.deleted.iter().try_for_each(|deleted| {
            Slot::check(&deleted.name, NAMES, version)?;
            Slot::check(&deleted.index, INDEX, version)
        })
    }
}

/// What one `Attribute` of 1.x says.
enum Change {
    Now(Attribute),
    Deleted(DeletedAttribute),
}

impl Change {
    fn read(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        if fields.clone().tolerant().has(tag::ATTRIBUTE_VALUE)? {
            return Attribute::decode(fields).map(Self::Now);
        }
        let name = Slot::take(&mut fields, NAMES)?;
        let index = fields.opt(tag::ATTRIBUTE_INDEX, Fields::integer)?;
        fields.finish()?;
        Ok(Self::Deleted(DeletedAttribute { name, index }))
    }
}

structure! {
    /// The client has read it; there are no fields (KMIP 1.0, 5.1; KMIP 2.1, 6.2.2).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct NotifyResponse {}
}
