//! Digests (FIPS 180-4) and HMAC (FIPS 198-1), by ring.
//!
//! May touch: key octets and data.

use ring::{digest, hmac};
use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::enumeration::{CryptographicAlgorithm, HashingAlgorithm};
use strongroom_secret::SecretBytes;

use crate::object::Object;
use crate::refusal::Refusal;

/// The digest of octets.
pub(crate) fn digest(algorithm: HashingAlgorithm, data: &[u8]) -> Result<Vec<u8>, Refusal> {
    let algorithm = match algorithm {
        HashingAlgorithm::SHA_256 => &digest::SHA256,
        HashingAlgorithm::SHA_384 => &digest::SHA384,
        HashingAlgorithm::SHA_512 => &digest::SHA512,
        HashingAlgorithm::SHA_512_256 => &digest::SHA512_256,
        _ => {
            let words = "Hashing Algorithm is SHA-256, SHA-384, SHA-512 or SHA-512/256 here";
            return Err(Refusal::Parameter(words));
        }
    };
    Ok(digest::digest(algorithm, data).as_ref().to_vec())
}

/// The key of an HMAC: the algorithm is the request's, else the key's own.
pub(crate) fn hmac_key(
    object: &Object,
    material: &SecretBytes,
    parameters: Option<&CryptographicParameters>,
) -> Result<hmac::Key, Refusal> {
    let named = parameters.and_then(|parameters| parameters.cryptographic_algorithm);
    let own = object.algorithm.map(CryptographicAlgorithm::new);
    let algorithm = match named.or(own) {
        Some(CryptographicAlgorithm::HMAC_SHA256) => hmac::HMAC_SHA256,
        Some(CryptographicAlgorithm::HMAC_SHA384) => hmac::HMAC_SHA384,
        Some(CryptographicAlgorithm::HMAC_SHA512) => hmac::HMAC_SHA512,
        _ => {
            let words = "Cryptographic Algorithm is HMAC-SHA256, HMAC-SHA384 or HMAC-SHA512 here";
            return Err(Refusal::Parameter(words));
        }
    };
    Ok(hmac::Key::new(algorithm, material.expose()))
}
