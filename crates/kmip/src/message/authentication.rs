//! `Authentication` of a request header (KMIP 1.0, 6.6).
//!
//! May touch: passwords and tickets, in wiped memory only.

use super::Credential;
use crate::error::{Element, EncodeError, MessageError};
use crate::reader::Reader;
use crate::{ProtocolVersion, tag};

structure! {
    /// Who the client says it is, beside its certificate (KMIP 1.0, 6.6): one credential, from
    /// KMIP 1.2 on any number.
    #[derive(Debug, Default)]
    #[non_exhaustive]
    pub struct Authentication {
        /// The credentials.
        credentials: Vec<Credential> = CREDENTIAL,
    }
}

impl Authentication {
    /// These credentials.
    #[must_use]
    pub const fn new(credentials: Vec<Credential>) -> Self {
        Self { credentials }
    }

    fn is_too_many(&self, version: ProtocolVersion) -> bool {
        self.credentials.len() > 1 && version < ProtocolVersion::V1_2
    }

    /// Refuses, in a strict message, more credentials than its version has.
    pub(super) fn admit(&self, fields: &Reader<'_>) -> Result<(), MessageError> {
        let version = fields.version();
        if fields.takes_any_version() || !self.is_too_many(version) {
            return Ok(());
        }
        Err(MessageError::NotInVersion {
            tag: tag::CREDENTIAL,
            version,
        })
    }

    /// Refuses more credentials than `version` has.
    pub(super) fn check_count(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        if self.is_too_many(version) {
            let what = Element::Field("more than one Credential");
            return Err(EncodeError::NotInVersion { what, version });
        }
        Ok(())
    }
}
