//! Symmetric keys that the server makes: which lengths, and how many octets.
//!
//! May touch: key octets, in wiped memory; the random source.

use ring::rand::{SecureRandom, SystemRandom};
use strongroom_kmip::enumeration::CryptographicAlgorithm;
use strongroom_secret::SecretBytes;

use crate::refusal::Refusal;

/// Octets of the longest HMAC key.
const HMAC_MOST: usize = 1024;

/// Octets of a key of so many bits. 3DES keys have a parity bit in each octet (NIST SP 800-67), which
/// the length does not count.
fn octets(algorithm: CryptographicAlgorithm, bits: i32) -> Result<usize, Refusal> {
    let wrong = Refusal::KeyLength {
        algorithm,
        bits: bits.into(),
    };
    let whole = usize::try_from(bits).ok().filter(|bits| bits % 8 == 0);
    let whole = whole.map(|bits| bits.div_ceil(8));
    match algorithm {
        CryptographicAlgorithm::AES => whole.filter(|octets| matches!(octets, 16 | 24 | 32)),
        CryptographicAlgorithm::DES3 => match bits {
            112 => Some(16),
            168 => Some(24),
            _ => None,
        },
        CryptographicAlgorithm::HMAC_SHA256
        | CryptographicAlgorithm::HMAC_SHA384
        | CryptographicAlgorithm::HMAC_SHA512 => {
            whole.filter(|octets| (1..=HMAC_MOST).contains(octets))
        }
        other => return Err(Refusal::Algorithm(other)),
    }
    .ok_or(wrong)
}

/// Whether key material of `found` bits fits the length that is claimed for it.
pub(crate) fn fits(algorithm: CryptographicAlgorithm, claimed: i64, found: i64) -> bool {
    let parity = [(112, 128), (168, 192)].contains(&(claimed, found));
    claimed == found || (algorithm == CryptographicAlgorithm::DES3 && parity)
}

/// A new key.
pub(crate) fn generate(
    algorithm: CryptographicAlgorithm,
    bits: i32,
) -> Result<SecretBytes, Refusal> {
    let len = octets(algorithm, bits)?;
    let key = SecretBytes::try_build(len, |key| {
        let filled = SystemRandom::new().fill(key);
        if algorithm == CryptographicAlgorithm::DES3 {
            key.iter_mut()
                .for_each(|octet| *octet = with_parity(*octet));
        }
        filled
    });
    key.map_err(|_| Refusal::Random)
}

/// The octet with an odd number of ones: the lowest bit makes it so.
const fn with_parity(octet: u8) -> u8 {
    let seven = octet & 0xFE;
    match seven.count_ones() % 2 {
        0 => seven | 1,
        _ => seven,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_the_algorithm_and_3des_has_odd_parity() {
        let aes = CryptographicAlgorithm::AES;
        let des3 = CryptographicAlgorithm::DES3;
        let hmac = CryptographicAlgorithm::HMAC_SHA384;
        for (algorithm, bits, octets) in [
            (aes, 128, Some(16)),
            (aes, 192, Some(24)),
            (aes, 256, Some(32)),
            (aes, 168, None),
            (des3, 112, Some(16)),
            (des3, 168, Some(24)),
            (des3, 192, None),
            (hmac, 8, Some(1)),
            (hmac, 8192, Some(1024)),
            (hmac, 8200, None),
            (hmac, 12, None),
            (hmac, 0, None),
            (hmac, -8, None),
            (CryptographicAlgorithm::RSA, 2048, None),
        ] {
            let made = generate(algorithm, bits).ok();
            assert_eq!(
                made.as_ref().map(SecretBytes::len),
                octets,
                "{algorithm} {bits}"
            );
            if let (Some(key), true) = (made, algorithm == des3) {
                let odd = |octet: &u8| octet.count_ones() % 2 == 1;
                assert!(key.expose().iter().all(odd));
            }
        }
    }
}
