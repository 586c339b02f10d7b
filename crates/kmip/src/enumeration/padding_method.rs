//! `Padding Method`: padding of a block cipher or of RSA (KMIP 1.0, 9.1.3.2.14).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Padding of a block cipher or of RSA (KMIP 1.0, 9.1.3.2.14).
    PaddingMethod {
        NONE = 0x01, "None", V1_0;
        OAEP = 0x02, "OAEP", V1_0;
        PKCS5 = 0x03, "PKCS5", V1_0;
        SSL3 = 0x04, "SSL3", V1_0;
        ZEROS = 0x05, "Zeros", V1_0;
        ANSI_X9_23 = 0x06, "ANSI X9.23", V1_0;
        ISO_10126 = 0x07, "ISO 10126", V1_0;
        PKCS1_V1_5 = 0x08, "PKCS1 v1.5", V1_0;
        X9_31 = 0x09, "X9.31", V1_0;
        PSS = 0x0A, "PSS", V1_0;
    }
}
