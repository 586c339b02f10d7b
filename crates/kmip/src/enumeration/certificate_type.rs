//! `Certificate Type`: form of a certificate (KMIP 1.0, 9.1.3.2.6).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Form of a certificate (KMIP 1.0, 9.1.3.2.6).
    CertificateType {
        X_509 = 0x01, "X.509", V1_0;
        PGP = 0x02, "PGP", V1_0;
    }
}
