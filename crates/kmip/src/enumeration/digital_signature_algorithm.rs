//! `Digital Signature Algorithm`: signature scheme of a certificate or of cryptographic parameters (KMIP 1.1, 9.1.3.2.7).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Signature scheme of a certificate or of cryptographic parameters (KMIP 1.1, 9.1.3.2.7).
    DigitalSignatureAlgorithm {
        MD2_WITH_RSA_ENCRYPTION = 0x01, "MD2 with RSA Encryption", V1_1;
        MD5_WITH_RSA_ENCRYPTION = 0x02, "MD5 with RSA Encryption", V1_1;
        SHA_1_WITH_RSA_ENCRYPTION = 0x03, "SHA-1 with RSA Encryption", V1_1;
        SHA_224_WITH_RSA_ENCRYPTION = 0x04, "SHA-224 with RSA Encryption", V1_1;
        SHA_256_WITH_RSA_ENCRYPTION = 0x05, "SHA-256 with RSA Encryption", V1_1;
        SHA_384_WITH_RSA_ENCRYPTION = 0x06, "SHA-384 with RSA Encryption", V1_1;
        SHA_512_WITH_RSA_ENCRYPTION = 0x07, "SHA-512 with RSA Encryption", V1_1;
        RSASSA_PSS = 0x08, "RSASSA-PSS", V1_1;
        DSA_WITH_SHA_1 = 0x09, "DSA with SHA-1", V1_1;
        DSA_WITH_SHA224 = 0x0A, "DSA with SHA224", V1_1;
        DSA_WITH_SHA256 = 0x0B, "DSA with SHA256", V1_1;
        ECDSA_WITH_SHA_1 = 0x0C, "ECDSA with SHA-1", V1_1;
        ECDSA_WITH_SHA224 = 0x0D, "ECDSA with SHA224", V1_1;
        ECDSA_WITH_SHA256 = 0x0E, "ECDSA with SHA256", V1_1;
        ECDSA_WITH_SHA384 = 0x0F, "ECDSA with SHA384", V1_1;
        ECDSA_WITH_SHA512 = 0x10, "ECDSA with SHA512", V1_1;
        SHA3_256_WITH_RSA_ENCRYPTION = 0x11, "SHA3-256 with RSA Encryption", V1_4;
        SHA3_384_WITH_RSA_ENCRYPTION = 0x12, "SHA3-384 with RSA Encryption", V1_4;
        SHA3_512_WITH_RSA_ENCRYPTION = 0x13, "SHA3-512 with RSA Encryption", V1_4;
    }
}
