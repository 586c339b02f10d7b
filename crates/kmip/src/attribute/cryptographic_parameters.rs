//! The `Cryptographic Parameters` attribute (KMIP 1.0, 3.6).
//!
//! May touch: nothing.

use crate::enumeration::{
    BlockCipherMode, CryptographicAlgorithm, DigitalSignatureAlgorithm, HashingAlgorithm,
    KeyRoleType, MaskGenerator, PaddingMethod,
};

structure! {
    /// How a key is used in an operation (KMIP 1.0, 3.6; KMIP 1.4, 3.6). Every field may be absent.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
    pub struct CryptographicParameters {
        /// Block Cipher Mode.
        block_cipher_mode: Option<BlockCipherMode> = BLOCK_CIPHER_MODE,
        /// Padding Method.
        padding_method: Option<PaddingMethod> = PADDING_METHOD,
        /// Hashing Algorithm.
        hashing_algorithm: Option<HashingAlgorithm> = HASHING_ALGORITHM,
        /// Key Role Type.
        key_role_type: Option<KeyRoleType> = KEY_ROLE_TYPE,
        /// Digital Signature Algorithm.
        digital_signature_algorithm: Option<DigitalSignatureAlgorithm> =
            DIGITAL_SIGNATURE_ALGORITHM since V1_2,
        /// Cryptographic Algorithm.
        cryptographic_algorithm: Option<CryptographicAlgorithm> =
            CRYPTOGRAPHIC_ALGORITHM since V1_2,
        /// Random IV: the server draws it.
        random_iv: Option<bool> = RANDOM_IV,
        /// IV Length in bits.
        iv_length: Option<i32> = IV_LENGTH,
        /// Tag Length in octets: 16 of GCM in every OASIS case.
        tag_length: Option<i32> = TAG_LENGTH,
        /// Fixed Field Length in bits.
        fixed_field_length: Option<i32> = FIXED_FIELD_LENGTH,
        /// Invocation Field Length in bits.
        invocation_field_length: Option<i32> = INVOCATION_FIELD_LENGTH,
        /// Counter Length in bits.
        counter_length: Option<i32> = COUNTER_LENGTH,
        /// Initial Counter Value.
        initial_counter_value: Option<i32> = INITIAL_COUNTER_VALUE,
        /// Salt Length in octets.
        salt_length: Option<i32> = SALT_LENGTH,
        /// Mask Generator.
        mask_generator: Option<MaskGenerator> = MASK_GENERATOR,
        /// Mask Generator Hashing Algorithm.
        mask_generator_hashing_algorithm: Option<HashingAlgorithm> =
            MASK_GENERATOR_HASHING_ALGORITHM,
        /// P Source.
        p_source: Option<Vec<u8>> = P_SOURCE,
        /// Trailer Field.
        trailer_field: Option<i32> = TRAILER_FIELD,
    }
}
