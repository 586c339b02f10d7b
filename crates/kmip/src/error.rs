//! What can be wrong with a message, read or about to be written.
//!
//! May touch: nothing. No secret and no value of a message is in here.

use strongroom_ttlv::Tag;

use crate::enumeration::{KeyFormatType, ObjectType, Operation};
use crate::version::{ProtocolVersion, Versions};

/// Why bytes are not the KMIP message that they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// The bytes are not TTLV, or not the fields that the specification puts there.
    #[error(transparent)]
    Ttlv(#[from] strongroom_ttlv::DecodeError),
    /// The message is of a version that this crate does not read.
    #[error("protocol version {found} is not supported; 1.0 to 2.1 are")]
    UnsupportedVersion {
        /// The version in the header.
        found: ProtocolVersion,
    },
    /// The header counts other batch items than there are.
    #[error("the header counts {claimed} batch items, the message holds {found}")]
    BatchCount {
        /// `Batch Count`.
        claimed: i32,
        /// Items in the message.
        found: usize,
    },
    /// More than one batch item, and this one has no Unique Batch Item ID.
    #[error("batch item {index} of a batch has no Unique Batch Item ID")]
    MissingBatchItemId {
        /// Position in the batch, from 0.
        index: usize,
    },
    /// Two batch items have the same Unique Batch Item ID.
    #[error("batch item {index} repeats a Unique Batch Item ID")]
    DuplicateBatchItemId {
        /// Position of the second one, from 0.
        index: usize,
    },
    /// `Object Type` says one thing, the object that follows is another.
    #[error("the object is not the {object_type} that Object Type announces")]
    ObjectMismatch {
        /// `Object Type`.
        object_type: ObjectType,
    },
    /// The key block's parts do not fit its Key Format Type.
    #[error("the key value does not fit Key Format Type {format}")]
    KeyFormat {
        /// `Key Format Type`.
        format: KeyFormatType,
    },
    /// A field that the version of the message does not have there.
    #[error("field {} does not exist here in KMIP {version}", named(*tag))]
    NotInVersion {
        /// Its tag.
        tag: Tag,
        /// The version of the message.
        version: ProtocolVersion,
    },
    /// A value of an enumeration that the version of the message does not have.
    /// Values that no version names pass.
    #[error("{value} is no value of {} in KMIP {version}", named(*tag))]
    ValueNotInVersion {
        /// The field.
        tag: Tag,
        /// The value, as the specification names it.
        value: &'static str,
        /// The version of the message.
        version: ProtocolVersion,
    },
    /// A whole number is outside the range that makes sense for it.
    #[error("{field} must not be {found}")]
    Range {
        /// The field, as the specification names it.
        field: &'static str,
        /// What the message says.
        found: i64,
    },
}

/// Why a message cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A value does not fit the wire encoding.
    #[error(transparent)]
    Ttlv(#[from] strongroom_ttlv::EncodeError),
    /// A request asks for what its own version does not have, or a required field of an answer
    /// would have to say it.
    ///
    /// Left out silently it would change what the request means; ask with a later version. An
    /// answer does without what is optional (I10), and is no answer without what is required.
    #[error("{what} does not exist in KMIP {version}")]
    NotInVersion {
        /// What came later.
        what: Element,
        /// The version of the message.
        version: ProtocolVersion,
    },
    /// The operation has no typed payload in this crate.
    #[error("no payload can be written for operation {operation}")]
    NoPayload {
        /// The operation.
        operation: Operation,
    },
    /// The message would be of a version that this crate does not write.
    #[error("messages of KMIP {version} cannot be written; 1.0 to 2.1 can")]
    UnsupportedVersion {
        /// The version asked for.
        version: ProtocolVersion,
    },
    /// More batch items than Batch Count can say.
    #[error("too many batch items")]
    BatchTooLong,
}

impl EncodeError {
    /// Refuses `what`, which `versions` have, in a request of another `version`.
    pub(crate) fn require(
        version: ProtocolVersion,
        versions: Option<Versions>,
        what: impl FnOnce() -> Element,
    ) -> Result<(), Self> {
        if version.has(versions) {
            return Ok(());
        }
        let what = what();
        Err(Self::NotInVersion { what, version })
    }
}

/// A part of a message that one version has and another does not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Element {
    /// An operation.
    Operation(Operation),
    /// An attribute, by its name.
    Attribute(String),
    /// An object of this type, or its key's format or algorithm.
    Object(ObjectType),
    /// A field, as the specification names it.
    Field(&'static str),
    /// A field with this tag.
    Tag(Tag),
    /// A value of an enumeration.
    Value(&'static str),
    /// The value of the required field with this tag.
    ValueOf(Tag),
}

/// The tag's name and number.
fn named(tag: Tag) -> String {
    match crate::tag::name(tag) {
        Some(name) => format!("{name} ({tag})"),
        None => tag.to_string(),
    }
}

impl std::fmt::Display for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Operation(operation) => write!(f, "operation {operation}"),
            Self::Attribute(name) => write!(f, "attribute {name:?}"),
            Self::Object(object_type) => write!(f, "such an object ({object_type})"),
            Self::Field(name) => write!(f, "field {name}"),
            Self::Tag(tag) => write!(f, "field {}", named(*tag)),
            Self::Value(name) => write!(f, "value {name}"),
            Self::ValueOf(tag) => write!(f, "the value of field {}", named(*tag)),
        }
    }
}
