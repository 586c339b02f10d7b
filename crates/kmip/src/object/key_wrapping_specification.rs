//! `Key Wrapping Specification`: how Get shall wrap a key (KMIP 1.0, 2.1.6).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Tag, Writer};

use super::KeyInformation;
use crate::ProtocolVersion;
use crate::enumeration::{EncodingOption, WrappingMethod};
use crate::error::{Element, EncodeError, MessageError};
use crate::field::Field;
use crate::reader::Reader;
use crate::tag;
use crate::write::opt_enumeration;

/// How Get shall wrap a key (KMIP 1.0, 2.1.6).
///
/// ```text
/// Key Wrapping Specification 0x420047 Structure
///   Wrapping Method               0x42009E Enumeration   required
///   Encryption Key Information    0x420036 Structure
///   MAC/Signature Key Information 0x42004E Structure
///   Attribute Name                0x42000A Text String   any number
///   Encoding Option               0x4200A3 Enumeration   KMIP 1.1 on
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyWrappingSpecification {
    /// Encryption, MAC, or both.
    pub wrapping_method: WrappingMethod,
    /// The key that encrypts, and how.
    pub encryption_key_information: Option<KeyInformation>,
    /// The key that authenticates, and how.
    pub mac_signature_key_information: Option<KeyInformation>,
    /// Attributes to wrap together with the key.
    pub attribute_names: Vec<String>,
    /// Whether TTLV or the bare key is wrapped (1.1 on).
    pub encoding_option: Option<EncodingOption>,
}

impl KeyWrappingSpecification {
    /// Wrap by this method; everything else absent.
    #[must_use]
    pub const fn new(wrapping_method: WrappingMethod) -> Self {
        Self {
            wrapping_method,
            encryption_key_information: None,
            mac_signature_key_information: None,
            attribute_names: Vec::new(),
            encoding_option: None,
        }
    }

    pub(crate) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let f = &mut fields;
        let specification = Self {
            wrapping_method: f.need(tag::WRAPPING_METHOD, Fields::enumeration)?,
            encryption_key_information: KeyInformation::decode_opt(
                f,
                tag::ENCRYPTION_KEY_INFORMATION,
            )?,
            mac_signature_key_information: KeyInformation::decode_opt(
                f,
                tag::MAC_SIGNATURE_KEY_INFORMATION,
            )?,
            attribute_names: f
                .each(tag::ATTRIBUTE_NAME, Fields::text)?
                .into_iter()
                .map(str::to_owned)
                .collect(),
            encoding_option: f.opt(tag::ENCODING_OPTION, Fields::enumeration)?,
        };
        fields.finish()?;
        Ok(specification)
    }

    pub(crate) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.structure(tag::KEY_WRAPPING_SPECIFICATION, |out| {
            out.enumeration(tag::WRAPPING_METHOD, self.wrapping_method);
            if let Some(key) = &self.encryption_key_information {
                key.encode(out, tag::ENCRYPTION_KEY_INFORMATION, version);
            }
            if let Some(key) = &self.mac_signature_key_information {
                key.encode(out, tag::MAC_SIGNATURE_KEY_INFORMATION, version);
            }
            for name in &self.attribute_names {
                out.text(tag::ATTRIBUTE_NAME, name);
            }
            if version >= ProtocolVersion::V1_1 {
                opt_enumeration(out, tag::ENCODING_OPTION, self.encoding_option, version);
            }
        });
    }

    /// Refuses what `version` does not have.
    pub(crate) fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        if self.encoding_option.is_some() {
            let since = Some(ProtocolVersion::V1_1);
            EncodeError::require(version, since, || Element::Field("Encoding Option"))?;
        }
        let keys = [
            &self.encryption_key_information,
            &self.mac_signature_key_information,
        ];
        for key in keys.into_iter().flatten() {
            if let Some(parameters) = &key.cryptographic_parameters {
                let since = Some(parameters.since());
                EncodeError::require(version, since, || {
                    Element::Attribute("Cryptographic Parameters".to_owned())
                })?;
            }
        }
        Ok(())
    }
}

impl Field for KeyWrappingSpecification {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Self::decode(fields.structure(tag)?)
    }

    fn write(&self, out: &mut Writer<'_>, _: Tag, version: ProtocolVersion) {
        self.encode(out, version);
    }

    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        Self::check(self, version)
    }
}
