//! Cryptography with keys of the server: ring, and AES-CBC, which ring does not have.
//!
//! May touch: key octets and data, in wiped memory; the random source.

pub(crate) mod cbc;
pub(crate) mod derive;
pub(crate) mod ecb;
pub(crate) mod gcm;
pub(crate) mod hash;
pub(crate) mod pair;
pub(crate) mod signature;
pub(crate) mod symmetric;
pub(crate) mod wrap;

use ring::rand::{SecureRandom, SystemRandom};
use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::enumeration::{BlockCipherMode, CryptographicAlgorithm};

use crate::object::Object;
use crate::refusal::Refusal;

/// For any other Block Cipher Mode.
pub(crate) const MODES: Refusal = Refusal::Parameter("Block Cipher Mode is GCM, CBC or ECB here");

/// Random octets that are no secret: an IV.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Refusal> {
    let mut octets = [0; N];
    let filled = SystemRandom::new().fill(&mut octets);
    filled.map(|()| octets).map_err(|_| Refusal::Random)
}

/// The mode that the request names. The key is one of AES, and the request says nothing else.
pub(crate) fn mode(
    object: &Object,
    parameters: Option<&CryptographicParameters>,
) -> Result<BlockCipherMode, Refusal> {
    let aes = CryptographicAlgorithm::AES;
    let named = parameters.and_then(|parameters| parameters.cryptographic_algorithm);
    if object.algorithm != Some(aes.value()) || named.is_some_and(|named| named != aes) {
        return Err(Refusal::Parameter(
            "the server encrypts and decrypts with AES keys alone",
        ));
    }
    parameters
        .and_then(|parameters| parameters.block_cipher_mode)
        .ok_or(Refusal::Parameter(
            "Block Cipher Mode is required: GCM, CBC or ECB",
        ))
}
