//! The `Cryptographic Domain Parameters` attribute (KMIP 1.0, 3.7).
//!
//! May touch: nothing.

use crate::enumeration::RecommendedCurve;

structure! {
    /// The domain of a key pair's algorithm (KMIP 1.0, 3.7).
    #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
    pub struct CryptographicDomainParameters {
        /// Length of Q in bits, for DSA and DH.
        qlength: Option<i32> = QLENGTH,
        /// The curve, for elliptic curves.
        recommended_curve: Option<RecommendedCurve> = RECOMMENDED_CURVE,
    }
}

impl CryptographicDomainParameters {
    /// This curve.
    #[must_use]
    pub const fn curve(recommended_curve: RecommendedCurve) -> Self {
        Self {
            qlength: None,
            recommended_curve: Some(recommended_curve),
        }
    }
}
