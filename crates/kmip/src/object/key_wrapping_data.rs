//! `Key Wrapping Data`: how a key value is wrapped (KMIP 1.0, 2.1.5).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Tag, Writer};

use crate::ProtocolVersion;
use crate::attribute::CryptographicParameters;
use crate::enumeration::{EncodingOption, WrappingMethod};
use crate::error::MessageError;
use crate::reader::Reader;
use crate::tag;
use crate::write::{opt, opt_enumeration};

/// How a key value is wrapped (KMIP 1.0, 2.1.5).
///
/// ```text
/// Key Wrapping Data 0x420046 Structure
///   Wrapping Method               0x42009E Enumeration   required
///   Encryption Key Information    0x420036 Structure
///   MAC/Signature Key Information 0x42004E Structure
///   MAC/Signature                 0x42004D Byte String
///   IV/Counter/Nonce              0x42003D Byte String
///   Encoding Option               0x4200A3 Enumeration   KMIP 1.1 on
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyWrappingData {
    /// Encryption, MAC, or both.
    pub wrapping_method: WrappingMethod,
    /// The key that encrypts, and how.
    pub encryption_key_information: Option<KeyInformation>,
    /// The key that authenticates, and how.
    pub mac_signature_key_information: Option<KeyInformation>,
    /// The authenticator.
    pub mac_signature: Option<Vec<u8>>,
    /// IV, counter or nonce.
    pub iv_counter_nonce: Option<Vec<u8>>,
    /// Whether TTLV or the bare key is inside (1.1 on).
    pub encoding_option: Option<EncodingOption>,
}

/// A wrapping key and how it is used (KMIP 1.0, 2.1.5).
///
/// ```text
/// Encryption Key Information 0x420036, MAC/Signature Key Information 0x42004E Structure
///   Unique Identifier        0x420094 Text String   required
///   Cryptographic Parameters 0x42002B Structure
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyInformation {
    /// The wrapping key.
    pub unique_identifier: String,
    /// How it is used.
    pub cryptographic_parameters: Option<CryptographicParameters>,
}

impl KeyInformation {
    /// This key, used as its own attributes say.
    #[must_use]
    pub fn new(unique_identifier: impl Into<String>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            cryptographic_parameters: None,
        }
    }

    pub(super) fn decode_opt(
        fields: &mut Reader<'_>,
        tag: Tag,
    ) -> Result<Option<Self>, MessageError> {
        let Some(mut fields) = fields.structure_opt(tag)? else {
            return Ok(None);
        };
        let unique_identifier = fields
            .need(tag::UNIQUE_IDENTIFIER, Fields::text)?
            .to_owned();
        let cryptographic_parameters = match fields.structure_opt(tag::CRYPTOGRAPHIC_PARAMETERS)? {
            Some(fields) => Some(CryptographicParameters::decode(fields)?),
            None => None,
        };
        fields.finish()?;
        Ok(Some(Self {
            unique_identifier,
            cryptographic_parameters,
        }))
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        out.structure(tag, |out| {
            out.text(tag::UNIQUE_IDENTIFIER, &self.unique_identifier);
            if let Some(parameters) = &self.cryptographic_parameters {
                out.structure(tag::CRYPTOGRAPHIC_PARAMETERS, |out| {
                    parameters.encode_fields(out, version);
                });
            }
        });
    }
}

impl KeyWrappingData {
    /// Wrapped by this method; everything else absent.
    #[must_use]
    pub const fn new(wrapping_method: WrappingMethod) -> Self {
        Self {
            wrapping_method,
            encryption_key_information: None,
            mac_signature_key_information: None,
            mac_signature: None,
            iv_counter_nonce: None,
            encoding_option: None,
        }
    }

    pub(super) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let f = &mut fields;
        let data = Self {
            wrapping_method: f.need(tag::WRAPPING_METHOD, Fields::enumeration)?,
            encryption_key_information: KeyInformation::decode_opt(
                f,
                tag::ENCRYPTION_KEY_INFORMATION,
            )?,
            mac_signature_key_information: KeyInformation::decode_opt(
                f,
                tag::MAC_SIGNATURE_KEY_INFORMATION,
            )?,
            mac_signature: f
                .opt(tag::MAC_SIGNATURE, Fields::bytes)?
                .map(<[u8]>::to_vec),
            iv_counter_nonce: f
                .opt(tag::IV_COUNTER_NONCE, Fields::bytes)?
                .map(<[u8]>::to_vec),
            encoding_option: f.opt(tag::ENCODING_OPTION, Fields::enumeration)?,
        };
        fields.finish()?;
        Ok(data)
    }

    pub(super) fn encode(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        out.structure(tag::KEY_WRAPPING_DATA, |out| {
            out.enumeration(tag::WRAPPING_METHOD, self.wrapping_method);
            if let Some(key) = &self.encryption_key_information {
                key.encode(out, tag::ENCRYPTION_KEY_INFORMATION, version);
            }
            if let Some(key) = &self.mac_signature_key_information {
                key.encode(out, tag::MAC_SIGNATURE_KEY_INFORMATION, version);
            }
            opt(
                out,
                tag::MAC_SIGNATURE,
                self.mac_signature.as_deref(),
                Writer::bytes,
            );
            let iv = self.iv_counter_nonce.as_deref();
            opt(out, tag::IV_COUNTER_NONCE, iv, Writer::bytes);
            if version >= ProtocolVersion::V1_1 {
                opt_enumeration(out, tag::ENCODING_OPTION, self.encoding_option, version);
            }
        });
    }
}
