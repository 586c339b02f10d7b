//! `Derivation Parameters`: what a key is derived with (KMIP 1.0, 4.5; KMIP 2.1, 7.12).
//!
//! May touch: key octets, in wiped memory only.

use strongroom_secret::SecretBytes;

use crate::attribute::CryptographicParameters;

structure! {
    /// What a key is derived with (KMIP 1.0, 4.5; KMIP 2.1, 7.12). Which fields must be there
    /// depends on the method.
    #[derive(Debug, Default)]
    #[non_exhaustive]
    pub struct DerivationParameters {
        /// The pseudo-random function, or mode and padding of the cipher.
        cryptographic_parameters: Option<CryptographicParameters> = CRYPTOGRAPHIC_PARAMETERS,
        /// For a cipher in a mode that has one; absent: none.
        initialization_vector: Option<Vec<u8>> = INITIALIZATION_VECTOR,
        /// What the function is fed with; none: the request names a Secret Data object that holds
        /// it. Several from 2.0 on.
        derivation_data: Vec<SecretBytes> = DERIVATION_DATA,
        /// For PBKDF2.
        salt: Option<Vec<u8>> = SALT,
        /// For PBKDF2.
        iteration_count: Option<i32> = ITERATION_COUNT,
    }
}
