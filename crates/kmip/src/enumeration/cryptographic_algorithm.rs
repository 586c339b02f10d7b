//! `Cryptographic Algorithm`: algorithm that a key is for (KMIP 1.0, 9.1.3.2.12).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Algorithm that a key is for (KMIP 1.0, 9.1.3.2.12).
    CryptographicAlgorithm {
        DES = 0x01, "DES", V1_0;
        DES3 = 0x02, "3DES", V1_0;
        AES = 0x03, "AES", V1_0;
        RSA = 0x04, "RSA", V1_0;
        DSA = 0x05, "DSA", V1_0;
        ECDSA = 0x06, "ECDSA", V1_0;
        HMAC_SHA1 = 0x07, "HMAC-SHA1", V1_0;
        HMAC_SHA224 = 0x08, "HMAC-SHA224", V1_0;
        HMAC_SHA256 = 0x09, "HMAC-SHA256", V1_0;
        HMAC_SHA384 = 0x0A, "HMAC-SHA384", V1_0;
        HMAC_SHA512 = 0x0B, "HMAC-SHA512", V1_0;
        HMAC_MD5 = 0x0C, "HMAC-MD5", V1_0;
        DH = 0x0D, "DH", V1_0;
        ECDH = 0x0E, "ECDH", V1_0;
        ECMQV = 0x0F, "ECMQV", V1_0;
        BLOWFISH = 0x10, "Blowfish", V1_0;
        CAMELLIA = 0x11, "Camellia", V1_0;
        CAST5 = 0x12, "CAST5", V1_0;
        IDEA = 0x13, "IDEA", V1_0;
        MARS = 0x14, "MARS", V1_0;
        RC2 = 0x15, "RC2", V1_0;
        RC4 = 0x16, "RC4", V1_0;
        RC5 = 0x17, "RC5", V1_0;
        SKIPJACK = 0x18, "SKIPJACK", V1_0;
        TWOFISH = 0x19, "Twofish", V1_0;
        EC = 0x1A, "EC", V1_2;
        ONE_TIME_PAD = 0x1B, "One Time Pad", V1_3;
        CHACHA20 = 0x1C, "ChaCha20", V1_4;
        POLY1305 = 0x1D, "Poly1305", V1_4;
        CHACHA20POLY1305 = 0x1E, "ChaCha20Poly1305", V1_4;
        SHA3_224 = 0x1F, "SHA3-224", V1_4;
        SHA3_256 = 0x20, "SHA3-256", V1_4;
        SHA3_384 = 0x21, "SHA3-384", V1_4;
        SHA3_512 = 0x22, "SHA3-512", V1_4;
        HMAC_SHA3_224 = 0x23, "HMAC-SHA3-224", V1_4;
        HMAC_SHA3_256 = 0x24, "HMAC-SHA3-256", V1_4;
        HMAC_SHA3_384 = 0x25, "HMAC-SHA3-384", V1_4;
        HMAC_SHA3_512 = 0x26, "HMAC-SHA3-512", V1_4;
        SHAKE_128 = 0x27, "SHAKE-128", V1_4;
        SHAKE_256 = 0x28, "SHAKE-256", V1_4;
        ARIA = 0x29, "ARIA", V2_0;
        SEED = 0x2A, "SEED", V2_0;
        SM2 = 0x2B, "SM2", V2_0;
        SM3 = 0x2C, "SM3", V2_0;
        SM4 = 0x2D, "SM4", V2_0;
        GOST_R_34_10_2012 = 0x2E, "GOST R 34.10-2012", V2_0;
        GOST_R_34_11_2012 = 0x2F, "GOST R 34.11-2012", V2_0;
        GOST_R_34_13_2015 = 0x30, "GOST R 34.13-2015", V2_0;
        GOST_28147_89 = 0x31, "GOST 28147-89", V2_0;
        XMSS = 0x32, "XMSS", V2_0;
        SPHINCS_256 = 0x33, "SPHINCS-256", V2_0;
        MCELIECE = 0x34, "McEliece", V2_0;
        MCELIECE_6960119 = 0x35, "McEliece-6960119", V2_0;
        MCELIECE_8192128 = 0x36, "McEliece-8192128", V2_0;
        ED25519 = 0x37, "Ed25519", V2_0;
        ED448 = 0x38, "Ed448", V2_0;
    }
}
