//! `Key Compression Type`: compression of an elliptic curve public key (KMIP 1.0, 9.1.3.2.2).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Compression of an elliptic curve public key (KMIP 1.0, 9.1.3.2.2).
    KeyCompressionType {
        EC_PUBLIC_KEY_TYPE_UNCOMPRESSED = 0x01, "EC Public Key Type Uncompressed", V1_0;
        EC_PUBLIC_KEY_TYPE_X9_62_COMPRESSED_PRIME = 0x02, "EC Public Key Type X9.62 Compressed Prime", V1_0;
        EC_PUBLIC_KEY_TYPE_X9_62_COMPRESSED_CHAR2 = 0x03, "EC Public Key Type X9.62 Compressed Char2", V1_0;
        EC_PUBLIC_KEY_TYPE_X9_62_HYBRID = 0x04, "EC Public Key Type X9.62 Hybrid", V1_0;
    }
}
