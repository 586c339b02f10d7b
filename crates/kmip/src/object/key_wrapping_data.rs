//! `Key Wrapping Data`: how a key value is wrapped (KMIP 1.0, 2.1.5).
//!
//! May touch: nothing.

use crate::UniqueIdentifier;
use crate::attribute::CryptographicParameters;
use crate::enumeration::{EncodingOption, WrappingMethod};

structure! {
    /// How a key value is wrapped (KMIP 1.0, 2.1.5).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct KeyWrappingData {
        /// Encryption, MAC, or both.
        wrapping_method: WrappingMethod = WRAPPING_METHOD,
        /// The key that encrypts, and how.
        encryption_key_information: Option<KeyInformation> = ENCRYPTION_KEY_INFORMATION,
        /// The key that authenticates, and how.
        mac_signature_key_information: Option<KeyInformation> = MAC_SIGNATURE_KEY_INFORMATION,
        /// The authenticator.
        mac_signature: Option<Vec<u8>> = MAC_SIGNATURE,
        /// IV, counter or nonce.
        iv_counter_nonce: Option<Vec<u8>> = IV_COUNTER_NONCE,
        /// Whether TTLV or the bare key is inside.
        encoding_option: Option<EncodingOption> = ENCODING_OPTION since V1_1,
    }
}

structure! {
    /// A wrapping key and how it is used (KMIP 1.0, 2.1.5): Encryption Key Information and
    /// MAC/Signature Key Information.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct KeyInformation {
        /// The wrapping key.
        unique_identifier: UniqueIdentifier = UNIQUE_IDENTIFIER,
        /// How it is used.
        cryptographic_parameters: Option<CryptographicParameters> = CRYPTOGRAPHIC_PARAMETERS,
    }
}

impl KeyInformation {
    /// This key, used as its own attributes say.
    #[must_use]
    pub fn new(unique_identifier: impl Into<UniqueIdentifier>) -> Self {
        Self {
            unique_identifier: unique_identifier.into(),
            cryptographic_parameters: None,
        }
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
}
