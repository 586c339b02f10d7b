//! Enumerations and masks as fields.
//!
//! May touch: the message's bytes, through `Reader` and `Writer`.

use strongroom_ttlv::{Fields, Tag, Writer};

use super::Field;
use crate::enumeration::{self, Since};
use crate::error::{Element, EncodeError, MessageError};
use crate::reader::Reader;
use crate::{CryptographicUsageMask, ProtocolVersion};

macro_rules! enumeration_field {
    ($($name:ident)*) => {$(
        impl Field for enumeration::$name {
            fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
                fields.need(tag, Fields::enumeration)
            }

            fn write(&self, out: &mut Writer<'_>, tag: Tag, _: ProtocolVersion) {
                out.enumeration(tag, *self);
            }

            fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
                if self.is_in(version) {
                    return Ok(());
                }
                let what = Element::Value(self.name().unwrap_or(stringify!($name)));
                Err(EncodeError::NotInVersion { what, version })
            }

            fn is_in(&self, version: ProtocolVersion) -> bool {
                version.knows(self.first_version())
            }
        }
    )*};
}

enumeration_field! {
    AttestationType BatchErrorContinuationOption BlockCipherMode CertificateType CredentialType
    CryptographicAlgorithm DigitalSignatureAlgorithm EncodingOption HashingAlgorithm
    KeyCompressionType KeyFormatType KeyRoleType KeyWrapType MaskGenerator NameType
    ObjectGroupMember ObjectType Operation PaddingMethod QueryFunction ResultReason ResultStatus
    RevocationReasonCode SecretDataType State WrappingMethod
}

impl Field for CryptographicUsageMask {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Ok(Self::from_wire(fields.need(tag, Fields::integer)?))
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        out.integer(tag, self.in_version(version).to_wire());
    }

    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        if self.in_version(version) == *self {
            return Ok(());
        }
        let what = Element::Field("a bit of Cryptographic Usage Mask");
        Err(EncodeError::NotInVersion { what, version })
    }
}
