//! The operation `Put`, which a server sends to a client (KMIP 1.0, 5.2; KMIP 2.1, 6.2.3).
//!
//! May touch: key octets, in wiped memory only.

use strongroom_ttlv::Writer;

use crate::attribute::Attribute;
use crate::enumeration::{ObjectType, PutFunction};
use crate::error::{EncodeError, MessageError};
use crate::field::{Place, Slot, Structure};
use crate::object::ManagedObject;
use crate::reader::Reader;
use crate::{ProtocolVersion, UniqueIdentifier, tag};

/// Gives a client an object (KMIP 1.0, 5.2; KMIP 2.1, 6.2.3).
///
/// ```text
/// Request Payload 0x420079 Structure
///   Unique Identifier          0x420094               required
///   Put Function               0x420070 Enumeration   required
///   Replaced Unique Identifier 0x420076               with Replace
///   the object, see ManagedObject                     required
///   1.x: Attribute 0x420008 Structure, any number; 2.x: Attributes 0x420125 Structure
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct PutRequest {
    /// The object.
    pub unique_identifier: UniqueIdentifier,
    /// Whether it is new or replaces another one.
    pub put_function: PutFunction,
    /// The object that it replaces.
    pub replaced_unique_identifier: Option<UniqueIdentifier>,
    /// The object itself. No Object Type stands before it: its tag says what it is.
    pub object: ManagedObject,
    /// Attributes of the object.
    pub attributes: Vec<Attribute>,
}

impl PutRequest {
    /// A new object.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>, object: ManagedObject) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            put_function: PutFunction::NEW,
            replaced_unique_identifier: None,
            object,
            attributes: Vec::new(),
        }
    }

    /// An object in place of `replaced`.
    #[must_use]
    pub fn replacing(self, replaced: impl Into<UniqueIdentifier>) -> Self {
        Self {
            put_function: PutFunction::REPLACE,
            replaced_unique_identifier: Some(replaced.into()),
            ..self
        }
    }
}

const ID: Place = Place::of(tag::UNIQUE_IDENTIFIER);
const FUNCTION: Place = Place::of(tag::PUT_FUNCTION);
const REPLACED: Place = Place::of(tag::REPLACED_UNIQUE_IDENTIFIER);
const ATTRIBUTES: Place = Place::of(tag::ATTRIBUTE);

impl Structure for PutRequest {
    fn read_fields(fields: &mut Reader<'_>) -> Result<Self, MessageError> {
        Ok(Self {
            unique_identifier: Slot::take(fields, ID)?,
            put_function: Slot::take(fields, FUNCTION)?,
            replaced_unique_identifier: Slot::take(fields, REPLACED)?,
            object: object(fields)?,
            attributes: Slot::take(fields, ATTRIBUTES)?,
        })
    }

    fn write_fields(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        self.unique_identifier.put(out, ID, version);
        self.put_function.put(out, FUNCTION, version);
        self.replaced_unique_identifier.put(out, REPLACED, version);
        self.object.encode(out, version);
        self.attributes.put(out, ATTRIBUTES, version);
    }

    fn check_fields(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Slot::check(&self.unique_identifier, ID, version)?;
        Slot::check(&self.put_function, FUNCTION, version)?;
        Slot::check(&self.replaced_unique_identifier, REPLACED, version)?;
        self.object.check(version)?;
        Slot::check(&self.attributes, ATTRIBUTES, version)
    }
}

/// Reads the object that must follow, whatever its type.
fn object(fields: &mut Reader<'_>) -> Result<ManagedObject, MessageError> {
    for &object_type in ObjectType::KNOWN {
        match ManagedObject::decode(object_type, fields) {
            // Another tag stands there.
            Err(MessageError::ObjectMismatch { .. }) => {}
            outcome => return outcome,
        }
    }
    // No object stands there: the attempt to read one says what does.
    let missing = fields.structure(tag::SYMMETRIC_KEY).map(drop);
    missing.and(Err(MessageError::ObjectMismatch {
        object_type: ObjectType::SYMMETRIC_KEY,
    }))
}

structure! {
    /// The client has the object; there are no fields (KMIP 1.0, 5.2; KMIP 2.1, 6.2.3).
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct PutResponse {}
}
