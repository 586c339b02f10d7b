//! `Hashing Algorithm`: hash function (KMIP 1.0, 9.1.3.2.15).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Hash function (KMIP 1.0, 9.1.3.2.15).
    HashingAlgorithm {
        MD2 = 0x01, "MD2", V1_0;
        MD4 = 0x02, "MD4", V1_0;
        MD5 = 0x03, "MD5", V1_0;
        SHA_1 = 0x04, "SHA-1", V1_0;
        SHA_224 = 0x05, "SHA-224", V1_0;
        SHA_256 = 0x06, "SHA-256", V1_0;
        SHA_384 = 0x07, "SHA-384", V1_0;
        SHA_512 = 0x08, "SHA-512", V1_0;
        RIPEMD_160 = 0x09, "RIPEMD-160", V1_0;
        TIGER = 0x0A, "Tiger", V1_0;
        WHIRLPOOL = 0x0B, "Whirlpool", V1_0;
        SHA_512_224 = 0x0C, "SHA-512/224", V1_2;
        SHA_512_256 = 0x0D, "SHA-512/256", V1_2;
        SHA3_224 = 0x0E, "SHA3-224", V1_4;
        SHA3_256 = 0x0F, "SHA3-256", V1_4;
        SHA3_384 = 0x10, "SHA3-384", V1_4;
        SHA3_512 = 0x11, "SHA3-512", V1_4;
    }
}
