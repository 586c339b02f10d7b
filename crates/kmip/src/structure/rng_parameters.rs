//! `RNG Parameters`: what is known of a random number generator (KMIP 1.3, 2.1.18;
//! KMIP 2.1, 7.36).
//!
//! May touch: nothing.

use crate::enumeration::{
    CryptographicAlgorithm, DrbgAlgorithm, Fips186Variation, HashingAlgorithm, RecommendedCurve,
    RngAlgorithm,
};

structure! {
    /// What is known of a random number generator (KMIP 1.3, 2.1.18; KMIP 2.1, 7.36).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RngParameters {
        /// The generator; Unspecified where the server does not tell.
        rng_algorithm: RngAlgorithm = RNG_ALGORITHM,
        /// The cipher in it.
        cryptographic_algorithm: Option<CryptographicAlgorithm> = CRYPTOGRAPHIC_ALGORITHM,
        /// The cipher's key, in bits.
        cryptographic_length: Option<i32> = CRYPTOGRAPHIC_LENGTH,
        /// The hash in it.
        hashing_algorithm: Option<HashingAlgorithm> = HASHING_ALGORITHM,
        /// The deterministic generator.
        drbg_algorithm: Option<DrbgAlgorithm> = DRBG_ALGORITHM,
        /// The curve in it.
        recommended_curve: Option<RecommendedCurve> = RECOMMENDED_CURVE,
        /// Which one of FIPS 186.
        fips186_variation: Option<Fips186Variation> = FIPS186_VARIATION,
        /// Whether later output stays unknown to one who learnt the state.
        prediction_resistance: Option<bool> = PREDICTION_RESISTANCE,
    }
}

impl RngParameters {
    /// This generator, no more known.
    #[must_use]
    pub const fn new(rng_algorithm: RngAlgorithm) -> Self {
        Self {
            rng_algorithm,
            cryptographic_algorithm: None,
            cryptographic_length: None,
            hashing_algorithm: None,
            drbg_algorithm: None,
            recommended_curve: None,
            fips186_variation: None,
            prediction_resistance: None,
        }
    }
}
