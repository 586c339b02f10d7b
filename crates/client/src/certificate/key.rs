//! Which kind of key a certificate certifies, and which signatures nobody should trust.
//!
//! May touch: memory only.

use x509_cert::der::asn1::UintRef;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{AnyRef, Decode as _, Reader as _, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

/// `rsaEncryption` (RFC 3279, 2.3.1).
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// `id-ecPublicKey` (RFC 5480, 2.1.1).
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// `secp521r1` (RFC 5480, 2.1.1.1).
const SECP521R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// Signature algorithms whose hash is broken (RFC 3279, 2.2; RFC 9155).
const WEAK: &[(ObjectIdentifier, &str)] = &[
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.4"),
        "RSA with MD5",
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5"),
        "RSA with SHA-1",
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.840.10045.4.1"),
        "ECDSA with SHA-1",
    ),
];

/// A certified key, as far as a refusal asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// RSA, with the length of its modulus; `None` when that cannot be read.
    Rsa { bits: Option<usize> },
    /// ECDSA on P-521.
    P521,
    /// Any other.
    Other,
}

impl Key {
    pub(super) fn of(info: &SubjectPublicKeyInfoOwned) -> Self {
        let algorithm = &info.algorithm;
        if algorithm.oid == RSA {
            let bits = info.subject_public_key.as_bytes().and_then(modulus_bits);
            return Self::Rsa { bits };
        }
        let curve = algorithm
            .parameters
            .as_ref()
            .and_then(|parameters| parameters.decode_as::<ObjectIdentifier>().ok());
        if algorithm.oid == EC && curve == Some(SECP521R1) {
            return Self::P521;
        }
        Self::Other
    }
}

/// The length of the modulus in `RSAPublicKey` (RFC 8017, A.1.1).
fn modulus_bits(key: &[u8]) -> Option<usize> {
    let sequence = AnyRef::from_der(key).ok()?;
    let mut fields = SliceReader::new(sequence.value()).ok()?;
    let modulus: UintRef<'_> = fields.decode().ok()?;
    let octets = modulus.as_bytes();
    let zeros = usize::try_from(octets.first()?.leading_zeros()).ok()?;
    octets.len().checked_mul(8)?.checked_sub(zeros)
}

/// The name of a signature algorithm that is too weak, such as `RSA with SHA-1`.
pub(crate) fn weak_signature(algorithm: ObjectIdentifier) -> Option<&'static str> {
    WEAK.iter()
        .find(|(weak, _)| *weak == algorithm)
        .map(|(_, name)| *name)
}
