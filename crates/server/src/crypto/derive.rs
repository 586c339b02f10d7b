//! Octets for a key from those of another (KMIP 1.0, 4.5; KMIP 2.1, 7.12).
//!
//! May touch: key octets, in wiped memory where ring lets them be.

use std::num::NonZeroU32;

use ring::{hkdf, hmac, pbkdf2};
use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::enumeration::{
    BlockCipherMode, CryptographicAlgorithm, DerivationMethod, HashingAlgorithm,
};
use strongroom_kmip::structure::DerivationParameters;
use strongroom_secret::SecretBytes;

use super::{cbc, hash};
use crate::refusal::Refusal;

/// More rounds of PBKDF2 than this hold up the server.
const ROUNDS: u32 = 2_000_000;

const TOO_LONG: Refusal =
    Refusal::Parameter("the Cryptographic Length is more than this method gives");

/// `len` octets from `key` by `method`; `data` is the Derivation Data, if there is any.
pub(crate) fn derive(
    method: DerivationMethod,
    key: &SecretBytes,
    parameters: &DerivationParameters,
    data: Option<&SecretBytes>,
    len: usize,
) -> Result<SecretBytes, Refusal> {
    let how = parameters.cryptographic_parameters.as_ref();
    let given = || data.ok_or(Refusal::Parameter("Derivation Data is required"));
    match method {
        DerivationMethod::PBKDF2 => rounds(key, parameters, len),
        DerivationMethod::HASH if data.is_some() => Err(Refusal::Parameter(
            "HASH hashes the key alone here; leave Derivation Data out",
        )),
        DerivationMethod::HASH => {
            let named = how.and_then(|how| how.hashing_algorithm);
            let named = named.ok_or(Refusal::Parameter("Hashing Algorithm is required"))?;
            first(&hash::digest(named, key.expose())?, len)
        }
        DerivationMethod::HMAC => {
            let code = hmac::sign(&prf(key, how)?, given()?.expose());
            first(code.as_ref(), len)
        }
        DerivationMethod::ENCRYPT => encrypted(key, parameters, given()?, len),
        DerivationMethod::NIST800_108_C => counted(&prf(key, how)?, given()?, len),
        DerivationMethod::HKDF => expanded(key, parameters, data, len),
        _ => Err(Refusal::Parameter(
            "Derivation Method is PBKDF2, HASH, HMAC, ENCRYPT, NIST800-108-C or HKDF here",
        )),
    }
}

fn first(octets: &[u8], len: usize) -> Result<SecretBytes, Refusal> {
    let kept = octets.get(..len).ok_or(TOO_LONG)?;
    Ok(SecretBytes::copy_from(kept))
}

/// PBKDF2 (RFC 8018, 5.2); without a hash it is with HMAC-SHA-1, as the specification says.
fn rounds(
    key: &SecretBytes,
    parameters: &DerivationParameters,
    len: usize,
) -> Result<SecretBytes, Refusal> {
    let how = parameters.cryptographic_parameters.as_ref();
    let algorithm = match how.and_then(hashing) {
        None | Some(HashingAlgorithm::SHA_1) => pbkdf2::PBKDF2_HMAC_SHA1,
        Some(HashingAlgorithm::SHA_256) => pbkdf2::PBKDF2_HMAC_SHA256,
        Some(HashingAlgorithm::SHA_384) => pbkdf2::PBKDF2_HMAC_SHA384,
        Some(HashingAlgorithm::SHA_512) => pbkdf2::PBKDF2_HMAC_SHA512,
        Some(_) => return Err(HASHES),
    };
    let salt = parameters.salt.as_deref();
    let salt = salt.ok_or(Refusal::Parameter("Salt is required"))?;
    let count = parameters.iteration_count.unwrap_or_default();
    let count = u32::try_from(count).ok().filter(|count| *count <= ROUNDS);
    let count = count.and_then(NonZeroU32::new);
    let count = count.ok_or(Refusal::Parameter("Iteration Count is 1 to 2000000"))?;
    Ok(SecretBytes::build(len, |out| {
        pbkdf2::derive(algorithm, count, salt, key.expose(), out);
    }))
}

/// The ciphertext of the data under the key, in CBC.
fn encrypted(
    key: &SecretBytes,
    parameters: &DerivationParameters,
    data: &SecretBytes,
    len: usize,
) -> Result<SecretBytes, Refusal> {
    let how = parameters.cryptographic_parameters.clone();
    let how = how.unwrap_or_default();
    let algorithm = how.cryptographic_algorithm;
    let aes = algorithm.is_none_or(|named| named == CryptographicAlgorithm::AES);
    if !aes || how.block_cipher_mode != Some(BlockCipherMode::CBC) {
        return Err(Refusal::Parameter("ENCRYPT is with AES in CBC here"));
    }
    let iv = parameters.initialization_vector.as_deref();
    let iv = iv.ok_or(Refusal::Parameter("Initialization Vector is required"))?;
    first(&cbc::encrypt(key, iv, cbc::padding(&how)?, data)?, len)
}

/// Counter mode (NIST SP 800-108, 4.1): a counter of 32 bits before the Derivation Data, which is
/// the whole fixed input.
fn counted(prf: &hmac::Key, data: &SecretBytes, len: usize) -> Result<SecretBytes, Refusal> {
    let blocks = len.div_ceil(prf.algorithm().digest_algorithm().output_len());
    let last = u32::try_from(blocks).map_err(|_| TOO_LONG)?;
    let mut octets = zeroize::Zeroizing::new(Vec::with_capacity(len.saturating_add(64)));
    for counter in 1..=last {
        let mut context = hmac::Context::with_key(prf);
        context.update(&counter.to_be_bytes());
        context.update(data.expose());
        octets.extend_from_slice(context.sign().as_ref());
    }
    first(&octets, len)
}

/// HKDF (RFC 5869): the Derivation Data is the info.
fn expanded(
    key: &SecretBytes,
    parameters: &DerivationParameters,
    data: Option<&SecretBytes>,
    len: usize,
) -> Result<SecretBytes, Refusal> {
    struct Octets(usize);
    impl hkdf::KeyType for Octets {
        fn len(&self) -> usize {
            self.0
        }
    }
    let how = parameters.cryptographic_parameters.as_ref();
    let algorithm = match how.and_then(hashing) {
        Some(HashingAlgorithm::SHA_256) => hkdf::HKDF_SHA256,
        Some(HashingAlgorithm::SHA_384) => hkdf::HKDF_SHA384,
        Some(HashingAlgorithm::SHA_512) => hkdf::HKDF_SHA512,
        _ => return Err(HASHES),
    };
    let salt = parameters.salt.as_deref().unwrap_or_default();
    let secret = hkdf::Salt::new(algorithm, salt).extract(key.expose());
    let info = [data.map_or(&[][..], SecretBytes::expose)];
    let stream = secret.expand(&info, Octets(len)).map_err(|_| TOO_LONG)?;
    SecretBytes::try_build(len, |out| stream.fill(out)).map_err(|_| Refusal::Crypto)
}

const HASHES: Refusal = Refusal::Parameter("the hash is SHA-256, SHA-384 or SHA-512 here");

/// The hash, by Hashing Algorithm or by the name of an HMAC.
fn hashing(how: &CryptographicParameters) -> Option<HashingAlgorithm> {
    let by_code = match how.cryptographic_algorithm {
        Some(CryptographicAlgorithm::HMAC_SHA1) => Some(HashingAlgorithm::SHA_1),
        Some(CryptographicAlgorithm::HMAC_SHA256) => Some(HashingAlgorithm::SHA_256),
        Some(CryptographicAlgorithm::HMAC_SHA384) => Some(HashingAlgorithm::SHA_384),
        Some(CryptographicAlgorithm::HMAC_SHA512) => Some(HashingAlgorithm::SHA_512),
        _ => None,
    };
    how.hashing_algorithm.or(by_code)
}

/// The pseudo-random function: HMAC under the key.
fn prf(key: &SecretBytes, how: Option<&CryptographicParameters>) -> Result<hmac::Key, Refusal> {
    let algorithm = match how.and_then(hashing) {
        Some(HashingAlgorithm::SHA_256) => hmac::HMAC_SHA256,
        Some(HashingAlgorithm::SHA_384) => hmac::HMAC_SHA384,
        Some(HashingAlgorithm::SHA_512) => hmac::HMAC_SHA512,
        _ => return Err(HASHES),
    };
    Ok(hmac::Key::new(algorithm, key.expose()))
}
