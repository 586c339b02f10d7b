//! The operation `Import` (KMIP 1.4, 4.41; KMIP 2.1, 6.1.25).
//!
//! May touch: key octets, in wiped memory only.

use strongroom_ttlv::Writer;

use crate::attribute::Attribute;
use crate::enumeration::{KeyWrapType, ObjectType};
use crate::error::{EncodeError, MessageError};
use crate::field::{Field, Place, Slot, Structure};
use crate::object::{self, ManagedObject};
use crate::reader::Reader;
use crate::{ProtocolVersion, UniqueIdentifier, tag};

/// Gives an object to the server under the identifier that it had elsewhere (KMIP 1.4, 4.41;
/// KMIP 2.1, 6.1.25).
///
/// ```text
/// Request Payload 0x420079 Structure
///   Unique Identifier 0x420094 Text String   required
///   2.x: Object Type  0x420057 Enumeration   required
///   Replace Existing  0x420124 Boolean
///   Key Wrap Type     0x4200F8 Enumeration   for wrapped keys
///   1.4: Attribute    0x420008 Structure     any number
///   2.x: Attributes   0x420125 Structure     required
///   the object, see ManagedObject            required
/// ```
///
/// In 1.4 the object alone says what it is; an Object Type there is read, as some clients send it.
#[derive(Debug)]
#[non_exhaustive]
pub struct ImportRequest {
    /// The object's identifier.
    pub unique_identifier: UniqueIdentifier,
    /// Whether an object that has this identifier may be replaced; absent: it may not.
    pub replace_existing: Option<bool>,
    /// Whether a wrapped key shall be stored as it is, or unwrapped.
    pub key_wrap_type: Option<KeyWrapType>,
    /// All attributes of the object.
    pub attributes: Vec<Attribute>,
    /// The object; `Object Type` is written from it and checked against it.
    pub object: ManagedObject,
}

/// Before, the request has no Object Type.
const OBJECT_TYPE_SINCE: ProtocolVersion = ProtocolVersion::V2_0;
const REPLACE_EXISTING: Place = Place::of(tag::REPLACE_EXISTING);
const KEY_WRAP_TYPE: Place = Place::of(tag::KEY_WRAP_TYPE);
const ATTRIBUTES: Place = Place::of(tag::ATTRIBUTES);

impl ImportRequest {
    /// Imports `object` as `unique_identifier` with these attributes; nothing is replaced.
    #[must_use]
    pub fn new(
        unique_identifier: impl Into<UniqueIdentifier>,
        object: ManagedObject,
        attributes: Vec<Attribute>,
    ) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            replace_existing: None,
            key_wrap_type: None,
            attributes,
            object,
        }
    }
}

impl Structure for ImportRequest {
    fn read_fields(fields: &mut Reader<'_>) -> Result<Self, MessageError> {
        let unique_identifier = UniqueIdentifier::read(fields, tag::UNIQUE_IDENTIFIER)?;
        let stated = if fields.version() >= OBJECT_TYPE_SINCE || fields.has(tag::OBJECT_TYPE)? {
            Some(ObjectType::read(fields, tag::OBJECT_TYPE)?)
        } else {
            None
        };
        let replace_existing = Slot::take(fields, REPLACE_EXISTING)?;
        let key_wrap_type = Slot::take(fields, KEY_WRAP_TYPE)?;
        let attributes = Slot::take(fields, ATTRIBUTES)?;
        let object_type = match stated {
            Some(object_type) => object_type,
            None => next_object_type(fields)?,
        };
        Ok(Self {
            unique_identifier,
            replace_existing,
            key_wrap_type,
            attributes,
            object: ManagedObject::decode(object_type, fields)?,
        })
    }

    fn write_fields(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        self.unique_identifier
            .write(out, tag::UNIQUE_IDENTIFIER, version);
        if version >= OBJECT_TYPE_SINCE {
            out.enumeration(tag::OBJECT_TYPE, self.object.object_type());
        }
        self.replace_existing.put(out, REPLACE_EXISTING, version);
        self.key_wrap_type.put(out, KEY_WRAP_TYPE, version);
        self.attributes.put(out, ATTRIBUTES, version);
        self.object.encode(out, version);
    }

    fn check_fields(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Field::check(&self.unique_identifier, version)?;
        Slot::check(&self.replace_existing, REPLACE_EXISTING, version)?;
        Slot::check(&self.key_wrap_type, KEY_WRAP_TYPE, version)?;
        Slot::check(&self.attributes, ATTRIBUTES, version)?;
        self.object.check(version)
    }
}

/// The type of the object that comes next.
fn next_object_type(fields: &mut Reader<'_>) -> Result<ObjectType, MessageError> {
    let next = fields.peek();
    let known = ObjectType::KNOWN.iter().copied();
    let mut matching = known.filter(|known| next.is_some() && object::tag_of(*known) == next);
    match matching.next() {
        Some(object_type) => Ok(object_type),
        // What stands here in place of an object is what the error is about.
        None => ObjectType::read(fields, tag::OBJECT_TYPE),
    }
}

structure! {
    /// The object is imported (KMIP 1.4, 4.41; KMIP 2.1, 6.1.25).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ImportResponse {
        /// Its identifier, as in the request.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
    }
}

impl ImportResponse {
    /// The object `unique_identifier` is imported.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
        }
    }
}
