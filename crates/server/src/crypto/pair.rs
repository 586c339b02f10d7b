//! Key pairs of elliptic curves (FIPS 186-4), made by ring.
//!
//! May touch: key octets, in wiped memory; the random source.

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair,
};
use strongroom_kmip::enumeration::RecommendedCurve;
use strongroom_secret::SecretBytes;

use crate::refusal::Refusal;

/// What stands before the point in a Subject Public Key Info (RFC 5480) on P-256.
const P256_HEAD: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
    0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// As [`P256_HEAD`], on P-384.
const P384_HEAD: &[u8] = &[
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B,
    0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00,
];

/// The curves on which pairs are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
}

impl Curve {
    pub(crate) const fn bits(self) -> i32 {
        match self {
            Self::P256 => 256,
            Self::P384 => 384,
        }
    }

    pub(crate) const fn named(self) -> RecommendedCurve {
        match self {
            Self::P256 => RecommendedCurve::P_256,
            Self::P384 => RecommendedCurve::P_384,
        }
    }
}

/// A private key as PKCS#8 and its public key as a Subject Public Key Info.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) private: SecretBytes,
    pub(crate) public: SecretBytes,
}

/// A new pair.
pub(crate) fn generate(curve: Curve) -> Result<Pair, Refusal> {
    let (algorithm, head) = match curve {
        Curve::P256 => (&ECDSA_P256_SHA256_ASN1_SIGNING, P256_HEAD),
        Curve::P384 => (&ECDSA_P384_SHA384_ASN1_SIGNING, P384_HEAD),
    };
    let random = SystemRandom::new();
    let private = EcdsaKeyPair::generate_pkcs8(algorithm, &random).map_err(|_| Refusal::Random)?;
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, private.as_ref(), &random)
        .map_err(|_| Refusal::Crypto)?;
    let public = [head, pair.public_key().as_ref()].concat();
    Ok(Pair {
        private: SecretBytes::copy_from(private.as_ref()),
        public: SecretBytes::copy_from(&public),
    })
}

#[cfg(test)]
mod tests {
    use x509_cert::der::{Decode, Encode};
    use x509_cert::spki::SubjectPublicKeyInfoOwned;

    use super::*;

    #[test]
    fn the_public_key_is_a_subject_public_key_info_of_its_curve() {
        for (curve, name, point) in [
            (Curve::P256, "1.2.840.10045.3.1.7", 65),
            (Curve::P384, "1.3.132.0.34", 97),
        ] {
            let public = generate(curve).unwrap().public;
            let read = SubjectPublicKeyInfoOwned::from_der(public.expose()).unwrap();
            assert_eq!(read.algorithm.oid.to_string(), "1.2.840.10045.2.1");
            let parameters = read.algorithm.parameters.as_ref().unwrap();
            let named: x509_cert::der::asn1::ObjectIdentifier = parameters.decode_as().unwrap();
            assert_eq!(named.to_string(), name);
            assert_eq!(read.subject_public_key.raw_bytes().len(), point);
            assert_eq!(read.to_der().unwrap(), public.expose());
        }
    }
}
