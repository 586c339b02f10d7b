//! Key material in the open: its numbers as fields (KMIP 1.0, 2.1.7).
//!
//! May touch: parts of private keys, in wiped memory only.

use crate::BigInteger;
use crate::enumeration::RecommendedCurve;
use strongroom_secret::SecretBytes;

structure! {
    /// A symmetric key (KMIP 1.0, 2.1.7.1).
    #[derive(Debug)]
    pub struct TransparentSymmetricKey {
        /// The key's octets.
        key: SecretBytes = KEY,
    }
}

structure! {
    /// A private key of DSA (KMIP 1.0, 2.1.7.2).
    #[derive(Debug)]
    pub struct DsaPrivateKey {
        /// The prime modulus.
        p: BigInteger = P,
        /// The prime divisor of P - 1.
        q: BigInteger = Q,
        /// The generator.
        g: BigInteger = G,
        /// The private number.
        x: BigInteger = X,
    }
}

structure! {
    /// A public key of DSA (KMIP 1.0, 2.1.7.3).
    #[derive(Debug)]
    pub struct DsaPublicKey {
        /// The prime modulus.
        p: BigInteger = P,
        /// The prime divisor of P - 1.
        q: BigInteger = Q,
        /// The generator.
        g: BigInteger = G,
        /// The public number.
        y: BigInteger = Y,
    }
}

structure! {
    /// A private key of RSA (KMIP 1.0, 2.1.7.4): Modulus and Private Exponent, or the primes.
    #[derive(Debug)]
    pub struct RsaPrivateKey {
        /// The modulus.
        modulus: BigInteger = MODULUS,
        /// The private exponent.
        private_exponent: Option<BigInteger> = PRIVATE_EXPONENT,
        /// The public exponent.
        public_exponent: Option<BigInteger> = PUBLIC_EXPONENT,
        /// The first prime.
        p: Option<BigInteger> = P,
        /// The second prime.
        q: Option<BigInteger> = Q,
        /// The private exponent modulo P - 1.
        prime_exponent_p: Option<BigInteger> = PRIME_EXPONENT_P,
        /// The private exponent modulo Q - 1.
        prime_exponent_q: Option<BigInteger> = PRIME_EXPONENT_Q,
        /// The inverse of Q modulo P.
        crt_coefficient: Option<BigInteger> = CRT_COEFFICIENT,
    }
}

structure! {
    /// A public key of RSA (KMIP 1.0, 2.1.7.5).
    #[derive(Debug)]
    pub struct RsaPublicKey {
        /// The modulus.
        modulus: BigInteger = MODULUS,
        /// The public exponent.
        public_exponent: BigInteger = PUBLIC_EXPONENT,
    }
}

structure! {
    /// A private key of Diffie and Hellman (KMIP 1.0, 2.1.7.6).
    #[derive(Debug)]
    pub struct DhPrivateKey {
        /// The prime modulus.
        p: BigInteger = P,
        /// The prime divisor of P - 1.
        q: Option<BigInteger> = Q,
        /// The generator.
        g: BigInteger = G,
        /// The cofactor.
        j: Option<BigInteger> = J,
        /// The private number.
        x: BigInteger = X,
    }
}

structure! {
    /// A public key of Diffie and Hellman (KMIP 1.0, 2.1.7.7).
    #[derive(Debug)]
    pub struct DhPublicKey {
        /// The prime modulus.
        p: BigInteger = P,
        /// The prime divisor of P - 1.
        q: Option<BigInteger> = Q,
        /// The generator.
        g: BigInteger = G,
        /// The cofactor.
        j: Option<BigInteger> = J,
        /// The public number.
        y: BigInteger = Y,
    }
}

structure! {
    /// A private key on an elliptic curve: ECDSA, ECDH and ECMQV of 1.x (KMIP 1.0, 2.1.7.8), EC
    /// (KMIP 1.3, 2.1.7.14).
    #[derive(Debug)]
    pub struct EcPrivateKey {
        /// The curve.
        recommended_curve: RecommendedCurve = RECOMMENDED_CURVE,
        /// The private number.
        d: BigInteger = D,
    }
}

structure! {
    /// A public key on an elliptic curve: ECDSA, ECDH and ECMQV of 1.x (KMIP 1.0, 2.1.7.9), EC
    /// (KMIP 1.3, 2.1.7.15).
    #[derive(Debug)]
    pub struct EcPublicKey {
        /// The curve.
        recommended_curve: RecommendedCurve = RECOMMENDED_CURVE,
        /// The point, as the octets of ANSI X9.62.
        q_string: Vec<u8> = Q_STRING,
    }
}

duplicate!(TransparentSymmetricKey { key });
duplicate!(DsaPrivateKey { p, q, g, x });
duplicate!(DsaPublicKey { p, q, g, y });
duplicate!(RsaPrivateKey {
    modulus,
    private_exponent,
    public_exponent,
    p,
    q,
    prime_exponent_p,
    prime_exponent_q,
    crt_coefficient
});
duplicate!(RsaPublicKey {
    modulus,
    public_exponent
});
duplicate!(DhPrivateKey { p, q, g, j, x });
duplicate!(DhPublicKey { p, q, g, j, y });
duplicate!(EcPrivateKey {
    recommended_curve,
    d
});
duplicate!(EcPublicKey {
    recommended_curve,
    q_string
});
