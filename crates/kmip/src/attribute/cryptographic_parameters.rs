//! The `Cryptographic Parameters` attribute (KMIP 1.0, 3.6).
//!
//! May touch: nothing.

use strongroom_ttlv::{Fields, Tag, Writer};

use crate::ProtocolVersion;
use crate::enumeration::{
    BlockCipherMode, CryptographicAlgorithm, DigitalSignatureAlgorithm, HashingAlgorithm,
    KeyRoleType, MaskGenerator, PaddingMethod,
};
use crate::error::{Element, EncodeError, MessageError};
use crate::field::Field;
use crate::reader::Reader;
use crate::tag;
use crate::write::{opt, opt_enumeration};

/// How a key is used in an operation (KMIP 1.0, 3.6). Every field may be absent.
///
/// ```text
/// Cryptographic Parameters 0x42002B Structure
///   Block Cipher Mode, Padding Method, Hashing Algorithm, Key Role Type      1.0
///   Digital Signature Algorithm, Cryptographic Algorithm, Random IV, IV Length, Tag Length,
///   Fixed Field Length, Invocation Field Length, Counter Length, Initial Counter Value   1.2
///   Salt Length, Mask Generator, Mask Generator Hashing Algorithm, P Source, Trailer Field   1.4
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CryptographicParameters {
    /// Block Cipher Mode.
    pub block_cipher_mode: Option<BlockCipherMode>,
    /// Padding Method.
    pub padding_method: Option<PaddingMethod>,
    /// Hashing Algorithm.
    pub hashing_algorithm: Option<HashingAlgorithm>,
    /// Key Role Type.
    pub key_role_type: Option<KeyRoleType>,
    /// Digital Signature Algorithm (1.2 on).
    pub digital_signature_algorithm: Option<DigitalSignatureAlgorithm>,
    /// Cryptographic Algorithm (1.2 on).
    pub cryptographic_algorithm: Option<CryptographicAlgorithm>,
    /// Random IV: the server draws it (1.2 on).
    pub random_iv: Option<bool>,
    /// IV Length in bits (1.2 on).
    pub iv_length: Option<i32>,
    /// Tag Length in bits (1.2 on).
    pub tag_length: Option<i32>,
    /// Fixed Field Length in bits (1.2 on).
    pub fixed_field_length: Option<i32>,
    /// Invocation Field Length in bits (1.2 on).
    pub invocation_field_length: Option<i32>,
    /// Counter Length in bits (1.2 on).
    pub counter_length: Option<i32>,
    /// Initial Counter Value (1.2 on).
    pub initial_counter_value: Option<i32>,
    /// Salt Length in octets (1.4 on).
    pub salt_length: Option<i32>,
    /// Mask Generator (1.4 on).
    pub mask_generator: Option<MaskGenerator>,
    /// Mask Generator Hashing Algorithm (1.4 on).
    pub mask_generator_hashing_algorithm: Option<HashingAlgorithm>,
    /// P Source (1.4 on).
    pub p_source: Option<Vec<u8>>,
    /// Trailer Field (1.4 on).
    pub trailer_field: Option<i32>,
}

impl CryptographicParameters {
    /// The first version that has every field and value which is set.
    pub(crate) fn since(&self) -> ProtocolVersion {
        let newest = self.salt_length.is_some()
            || self.mask_generator.is_some()
            || self.mask_generator_hashing_algorithm.is_some()
            || self.p_source.is_some()
            || self.trailer_field.is_some();
        let newer = self.digital_signature_algorithm.is_some()
            || self.cryptographic_algorithm.is_some()
            || self.random_iv.is_some()
            || self.iv_length.is_some()
            || self.tag_length.is_some()
            || self.fixed_field_length.is_some()
            || self.invocation_field_length.is_some()
            || self.counter_length.is_some()
            || self.initial_counter_value.is_some();
        let fields = if newest {
            ProtocolVersion::V1_4
        } else if newer {
            ProtocolVersion::V1_2
        } else {
            ProtocolVersion::V1_0
        };
        let values = [
            self.block_cipher_mode.and_then(BlockCipherMode::since),
            self.padding_method.and_then(PaddingMethod::since),
            self.hashing_algorithm.and_then(HashingAlgorithm::since),
            self.key_role_type.and_then(KeyRoleType::since),
            self.cryptographic_algorithm
                .and_then(CryptographicAlgorithm::since),
            self.digital_signature_algorithm
                .and_then(DigitalSignatureAlgorithm::since),
        ];
        values
            .into_iter()
            .flatten()
            .fold(fields, ProtocolVersion::max)
    }

    pub(crate) fn decode(mut fields: Reader<'_>) -> Result<Self, MessageError> {
        let f = &mut fields;
        let parameters = Self {
            block_cipher_mode: f.opt(tag::BLOCK_CIPHER_MODE, Fields::enumeration)?,
            padding_method: f.opt(tag::PADDING_METHOD, Fields::enumeration)?,
            hashing_algorithm: f.opt(tag::HASHING_ALGORITHM, Fields::enumeration)?,
            key_role_type: f.opt(tag::KEY_ROLE_TYPE, Fields::enumeration)?,
            digital_signature_algorithm: f
                .opt(tag::DIGITAL_SIGNATURE_ALGORITHM, Fields::enumeration)?,
            cryptographic_algorithm: f.opt(tag::CRYPTOGRAPHIC_ALGORITHM, Fields::enumeration)?,
            random_iv: f.opt(tag::RANDOM_IV, Fields::boolean)?,
            iv_length: f.opt(tag::IV_LENGTH, Fields::integer)?,
            tag_length: f.opt(tag::TAG_LENGTH, Fields::integer)?,
            fixed_field_length: f.opt(tag::FIXED_FIELD_LENGTH, Fields::integer)?,
            invocation_field_length: f.opt(tag::INVOCATION_FIELD_LENGTH, Fields::integer)?,
            counter_length: f.opt(tag::COUNTER_LENGTH, Fields::integer)?,
            initial_counter_value: f.opt(tag::INITIAL_COUNTER_VALUE, Fields::integer)?,
            salt_length: f.opt(tag::SALT_LENGTH, Fields::integer)?,
            mask_generator: f.opt(tag::MASK_GENERATOR, Fields::enumeration)?,
            mask_generator_hashing_algorithm: f
                .opt(tag::MASK_GENERATOR_HASHING_ALGORITHM, Fields::enumeration)?,
            p_source: f.opt(tag::P_SOURCE, Fields::bytes)?.map(<[u8]>::to_vec),
            trailer_field: f.opt(tag::TRAILER_FIELD, Fields::integer)?,
        };
        fields.finish()?;
        Ok(parameters)
    }

    pub(crate) fn encode_fields(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        opt_enumeration(out, tag::BLOCK_CIPHER_MODE, self.block_cipher_mode, version);
        opt_enumeration(out, tag::PADDING_METHOD, self.padding_method, version);
        opt_enumeration(out, tag::HASHING_ALGORITHM, self.hashing_algorithm, version);
        opt_enumeration(out, tag::KEY_ROLE_TYPE, self.key_role_type, version);
        if version >= ProtocolVersion::V1_2 {
            self.encode_fields_of_1_2(out, version);
        }
        if version >= ProtocolVersion::V1_4 {
            self.encode_fields_of_1_4(out, version);
        }
    }

    fn encode_fields_of_1_2(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        let signature = self.digital_signature_algorithm;
        opt_enumeration(out, tag::DIGITAL_SIGNATURE_ALGORITHM, signature, version);
        opt_enumeration(
            out,
            tag::CRYPTOGRAPHIC_ALGORITHM,
            self.cryptographic_algorithm,
            version,
        );
        opt(out, tag::RANDOM_IV, self.random_iv, Writer::boolean);
        opt(out, tag::IV_LENGTH, self.iv_length, Writer::integer);
        opt(out, tag::TAG_LENGTH, self.tag_length, Writer::integer);
        opt(
            out,
            tag::FIXED_FIELD_LENGTH,
            self.fixed_field_length,
            Writer::integer,
        );
        opt(
            out,
            tag::INVOCATION_FIELD_LENGTH,
            self.invocation_field_length,
            Writer::integer,
        );
        opt(
            out,
            tag::COUNTER_LENGTH,
            self.counter_length,
            Writer::integer,
        );
        opt(
            out,
            tag::INITIAL_COUNTER_VALUE,
            self.initial_counter_value,
            Writer::integer,
        );
    }

    fn encode_fields_of_1_4(&self, out: &mut Writer<'_>, version: ProtocolVersion) {
        opt(out, tag::SALT_LENGTH, self.salt_length, Writer::integer);
        opt_enumeration(out, tag::MASK_GENERATOR, self.mask_generator, version);
        let hashing = self.mask_generator_hashing_algorithm;
        opt_enumeration(out, tag::MASK_GENERATOR_HASHING_ALGORITHM, hashing, version);
        opt(out, tag::P_SOURCE, self.p_source.as_deref(), Writer::bytes);
        opt(out, tag::TRAILER_FIELD, self.trailer_field, Writer::integer);
    }
}

impl Field for CryptographicParameters {
    fn read(fields: &mut Reader<'_>, tag: Tag) -> Result<Self, MessageError> {
        Self::decode(fields.structure(tag)?)
    }

    fn write(&self, out: &mut Writer<'_>, tag: Tag, version: ProtocolVersion) {
        out.structure(tag, |out| self.encode_fields(out, version));
    }

    fn check(&self, version: ProtocolVersion) -> Result<(), EncodeError> {
        EncodeError::require(version, Some(self.since()), || {
            Element::Attribute("Cryptographic Parameters".to_owned())
        })
    }
}
