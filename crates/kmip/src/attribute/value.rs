//! What an attribute says: one variant per attribute that this crate types.
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, OwnedItem, Writer};

use super::attribute_name as name;
use super::{
    ApplicationSpecificInformation, CryptographicParameters, Digest, Name, RevocationReason,
};
use crate::ProtocolVersion;
use crate::enumeration::{CryptographicAlgorithm, CryptographicUsageMask, ObjectType, State};
use crate::error::MessageError;
use crate::reader::Reader;
use crate::tag;
use crate::write;

/// What an attribute says (KMIP 1.0, chapter 3; numbers below are its sections).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributeValue {
    /// The server's identifier of the object (3.1).
    UniqueIdentifier(String),
    /// A client's name for the object (3.2).
    Name(Name),
    /// Kind of the object (3.3).
    ObjectType(ObjectType),
    /// Algorithm the key is for (3.4).
    CryptographicAlgorithm(CryptographicAlgorithm),
    /// Length of the key in bits (3.5).
    CryptographicLength(i32),
    /// How the key is to be used (3.6).
    CryptographicParameters(CryptographicParameters),
    /// Digest of the object (3.12).
    Digest(Digest),
    /// Name of the server's access policy (3.13).
    OperationPolicyName(String),
    /// What the key may be used for (3.14).
    CryptographicUsageMask(CryptographicUsageMask),
    /// Life cycle state (3.17).
    State(State),
    /// When the server got the object, in seconds since 1970 (3.18).
    InitialDate(i64),
    /// When the object becomes Active, in seconds since 1970 (3.19).
    ActivationDate(i64),
    /// When the key may begin to process, in seconds since 1970 (3.20).
    ProcessStartDate(i64),
    /// When the key stops to protect, in seconds since 1970 (3.21).
    ProtectStopDate(i64),
    /// When the object becomes Deactivated, in seconds since 1970 (3.22).
    DeactivationDate(i64),
    /// When the object was destroyed, in seconds since 1970 (3.23).
    DestroyDate(i64),
    /// When the compromise is thought to have happened, in seconds since 1970 (3.24).
    CompromiseOccurrenceDate(i64),
    /// When the object became Compromised, in seconds since 1970 (3.25).
    CompromiseDate(i64),
    /// Why the object was revoked (3.26).
    RevocationReason(RevocationReason),
    /// When the object was archived, in seconds since 1970 (3.27).
    ArchiveDate(i64),
    /// A group that the object belongs to (3.28).
    ObjectGroup(String),
    /// A label of an application (3.30).
    ApplicationSpecificInformation(ApplicationSpecificInformation),
    /// Whom to ask about the object (3.31).
    ContactInformation(String),
    /// When the object changed last, in seconds since 1970 (3.32).
    LastChangeDate(i64),
    /// Whether no client has got the object yet (KMIP 1.1).
    Fresh(bool),
    /// When the key was made, in seconds since 1970 (KMIP 1.2).
    OriginalCreationDate(i64),
    /// The key leaves the server wrapped only (KMIP 1.4).
    Sensitive(bool),
    /// Sensitive has been true all the time (KMIP 1.4).
    AlwaysSensitive(bool),
    /// The key may leave the server (KMIP 1.4).
    Extractable(bool),
    /// Extractable has been false all the time (KMIP 1.4).
    NeverExtractable(bool),
    /// An attribute that this crate does not type: custom (`x-`, `y-`) or of another kind.
    Other {
        /// `Attribute Name`.
        name: String,
        /// The item `Attribute Value`, as it came.
        value: OwnedItem,
    },
}

impl AttributeValue {
    /// The attribute's name, as it stands in `Attribute Name`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::UniqueIdentifier(_) => name::UNIQUE_IDENTIFIER,
            Self::Name(_) => name::NAME,
            Self::ObjectType(_) => name::OBJECT_TYPE,
            Self::CryptographicAlgorithm(_) => name::CRYPTOGRAPHIC_ALGORITHM,
            Self::CryptographicLength(_) => name::CRYPTOGRAPHIC_LENGTH,
            Self::CryptographicParameters(_) => name::CRYPTOGRAPHIC_PARAMETERS,
            Self::Digest(_) => name::DIGEST,
            Self::OperationPolicyName(_) => name::OPERATION_POLICY_NAME,
            Self::CryptographicUsageMask(_) => name::CRYPTOGRAPHIC_USAGE_MASK,
            Self::State(_) => name::STATE,
            Self::InitialDate(_) => name::INITIAL_DATE,
            Self::ActivationDate(_) => name::ACTIVATION_DATE,
            Self::ProcessStartDate(_) => name::PROCESS_START_DATE,
            Self::ProtectStopDate(_) => name::PROTECT_STOP_DATE,
            Self::DeactivationDate(_) => name::DEACTIVATION_DATE,
            Self::DestroyDate(_) => name::DESTROY_DATE,
            Self::CompromiseOccurrenceDate(_) => name::COMPROMISE_OCCURRENCE_DATE,
            Self::CompromiseDate(_) => name::COMPROMISE_DATE,
            Self::RevocationReason(_) => name::REVOCATION_REASON,
            Self::ArchiveDate(_) => name::ARCHIVE_DATE,
            Self::ObjectGroup(_) => name::OBJECT_GROUP,
            Self::ApplicationSpecificInformation(_) => name::APPLICATION_SPECIFIC_INFORMATION,
            Self::ContactInformation(_) => name::CONTACT_INFORMATION,
            Self::LastChangeDate(_) => name::LAST_CHANGE_DATE,
            Self::Fresh(_) => name::FRESH,
            Self::OriginalCreationDate(_) => name::ORIGINAL_CREATION_DATE,
            Self::Sensitive(_) => name::SENSITIVE,
            Self::AlwaysSensitive(_) => name::ALWAYS_SENSITIVE,
            Self::Extractable(_) => name::EXTRACTABLE,
            Self::NeverExtractable(_) => name::NEVER_EXTRACTABLE,
            Self::Other { name, .. } => name,
        }
    }

    /// The first version that has this attribute with this value; `None` where no version
    /// names it.
    #[must_use]
    pub fn since(&self) -> Option<ProtocolVersion> {
        let value = match self {
            Self::ObjectType(value) => value.since(),
            Self::CryptographicAlgorithm(value) => value.since(),
            Self::Digest(digest) => digest.hashing_algorithm.since(),
            Self::Name(name) => name.name_type.since(),
            Self::RevocationReason(reason) => reason.code.since(),
            Self::State(state) => state.since(),
            _ => None,
        };
        name::since(self.name()).max(value)
    }

    /// The value of the attribute `name`; `None` for a name that is not typed here.
    pub(super) fn decode_known(
        name: &str,
        fields: &mut Reader<'_>,
    ) -> Result<Option<Self>, MessageError> {
        let value = tag::ATTRIBUTE_VALUE;
        Ok(Some(match name {
            name::UNIQUE_IDENTIFIER => {
                Self::UniqueIdentifier(fields.need(value, Fields::text)?.to_owned())
            }
            name::NAME => Self::Name(Name::decode(fields.structure(value)?.strict())?),
            name::OBJECT_TYPE => Self::ObjectType(fields.need(value, Fields::enumeration)?),
            name::CRYPTOGRAPHIC_ALGORITHM => {
                Self::CryptographicAlgorithm(fields.need(value, Fields::enumeration)?)
            }
            name::CRYPTOGRAPHIC_LENGTH => {
                Self::CryptographicLength(fields.need(value, Fields::integer)?)
            }
            name::CRYPTOGRAPHIC_PARAMETERS => Self::CryptographicParameters(
                CryptographicParameters::decode(fields.structure(value)?.strict())?,
            ),
            name::DIGEST => Self::Digest(Digest::decode(fields.structure(value)?.strict())?),
            name::OPERATION_POLICY_NAME => {
                Self::OperationPolicyName(fields.need(value, Fields::text)?.to_owned())
            }
            name::CRYPTOGRAPHIC_USAGE_MASK => Self::CryptographicUsageMask(
                CryptographicUsageMask::from_wire(fields.need(value, Fields::integer)?),
            ),
            name::STATE => Self::State(fields.need(value, Fields::enumeration)?),
            name::INITIAL_DATE => Self::InitialDate(fields.need(value, Fields::date_time)?),
            name::ACTIVATION_DATE => Self::ActivationDate(fields.need(value, Fields::date_time)?),
            name::PROCESS_START_DATE => {
                Self::ProcessStartDate(fields.need(value, Fields::date_time)?)
            }
            name::PROTECT_STOP_DATE => {
                Self::ProtectStopDate(fields.need(value, Fields::date_time)?)
            }
            name::DEACTIVATION_DATE => {
                Self::DeactivationDate(fields.need(value, Fields::date_time)?)
            }
            name::DESTROY_DATE => Self::DestroyDate(fields.need(value, Fields::date_time)?),
            name::COMPROMISE_OCCURRENCE_DATE => {
                Self::CompromiseOccurrenceDate(fields.need(value, Fields::date_time)?)
            }
            name::COMPROMISE_DATE => Self::CompromiseDate(fields.need(value, Fields::date_time)?),
            name::REVOCATION_REASON => {
                Self::RevocationReason(RevocationReason::decode(fields.structure(value)?.strict())?)
            }
            name::ARCHIVE_DATE => Self::ArchiveDate(fields.need(value, Fields::date_time)?),
            name::OBJECT_GROUP => Self::ObjectGroup(fields.need(value, Fields::text)?.to_owned()),
            name::APPLICATION_SPECIFIC_INFORMATION => Self::ApplicationSpecificInformation(
                ApplicationSpecificInformation::decode(fields.structure(value)?.strict())?,
            ),
            name::CONTACT_INFORMATION => {
                Self::ContactInformation(fields.need(value, Fields::text)?.to_owned())
            }
            name::LAST_CHANGE_DATE => Self::LastChangeDate(fields.need(value, Fields::date_time)?),
            name::FRESH => Self::Fresh(fields.need(value, Fields::boolean)?),
            name::ORIGINAL_CREATION_DATE => {
                Self::OriginalCreationDate(fields.need(value, Fields::date_time)?)
            }
            name::SENSITIVE => Self::Sensitive(fields.need(value, Fields::boolean)?),
            name::ALWAYS_SENSITIVE => Self::AlwaysSensitive(fields.need(value, Fields::boolean)?),
            name::EXTRACTABLE => Self::Extractable(fields.need(value, Fields::boolean)?),
            name::NEVER_EXTRACTABLE => Self::NeverExtractable(fields.need(value, Fields::boolean)?),
            _ => return Ok(None),
        }))
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        let value = tag::ATTRIBUTE_VALUE;
        match self {
            Self::UniqueIdentifier(text)
            | Self::OperationPolicyName(text)
            | Self::ObjectGroup(text)
            | Self::ContactInformation(text) => out.text(value, text),
            Self::ObjectType(code) => out.enumeration(value, *code),
            Self::CryptographicAlgorithm(code) => out.enumeration(value, *code),
            Self::State(code) => out.enumeration(value, *code),
            Self::CryptographicLength(number) => out.integer(value, *number),
            Self::CryptographicUsageMask(mask) => {
                out.integer(value, mask.in_version(version).to_wire());
            }
            Self::InitialDate(seconds)
            | Self::ActivationDate(seconds)
            | Self::ProcessStartDate(seconds)
            | Self::ProtectStopDate(seconds)
            | Self::DeactivationDate(seconds)
            | Self::DestroyDate(seconds)
            | Self::CompromiseOccurrenceDate(seconds)
            | Self::CompromiseDate(seconds)
            | Self::ArchiveDate(seconds)
            | Self::LastChangeDate(seconds)
            | Self::OriginalCreationDate(seconds) => out.date_time(value, *seconds),
            Self::Fresh(flag)
            | Self::Sensitive(flag)
            | Self::AlwaysSensitive(flag)
            | Self::Extractable(flag)
            | Self::NeverExtractable(flag) => out.boolean(value, *flag),
            Self::Name(fields) => out.structure(value, |out| fields.encode_fields(out)),
            Self::RevocationReason(fields) => out.structure(value, |out| fields.encode_fields(out)),
            Self::ApplicationSpecificInformation(fields) => {
                out.structure(value, |out| fields.encode_fields(out))
            }
            Self::CryptographicParameters(fields) => {
                out.structure(value, |out| fields.encode_fields(out, version))
            }
            Self::Digest(fields) => out.structure(value, |out| fields.encode_fields(out, version)),
            Self::Other { value, .. } => write::owned_item(out, value),
        }
    }
}
