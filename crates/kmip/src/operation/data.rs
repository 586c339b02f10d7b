//! `Data`: what a cryptographic operation works on (KMIP 1.2, 4.29; KMIP 2.1, 7.9).
//!
//! May touch: plaintext, in wiped memory only.

use strongroom_secret::SecretBytes;
use strongroom_ttlv::{Fields, ItemType, Tag, Writer};

use crate::ProtocolVersion;
use crate::enumeration::DataEnumeration;
use crate::error::{Element, EncodeError, MessageError};
use crate::field::Field;
use crate::reader::Reader;

/// What a request gives to a cryptographic operation (KMIP 1.2, 4.29; KMIP 2.1, 7.9).
///
/// Up to 1.4 these are octets. From 2.0 on a request may also point into its own batch, at what
/// another item answers.
#[derive(Debug)]
#[non_exhaustive]
pub enum Data {
    /// The octets themselves.
    Octets(SecretBytes),
    /// What the last operation of this kind in the batch answers (KMIP 2.1, 11.13).
    Output(DataEnumeration),
    /// The position, from 0, of the Data in the batch; below 0: counted backwards from the
    /// operation's own item (KMIP 2.1, 7.9).
    Index(i32),
}

impl Data {
    /// A copy of these octets. The caller wipes the original.
    #[must_use]
    pub fn copy_from(octets: &[u8]) -> Self {
        Self::Octets(SecretBytes::copy_from(octets))
    }

    /// The octets, if it is octets.
    #[must_use]
    pub const fn as_octets(&self) -> Option<&SecretBytes> {
        match self {
            Self::Octets(octets) => Some(octets),
            Self::Output(_) | Self::Index(_) => None,
        }
    }

    /// A second copy, asked for by name.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        match self {
            Self::Octets(octets) => Self::Octets(octets.duplicate()),
            Self::Output(output) => Self::Output(*output),
            Self::Index(index) => Self::Index(*index),
        }
    }
}

impl From<SecretBytes> for Data {
    fn from(octets: SecretBytes) -> Self {
        Self::Octets(octets)
    }
}

impl Field for Data {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        let later = fields.version() >= ProtocolVersion::V2_0;
        Ok(match fields.type_of(tag)? {
            Some(ItemType::Enumeration) if later => {
                Self::Output(DataEnumeration::read(fields, tag)?)
            }
            Some(ItemType::Integer) if later => Self::Index(fields.need(tag, Fields::integer)?),
            _ => Self::Octets(SecretBytes::read(fields, tag)?),
        })
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        match self {
            Self::Octets(octets) => octets.write(out, tag, version),
            Self::Output(output) => out.enumeration(tag, *output),
            Self::Index(index) => out.integer(tag, *index),
        }
    }

    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        if self.is_in(version) {
            return Ok(());
        }
        let what = Element::Field("Data that is no Byte String");
        Err(EncodeError::NotInVersion { what, version })
    }

    fn is_in(&self, version: ProtocolVersion) -> bool {
        match self {
            Self::Octets(_) => true,
            Self::Output(output) => version >= ProtocolVersion::V2_0 && output.is_in(version),
            Self::Index(_) => version >= ProtocolVersion::V2_0,
        }
    }
}
