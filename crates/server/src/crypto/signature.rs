//! Signatures: ECDSA (FIPS 186-4, as ASN.1) and RSA (RFC 8017), by ring.
//!
//! May touch: key octets and data; the random source.

use ring::rand::SystemRandom;
use ring::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, RsaEncoding, RsaKeyPair, UnparsedPublicKey,
    VerificationAlgorithm,
};
use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::enumeration::{
    CryptographicAlgorithm, DigitalSignatureAlgorithm, HashingAlgorithm, KeyFormatType,
    MaskGenerator, PaddingMethod,
};
use strongroom_secret::SecretBytes;
use x509_cert::der::Decode;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use crate::object::Object;
use crate::refusal::Refusal;

/// How it is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scheme {
    family: Family,
    hash: Hash,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Ecdsa,
    Pkcs1,
    Pss,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

const SCHEMES: Refusal = Refusal::Parameter(
    "signatures are ECDSA with SHA-256 or SHA-384, and RSA (PKCS1 v1.5 or PSS) with SHA-256, SHA-384 or SHA-512",
);

/// The scheme that the parameters name: by Digital Signature Algorithm, else by algorithm (that of
/// the key, if none is named), padding and hash.
pub(crate) fn scheme(
    object: &Object,
    parameters: &CryptographicParameters,
) -> Result<Scheme, Refusal> {
    let hash = match parameters.hashing_algorithm {
        Some(HashingAlgorithm::SHA_256) => Some(Hash::Sha256),
        Some(HashingAlgorithm::SHA_384) => Some(Hash::Sha384),
        Some(HashingAlgorithm::SHA_512) => Some(Hash::Sha512),
        None => None,
        Some(_) => return Err(SCHEMES),
    };
    let scheme = match parameters.digital_signature_algorithm {
        Some(algorithm) => by_name(algorithm, hash)?,
        None => by_parts(object, parameters, hash)?,
    };
    if hash.is_some_and(|hash| hash != scheme.hash) {
        return Err(Refusal::Parameter(
            "Hashing Algorithm and Digital Signature Algorithm contradict each other",
        ));
    }
    if scheme.family == Family::Pss {
        check_pss(parameters, scheme.hash)?;
    }
    Ok(scheme)
}

fn by_name(algorithm: DigitalSignatureAlgorithm, hash: Option<Hash>) -> Result<Scheme, Refusal> {
    use DigitalSignatureAlgorithm as Named;
    let (family, hash) = match algorithm {
        Named::ECDSA_WITH_SHA256 => (Family::Ecdsa, Some(Hash::Sha256)),
        Named::ECDSA_WITH_SHA384 => (Family::Ecdsa, Some(Hash::Sha384)),
        Named::SHA_256_WITH_RSA_ENCRYPTION => (Family::Pkcs1, Some(Hash::Sha256)),
        Named::SHA_384_WITH_RSA_ENCRYPTION => (Family::Pkcs1, Some(Hash::Sha384)),
        Named::SHA_512_WITH_RSA_ENCRYPTION => (Family::Pkcs1, Some(Hash::Sha512)),
        Named::RSASSA_PSS => (Family::Pss, hash),
        _ => return Err(SCHEMES),
    };
    let hash = hash.ok_or(SCHEMES)?;
    Ok(Scheme { family, hash })
}

fn by_parts(
    object: &Object,
    parameters: &CryptographicParameters,
    hash: Option<Hash>,
) -> Result<Scheme, Refusal> {
    let own = object.algorithm.map(CryptographicAlgorithm::new);
    let family = match (
        parameters.cryptographic_algorithm.or(own),
        parameters.padding_method,
    ) {
        (Some(CryptographicAlgorithm::EC | CryptographicAlgorithm::ECDSA), None) => Family::Ecdsa,
        (Some(CryptographicAlgorithm::RSA), Some(PaddingMethod::PKCS1_V1_5)) => Family::Pkcs1,
        (Some(CryptographicAlgorithm::RSA), Some(PaddingMethod::PSS)) => Family::Pss,
        _ => return Err(SCHEMES),
    };
    let hash = hash.ok_or(SCHEMES)?;
    Ok(Scheme { family, hash })
}

/// ring's PSS has a salt as long as the digest, and masks with the same hash.
fn check_pss(parameters: &CryptographicParameters, hash: Hash) -> Result<(), Refusal> {
    let (len, same) = match hash {
        Hash::Sha256 => (32, HashingAlgorithm::SHA_256),
        Hash::Sha384 => (48, HashingAlgorithm::SHA_384),
        Hash::Sha512 => (64, HashingAlgorithm::SHA_512),
    };
    let salt = parameters.salt_length.is_none_or(|salt| salt == len);
    let masks = parameters.mask_generator_hashing_algorithm;
    let masks = masks.is_none_or(|masks| masks == same);
    let generator = parameters.mask_generator;
    let generator = generator.is_none_or(|generator| generator == MaskGenerator::MGF1);
    match salt && masks && generator {
        true => Ok(()),
        false => Err(Refusal::Parameter(
            "PSS has a salt as long as the digest here, and MGF1 with the same hash",
        )),
    }
}

/// The signature of `data`.
pub(crate) fn sign(
    object: &Object,
    key: &SecretBytes,
    scheme: Scheme,
    data: &[u8],
) -> Result<Vec<u8>, Refusal> {
    let format = format(object);
    let encoding: &dyn RsaEncoding = match (scheme.family, scheme.hash) {
        (Family::Ecdsa, hash) => return sign_ecdsa(format, key, hash, data),
        (Family::Pkcs1, Hash::Sha256) => &signature::RSA_PKCS1_SHA256,
        (Family::Pkcs1, Hash::Sha384) => &signature::RSA_PKCS1_SHA384,
        (Family::Pkcs1, Hash::Sha512) => &signature::RSA_PKCS1_SHA512,
        (Family::Pss, Hash::Sha256) => &signature::RSA_PSS_SHA256,
        (Family::Pss, Hash::Sha384) => &signature::RSA_PSS_SHA384,
        (Family::Pss, Hash::Sha512) => &signature::RSA_PSS_SHA512,
    };
    let pair = match format {
        KeyFormatType::PKCS_1 => RsaKeyPair::from_der(key.expose()),
        KeyFormatType::PKCS_8 => RsaKeyPair::from_pkcs8(key.expose()),
        other => return Err(Refusal::KeyFormat(other)),
    };
    let pair = pair.map_err(|_| Refusal::Parameter("this is no RSA key of 2048 to 4096 bits"))?;
    let mut out = vec![0; pair.public().modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), data, &mut out)
        .map_err(|_| Refusal::Crypto)?;
    Ok(out)
}

fn sign_ecdsa(
    format: KeyFormatType,
    key: &SecretBytes,
    hash: Hash,
    data: &[u8],
) -> Result<Vec<u8>, Refusal> {
    let algorithm: &EcdsaSigningAlgorithm = match hash {
        Hash::Sha256 => &signature::ECDSA_P256_SHA256_ASN1_SIGNING,
        Hash::Sha384 => &signature::ECDSA_P384_SHA384_ASN1_SIGNING,
        Hash::Sha512 => return Err(SCHEMES),
    };
    if format != KeyFormatType::PKCS_8 {
        return Err(Refusal::KeyFormat(format));
    }
    let random = SystemRandom::new();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, key.expose(), &random).map_err(|_| {
        Refusal::Parameter(
            "ECDSA signs with P-256 and SHA-256, or P-384 and SHA-384, and a PKCS#8 that has the public key too",
        )
    })?;
    let signature = pair.sign(&random, data).map_err(|_| Refusal::Crypto)?;
    Ok(signature.as_ref().to_vec())
}

/// Whether `signature` is one of `data`.
pub(crate) fn verify(
    object: &Object,
    key: &SecretBytes,
    scheme: Scheme,
    (data, signature): (&[u8], &[u8]),
) -> Result<bool, Refusal> {
    let format = format(object);
    let octets = match format {
        KeyFormatType::PKCS_1 if scheme.family != Family::Ecdsa => key.expose(),
        KeyFormatType::X_509 => SubjectPublicKeyInfoRef::from_der(key.expose())
            .map_err(|_| Refusal::Parameter("this is no Subject Public Key Info"))?
            .subject_public_key
            .raw_bytes(),
        other => return Err(Refusal::KeyFormat(other)),
    };
    let algorithm = verification(scheme, octets.len())?;
    let key = UnparsedPublicKey::new(algorithm, octets);
    Ok(key.verify(data, signature).is_ok())
}

/// For ECDSA the length of the uncompressed point tells the curve.
fn verification(scheme: Scheme, len: usize) -> Result<&'static dyn VerificationAlgorithm, Refusal> {
    Ok(match (scheme.family, scheme.hash, len) {
        (Family::Ecdsa, Hash::Sha256, 65) => &signature::ECDSA_P256_SHA256_ASN1,
        (Family::Ecdsa, Hash::Sha384, 65) => &signature::ECDSA_P256_SHA384_ASN1,
        (Family::Ecdsa, Hash::Sha256, 97) => &signature::ECDSA_P384_SHA256_ASN1,
        (Family::Ecdsa, Hash::Sha384, 97) => &signature::ECDSA_P384_SHA384_ASN1,
        (Family::Ecdsa, ..) => {
            return Err(Refusal::Parameter(
                "ECDSA verifies with P-256 or P-384, SHA-256 or SHA-384",
            ));
        }
        (Family::Pkcs1, Hash::Sha256, _) => &signature::RSA_PKCS1_2048_8192_SHA256,
        (Family::Pkcs1, Hash::Sha384, _) => &signature::RSA_PKCS1_2048_8192_SHA384,
        (Family::Pkcs1, Hash::Sha512, _) => &signature::RSA_PKCS1_2048_8192_SHA512,
        (Family::Pss, Hash::Sha256, _) => &signature::RSA_PSS_2048_8192_SHA256,
        (Family::Pss, Hash::Sha384, _) => &signature::RSA_PSS_2048_8192_SHA384,
        (Family::Pss, Hash::Sha512, _) => &signature::RSA_PSS_2048_8192_SHA512,
    })
}

fn format(object: &Object) -> KeyFormatType {
    KeyFormatType::new(object.key_format.unwrap_or_default())
}
