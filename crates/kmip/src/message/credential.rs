//! `Credential`: who a client says it is (KMIP 1.0, 2.1.2; KMIP 2.1, 9.11). One form per file.
//!
//! May touch: passwords and tickets, in wiped memory only.

mod attestation;
mod device;
mod hashed_password;
mod one_time_password;
mod ticket;
mod username_and_password;

use strongroom_ttlv::{Fields, OwnedItem, Tag, Writer};

pub use attestation::AttestationCredential;
pub use device::DeviceCredential;
pub use hashed_password::HashedPasswordCredential;
pub use one_time_password::OneTimePasswordCredential;
pub use ticket::TicketCredential;
pub use username_and_password::UsernameAndPassword;

use crate::ProtocolVersion;
use crate::enumeration::CredentialType;
use crate::error::{EncodeError, MessageError};
use crate::field::{Field, Structure};
use crate::reader::Reader;
use crate::tag;

/// One credential (KMIP 1.0, 2.1.2; KMIP 2.1, 9.11).
///
/// ```text
/// Credential 0x420023 Structure
///   Credential Type  0x420024 Enumeration   required
///   Credential Value 0x420025 Structure     required
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Credential {
    /// A user and a password.
    UsernameAndPassword(UsernameAndPassword),
    /// A device (1.1 on).
    Device(DeviceCredential),
    /// A proof of the client's own state (1.2 on).
    Attestation(AttestationCredential),
    /// A user and a password for one use (2.0 on).
    OneTimePassword(OneTimePasswordCredential),
    /// A user and the hash of a password (2.0 on).
    HashedPassword(HashedPasswordCredential),
    /// What an earlier login gave (2.0 on).
    Ticket(TicketCredential),
    /// A credential that this crate does not type, kept in wiped memory.
    Other {
        /// Its type.
        credential_type: CredentialType,
        /// The item Credential Value.
        value: OwnedItem,
    },
}

impl Credential {
    /// The type on the wire.
    #[must_use]
    pub const fn credential_type(&self) -> CredentialType {
        match self {
            Self::UsernameAndPassword(_) => CredentialType::USERNAME_AND_PASSWORD,
            Self::Device(_) => CredentialType::DEVICE,
            Self::Attestation(_) => CredentialType::ATTESTATION,
            Self::OneTimePassword(_) => CredentialType::ONE_TIME_PASSWORD,
            Self::HashedPassword(_) => CredentialType::HASHED_PASSWORD,
            Self::Ticket(_) => CredentialType::TICKET,
            Self::Other {
                credential_type, ..
            } => *credential_type,
        }
    }

    fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let credential_type = fields.need(tag::CREDENTIAL_TYPE, Fields::enumeration)?;
        if fields.refuses(CredentialType::versions(credential_type)) {
            return Err(MessageError::NotInVersion {
                tag: tag::CREDENTIAL_TYPE,
                version: fields.version(),
            });
        }
        let credential = Self::decode_value(credential_type, &mut fields)?;
        fields.finish()?;
        Ok(credential)
    }

    fn decode_value(
        credential_type: CredentialType,
        fields: &mut Reader<'_>,
    ) -> Result<Self, MessageError> {
        let (f, value) = (fields, tag::CREDENTIAL_VALUE);
        Ok(match credential_type {
            CredentialType::USERNAME_AND_PASSWORD => {
                Self::UsernameAndPassword(Field::read(f, value)?)
            }
            CredentialType::DEVICE => Self::Device(Field::read(f, value)?),
            CredentialType::ATTESTATION => Self::Attestation(Field::read(f, value)?),
            CredentialType::ONE_TIME_PASSWORD => Self::OneTimePassword(Field::read(f, value)?),
            CredentialType::HASHED_PASSWORD => Self::HashedPassword(Field::read(f, value)?),
            CredentialType::TICKET => Self::Ticket(Field::read(f, value)?),
            credential_type => Self::Other {
                credential_type,
                value: Field::read(f, value)?,
            },
        })
    }

    fn encode_value(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        let value = tag::CREDENTIAL_VALUE;
        match self {
            Self::UsernameAndPassword(user) => user.write(out, value, version),
            Self::Device(device) => device.write(out, value, version),
            Self::Attestation(attestation) => attestation.write(out, value, version),
            Self::OneTimePassword(password) => password.write(out, value, version),
            Self::HashedPassword(password) => password.write(out, value, version),
            Self::Ticket(ticket) => ticket.write(out, value, version),
            Self::Other { value: item, .. } => item.write(out, value, version),
        }
    }
}

impl Field for Credential {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Self::decode(fields.structure(tag)?)
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        out.structure(tag, |out| {
            out.enumeration(tag::CREDENTIAL_TYPE, self.credential_type());
            self.encode_value(out, version);
        });
    }

    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        self.credential_type().check(version)?;
        match self {
            Self::Attestation(attestation) => attestation.check_fields(version),
            Self::HashedPassword(password) => password.check_fields(version),
            Self::Ticket(ticket) => ticket.check_fields(version),
            Self::UsernameAndPassword(_)
            | Self::Device(_)
            | Self::OneTimePassword(_)
            | Self::Other { .. } => Ok(()),
        }
    }
}
