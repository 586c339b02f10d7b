//! Why a request item is refused, and which Result Reason says so (KMIP 1.0, 9.1.3.2.28).
//!
//! May touch: nothing. All versions of 1.x get reasons that 1.0 has; 2.x took some of those away
//! and has more exact ones (KMIP 2.1, 11.54).

use strongroom_kmip::ProtocolVersion;
use strongroom_kmip::enumeration::{
    CryptographicAlgorithm, KeyFormatType, ObjectType, ResultReason,
};

use crate::identity::IdentityError;
use crate::lifecycle::{LifecycleError, ObjectState};
use crate::object::Object;
use crate::store::StoreError;
use crate::vault::ChangeError;

/// Why a request item is refused. The text goes to the client as Result Message.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error("no object has the Unique Identifier {0:?}")]
    NotFound(String),
    #[error("Could not locate object: {uid}")]
    Pykmip { uid: String, foreign: bool },
    #[error("object {0:?} belongs to another identity")]
    Foreign(String),
    #[error("the request names no Unique Identifier, and no earlier item of the batch set one")]
    NoIdentifier,
    #[error(transparent)]
    Lifecycle(#[from] LifecycleError),
    #[error("an Opaque Object has no State, so it can be neither activated nor revoked")]
    Stateless,
    #[error("the attribute {0:?} is required")]
    MissingAttribute(&'static str),
    #[error("the attribute {0:?} is not supported by this server")]
    UnsupportedAttribute(String),
    #[error("the attribute {0:?} is set by the server alone")]
    ServerAttribute(String),
    #[error("the attribute {0:?} may stand there once")]
    RepeatedAttribute(String),
    #[error("the attribute {0:?} has one instance, with index 0")]
    Index(String),
    #[error("the attribute {name:?} must not be {found}")]
    AttributeValue { name: &'static str, found: i64 },
    #[error("the attribute {0:?} says otherwise than the object")]
    Contradiction(&'static str),
    #[error("templates are not supported; put the attributes into the request")]
    Template,
    #[error("objects of type {0} are not supported for this operation")]
    ObjectType(ObjectType),
    #[error("the server makes keys for AES, 3DES and HMAC alone, not for {0}")]
    Algorithm(CryptographicAlgorithm),
    #[error("the server makes pairs of EC keys alone, not of {0}")]
    PairAlgorithm(CryptographicAlgorithm),
    #[error("a Cryptographic Length of {bits} is not one of {algorithm}")]
    KeyLength {
        algorithm: CryptographicAlgorithm,
        bits: i64,
    },
    #[error("a Cryptographic Length of {0} is not one of AES (128, 192, 256)")]
    AesLength(i64),
    #[error("a Cryptographic Length of {claimed} does not fit key material of {found} bits")]
    LengthMismatch { claimed: i64, found: u64 },
    #[error("the request holds no key material")]
    NoMaterial,
    #[error("Key Format Type {0} is not supported here")]
    KeyFormat(KeyFormatType),
    #[error("key compression is not supported")]
    Compression,
    #[error(
        "keys are wrapped by Encrypt with an AES key in mode NIST Key Wrap, without attributes and MAC, when they are got; brought are plain ones"
    )]
    Wrapping,
    #[error("the wrapping key: {0}")]
    WrappingKey(#[source] Box<Self>),
    #[error("Object Group Member is not supported as a criterion")]
    GroupMember,
    #[error("Application Data is required: the server makes none by itself")]
    ApplicationData,
    #[error("an object with the Name {0:?} exists; Names are unique on this server")]
    NameTaken(String),
    #[error("an object with the Unique Identifier {0:?} exists, and Replace Existing is not true")]
    UidTaken(String),
    #[error("the attribute {0:?} does not fit the object that is imported")]
    Imported(String),
    #[error("another object bears the Name {0:?}; Names are unique on this server")]
    NameBorne(String),
    #[error("the object is Compromised; there is no lease of it")]
    NoLease,
    #[error("{name} must not be negative")]
    Negative { name: &'static str },
    #[error("the change could not be made durable: {0}")]
    Store(#[source] StoreError),
    #[error("the key is {}; it must be Active to protect data, and must have been to process it", .0.name())]
    KeyState(ObjectState),
    #[error("the object's Cryptographic Usage Mask does not allow this")]
    Usage,
    #[error(
        "operations in several parts, and data of other items, are not supported; send the data in one part"
    )]
    Parts,
    #[error("IV/Counter/Nonce is required")]
    NoIv,
    #[error(
        "the key processes nothing before its Process Start Date, and protects nothing from its Protect Stop Date on"
    )]
    KeyTime,
    #[error("the request holds no data")]
    NoData,
    #[error("{0}")]
    Parameter(&'static str),
    #[error("the data could not be processed: the key, the tag or the padding does not fit")]
    Crypto,
    #[error("the attribute {0:?} cannot be changed by a client")]
    ReadOnly(String),
    #[error("the object has the attribute {0:?} already, and may have it once")]
    Exists(String),
    #[error("the object has no such instance of the attribute {0:?}")]
    NoInstance(String),
    #[error("the object has no attribute {0:?}")]
    NoAttribute(String),
    #[error("the attribute {0:?} has several instances; Current Attribute says which is meant")]
    Several(String),
    #[error("the attribute {0:?} may have several instances; add, modify or delete one")]
    MultiValued(String),
    #[error("the attribute {0:?} cannot be changed in this state")]
    Settled(String),
    #[error("the server keeps objects in software on its system, nowhere else")]
    Storage,
    #[error("the object's Cryptographic Usage Mask does not hold what was checked")]
    Checked,
    #[error("a new attribute has no index; the server gives it one")]
    HasIndex,
    #[error("the object is archived; recover it first")]
    Archived,
    #[error("the key is Sensitive: it leaves the server wrapped only")]
    Sensitive,
    #[error("the key is not Extractable: it does not leave the server")]
    NotExtractable,
    #[error("the random source failed")]
    Random,
    #[error("operation {0} is not supported by this server")]
    Operation(strongroom_kmip::enumeration::Operation),
    #[error("the role of this identity does not allow the operation {0}")]
    Role(strongroom_kmip::enumeration::Operation),
    #[error("attribute Cryptographic Usage Mask is missing")]
    VaultMask,
    #[error("the attribute {0:?} is no criterion of this server")]
    NotLocated(String),
}

impl Refusal {
    /// The Result Reason for a client of this version.
    pub(crate) fn reason_in(&self, version: ProtocolVersion) -> ResultReason {
        let reason = match version >= ProtocolVersion::V2_0 {
            true => self.later_reason(version),
            false => None,
        };
        reason.unwrap_or_else(|| self.reason())
    }

    /// What 2.x says more exactly than 1.0.
    fn later_reason(&self, version: ProtocolVersion) -> Option<ResultReason> {
        Some(match self {
            Self::NotFound(_) => ResultReason::OBJECT_NOT_FOUND,
            Self::WrappingKey(refusal) => match &**refusal {
                Self::NotFound(_) => ResultReason::WRAPPING_OBJECT_NOT_FOUND,
                Self::Archived => ResultReason::WRAPPING_OBJECT_ARCHIVED,
                Self::Lifecycle(LifecycleError::Gone(_)) => ResultReason::WRAPPING_OBJECT_DESTROYED,
                other => return other.later_reason(version),
            },
            Self::Lifecycle(LifecycleError::Gone(_)) => ResultReason::OBJECT_DESTROYED,
            // The published cases of OASIS have the exact one in 2.1, Permission Denied in 2.0.
            Self::Settled(_)
            | Self::KeyState(_)
            | Self::KeyTime
            | Self::Stateless
            | Self::NoLease
            | Self::Lifecycle(
                LifecycleError::NotPreActive(_)
                | LifecycleError::NotActive(_)
                | LifecycleError::StillActive,
            ) => match version >= ProtocolVersion::V2_1 {
                true => ResultReason::WRONG_KEY_LIFECYCLE_STATE,
                false => ResultReason::PERMISSION_DENIED,
            },
            Self::Checked => ResultReason::INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK,
            Self::ReadOnly(_) | Self::ServerAttribute(_) => ResultReason::ATTRIBUTE_READ_ONLY,
            Self::UnsupportedAttribute(_) => ResultReason::UNSUPPORTED_ATTRIBUTE,
            Self::Exists(_) | Self::RepeatedAttribute(_) => ResultReason::ATTRIBUTE_SINGLE_VALUED,
            Self::MultiValued(_) => ResultReason::MULTI_VALUED_ATTRIBUTE,
            Self::NoInstance(_) | Self::Index(_) => ResultReason::ATTRIBUTE_INSTANCE_NOT_FOUND,
            Self::NoAttribute(_) => ResultReason::ATTRIBUTE_NOT_FOUND,
            Self::NameTaken(_) | Self::NameBorne(_) => ResultReason::NON_UNIQUE_NAME_ATTRIBUTE,
            Self::Storage => ResultReason::PROTECTION_STORAGE_UNAVAILABLE,
            _ => return None,
        })
    }

    /// The Result Reason in 1.x.
    fn reason(&self) -> ResultReason {
        match self {
            Self::WrappingKey(refusal) => refusal.reason(),
            Self::Identity(_) => ResultReason::AUTHENTICATION_NOT_SUCCESSFUL,
            Self::NotFound(_)
            | Self::Pykmip { foreign: false, .. }
            | Self::NoInstance(_)
            | Self::NoAttribute(_)
            | Self::Lifecycle(LifecycleError::Gone(_)) => ResultReason::ITEM_NOT_FOUND,
            Self::Foreign(_)
            | Self::Pykmip { foreign: true, .. }
            | Self::KeyState(_)
            | Self::KeyTime
            | Self::Usage
            | Self::Role(_)
            | Self::NoLease
            | Self::ReadOnly(_)
            | Self::Settled(_)
            | Self::Checked
            | Self::Lifecycle(LifecycleError::NotPreActive(_) | LifecycleError::StillActive) => {
                ResultReason::PERMISSION_DENIED
            }
            Self::Lifecycle(LifecycleError::NotActive(_))
            | Self::Stateless
            | Self::Exists(_)
            | Self::NameBorne(_) => ResultReason::ILLEGAL_OPERATION,
            Self::NoIdentifier
            | Self::MissingAttribute(_)
            | Self::NoMaterial
            | Self::NoData
            | Self::Several(_) => ResultReason::MISSING_DATA,
            Self::Index(_) => ResultReason::INDEX_OUT_OF_BOUNDS,
            Self::KeyFormat(_) => ResultReason::KEY_FORMAT_TYPE_NOT_SUPPORTED,
            Self::Compression => ResultReason::KEY_COMPRESSION_TYPE_NOT_SUPPORTED,
            Self::Wrapping | Self::GroupMember | Self::Template | Self::Parts => {
                ResultReason::FEATURE_NOT_SUPPORTED
            }
            Self::ApplicationData => ResultReason::APPLICATION_NAMESPACE_NOT_SUPPORTED,
            Self::Operation(_) => ResultReason::OPERATION_NOT_SUPPORTED,
            Self::UidTaken(_) => ResultReason::OBJECT_ALREADY_EXISTS,
            Self::Archived => ResultReason::OBJECT_ARCHIVED,
            // Put as Permission Denied before 1.4.
            Self::Sensitive => ResultReason::SENSITIVE,
            Self::NotExtractable => ResultReason::NOT_EXTRACTABLE,
            Self::Random | Self::Crypto => ResultReason::CRYPTOGRAPHIC_FAILURE,
            Self::Store(_) => ResultReason::GENERAL_FAILURE,
            // As the published cases of OASIS want it.
            Self::NoIv | Self::VaultMask => ResultReason::INVALID_MESSAGE,
            Self::UnsupportedAttribute(_)
            | Self::NotLocated(_)
            | Self::Parameter(_)
            | Self::HasIndex
            | Self::ServerAttribute(_)
            | Self::MultiValued(_)
            | Self::Imported(_)
            | Self::Storage
            | Self::RepeatedAttribute(_)
            | Self::AttributeValue { .. }
            | Self::Contradiction(_)
            | Self::ObjectType(_)
            | Self::Algorithm(_)
            | Self::PairAlgorithm(_)
            | Self::AesLength(_)
            | Self::KeyLength { .. }
            | Self::LengthMismatch { .. }
            | Self::NameTaken(_)
            | Self::Negative { .. }
            | Self::Lifecycle(LifecycleError::Dates) => ResultReason::INVALID_FIELD,
        }
    }
}

impl From<ChangeError<Self>> for Refusal {
    fn from(error: ChangeError<Self>) -> Self {
        match error {
            ChangeError::Refused(refusal) => refusal,
            ChangeError::Store(error) => Self::Store(error),
        }
    }
}

impl Object {
    /// Refuses an object whose key material is gone.
    pub(crate) fn refuse_destroyed(&self, now: i64) -> Result<(), Refusal> {
        let state = self.life.state_at(now);
        if state.is_destroyed() {
            return Err(LifecycleError::Gone(state).into());
        }
        Ok(())
    }

    /// Refuses an object that has to be recovered before it is used or changed.
    pub(crate) fn refuse_archived(&self) -> Result<(), Refusal> {
        match self.is_archived() {
            true => Err(Refusal::Archived),
            false => Ok(()),
        }
    }
}
