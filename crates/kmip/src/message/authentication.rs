//! `Authentication` and `Credential` of a request header (KMIP 1.0, 6.6 and 2.1.2).
//!
//! May touch: passwords, in wiped memory only.

use strongroom_secret::SecretBytes;
use strongroom_ttlv::{Fields, OwnedItem, Writer};

use crate::ProtocolVersion;
use crate::enumeration::CredentialType;
use crate::error::{EncodeError, MessageError};
use crate::reader::{self, Reader};
use crate::tag;
use crate::write::{self, opt};

/// Who the client says it is, beside its certificate (KMIP 1.0, 6.6).
///
/// ```text
/// Authentication 0x42000C Structure
///   Credential 0x420023 Structure   one; any number from KMIP 1.2 on
/// ```
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Authentication {
    /// The credentials.
    pub credentials: Vec<Credential>,
}

/// One credential (KMIP 1.0, 2.1.2; Device: KMIP 1.1).
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
    UsernameAndPassword {
        /// Username 0x420099 Text String.
        username: String,
        /// Password 0x4200A1 Text String, in UTF-8.
        password: Option<SecretBytes>,
    },
    /// A device (1.1 on).
    Device(DeviceCredential),
    /// A credential that this crate does not type, kept in wiped memory.
    Other {
        /// Its type.
        credential_type: CredentialType,
        /// The item Credential Value.
        value: OwnedItem,
    },
}

/// What identifies a device (KMIP 1.1, 2.1.2). Every field may be absent.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct DeviceCredential {
    /// Device Serial Number.
    pub device_serial_number: Option<String>,
    /// Password, in UTF-8.
    pub password: Option<SecretBytes>,
    /// Device Identifier.
    pub device_identifier: Option<String>,
    /// Network Identifier.
    pub network_identifier: Option<String>,
    /// Machine Identifier.
    pub machine_identifier: Option<String>,
    /// Media Identifier.
    pub media_identifier: Option<String>,
}

impl Authentication {
    /// These credentials.
    #[must_use]
    pub const fn new(credentials: Vec<Credential>) -> Self {
        Self { credentials }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let credentials = fields.structures(tag::CREDENTIAL, Credential::decode)?;
        fields.finish()?;
        Ok(Self { credentials })
    }

    /// Refuses a password that cannot stand on the wire.
    pub(super) fn check(&self) -> Result<(), EncodeError> {
        let password = |credential: &'_ Credential| match credential {
            Credential::UsernameAndPassword { password, .. } => bad(password.as_ref()),
            Credential::Device(device) => bad(device.password.as_ref()),
            Credential::Other { .. } => false,
        };
        if self.credentials.iter().any(password) {
            return Err(EncodeError::PasswordNotText);
        }
        Ok(())
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        let several = version >= ProtocolVersion::V1_2;
        let most = if several { usize::MAX } else { 1 };
        out.structure(tag::AUTHENTICATION, |out| {
            for credential in self.credentials.iter().take(most) {
                credential.encode(out);
            }
        });
    }
}

impl Credential {
    /// The type on the wire.
    #[must_use]
    pub const fn credential_type(&self) -> CredentialType {
        match self {
            Self::UsernameAndPassword { .. } => CredentialType::USERNAME_AND_PASSWORD,
            Self::Device(_) => CredentialType::DEVICE,
            Self::Other {
                credential_type, ..
            } => *credential_type,
        }
    }

    fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let credential_type = fields.need(tag::CREDENTIAL_TYPE, Fields::enumeration)?;
        let value = tag::CREDENTIAL_VALUE;
        let credential = match credential_type {
            CredentialType::USERNAME_AND_PASSWORD => {
                let mut user = fields.structure(value)?;
                let username = user.need(tag::USERNAME, Fields::text)?.to_owned();
                let password = user.opt(tag::PASSWORD, Fields::text)?.map(secret);
                user.finish()?;
                Self::UsernameAndPassword { username, password }
            }
            CredentialType::DEVICE => {
                Self::Device(DeviceCredential::decode(fields.structure(value)?)?)
            }
            credential_type => Self::Other {
                credential_type,
                value: fields.need(value, reader::any_item)?.to_owned_item(),
            },
        };
        fields.finish()?;
        Ok(credential)
    }

    fn encode(&self, out: &mut Writer<'_>) {
        out.structure(tag::CREDENTIAL, |out| {
            out.enumeration(tag::CREDENTIAL_TYPE, self.credential_type());
            match self {
                Self::UsernameAndPassword { username, password } => {
                    out.structure(tag::CREDENTIAL_VALUE, |out| {
                        out.text(tag::USERNAME, username);
                        opt(
                            out,
                            tag::PASSWORD,
                            password.as_ref().and_then(text),
                            Writer::text,
                        );
                    });
                }
                Self::Device(device) => {
                    out.structure(tag::CREDENTIAL_VALUE, |out| device.encode_fields(out));
                }
                Self::Other { value, .. } => write::owned_item(out, value),
            }
        });
    }
}

impl DeviceCredential {
    fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let f = &mut fields;
        let device = Self {
            device_serial_number: owned(f.opt(tag::DEVICE_SERIAL_NUMBER, Fields::text)?),
            password: f.opt(tag::PASSWORD, Fields::text)?.map(secret),
            device_identifier: owned(f.opt(tag::DEVICE_IDENTIFIER, Fields::text)?),
            network_identifier: owned(f.opt(tag::NETWORK_IDENTIFIER, Fields::text)?),
            machine_identifier: owned(f.opt(tag::MACHINE_IDENTIFIER, Fields::text)?),
            media_identifier: owned(f.opt(tag::MEDIA_IDENTIFIER, Fields::text)?),
        };
        fields.finish()?;
        Ok(device)
    }

    fn encode_fields(&self, out: &mut Writer<'_>) {
        let text_of = Option::as_deref;
        let serial = text_of(&self.device_serial_number);
        opt(out, tag::DEVICE_SERIAL_NUMBER, serial, Writer::text);
        let password = self.password.as_ref().and_then(text);
        opt(out, tag::PASSWORD, password, Writer::text);
        let device = text_of(&self.device_identifier);
        opt(out, tag::DEVICE_IDENTIFIER, device, Writer::text);
        let network = text_of(&self.network_identifier);
        opt(out, tag::NETWORK_IDENTIFIER, network, Writer::text);
        let machine = text_of(&self.machine_identifier);
        opt(out, tag::MACHINE_IDENTIFIER, machine, Writer::text);
        let media = text_of(&self.media_identifier);
        opt(out, tag::MEDIA_IDENTIFIER, media, Writer::text);
    }
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

fn secret(text: &str) -> SecretBytes {
    SecretBytes::copy_from(text.as_bytes())
}

fn bad(password: Option<&SecretBytes>) -> bool {
    password.is_some_and(|password| text(password).is_none())
}

/// The password as text; one that is not UTF-8 cannot stand on the wire.
fn text(password: &SecretBytes) -> Option<&str> {
    std::str::from_utf8(password.expose()).ok()
}
