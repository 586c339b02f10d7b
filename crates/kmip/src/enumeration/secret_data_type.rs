//! `Secret Data Type`: kind of a Secret Data object (KMIP 1.0, 9.1.3.2.8).
//!
//! May touch: numbers and names only.

open_enum! {
    /// Kind of a Secret Data object (KMIP 1.0, 9.1.3.2.8).
    SecretDataType {
        PASSWORD = 0x01, "Password", V1_0;
        SEED = 0x02, "Seed", V1_0;
    }
}
